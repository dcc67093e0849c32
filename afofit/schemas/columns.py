"""The columns of a table of requests: the names of the form's fields, and a row of them as the document it makes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES, Side
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, GROUPS, Field
from afofit.schemas import form
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.request import SHARED

BETWEEN = "|"
"""Between several values in one cell, such as two urgent signs."""
FLAGS = {"TRUE": "true", "FALSE": "false"}
"""What spreadsheets make of true and false."""
FLAG_FIELDS = frozenset(field.name for fields in GROUPS.values() for field in fields if field.kind == "flag")


@cache
def columns() -> frozenset[str]:
    """Every name that a column may have."""
    return frozenset(_columns())


def _columns() -> Iterator[str]:
    yield from ("units.length", "units.mass", "legs")
    yield from _group("patient", GROUPS["patient"])
    for group in SHARED:
        yield from _group(group, GROUPS[group])
    yield from _clearings("clinical")
    for side in SIDES:
        yield from _leg(f"limbs.{side}")


def _leg(place: str) -> Iterator[str]:
    yield from _group(place, GROUPS["limb"])
    for one in MEASUREMENTS:
        name = f"{place}.{one.name}"
        yield from (name, f"{name}.2", f"{name}.3")
        if one.unit == "deg":
            yield f"{name}_direction"
        yield from (f"{place}.confirmed.{one.name}.{part}" for part in ("value", "by", "at"))
    for group in SHARED:
        yield from _group(f"{place}.{group}", GROUPS[group])
    yield from _clearings(f"{place}.clinical")


def _group(place: str, fields: tuple[Field, ...]) -> Iterator[str]:
    for field in fields:
        name = f"{place}.{field.name}"
        yield name
        if field.kind == "date":
            yield from (f"{name}.{part}" for part in ("year", "month", "day"))
        if field.kind == "angle" and field.low is not None and field.low < 0:
            yield f"{name}_direction"


def _clearings(place: str) -> Iterator[str]:
    for code in CLEARABLE_SIGNS:
        yield from (f"{place}.cleared.{code}.{part}" for part in ("by", "date", "note"))


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one row by column, as the form's reader asks for fields."""

    cells: Mapping[str, str]

    def get(self, name: str, default: str, /) -> str:
        """One cell; the legs, where no column says them, are those with anything in a column of theirs."""
        if name == "legs" and not self.cells.get("legs", "").strip():
            return self._legs() or default
        text = self.cells.get(name, default)
        return FLAGS.get(text.strip(), text) if name.rpartition(".")[2] in FLAG_FIELDS else text

    def getlist(self, name: str, /) -> list[str]:
        """The values of one cell that may hold several."""
        return [value.strip() for value in self.cells.get(name, "").split(BETWEEN)]

    @property
    def told(self) -> tuple[Side, ...]:
        """The legs with anything in a column of theirs."""
        return tuple(side for side in SIDES if any(self._in_leg(side)))

    def _legs(self) -> str:
        return "both" if len(self.told) == len(SIDES) else "".join(self.told)

    def _in_leg(self, side: str) -> Iterator[bool]:
        return (bool(text.strip()) for name, text in self.cells.items() if name.startswith(f"limbs.{side}."))


def document_of(cells: Mapping[str, str], *, today: date) -> dict[str, Any]:
    """The request document that a row makes. Raises Refused with everything that is wrong with it."""
    row = Cells(cells)
    asked = form.read(row, today=today)
    problems = (*asked.problems, *_contradictions(row))
    if problems:
        raise Refused(problems)
    return asked.document


def _contradictions(row: Cells) -> Iterator[Problem]:
    """A leg that has measurements although the row says it was not measured: the form would hide them."""
    legs = row.get("legs", "").strip()
    for side in row.told:
        if legs in form.LEGS and side not in form.LEGS[legs]:
            text = f"Legs measured: “{legs}” is chosen, but the {side} leg has cells. Choose both, or empty them."
            yield Problem(("legs",), text, legs, None, list(form.LEGS))
