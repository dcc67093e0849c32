"""The rules for design and findings once more, plainly, from the text of the contract alone.

Nothing here is shared with the engine but the types of its input. Where the contract leaves a finding
open for a case, ``Expected.open`` names it and the comparison passes over it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from afofit.fitting.request import Clinical, Limb, Patient, Request
from afofit.fitting.values import Side
from tests.fitting.oracle_numbers import dimensions, shoe, sides_apart, thickness_capped

ASHWORTH = ("0", "1", "1+", "2", "3", "4")
URGENT_SIGNS = (
    *("calf_pain_swelling", "new_back_pain_with_foot_drop", "saddle_numbness", "bladder_bowel_change"),
    *("recent_trauma", "rapidly_progressive_weakness", "hot_swollen_foot"),
)
E = 1e-9

Choice = tuple[str, str | None]


def ashworth_from(clinical: Clinical, grade: str) -> bool:
    """The Ashworth grade is known and not below the one given."""
    return clinical.ashworth is not None and ASHWORTH.index(clinical.ashworth) >= ASHWORTH.index(grade)


def graded_under(grade: int | None, limit: int) -> bool:
    """A muscle grade is known and below the limit."""
    return grade is not None and grade < limit


def unstable(clinical: Clinical) -> bool:
    """Mediolateral instability is known and present."""
    return clinical.mediolateral_instability in ("flexible", "fixed")


def contracted(clinical: Clinical) -> bool:
    """Knee flexion contracture is known and above 10 degrees."""
    return clinical.knee_flexion_contracture is not None and clinical.knee_flexion_contracture > 10 + E


def urgent(clinical: Clinical) -> set[str]:
    """The urgent signs that nobody has cleared."""
    return set(clinical.urgent_signs or ()) - {clearance.code for clearance in clinical.cleared}


def stops(limb: Limb) -> set[str]:
    """Contract 3.2: the findings that stop."""
    clinical = limb.clinical
    extended = limb.measurements["dorsiflexion_knee_extended"]
    found = {
        "urgent_referral": bool(urgent(clinical)),
        "open_wound": clinical.skin == "wound",
        "critical_circulation": clinical.circulation == "critical",
        "severe_equinus": extended < -20 - E,
        "hinge_needs_range": limb.prescription.design == "hinged" and extended < -E,
    }
    return {code for code, is_so in found.items() if is_so}


def _declines(patient: Patient, limb: Limb) -> Iterator[bool]:
    one = limb.clinical
    yield graded_under(one.quadriceps_grade, 3)
    yield contracted(one)
    yield one.knee == "crouch" and (one.quadriceps_grade is None or one.knee_flexion_contracture is None)
    yield one.knee == "hyperextension" and (one.quadriceps_grade is None or one.quadriceps_grade < 4)
    yield one.diagnosis in ("charcot_marie_tooth", "als") and one.plantarflexor_grade is None
    yield one.diagnosis == "muscular_dystrophy"
    yield one.oedema == "fluctuating"
    yield one.mediolateral_instability == "fixed"
    yield patient.weight_kg >= 120 - E
    yield limb.partial_foot == "more"
    yield patient.age_years < 1.5 - E
    yield one.ashworth == "4"
    yield one.ashworth is None or one.knee is None or one.mediolateral_instability is None


def _lines(patient: Patient, limb: Limb) -> Iterator[tuple[str, bool, str | None]]:
    one = limb.clinical
    yield "2", one.ambulant is False, None
    yield "3", any(_declines(patient, limb)), None
    extended = limb.measurements["dorsiflexion_knee_extended"]
    yield "4", extended < -E, "solid"
    yield "5", one.knee == "crouch", "ground_reaction"
    yield "6", one.ashworth in ("2", "3"), "solid"
    yield "7", one.knee == "hyperextension", "solid"
    yield "8", graded_under(one.plantarflexor_grade, 4), "solid"
    yield "9", one.mediolateral_instability == "flexible", "solid" if one.ashworth == "1+" else "semi_solid"
    yield "10", one.ashworth == "1+", "semi_solid"
    # What is left has a stable knee and plantarflexors of 4 or 5 or unknown.
    known = one.plantarflexor_grade is not None and one.diagnosis is not None
    yield "11", known and patient.age_years < 18 and extended >= 5 - E and one.diagnosis != "spina_bifida", "hinged"
    yield "12", True, "posterior_leaf_spring"


def engine_choice(patient: Patient, limb: Limb) -> Choice:
    """Contract 3.1: the line that matches first and the design it gives."""
    return ("1", None) if stops(limb) else choice_without_stop(patient, limb)


def choice_without_stop(patient: Patient, limb: Limb) -> Choice:
    """Contract 3.1 from line 2 on, of a limb of which no finding stops."""
    return next((line, design) for line, matches, design in _lines(patient, limb) if matches)


def design_of(patient: Patient, limb: Limb) -> str | None:
    """The design computed: the prescriber's own unless a finding stops, else the engine's."""
    if limb.prescription.design == "engine":
        return engine_choice(patient, limb)[1]
    return None if stops(limb) else limb.prescription.design


def footplate_of(limb: Limb, design: str) -> str:
    """Contract 3, below the thickness table: the footplate by design."""
    if design == "carbon_anterior":
        return "full"
    if limb.prescription.footplate != "engine":
        return limb.prescription.footplate
    if limb.partial_foot != "none" or design in ("solid", "ground_reaction"):
        return "full"
    if design == "posterior_leaf_spring":
        return "full" if limb.clinical.sensation != "normal" else "three_quarter"
    return "sulcus"


@dataclass(frozen=True)
class Expected:
    """What the contract asks for one braced limb."""

    design: str | None
    footplate: str | None
    line: str | None
    findings: dict[str, str]
    open: frozenset[str]
    wear_plan: str | None
    dimensions: dict[str, float]

    @property
    def verdict(self) -> str:
        """stop, review or no_flags."""
        return verdict(set(self.findings.values()))


def verdict(found: set[str]) -> str:
    """Contract 2: the verdict from the severities found."""
    return "stop" if "stop" in found else "review" if "caution" in found else "no_flags"


def _of_the_patient(patient: Patient, limb: Limb) -> dict[str, str]:
    one = limb.clinical
    extended = limb.measurements["dorsiflexion_knee_extended"]
    flexed = limb.measurements.get("dorsiflexion_knee_flexed")
    tight = flexed is not None and (flexed - extended >= 10 - E or extended < -E <= flexed + E)
    cautions = {
        "neutral_not_attainable": extended < -5 - E,
        "neutral_borderline": -5 - E <= extended < -E,
        "hinge_needs_range": limb.prescription.design == "hinged" and -E <= extended < 5 - E,
        "gastrocnemius_tightness": tight,
        "positioning_device": one.ambulant is False,
        "contracture": contracted(one),
        "muscular_dystrophy": one.diagnosis == "muscular_dystrophy" and one.ambulant is True,
        "insensate": one.sensation != "normal",
        "oedema": one.oedema in ("stable", "fluctuating"),
        "spasticity": ashworth_from(one, "2"),
        "severe_spasticity": ashworth_from(one, "3"),
        "fragile_skin": one.skin == "fragile",
        "reduced_circulation": one.circulation == "reduced",
        "weak_quadriceps": graded_under(one.quadriceps_grade, 3),
        "fixed_deformity": one.mediolateral_instability == "fixed",
        "direction_unknown": unstable(one) and one.deformity_direction is None,
        "over_weight_limit": patient.weight_kg >= 120 - E,
        "seated_foot": limb.foot_loading == "seated",
        "partial_foot": limb.partial_foot != "none",
        "very_young": patient.age_years < 3 - E,
    }
    found = {code: "caution" for code, is_so in cautions.items() if is_so}
    if patient.age_years < 18:
        found["growth"] = "advice"
    if set(one.urgent_signs or ()) and not urgent(one):
        found["urgent_referral"] = "caution"
    return found | dict.fromkeys(stops(limb), "stop")


def mismatches(limb: Limb, design: str) -> set[str]:
    """Contract 3.2: the findings that say a design does not suit."""
    one = limb.clinical
    extended = limb.measurements["dorsiflexion_knee_extended"]
    knee_not_stable = one.knee in ("hyperextension", "crouch")
    weak_plantarflexors = graded_under(one.plantarflexor_grade, 4)
    if design == "posterior_leaf_spring":
        reasons = (ashworth_from(one, "1+"), unstable(one), extended < -E, knee_not_stable, weak_plantarflexors)
        return {"leaf_spring_mismatch"} if any(reasons) else set()
    if design == "hinged":
        spinal = one.diagnosis == "spina_bifida"
        reasons = (ashworth_from(one, "2"), unstable(one), one.knee == "crouch", weak_plantarflexors, spinal)
        return {"hinge_mismatch"} if any(reasons) else set()
    if design == "carbon_anterior":
        sore = one.skin == "fragile" or one.sensation != "normal"
        reasons = (ashworth_from(one, "2"), unstable(one), extended < -E, knee_not_stable, sore)
        return {"carbon_mismatch"} if any(reasons) else set()
    return set()


def build_up_withheld(limb: Limb, build_up_mm: float | None) -> bool:
    """Contract 3.2: a solid brace for which no heel build-up is given."""
    one = limb.clinical
    return any(
        (
            one.quadriceps_grade is None or one.quadriceps_grade < 4,
            one.knee == "crouch",
            contracted(one),
            limb.shoe.heel_sole_differential_mm is None,
            build_up_mm is not None and build_up_mm > 60 + E,
        )
    )


def _of_the_heel(limb: Limb, numbers: dict[str, float]) -> dict[str, str]:
    needed, given = numbers.get("heel_sole_differential_needed_mm"), limb.shoe.heel_sole_differential_mm
    build_up = None if needed is None or given is None else needed - given
    if build_up_withheld(limb, build_up):
        return {"heel_build_up_withheld": "caution"}
    if build_up is None:
        return {}
    found = {}
    if build_up > E:
        found["heel_build_up_trial"] = "advice"
    if build_up > 20 + E:
        found["large_heel_build_up"] = "caution"
    if build_up < -5 - E:
        found["heel_too_high"] = "caution"
    return found


def _of_the_design(
    request: Request, limb: Limb, design: str, footplate: str, numbers: dict[str, float]
) -> dict[str, str]:
    one, patient = limb.clinical, request.patient
    found = dict.fromkeys(mismatches(limb, design), "caution")
    if design != "carbon_anterior":
        thin = patient.age_years >= 18 and limb.measurements["calf_circumference"] < 300 - E
        near = one.diagnosis == "peroneal_nerve_injury" or one.sensation != "normal" or thin
        found["nerve_crossing"] = "caution" if near else "advice"
    if one.sensation != "normal" and limb.prescription.liner_thickness_mm == 0:
        found["liner_recommended"] = "caution"
    if thickness_capped(patient, limb, design):
        found["thickness_capped"] = "caution"
    if design == "semi_solid":
        found["edge_on_malleolus"] = "advice"
    if design == "ground_reaction":
        found["anterior_shell_not_computed"] = "caution"
    if design == "solid":
        found |= _of_the_heel(limb, numbers)
    if design == "posterior_leaf_spring" and one.activity == "high":
        found["activity_review"] = "advice"
    if _estimated(limb, design, footplate):
        found["estimated_input"] = "advice"
    return found | _of_the_size(request, limb, design, footplate)


def _of_the_size(request: Request, limb: Limb, design: str, footplate: str) -> dict[str, str]:
    lengths = shoe(request, limb, design, footplate)
    increase = 0.0 if lengths is None else lengths["length_increase_mm"]
    if increase > 13 + E:
        return {"size_increase_large": "caution"}
    return {"size_increase_near_limit": "advice"} if increase >= 12 - E else {}


def _estimated(limb: Limb, design: str, footplate: str) -> bool:
    head = design != "carbon_anterior" and "fibular_head_height" not in limb.measurements
    return head or (footplate != "full" and "lateral_ball_length" not in limb.measurements)


ASKED = (
    *("urgent_signs", "ashworth", "sensation", "oedema", "skin", "circulation", "mediolateral_instability"),
    *("knee", "quadriceps_grade", "plantarflexor_grade", "ambulant", "diagnosis"),
)


def not_assessed(limb: Limb) -> set[str]:
    """Contract 3.2: the clinical fields that are unknown and must be named."""
    missing = {name for name in ASKED if getattr(limb.clinical, name) is None}
    if limb.clinical.knee == "crouch" and limb.clinical.knee_flexion_contracture is None:
        missing.add("knee_flexion_contracture")
    return missing


def lacking(request: Request, limb: Limb, design: str, numbers: dict[str, float]) -> bool:
    """An input is missing for a dimension of the design."""
    other = next((one for side, one in request.limbs.items() if side != limb.side), None)
    return any(
        (
            limb.shoe.heel_sole_differential_mm is None,
            design == "hinged" and "medial_malleolus_tip_height" not in limb.measurements,
            design != "carbon_anterior" and "shell_thickness_mm" not in numbers,
            limb.partial_foot != "none" and other is None,
        )
    )


def _of_the_sides(request: Request, limb: Limb) -> tuple[dict[str, str], set[str]]:
    found, open_codes = {}, set()
    other = next((one for side, one in request.limbs.items() if side != limb.side), None)
    one = limb.clinical
    if other is not None and sides_apart(limb.measurements, other.measurements):
        found["sides_differ"] = "caution"
    if one.affected_sides is not None and limb.side not in one.affected_sides:
        found["side_check"] = "caution"
    calves = [side.measurements.get("calf_circumference") for side in (limb, other) if side is not None]
    of_one_side = one.diagnosis in ("peroneal_nerve_injury", "lumbar_radiculopathy", "stroke")
    if of_one_side and len(calves) == 2 and calves[0] and calves[1]:
        if calves[0] / calves[1] > 1.062:
            found["side_check"] = "caution"
        elif calves[0] / calves[1] > 1.06 and "side_check" not in found:
            # Six per cent of the other calf or of the mean: the contract does not say.
            open_codes.add("side_check")
    return found, open_codes


def slow_plan(clinical: Clinical) -> bool:
    """Contract 6: the slow wear plan."""
    return any(
        (
            clinical.sensation != "normal",
            clinical.skin != "intact",
            clinical.circulation != "normal",
            clinical.oedema in ("stable", "fluctuating"),
            clinical.diagnosis == "diabetic_neuropathy",
        )
    )


def expected(request: Request, side: Side) -> Expected:
    """Everything of contract 3, 3.1, 3.2 and 6 for one braced limb, plausibility and sizes of shoes left out."""
    limb = request.limbs[side]
    design = design_of(request.patient, limb)
    by_engine = limb.prescription.design == "engine"
    line = engine_choice(request.patient, limb)[0] if by_engine else None
    of_sides, open_codes = _of_the_sides(request, limb)
    found = _of_the_patient(request.patient, limb) | of_sides
    if line == "3":
        found["no_engine_design"] = "caution"
    if stops(limb) and limb.clinical.ambulant is False:
        # Line 1 of 3.1 comes before line 2, but the finding stands for everyone who does not walk.
        open_codes.add("positioning_device")
    footplate = None
    numbers: dict[str, float] = {}
    if design is not None:
        footplate = footplate_of(limb, design)
        numbers = dimensions(request, limb, design, footplate)
        found |= _of_the_design(request, limb, design, footplate, numbers)
        build_up = numbers.get("heel_build_up_mm")
        if design == "solid" and build_up_withheld(limb, build_up):
            numbers.pop("heel_build_up_mm", None)
    if not_assessed(limb) or (design is not None and lacking(request, limb, design, numbers)):
        found["not_assessed"] = "caution"
    wear = None if design is None else "slow" if slow_plan(limb.clinical) else "normal"
    left_open = frozenset(open_codes | {"measurement_unusual", "reading_spread"})
    return Expected(design, footplate, line, found, left_open, wear, numbers)
