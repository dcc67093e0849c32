"""One field of the form as it is shown: its words, what was typed into it and what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from werkzeug.datastructures import MultiDict

from afofit.fitting.measurements import Measurement
from afofit.fitting.values import Side
from afofit.fitting.vocabulary import ORDER, Field, Kind
from afofit.schemas.problems import Problem
from afofit.words.choices import choice
from afofit.words.tongue import N_
from afofit.words.tongue import gettext as say

Shape = Literal["box", "angle", "text", "radios", "select", "ticks", "day", "date", "moment"]
Typed = MultiDict[str, str]

LONGEST_SEGMENT = 22
"""Characters of a label that still fits into one segment of a row of radios."""
MOST_RADIOS = 7
UNKNOWN = ("unknown", N_("Unknown"))

STANDING_DEFAULTS = {
    "design": "engine",
    "footplate": "engine",
    "braced": "true",
    "partial_foot": "none",
    "insole_removable": "true",
}
"""What leaving a field out means in the contract, shown as the chosen answer instead of hidden."""

EMPTY_ANSWERS = {
    "width": N_("Not stated"),
    "system": "Not stated",
    "depth_class": "Not stated",
    "foot_loading": "Not stated",
    "lowered_edge": N_("By the rules"),
    **{field.name: "Not stated" for field in ORDER if field.kind in ("choice", "flag")},
}
"""Words of the empty answer where a field may be left out and has no Unknown."""

FLAG_WORDS = {"braced": (("true", N_("Braced")), ("false", N_("Measured for shoe only")))}
YES_OR_NO = (("true", N_("Yes")), ("false", N_("No")))

PAST_OR_SHORT = (("past", N_("past 90°")), ("short", N_("short of 90°")))
"""A phone's decimal pad has no minus key, so the sign of an ankle angle is chosen in words."""
OUT_OR_IN = (("out", N_("outward")), ("in", N_("inward")))
DIRECTIONS = {
    "dorsiflexion_knee_extended": PAST_OR_SHORT,
    "dorsiflexion_knee_flexed": PAST_OR_SHORT,
    "toe_out": OUT_OR_IN,
    "casting_angle": PAST_OR_SHORT,
}

SHAPES: dict[Kind, Shape] = {
    "choices": "ticks",
    "length": "box",
    "mass": "box",
    "angle": "box",
    "years": "box",
    "count": "box",
    "size": "text",
    "text": "text",
    "date": "day",
    "moment": "moment",
}
UNITS: dict[Kind, str] = {"length": "length", "mass": "mass", "angle": "deg", "years": "years"}


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str
    id: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """That an unusual value was measured twice and is kept: the value, by whom and when, as the form carries it."""

    value: str
    by: str
    at: str
    said: str

    def fields(self, name: str) -> list[tuple[str, str]]:
        """Names and values of the hidden fields that carry it, for the measurement of this name."""
        limb, _, measurement = name.rpartition(".")
        start = f"{limb}.confirmed.{measurement}"
        return [(f"{start}.value", self.value), (f"{start}.by", self.by), (f"{start}.at", self.at)]


@dataclass(slots=True, kw_only=True)
class Entry:
    """One field with everything its macro needs; ``name`` is the path of the contract."""

    name: str
    label: str
    shape: Shape
    hint: str = ""
    unit: str = ""
    text: str = ""
    again: tuple[str, ...] = ()
    """What was typed as second and third reading; empty where a field is read once."""
    options: tuple[Option, ...] = ()
    direction: tuple[Option, ...] = ()
    inline: bool = True
    side: Side | None = None
    letter: str = ""
    tool: str = ""
    how: str = ""
    measures: str = ""
    optional: bool = False
    for_brace: bool = False
    """Not needed on a leg that is measured for its shoe only."""
    echo: str = ""
    third: bool = False
    focused: bool = False
    problems: tuple[Problem, ...] = ()
    doubts: tuple[str, ...] = ()
    entered: str = ""
    """The value that counts, as it can be confirmed; empty where it cannot be read."""
    confirmed: Confirmed | None = None
    other: str = ""
    """What was entered for the other leg."""
    last: str = ""
    """What was measured at the last visit, and when."""
    was: str = ""
    """What stood here in the fitting that is changed."""
    chart: str = ""
    """What the open chart says of it."""

    @property
    def id(self) -> str:
        """Id of the control, or of the first control of a group."""
        return identifier(self.name)

    @property
    def target(self) -> str:
        """Id of the control that a link to this field focuses."""
        if self.shape == "day":
            return f"{self.id}-day"
        return self.options[0].id if self.options and self.shape != "select" else self.id

    @property
    def described_by(self) -> str:
        """Ids of hint and messages, for the control."""
        parts = [f"{self.id}-hint"] if self.hint else []
        return " ".join([*parts, *([f"{self.id}-msg"] if self.said else [])])

    def worded(self, given: Sequence[str]) -> str:
        """What was given: the first reading, or in the words of its answers where there are answers."""
        if not self.options:
            return next(iter(given), "")
        return ", ".join(option.label for option in self.options if option.value and option.value in given)

    @property
    def changed(self) -> bool:
        """Whether something else stands here than in the fitting that is changed."""
        return self.was != self.worded([option.value for option in self.options if option.chosen] or [self.text])

    @property
    def doubtful(self) -> bool:
        """Whether a doubt stands open beside the field."""
        return bool(self.doubts) and not self.problems and self.confirmed is None

    @property
    def said(self) -> bool:
        """Whether anything is said about what was typed."""
        return bool(self.problems or self.doubts or self.echo or self.confirmed)

    @property
    def lacking(self) -> bool:
        """Whether all that is wrong is that nothing was typed."""
        return bool(self.problems) and all(problem.received is None for problem in self.problems)

    @property
    def state(self) -> str:
        """``bad``, ``doubt`` or nothing: how the edge of the field looks."""
        return "bad" if self.problems else "doubt" if self.doubtful else ""

    @property
    def can_confirm(self) -> bool:
        """Whether one tap can confirm the value: a measurement that was read and is doubted."""
        return self.doubtful and bool(self.measures and self.entered)

    @property
    def filled(self) -> bool:
        """Whether anything was typed or chosen."""
        return bool(self.text) or any(self.again) or any(option.chosen and option.value for option in self.options)

    def owns(self, problem: Problem) -> bool:
        """Whether a problem is about this field, one of its parts or its direction."""
        return problem.field in (self.name, f"{self.name}_direction") or problem.field.startswith(f"{self.name}.")


