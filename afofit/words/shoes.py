"""Shoe advice in words."""

from afofit.fitting.result import Reason
from afofit.fitting.shoe_sizes import SYSTEMS, restart
from afofit.words.choices import label
from afofit.words.numbers import plain
from afofit.words.tongue import _, ngettext

FEATURES = {
    "opens_toward_toe": "laces or straps that open low, toward the toe",
    "long_tongue": "long tongue",
    "zip_or_rear_entry": "a zip around or rear entry helps where the foot does not slide in",
    "removable_insole": "insole that comes out",
    "deep_toe_box": "round, deep toe box",
    "firm_heel_counter": "firm heel counter that does not twist",
    "full_contact_sole": "flat sole in full contact, without a waist",
    "rocker_sole": "rocker sole, because the ankle or forefoot does not bend",
    "wide_collar": "low cut or wide collar: the joints widen the ankle",
    "strap_extenders": "longer laces or strap extenders",
    "toe_filler": "filler for the missing part of the foot",
    "no_slip_on": "no slip-on, no open heel",
    "same_heel_height": "keep the heel height in which the brace was set up within 3 mm in every shoe",
    "never_barefoot": "never walk in the brace without a shoe: plastic slips",
}
CURRENT = {
    "too_short": "too short",
    "too_long": "too long",
    "too_narrow": "too narrow",
    "too_shallow": "too shallow",
    "heel_too_high": "heel too high",
    "unknown_inside_length": "inside length not measured: judged by the label only",
}
PAIR = {
    "one_foot_measured": "Only one foot was measured. Measure both before buying a pair.",
    "partial_foot": "Not compared: of a partial foot the whole one decides; one pair of its size.",
    "not_compared": "The two shoes could not be compared.",
    "one_pair": "One pair serves both feet: they are {sizes} and {widths} apart.",
    "split": "Buy a split pair: the feet are {sizes} and {widths} apart.",
}
STARTING_SIZE = "A starting size for ordering: try on with the brace; order the neighbouring size too."


def feature(code: str) -> str:
    """One line of the shoe checklist."""
    return _(FEATURES[code])


def current_reason(code: str) -> str:
    """Why the shoe worn now does or does not serve."""
    return _(CURRENT[code])


def depth(code: str) -> str:
    """The depth class: "ordinary", "extra depth" …"""
    return label("depth_class", code).lower()


def system(code: str) -> str:
    """The name of a size system: "US men"."""
    return label("system", code)


def size_label(code: str, size: float) -> str:
    """A size as printed on the shoe; children's US and UK numbers after 13.5 carry a Y: "1.5Y"."""
    printed = restart(code, size)
    youth = SYSTEMS[code].restarts and printed != size
    return f"{plain(printed, 1)}{'Y' if youth else ''}"


def pair(reason: Reason) -> str:
    """Whether one pair of shoes serves both feet, in a sentence."""
    facts = {
        name: counted(float(str(reason.facts[name])))
        for name, counted in (("sizes", _sizes), ("widths", _widths))
        if name in reason.facts
    }
    return _(PAIR[reason.code]).format(**facts)


def _sizes(number: float) -> str:
    return ngettext("{number} size", "{number} sizes", _plural(number)).format(number=plain(number, 1))


def _widths(number: float) -> str:
    return ngettext("{number} shelf width", "{number} shelf widths", _plural(number)).format(number=plain(number, 1))


def _plural(number: float) -> int:
    """Only the one itself is singular: half a size is written as "0.5 sizes"."""
    return 1 if number == 1 else 2
