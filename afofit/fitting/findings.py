"""What a clinician must read about the limb itself, whatever brace is chosen."""

from collections.abc import Iterator
from dataclasses import replace

from afofit.fitting.case import Case
from afofit.fitting.measurements import BY_NAME
from afofit.fitting.plausibility import spread_finding, unusual_finding
from afofit.fitting.protocol import Protocol
from afofit.fitting.request import Limb, Patient
from afofit.fitting.result import DesignChoice
from afofit.fitting.values import EPSILON, Finding, Severity, Source, derived
from afofit.fitting.vocabulary import CLEARABLE_SIGNS

URGENT = derived("Clinical reference 4.1: signs of a cause that is not for an orthotist; recalled clinical practice")
SKIN = Source("Clinical reference 4.1: an orthosis lies on intact skin only (Ottobock 28U24)", "B", "manual")
ISCHAEMIA = derived("Clinical reference 4.1: critical ischaemia needs a vascular opinion")
RANGE = derived("Clinical reference 3.2: ±5° is the error of a goniometer; Owen 2010 for the principle")
GASTROCNEMIUS = derived("Clinical reference 3.2: Silfverskiöld, recalled")
SENSATION = Source("Clinical reference 4.1: special precaution for reduced sensation (Allard)", "B", "manual")
OEDEMA = Source("Clinical reference 1.1 and 4.2: measure when swelling is greatest (GK Custom Footwear)", "B", "manual")
SPASTICITY = Source("Clinical reference 4.1: by severity of spasticity (Kirker 2022; Allard limits)", "A", "published")
KNEE = derived("Clinical reference 4.1: an ankle brace alone can let a weak knee buckle; recalled")
CONTRACTURE = Source(
    "Clinical reference 3.2: AFO-CP trial excluded contractures above 10°; a floor-reaction study did not",
    "A",
    "published",
)
DYSTROPHY = derived("Judgement: in muscular dystrophy the neuromuscular team decides on bracing for walking")
DEFORMITY = Source("Clinical reference 3.2: fixed deformity may preclude neutral (NYU, ACPOC)", "B", "manual")
WEIGHT = Source("Clinical reference 4.1: trials end at 120 kg (Waterval 2017)", "A", "published")
PARTIAL = derived("Clinical reference 4.1: full plate, filler and rocker for a shortened foot; judgement")
YOUNG = Source("Clinical reference 4.1: small tarsus; refer under 2–3 years", "C", "published")
POSITIONING = Source("Clinical reference 4.1: static positioning is another device (Medicare L4396)", "A", "published")
DECISION = derived("Clinical reference 4.3: decision lines assembled from published tables")
UNKNOWN = derived("Unknown is never read as healthy")
SIDES = Source("Plausibility 3: both calves of 2,420 men (USAF 1967); lengths by judgement", "A", "published")
SEATED = Source("Plausibility 3: a foot is 3–5 % longer under load (Cheng 1997)", "A", "published")

ASSESSED = (
    "urgent_signs",
    "ashworth",
    "sensation",
    "oedema",
    "skin",
    "circulation",
    "mediolateral_instability",
    "knee",
    "quadriceps_grade",
    "plantarflexor_grade",
    "ambulant",
    "diagnosis",
)


def stops(case: Case) -> Iterator[Finding]:
    """Findings that end a fitting, and urgent signs that a named person has cleared."""
    clinical = case.clinical
    if clinical.urgent_signs:
        cleared = {clearance.code for clearance in clinical.cleared if clearance.code in CLEARABLE_SIGNS}
        standing = [sign for sign in clinical.urgent_signs if sign not in cleared]
        facts = {
            "signs": tuple(standing or clinical.urgent_signs),
            "cleared": tuple(one for one in clinical.cleared if one.code in clinical.urgent_signs),
        }
        yield Finding("urgent_referral", "stop" if standing else "caution", ("urgent_signs",), URGENT, facts)
    if clinical.skin == "wound":
        yield Finding("open_wound", "stop", ("skin",), SKIN)
    if clinical.circulation == "critical":
        yield Finding("critical_circulation", "stop", ("circulation",), ISCHAEMIA)
    if case.dorsiflexion_deg < case.protocol.number("severe_equinus_deg") - EPSILON:
        yield _range("severe_equinus", "stop", case, limit_deg=case.protocol.number("severe_equinus_deg"))
    needed = case.protocol.number("hinge_dorsiflexion_deg")
    if case.prescription.design == "hinged" and case.dorsiflexion_deg < needed - EPSILON:
        severity: Severity = "stop" if case.short_of_right_angle else "caution"
        yield _range("hinge_needs_range", severity, case, needed_deg=needed)


