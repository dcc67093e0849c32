"""How a leg stands in its rigid brace: as planned, in the shoe worn now, and with the heel build-up under that shoe."""

from dataclasses import dataclass
from math import atan, degrees
from typing import Literal

from afofit.fitting.result import LimbFitting
from afofit.fitting.stand_ins import ON_SHOE
from afofit.fitting.values import Value, derived, rule

Kind = Literal["planned", "shoe", "built_up"]
Missing = Literal["no_brace", "not_rigid", "no_differential", "no_base"]

PLANNED = derived("Clinical reference 3.4: the lean that the differential needed gives, on this base length")
BUILT_UP = derived("Clinical reference 3.4: pitch of the shoe with the build-up under its heel, plus the ankle")
RIGID = frozenset({"solid", "ground_reaction"})


@rule("R14", "degrees(atan(heel_sole_differential_needed_mm / base_length_mm)) + ankle_angle_deg", PLANNED, tolerance=3)
def planned_shank_angle_deg(
    heel_sole_differential_needed_mm: float, base_length_mm: float, ankle_angle_deg: float
) -> float:
    """Lean (degrees, forward positive) of the shank that was planned: the target, unless another rise was chosen."""
    return degrees(atan(heel_sole_differential_needed_mm / base_length_mm)) + ankle_angle_deg


@rule(
    "R14",
    "degrees(atan((heel_sole_differential_mm + heel_build_up_mm) / base_length_mm)) + ankle_angle_deg",
    BUILT_UP,
    tolerance=3,
)
def built_up_shank_angle_deg(
    heel_sole_differential_mm: float, heel_build_up_mm: float, base_length_mm: float, ankle_angle_deg: float
) -> float:
    """Lean (degrees, forward positive) of the shank with the build-up under the heel of this shoe."""
    return degrees(atan((heel_sole_differential_mm + heel_build_up_mm) / base_length_mm)) + ankle_angle_deg


@dataclass(frozen=True, slots=True)
class Stance:
    """One way of standing: the lean of the shank with its working, and what is under the heel (mm)."""

    kind: Kind
    shank: Value
    ankle_deg: float
    base_mm: float
    rise_mm: float
    """Heel over ball, all of it."""
    added_mm: float = 0.0
    """How much of the rise is built up under the shoe."""

    @property
    def pitch_deg(self) -> float:
        """Slope (degrees) of the foot, heel up positive."""
        return self.shank.magnitude - self.ankle_deg


def stances(limb: LimbFitting) -> tuple[Stance, ...]:
    """The ways in which this leg stands, as far as they are known; none without a rigid brace and a measured heel."""
    if missing(limb) is not None:
        return ()
    dimensions, heel = limb.dimensions, limb.limb.shoe.heel_sole_differential_mm or 0.0
    known = {**dimensions, "heel_sole_differential_mm": Value("heel_sole_differential_mm", heel, ON_SHOE)}
    ankle, base = dimensions["ankle_angle_deg"].magnitude, dimensions["base_length_mm"].magnitude
    found = [Stance("shoe", dimensions["shank_to_vertical_angle_deg"], ankle, base, heel)]
    planned = planned_shank_angle_deg.apply(known)
    if planned is not None:
        needed = dimensions["heel_sole_differential_needed_mm"].magnitude
        found.insert(0, Stance("planned", planned, ankle, base, needed))
    added = dimensions["heel_build_up_mm"].magnitude if "heel_build_up_mm" in dimensions else 0.0
    built_up = built_up_shank_angle_deg.apply(known)
    if added > 0 and built_up is not None:
        found.append(Stance("built_up", built_up, ankle, base, heel + added, added))
    return tuple(found)


def missing(limb: LimbFitting) -> Missing | None:
    """Why nothing can be said about the stance of this leg; None where it can."""
    if limb.design.code is None or not limb.dimensions:
        return "no_brace"
    if limb.design.code not in RIGID:
        return "not_rigid"
    if limb.limb.shoe.heel_sole_differential_mm is None:
        return "no_differential"
    return None if "shank_to_vertical_angle_deg" in limb.dimensions else "no_base"
