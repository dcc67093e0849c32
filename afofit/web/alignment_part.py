"""How each leg stands, as pictures with their captions, or why there is none."""

from dataclasses import dataclass

from markupsafe import Markup

from afofit import svg
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.stance import Stance, missing
from afofit.fitting.values import Side
from afofit.words.alignment import no_stance, stance_caption, stance_heel, stance_name


@dataclass(frozen=True, slots=True)
class StancePicture:
    """One way of standing: its name, the lean in words, what is under the heel, and the picture."""

    name: str
    lean: str
    heel: str
    picture: Markup


@dataclass(frozen=True, slots=True)
class LegStances:
    """The pictures of one leg; a sentence instead where there are none."""

    side: Side
    pictures: tuple[StancePicture, ...]
    why_none: str


def leg_stances(fitting: Fitting) -> tuple[LegStances, ...]:
    """The legs that have dimensions, each with its pictures or the reason why not."""
    return tuple(_leg(limb, side) for side, limb in fitting.limbs.items() if limb.dimensions)


def _leg(limb: LimbFitting, side: Side) -> LegStances:
    reason = missing(limb)
    if reason:
        return LegStances(side, (), no_stance(reason, side))
    return LegStances(side, tuple(_picture(stance, drawn) for stance, drawn in svg.alignment(limb)), "")


def _picture(stance: Stance, drawn: str) -> StancePicture:
    # nosemgrep: markup-of-anything-but-a-drawing  Markup that svg has escaped itself.
    picture = Markup(drawn)  # noqa: S704  # nosec B704
    return StancePicture(stance_name(stance), stance_caption(stance), stance_heel(stance), picture)
