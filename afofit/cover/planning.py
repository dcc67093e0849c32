"""Which sizes to keep on the shelf, so that a wanted share of some people finds one.

The smallest such set is searched for; where the search would take too long, sizes are taken one after the other, the
one that serves the most people who have none yet first, and it is said how many are needed whatever is chosen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from afofit.fitting.chart import Chart, Product
from afofit.fitting.values import EPSILON, Side

MOST_WORK, A_TRY = 1_500_000_000, 50_000
"""How long is searched for the smallest set, at most: about two seconds, in numbers multiplied; and what each try costs
besides."""
DEEPEST, MOST_COMPARED = 60, 400
"""Larger sets are not tried one by one; with so many sizes each other is compared."""
Groups = NDArray[np.float64]
"""People of each group; as fractions could be, because only those are multiplied fast, and exact all the same."""
Serves = NDArray[np.bool_]


class Item(NamedTuple):
    """A size as it lies on the shelf."""

    product: Product
    code: str
    side: Side | None


class Step(NamedTuple):
    """A size of the plan."""

    item: Item
    people: int
    """Whom it serves; people on a border count for either of their sizes."""
    added: int
    """Of them, those whom no size before it serves."""
    together: int
    """Whom it and every size before it serve."""
    alike: tuple[Item, ...] = ()
    """Other sizes that serve the very same people: any of them does as well."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes to keep, those first that serve the most."""

    steps: tuple[Step, ...]
    people: int
    wanted: int
    """How many people are the wanted share."""
    reachable: int
    """How many people every size of every chart together would serve."""
    least: int
    """How many sizes are needed at the least, whatever is chosen."""

    @property
    def served(self) -> int:
        """How many people the sizes serve."""
        return self.steps[-1].together if self.steps else 0

    @property
    def smallest(self) -> bool:
        """Whether no smaller set serves as many as are aimed at."""
        return len(self.steps) <= self.least

    @property
    def short(self) -> bool:
        """Whether no set of sizes serves the wanted share; the plan then serves all who can be served."""
        return self.reachable < self.wanted


def items_of(charts: Sequence[Chart]) -> tuple[Item, ...]:
    """Every size of every chart, in the order of their bits."""
    return tuple(
        Item(chart.product, row.size.code, row.size.side or (None if chart.side == "either" else chart.side))
        for chart in charts
        for row in chart.rows
    )


def plan(items: Sequence[Item], shelf: Mapping[bytes, int], *, people: int, share: float) -> Plan:
    """The sizes that serve a share (percent) of the people; ``shelf``: how many the same sizes serve, by bits."""
    wanted = ceil(people * share / 100 - EPSILON)
    groups, serves = _groups(shelf, len(items))
    reachable = int(groups.sum())
    aim = min(wanted, reachable)
    chosen, least = _Search(groups, serves, aim).found()
    alike: dict[bytes, list[int]] = {}
    for place, row in enumerate(serves):
        alike.setdefault(row.tobytes(), []).append(place)
    steps = []
    served = np.zeros(len(groups), dtype=np.bool_)
    in_order = sorted(chosen)
    for turn in _largest_first(groups, serves[in_order], float("inf")):
        place = in_order[turn]
        row = serves[place]
        added = int(groups[row & ~served].sum())
        served |= row
        others = tuple(items[other] for other in alike[row.tobytes()] if other != place)
        steps.append(Step(items[place], int(groups[row].sum()), added, int(groups[served].sum()), others))
    return Plan(tuple(steps), people, wanted, reachable, least)


def _groups(shelf: Mapping[bytes, int], count: int) -> tuple[Groups, Serves]:
    """How many people are alike in what serves them, and which size serves which of these groups."""
    alike = sorted((bits, people) for bits, people in shelf.items() if any(bits))
    if not alike:
        return np.zeros(0, dtype=np.float64), np.zeros((count, 0), dtype=np.bool_)
    packed = np.array([list(bits) for bits, _ in alike], dtype=np.uint8)
    serves = np.unpackbits(packed, axis=1, count=count, bitorder="little").T.astype(np.bool_)
    return np.array([people for _, people in alike], dtype=np.float64), serves


