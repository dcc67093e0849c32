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

MOST_TRIES = 10_000
"""How many sets are looked at, at most, in the search for the smallest."""
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
    steps = []
    served = np.zeros(len(groups), dtype=np.bool_)
    for place in _in_turn(groups, serves, chosen):
        added = int(groups[serves[place] & ~served].sum())
        served |= serves[place]
        alike = tuple(
            item for other, item in enumerate(items) if other != place and (serves[other] == serves[place]).all()
        )
        people_of, together = int(groups[serves[place]].sum()), int(groups[served].sum())
        steps.append(Step(items[place], people_of, added, together, alike))
    return Plan(tuple(steps), people, wanted, reachable, least)


def _groups(shelf: Mapping[bytes, int], count: int) -> tuple[Groups, Serves]:
    """How many people are alike in what serves them, and which size serves which of these groups."""
    alike = sorted((bits, people) for bits, people in shelf.items() if any(bits))
    if not alike:
        return np.zeros(0, dtype=np.float64), np.zeros((count, 0), dtype=np.bool_)
    packed = np.array([list(bits) for bits, _ in alike], dtype=np.uint8)
    serves = np.unpackbits(packed, axis=1, count=count, bitorder="little").T.astype(np.bool_)
    return np.array([people for _, people in alike], dtype=np.float64), serves


def _in_turn(groups: Groups, serves: Serves, chosen: Sequence[int]) -> list[int]:
    """The chosen in the order in which each adds the most; the earlier in the charts first where they are alike."""
    left, order = sorted(chosen), []
    open_groups = groups.copy()
    while left:
        place = max(left, key=lambda one: (int(open_groups[serves[one]].sum()), -one))
        left.remove(place)
        order.append(place)
        open_groups[serves[place]] = 0
    return order


class _Search:
    """The search for the smallest set: sets of one size, of two, of three … until one serves as many as wanted."""

    def __init__(self, groups: Groups, serves: Serves, aim: int) -> None:
        self.groups, self.serves, self.aim = groups, serves, aim
        self.matrix = serves.astype(np.float64)
        self.candidates = self._undominated()
        self.tries = 0
        self.best: tuple[int, ...] = ()
        self.best_served = aim - 1

    def found(self) -> tuple[tuple[int, ...], int]:
        """The places of the sizes, and how many are needed at the least."""
        if self.aim == 0:
            return (), 0
        greedy = self._greedy()
        size = 1
        while size < len(greedy):
            self._deeper(0, self.groups, (), size)
            if self.best:
                return self.best, size
            if self.tries > MOST_TRIES:
                return greedy, size
            size += 1
        return greedy, size

    def _undominated(self) -> list[int]:
        """Sizes of which no other serves the same people and more, those first that serve the most."""
        totals = self.matrix @ self.groups
        order = sorted((place for place in range(len(totals)) if totals[place]), key=lambda one: (-totals[one], one))
        kept: list[int] = []
        for place in order:
            if not any((self.serves[place] <= self.serves[other]).all() for other in kept):
                kept.append(place)
        return kept

    def _greedy(self) -> tuple[int, ...]:
        chosen: list[int] = []
        open_groups, served = self.groups.copy(), 0
        while served < self.aim:
            gains = self.matrix[self.candidates] @ open_groups
            place = self.candidates[int(np.argmax(gains))]
            chosen.append(place)
            served += int(gains.max())
            open_groups[self.serves[place]] = 0
        return tuple(chosen)

    def _deeper(self, start: int, open_groups: Groups, chosen: tuple[int, ...], left: int) -> None:
        """Every set that goes on from the chosen, but for those that cannot serve more than the best so far."""
        self.tries += 1
        served = int(self.groups.sum() - open_groups.sum())
        gains = self.matrix[self.candidates[start:]] @ open_groups
        if self.tries > MOST_TRIES or served + int(np.sort(gains)[::-1][:left].sum()) <= self.best_served:
            return
        if left == 1:
            place = start + int(np.argmax(gains))
            self.best, self.best_served = (*chosen, self.candidates[place]), served + int(gains.max())
            return
        for place in range(start, len(self.candidates) - left + 1):
            rest = open_groups.copy()
            rest[self.serves[self.candidates[place]]] = 0
            self._deeper(place + 1, rest, (*chosen, self.candidates[place]), left - 1)
