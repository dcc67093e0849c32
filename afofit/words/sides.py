"""Left and right in words: as a leg, as a foot, alone, and as the letter of a badge."""

from collections.abc import Sequence

from afofit.fitting.values import Side
from afofit.words.tongue import N_, _, pgettext

ALONE: dict[Side, str] = {"left": N_("Left"), "right": N_("Right")}
LEGS: dict[Side, str] = {"left": N_("Left leg"), "right": N_("Right leg")}
FEET: dict[Side, str] = {"left": N_("Left foot"), "right": N_("Right foot")}
INSIDE: dict[Side, str] = {"left": N_("left leg"), "right": N_("right leg")}


def alone(side: Side) -> str:
    """The side of a leg as a heading or before a colon: "Left"."""
    return _(ALONE[side])


def leg(side: Side) -> str:
    """A leg as a heading: "Left leg"."""
    return _(LEGS[side])


def foot(side: Side) -> str:
    """A foot as a heading: "Left foot"."""
    return _(FEET[side])


def inside(side: Side) -> str:
    """A leg inside a sentence: "left leg"."""
    return _(INSIDE[side])


def letter(side: Side) -> str:
    """What stands in the badge of a side: "L"."""
    return pgettext("badge", "L") if side == "left" else pgettext("badge", "R")


def legs(sides: Sequence[Side]) -> str:
    """One leg or both inside a sentence: "left leg", "left and right legs"."""
    return inside(sides[0]) if len(sides) == 1 else _("left and right legs")
