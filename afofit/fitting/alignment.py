"""The right angle: ankle in the brace, pitch of the shoe, shank to vertical, heel build-up."""

import math

from afofit.fitting.values import derived, rule

ATTAINED = derived(
    "Clinical reference 3.2: the brace follows the passive range with the knee straight; principle of Owen 2010, "
    "thresholds derived"
)
BASE = derived("Clinical reference 3.4: from the heel at 0.15 to the ball line at 0.685 of the foot length")
MEASURED_BASE = derived("Clinical reference 3.4: measured on the shoe, heel centre to ball line")
PITCH = derived("Clinical reference 3.4: geometry of heel and sole")
SHANK = derived("Clinical reference 3.4: shoe pitch plus the ankle in the brace, standing, rigid ankle")
NEEDED = derived(
    "Clinical reference 3.4: geometry for a target shank angle that was measured on tuned braces of children "
    "(Owen 2004); adults have no norm"
)
BUILD_UP = derived("Clinical reference 3.4: the differential needed less the shoe's own")


@rule("R13", "min(dorsiflexion_knee_extended_deg, 0)", ATTAINED, tolerance=2)
def ankle_angle_deg(dorsiflexion_knee_extended_deg: float) -> float:
    """Ankle (degrees, 0 at the right angle, − plantarflexed) that the brace holds: 90° or what is attained."""
    return min(dorsiflexion_knee_extended_deg, 0)


@rule("R14", "measured_base_length_mm", MEASURED_BASE, tolerance=2, gives="base_length_mm")
def measured_base_mm(measured_base_length_mm: float) -> float:
    """Distance (mm) from the heel centre to the ball line, measured on the shoe."""
    return measured_base_length_mm


@rule("R14", "base_length_share * shoe_foot_length_mm", BASE, gives="base_length_mm")
def estimated_base_mm(base_length_share: float, shoe_foot_length_mm: float) -> float:
    """Distance (mm) from the heel centre to the ball line, from the foot length."""
    return base_length_share * shoe_foot_length_mm


@rule("R14", "degrees(atan(heel_sole_differential_mm / base_length_mm))", PITCH, tolerance=1)
def shoe_pitch_deg(heel_sole_differential_mm: float, base_length_mm: float) -> float:
    """Slope (degrees) of the foot in the shoe, heel up positive."""
    return math.degrees(math.atan(heel_sole_differential_mm / base_length_mm))


@rule("R14", "shoe_pitch_deg + ankle_angle_deg", SHANK, tolerance=3)
def shank_to_vertical_angle_deg(shoe_pitch_deg: float, ankle_angle_deg: float) -> float:
    """Lean (degrees, forward positive) of the shank standing in this shoe, the ankle held rigid."""
    return shoe_pitch_deg + ankle_angle_deg


@rule("R14", "base_length_mm * tan(radians(target_shank_angle_deg - ankle_angle_deg))", NEEDED, tolerance=2)
def heel_sole_differential_needed_mm(
    base_length_mm: float, target_shank_angle_deg: float, ankle_angle_deg: float
) -> float:
    """Heel-sole differential (mm) at which the shank stands at the target."""
    return base_length_mm * math.tan(math.radians(target_shank_angle_deg - ankle_angle_deg))


@rule("R14", "heel_sole_differential_needed_mm - heel_sole_differential_mm", BUILD_UP, tolerance=2)
def heel_build_up_mm(heel_sole_differential_needed_mm: float, heel_sole_differential_mm: float) -> float:
    """Height (mm) to add under the heel of this shoe; negative: the heel is too high."""
    return heel_sole_differential_needed_mm - heel_sole_differential_mm
