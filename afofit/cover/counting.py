"""Whom charts serve, counted: by chart, by size, and who is left outside by which measure.

Nothing is kept of the people: each block is counted and let go.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np

from afofit.cover.matching import CODES, SHOE_SIZE, Matched, asked_of, matched
from afofit.cover.people import Flags, Numbers, People
from afofit.fitting.chart import Chart, Held, Product, Row
from afofit.fitting.result import Status
from afofit.fitting.stock import SIDE, STATUSES, WEIGHT
from afofit.fitting.values import Side

Way = Literal["small", "between", "large", "none"]
"""In which direction a value lies outside of every size: below, in a hole, above, or no size for the side."""
WAYS: tuple[Way, ...] = get_args(Way)
SERVED: tuple[Status, ...] = ("match", "boundary", "partial")
Progress = Callable[[int], object]


class Outside(NamedTuple):
    """People whom one measure keeps outside of a chart: no size takes their value, whatever else they measure."""

    measure: str
    way: Way
    people: int
    alone: int
    """Of them, those whom some size would serve if this measure were not asked for."""


class OfSize(NamedTuple):
    """Whom one size serves; people on a border count for either of their sizes."""

    code: str
    side: Side | None
    people: int
    shared: int
    """Of them, those whom another size of the chart serves as well."""


@dataclass(frozen=True, slots=True)
class OfChart:
    """What one chart says of the people."""

    product: Product
    statuses: Mapping[Status, int]
    sizes: tuple[OfSize, ...]
    outside: tuple[Outside, ...]
    together: int
    """Those outside although each of their values has a size: no size takes all of them."""
    unknown: Mapping[str, int]
    """Of how many people a measure that the chart goes by is not known."""

    @property
    def served(self) -> int:
        """How many people it serves."""
        return sum(self.statuses[status] for status in SERVED)


class Why(NamedTuple):
    """People whom every chart leaves outside by the same measure."""

    measure: str
    way: Way
    people: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Whom some charts serve together: each person counts once."""

    people: int
    served: int
    unsuited: int
    """Only sizes fit that a finding speaks against."""
    unknown: int
    """Not served as far as is known, and for some chart nothing that it goes by is known."""
    outside: int
    """Outside of every chart that has sizes."""
    why: tuple[Why, ...]
    mixed: int
    """Of those outside, the people for whom no measure is the reason in every chart."""
    charts: tuple[OfChart, ...]


class Counting:
    """Counts block after block; ``cover`` is the sum so far."""

    def __init__(self, charts: Sequence[Chart], *, shelf: bool = False) -> None:
        self.charts = tuple(charts)
        self.people = 0
        self.whole: Counter[str] = Counter()
        self.why: Counter[tuple[str, Way]] = Counter()
        self.of_charts = tuple(_OfChart(chart) for chart in charts)
        self.shelf: Counter[bytes] | None = Counter() if shelf else None
        """How many people the same sizes serve, by those sizes as bits; for a plan."""

    def add(self, people: People) -> None:
        """Count a block."""
        count = len(people)
        self.people += count
        served, against, unknown = (np.zeros(count, dtype=np.bool_) for _ in range(3))
        common: dict[tuple[str, Way], Flags] | None = None
        fits = []
        for chart, counted in zip(self.charts, self.of_charts, strict=True):
            found = matched(chart, people)
            serves = _among(found, SERVED)
            reasons = counted.add(people, found, serves)
            fits.append(found.fits & serves)
            if chart.product.no_chart is not None:
                continue
            served |= serves
            against |= _among(found, ("unsuited",)) & found.fits.any(axis=0)
            unknown |= ~found.usable & (found.offered.any(axis=0) | found.unknown[SIDE])
            common = reasons if common is None else _both(common, reasons)
        self._sum(served, against, unknown, common)
        if self.shelf is not None and fits:
            self.shelf.update(_signatures(np.concatenate(fits)))

    def _sum(
        self, served: Flags, against: Flags, unknown: Flags, common: Mapping[tuple[str, Way], Flags] | None
    ) -> None:
        against &= ~served
        unknown &= ~(served | against)
        outside = ~(served | against | unknown)
        if common is None:
            unknown, outside = unknown | outside, np.zeros_like(outside)
        told = np.zeros_like(outside)
        for key, flags in (common or {}).items():
            here = flags & outside
            told |= here
            self.why[key] += int(here.sum())
        groups = (("served", served), ("unsuited", against), ("unknown", unknown), ("outside", outside))
        self.whole.update({name: int(flags.sum()) for name, flags in groups})
        self.whole["mixed"] += int((outside & ~told).sum())

    @property
    def cover(self) -> Cover:
        """What was counted."""
        why = sorted((Why(*key, people) for key, people in self.why.items() if people), key=lambda one: -one.people)
        whole = {name: self.whole[name] for name in ("served", "unsuited", "unknown", "outside", "mixed")}
        charts = tuple(counted.result() for counted in self.of_charts)
        return Cover(people=self.people, why=tuple(why), charts=charts, **whole)


def cover(charts: Sequence[Chart], blocks: Iterable[People], progress: Progress | None = None) -> Cover:
    """Whom the charts serve of the people that come in blocks; ``progress`` is told how many were counted."""
    counting = Counting(charts)
    for people in blocks:
        counting.add(people)
        if progress is not None:
            progress(counting.people)
    return counting.cover