def identifier(name: str) -> str:
    """The id that belongs to a field name."""
    return name.replace(".", "-")


def options(name: str, pairs: Iterable[tuple[str, str]], chosen: Iterable[str]) -> tuple[Option, ...]:
    """The answers of one group; the first has the id by which the group is reached."""
    picked = set(chosen)
    first = f"{identifier(name)}-1"
    return tuple(
        Option(value, label, "" if place else first, value in picked) for place, (value, label) in enumerate(pairs)
    )


def measured(measurement: Measurement, side: Side, typed: Typed, *, required: bool, for_brace: bool) -> Entry:
    """The field of one limb measurement."""
    name = f"limbs.{side}.{measurement.name}"
    turns = _turns(measurement.name)
    return Entry(
        name=name,
        label=say(measurement.label),
        shape="angle" if turns else "box",
        hint=say(measurement.hint),
        unit="length" if measurement.unit == "mm" else "deg",
        text=typed.get(name, ""),
        again=(typed.get(f"{name}.2", ""), typed.get(f"{name}.3", "")),
        direction=options(f"{name}_direction", turns, typed.getlist(f"{name}_direction")),
        side=side,
        letter=measurement.letter,
        tool=say(measurement.tool),
        how=say(measurement.how),
        measures=measurement.name,
        optional=not required,
        for_brace=for_brace,
    )


def _turns(name: str) -> tuple[tuple[str, str], ...]:
    """The directions of an angle; empty where it has none."""
    return tuple((code, say(text)) for code, text in DIRECTIONS.get(name, ()))


def answers(field: Field) -> tuple[tuple[str, str], ...]:
    """Every answer of a field, its Unknown last; empty for a field that is typed."""
    pairs: tuple[tuple[str, str], ...]
    if field.kind == "flag":
        pairs = FLAG_WORDS.get(field.name, YES_OR_NO)
    elif field.kind == "grade":
        pairs = tuple((str(grade), str(grade)) for grade in range(int(field.low or 0), int(field.high or 0) + 1))
    else:
        pairs = field.choices
    if field.name == "urgent_signs":
        return (*pairs, ("none", N_("Asked: none present")), ("unknown", N_("Not asked")))
    if field.name == "allergies":
        return (*pairs, ("none", N_("None known")), UNKNOWN)
    return (*pairs, UNKNOWN) if field.unknown and pairs else pairs


def declared(field: Field, path: str, typed: Typed, *, side: Side | None = None, as_above: bool = False) -> Entry:
    """The field of one entry of the vocabulary; ``as_above`` makes it one that differs on a leg."""
    name = f"{path}.{field.name}"
    pairs = answers(field)
    shape = SHAPES.get(field.kind)
    if shape is None:
        shape = "select" if as_above or len(pairs) > MOST_RADIOS else "radios"
    if shape == "select":
        pairs = (("", _empty(field, as_above=as_above)), *pairs)
    elif shape == "radios" and field.name in EMPTY_ANSWERS:
        pairs = (*pairs, ("", EMPTY_ANSWERS[field.name]))
    pairs = tuple((value, choice(field.name, label)) for value, label in pairs)
    chosen = typed.getlist(name)
    if not chosen and not as_above and field.name in STANDING_DEFAULTS:
        chosen = [STANDING_DEFAULTS[field.name]]
    turns = _turns(field.name)
    return Entry(
        name=name,
        label=say(field.label),
        shape="angle" if turns else shape,
        direction=options(f"{name}_direction", turns, typed.getlist(f"{name}_direction")),
        hint="" if as_above else say(field.hint),
        unit=UNITS.get(field.kind, ""),
        text=typed.get(name, ""),
        again=tuple(typed.get(f"{name}.{part}", "") for part in ("day", "month", "year")) if shape == "day" else (),
        options=options(name, pairs, chosen),
        inline=all(len(label) <= LONGEST_SEGMENT for _, label in pairs),
        side=side,
    )


def _empty(field: Field, *, as_above: bool) -> str:
    """Words of the empty line of a list."""
    if as_above:
        return N_("As above")
    return EMPTY_ANSWERS.get(field.name, N_("Choose"))
