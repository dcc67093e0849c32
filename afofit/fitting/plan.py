"""fit(): the whole calculation, read top to bottom."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TypeVar

from afofit import __version__
from afofit.fitting import alignment as angle
from afofit.fitting import dimensions as brace
from afofit.fitting import findings, findings_brace, shoe_fit, stock
from afofit.fitting.case import PREFABRICATED, RIGID, Case
from afofit.fitting.chart import Chart
from afofit.fitting.chart_file import built_in
from afofit.fitting.design import choose
from afofit.fitting.growth import growth_finding
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.override import Chosen, NotOverridable, Overridden, Override, by_dimension, replace_value
from afofit.fitting.protocol import Protocol, default
from afofit.fitting.request import Limb, Request
from afofit.fitting.result import DesignChoice, Fitting, LimbFitting, Reason, ShoeFit, Stock, Verdict, WearPlan
from afofit.fitting.stand_ins import MEASURED, ON_OTHER_FOOT, ON_SHOE, WEIGHED, measured_values
from afofit.fitting.values import EPSILON, SIDES, Finding, Known, Rule, Side, Source, Value

T = TypeVar("T")
PRESCRIBED = Source("prescribed", "B", "manual")
MEASURED_NAMES = tuple(measurement.quantity for measurement in MEASUREMENTS)
SEVERITIES = ("stop", "caution", "advice")
PRESCRIBABLE = (
    "liner_thickness_mm",
    "sock_thickness_mm",
    "growth_allowance_mm",
    "target_shank_angle_deg",
    "dorsal_pad_mm",
)


def fit(
    request: Request,
    *,
    today: date,
    protocol: Protocol | None = None,
    overrides: Sequence[Override] = (),
    charts: Sequence[Chart] | None = None,
) -> Fitting:
    """The fit of one or both limbs, from checked measurements; ``today`` dates the review of a child.

    An override replaces its dimension, and later rules build on the chosen value. Raises NotOverridable where the
    leg has no such dimension, or the value lies too far from the computed one. ``charts`` are the ready-made braces
    to hold against each limb; those that come with the program where none are given.
    """
    protocol = protocol or default()
    charts = built_in() if charts is None else charts
    limbs: dict[Side, LimbFitting] = {}
    for side in SIDES:
        chosen = by_dimension(overrides, side)
        if side in request.limbs:
            limbs[side] = _fit_limb(request, request.limbs[side], protocol, today, chosen, charts)
        _all_used(side, chosen, limbs.get(side))
    return Fitting(
        request=request,
        limbs=limbs,
        pair=shoe_fit.pair(request.patient, protocol, limbs.get("left"), limbs.get("right")),
        protocol_name=protocol.name,
        protocol_version=protocol.version,
        engine_version=__version__,
        computed_on=today,
        wear=protocol.wear,
    )


def _all_used(side: Side, chosen: Chosen, fitted: LimbFitting | None) -> None:
    """Nothing that was chosen is dropped in silence."""
    for name in chosen:
        if fitted is None or name not in fitted.overridden:
            raise NotOverridable(side, name)


def _fit_limb(
    request: Request, limb: Limb, protocol: Protocol, today: date, chosen: Chosen, charts: Sequence[Chart]
) -> LimbFitting:
    other = request.limbs.get("left" if limb.side == "right" else "right")
    if not limb.braced:
        return _fit_unbraced(request, limb, other, protocol)
    case = Case(request.patient, limb, other, protocol)
    stops = tuple(findings.stops(case))
    choice = choose(case, stopped=any(finding.severity == "stop" for finding in stops))
    about_limb = (*stops, *findings.of_limb(case), *findings.of_choice(choice), *findings.of_side(case))
    if choice.code is None or choice.footplate is None:
        return _without_brace(case, choice, about_limb, today)
    known = _known(case, choice.code)
    dimensions, overridden = _dimensions(case, choice, known, chosen)
    withheld: tuple[str, ...] = ()
    if choice.code == "solid":
        withheld = findings_brace.build_up_withheld(case, _highest_build_up(dimensions, overridden))
        if withheld:
            for held in (dimensions, known, overridden):
                held.pop("heel_build_up_mm", None)
    shoe = shoe_fit.braced_fit(case, choice.code, choice.footplate, known)
    found = (
        *about_limb,
        *findings_brace.of_brace(case, choice.code, dimensions, shoe),
        *((findings_brace.withheld_finding(case, withheld),) if withheld else ()),
        *_closing(case, _missing(case, choice, known), today, full_plate=choice.footplate == "full"),
    )
    return LimbFitting(
        limb=limb,
        verdict=_verdict(found),
        design=choice,
        findings=_sorted(found),
        dimensions=dimensions,
        shoe=shoe,
        wear_plan=wear_plan(case),
        sole_thickness_mm=_sole(choice.code, known),
        measured={name: known[name] for name in MEASURED_NAMES if name in known},
        overridden=overridden,
        stock=_stock(case, found, dimensions, shoe, charts),
    )


def _stock(
    case: Case, found: Sequence[Finding], dimensions: Known, shoe: ShoeFit | None, charts: Sequence[Chart]
) -> tuple[Stock, ...]:
    against = speaking_against(case, found, {chart.product.design for chart in charts})
    one = stock.person(case.limb, case.patient.weight_kg, dimensions, shoe)
    return stock.matches(one, charts, against)


def speaking_against(case: Case, found: Sequence[Finding], designs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Of each design of a ready-made brace the codes of the findings that speak against it on this limb."""
    codes = {finding.code for finding in found}
    general = tuple(code for code in stock.AGAINST_ANY if code in codes)
    return {design: (*general, *findings_brace.against(case, design)) for design in designs}


