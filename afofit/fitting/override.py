"""What the orthotist chose instead of a rule: the value with its reason, who and when."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.values import EPSILON, Side, Source, Value
from afofit.fitting.vocabulary import PRESCRIPTION

CHOSEN = Source("chosen by the orthotist", "B", "manual")
NEAR_MM = 20.0
"""A length this near to the computed one is never taken for a slip of the unit."""
NEAR_DEG = 30.0
SIGNED = frozenset({"ankle_trim_offset_mm", "heel_sole_differential_needed_mm", "heel_build_up_mm"})
"""Lengths with a sign: before or behind, higher or lower. They have no half and double."""
PRESCRIBED_LIMITS = {
    f"{field.name}_mm": (field.low, field.high)
    for field in PRESCRIPTION
    if f"{field.name}_mm" in BY_NAME and field.low is not None and field.high is not None
}
"""What may be prescribed may be chosen within the same limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """One dimension of one leg as an orthotist chose it, in the unit of the dimension."""

    side: Side
    dimension: str
    chosen: float
    reason: str
    by: str
    at: datetime

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("the moment of an override needs its time zone")


@dataclass(frozen=True, slots=True)
class Overridden:
    """A dimension that was replaced: what the rule gave, with its working, and what was chosen instead."""

    computed: Value
    override: Override


Chosen = Mapping[str, Override]
"""What was chosen for one leg, by dimension."""


class NotOverridable(ValueError):
    """This leg has no such dimension: another design, a stop, or it is withheld."""

    def __init__(self, side: Side, dimension: str, message: str = "") -> None:
        self.side = side
        self.dimension = dimension
        super().__init__(message or f"the {side} leg has no {dimension} that could be chosen")


class NotAllowed(NotOverridable):
    """The chosen value is not finite, or lies too far from the computed one: likely a slip of the unit."""

    def __init__(self, override: Override, low: float, high: float) -> None:
        self.chosen = override.chosen
        self.low = low
        self.high = high
        said = f"{override.dimension} of the {override.side} leg: {override.chosen} is not between {low} and {high}"
        super().__init__(override.side, override.dimension, said)


def allowed(dimension: str, computed: float) -> tuple[float, float]:
    """Least and greatest value that may be chosen for a computed one, both included.

    Derived rule, not published; it catches slips of the unit and leaves the judgement to the orthotist. A length
    lies between half and double of the computed one, or within 20 mm of it, and is never negative; one with a
    sign has only the 20 mm. An angle lies within 30°; a moment or a stiffness between half and double. The shell
    stays within what may be prescribed.
    """
    unit = BY_NAME[dimension].unit
    if dimension in PRESCRIBED_LIMITS:
        return PRESCRIBED_LIMITS[dimension]
    if unit == "deg":
        return computed - NEAR_DEG, computed + NEAR_DEG
    if dimension in SIGNED:
        return computed - NEAR_MM, computed + NEAR_MM
    if unit == "mm":
        return max(0.0, min(computed / 2, computed - NEAR_MM)), max(computed * 2, computed + NEAR_MM)
    return computed / 2, computed * 2


def replace_value(computed: Value, override: Override, *, most: float = math.inf) -> Value:
    """The chosen value in the place of the computed one, and no more than ``most``; raises NotAllowed."""
    low, high = allowed(computed.name, computed.magnitude)
    high = min(high, most)
    if not math.isfinite(override.chosen) or not low - EPSILON <= override.chosen <= high + EPSILON:
        raise NotAllowed(override, low, high)
    return Value(computed.name, float(override.chosen), CHOSEN, tolerance=computed.tolerance, clause=computed.clause)


def by_dimension(overrides: Iterable[Override], side: Side) -> Chosen:
    """What was chosen for one leg; of several for the same dimension the last counts."""
    return {override.dimension: override for override in overrides if override.side == side}
