"""Five words carry the domain; four of them live here: Source, Value, Rule and Finding."""

import inspect
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

Grade = Literal["A", "B", "C", "D"]
Basis = Literal["published", "manual", "derived"]
Severity = Literal["stop", "caution", "advice"]
Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")

EPSILON = 1e-9
"""Comparisons and roundings up tolerate this much, so that 0.1 + 0.2 is not above 0.3."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Where a number or a statement comes from. Declared once; two sources are never the same.

    Grade A is a standard, regulator or peer-reviewed work, B a maker's or hospital manual,
    C weaker published material, D derived here by geometry or judgement.
    """

    text: str
    grade: Grade
    basis: Basis

    def __post_init__(self) -> None:
        if (self.grade == "D") != (self.basis == "derived"):
            raise ValueError(f"grade D and basis derived belong together: {self}")


def derived(text: str) -> Source:
    """A source for what was derived here and is not published."""
    return Source(text, "D", "derived")


class Value(NamedTuple):
    """A number with its origin. It has no arithmetic of its own: only a Rule makes a new one.

    The name ends in its unit (``_mm``, ``_kg``, ``_deg`` …). ``formula`` is empty for what was
    measured, prescribed or fixed by the protocol; ``estimated`` is true when a stand-in was used
    for a measurement anywhere below.
    """

    name: str
    magnitude: float
    source: Source
    formula: str = ""
    inputs: "tuple[Value, ...]" = ()
    tolerance: float | None = None
    estimated: bool = False
    clause: str = ""


Known = dict[str, Value]
"""What is known while a limb is being worked out, by name."""


def clamp(x: float, low: float, high: float) -> float:
    """x held between low and high."""
    return low if x < low else high if x > high else x


SHEETS_MM: tuple[float, ...] = (3, 4, 4.8, 6)
"""The sheets that exist, by thickness."""


def step_up(thickness_mm: float, steps: float, *, sheet_mm: tuple[float, ...] = SHEETS_MM) -> float:
    """The sheet thickness ``steps`` places thicker (mm), never past the thickest sheet."""
    place = min(sheet_mm.index(thickness_mm) + int(steps), len(sheet_mm) - 1)
    return sheet_mm[place]


FORMULA_WORDS: Mapping[str, object] = MappingProxyType(
    {
        "clamp": clamp,
        "min": min,
        "max": max,
        "pi": math.pi,
        "degrees": math.degrees,
        "radians": math.radians,
        "atan": math.atan,
        "tan": math.tan,
        "step_up": step_up,
    }
)
"""Every function and constant that a formula text may use."""


class Rule:
    """A plain function on floats with its formula text, clause, source and tolerance."""

    __slots__ = ("clause", "formula", "function", "gives", "parameters", "source", "tolerance")

    def __init__(
        self,
        function: Callable[..., float],
        clause: str,
        formula: str,
        source: Source,
        tolerance: float | None,
        gives: str,
    ) -> None:
        self.function = function
        self.clause = clause
        self.formula = formula
        self.source = source
        self.tolerance = tolerance
        self.gives = gives
        self.parameters = tuple(inspect.signature(function).parameters)

    def __call__(self, *arguments: float) -> float:
        """The plain number of the function."""
        return self.function(*arguments)

    def missing(self, known: Known) -> tuple[str, ...]:
        """The names of the inputs that are not known."""
        return tuple(name for name in self.parameters if name not in known)

    def apply(self, known: Known) -> Value | None:
        """The new Value, or None while an input is missing (``missing`` names it)."""
        try:
            inputs = tuple([known[name] for name in self.parameters])
        except KeyError:
            return None
        return Value(
            self.gives,
            self.function(*[value.magnitude for value in inputs]),
            self.source,
            self.formula,
            inputs,
            self.tolerance,
            any([value.estimated for value in inputs]),  # noqa: C419  a list is faster here
            self.clause,
        )


def rule(
    clause: str,
    formula: str,
    source: Source,
    *,
    tolerance: float | None = None,
    gives: str | None = None,
) -> Callable[[Callable[..., float]], Rule]:
    """Declare a function as a Rule; it gives the Value of its own name unless ``gives`` says else."""

    def declare(function: Callable[..., float]) -> Rule:
        return Rule(function, clause, formula, source, tolerance, gives or function.__name__)

    return declare


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a clinician must read: data, never an exception, never a string for a number.

    ``facts`` are the numbers and codes that the words of the message need; ``about`` names fields,
    the likeliest or most important first.
    """

    code: str
    severity: Severity
    about: tuple[str, ...]
    source: Source
    facts: Mapping[str, object] = field(default_factory=dict)
