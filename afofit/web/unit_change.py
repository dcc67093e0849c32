"""The units switch after values exist: asked about, never converted silently."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from afofit.schemas.numbers import Unreadable, read_number
from afofit.schemas.units import LENGTHS_MM, MASSES_KG
from afofit.web.entry import Typed
from afofit.web.form_page import FormPage
from afofit.words.fields import listed
from afofit.words.numbers import typed as as_typed
from afofit.words.tongue import _, ngettext

DECIMALS = 4
"""A ten-thousandth of an inch or a pound: no conversion shows in a millimetre or a tenth of a kilogram."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch of the form: where the unit chosen and the unit typed in stand, and what they are worth."""

    chosen: str
    entered: str
    unit: str
    factors: Mapping[str, float]


SWITCHES = (
    Switch("units.length", "entered_in", "length", LENGTHS_MM),
    Switch("units.mass", "entered_in_mass", "mass", MASSES_KG),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to go on."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked when a switch no longer fits the values."""

    title: str
    text: str
    answers: tuple[Answer, ...]


def question(typed: Typed) -> Question | None:
    """What to ask, or None while every switch fits the values."""
    turned = list(_turned(typed))
    if not turned:
        return None
    said = listed([_values(len(names), _unit(typed[one.entered])) for one, names in turned])
    new = listed([_unit(typed[one.chosen]) for one, names in turned])
    return Question(
        _("The units were switched"),
        _("You entered {values}. Nothing was changed yet.").format(values=said),
        (
            Answer("convert", _("Convert them to {units}").format(units=new)),
            Answer("keep", _("They were {units}: keep the numbers").format(units=new)),
        ),
    )


def _values(count: int, unit: str) -> str:
    return ngettext("{count} value in {unit}", "{count} values in {unit}", count).format(count=count, unit=unit)


def _unit(code: str) -> str:
    """A unit inside a sentence."""
    return {"in": _("inches"), "lb": _("pounds")}.get(code, code)


def settled(typed: Typed) -> Typed:
    """The form after the answer: numbers converted, or kept as they are in the unit now chosen."""
    after: Typed = MultiDict((name, value) for name, value in typed.items(multi=True) if name != "units_answer")
    for switch, names in _turned(typed):
        old, new = typed[switch.entered], typed[switch.chosen]
        for name in names if typed["units_answer"] == "convert" else ():
            after[name] = _converted(typed[name], switch.factors[old] / switch.factors[new])
        after[switch.entered] = new
    return after


def _turned(typed: Typed) -> Iterator[tuple[Switch, tuple[str, ...]]]:
    """The switches that differ from the unit typed in, with the filled fields that they rule."""
    for switch in SWITCHES:
        old, new = typed.get(switch.entered), typed.get(switch.chosen)
        if old in switch.factors and new in switch.factors and old != new:
            names = tuple(_filled(typed, switch.unit))
            if names:
                yield switch, names


def _filled(typed: Typed, unit: str) -> Iterator[str]:
    for entry in FormPage(typed).entries:
        if entry.unit == unit:
            names = (entry.name, f"{entry.name}.2", f"{entry.name}.3")
            yield from (name for name in names if typed.get(name, "").strip())


def _converted(text: str, factor: float) -> str:
    """The text in the new unit; what is no number stays as it was typed."""
    try:
        read = read_number(text, None)
    except Unreadable:
        return text
    return as_typed(read * factor, DECIMALS)
