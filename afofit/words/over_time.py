"""The fittings of one person side by side over time: what was measured, what was made, and what changed."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.result import Fitting
from afofit.fitting.values import SIDES, Side
from afofit.words import numbers
from afofit.words.tongue import _

MAIN_DIMENSIONS = (
    "proximal_trim_height_mm",
    "calf_shell_girth_mm",
    "malleolar_inner_width_mm",
    "leaf_width_mm",
    "footplate_length_medial_mm",
    "footplate_width_mm",
    "shell_thickness_mm",
    "ankle_angle_deg",
)
SHOWN_COLUMNS = 6
MONTH_DAYS = 30.4375
LEAST_DAYS = 28
"""Over less than four weeks the growth of a foot drowns in the error of measuring it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A value with its unit, and by how much it differs from the column before; empty where it does not."""

    shown: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement or dimension of one leg, a cell a column."""

    label: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Leg:
    """The rows of one leg."""

    side: Side
    measured: tuple[Row, ...]
    made: tuple[Row, ...]


Number = Callable[[Fitting, Side], float | None]
Words = Callable[[float], str]


def day_of(fitting: Fitting) -> date:
    """The day that heads a column: when it was measured, else when it was computed."""
    days = [limb.measured_at.date() for limb in fitting.request.limbs.values() if limb.measured_at]
    return min(days, default=fitting.computed_on)


def legs(fittings: Sequence[Fitting], *, first: int = 0, last: int | None = None) -> tuple[Leg, ...]:
    """The columns ``first`` to ``last`` of the fittings, oldest first; compared with the one before even if hidden."""
    shown = slice(first, last)
    found = []
    for side in SIDES:
        measured = [
            _row(_(one.label), fittings, side, _measurement(one.name), _words(one.name, one.unit), 1)
            for one in MEASUREMENTS
        ]
        measured.append(_growth(fittings, side))
        made = [
            _row(
                _(BY_NAME[name].label),
                fittings,
                side,
                _dimension(name),
                _words(name, BY_NAME[name].unit),
                _decimals(name),
            )
            for name in MAIN_DIMENSIONS
        ]
        leg = Leg(side, _given(measured, shown), _given(made, shown))
        if leg.measured:
            found.append(leg)
    return tuple(found)


def _given(rows: Sequence[Row], shown: slice) -> tuple[Row, ...]:
    """The shown columns of the rows that have anything in them."""
    cut = (Row(row.label, row.cells[shown]) for row in rows)
    return tuple(row for row in cut if any(row.cells))


def _decimals(name: str) -> int:
    return 1 if name == "shell_thickness_mm" else 0


def _words(name: str, unit: str) -> Words:
    if name.startswith("dorsiflexion"):
        return numbers.reach
    if name == "ankle_angle_deg":
        return numbers.ankle
    return lambda value: numbers.quantity(value, unit)


def _measurement(name: str) -> Number:
    def number(fitting: Fitting, side: Side) -> float | None:
        limb = fitting.request.limbs.get(side)
        return limb.measurements.get(name) if limb else None

    return number


def _dimension(name: str) -> Number:
    def number(fitting: Fitting, side: Side) -> float | None:
        limb = fitting.limbs.get(side)
        value = limb.dimensions.get(name) if limb else None
        return value.magnitude if value else None

    return number


def rounded(number: float, decimals: int) -> float:
    """Halves away from zero, so that a difference is that of the numbers shown."""
    scale = 10.0**decimals
    return math.copysign(math.floor(abs(number) * scale + 0.5 + 1e-9) / scale, number)


def _row(label: str, fittings: Sequence[Fitting], side: Side, number: Number, words: Words, decimals: int) -> Row:
    cells: list[Cell | None] = []
    before: float | None = None
    for fitting in fittings:
        value = number(fitting, side)
        value = None if value is None else rounded(value, decimals)
        cells.append(None if value is None else Cell(words(value), _change(before, value)))
        before = value
    return Row(label, tuple(cells))


def _change(before: float | None, now: float) -> str:
    if before is None:
        return ""
    text = numbers.plain(now - before, 1)
    return "" if text == "0" else text if text.startswith(numbers.MINUS) else f"+{text}"


def _growth(fittings: Sequence[Fitting], side: Side) -> Row:
    """Of a child: how fast the foot grew since the column before."""
    cells: list[Cell | None] = [None]
    number = _measurement("foot_length")
    for earlier, later in pairwise(fittings):
        before, now = number(earlier, side), number(later, side)
        speed = None if before is None or now is None else growth(before, now, day_of(earlier), day_of(later))
        child = later.request.patient.is_child
        cells.append(Cell(_speed(speed)) if child and speed is not None else None)
    return Row(_("Growth of the foot"), tuple(cells))


def _speed(mm_a_month: float) -> str:
    return _("{size} mm a month").format(size=numbers.plain(mm_a_month, 1))


def growth(before_mm: float, now_mm: float, first: date, last: date) -> float | None:
    """Growth (mm a month) between two days; None where they are too near to tell."""
    days = (last - first).days
    return None if days < LEAST_DAYS else (now_mm - before_mm) * MONTH_DAYS / days
