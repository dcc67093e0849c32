"""Each finding appears where the contract says and does not appear just beside its border."""

import math
from typing import Any, NamedTuple

import pytest

from afofit.fitting.values import Finding
from tests.fitting.people import GONE, MAN_LEG, Change, document, leg, severities

Ask = dict[str, Any]


class Border(NamedTuple):
    """A finding, a request that has it and one just beside that has not."""

    code: str
    severity: str
    on: Ask
    beside: Ask


def clinical(**fields: object) -> Ask:
    return {"clinical": fields}


def extended(degrees: float, **prescription: object) -> Ask:
    return {"limb": {"dorsiflexion_knee_extended": degrees}, "prescription": prescription}


def asked(design: str, *, limb: Change | None = None, **fields: object) -> Ask:
    return {"prescription": {"design": design}, "clinical": fields, "limb": limb or {}}


def aged(years: float, **prescription: object) -> Ask:
    """A child of about the size of the age, far enough inside every limit."""
    body = {"age_years": years, "height": GONE, "weight": 26 if years < 18 else 60}
    return {"patient": body, "child": years < 18, "prescription": prescription}


def ranges(straight: float, bent: float) -> Ask:
    return {"limb": {"dorsiflexion_knee_extended": straight, "dorsiflexion_knee_flexed": bent}}


def calves(braced: float, other: float, diagnosis: str = "stroke") -> Ask:
    fields = {"diagnosis": diagnosis}
    return {"clinical": fields, "limb": {"calf_circumference": braced}, "other": {"calf_circumference": other}}


def shoe(**fields: object) -> Ask:
    return {"shoe": fields}


def solid(**fields: object) -> Ask:
    return {"prescription": {"design": "solid"}, "clinical": fields}


NEEDED = 0.535 * 270 * math.tan(math.radians(11))
"""Differential (mm) that a foot of 270 mm needs for 11 degrees with the ankle at the right angle: 28.078."""


def solid_heel(differential: float, straight: float = 8, target: float = 11) -> Ask:
    prescription = {"design": "solid", "target_shank_angle": target}
    limb = {"dorsiflexion_knee_extended": straight}
    return {"shoe": {"heel_sole_differential": differential}, "prescription": prescription, "limb": limb}


def full_plate(shell: float, liner: float) -> Ask:
    """A man's shoe grows by shell + liner; his plate asks for 3 + shell + liner + 5 − 15, which is less."""
    design = {"design": "solid", "footplate": "full", "shell_thickness": shell, "liner_thickness": liner}
    return {"prescription": design}