def _range(code: str, severity: Severity, case: Case, **more: float) -> Finding:
    facts = {"dorsiflexion_deg": case.dorsiflexion_deg, **more}
    return Finding(code, severity, ("dorsiflexion_knee_extended",), RANGE, facts)


def of_limb(case: Case) -> Iterator[Finding]:
    """Cautions that hold whatever brace is chosen."""
    yield from _of_range(case)
    yield from _of_skin(case)
    yield from _of_strength(case)
    yield from _of_body(case)
    for finding in (unusual_finding(case.patient, case.limb), spread_finding(case.limb)):
        if finding:
            yield _doubted(finding, case.limb, case.patient)
    if case.limb.foot_loading == "seated":
        yield Finding("seated_foot", "caution", ("foot_length",), SEATED)


def typed_in(limb: Limb, patient: Patient | None = None) -> dict[str, object]:
    """The fact in which units the numbers of a finding were typed; none where they are those of the domain."""
    units = {"length": limb.length_unit, "mass": patient.mass_unit if patient else "kg"}
    return {} if units == {"length": "mm", "mass": "kg"} else {"typed_in": units}


def _doubted(finding: Finding, limb: Limb, patient: Patient | None = None) -> Finding:
    """A doubt, with who confirmed the values it is about; it stays a caution, for a value can be right and unusual."""
    facts = dict(finding.facts) | typed_in(limb, patient)
    confirmed = tuple(one for one in limb.confirmed if one.field in finding.about)
    if confirmed:
        facts["confirmed"] = confirmed
    return replace(finding, facts=facts)


def _of_range(case: Case) -> Iterator[Finding]:
    extended, flexed = case.dorsiflexion_deg, case.dorsiflexion_flexed_deg
    limit = case.protocol.number("borderline_dorsiflexion_deg")
    if extended < limit - EPSILON:
        yield _range("neutral_not_attainable", "caution", case, limit_deg=limit)
    elif case.short_of_right_angle:
        yield _range("neutral_borderline", "caution", case, limit_deg=limit)
    if flexed is None:
        return
    gain = case.protocol.number("gastrocnemius_gain_deg")
    if flexed - extended >= gain - EPSILON or (case.short_of_right_angle and flexed >= -EPSILON):
        about = ("dorsiflexion_knee_extended", "dorsiflexion_knee_flexed")
        facts = {"extended_deg": extended, "flexed_deg": flexed, "gain_deg": gain}
        yield Finding("gastrocnemius_tightness", "caution", about, GASTROCNEMIUS, facts)


def _of_skin(case: Case) -> Iterator[Finding]:
    clinical = case.clinical
    if case.insensate:
        facts = {"sensation": clinical.sensation or "unknown", "self_check": clinical.self_check}
        yield Finding("insensate", "caution", ("sensation",), SENSATION, facts)
    if clinical.oedema in ("stable", "fluctuating"):
        yield Finding("oedema", "caution", ("oedema",), OEDEMA, {"oedema": clinical.oedema})
    if clinical.skin == "fragile":
        yield Finding("fragile_skin", "caution", ("skin",), SKIN)
    if clinical.circulation == "reduced":
        yield Finding("reduced_circulation", "caution", ("circulation",), ISCHAEMIA)


def _of_strength(case: Case) -> Iterator[Finding]:
    clinical = case.clinical
    if case.ashworth_at_least("2"):
        yield Finding("spasticity", "caution", ("ashworth",), SPASTICITY, {"ashworth": clinical.ashworth})
    if case.ashworth_at_least("3"):
        yield Finding("severe_spasticity", "caution", ("ashworth",), SPASTICITY, {"ashworth": clinical.ashworth})
    if case.quadriceps_below(3):
        yield Finding("weak_quadriceps", "caution", ("quadriceps_grade",), KNEE, {"grade": clinical.quadriceps_grade})
    if case.contracted:
        limit = case.protocol.number("contracture_limit_deg")
        facts = {"angle_deg": clinical.knee_flexion_contracture, "limit_deg": limit}
        yield Finding("contracture", "caution", ("knee_flexion_contracture",), CONTRACTURE, facts)
    if clinical.mediolateral_instability == "fixed":
        yield Finding("fixed_deformity", "caution", ("mediolateral_instability",), DEFORMITY)
    if case.unstable and clinical.deformity_direction is None:
        leans = {"instability": clinical.mediolateral_instability}
        yield Finding("direction_unknown", "caution", ("deformity_direction",), UNKNOWN, leans)


