"""One number of a protocol by case, and how far a clinic may move it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Literal, NamedTuple

from afofit.fitting.values import EPSILON, Source, Value, derived

ALLOWED_SHARE = 0.5
"""A clinic may move a value by this share of the default, never past zero."""

FaultKind = Literal["unknown", "not_finite", "sign", "below", "above", "not_whole", "not_allowed", "crossed"]


class BoundsFault(NamedTuple):
    """A number that a protocol cannot take: its key "parameter/case", and what it must lie between.

    ``crossed``: a minimum above its maximum; ``low`` or ``high`` is then the other of the two.
    """

    key: str
    value: float
    low: float | None
    high: float | None
    kind: FaultKind


class OutOfBounds(ValueError):
    """Numbers that a protocol cannot take, all at once."""

    def __init__(self, faults: Iterable[BoundsFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{one.key} = {one.value}: {one.kind}" for one in self.faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of the protocol: its value by case, its origin and how far a clinic may move it."""

    name: str
    clause: str
    values: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    source: Source
    allowed: tuple[float, ...] = ()
    """The only values there are, within the bounds; empty: any."""
    whole: bool = False
    defaults: Mapping[str, float] = field(default_factory=dict)
    """What a clinic's values stand for; empty: the values are the default."""
    set_by_clinic: Mapping[str, Source] = field(default_factory=dict)

    def value(self, *cases: str) -> Value | None:
        """The Value for the first of the cases that it knows, or None."""
        for case in cases:
            if case in self.values:
                return Value(self.name, self.values[case], self.source_of(case), clause=self.clause)
        return None

    def source_of(self, case: str) -> Source:
        """Where the number of a case comes from."""
        return self.set_by_clinic.get(case, self.source)

    def default(self, case: str) -> float:
        """The number that stands where a clinic has not set one."""
        return self.defaults.get(case, self.values[case])

    def key(self, case: str) -> str:
        """What a clinic calls the number of a case: "parameter/case"."""
        return f"{self.name}/{case}"

    def fault(self, case: str, number: float) -> BoundsFault | None:
        """What keeps a number from standing in a case, or None."""
        low, high = self.bounds[case]
        kind: FaultKind
        if not isfinite(number):
            kind = "not_finite"
        elif number * self.default(case) < 0:
            kind = "sign"
        elif number < low - EPSILON:
            kind = "below"
        elif number > high + EPSILON:
            kind = "above"
        elif self.whole and number != int(number):
            kind = "not_whole"
        elif self.allowed and number not in self.allowed:
            kind = "not_allowed"
        else:
            return None
        return BoundsFault(self.key(case), number, low, high, kind)

    def changed(self, numbers: Mapping[str, float]) -> "Parameter":
        """The parameter with some numbers set by the clinic; a number equal to the default is no change."""
        defaults = {case: self.default(case) for case in self.values}
        values = {case: float(numbers.get(case, value)) for case, value in self.values.items()}
        told = {case: self._told(case) for case, value in values.items() if value != defaults[case]}
        kept = {case: self.set_by_clinic[case] for case in told if values[case] == self.values[case]}
        return replace(self, values=values, defaults=defaults, set_by_clinic=told | kept)

    def _told(self, case: str) -> Source:
        return derived(
            f"Set by the clinic, instead of the default value {self.default(case):g} from {self.source.text}"
        )


def bounds_of(value: float, given: tuple[float, float] | None = None) -> tuple[float, float]:
    """The published range where there is one, else the allowed share to both sides."""
    if given is not None:
        return given
    ends = (value * (1 - ALLOWED_SHARE), value * (1 + ALLOWED_SHARE))
    return (min(ends), max(ends))


Pair = tuple[str, str]
"""The keys of a lower and of an upper number."""

Numbers = Mapping[str, tuple[Parameter, str]]
"""Parameter and case of every number, by key."""


def by_key(parameters: Iterable[Parameter]) -> Numbers:
    """Every number that a clinic may change."""
    return {one.key(case): (one, case) for one in parameters for case in one.values}


def crossed(numbers: Numbers, ascending: Iterable[Pair], changes: Mapping[str, float]) -> Iterator[BoundsFault]:
    """Every lower number above its upper one, after the changes."""
    for below, above in ascending:
        (low, low_case), (high, high_case) = numbers[below], numbers[above]
        least = changes.get(below, low.values[low_case])
        most = changes.get(above, high.values[high_case])
        if least <= most + EPSILON:
            continue
        if below in changes or above not in changes:
            yield BoundsFault(below, least, low.bounds[low_case][0], most, "crossed")
        else:
            yield BoundsFault(above, most, least, high.bounds[high_case][1], "crossed")


def check(numbers: Numbers, ascending: Iterable[Pair], changes: Mapping[str, float]) -> None:
    """Raises OutOfBounds with everything that is wrong with the changes."""
    faults: list[BoundsFault] = []
    for key, number in changes.items():
        if key not in numbers:
            faults.append(BoundsFault(key, number, None, None, "unknown"))
            continue
        parameter, case = numbers[key]
        fault = parameter.fault(case, number)
        if fault:
            faults.append(fault)
    named = {fault.key for fault in faults}
    pairs = [pair for pair in ascending if named.isdisjoint(pair)]
    faults += crossed(numbers, pairs, changes)
    if faults:
        raise OutOfBounds(faults)