BORDERS = [
    *(
        Border("urgent_referral", "stop", clinical(urgent_signs=[sign]), clinical(urgent_signs=[]))
        for sign in ("calf_pain_swelling", "new_back_pain_with_foot_drop", "saddle_numbness", "bladder_bowel_change")
    ),
    *(
        Border("urgent_referral", "stop", clinical(urgent_signs=[sign]), clinical(urgent_signs="unknown"))
        for sign in ("recent_trauma", "rapidly_progressive_weakness", "hot_swollen_foot")
    ),
    Border("open_wound", "stop", clinical(skin="wound"), clinical(skin="fragile")),
    Border("open_wound", "stop", clinical(skin="wound"), clinical(skin="unknown")),
    Border("critical_circulation", "stop", clinical(circulation="critical"), clinical(circulation="reduced")),
    Border("severe_equinus", "stop", extended(-20.01), extended(-20)),
    Border("hinge_needs_range", "stop", extended(-0.01, design="hinged"), extended(0, design="hinged")),
    Border("hinge_needs_range", "caution", extended(0, design="hinged"), extended(5, design="hinged")),
    Border("hinge_needs_range", "caution", extended(4.99, design="hinged"), extended(4.99, design="solid")),
    Border("neutral_not_attainable", "caution", extended(-5.01), extended(-5)),
    Border("neutral_borderline", "caution", extended(-5), extended(-5.01)),
    Border("neutral_borderline", "caution", extended(-0.01), extended(0)),
    Border("gastrocnemius_tightness", "caution", ranges(2, 12), ranges(2, 11.99)),
    Border("gastrocnemius_tightness", "caution", ranges(-1, 0), ranges(-1, -0.01)),
    Border("gastrocnemius_tightness", "caution", ranges(-0.01, 5), ranges(0, 5)),
    Border("positioning_device", "caution", clinical(ambulant=False), clinical(ambulant="unknown")),
    Border("positioning_device", "caution", asked("solid", ambulant=False), asked("solid")),
    Border("no_engine_design", "caution", clinical(quadriceps_grade=2), clinical(quadriceps_grade=3)),
    Border("no_engine_design", "caution", clinical(ashworth="4"), asked("solid", ashworth="4")),
    Border("no_engine_design", "caution", clinical(ashworth="4"), clinical(ashworth="4", ambulant=False)),
    Border("no_engine_design", "caution", clinical(ashworth="4"), clinical(ashworth="4", skin="wound")),
    Border("contracture", "caution", clinical(knee_flexion_contracture=10.01), clinical(knee_flexion_contracture=10)),
    Border("muscular_dystrophy", "caution", clinical(diagnosis="muscular_dystrophy"), clinical(diagnosis="als")),
    Border(
        "muscular_dystrophy",
        "caution",
        clinical(diagnosis="muscular_dystrophy"),
        clinical(diagnosis="muscular_dystrophy", ambulant=False),
    ),
    *(
        Border("insensate", "caution", clinical(sensation=value), clinical(sensation="normal"))
        for value in ("reduced", "absent", "unknown", GONE)
    ),
    Border(
        "liner_recommended",
        "caution",
        {**clinical(sensation="reduced"), "prescription": {"liner_thickness": 0}},
        {**clinical(sensation="reduced"), "prescription": {"liner_thickness": 0.5}},
    ),
    Border(
        "liner_recommended",
        "caution",
        {**clinical(sensation="unknown"), "prescription": {"liner_thickness": 0}},
        {"prescription": {"liner_thickness": 0}},
    ),
    Border("oedema", "caution", clinical(oedema="stable"), clinical(oedema="none")),
    Border("oedema", "caution", clinical(oedema="fluctuating"), clinical(oedema="unknown")),
    Border("spasticity", "caution", clinical(ashworth="2"), clinical(ashworth="1+")),
    Border("severe_spasticity", "caution", clinical(ashworth="3"), clinical(ashworth="2")),
    Border("fragile_skin", "caution", clinical(skin="fragile"), clinical(skin="intact")),
    Border("reduced_circulation", "caution", clinical(circulation="reduced"), clinical(circulation="normal")),
    Border("weak_quadriceps", "caution", clinical(quadriceps_grade=2), clinical(quadriceps_grade=3)),
    Border("weak_quadriceps", "caution", solid(quadriceps_grade=2), solid(quadriceps_grade="unknown")),
    Border(
        "fixed_deformity",
        "caution",
        clinical(mediolateral_instability="fixed"),
        clinical(mediolateral_instability="flexible"),
    ),
    Border(
        "direction_unknown",
        "caution",
        clinical(mediolateral_instability="flexible"),
        clinical(mediolateral_instability="flexible", deformity_direction="varus"),
    ),
    Border(
        "direction_unknown",
        "caution",
        clinical(mediolateral_instability="fixed", deformity_direction="unknown"),
        clinical(mediolateral_instability="none"),
    ),
    *(
        Border(
            "leaf_spring_mismatch",
            "caution",
            asked("posterior_leaf_spring", **on),
            asked("posterior_leaf_spring", **off),
        )
        for on, off in (
            ({"ashworth": "1+"}, {"ashworth": "1"}),
            ({"mediolateral_instability": "flexible"}, {"mediolateral_instability": "unknown"}),
            ({"mediolateral_instability": "fixed"}, {"mediolateral_instability": "none"}),
            ({"knee": "hyperextension"}, {"knee": "stable"}),
            ({"knee": "crouch"}, {"knee": "unknown"}),
            ({"plantarflexor_grade": 3}, {"plantarflexor_grade": 4}),
            ({"limb": {"dorsiflexion_knee_extended": -0.01}}, {"limb": {"dorsiflexion_knee_extended": 0}}),
        )
    ),
    *(
        Border("hinge_mismatch", "caution", asked("hinged", **on), asked("hinged", **off))
        for on, off in (
            ({"ashworth": "2"}, {"ashworth": "1+"}),
            ({"mediolateral_instability": "flexible"}, {"mediolateral_instability": "none"}),
            ({"knee": "crouch"}, {"knee": "hyperextension"}),
            ({"plantarflexor_grade": 3}, {"plantarflexor_grade": 4}),
            ({"diagnosis": "spina_bifida"}, {"diagnosis": "cerebral_palsy"}),
        )
    ),
    *(
        Border("carbon_mismatch", "caution", asked("carbon_anterior", **on), asked("carbon_anterior", **off))
        for on, off in (
            ({"ashworth": "2"}, {"ashworth": "1+"}),
            ({"mediolateral_instability": "flexible"}, {"mediolateral_instability": "none"}),
            ({"knee": "hyperextension"}, {"knee": "stable"}),
            ({"skin": "fragile"}, {"skin": "unknown"}),
            ({"sensation": "reduced"}, {"sensation": "normal"}),
            ({"sensation": "unknown"}, {"plantarflexor_grade": 3}),
            ({"limb": {"dorsiflexion_knee_extended": -0.01}}, {"limb": {"dorsiflexion_knee_extended": 0}}),
        )
    ),
    Border("over_weight_limit", "caution", {"patient": {"weight": 120}}, {"patient": {"weight": 119.9}}),
    Border(
        "thickness_capped",
        "caution",
        {"patient": {"weight": 100}, **solid(ashworth="2")},
        {"patient": {"weight": 99.9}, **solid(ashworth="2")},
    ),
    Border(
        "thickness_capped",
        "caution",
        {"patient": {"weight": 110}, **solid(activity="high")},
        {"patient": {"weight": 110}, **solid()},
    ),
    Border(
        "thickness_capped",
        "caution",
        {"patient": {"weight": 110}, **solid(knee="hyperextension")},
        {"patient": {"weight": 110}, **asked("posterior_leaf_spring", knee="hyperextension")},
    ),
    Border("edge_on_malleolus", "advice", asked("semi_solid"), asked("solid")),
    Border("anterior_shell_not_computed", "caution", asked("ground_reaction"), asked("solid")),
    Border("heel_build_up_withheld", "caution", solid(quadriceps_grade=3), solid(quadriceps_grade=4)),
    Border("heel_build_up_withheld", "caution", solid(quadriceps_grade=GONE), asked("hinged", quadriceps_grade=GONE)),
    Border("heel_build_up_withheld", "caution", solid(knee="crouch"), solid(knee="unknown")),
    Border(
        "heel_build_up_withheld",
        "caution",
        solid(knee_flexion_contracture=10.01),
        solid(knee_flexion_contracture=10),
    ),
    Border(
        "heel_build_up_withheld",
        "caution",
        {**solid(), **shoe(heel_sole_differential=GONE)},
        {**solid(), **shoe(heel_sole_differential=0)},
    ),
    # −20 degrees and a target of 11: 144.45 · tan 31° = 86.794 mm needed
    Border("heel_build_up_withheld", "caution", solid_heel(26.7, -20), solid_heel(26.9, -20)),
    Border("heel_build_up_trial", "advice", solid_heel(NEEDED - 0.01), solid_heel(NEEDED + 0.01)),
    Border("large_heel_build_up", "caution", solid_heel(NEEDED - 20.01), solid_heel(NEEDED - 19.99)),
    Border("large_heel_build_up", "caution", solid_heel(26.9, -20), solid_heel(26.7, -20)),
    Border("heel_too_high", "caution", solid_heel(NEEDED + 5.01), solid_heel(NEEDED + 4.99)),
    Border("size_increase_large", "caution", full_plate(8, 5.01), full_plate(8, 5)),
    Border("size_increase_near_limit", "advice", full_plate(8, 5), full_plate(8, 5.01)),
    Border("size_increase_near_limit", "advice", full_plate(8, 4), full_plate(8, 3.99)),
    # not more than 3 degrees less with the knee bent
    Border("measurement_unusual", "caution", ranges(8, 4.99), ranges(8, 5)),
    Border("measurement_unusual", "caution", {"limb": {"toe_out": 15.01}}, {"limb": {"toe_out": 15}}),
    Border("measurement_unusual", "caution", {"limb": {"toe_out": -0.01}}, {"limb": {"toe_out": 0}}),
    # of the mean: 388 and 365.4 are 6.0 % of 376.7 apart
    Border("sides_differ", "caution", calves(388, 365.3, "other"), calves(388, 365.5, "other")),
    Border(
        "sides_differ",
        "caution",
        {"other": {"ankle_circumference": 214.5}},
        {"other": {"ankle_circumference": 214.9}},
    ),
    Border("sides_differ", "caution", {"other": {"foot_length": 278.1}}, {"other": {"foot_length": 278}}),
    Border(
        "sides_differ",
        "caution",
        {"other": {"fibular_head_height": 465.1}},
        {"other": {"fibular_head_height": 465}},
    ),
    *(
        Border("side_check", "caution", calves(388, 360, diagnosis), calves(388, 368, diagnosis))
        for diagnosis in ("stroke", "peroneal_nerve_injury", "lumbar_radiculopathy")
    ),
    Border("side_check", "caution", calves(388, 360), calves(388, 360, "multiple_sclerosis")),
    Border("side_check", "caution", calves(388, 360), calves(360, 388)),
    Border("side_check", "caution", clinical(affected_sides=["left"]), clinical(affected_sides=["right"])),
    Border("side_check", "caution", clinical(affected_sides=["left"]), clinical(affected_sides=["left", "right"])),
    Border("side_check", "caution", clinical(affected_sides=["left"]), clinical(affected_sides="unknown")),
    Border("seated_foot", "caution", {"limb": {"foot_loading": "seated"}}, {"limb": {"foot_loading": "standing"}}),
    *(
        Border("partial_foot", "caution", {"limb": {"partial_foot": kind}}, {"limb": {"partial_foot": "none"}})
        for kind in ("toes", "transmetatarsal", "more")
    ),
    Border("very_young", "caution", aged(2.99), aged(3)),
    Border("growth", "advice", aged(17.99), aged(18)),
    Border(
        "estimated_input",
        "advice",
        {"limb": {"lateral_ball_length": GONE}},
        {"limb": {"lateral_ball_length": GONE}, "prescription": {"footplate": "full"}},
    ),
    Border(
        "estimated_input",
        "advice",
        {"limb": {"fibular_head_height": GONE, "fibular_neck_height": 435}},
        {"limb": {"fibular_neck_height": 435}},
    ),
    Border(
        "activity_review",
        "advice",
        asked("posterior_leaf_spring", activity="high"),
        asked("posterior_leaf_spring", activity="moderate"),
    ),
    Border("activity_review", "advice", clinical(activity="high"), asked("solid", activity="high")),
]