def _highest_build_up(dimensions: Known, overridden: dict[str, Overridden]) -> float | None:
    """The build-up (mm) that decides on withholding: the higher of the computed and the chosen one."""
    name = "heel_build_up_mm"
    if name not in dimensions:
        return None
    given = dimensions[name].magnitude
    return max(given, overridden[name].computed.magnitude) if name in overridden else given


def _fit_unbraced(request: Request, limb: Limb, other: Limb | None, protocol: Protocol) -> LimbFitting:
    apart = findings.of_sides(limb, other, protocol)
    found = (apart,) if apart else ()
    fit = shoe_fit.bare_fit(
        request.patient, limb, limb.measurements["foot_length"], limb.measurements["forefoot_width"]
    )
    choice = DesignChoice(None, None, "prescriber", None, (Reason("not_braced"),))
    measured = measured_values(limb, {})
    return LimbFitting(limb, _verdict(found), choice, found, shoe=fit, measured=measured)


def _without_brace(case: Case, choice: DesignChoice, found: tuple[Finding, ...], today: date) -> LimbFitting:
    found = (*found, *_closing(case, (), today, full_plate=False))
    measured = measured_values(case.limb, {})
    return LimbFitting(case.limb, _verdict(found), choice, _sorted(found), measured=measured)


def _closing(case: Case, missing: tuple[str, ...], today: date, *, full_plate: bool) -> Iterator[Finding]:
    for finding in (
        findings.of_sides(case.limb, case.other, case.protocol),
        findings.not_assessed(case, missing),
        growth_finding(case, today=today, full_plate=full_plate),
    ):
        if finding:
            yield finding


def _verdict(found: tuple[Finding, ...]) -> Verdict:
    severities = {finding.severity for finding in found}
    return "stop" if "stop" in severities else "review" if "caution" in severities else "no_flags"


def _sorted(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: SEVERITIES.index(finding.severity)))


