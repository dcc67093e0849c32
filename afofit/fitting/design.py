"""Which design and footplate, with the reason: first match wins."""

from collections.abc import Iterator

from afofit.fitting.case import RIGID, Case
from afofit.fitting.result import DesignChoice, Reason
from afofit.fitting.values import EPSILON

YOUNGEST_YEARS = 1.5


def declined(case: Case) -> Iterator[Reason]:
    """Every reason for which the engine leaves the design to an orthotist (line 3)."""
    yield from _declined_by_knee(case)
    clinical = case.clinical
    if clinical.diagnosis in ("charcot_marie_tooth", "als") and clinical.plantarflexor_grade is None:
        yield Reason("plantarflexors_unknown")
    if clinical.diagnosis == "muscular_dystrophy":
        yield Reason("muscular_dystrophy")
    if clinical.oedema == "fluctuating":
        yield Reason("fluctuating_oedema")
    if clinical.mediolateral_instability == "fixed":
        yield Reason("fixed_deformity")
    yield from _declined_by_body(case)
    if clinical.ashworth == "4":
        yield Reason("ashworth_4")
    for name in ("ashworth", "knee", "mediolateral_instability"):
        if getattr(clinical, name) is None:
            yield Reason(f"{name}_unknown")


def _declined_by_knee(case: Case) -> Iterator[Reason]:
    clinical = case.clinical
    if case.quadriceps_below(3):
        yield Reason("weak_quadriceps", {"grade": clinical.quadriceps_grade})
    if case.contracted:
        yield Reason("contracture", {"angle_deg": clinical.knee_flexion_contracture})
    if clinical.knee == "crouch" and (clinical.quadriceps_grade is None or clinical.knee_flexion_contracture is None):
        yield Reason("crouch_not_assessed")
    if clinical.knee == "hyperextension" and clinical.quadriceps_grade is None:
        yield Reason("hyperextension_quadriceps_unknown")
    elif clinical.knee == "hyperextension" and case.quadriceps_below(4):
        yield Reason("hyperextension_weak_quadriceps", {"grade": clinical.quadriceps_grade})


def _declined_by_body(case: Case) -> Iterator[Reason]:
    if case.over_weight:
        yield Reason("over_weight", {"weight_kg": case.patient.weight_kg})
    if case.limb.partial_foot == "more":
        yield Reason("partial_foot_more")
    if case.patient.age_years < YOUNGEST_YEARS:
        yield Reason("too_young", {"age_years": case.patient.age_years})


def _by_stance(case: Case) -> tuple[str, str, Reason] | None:
    """Lines 4 to 8: what asks for a rigid brace."""
    clinical = case.clinical
    if case.short_of_right_angle:
        return "solid", "4", Reason("short_of_right_angle", {"dorsiflexion_deg": case.dorsiflexion_deg})
    if clinical.knee == "crouch":
        return "ground_reaction", "5", Reason("crouch")
    if case.ashworth_at_least("2"):
        return "solid", "6", Reason("spasticity", {"ashworth": clinical.ashworth})
    if clinical.knee == "hyperextension":
        return "solid", "7", Reason("hyperextension")
    if case.plantarflexors_below(4):
        return "solid", "8", Reason("weak_plantarflexors", {"grade": clinical.plantarflexor_grade})
    return None


def _by_ankle(case: Case) -> tuple[str, str, Reason]:
    """Lines 9 to 12: how much the ankle needs to be held."""
    clinical = case.clinical
    if clinical.mediolateral_instability == "flexible":
        if clinical.ashworth == "1+":
            return "solid", "9", Reason("instability_and_spasticity")
        return "semi_solid", "9", Reason("instability")
    if clinical.ashworth == "1+":
        return "semi_solid", "10", Reason("mild_spasticity")
    if _hinge_suits(case):
        return "hinged", "11", Reason("child_with_range", {"dorsiflexion_deg": case.dorsiflexion_deg})
    return "posterior_leaf_spring", "12", Reason("isolated_foot_drop")


def _hinge_suits(case: Case) -> bool:
    clinical = case.clinical
    return (
        case.patient.is_child
        and case.dorsiflexion_deg >= case.protocol.number("hinge_dorsiflexion_deg") - EPSILON
        and clinical.knee == "stable"
        and clinical.plantarflexor_grade is not None
        and clinical.plantarflexor_grade >= 4
        and clinical.diagnosis is not None
        and clinical.diagnosis != "spina_bifida"
    )


def engine_design(case: Case) -> tuple[str | None, str, tuple[Reason, ...]]:
    """The engine's own design, the line that matched and its reasons. A stop is line 1 and decided before."""
    if case.clinical.ambulant is False:
        return None, "2", (Reason("not_ambulant"),)
    reasons = tuple(declined(case))
    if reasons:
        return None, "3", reasons
    code, line, reason = _by_stance(case) or _by_ankle(case)
    return code, line, (reason,)


def _footplate(case: Case, design: str) -> tuple[str, Reason]:
    prescribed = case.prescription.footplate
    if design == "carbon_anterior":
        changed = prescribed not in ("engine", "full")
        return "full", Reason("footplate_prefabricated_not_prescribed" if changed else "footplate_prefabricated")
    if prescribed != "engine":
        return prescribed, Reason("footplate_prescribed")
    if case.limb.partial_foot != "none":
        return "full", Reason("footplate_partial_foot")
    if design in RIGID:
        return "full", Reason("footplate_rigid")
    if design != "posterior_leaf_spring":
        return "sulcus", Reason("footplate_by_design")
    if case.insensate:
        return "full", Reason("footplate_insensate")
    return "three_quarter", Reason("footplate_by_design")


def choose(case: Case, *, stopped: bool) -> DesignChoice:
    """Design and footplate of a limb: the prescriber's, else the engine's; none after a stop."""
    prescribed = case.prescription.design
    by_engine = prescribed == "engine"
    if stopped:
        return DesignChoice(None, None, "engine" if by_engine else "prescriber", "1", (Reason("stopped"),))
    code, line, reasons = engine_design(case)
    if not by_engine:
        reasons = (Reason("prescribed"), _engine_says(code, line, prescribed))
        code, rule = prescribed, None
    else:
        rule = line
    if code is None:
        return DesignChoice(None, None, "engine", rule, reasons)
    footplate, why = _footplate(case, code)
    return DesignChoice(code, footplate, "engine" if by_engine else "prescriber", rule, (*reasons, why))


def _engine_says(code: str | None, line: str, prescribed: str) -> Reason:
    if code == prescribed:
        return Reason("engine_agrees", {"line": line})
    if code is None:
        return Reason("engine_declines", {"line": line})
    return Reason("engine_differs", {"design": code, "line": line})