def _largest_first(groups: Groups, serves: Serves, aim: float) -> list[int]:
    """Sizes one after the other, that first which serves the most people who have none yet, until as many are served.

    Of sizes that serve as many the earlier in the charts comes first.
    """
    gains = serves @ groups
    waiting = np.ones(len(groups), dtype=np.bool_)
    order: list[int] = []
    served = 0.0
    while served < aim and len(order) < len(serves):
        place = int(np.argmax(gains))
        order.append(place)
        served += float(gains[place])
        found = serves[place] & waiting
        waiting &= ~found
        gains -= serves[:, found] @ groups[found]
        gains[place] = -1
    return order


class _Search:
    """The search for the smallest set: sets of so many sizes as are needed at the least, then of one more and so on."""

    def __init__(self, groups: Groups, serves: Serves, aim: int) -> None:
        self.groups, self.serves, self.aim = groups, serves, aim
        self.candidates = self._undominated()
        self.matrix = serves[self.candidates].astype(np.float64)
        self.left = MOST_WORK
        self.best: tuple[int, ...] = ()
        self.best_served = aim - 1

    def found(self) -> tuple[tuple[int, ...], int]:
        """The places of the sizes, and how many are needed at the least."""
        if self.aim == 0:
            return (), 0
        one_by_one = _largest_first(self.groups, self.serves[self.candidates], self.aim)
        greedy = tuple(self.candidates[place] for place in one_by_one)
        size = self._least()
        while size < len(greedy) and size <= DEEPEST:
            self._deeper(0, self.groups, (), size)
            if self.best:
                return self.best, size
            if self.left <= 0:
                return greedy, size
            size += 1
        return greedy, size

    def _undominated(self) -> list[int]:
        """Sizes of which no other serves the same people and more, those first that serve the most."""
        totals = self.serves @ self.groups
        order = sorted((place for place in range(len(totals)) if totals[place]), key=lambda one: (-totals[one], one))
        often = self.serves.sum(axis=0)
        kept: list[int] = []
        for place in order:
            row = self.serves[place]
            # Whoever serves the same people serves also those whom the fewest sizes serve.
            rarest = int(np.argmin(np.where(row, often, len(totals) + 1)))
            there = np.array(kept, dtype=np.int64)
            # Of very many sizes some are kept that another makes needless: that costs time and changes nothing.
            others = self.serves[there[self.serves[there, rarest]][:MOST_COMPARED]]
            if not (row <= others).all(axis=1).any():
                kept.append(place)
        return kept

    def _least(self) -> int:
        """How many sizes would be needed if nobody were served by two of them."""
        together = np.cumsum(self.matrix @ self.groups)
        return int(np.searchsorted(together, self.aim)) + 1

    def _deeper(self, start: int, open_groups: Groups, chosen: tuple[int, ...], left: int) -> None:
        """Every set that goes on from the chosen, but for those that cannot serve more than the best so far."""
        self.left -= self.matrix[start:].size + A_TRY
        if self.left <= 0:
            return
        served = int(self.groups.sum() - open_groups.sum())
        gains = self.matrix[start:] @ open_groups
        if served + int(np.sort(gains)[::-1][:left].sum()) <= self.best_served:
            return
        if left == 1:
            place = start + int(np.argmax(gains))
            self.best, self.best_served = (*chosen, self.candidates[place]), served + int(gains.max())
            return
        for place in range(start, len(self.candidates) - left + 1):
            rest = open_groups.copy()
            rest[self.serves[self.candidates[place]]] = 0
            self._deeper(place + 1, rest, (*chosen, self.candidates[place]), left - 1)
