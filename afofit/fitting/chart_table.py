"""What the rows of a chart say together: in order, no two alike, no holes, no contradictions, and as the text says."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf

from afofit.fitting.chart import MEASURES, OF_THE_BRACE, SHOE, SHOES, Range, Size
from afofit.fitting.chart_fault import ChartFault
from afofit.fitting.shoe_sizes import SYSTEMS
from afofit.fitting.values import EPSILON, SIDES

HOLE = {f"{SHOE}{system}": one.step for system, one in SYSTEMS.items()} | {f"{SHOE}eu": 1.0, f"{SHOE}eu_child": 1.0}
"""How far apart the ends of neighbouring rows may lie: sizes come in steps, lengths do not."""
Rows = Sequence[tuple[int, Size]]
"""Sizes with their places in the chart."""


def contradictions(sizes: Sequence[Size], *, holes_printed: bool, said: Mapping[str, Range]) -> tuple[ChartFault, ...]:
    """Everything in which the rows contradict each other, or what the text says of their reach; each thing once."""
    found: dict[tuple[object, ...], ChartFault] = {}
    for side in SIDES:
        rows = [(place, size) for place, size in enumerate(sizes) if size.side in (None, side)]
        holes = () if holes_printed else _holes(rows)
        for fault in (*_twice(rows), *_order(rows), *_overlaps(rows), *holes, *_against_text(rows, said)):
            found.setdefault((fault.path, fault.code, str(fault.facts)), fault)
    return tuple(found.values())


def _holes(rows: Rows) -> Iterator[ChartFault]:
    for measure in (*SHOES, "foot_length", "calf_circumference"):
        having = sorted(
            {
                (size.ranges[measure].low, size.ranges[measure].high, place)
                for place, size in rows
                if measure in size.ranges
            }
        )
        end = -inf
        for low, high, place in having:
            if end > -inf and low - end > HOLE.get(measure, 0.0) + EPSILON:
                yield ChartFault(("sizes", place, measure), "hole", {"key": measure, "low": end, "high": low})
            end = max(end, high)


def _against_text(rows: Rows, stated: Mapping[str, Range]) -> Iterator[ChartFault]:
    for measure, said in stated.items():
        ranges = [size.ranges[measure] for _, size in rows if measure in size.ranges]
        if not ranges:
            continue
        table = Range(min(one.low for one in ranges), max(one.high for one in ranges))
        if abs(said.low - table.low) > EPSILON or (said.high != table.high and abs(said.high - table.high) > EPSILON):
            facts = {"key": measure, "text": tuple(said), "table": tuple(table)}
            yield ChartFault(("stated", measure), "text_against_table", facts)


def _twice(rows: Rows) -> Iterator[ChartFault]:
    seen: set[str] = set()
    for place, size in rows:
        if size.code in seen:
            yield ChartFault(("sizes", place, "size"), "twice", {"size": size.code})
        seen.add(size.code)


def _lows(size: Size) -> tuple[float, ...]:
    return tuple(size.ranges[measure].low for measure in MEASURES if measure in size.ranges)


def _order(rows: Rows) -> Iterator[ChartFault]:
    """Rows of the same measures must ascend: a row out of order is a slip of the hand."""
    for (_, first), (place, second) in pairwise(rows):
        if list(first.ranges) == list(second.ranges) and _lows(second) <= _lows(first):
            yield ChartFault(("sizes", place), "out_of_order", {"size": second.code, "before": first.code})


def _overlaps(rows: Rows) -> Iterator[ChartFault]:
    """Two rows may share an end, never more: else the chart does not say which size is meant."""
    for at, (_, first) in enumerate(rows):
        for place, second in rows[at + 1 :]:
            person = [name for name in first.ranges if name in second.ranges and name not in OF_THE_BRACE]
            shoes = [name for name in person if name in SHOES]
            others = [name for name in person if name not in SHOES]
            groups = [any(first.ranges[name].overlaps(second.ranges[name]) for name in shoes)] if shoes else []
            groups += [first.ranges[name].overlaps(second.ranges[name]) for name in others]
            if groups and all(groups):
                facts = {"size": second.code, "other": first.code, "keys": ", ".join(person)}
                yield ChartFault(("sizes", place), "overlap", facts)
