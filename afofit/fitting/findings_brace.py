"""What a clinician must read about the chosen brace; left out where there is none."""

import math
from collections.abc import Iterator, Mapping

from afofit.fitting.case import PREFABRICATED, Case
from afofit.fitting.findings import KNEE, typed_in
from afofit.fitting.override import CHOSEN
from afofit.fitting.result import ShoeFit
from afofit.fitting.values import EPSILON, SHEETS_MM, Finding, Severity, Source, Value, derived

DECISION = derived("Clinical reference 4.3: design by spasticity, stability, range and strength")
CARBON = Source("Clinical reference 4.1: limits of anterior carbon frames (Allard, Ottobock)", "B", "manual")
NERVE = Source(
    "Clinical reference 2.1: fibular tunnel at 32 ± 10 mm, bifurcation at 38 ± 9 mm below the apex (Ryan 2003)",
    "A",
    "published",
)
EDGE = Source("Clinical reference 2.2: the edge of a semi-solid brace bisects the malleoli (ABC)", "B", "manual")
SHEET = derived("Clinical reference 2.8: sheet thickness by weight; the table ends at 6 mm")
BUILD_UP = derived("Clinical reference 3.4: a build-up leans the shank and asks more of the knee; guards derived")
LINER = derived("Clinical reference 4.1: full liner where protective sensation is lost")
SIZE = Source("Shoe reference 4.1: never more than 1.5 sizes, 13 mm (fittingchildrenshoes.com)", "C", "published")
DURABILITY = Source(
    "Clinical reference 2.7: plastic leaf springs took a permanent set by 90,000 cycles (Kerr 2011)", "A", "published"
)
NERVE_CROSSES_MM = (22, 47)
Dimensions = Mapping[str, Value]


def of_brace(case: Case, design: str, dimensions: Dimensions, shoe: ShoeFit | None) -> Iterator[Finding]:
    """Every finding that speaks of the design, its dimensions or its shoe."""
    yield from _mismatch(case, design)
    if design != PREFABRICATED:
        yield from _of_shell(case, design, dimensions)
    if case.insensate and case.prescription.liner_thickness_mm == 0:
        facts = {"sensation": case.clinical.sensation or "unknown"}
        yield Finding("liner_recommended", "caution", ("liner_thickness", "sensation"), LINER, facts)
    if design == "solid":
        yield from _of_build_up(case, dimensions)
    yield from _of_size(case, shoe)
    estimated = tuple(
        dict.fromkeys(
            value.name for dimension in dimensions.values() if dimension.estimated for value in _stand_ins(dimension)
        )
    )
    if estimated:
        about = tuple(name.removesuffix("_mm") for name in estimated)
        source = derived("A stand-in for a measurement that was not taken")
        yield Finding("estimated_input", "advice", about, source)
    if design == "posterior_leaf_spring" and case.clinical.activity == "high":
        yield Finding("activity_review", "advice", ("activity",), DURABILITY)


def _stand_ins(value: Value) -> Iterator[Value]:
    """The estimated measurements below a value."""
    if value.clause == "1.1":
        yield value
    for each in value.inputs:
        if each.estimated:
            yield from _stand_ins(each)


def _mismatch(case: Case, design: str) -> Iterator[Finding]:
    about = {"posterior_leaf_spring": _leaf_spring, "hinged": _hinge, "carbon_anterior": _carbon}.get(design)
    if about is None:
        return
    against = tuple(about(case))
    if against:
        code = {"posterior_leaf_spring": "leaf_spring", "hinged": "hinge", "carbon_anterior": "carbon"}[design]
        source = CARBON if design == PREFABRICATED else DECISION
        yield Finding(
            f"{code}_mismatch", "caution", against, source, {"against": against, "values": _known(case, against)}
        )


