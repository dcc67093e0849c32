"""How a leg stands, in words: names of the pictures, what each shows, and why there is none."""

from afofit.fitting.stance import Missing, Stance
from afofit.fitting.values import Side
from afofit.words.numbers import lean, length
from afofit.words.tongue import N_, _

NAMES = {
    "planned": N_("Planned"),
    "shoe": N_("With this shoe"),
    "built_up": N_("With the heel build-up"),
}
SIDES = {"left": N_("Left leg"), "right": N_("Right leg")}
SENTENCES = {
    "planned": N_("{leg} from the outer side, as planned: shank to vertical {lean}, heel {rise} over the ball."),
    "shoe": N_("{leg} from the outer side, in this shoe: shank to vertical {lean}, heel {rise} over the ball."),
    "built_up": N_(
        "{leg} from the outer side, in this shoe with {added} built up under the heel: shank to vertical {lean}, "
        "heel {rise} over the ball."
    ),
}
MISSING = {
    "no_brace": N_("{leg}: no picture, because no brace is computed."),
    "not_rigid": N_("{leg}: no picture, because this brace lets the ankle move."),
    "no_differential": N_(
        "{leg}: no picture. Measure the shoe at heel and ball: the heel-sole differential is missing."
    ),
    "no_base": N_("{leg}: no picture. The length from heel to ball of the shoe is missing."),
}
BUILT_UP_LABEL = N_("Shank to vertical with the build-up")
DERIVED = N_("derived, not a dimension of the brace")


def stance_name(stance: Stance) -> str:
    """What a picture shows, in a few words: "With this shoe"."""
    return _(NAMES[stance.kind])


def stance_caption(stance: Stance) -> str:
    """The lean at the angle, without a sign: "4° forward"."""
    return lean(stance.shank.magnitude)


def stance_heel(stance: Stance) -> str:
    """What is under the heel: "heel 28 mm over the ball, 18 mm of it built up"."""
    if stance.added_mm:
        said = _("heel {rise} over the ball, {added} of it built up")
        return said.format(rise=length(stance.rise_mm), added=length(stance.added_mm))
    return _("heel {rise} over the ball").format(rise=length(stance.rise_mm))


def stance_sentence(stance: Stance, side: Side) -> str:
    """The picture in one sentence, for who cannot see it."""
    return _(SENTENCES[stance.kind]).format(
        leg=_(SIDES[side]),
        lean=stance_caption(stance),
        rise=length(stance.rise_mm),
        added=length(stance.added_mm),
    )


def no_stance(reason: Missing, side: Side) -> str:
    """Why a leg has no picture, and what to do."""
    return _(MISSING[reason]).format(leg=_(SIDES[side]))