def _known(case: Case, design: str) -> Known:
    """Parameters of the protocol, measurements and prescription of a limb, by name."""
    known = dict(
        case.protocol.known(
            design=design,
            age="child" if case.patient.is_child else "adult",
            edge="lowered" if case.edge_lowered else "standard",
            diagnosis=case.clinical.diagnosis,
            heavy=case.patient.weight_kg >= case.protocol.number("calf_strap_heavy_kg") - EPSILON,
        )
    )
    if case.insensate and design == "posterior_leaf_spring":
        known["liner_thickness_mm"] = known["insensate_liner_thickness_mm"]._replace(name="liner_thickness_mm")
    known.update(measured_values(case.limb, known))
    known["weight_kg"] = Value("weight_kg", case.patient.weight_kg, WEIGHED)
    for name in PRESCRIBABLE:
        prescribed = getattr(case.prescription, name)
        if prescribed is not None:
            known[name] = Value(name, prescribed, PRESCRIBED)
    if case.shoe_foot_length_mm is not None:
        taken = MEASURED if case.limb.partial_foot == "none" else ON_OTHER_FOOT
        known["shoe_foot_length_mm"] = Value("shoe_foot_length_mm", case.shoe_foot_length_mm, taken)
    shoe = case.limb.shoe
    if shoe.heel_sole_differential_mm is not None:
        name = "heel_sole_differential_mm"
        known[name] = Value(name, shoe.heel_sole_differential_mm, ON_SHOE)
    if shoe.base_length_mm is not None:
        known["measured_base_length_mm"] = Value("measured_base_length_mm", shoe.base_length_mm, ON_SHOE)
    return known


def _thickness(case: Case, design: str, known: Known) -> Value | None:
    """Shell thickness (mm): prescribed, else by design and weight; of a carbon plate its own; None past the table."""
    prescribed = case.prescription.shell_thickness_mm
    if prescribed is None and design == PREFABRICATED:
        return known["carbon_plate_thickness_mm"]._replace(name="shell_thickness_mm")
    if prescribed is not None:
        value = Value("prescribed_shell_thickness_mm", prescribed, PRESCRIBED)
        return brace.prescribed_thickness_mm.apply({value.name: value})
    table = case.protocol.thickness.look_up(design, case.patient.weight_kg)
    if table is None:
        return None
    steps = Value("thickness_steps", findings_brace.thickness_steps(case, design), brace.SHEET)
    return brace.sheet_thickness_mm.apply({"table_thickness_mm": table, "thickness_steps": steps})


def _most(dimension: str, known: Known) -> float:
    """What may be chosen at the most: no brace holds the ankle beyond what the ankle was measured to allow."""
    if dimension != "ankle_angle_deg":
        return math.inf
    return known["dorsiflexion_knee_extended_deg"].magnitude


def _dimensions(
    case: Case, choice: DesignChoice, known: Known, chosen: Chosen
) -> tuple[dict[str, Value], dict[str, Overridden]]:
    """Every dimension of the design whose inputs are known, in the order of the declaration; and what was replaced.

    What is worked out, or chosen instead, joins ``known``, so that later rules and the shoe can build on it.
    """
    design, footplate = choice.code or "", choice.footplate or ""
    found: dict[str, Value] = {}
    replaced: dict[str, Overridden] = {}

    def settle(value: Value) -> None:
        override = chosen.get(value.name)
        if override is not None:
            replaced[value.name] = Overridden(value, override)
            value = replace_value(value, override, most=_most(value.name, known))
        found[value.name] = known[value.name] = value

    thickness = _thickness(case, design, known)
    if thickness is not None and design == PREFABRICATED:
        known["shell_thickness_mm"] = thickness
    elif thickness is not None:
        settle(thickness)
    swing = design == "posterior_leaf_spring" and case.clinical.ashworth in ("0", "1")
    measured_base = "measured_base_length_mm" in known
    for rule in rules_of(design, footplate, child=case.patient.is_child, swing=swing, measured_base=measured_base):
        value = rule.apply(known)
        if value is not None:
            settle(value)
    if "proximal_trim_height_mm" in replaced and "proximal_trim_offset_mm" not in replaced:
        below = brace.chosen_edge_offset_mm.apply(known)
        if below is not None:
            settle(below)
    return _in_order(found), _in_order(replaced)


