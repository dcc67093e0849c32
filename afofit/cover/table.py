"""People from a table (CSV): columns named like the fields of the contract, every bad cell with its line and column.

A column that is not known is named and left out; a measure without a column, or an empty cell, is not known. No unit
is assumed: it stands in the head (``foot_length_mm``, ``weight [kg]``), in a column (``units.length``), or is given.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from afofit.cover.people import People, of
from afofit.fitting.chart import SHOE
from afofit.fitting.chart_check import LENGTH_MM, MASS_KG
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.shoe_sizes import ADULT_SIZES_FROM_MM, SYSTEMS, read_printed, size_to_buy, systems_given
from afofit.fitting.stock import Person
from afofit.fitting.values import EPSILON, SIDES, Side
from afofit.fitting.vocabulary import GROUPS

A_BLOCK = 16_384
"""Rows that are held in memory at once."""
MOST_FAULTS, MOST_LINES = 200, 9
"""Faults that are told, and further lines of the same fault; more are counted."""
ADULT_YEARS = 18
BRACED = "braced_"
"""Before the system: the size of shoe that takes a brace."""
_FIELDS = {one.name: one for group in ("patient", "shoe") for one in GROUPS[group]}
_LIMITS = {one.name: one.any_age for one in MEASUREMENTS if one.name in ("foot_length", "calf_circumference")}
LENGTHS: Mapping[str, tuple[float, float]] = {
    **{name: limits for name, limits in _LIMITS.items() if limits},
    "inside_length": (_FIELDS["inside_length"].low or 0, _FIELDS["inside_length"].high or 0),
    # A fibular head from 110 to 600 mm, less the most that an edge is kept below it.
    "proximal_trim_height": (80, 600),
}
"""Lengths of a person, and what is possible (mm)."""
NUMBERS: Mapping[str, tuple[float, float]] = {
    **LENGTHS,
    **{name: (_FIELDS[name].low or 0, _FIELDS[name].high or 0) for name in ("weight", "age_years")},
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "side": SIDES,
    "sex": ("female", "male", "unspecified"),
    "shoe_system": tuple(SYSTEMS),
    "units.length": tuple(LENGTH_MM),
    "units.mass": tuple(MASS_KG),
}
SIZES = ("shoe_size", *(f"{BRACED}{system}" for system in SYSTEMS))
KNOWN = (*NUMBERS, *CHOICES, *SIZES)
OF_FEET = ("sex", "age_years")
"""Fields that are asked for only where shoe sizes are worked out from feet."""
_UNIT = re.compile(r"(.+?)(?:_|\s*[\[(])(mm|cm|in|kg|lb)[\])]?")
_LEG = re.compile(r"limbs\.(left|right)\.(.+)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_READING = re.compile(r"(.+)\.[23]")
PLACES = {
    **{f"patient.{name}": name for name in ("weight", "sex", "age_years")},
    **{"shoe.system": "shoe_system", "shoe.size": "shoe_size", "shoe.inside_length": "inside_length"},
    **{f"braced.{system}": f"{BRACED}{system}" for system in SYSTEMS},
}
"""Fields as a table of requests names them."""


@dataclass(frozen=True, slots=True)
class Units:
    """The units of columns whose head does not say theirs."""

    length: str | None = None
    mass: str | None = None


@dataclass(frozen=True, slots=True)
class Feet:
    """Shoe sizes are worked out from foot length, where none is given (contract 4, sizes for buying)."""

    brace_mm: float | None = None
    """What a brace adds to the length of the foot in the shoe; None: the size over a brace is not known."""


class Fault(NamedTuple):
    """One thing wrong with a table; ``code`` and ``facts`` are for the words."""

    line: int
    column: int
    code: str
    facts: Mapping[str, object]
    also: tuple[int, ...] = ()
    """Further lines with the very same fault in the same column, the first few of them."""
    more: int = 0
    """How many lines there are besides."""


class BrokenTable(Exception):
    """A table with what is wrong with it, in the order of the table."""

    def __init__(self, faults: Sequence[Fault], more: int = 0) -> None:
        super().__init__(f"{len(faults) + more} faults")
        self.faults = tuple(faults)
        self.more = more
        """How many cells with other faults there are besides."""


class _Column(NamedTuple):
    place: int
    name: str
    side: Side | None
    scale: float | None
    """What one of its unit is in mm or kg; None: the row says it."""


_Values = dict[str, float | str]


@dataclass(slots=True)
class Table:
    """A table that is read once, block by block."""

    lines: Iterable[str]
    units: Units = Units()
    feet: Feet | None = None
    most: int | None = None
    """Rows that are read at most; one more is a fault."""
    used: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    """Columns that say nothing that a chart could go by; known once the head was read."""
    _columns: tuple[_Column, ...] = ()
    _faults: dict[tuple[object, ...], Fault] = field(default_factory=dict)
    _more: int = 0

    def blocks(self) -> Iterator[People]:
        """The people, a block at a time. Raises BrokenTable at the end, with everything that is wrong."""
        block: list[Person] = []
        anybody = False
        for person in self._everybody():
            anybody = True
            block.append(person)
            if len(block) == A_BLOCK:
                if not self._faults:
                    yield of(block)
                block = []
        if not anybody and not self._faults:
            self._fault(1, 1, "no_rows")
        if self._faults:
            raise BrokenTable(sorted(self._faults.values(), key=lambda one: one[:2]), self._more)
        if block:
            yield of(block)

    def _everybody(self) -> Iterator[Person]:
        reader = csv.reader(self.lines, strict=True)
        try:
            head = [name.removeprefix("\ufeff").strip() for name in next(reader, [])]
            self._read_head(head)
            for number, cells in enumerate(reader, start=1):
                if self.most is not None and number > self.most:
                    self._fault(reader.line_num, 1, "too_many", most=self.most)
                    return
                if any(cell.strip() for cell in cells):
                    yield from self._persons(reader.line_num, cells, len(head))
        except csv.Error as error:
            self._fault(reader.line_num, 1, "not_csv", detail=str(error))
        except UnicodeDecodeError:
            # Of the line that could not be read, the reader knows only the one before.
            self._fault(reader.line_num + 1, 1, "not_utf8")

    def _fault(self, line: int, column: int, code: str, **facts: object) -> None:
        key = (column, code, *facts.values())
        before = self._faults.get(key)
        if before is None and len(self._faults) >= MOST_FAULTS:
            self._more += 1
        elif before is None:
            self._faults[key] = Fault(line, column, code, facts)
        elif len(before.also) < MOST_LINES:
            self._faults[key] = before._replace(also=(*before.also, line))
        else:
            self._faults[key] = before._replace(more=before.more + 1)

    def _read_head(self, head: Sequence[str]) -> None:
        if len(head) == 1 and any(sign in head[0] for sign in ";\t"):
            self._fault(1, 1, "not_commas")
            return
        named = [_named(name) for name in head]
        rows_say = {name for name, _, _ in named if name in ("units.length", "units.mass")}
        found: list[_Column] = []
        for place, (name, side, unit) in enumerate(named):
            if name not in KNOWN or (name in OF_FEET and self.feet is None):
                continue
            if any(one[1:3] == (name, side) for one in found) and not _READING.fullmatch(head[place]):
                self._fault(1, place + 1, "twice", name=head[place])
                continue
            found.append(_Column(place, name, side, self._scale(place, name, unit, rows_say)))
        if any(one.side for one in found):
            for one in found:
                if one.name == "side":
                    self._fault(1, one.place + 1, "side_twice")
        self._columns = tuple(found)
        places = {one.place for one in found}
        self.used = tuple(name for place, name in enumerate(head) if place in places)
        self.unused = tuple(name for place, name in enumerate(head) if place not in places and name)
        if any(head) and not found:
            self._fault(1, 1, "no_column", known=", ".join(KNOWN))

    def _scale(self, place: int, name: str, unit: str | None, rows_say: set[str]) -> float | None:
        """What one of the column is in mm or kg; 1 for what has no unit."""
        kind = "length" if name in LENGTHS else "mass" if name == "weight" else None
        if kind is None:
            return 1.0
        scales = LENGTH_MM if kind == "length" else MASS_KG
        given = unit or getattr(self.units, kind)
        if unit is None and f"units.{kind}" in rows_say:
            return None
        if given is None:
            self._fault(1, place + 1, "no_unit", name=name, allowed=", ".join(scales))
        elif given not in scales:
            self._fault(1, place + 1, "other_unit", name=name, received=given, allowed=", ".join(scales))
        return scales.get(given or "", 1.0)

    def _persons(self, line: int, cells: Sequence[str], count: int) -> Iterator[Person]:
        """The legs of a row: each of which columns tell something, or the one that the row is about."""
        if len(cells) != count:
            self._fault(line, len(cells) + 1, "cells", received=len(cells), expected=count)
            return
        read = self._row(line, cells)
        shared = read.get(None, {})
        legs = [side for side in SIDES if read.get(side)]
        if legs or any(one.side for one in self._columns):
            for side in legs:
                yield self._person(line, side, shared | read[side])
        else:
            said = shared.get("side")
            yield self._person(line, "left" if said == "left" else "right" if said == "right" else None, shared)

    def _row(self, line: int, cells: Sequence[str]) -> dict[Side | None, _Values]:
        """The values of a row by leg, in mm and kg; several readings as their mean."""
        read: dict[Side | None, _Values] = {}
        often: dict[tuple[str, Side | None], int] = {}
        rows_say = {one.name: cells[one.place].strip() for one in self._columns if one.name.startswith("units.")}
        for column in self._columns:
            text = cells[column.place].strip()
            if not text or text == "unknown":
                continue
            value = self._value(line, column, text, rows_say)
            if value is None:
                continue
            values = read.setdefault(column.side, {})
            before = values.get(column.name)
            if isinstance(before, float) and isinstance(value, float):
                key = (column.name, column.side)
                often[key] = often.get(key, 1) + 1
                value = before + (value - before) / often[key]
            values[column.name] = value
        return read

    def _value(self, line: int, column: _Column, text: str, rows_say: Mapping[str, str]) -> float | str | None:
        at, name = column.place + 1, column.name
        if name in SIZES:
            return text
        if name in CHOICES:
            if text in CHOICES[name]:
                return text
            self._fault(line, at, "not_a_choice", name=name, received=text, allowed=", ".join(CHOICES[name]))
            return None
        if not _NUMBER.fullmatch(text):
            self._fault(line, at, "not_a_number", name=name, received=text)
            return None
        scale = column.scale if column.scale is not None else self._scale_of_row(line, at, name, rows_say)
        if scale is None:
            return None
        low, high = NUMBERS[name]
        value = float(text) * scale
        if not low - EPSILON <= value <= high + EPSILON:
            self._fault(line, at, "outside", name=name, received=text, value=value, low=low, high=high)
            return None
        return value

    def _scale_of_row(self, line: int, at: int, name: str, rows_say: Mapping[str, str]) -> float | None:
        scales, said = (MASS_KG, "units.mass") if name == "weight" else (LENGTH_MM, "units.length")
        if not rows_say[said]:
            self._fault(line, at, "no_unit", name=name, allowed=", ".join(scales))
        return scales.get(rows_say[said])

    def _person(self, line: int, side: Side | None, values: _Values) -> Person:
        common = {
            name: one for name in ("foot_length", "calf_circumference") if isinstance(one := values.get(name), float)
        }
        if isinstance(edge := values.get("proximal_trim_height"), float):
            common["brace_height"] = edge
        inside, outside = dict(common), dict(common)
        if isinstance(room := values.get("inside_length"), float):
            inside["footplate_length"] = room
        for column in self._columns:
            if column.name.startswith(BRACED) and column.name in values and column.side in (None, side):
                system = column.name.removeprefix(BRACED)
                self._size(line, column, system, values, inside)
            if column.name == "shoe_size" and column.name in values and column.side in (None, side):
                self._size(line, column, str(values.get("shoe_system", "")), values, outside)
        if self.feet is not None and "foot_length" in common:
            _from_foot(self.feet, common["foot_length"], values, inside, outside)
        weight = values.get("weight")
        return Person(side, weight if isinstance(weight, float) else None, inside, outside)

    def _size(self, line: int, column: _Column, system: str, values: _Values, into: dict[str, float]) -> None:
        """A printed size, counted on past the children's restart; a child's number alone needs the foot to be told."""
        printed, foot = str(values[column.name]), values.get("foot_length")
        one = SYSTEMS.get(system)
        if one is None:
            self._fault(line, column.place + 1, "no_system", received=printed)
            return
        if one.restarts and printed[-1:].upper() not in ("C", "Y") and not isinstance(foot, float):
            self._fault(line, column.place + 1, "no_suffix", received=printed)
            return
        size = read_printed(system, printed, foot if isinstance(foot, float) else 0.0)
        if size is None:
            facts = {"received": printed, "system": system, "low": one.lowest, "high": one.highest}
            self._fault(line, column.place + 1, "not_a_size", **facts)
            return
        into[f"{SHOE}{system}"] = size


def _named(head: str) -> tuple[str, Side | None, str | None]:
    """The field, the leg and the unit that the head of a column names."""
    text = head.strip().lower()
    leg = _LEG.fullmatch(text)
    side: Side | None = None
    if leg:
        side, text = ("left" if leg[1] == "left" else "right"), leg[2]
    reading = _READING.fullmatch(text)
    if reading and reading[1] in LENGTHS:
        text = reading[1]
    text = PLACES.get(text, text)
    if text in KNOWN:
        return text, side, None
    with_unit = _UNIT.fullmatch(text)
    if with_unit:
        name = PLACES.get(with_unit[1].strip(), with_unit[1].strip())
        if name in NUMBERS:
            return name, side, with_unit[2]
    return text, side, None


def _from_foot(
    feet: Feet, foot_mm: float, values: _Values, inside: dict[str, float], outside: dict[str, float]
) -> None:
    """Sizes for buying, in the systems of age and sex; nothing in the place of a size that is given."""
    age, sex = values.get("age_years"), str(values.get("sex", "unspecified"))
    systems: tuple[str, ...] = ()
    if isinstance(age, float):
        systems = systems_given(sex, child=age < ADULT_YEARS, foot_length_mm=foot_mm)
    elif foot_mm >= ADULT_SIZES_FROM_MM - EPSILON:
        # At any age such a foot gets adult sizes; of a smaller one, without an age, it is not known whose it is.
        systems = systems_given(sex, child=False, foot_length_mm=foot_mm)
    if not any(name.startswith(SHOE) for name in outside):
        outside |= {f"{SHOE}{system}": size_to_buy(system, foot_mm) for system in systems}
    if feet.brace_mm is not None and not any(name.startswith(SHOE) for name in inside):
        longer = foot_mm + feet.brace_mm
        inside |= {f"{SHOE}{system}": size_to_buy(system, longer) for system in systems}