@dataclass(slots=True)
class _OfChart:
    """The counts of one chart so far."""

    chart: Chart
    statuses: Counter[Status] = field(default_factory=Counter)
    serves: list[int] = field(default_factory=list)
    shared: list[int] = field(default_factory=list)
    outside: Counter[tuple[str, Way]] = field(default_factory=Counter)
    alone: Counter[tuple[str, Way]] = field(default_factory=Counter)
    together: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.serves, self.shared = [0] * len(self.chart.rows), [0] * len(self.chart.rows)

    def add(self, people: People, found: Matched, serves: Flags) -> dict[tuple[str, Way], Flags]:
        """Count a block; by which measures the chart leaves whom outside."""
        for code, count in enumerate(np.bincount(found.status, minlength=len(STATUSES))):
            self.statuses[STATUSES[code]] += int(count)
        several = found.fits.sum(axis=0) > 1
        for place, fits in enumerate(found.fits):
            self.serves[place] += int((fits & serves).sum())
            self.shared[place] += int((fits & serves & several).sum())
        if self.chart.product.no_chart is not None:
            return {}
        self.unknown.update({name: int(flags.sum()) for name, flags in found.unknown.items()})
        return self._reasons(people, found)

    def _reasons(self, people: People, found: Matched) -> dict[tuple[str, Way], Flags]:
        none = ~found.offered.any(axis=0) & ~found.unknown[SIDE]
        outside = found.usable & ~found.fits.any(axis=0)
        counts = _among(found, ("outside",))
        told = np.zeros_like(none)
        reasons: dict[tuple[str, Way], Flags] = {(SIDE, "none"): none}
        for name in asked_of(self.chart):
            alone = outside & ~(found.offered & found.takes[name]).any(axis=0)
            if not alone.any():
                continue
            told |= alone
            others = found.offered.copy()
            for other, takes in found.takes.items():
                if other != name:
                    others &= takes
            only = others.any(axis=0)
            for way, flags in _ways(self.chart, name, people, found.offered):
                reasons[name, way] = alone & flags
                self.outside[name, way] += int((alone & flags & counts).sum())
                self.alone[name, way] += int((alone & flags & counts & only).sum())
        self.outside[SIDE, "none"] += int(none.sum())
        self.together += int((counts & ~told).sum())
        return reasons

    def result(self) -> OfChart:
        """What was counted."""
        sizes = zip(self.chart.rows, self.serves, self.shared, strict=True)
        order = {name: place for place, name in enumerate((*asked_of(self.chart), SIDE))}
        keys = sorted(
            (key for key, people in self.outside.items() if people), key=lambda key: (order[key[0]], WAYS.index(key[1]))
        )
        return OfChart(
            product=self.chart.product,
            statuses={status: self.statuses[status] for status in STATUSES},
            sizes=tuple(OfSize(row.size.code, self._side(row), serves, shared) for row, serves, shared in sizes),
            outside=tuple(Outside(*key, self.outside[key], self.alone[key]) for key in keys),
            together=self.together,
            unknown={name: self.unknown[name] for name in order if self.unknown[name]},
        )

    def _side(self, row: Row) -> Side | None:
        return row.size.side or (None if self.chart.side == "either" else self.chart.side)


def _among(found: Matched, statuses: Sequence[Status]) -> Flags:
    flags = np.zeros(len(found.status), dtype=np.bool_)
    for status in statuses:
        flags |= found.status == CODES[status]
    return flags


def _both(
    before: Mapping[tuple[str, Way], Flags], now: Mapping[tuple[str, Way], Flags]
) -> dict[tuple[str, Way], Flags]:
    return {key: before[key] & now[key] for key in before if key in now}


def _ways(chart: Chart, name: str, people: People, offered: Flags) -> Iterator[tuple[Way, Flags]]:
    """In which direction people lie outside who are outside of every size by one measure."""
    if name == WEIGHT:
        yield "large", np.ones(len(people), dtype=np.bool_)
        return
    known = people.inside if chart.product.worn == "inside" else people.outside
    small = np.ones(len(people), dtype=np.bool_)
    large = small.copy()
    for there, row in zip(offered, chart.rows, strict=True):
        held = row.shoes if name == SHOE_SIZE else [one for one in row.others if one.measure == name]
        below, above = _sides_of(held, known, len(people))
        small &= ~there | below
        large &= ~there | above
    yield "small", small
    yield "large", large
    yield "between", ~(small | large)


def _sides_of(held: Sequence[Held], known: Mapping[str, Numbers], count: int) -> tuple[Flags, Flags]:
    """Who lies below, and who above, every range that is known of them."""
    below, above = np.ones(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
    for one in held:
        column = known.get(one.measure)
        if column is not None:
            below &= ~(column >= one.least)
            above &= ~(column <= one.most)
    return below, above


def _signatures(fits: Flags) -> Counter[bytes]:
    """How many people have the same sizes that serve them, by the sizes as bits."""
    packed = np.packbits(fits, axis=0, bitorder="little").T
    rows, counts = np.unique(packed, axis=0, return_counts=True)
    return Counter({row.tobytes(): int(count) for row, count in zip(rows, counts, strict=True)})