def against(case: Case, design: str) -> tuple[str, ...]:
    """Codes of the findings that would speak against a brace of this design on this limb."""
    codes = [finding.code for finding in _mismatch(case, design)]
    if design == "hinged" and case.dorsiflexion_deg < case.protocol.number("hinge_dorsiflexion_deg") - EPSILON:
        codes.append("hinge_needs_range")
    return tuple(codes)


def _known(case: Case, fields: tuple[str, ...]) -> dict[str, object]:
    """What is known of these fields: codes and grades of the clinical picture, degrees of the ankle."""
    measured = case.limb.measurements
    return {name: measured[name] if name in measured else getattr(case.clinical, name) for name in fields}


def _leaf_spring(case: Case) -> Iterator[str]:
    if case.ashworth_at_least("1+"):
        yield "ashworth"
    if case.unstable:
        yield "mediolateral_instability"
    if case.short_of_right_angle:
        yield "dorsiflexion_knee_extended"
    if case.clinical.knee in ("hyperextension", "crouch"):
        yield "knee"
    if case.plantarflexors_below(4):
        yield "plantarflexor_grade"


def _hinge(case: Case) -> Iterator[str]:
    if case.ashworth_at_least("2"):
        yield "ashworth"
    if case.unstable:
        yield "mediolateral_instability"
    if case.clinical.knee == "crouch":
        yield "knee"
    if case.plantarflexors_below(4):
        yield "plantarflexor_grade"
    if case.clinical.diagnosis == "spina_bifida":
        yield "diagnosis"


def _carbon(case: Case) -> Iterator[str]:
    if case.ashworth_at_least("2"):
        yield "ashworth"
    if case.unstable:
        yield "mediolateral_instability"
    if case.short_of_right_angle:
        yield "dorsiflexion_knee_extended"
    if case.clinical.knee in ("hyperextension", "crouch"):
        yield "knee"
    if case.clinical.skin == "fragile":
        yield "skin"
    if case.insensate:
        yield "sensation"


def thickness_steps(case: Case, design: str) -> int:
    """One sheet thicker, once, for spasticity, recurvatum or high activity (activity not for leaf springs)."""
    active = case.clinical.activity == "high" and design != "posterior_leaf_spring"
    return int(case.ashworth_at_least("2") or case.clinical.knee == "hyperextension" or active)


def _of_shell(case: Case, design: str, dimensions: Dimensions) -> Iterator[Finding]:
    offset = dimensions["proximal_trim_offset_mm"].magnitude
    facts = {"offset_mm": offset, "crosses_mm": NERVE_CROSSES_MM}
    severity: Severity = "caution" if case.nerve_at_risk else "advice"
    yield Finding("nerve_crossing", severity, ("fibular_head_height",), NERVE, facts)
    if design == "semi_solid":
        yield Finding("edge_on_malleolus", "advice", ("malleolar_width",), EDGE)
    if design == "ground_reaction":
        source = derived("The rules give no anterior shell")
        yield Finding("anterior_shell_not_computed", "caution", ("design",), source)
    thickness = dimensions.get("shell_thickness_mm")
    if thickness is not None and thickness.formula.startswith("step_up"):
        table, steps = thickness.inputs
        if steps.magnitude and table.magnitude >= SHEETS_MM[-1]:
            sheet = {"thickness_mm": thickness.magnitude, "weight_kg": case.patient.weight_kg}
            typed = typed_in(case.limb, case.patient)
            yield Finding("thickness_capped", "caution", ("shell_thickness",), SHEET, sheet | typed)


def build_up_withheld(case: Case, build_up_mm: float | None) -> tuple[str, ...]:
    """Why a heel build-up is not given for a solid brace; empty when it may be."""
    clinical = case.clinical
    reasons = []
    if clinical.quadriceps_grade is None:
        reasons.append("quadriceps_unknown")
    elif clinical.quadriceps_grade < 4:
        reasons.append("quadriceps_weak")
    if clinical.knee == "crouch":
        reasons.append("crouch")
    if case.contracted:
        reasons.append("contracture")
    if case.limb.shoe.heel_sole_differential_mm is None:
        reasons.append("differential_unknown")
    if build_up_mm is not None and build_up_mm > case.protocol.number("build_up_withheld_mm") + EPSILON:
        reasons.append("too_high")
    return tuple(reasons)