def _in_order(by_name: Mapping[str, T]) -> dict[str, T]:
    return {name: by_name[name] for name in brace.BY_NAME if name in by_name}


@cache
def rules_of(design: str, footplate: str, *, child: bool, swing: bool, measured_base: bool) -> tuple[Rule, ...]:
    """The rules of a design in the order in which they build on each other."""
    base = angle.measured_base_mm if measured_base else angle.estimated_base_mm
    rules = [*_footplate_rules(footplate, child=child), brace.footplate_width_mm]
    rules += [angle.ankle_angle_deg, base, angle.shoe_pitch_deg]
    if design == PREFABRICATED:
        return tuple(rules)
    rules += [
        brace.proximal_trim_offset_mm,
        brace.proximal_trim_height_mm,
        brace.calf_shell_girth_mm,
        brace.calf_shell_arc_mm,
        brace.ankle_shell_girth_mm,
        brace.heel_seat_width_mm,
        brace.overall_height_mm,
    ]
    rules += _edge_rules(design)
    if design != "ground_reaction":
        rules += [
            brace.posterior_edge_height_mm,
            brace.calf_opening_mm,
            brace.calf_strap_height_mm,
            brace.calf_strap_length_mm,
            brace.calf_strap_width_mm,
        ]
    if design in RIGID:
        rules += [angle.shank_to_vertical_angle_deg, angle.heel_sole_differential_needed_mm]
    if design == "solid":
        rules.append(angle.heel_build_up_mm)
    if swing:
        rules += [brace.swing_moment_nm, brace.minimum_stiffness_nm_per_deg]
    rules += [
        brace.fibular_relief_mm,
        brace.proximal_flare_radius_mm,
        brace.fifth_metatarsal_base_relief_mm,
        brace.navicular_relief_mm,
        brace.achilles_relief_mm,
    ]
    return tuple(rules)


def _edge_rules(design: str) -> list[Rule]:
    if design == "posterior_leaf_spring":
        return [brace.ankle_trim_offset_mm, brace.leaf_width_mm]
    ankle = brace.joint_axis_height_mm if design == "hinged" else brace.ankle_trim_offset_mm
    return [
        brace.lateral_malleolus_relief_mm,
        brace.medial_malleolus_relief_mm,
        brace.malleolar_inner_width_mm,
        brace.instep_strap_angle_deg,
        ankle,
    ]


def _footplate_rules(footplate: str, *, child: bool) -> list[Rule]:
    if footplate == "three_quarter":
        return [brace.three_quarter_length_medial_mm, brace.three_quarter_length_lateral_mm]
    if footplate == "sulcus":
        return [brace.sulcus_length_medial_mm, brace.sulcus_length_lateral_mm]
    return [brace.full_length_child_mm if child else brace.full_length_mm]


def _missing(case: Case, choice: DesignChoice, known: Known) -> tuple[str, ...]:
    """Inputs that a dimension of the design lacks, by field name."""
    lacking = (
        ("heel_sole_differential", "heel_sole_differential_mm" not in known),
        (
            "medial_malleolus_tip_height",
            choice.code == "hinged" and "medial_malleolus_tip_height_mm" not in known,
        ),
        ("shell_thickness", "shell_thickness_mm" not in known),
        ("foot_length", case.shoe_foot_length_mm is None),
    )
    return tuple(name for name, lacks in lacking if lacks)


def _sole(design: str, known: Known) -> float | None:
    """Shell and liner under the heel (mm)."""
    if design == PREFABRICATED or "shell_thickness_mm" not in known:
        return None
    return known["shell_thickness_mm"].magnitude + known["liner_thickness_mm"].magnitude


def wear_plan(case: Case) -> WearPlan:
    """Slow where the skin cannot speak up or heals badly, else normal."""
    clinical = case.clinical
    slow = (
        case.insensate
        or clinical.skin != "intact"
        or clinical.circulation != "normal"
        or clinical.oedema in ("stable", "fluctuating")
        or clinical.diagnosis == "diabetic_neuropathy"
    )
    return "slow" if slow else "normal"