REPEAT_LIMITS = {
    # reference 7.4: the spread of two readings that asks for a third
    **dict.fromkeys(("foot_length", "ball_length", "lateral_ball_length", "heel_width"), 3),
    **dict.fromkeys(("forefoot_width", "malleolar_width"), 2),
    **dict.fromkeys(("fibular_head_height", "medial_malleolus_tip_height"), 4),
    **{"ankle_circumference": 5, "calf_circumference": 6, "dorsiflexion_knee_extended": 5},
}


def readings(name: str, spread: float) -> Ask:
    middle = MAN_LEG[name]
    return {"limb": {name: {"readings": [middle - spread / 2, middle + spread / 2]}}}


BORDERS += [
    Border("reading_spread", "caution", readings(name, limit + 0.02), readings(name, limit))
    for name, limit in REPEAT_LIMITS.items()
]


def names(border: Border) -> str:
    return border.code


@pytest.mark.parametrize("border", BORDERS, ids=names)
def test_finding_at_its_border(border: Border) -> None:
    assert severities(leg(document(**border.on))).get(border.code) == border.severity
    assert severities(leg(document(**border.beside))).get(border.code) != border.severity


def finding(ask: Ask, code: str) -> Finding:
    return next(one for one in leg(document(**ask)).findings if one.code == code)


