"""The frozen result of a fitting. Saved as it is; a newer rule never rewrites it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

from afofit.fitting.chart import Product
from afofit.fitting.override import Overridden
from afofit.fitting.protocol import Wear, default
from afofit.fitting.request import Limb, Request
from afofit.fitting.values import Finding, Side, Value

Verdict = Literal["no_flags", "review", "stop"]
WearPlan = Literal["normal", "slow"]
Status = Literal["match", "boundary", "partial", "outside", "unsuited", "no_chart"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a choice was made: a code for the words and the numbers they need."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DesignChoice:
    """Design and footplate with who chose them; ``rule`` is the line of the decision that matched."""

    code: str | None
    footplate: str | None
    chosen_by: Literal["prescriber", "engine"]
    rule: str | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Width:
    """The letter on one width scale: letters above its standard, and the first on the shelf that holds it."""

    letters_above_standard: int
    width: str


@dataclass(frozen=True, slots=True)
class CurrentShoe:
    """Whether the shoe worn now takes the brace; None: it cannot be told."""

    fits: bool | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShoeFit:
    """What the shoe over this foot must be. Sizes by system, before the children's restart at 13.5.

    ``values`` holds size length, length increase, inside length, width, extra depth and limb raise;
    empty, as ``braced`` is, while the shell thickness is unknown.
    """

    bare: Mapping[str, float]
    braced: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    widths: Mapping[str, Width] = field(default_factory=dict)
    depth_class: str | None = None
    current: CurrentShoe | None = None
    features: tuple[str, ...] = ()


class Measured(NamedTuple):
    """One measure of a size held against the person; lengths in mm, masses in kg, shoe sizes as counted."""

    measure: str
    size: str
    value: float
    low: float
    high: float | None
    """None: the range has no upper end."""
    beyond: float
    """How far the value lies below (negative) or above; 0 where it fits."""


class Beside(NamedTuple):
    """A measure of a ready-made size beside the same of the computed brace (mm)."""

    measure: str
    size: str
    low: float
    high: float | None
    computed: float


class Stock(NamedTuple):
    """One product held against one limb. A NamedTuple: one is made for each product of every limb."""

    product: Product
    status: Status
    sizes: tuple[str, ...] = ()
    nearest: str | None = None
    """The nearest other size; of a product that is outside, the nearest of all."""
    reasons: tuple[Measured, ...] = ()
    """Each measure of the sizes named against its range."""
    unknown: tuple[str, ...] = ()
    """What the chart does not state or nobody measured: nothing is concluded from it."""
    against: tuple[str, ...] = ()
    """Codes of the findings that speak against the product."""
    parts: tuple[str, ...] = ()
    """What is to be ordered differently because of a girth or length."""
    beside: tuple[Beside, ...] = ()
    """What the chart says of the brace itself, beside the computed one."""


@dataclass(frozen=True, slots=True)
class LimbFitting:
    """The answer for one limb. With a stop, or without a design, it has findings only."""

    limb: Limb
    verdict: Verdict
    design: DesignChoice
    findings: tuple[Finding, ...]
    dimensions: Mapping[str, Value] = field(default_factory=dict)
    shoe: ShoeFit | None = None
    wear_plan: WearPlan | None = None
    sole_thickness_mm: float | None = None
    """Shell and liner under the heel, t + p: what a height gains when read from the outside of the sole."""
    measured: Mapping[str, Value] = field(default_factory=dict)
    """The measurements as the rules used them, stand-ins included and marked."""
    overridden: Mapping[str, Overridden] = field(default_factory=dict)
    """What the orthotist chose instead of the computed value; ``dimensions`` holds the chosen one."""
    stock: tuple[Stock, ...] = ()
    """Ready-made braces held against this limb, best first."""

    def outer(self, name: str) -> float | None:
        """A height (mm) read from the outside of the sole instead of the skin of the heel."""
        if self.sole_thickness_mm is None or name not in self.dimensions:
            return None
        return self.dimensions[name].magnitude + self.sole_thickness_mm


@dataclass(frozen=True, slots=True)
class Pair:
    """Whether both feet can wear one pair of shoes."""

    split_pair: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Fitting:
    """One whole answer, with the protocol and the engine that gave it."""

    request: Request
    limbs: Mapping[Side, LimbFitting]
    pair: Pair
    protocol_name: str
    protocol_version: int
    engine_version: str
    computed_on: date
    wear: Wear = field(default_factory=lambda: default().wear)
    """The wear plans of that protocol, for the words."""
