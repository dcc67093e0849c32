"""Size systems: what size a length is, raw and as it stands on a shelf.

Lengths are in mm. Children's US and UK sizes are counted on past 13.5 here; ``restart`` gives the
number that is printed. Source: shoe reference 1.1, tested there against 21 published tables.
"""

import math
from dataclasses import dataclass

from afofit.fitting.values import EPSILON, Rule, derived, rule

BARLEYCORN_MM = 25.4 / 3
RESTART_AFTER = 13.5
RESTART_BY = 13
ADULT_SIZES_FROM_MM = 225
"""A child's foot this long is offered adult sizes too."""

SIZES = derived("Shoe reference 1.1: scale formulas, tested against published foot-length tables")


@rule("shoe", "foot_length_mm / (25.4 / 3) - 22", SIZES)
def us_men(foot_length_mm: float) -> float:
    """US men's size (Brannock) of a foot length in mm."""
    return foot_length_mm / BARLEYCORN_MM - 22


@rule("shoe", "foot_length_mm / (25.4 / 3) - 21", SIZES)
def us_women(foot_length_mm: float) -> float:
    """US women's size (Brannock) of a foot length in mm."""
    return foot_length_mm / BARLEYCORN_MM - 21


@rule("shoe", "foot_length_mm / (25.4 / 3) - 29 / 3", SIZES)
def us_child(foot_length_mm: float) -> float:
    """US child's size of a foot length in mm, counted on past 13.5."""
    return foot_length_mm / BARLEYCORN_MM - 29 / 3


@rule("shoe", "foot_length_mm / (25.4 / 3) - 23", SIZES)
def uk(foot_length_mm: float) -> float:
    """UK size of a foot length in mm."""
    return foot_length_mm / BARLEYCORN_MM - 23


@rule("shoe", "foot_length_mm / (25.4 / 3) - 10", SIZES)
def uk_child(foot_length_mm: float) -> float:
    """UK child's size of a foot length in mm, counted on past 13.5."""
    return foot_length_mm / BARLEYCORN_MM - 10


@rule("shoe", "0.15 * foot_length_mm + 2", SIZES)
def eu(foot_length_mm: float) -> float:
    """EU size (Paris points) of a foot length in mm."""
    return 0.15 * foot_length_mm + 2


@rule("shoe", "0.162 * foot_length_mm", SIZES)
def eu_child(foot_length_mm: float) -> float:
    """EU child's size of a foot length in mm."""
    return 0.162 * foot_length_mm


@rule("shoe", "foot_length_mm", SIZES)
def mondopoint(foot_length_mm: float) -> float:
    """Mondopoint size (mm) of a foot length in mm."""
    return foot_length_mm


@rule("shoe", "foot_length_mm / 10", SIZES)
def jp(foot_length_mm: float) -> float:
    """Japanese size (cm) of a foot length in mm."""
    return foot_length_mm / 10


@dataclass(frozen=True, slots=True)
class System:
    """One size system: its formula, the step on the shelf and how far above a size a foot may be."""

    scale: Rule
    step: float = 0.5
    tolerance: float = 0.15
    restarts: bool = False
    lowest: float = 0.0
    highest: float = 22.0
    """Sizes accepted for a shoe worn now, as printed; outside them the entry is a slip."""


SYSTEMS: dict[str, System] = {
    "us_men": System(us_men, highest=24),
    "us_women": System(us_women, highest=24),
    "us_child": System(us_child, restarts=True, highest=13.5),
    "uk": System(uk, highest=22),
    "uk_child": System(uk_child, restarts=True, highest=13.5),
    "eu": System(eu, lowest=14, highest=60),
    "eu_child": System(eu_child, lowest=14, highest=45),
    "mondopoint": System(mondopoint, step=5, tolerance=0.75, lowest=85, highest=400),
    "jp": System(jp, tolerance=0.075, lowest=8, highest=40),
}
_ADULT_TAIL = ("uk", "eu", "mondopoint", "jp")
_CHILD = ("us_child", "uk_child", "eu_child", "mondopoint", "jp")


def raw_size(system: str, foot_length_mm: float) -> float:
    """The unrounded size of a length (mm), before the children's restart."""
    return SYSTEMS[system].scale(foot_length_mm)


def size_to_buy(system: str, foot_length_mm: float) -> float:
    """The smallest size on the shelf that takes a length (mm), before the children's restart."""
    one = SYSTEMS[system]
    raw = one.scale.function(foot_length_mm)
    return math.ceil((raw - one.tolerance) / one.step - EPSILON) * one.step


def restart(system: str, size: float) -> float:
    """The size as printed: children's US and UK numbers begin again at 1 after 13.5."""
    if SYSTEMS[system].restarts and size > RESTART_AFTER:
        return size - RESTART_BY
    return size


def first_system(sex: str, *, child: bool) -> str:
    """The system in which the two shoes of a pair are compared."""
    if child:
        return "us_child"
    return "us_women" if sex == "female" else "us_men"


def us_adult_systems(sex: str) -> tuple[str, ...]:
    """The US adult scale of the sex; both where it is not stated."""
    return {"male": ("us_men",), "female": ("us_women",)}.get(sex, ("us_men", "us_women"))


def systems_given(sex: str, *, child: bool, foot_length_mm: float) -> tuple[str, ...]:
    """The systems that an answer names, in order."""
    adult = (*us_adult_systems(sex), *_ADULT_TAIL)
    if not child:
        return adult
    if foot_length_mm < ADULT_SIZES_FROM_MM - EPSILON:
        return _CHILD
    return tuple(dict.fromkeys((*_CHILD, *adult)))


def read_printed(system: str, printed: str | float, foot_length_mm: float) -> float | None:
    """A printed size (10, "13.5", "1C", "1Y") counted on past the restart, or None if it is none.

    A child's number alone may stand before or after the restart: it is read as the one nearer the foot.
    """
    text = str(printed).strip().upper()
    suffix = text[-1:] if text[-1:] in ("C", "Y") else ""
    try:
        number = float(text.removesuffix(suffix).strip())
    except ValueError:
        return None
    one = SYSTEMS[system]
    if not math.isfinite(number) or not one.lowest <= number <= one.highest or (suffix and not one.restarts):
        return None
    if suffix == "Y":
        return number + RESTART_BY
    if suffix == "C" or not one.restarts:
        return number
    raw = one.scale(foot_length_mm)
    after = number + RESTART_BY
    return after if number >= 1 and abs(after - raw) < abs(number - raw) else number