def test_only_two_signs_can_be_cleared() -> None:
    cleared = [{"code": "recent_trauma", "by": "Dr. A. Example", "date": "2026-11-20", "note": "X-ray clear"}]
    one = {"urgent_signs": ["recent_trauma"], "cleared": cleared}
    assert severities(leg(document(clinical=one)))["urgent_referral"] == "caution"
    both = {"urgent_signs": ["recent_trauma", "saddle_numbness"], "cleared": cleared}
    assert severities(leg(document(clinical=both)))["urgent_referral"] == "stop"


ASKED = ["urgent_signs", "ashworth", "sensation", "oedema", "skin", "circulation", "mediolateral_instability"]
ASKED += ["knee", "quadriceps_grade", "plantarflexor_grade", "ambulant", "diagnosis"]


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("value", [GONE, "unknown"], ids=["left-out", "unknown"])
def test_what_was_not_assessed_is_named(name: str, value: object) -> None:
    """None of these is unknown in the healthy document, so that just this one is named."""
    assert "not_assessed" not in severities(leg(document()))
    assert finding(clinical(**{name: value}), "not_assessed").about == (name,)


def test_contracture_is_asked_in_crouch_only() -> None:
    crouched = solid(knee="crouch", knee_flexion_contracture=GONE)
    assert finding(crouched, "not_assessed").about == ("knee_flexion_contracture",)
    assert "not_assessed" not in severities(leg(document(**solid(knee_flexion_contracture=GONE))))


