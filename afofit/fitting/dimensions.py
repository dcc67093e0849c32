"""Brace dimensions: what each is called, and the rule that gives it."""

import math
from dataclasses import dataclass
from typing import Literal

from afofit.fitting.values import Source, clamp, derived, rule, step_up

Unit = Literal["mm", "deg", "Nm", "Nm/deg"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One declared result: letter code, name with its unit, words, and where it is read from."""

    code: str
    name: str
    label: str
    unit: Unit
    is_height: bool = False
    """Read from the skin of the heel; also given from the outside of the sole."""


_DECLARED: tuple[tuple[str, str, Unit, bool], ...] = (
    ("proximal_trim_offset_mm", "Top edge below the fibular head", "mm", False),
    ("proximal_trim_height_mm", "Top edge, sides", "mm", True),
    ("posterior_edge_height_mm", "Top edge, back", "mm", True),
    ("calf_shell_girth_mm", "Shell girth at the calf, inside", "mm", False),
    ("calf_shell_arc_mm", "Shell arc at the calf", "mm", False),
    ("calf_opening_mm", "Opening at the calf, outside", "mm", False),
    ("ankle_shell_girth_mm", "Shell girth at the ankle, inside", "mm", False),
    ("malleolar_inner_width_mm", "Inner width at the malleoli", "mm", False),
    ("ankle_trim_offset_mm", "Ankle edge, to the malleoli", "mm", False),
    ("leaf_width_mm", "Leaf width, narrowest", "mm", False),
    ("joint_axis_height_mm", "Joint axis", "mm", True),
    ("footplate_length_medial_mm", "Footplate length, inner edge", "mm", False),
    ("footplate_length_lateral_mm", "Footplate length, outer edge", "mm", False),
    ("footplate_width_mm", "Footplate width, inside", "mm", False),
    ("heel_seat_width_mm", "Heel seat width, inside", "mm", False),
    ("calf_strap_height_mm", "Calf strap, centre", "mm", True),
    ("calf_strap_length_mm", "Calf strap length", "mm", False),
    ("calf_strap_width_mm", "Calf strap width", "mm", False),
    ("instep_strap_angle_deg", "Instep strap, to the floor", "deg", False),
    ("shell_thickness_mm", "Shell thickness", "mm", False),
    ("overall_height_mm", "Overall height, outside", "mm", False),
    ("ankle_angle_deg", "Ankle in the brace", "deg", False),
    ("base_length_mm", "Base length of the shoe", "mm", False),
    ("shoe_pitch_deg", "Pitch of the shoe", "deg", False),
    ("shank_to_vertical_angle_deg", "Shank to vertical in this shoe", "deg", False),
    ("heel_sole_differential_needed_mm", "Heel-sole differential needed", "mm", False),
    ("heel_build_up_mm", "Heel build-up", "mm", False),
    ("swing_moment_nm", "Moment of the foot in swing", "Nm", False),
    ("minimum_stiffness_nm_per_deg", "Least stiffness in swing", "Nm/deg", False),
    ("fibular_relief_mm", "Relief, fibular head and neck", "mm", False),
    ("proximal_flare_radius_mm", "Flare radius, top edge", "mm", False),
    ("fifth_metatarsal_base_relief_mm", "Relief, base of fifth metatarsal", "mm", False),
    ("navicular_relief_mm", "Relief, navicular", "mm", False),
    ("achilles_relief_mm", "Relief, Achilles tendon", "mm", False),
    ("lateral_malleolus_relief_mm", "Relief, lateral malleolus", "mm", False),
    ("medial_malleolus_relief_mm", "Relief, medial malleolus", "mm", False),
)

DIMENSIONS: tuple[Dimension, ...] = tuple(
    Dimension(f"D{place:02d}", *declared) for place, declared in enumerate(_DECLARED, start=1)
)
BY_NAME: dict[str, Dimension] = {dimension.name: dimension for dimension in DIMENSIONS}

TOP_EDGE = derived(
    "Clinical reference 2.1: share of the fibular head height, held inside the 20–40 mm of the 2012 Medicare "
    "text (lowered edge: up to the 38 mm of PDAC L1960); the nerve crosses at 22–47 mm (Ryan 2003)"
)
BACK_EDGE = derived("Clinical reference 2.1: 10–15 mm (child 8–10 mm) below the sides, so that the knee can bend")
GIRTH = derived("Clinical reference 2.6: a closed convex section offset outward by d gains 2πd (geometry)")
MALLEOLI = Source(
    "Clinical reference 2.5: build-ups of 5 mm lateral and 6 mm medial (US orthotics course cards, plastic AFO)",
    "C",
    "published",
)
ANKLE_EDGE = Source("Clinical reference 2.2: 6 mm behind or before the malleoli (US exam items)", "C", "published")
LEAF = derived("Clinical reference 2.7: no published formula found; weak, show the uncertainty")
JOINT = Source("Clinical reference 2.4: lower border of the medial malleolus (ABC sample examination)", "B", "manual")
FOOTPLATE = derived("Clinical reference 2.3: end of the plate named in course cards, the millimetres derived")
FOOTPLATE_CHILD = Source(
    "Clinical reference 2.3: 6–10 mm past the toes for growth (SureStep, all about footplates)", "B", "manual"
)
WIDTH = derived("Clinical reference 2.3: forefoot under load plus 2 mm a side for sock and spread; heel as measured")
STRAP = derived("Clinical reference 2.9: strap positions and sizes")
SHEET = derived("Clinical reference 2.8: sheet thickness by body weight; no published table found")
OUTSIDE = derived("Geometry: shell and liner under the heel lie below the skin")
RELIEF = derived("Clinical reference 2.5: places named in course cards, the millimetres derived")
SWING = derived(
    "Clinical reference 2.7: foot 1.45 % of body mass, its centre at half the foot length (Winter), sag of at most 5°"
)


@rule(
    "R1",
    "clamp(proximal_trim_share * fibular_head_height_mm, proximal_trim_offset_min_mm, proximal_trim_offset_max_mm)",
    TOP_EDGE,
    tolerance=6,
)
def proximal_trim_offset_mm(
    proximal_trim_share: float,
    fibular_head_height_mm: float,
    proximal_trim_offset_min_mm: float,
    proximal_trim_offset_max_mm: float,
) -> float:
    """Distance (mm) of the top edge at the sides below the apex of the fibular head."""
    offset = proximal_trim_share * fibular_head_height_mm
    return clamp(offset, proximal_trim_offset_min_mm, proximal_trim_offset_max_mm)


@rule("R1", "fibular_head_height_mm - proximal_trim_offset_mm", TOP_EDGE, tolerance=6)
def proximal_trim_height_mm(fibular_head_height_mm: float, proximal_trim_offset_mm: float) -> float:
    """Height (mm) of the top edge of the shell at the sides, above the plantar skin of the heel."""
    return fibular_head_height_mm - proximal_trim_offset_mm


@rule("R1", "fibular_head_height_mm - proximal_trim_height_mm", OUTSIDE, tolerance=6, gives="proximal_trim_offset_mm")
def chosen_edge_offset_mm(fibular_head_height_mm: float, proximal_trim_height_mm: float) -> float:
    """The same distance (mm) where the orthotist chose the height of the top edge, so that the two agree."""
    return fibular_head_height_mm - proximal_trim_height_mm


@rule("R2", "proximal_trim_height_mm - posterior_edge_drop_mm", BACK_EDGE, tolerance=6)
def posterior_edge_height_mm(proximal_trim_height_mm: float, posterior_edge_drop_mm: float) -> float:
    """Height (mm) of the top edge at the back, lower than at the sides so that the knee can bend."""
    return proximal_trim_height_mm - posterior_edge_drop_mm


@rule("R3", "calf_circumference_mm + 2 * pi * (sock_thickness_mm + liner_thickness_mm)", GIRTH, tolerance=10)
def calf_shell_girth_mm(calf_circumference_mm: float, sock_thickness_mm: float, liner_thickness_mm: float) -> float:
    """Inner girth (mm) of the shell at the largest calf, if it were closed."""
    return calf_circumference_mm + 2 * math.pi * (sock_thickness_mm + liner_thickness_mm)


@rule("R3", "shell_fraction * calf_shell_girth_mm", GIRTH, tolerance=10)
def calf_shell_arc_mm(shell_fraction: float, calf_shell_girth_mm: float) -> float:
    """Length (mm) of the shell along its inside at the largest calf."""
    return shell_fraction * calf_shell_girth_mm


@rule("R3", "(1 - shell_fraction) * (calf_shell_girth_mm + 2 * pi * shell_thickness_mm)", GIRTH, tolerance=10)
def calf_opening_mm(shell_fraction: float, calf_shell_girth_mm: float, shell_thickness_mm: float) -> float:
    """Length (mm) of the open part at the largest calf, along the outside."""
    return (1 - shell_fraction) * (calf_shell_girth_mm + 2 * math.pi * shell_thickness_mm)


@rule("R3", "ankle_circumference_mm + 2 * pi * (sock_thickness_mm + liner_thickness_mm)", GIRTH, tolerance=10)
def ankle_shell_girth_mm(ankle_circumference_mm: float, sock_thickness_mm: float, liner_thickness_mm: float) -> float:
    """Inner girth (mm) of the shell at the smallest ankle, if it were closed."""
    return ankle_circumference_mm + 2 * math.pi * (sock_thickness_mm + liner_thickness_mm)


@rule(
    "R4",
    "malleolar_width_mm + lateral_malleolus_relief_mm + medial_malleolus_relief_mm"
    " + 2 * (sock_thickness_mm + liner_thickness_mm)",
    MALLEOLI,
    tolerance=4,
)
def malleolar_inner_width_mm(
    malleolar_width_mm: float,
    lateral_malleolus_relief_mm: float,
    medial_malleolus_relief_mm: float,
    sock_thickness_mm: float,
    liner_thickness_mm: float,
) -> float:
    """Inner width (mm) of the shell over the malleoli, reliefs included."""
    reliefs = lateral_malleolus_relief_mm + medial_malleolus_relief_mm
    return malleolar_width_mm + reliefs + 2 * (sock_thickness_mm + liner_thickness_mm)


@rule("R5", "ankle_trim_offset_mm", ANKLE_EDGE)
def ankle_trim_offset_mm(ankle_trim_offset_mm: float) -> float:
    """Place (mm) of the ankle edge, + before and − behind the malleoli; fixed by the design."""
    return ankle_trim_offset_mm


@rule(
    "R6",
    "min(clamp(leaf_share * ankle_circumference_mm, leaf_width_min_mm, leaf_width_max_mm),"
    " leaf_share_of_malleoli * malleolar_width_mm)",
    LEAF,
    tolerance=5,
)
def leaf_width_mm(
    leaf_share: float,
    ankle_circumference_mm: float,
    leaf_width_min_mm: float,
    leaf_width_max_mm: float,
    leaf_share_of_malleoli: float,
    malleolar_width_mm: float,
) -> float:
    """Width (mm) of a leaf spring at its narrowest; never wider than the ankle allows."""
    wanted = clamp(leaf_share * ankle_circumference_mm, leaf_width_min_mm, leaf_width_max_mm)
    return min(wanted, leaf_share_of_malleoli * malleolar_width_mm)


@rule("R7", "medial_malleolus_tip_height_mm", JOINT, tolerance=6)
def joint_axis_height_mm(medial_malleolus_tip_height_mm: float) -> float:
    """Height (mm) of the hinge axis; the tolerance is wider than a joint forgives: place it on the model."""
    return medial_malleolus_tip_height_mm


@rule("R8", "ball_length_mm - footplate_setback_mm", FOOTPLATE, tolerance=4, gives="footplate_length_medial_mm")
def three_quarter_length_medial_mm(ball_length_mm: float, footplate_setback_mm: float) -> float:
    """Inner edge (mm from the back of the heel) of a plate that ends behind the metatarsal heads."""
    return ball_length_mm - footplate_setback_mm


@rule(
    "R8", "lateral_ball_length_mm - footplate_setback_mm", FOOTPLATE, tolerance=4, gives="footplate_length_lateral_mm"
)
def three_quarter_length_lateral_mm(lateral_ball_length_mm: float, footplate_setback_mm: float) -> float:
    """Outer edge (mm from the back of the heel) of a plate that ends behind the metatarsal heads."""
    return lateral_ball_length_mm - footplate_setback_mm


@rule(
    "R8",
    "min(ball_length_mm + sulcus_share * foot_length_mm, foot_length_mm)",
    FOOTPLATE,
    tolerance=4,
    gives="footplate_length_medial_mm",
)
def sulcus_length_medial_mm(ball_length_mm: float, sulcus_share: float, foot_length_mm: float) -> float:
    """Inner edge (mm from the back of the heel) of a plate that ends at the toe crease."""
    return min(ball_length_mm + sulcus_share * foot_length_mm, foot_length_mm)


@rule(
    "R8",
    "lateral_ball_length_mm + sulcus_share * foot_length_mm",
    FOOTPLATE,
    tolerance=4,
    gives="footplate_length_lateral_mm",
)
def sulcus_length_lateral_mm(lateral_ball_length_mm: float, sulcus_share: float, foot_length_mm: float) -> float:
    """Outer edge (mm from the back of the heel) of a plate that ends at the toe crease."""
    return lateral_ball_length_mm + sulcus_share * foot_length_mm


@rule(
    "R8",
    "shoe_foot_length_mm + footplate_beyond_toes_mm",
    FOOTPLATE,
    tolerance=4,
    gives="footplate_length_medial_mm",
)
def full_length_mm(shoe_foot_length_mm: float, footplate_beyond_toes_mm: float) -> float:
    """Length (mm) of a full plate of an adult; of a partial foot, from the other foot."""
    return shoe_foot_length_mm + footplate_beyond_toes_mm


@rule(
    "R8",
    "shoe_foot_length_mm + growth_allowance_mm",
    FOOTPLATE_CHILD,
    tolerance=4,
    gives="footplate_length_medial_mm",
)
def full_length_child_mm(shoe_foot_length_mm: float, growth_allowance_mm: float) -> float:
    """Length (mm) of a full plate of a child, with room to grow."""
    return shoe_foot_length_mm + growth_allowance_mm


@rule("R9", "forefoot_width_mm + footplate_spread_mm", WIDTH, tolerance=4)
def footplate_width_mm(forefoot_width_mm: float, footplate_spread_mm: float) -> float:
    """Inner width (mm) of the plate at the metatarsal heads."""
    return forefoot_width_mm + footplate_spread_mm


@rule("R9", "heel_width_mm + 2 * liner_thickness_mm", WIDTH, tolerance=4)
def heel_seat_width_mm(heel_width_mm: float, liner_thickness_mm: float) -> float:
    """Inner width (mm) of the heel seat; the sock is pressed into the heel fat."""
    return heel_width_mm + 2 * liner_thickness_mm


@rule("R10", "proximal_trim_height_mm - calf_strap_drop_mm", STRAP, tolerance=10)
def calf_strap_height_mm(proximal_trim_height_mm: float, calf_strap_drop_mm: float) -> float:
    """Height (mm) of the centre of the calf strap."""
    return proximal_trim_height_mm - calf_strap_drop_mm


@rule("R10", "calf_opening_mm + calf_strap_overlap_mm", STRAP, tolerance=10)
def calf_strap_length_mm(calf_opening_mm: float, calf_strap_overlap_mm: float) -> float:
    """Length (mm) of the calf strap, overlap included."""
    return calf_opening_mm + calf_strap_overlap_mm


@rule("R10", "calf_strap_width_mm", STRAP)
def calf_strap_width_mm(calf_strap_width_mm: float) -> float:
    """Width (mm) of the calf strap; by age, wider from 90 kg."""
    return calf_strap_width_mm


@rule("R10", "instep_strap_angle_deg", STRAP)
def instep_strap_angle_deg(instep_strap_angle_deg: float) -> float:
    """Angle (degrees) of the instep strap to the floor, through the bend of the ankle."""
    return instep_strap_angle_deg


@rule("R11", "prescribed_shell_thickness_mm", SHEET, gives="shell_thickness_mm")
def prescribed_thickness_mm(prescribed_shell_thickness_mm: float) -> float:
    """Shell thickness (mm) as the prescriber fixed it."""
    return prescribed_shell_thickness_mm


@rule("R11", "step_up(table_thickness_mm, thickness_steps)", SHEET, gives="shell_thickness_mm")
def sheet_thickness_mm(table_thickness_mm: float, thickness_steps: float) -> float:
    """Shell thickness (mm) by design and weight, one sheet thicker for spasticity, recurvatum or high activity."""
    return step_up(table_thickness_mm, thickness_steps)


@rule("R12", "proximal_trim_height_mm + shell_thickness_mm + liner_thickness_mm", OUTSIDE, tolerance=6)
def overall_height_mm(proximal_trim_height_mm: float, shell_thickness_mm: float, liner_thickness_mm: float) -> float:
    """Height (mm) of the whole brace, from the outside of the sole to the top edge at the sides."""
    return proximal_trim_height_mm + shell_thickness_mm + liner_thickness_mm


@rule("R15", "(foot_mass_share * weight_kg + shoe_mass_kg) * 9.81 * 0.25 * shoe_foot_length_mm / 1000", SWING)
def swing_moment_nm(foot_mass_share: float, weight_kg: float, shoe_mass_kg: float, shoe_foot_length_mm: float) -> float:
    """Moment (Nm) of foot and shoe about the ankle in swing."""
    return (foot_mass_share * weight_kg + shoe_mass_kg) * 9.81 * 0.25 * shoe_foot_length_mm / 1000


@rule("R15", "swing_moment_nm / swing_sag_deg", SWING)
def minimum_stiffness_nm_per_deg(swing_moment_nm: float, swing_sag_deg: float) -> float:
    """Least stiffness (Nm per degree) that holds the foot in swing within the sag allowed."""
    return swing_moment_nm / swing_sag_deg


@rule("R16", "fibular_relief_mm", RELIEF)
def fibular_relief_mm(fibular_relief_mm: float) -> float:
    """Build-up (mm) over the fibular head and neck."""
    return fibular_relief_mm


@rule("R16", "proximal_flare_radius_mm", RELIEF)
def proximal_flare_radius_mm(proximal_flare_radius_mm: float) -> float:
    """Radius (mm) of the outward flare of the top edge."""
    return proximal_flare_radius_mm


@rule("R16", "fifth_metatarsal_base_relief_mm", RELIEF)
def fifth_metatarsal_base_relief_mm(fifth_metatarsal_base_relief_mm: float) -> float:
    """Build-up (mm) over the base of the fifth metatarsal."""
    return fifth_metatarsal_base_relief_mm


@rule("R16", "navicular_relief_mm", RELIEF)
def navicular_relief_mm(navicular_relief_mm: float) -> float:
    """Build-up (mm) over the navicular."""
    return navicular_relief_mm


@rule("R16", "achilles_relief_mm", RELIEF)
def achilles_relief_mm(achilles_relief_mm: float) -> float:
    """Build-up (mm) along the Achilles tendon."""
    return achilles_relief_mm


@rule("R16", "lateral_malleolus_relief_mm", MALLEOLI)
def lateral_malleolus_relief_mm(lateral_malleolus_relief_mm: float) -> float:
    """Build-up (mm) over the lateral malleolus."""
    return lateral_malleolus_relief_mm


@rule("R16", "medial_malleolus_relief_mm", MALLEOLI)
def medial_malleolus_relief_mm(medial_malleolus_relief_mm: float) -> float:
    """Build-up (mm) over the medial malleolus."""
    return medial_malleolus_relief_mm
