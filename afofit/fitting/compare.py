"""The same request with another design: what would change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from afofit.fitting.plan import fit
from afofit.fitting.protocol import Protocol
from afofit.fitting.request import Request
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Finding, Side
from afofit.fitting.vocabulary import DESIGNS

CODES: tuple[str, ...] = tuple(code for code, _ in DESIGNS if code != "engine")
FIRMNESS = ("carbon_anterior", "posterior_leaf_spring", "hinged", "semi_solid", "solid", "ground_reaction")
"""From the design that yields most at the ankle to the one that holds knee and ankle."""
NEAREST = 2


@dataclass(frozen=True, slots=True)
class Compared:
    """One leg with every design that can be computed for it, and the findings that stop the others."""

    current: str | None
    """The design of the result; None where it has none."""
    engine: str | None
    """What the rules would choose; None where they decline."""
    limbs: Mapping[str, LimbFitting]
    """By design, the engine's choice first, then that of the result, then in the order of the contract."""
    stopped: Mapping[str, Finding]
    """By design, the first finding that stops it."""

    def usual(self) -> tuple[str, ...]:
        """The designs worth a first look: that of the result, that of the rules, and the nearest in firmness."""
        start = self.current or self.engine
        if start is None:
            return tuple(self.limbs)
        wanted = {start, self.engine, *nearest(start)}
        return tuple(code for code in self.limbs if code in wanted)


def nearest(design: str) -> tuple[str, ...]:
    """The two designs nearest in firmness to one, the yielding side first where both are as near."""
    place = FIRMNESS.index(design)
    others = (code for code in FIRMNESS if code != design)
    return tuple(sorted(others, key=lambda code: abs(FIRMNESS.index(code) - place)))[:NEAREST]


def compare(fitting: Fitting, *, protocol: Protocol | None = None) -> dict[Side, Compared]:
    """Each braced leg with every design; what was prescribed besides the design stays as it was.

    The design of the result itself is taken as it stands there, with what an orthotist chose by hand; the others
    are computed from the measurements alone.
    """
    braced = tuple(side for side, limb in fitting.limbs.items() if limb.limb.braced)
    by_design = {code: _with(fitting, code, protocol) for code in CODES}
    engine = _with(fitting, "engine", protocol)
    return {side: _compared(side, fitting.limbs[side], engine, by_design) for side in braced}


def _with(fitting: Fitting, design: str, protocol: Protocol | None) -> Fitting:
    # Ready-made braces are not compared here, and need not be looked up for every design.
    return fit(prescribing(fitting.request, design), today=fitting.computed_on, protocol=protocol, charts=())


def prescribing(request: Request, design: str) -> Request:
    """The request with one design for every braced leg."""
    limbs = {
        side: replace(limb, prescription=replace(limb.prescription, design=design)) if limb.braced else limb
        for side, limb in request.limbs.items()
    }
    return replace(request, limbs=limbs)


def _compared(side: Side, now: LimbFitting, engine: Fitting, by_design: Mapping[str, Fitting]) -> Compared:
    current, chosen = now.design.code, engine.limbs[side].design.code
    limbs: dict[str, LimbFitting] = {}
    stopped: dict[str, Finding] = {}
    for code in dict.fromkeys((*filter(None, (chosen, current)), *CODES)):
        limb = now if code == current else by_design[code].limbs[side]
        stop = next((one for one in limb.findings if one.severity == "stop"), None)
        if stop is not None:
            stopped[code] = stop
        elif limb.dimensions:
            limbs[code] = limb
    return Compared(current if current in limbs else None, chosen, limbs, stopped)
