"""A chart held against many people at once: for each the same status and sizes as ``stock.match`` gives.

A property test holds the two against each other; what is compared is written the same way here, to the last digit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from afofit.cover.people import NO_SIDE, Flags, Numbers, People, code_of
from afofit.fitting.chart import Chart, Held, Row
from afofit.fitting.stock import SIDE, STATUSES, WEIGHT
from afofit.fitting.values import EPSILON, SIDES

CODES = {status: place for place, status in enumerate(STATUSES)}
SHOE_SIZE = "shoe"
"""All systems of shoe sizes together: a size fits when it fits in any of them."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What a chart says of some people. Rows are the sizes of the chart, columns the people."""

    status: NDArray[np.uint8]
    """Places in STATUSES."""
    fits: Flags
    """Which size fits whom; of those for whom the chart can say nothing none does."""
    offered: Flags
    """Which size there is for the side of whom."""
    takes: Mapping[str, Flags]
    """Which size takes whose value of a measure, or does not ask for it, by measure; shoe sizes together."""
    usable: Flags
    """For whom the chart can say anything."""
    unknown: Mapping[str, Flags]
    """Of whom a measure that the chart goes by is not known, by measure."""


def matched(chart: Chart, people: People) -> Matched:
    """The chart held against everybody."""
    known = people.inside if chart.product.worn == "inside" else people.outside
    count, rows = len(people), chart.rows
    offered = np.array([_sides_of(chart, row)[people.sides] for row in rows], dtype=np.bool_).reshape(len(rows), count)
    takes = {name: np.ones((len(rows), count), dtype=np.bool_) for name in asked_of(chart)}
    for place, row in enumerate(rows):
        _hold(row, known, people.weight_kg, {name: flags[place] for name, flags in takes.items()})
    usable = offered.any(axis=0) & _any_known(chart.choosing, known, count)
    if chart.product.no_chart is not None:
        usable[:] = False
    fits = offered & usable
    for flags in takes.values():
        fits &= flags
    unknown = _unknown(chart, people, known, offered)
    return Matched(_status(chart, people, fits, usable, unknown), fits, offered, takes, usable, unknown)


def asked_of(chart: Chart) -> tuple[str, ...]:
    """The measures by which a chart chooses, in the order in which they are told."""
    shoe = (SHOE_SIZE,) if chart.shoes else ()
    return (*shoe, *chart.compared, WEIGHT)


def _sides_of(chart: Chart, row: Row) -> Flags:
    """Which sides a size is for, by code; one that is not known gets it where the sides do not differ."""
    takes = np.zeros(len(SIDES) + 1, dtype=np.bool_)
    for side in (*SIDES, None):
        takes[code_of(side)] = row in chart.rows_of(side)
    return takes


def _hold(row: Row, known: Mapping[str, Numbers], weight_kg: Numbers, takes: Mapping[str, Flags]) -> None:
    """Note what one size does not take. What is not known is not held against anybody: NaN lies in no direction."""
    if row.shoes:
        _hold_shoes(row, known, takes[SHOE_SIZE])
    for held in row.others:
        column = known.get(held.measure)
        if column is not None:
            takes[held.measure][:] = ~_outside(held, column)
    if row.limit_kg is not None:
        takes[WEIGHT][:] = ~(weight_kg > row.limit_kg + EPSILON)


def _hold_shoes(row: Row, known: Mapping[str, Numbers], takes: Flags) -> None:
    asked, inside = np.zeros_like(takes), np.zeros_like(takes)
    for held in row.shoes:
        column = known.get(held.measure)
        if column is not None:
            asked |= ~np.isnan(column)
            inside |= (column >= held.least) & (column <= held.most)
    takes[:] = inside | ~asked


def _outside(held: Held, column: Numbers) -> Flags:
    outside: Flags = column < held.least
    if np.isfinite(held.most):
        outside |= column > held.most
    return outside


def _any_known(names: tuple[str, ...], known: Mapping[str, Numbers], count: int) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    for name in names:
        if name in known:
            found |= ~np.isnan(known[name])
    return found


def _unknown(chart: Chart, people: People, known: Mapping[str, Numbers], offered: Flags) -> dict[str, Flags]:
    """What the chart goes by and nobody knows; of shoe sizes, where none is known."""
    count = len(people)
    unknown = {SHOE_SIZE: ~_any_known(chart.shoes, known, count)} if chart.shoes else {}
    unknown |= {name: ~_any_known((name,), known, count) for name in chart.compared}
    limited = _of_side(chart, people, [row.limit_kg is not None for row in chart.rows])
    unknown |= {WEIGHT: np.isnan(people.weight_kg) & limited}
    return unknown | {SIDE: (people.sides == NO_SIDE) & ~offered.any(axis=0)}


def _of_side(chart: Chart, people: People, rows: Sequence[bool]) -> Flags:
    """For whom any of some sizes is there."""
    takes = np.zeros(len(SIDES) + 1, dtype=np.bool_)
    for row, counts in zip(chart.rows, rows, strict=True):
        if counts:
            takes |= _sides_of(chart, row)
    return takes[people.sides]


def _status(
    chart: Chart, people: People, fits: Flags, usable: Flags, unknown: Mapping[str, Flags]
) -> NDArray[np.uint8]:
    fitting = fits.sum(axis=0)
    gaps = np.zeros(len(people), dtype=np.bool_)
    for flags in unknown.values():
        gaps |= flags
    unstated = _of_side(chart, people, [row.limit_kg is None for row in chart.rows])
    status = np.full(len(people), CODES["match"], dtype=np.uint8)
    status[gaps | unstated] = CODES["partial"]
    status[(fitting > 1) & ~gaps] = CODES["boundary"]
    status[fitting == 0] = CODES["outside"]
    against = people.against.get(chart.product.design)
    if against is not None:
        status[against] = CODES["unsuited"]
    status[~usable] = CODES["no_chart"]
    return status
