"""The numbers of brace and shoe once more, plainly, from the text of the contract alone."""

import math
from collections.abc import Callable, Mapping

from afofit.fitting.request import Limb, Patient, Request

E = 1e-9
SHEETS = (3, 4, 4.8, 6)
BARLEYCORN = 25.4 / 3


def clamp(x: float, low: float, high: float) -> float:
    """x held between low and high."""
    return max(low, min(x, high))


def sides_apart(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Contract 3.2 ``sides_differ``."""

    def both(name: str) -> tuple[float, float]:
        return (one[name], other[name]) if name in one and name in other else (1.0, 1.0)

    for name in ("calf_circumference", "ankle_circumference"):
        a, b = both(name)
        if abs(a - b) / ((a + b) / 2) > 0.06 + E:
            return True
    limits = {"foot_length": 8, "fibular_head_height": 10}
    return any(abs(both(name)[0] - both(name)[1]) > limit + E for name, limit in limits.items())


def table_thickness(weight_kg: float, design: str) -> float | None:
    """R11: the sheet by weight and design, before the step up."""
    row = (3, 3, 4, 4, 4.8) if design == "posterior_leaf_spring" else (3, 4, 4.8, 4.8, 6)
    ends = (25, 45, 75, 100, 120)
    return next((sheet for end, sheet in zip(ends, row, strict=True) if weight_kg < end - E), None)


def step(limb: Limb, design: str) -> bool:
    """R11: one sheet thicker."""
    one = limb.clinical
    active = one.activity == "high" and design != "posterior_leaf_spring"
    return one.ashworth in ("2", "3", "4") or one.knee == "hyperextension" or active


def thickness_capped(patient: Patient, limb: Limb, design: str) -> bool:
    """R11: the step would lead past the thickest sheet."""
    if design == "carbon_anterior" or limb.prescription.shell_thickness_mm is not None:
        return False
    return table_thickness(patient.weight_kg, design) == 6 and step(limb, design)


def thickness(patient: Patient, limb: Limb, design: str) -> float | None:
    """R11 and the plate of a carbon brace: t."""
    if limb.prescription.shell_thickness_mm is not None:
        return limb.prescription.shell_thickness_mm
    if design == "carbon_anterior":
        return 2.5
    sheet = table_thickness(patient.weight_kg, design)
    if sheet is None or not step(limb, design):
        return sheet
    return SHEETS[min(SHEETS.index(sheet) + 1, 3)]


def liner(limb: Limb, design: str) -> float:
    """The liner p."""
    if limb.prescription.liner_thickness_mm is not None:
        return limb.prescription.liner_thickness_mm
    if design == "posterior_leaf_spring":
        return 3 if limb.clinical.sensation != "normal" else 0
    return 3


def shoe_foot(request: Request, limb: Limb) -> float | None:
    """The foot length that plate, lever and shoe follow: of a partial foot, the other foot's."""
    if limb.partial_foot == "none":
        return limb.measurements["foot_length"]
    other = next((one for side, one in request.limbs.items() if side != limb.side), None)
    return None if other is None else other.measurements.get("foot_length")


def _head(limb: Limb) -> float:
    if "fibular_head_height" in limb.measurements:
        return limb.measurements["fibular_head_height"]
    neck = limb.measurements["fibular_neck_height"]
    return neck + clamp(0.045 * neck, 8, 22)


def _plate(request: Request, limb: Limb, footplate: str) -> dict[str, float]:
    leg = limb.measurements
    ball, foot = leg["ball_length"], leg["foot_length"]
    outer = leg.get("lateral_ball_length", min(0.63 * foot, 0.88 * ball))
    if footplate == "three_quarter":
        return {"footplate_length_medial_mm": ball - 12, "footplate_length_lateral_mm": outer - 12}
    if footplate == "sulcus":
        medial = min(ball + 0.07 * foot, foot)
        return {"footplate_length_medial_mm": medial, "footplate_length_lateral_mm": outer + 0.07 * foot}
    length = shoe_foot(request, limb)
    if length is None:
        return {}
    growth = limb.prescription.growth_allowance_mm
    room = (8 if growth is None else growth) if request.patient.age_years < 18 else 3
    return {"footplate_length_medial_mm": length + room}


def _top(request: Request, limb: Limb, design: str, t: float | None, p: float, s: float) -> dict[str, float]:
    child, leg, one = request.patient.age_years < 18, limb.measurements, limb.clinical
    head, calf = _head(limb), leg["calf_circumference"]
    lowered = limb.prescription.lowered_edge
    if lowered is None:
        thin = not child and calf < 300 - E
        lowered = one.diagnosis == "peroneal_nerve_injury" or one.sensation != "normal" or thin
    offset = clamp(0.085 * head, 20, 38) if lowered else clamp(0.065 * head, 15, 30)
    top = head - offset
    share = {"posterior_leaf_spring": 0.50, "semi_solid": 0.55, "hinged": 0.55}.get(design, 0.60)
    girth = calf + 2 * math.pi * (s + p)
    found = {
        "proximal_trim_offset_mm": offset,
        "proximal_trim_height_mm": top,
        "calf_shell_girth_mm": girth,
        "calf_shell_arc_mm": share * girth,
        "ankle_shell_girth_mm": leg["ankle_circumference"] + 2 * math.pi * (s + p),
    }
    if t is not None:
        found["shell_thickness_mm"] = t
        found["overall_height_mm"] = top + t + p
    if design != "ground_reaction":
        found["posterior_edge_height_mm"] = top - (8 if child else 12)
        found["calf_strap_height_mm"] = top - (18 if child else 25)
        found["calf_strap_width_mm"] = 50 if request.patient.weight_kg >= 90 - E else 25 if child else 38
        if t is not None:
            found["calf_opening_mm"] = (1 - share) * (girth + 2 * math.pi * t)
            found["calf_strap_length_mm"] = found["calf_opening_mm"] + (50 if child else 70)
    return found


def _ankle(limb: Limb, design: str, p: float, s: float) -> dict[str, float]:
    leg = limb.measurements
    found = {
        "heel_seat_width_mm": leg["heel_width"] + 2 * p,
        "fibular_relief_mm": 5.0,
        "proximal_flare_radius_mm": 5.0,
        "fifth_metatarsal_base_relief_mm": 4.0,
        "navicular_relief_mm": 4.0,
        "achilles_relief_mm": 3.0,
    }
    if design != "hinged":
        found["ankle_trim_offset_mm"] = {"posterior_leaf_spring": -6.0, "semi_solid": 0.0}.get(design, 6.0)
    if design == "posterior_leaf_spring":
        wanted = clamp(0.25 * leg["ankle_circumference"], 30, 70)
        found["leaf_width_mm"] = min(wanted, 0.8 * leg["malleolar_width"])
        return found
    found["malleolar_inner_width_mm"] = leg["malleolar_width"] + 5 + 6 + 2 * (s + p)
    found["lateral_malleolus_relief_mm"] = 5.0
    found["medial_malleolus_relief_mm"] = 6.0
    found["instep_strap_angle_deg"] = 45.0
    if design == "hinged" and "medial_malleolus_tip_height" in leg:
        found["joint_axis_height_mm"] = leg["medial_malleolus_tip_height"]
    return found


def _stance(request: Request, limb: Limb, design: str) -> dict[str, float]:
    one, prescribed, foot = limb.clinical, limb.prescription, shoe_foot(request, limb)
    ankle = min(limb.measurements["dorsiflexion_knee_extended"], 0.0)
    found = {"ankle_angle_deg": ankle}
    base = limb.shoe.base_length_mm
    if base is None:
        base = None if foot is None else 0.535 * foot
    if base is None:
        return found
    found["base_length_mm"] = base
    heel = limb.shoe.heel_sole_differential_mm
    rigid = design in ("solid", "ground_reaction")
    if heel is not None:
        found["shoe_pitch_deg"] = math.degrees(math.atan(heel / base))
        if rigid:
            found["shank_to_vertical_angle_deg"] = found["shoe_pitch_deg"] + ankle
    if rigid:
        target = prescribed.target_shank_angle_deg
        if target is None:
            target = 7 if one.diagnosis == "spina_bifida" else 11
        needed = base * math.tan(math.radians(target - ankle))
        found["heel_sole_differential_needed_mm"] = needed
        if design == "solid" and heel is not None:
            found["heel_build_up_mm"] = needed - heel
    return found


def dimensions(request: Request, limb: Limb, design: str, footplate: str) -> dict[str, float]:
    """Contract 3, R1 to R16: every dimension by name; the build-up even where 3.2 withholds it."""
    leg, patient, foot = limb.measurements, request.patient, shoe_foot(request, limb)
    t, p = thickness(patient, limb, design), liner(limb, design)
    child = patient.age_years < 18
    sock = limb.prescription.sock_thickness_mm
    s = sock if sock is not None else 1.2 if child else 1.5
    found = _plate(request, limb, footplate) | _stance(request, limb, design)
    found["footplate_width_mm"] = leg["forefoot_width"] + 4
    if design == "carbon_anterior":
        return found
    found |= _top(request, limb, design, t, p, s) | _ankle(limb, design, p, s)
    if design == "posterior_leaf_spring" and limb.clinical.ashworth in ("0", "1") and foot is not None:
        mass = 0.0145 * patient.weight_kg + (0.2 if child else 0.4)
        found["swing_moment_nm"] = mass * 9.81 * 0.25 * foot / 1000
        found["minimum_stiffness_nm_per_deg"] = found["swing_moment_nm"] / 5
    return found


RAW: dict[str, Callable[[float], float]] = {
    "us_men": lambda length: length / BARLEYCORN - 22,
    "us_women": lambda length: length / BARLEYCORN - 21,
    "us_child": lambda length: length / BARLEYCORN - 29 / 3,
    "uk": lambda length: length / BARLEYCORN - 23,
    "uk_child": lambda length: length / BARLEYCORN - 10,
    "eu": lambda length: 0.15 * length + 2,
    "eu_child": lambda length: 0.162 * length,
    "mondopoint": lambda length: length,
    "jp": lambda length: length / 10,
}


def to_buy(system: str, length: float) -> float:
    """Contract 4: the size on the shelf, before the restart."""
    shelf = 5 if system == "mondopoint" else 0.5
    slack = {"mondopoint": 0.75, "jp": 0.075}.get(system, 0.15)
    return math.ceil((RAW[system](length) - slack) / shelf - E) * shelf


def systems(sex: str, child: bool, length: float) -> set[str]:
    """Contract 4: the systems named in an answer."""
    american = {"male": {"us_men"}, "female": {"us_women"}}.get(sex, {"us_men", "us_women"})
    adult = american | {"uk", "eu", "mondopoint", "jp"}
    young = {"us_child", "uk_child", "eu_child", "mondopoint", "jp"}
    if not child:
        return adult
    return young | adult if length >= 225 - E else young


LADDERS = {
    "us_men": {"2A": -4, "B": -2, "D": 0, "2E": 2, "4E": 4, "6E": 6},
    "us_women": {"4A": -4, "2A": -2, "B": 0, "D": 2, "2E": 4, "4E": 6},
    "us_child": {"N": -2, "M": 0, "W": 2, "XW": 4},
}


def width_on_shelf(scale: str, letters: int) -> str:
    """Contract 4: the first width at or above."""
    return next((name for name, place in LADDERS[scale].items() if place >= letters), "custom")


def widths(sex: str, child: bool, foot: float, size_length: float, width: float) -> dict[str, tuple[int, str]]:
    """Contract 4 ``widths``: letters above the standard and the width on the shelf, by scale."""
    scales = {"us_child"} if child and foot < 225 - E else systems(sex, False, foot) & {"us_men", "us_women"}
    found = {}
    for scale in scales:
        size = to_buy(scale, size_length)
        standard = {"us_men": 71.2 + 3.04 * size, "us_women": 65.3 + 3.13 * size}.get(scale, 0.40 * foot)
        letters = math.ceil((width - standard) / 4.76 - 0.25 - E)
        found[scale] = (letters, width_on_shelf(scale, letters))
    return found


def depth_class(extra: float) -> str:
    """Contract 4 ``depth_class``."""
    limits = {"ordinary": 1, "depth": 4.8, "extra_depth": 6.4, "double_depth": 12.7}
    return next((name for name, limit in limits.items() if extra <= limit + E), "custom")


def shoe(request: Request, limb: Limb, design: str, footplate: str) -> dict[str, float] | None:
    """Contract 4: the lengths and thicknesses for a shoe over the brace; None where t or the foot is unknown."""
    foot, patient, asked = shoe_foot(request, limb), request.patient, limb.prescription
    t, p = thickness(patient, limb, design), liner(limb, design)
    if foot is None or t is None:
        return None
    plain = design in ("posterior_leaf_spring", "carbon_anterior")
    wall_thickness = 0.0 if design == "carbon_anterior" else t + p
    room = clamp(0.08 * foot, 10, 15) if patient.age_years < 18 else 15.0
    brace = dimensions(request, limb, design, footplate)
    size_length = foot + wall_thickness
    wall = asked.side_wall_at_ball_mm if asked.side_wall_at_ball_mm is not None else 0.0 if plain else t
    width = limb.measurements["forefoot_width"] + 2 * wall
    if footplate == "full":
        size_length = max(size_length, brace["footplate_length_medial_mm"] + wall_thickness + 5 - room)
        width = max(width, brace["footplate_width_mm"])
    pad = asked.dorsal_pad_mm if asked.dorsal_pad_mm is not None else 0.0 if plain else 3.0
    insole = limb.shoe.insole_thickness_mm
    removed = (4.0 if insole is None else insole) if limb.shoe.insole_removable else 0.0
    return {
        "size_length_mm": size_length,
        "length_increase_mm": size_length - foot,
        "inside_length_mm": size_length + room,
        "width_in_brace_mm": width,
        "extra_depth_mm": t + p + pad - removed,
        "limb_raise_mm": t + p - removed,
    }