def _of_body(case: Case) -> Iterator[Finding]:
    clinical, patient = case.clinical, case.patient
    if clinical.ambulant is False:
        yield Finding("positioning_device", "caution", ("ambulant",), POSITIONING)
    if clinical.diagnosis == "muscular_dystrophy" and clinical.ambulant:
        yield Finding("muscular_dystrophy", "caution", ("diagnosis",), DYSTROPHY)
    if case.over_weight:
        weighed = {"weight_kg": patient.weight_kg, "limit_kg": case.protocol.number("over_weight_kg")}
        typed = typed_in(case.limb, patient)
        yield Finding("over_weight_limit", "caution", ("weight",), WEIGHT, weighed | typed)
    if case.limb.partial_foot != "none":
        yield Finding("partial_foot", "caution", ("partial_foot",), PARTIAL, {"partial_foot": case.limb.partial_foot})
    if patient.age_years < 3:
        yield Finding("very_young", "caution", ("age_years",), YOUNG, {"age_years": patient.age_years})


def of_choice(choice: DesignChoice) -> Iterator[Finding]:
    """Where the engine declined to choose a design."""
    if choice.rule == "3":
        facts = {"reasons": choice.reasons}
        yield Finding("no_engine_design", "caution", ("design",), DECISION, facts)


def not_assessed(case: Case, missing: tuple[str, ...]) -> Finding | None:
    """One caution that names all that is unknown: clinical fields, then inputs of the design's dimensions."""
    clinical = case.clinical
    unknown = [name for name in ASSESSED if getattr(clinical, name) is None]
    if clinical.knee == "crouch" and clinical.knee_flexion_contracture is None:
        unknown.append("knee_flexion_contracture")
    about = (*unknown, *missing)
    return Finding("not_assessed", "caution", about, UNKNOWN) if about else None


def of_sides(limb: Limb, other: Limb | None, protocol: Protocol) -> Finding | None:
    """One caution for everything in which the two limbs differ more than healthy ones do."""
    if other is None:
        return None
    share = protocol.number("girth_difference_share")
    limits = {
        "calf_circumference": share,
        "ankle_circumference": share,
        "foot_length": protocol.number("foot_length_difference_mm"),
        "fibular_head_height": protocol.number("fibular_head_difference_mm"),
    }
    apart = {}
    for name, limit in limits.items():
        here, there = limb.measurements.get(name), other.measurements.get(name)
        if here is None or there is None:
            continue
        allowed = limit * (here + there) / 2 if BY_NAME[name].tool == "tape" else limit
        if abs(here - there) > allowed + EPSILON:
            apart[name] = (here, there)
    if not apart:
        return None
    facts = {"side": limb.side, "apart": apart, "limits": {name: limits[name] for name in apart}}
    return _doubted(Finding("sides_differ", "caution", tuple(apart), SIDES, facts), limb)


def of_side(case: Case) -> Iterator[Finding]:
    """Signs that the wrong leg is being braced."""
    clinical, side = case.clinical, case.limb.side
    reasons = []
    if clinical.affected_sides is not None and side not in clinical.affected_sides:
        reasons.append("not_affected")
    if _thicker_calf(case):
        reasons.append("thicker_calf")
    if reasons:
        about = tuple({"not_affected": "affected_sides", "thicker_calf": "calf_circumference"}[one] for one in reasons)
        facts: dict[str, object] = {"side": side, "reasons": tuple(reasons), "affected": clinical.affected_sides}
        facts["share"] = case.protocol.number("girth_difference_share")
        if "thicker_calf" in reasons and case.other is not None:
            name = "calf_circumference"
            facts["calves"] = (case.limb.measurements[name], case.other.measurements[name])
        facts |= typed_in(case.limb)
        yield Finding("side_check", "caution", about, SIDES, facts)


def _thicker_calf(case: Case) -> bool:
    if case.other is None or case.clinical.diagnosis not in (
        "peroneal_nerve_injury",
        "lumbar_radiculopathy",
        "stroke",
    ):
        return False
    here = case.limb.measurements["calf_circumference"]
    there = case.other.measurements.get("calf_circumference")
    if there is None:
        return False
    return here - there > case.protocol.number("girth_difference_share") * (here + there) / 2 + EPSILON