MISSING: list[tuple[Ask, str, Ask]] = [
    (shoe(heel_sole_differential=GONE), "heel_sole_differential", shoe(heel_sole_differential=0)),
    (
        asked("hinged", limb={"medial_malleolus_tip_height": GONE}),
        "medial_malleolus_tip_height",
        asked("solid", limb={"medial_malleolus_tip_height": GONE}),
    ),
    (
        {"patient": {"weight": 120}, "prescription": {"design": "solid"}},
        "shell_thickness",
        {"patient": {"weight": 120}, "prescription": {"design": "solid", "shell_thickness": 6}},
    ),
    (
        {"limb": {"partial_foot": "toes"}},
        "foot_length",
        {"limb": {"partial_foot": "toes"}, "other": {"braced": False}},
    ),
]


@pytest.mark.parametrize(("ask", "name", "beside"), MISSING, ids=[name for _, name, _ in MISSING])
def test_an_input_missing_for_a_dimension_is_named(ask: Ask, name: str, beside: Ask) -> None:
    assert any(name in about for about in finding(ask, "not_assessed").about)
    assert "not_assessed" not in severities(leg(document(**beside)))


OF_A_DESIGN = {
    *("leaf_spring_mismatch", "hinge_mismatch", "carbon_mismatch", "nerve_crossing", "edge_on_malleolus"),
    *("anterior_shell_not_computed", "thickness_capped", "heel_build_up_withheld", "heel_build_up_trial"),
    *("large_heel_build_up", "heel_too_high", "liner_recommended", "size_increase_large"),
    *("size_increase_near_limit", "estimated_input"),
}
FULL_OF_FINDINGS: Change = {"ashworth": "4", "sensation": "absent", "knee": "hyperextension", "activity": "high"}


@pytest.mark.parametrize(
    "design", ["engine", "posterior_leaf_spring", "semi_solid", "solid", "hinged", "ground_reaction"]
)
def test_without_a_design_nothing_speaks_of_one(design: str) -> None:
    ask: Ask = {"limb": {"lateral_ball_length": GONE, "dorsiflexion_knee_extended": -3}, "patient": {"weight": 110}}
    fields = FULL_OF_FINDINGS if design == "engine" else FULL_OF_FINDINGS | {"skin": "wound"}
    limb = leg(document(clinical=fields, prescription={"design": design, "liner_thickness": 0}, **ask))
    found = set(severities(limb))
    assert limb.design.code is None
    assert not found & OF_A_DESIGN
    assert ("hinge_needs_range" in found) == (design == "hinged")
    assert found >= {"insensate", "neutral_borderline", "spasticity", "severe_spasticity"}
