"""People as columns of numbers: what is known of each, for charts to be held against all of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from afofit.fitting.stock import Person
from afofit.fitting.values import SIDES, Side

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int8]
NO_SIDE = -1
"""The code of a side that is not known; the others are places in SIDES."""


@dataclass(frozen=True, slots=True)
class People:
    """Some people, each at the same place of every column; NaN is what is not known (mm, kg, sizes as counted)."""

    sides: Codes
    weight_kg: Numbers
    inside: Mapping[str, Numbers]
    """Measures for a brace worn in the shoe; what nobody knows of anybody is not there."""
    outside: Mapping[str, Numbers]
    """Measures for a brace worn outside of it."""
    against: Mapping[str, Flags] = field(default_factory=dict)
    """Of whom a finding speaks against a design, by its code."""

    def __len__(self) -> int:
        return len(self.sides)

    def one(self, place: int) -> Person:
        """One of them as the rules for one leg take them."""
        code, weight = int(self.sides[place]), float(self.weight_kg[place])
        return Person(
            None if code == NO_SIDE else SIDES[code],
            None if np.isnan(weight) else weight,
            _known(self.inside, place),
            _known(self.outside, place),
        )


def _known(columns: Mapping[str, Numbers], place: int) -> dict[str, float]:
    return {name: float(column[place]) for name, column in columns.items() if not np.isnan(column[place])}


def of(persons: Sequence[Person], against: Iterable[Iterable[str]] = ()) -> People:
    """Columns of people who were worked out one by one; ``against``: for each the designs that a finding forbids."""
    forbidden = [frozenset(one) for one in against]
    return People(
        np.array([code_of(one.side) for one in persons], dtype=np.int8),
        np.array([np.nan if one.weight_kg is None else one.weight_kg for one in persons], dtype=np.float64),
        _columns([one.inside for one in persons]),
        _columns([one.outside for one in persons]),
        {
            design: np.array([design in each for each in forbidden], dtype=np.bool_)
            for design in sorted(frozenset().union(*forbidden))
        },
    )


def code_of(side: Side | None) -> int:
    """The code of a side in its column."""
    return NO_SIDE if side is None else SIDES.index(side)


def _columns(known: Sequence[Mapping[str, float]]) -> dict[str, Numbers]:
    names = dict.fromkeys(name for each in known for name in each)
    return {name: np.array([each.get(name, np.nan) for each in known], dtype=np.float64) for name in names}