WITHHELD_ABOUT = {
    "quadriceps_unknown": "quadriceps_grade",
    "quadriceps_weak": "quadriceps_grade",
    "crouch": "knee",
    "contracture": "knee_flexion_contracture",
    "differential_unknown": "heel_sole_differential",
    "too_high": "target_shank_angle",
}


def withheld_finding(case: Case, reasons: tuple[str, ...]) -> Finding:
    """The caution that says why no build-up is given."""
    about = tuple(dict.fromkeys(WITHHELD_ABOUT[reason] for reason in reasons))
    number = case.protocol.number
    limits = {"contracture_deg": number("contracture_limit_deg"), "highest_mm": number("build_up_withheld_mm")}
    known = {"grade": case.clinical.quadriceps_grade, "angle_deg": case.clinical.knee_flexion_contracture}
    return Finding("heel_build_up_withheld", "caution", about, KNEE, {"reasons": reasons, **limits, **known})


def _of_build_up(case: Case, dimensions: Dimensions) -> Iterator[Finding]:
    value = dimensions.get("heel_build_up_mm")
    if value is None:
        return
    number, build_up = case.protocol.number, value.magnitude
    facts = {"build_up_mm": build_up, "target_deg": _target(case, dimensions)}
    about = ("heel_sole_differential",)
    if build_up > EPSILON:
        yield Finding("heel_build_up_trial", "advice", about, BUILD_UP, facts)
    if build_up > number("build_up_large_mm") + EPSILON:
        refer_mm = number("build_up_refer_mm")
        refer = build_up > refer_mm + EPSILON
        more = {"limit_mm": number("build_up_large_mm"), "refer": refer, "refer_mm": refer_mm}
        more["short_deg"] = max(0.0, -case.dorsiflexion_deg)
        yield Finding("large_heel_build_up", "caution", about, BUILD_UP, facts | more)
    if build_up < number("heel_too_high_mm") - EPSILON:
        worn = {"differential_mm": case.limb.shoe.heel_sole_differential_mm, "limit_mm": -number("heel_too_high_mm")}
        yield Finding("heel_too_high", "caution", about, BUILD_UP, facts | worn | typed_in(case.limb))


def _target(case: Case, dimensions: Dimensions) -> float:
    """The lean (degrees) that the build-up gives: the target, or what comes of a height that was chosen."""
    needed, build_up = dimensions["heel_sole_differential_needed_mm"], dimensions["heel_build_up_mm"]
    if CHOSEN not in (needed.source, build_up.source):
        return next(value.magnitude for value in needed.inputs if value.name == "target_shank_angle_deg")
    height = (case.limb.shoe.heel_sole_differential_mm or 0.0) + build_up.magnitude
    pitch = math.degrees(math.atan(height / dimensions["base_length_mm"].magnitude))
    return pitch + dimensions["ankle_angle_deg"].magnitude


def _of_size(case: Case, shoe: ShoeFit | None) -> Iterator[Finding]:
    if shoe is None or "length_increase_mm" not in shoe.values:
        return
    increase = shoe.values["length_increase_mm"].magnitude
    cap = case.protocol.number("size_increase_cap_mm")
    facts = {"increase_mm": increase, "cap_mm": cap}
    if increase > cap + EPSILON:
        yield Finding("size_increase_large", "caution", ("foot_length",), SIZE, facts)
    elif increase >= case.protocol.number("size_increase_note_mm") - EPSILON:
        yield Finding("size_increase_near_limit", "advice", ("foot_length",), SIZE, facts)
