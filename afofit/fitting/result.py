"""The frozen result of a fitting. Saved as it is; a newer rule never rewrites it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from afofit.fitting.override import Overridden
from afofit.fitting.protocol import Wear, default
from afofit.fitting.request import Limb, Request
from afofit.fitting.values import Finding, Side, Value

Verdict = Literal["no_flags", "review", "stop"]
WearPlan = Literal["normal", "slow"]


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
