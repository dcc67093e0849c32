"""What is measured, as figures: each with its peer in the same run, and one table of all of them."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HEADS = ("what", "measured", "peer", "ratio", "pairs", "reach", "holds")
NOTE = (
    "ratio: how many times as fast as the peer, of memory and size how many times as small; the median of the pairs, "
    "with the lowest and the highest of them beside it"
)
BATCHES = 15


class Pair(NamedTuple):
    """Seconds of one call of ours and of its peer, measured one right after the other."""

    ours: float
    peer: float

    @property
    def ratio(self) -> float:
        """How many times as fast ours is."""
        return self.peer / self.ours


class Reach(NamedTuple):
    """What a figure is to reach, and whether it does."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    measured: str
    peer: str
    ratios: tuple[float, ...]
    """How many times as fast (or as small) as the peer, one of each pair."""
    reach: Reach | None = None
    disturbed: int = 0
    """During how many of the pairs other work took a part of the machine."""

    @property
    def ratio(self) -> float:
        """The median of the pairs."""
        return statistics.median(self.ratios)

    @property
    def cells(self) -> tuple[str, ...]:
        """The line, cell by cell."""
        spread = f"{len(self.ratios)}: {number(min(self.ratios))} to {number(max(self.ratios))}"
        reach, holds = ("", "") if self.reach is None else (self.reach.text, "yes" if self.reach.holds else "**no**")
        pairs = spread if len(self.ratios) > 1 else "1"
        if self.disturbed:
            pairs += f", {self.disturbed} of them disturbed"
        return self.what, self.measured, self.peer, number(self.ratio), pairs, reach, holds

    def line(self) -> str:
        """The figure in one line, for whoever waits for the table."""
        what, measured, peer, ratio, *_ = self.cells
        return f"{what}: {measured}; {ratio} times {peer}"


def number(value: float) -> str:
    """Three digits."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def at_least(least: float, ratios: Sequence[float]) -> Reach:
    """A reach for the median of the ratios."""
    return Reach(f"≥ {least:g}", statistics.median(ratios) >= least)


def at_most(most: float, measured: float, unit: str) -> Reach:
    """A reach for what was measured itself."""
    return Reach(f"≤ {most:g} {unit}", measured <= most)


def table(figures: Iterable[Figure]) -> str:
    """All figures as one Markdown table, its columns aligned for who reads it as it is."""
    rows = [HEADS, *(figure.cells for figure in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows
    )


def in_turn(ours: Callable[[], object], peer: Callable[[], object], *, runs: int, batches: int = BATCHES) -> list[Pair]:
    """Batches of ours and of its peer in turn, in processor time, so that other work on the machine does not count."""
    ours()
    peer()
    return [Pair(seconds_of(ours, runs), seconds_of(peer, runs)) for _ in range(batches)]


def seconds_of(work: Callable[[], object], runs: int = 1) -> float:
    """Processor time of one call, out of a number of them."""
    start = time.process_time()
    for _ in range(runs):
        work()
    return (time.process_time() - start) / runs


def middle(pairs: Iterable[Pair]) -> float:
    """The median of our times."""
    return statistics.median(pair.ours for pair in pairs)


def ratios(pairs: Iterable[Pair]) -> tuple[float, ...]:
    """The ratio of each pair."""
    return tuple(pair.ratio for pair in pairs)
