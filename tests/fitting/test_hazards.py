"""The controls of the hazard log that lie in the fitting itself, over designs, ranges and pairs of fields."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import combinations, product
from statistics import median
from typing import Any

import pytest

from afofit.fitting.plan import fit
from afofit.fitting.request import Clearance, Clinical, Limb, Prescription
from afofit.fitting.result import LimbFitting
from afofit.schemas.problems import Refused
from afofit.words.findings import message
from tests.fitting.oracle import URGENT_SIGNS, build_up_withheld, expected
from tests.fitting.people import (
    CLINICAL,
    GONE,
    LIMB,
    PATIENT,
    TODAY,
    answered,
    document,
    fitted,
    leg,
    measured,
    numbers,
    one_leg,
    request_of,
    severities,
)

DESIGNS = ("engine", "posterior_leaf_spring", "semi_solid", "solid", "hinged", "ground_reaction", "carbon_anterior")


def fit_leg(limb: Limb, **patient: Any) -> LimbFitting:
    return fit(one_leg(replace(PATIENT, **patient), limb), today=TODAY).limbs[limb.side]


@pytest.mark.hazard("H05")
@pytest.mark.parametrize("design", DESIGNS)
def test_no_design_holds_the_ankle_past_its_range(design: str) -> None:
    for tenths in range(-600, 451, 5):
        degrees = tenths / 10
        found = fit_leg(
            replace(measured(LIMB, dorsiflexion_knee_extended=degrees), prescription=Prescription(design=design))
        )
        codes = severities(found)
        if degrees < -20 or (design == "hinged" and degrees < 0):
            assert (found.verdict, found.design.code, found.dimensions) == ("stop", None, {})
            continue
        assert numbers(found)["ankle_angle_deg"] == min(degrees, 0)
        assert ("neutral_not_attainable" in codes) == (degrees < -5)
        assert ("neutral_borderline" in codes) == (-5 <= degrees < 0)


QUADRICEPS = (0, 1, 2, 3, 4, 5, None)
KNEES = ("stable", "hyperextension", "crouch", None)
CONTRACTURES = (0.0, 10.0, 10.5, 30.0, None)


@pytest.mark.hazard("H06")
@pytest.mark.parametrize("design", DESIGNS)
def test_no_heel_build_up_on_a_knee_that_may_buckle(design: str) -> None:
    seen = set()
    for quadriceps, knee, contracture, degrees in product(QUADRICEPS, KNEES, CONTRACTURES, (-20.0, -8.0, 0.0, 8.0)):
        clinical = replace(
            CLINICAL, knee=knee, quadriceps_grade=quadriceps, knee_flexion_contracture=contracture, ashworth="2"
        )
        limb = measured(LIMB, dorsiflexion_knee_extended=degrees)
        found = fit_leg(replace(limb, clinical=clinical, prescription=Prescription(design=design)))
        given = numbers(found)
        weak = quadriceps is None or quadriceps < 4 or knee == "crouch" or (contracture or 0) > 10
        if weak or found.design.code != "solid":
            assert "heel_build_up_mm" not in given
            assert found.shoe is None or "limb_raise_with_build_up_mm" not in found.shoe.values
        if found.design.code == "solid":
            needed = given["heel_sole_differential_needed_mm"] - 10
            assert ("heel_build_up_withheld" in severities(found)) == (weak or needed > 60)
            assert ("heel_build_up_mm" in given) == (not (weak or needed > 60))
            seen.add("heel_build_up_mm" in given)
        if design == "engine" and (quadriceps is not None and quadriceps < 3):
            assert found.design.code is None
    if design == "solid":
        assert seen == {True, False}


@pytest.mark.hazard("H07")
def test_nerve_crossing_says_how_far_the_edge_is_from_the_nerve() -> None:
    found = leg(document(clinical={"diagnosis": "peroneal_nerve_injury"}))
    crossing = next(finding for finding in found.findings if finding.code == "nerve_crossing")
    # 0.085 · 455 = 38.675, held at 38 mm below the apex
    assert numbers(found)["proximal_trim_offset_mm"] == 38
    words = message(crossing)
    assert all(word in words for word in ("38 mm", "22", "47 mm", "relief", "flare", "pressure"))
    assert numbers(found)["fibular_relief_mm"] == 5
    assert numbers(found)["proximal_flare_radius_mm"] == 5


NEAR_THE_NERVE: list[tuple[dict[str, Any], str]] = [
    ({"clinical": {"diagnosis": "peroneal_nerve_injury"}}, "caution"),
    ({"clinical": {"sensation": "unknown"}}, "caution"),
    ({"limb": {"calf_circumference": 299.9}}, "caution"),
    ({"limb": {"calf_circumference": 300}}, "advice"),
    # a child's calf is thin without being wasted
    ({"child": True}, "advice"),
    ({}, "advice"),
]


@pytest.mark.hazard("H07")
@pytest.mark.parametrize(("ask", "severity"), NEAR_THE_NERVE)
def test_every_shell_speaks_of_the_nerve(ask: dict[str, Any], severity: str) -> None:
    for design in DESIGNS:
        found = severities(leg(document(prescription={"design": design}, **ask)))
        assert found.get("nerve_crossing") == (None if design == "carbon_anterior" else severity)


TOED_OUT = {"limb": {"toe_out": 20}}
EQUINUS = {"limb": {"dorsiflexion_knee_extended": -12}}


def solid_on_heel(differential: float) -> dict[str, Any]:
    return {"shoe": {"heel_sole_differential": differential}, "prescription": {"design": "solid"}}


SPOKEN: list[tuple[str, dict[str, Any], str, bool]] = [
    ("hinge_needs_range", {**EQUINUS, "prescription": {"design": "hinged"}}, "midfoot", True),
    # 144.45 · tan 11° = 28.08 mm needed: −1.9 gives a build-up of 29.98 mm, −2 one of 30.08 mm
    ("large_heel_build_up", solid_on_heel(-1.9), "refer", False),
    ("large_heel_build_up", solid_on_heel(-2), "refer", True),
    ("measurement_unusual", TOED_OUT, "unusual", True),
    ("measurement_unusual", TOED_OUT, "wrong", False),
    ("neutral_not_attainable", EQUINUS, "12°", True),
    ("neutral_not_attainable", EQUINUS, "−12", False),
]


@pytest.mark.hazard("H04")
@pytest.mark.parametrize(("code", "ask", "word", "is_said"), SPOKEN)
def test_the_message_says_what_the_contract_asks(code: str, ask: dict[str, Any], word: str, is_said: bool) -> None:
    found = next(finding for finding in leg(document(**ask)).findings if finding.code == code)
    assert (word in message(found).lower()) == is_said, message(found)


SENSATIONS = ("normal", "reduced", "absent", None)


@pytest.mark.hazard("H08")
@pytest.mark.parametrize("sensation", SENSATIONS)
@pytest.mark.parametrize("design", DESIGNS)
def test_a_foot_that_may_not_feel_is_lined_and_worn_in_slowly(sensation: str | None, design: str) -> None:
    limb = replace(LIMB, clinical=replace(CLINICAL, sensation=sensation), prescription=Prescription(design=design))
    found = fit_leg(limb)
    insensate = sensation != "normal"
    assert found.wear_plan == ("slow" if insensate else "normal")
    assert ("insensate" in severities(found)) == insensate
    given = numbers(found)
    if insensate:
        assert found.design.footplate in ("full", "sulcus")
    if found.design.code == "posterior_leaf_spring":
        assert found.design.footplate == ("full" if insensate else "three_quarter")
    if found.design.code != "carbon_anterior":
        # heel width 72 and, where lined, 3 mm on both sides
        plain = found.design.code == "posterior_leaf_spring" and not insensate
        assert given["heel_seat_width_mm"] == (72 if plain else 78)
        assert given["proximal_trim_offset_mm"] == pytest.approx(38 if insensate else 0.065 * 455)


PLANS: list[tuple[str, str, str]] = [
    *(("skin", value, "slow") for value in ("fragile", "unknown")),
    *(("circulation", value, "slow") for value in ("reduced", "unknown")),
    *(("sensation", value, "slow") for value in ("reduced", "absent", "unknown")),
    *(("diagnosis", value, plan) for value, plan in (("diabetic_neuropathy", "slow"), ("stroke", "normal"))),
    *(("oedema", value, plan) for value, plan in (("stable", "slow"), ("none", "normal"))),
]


@pytest.mark.hazard("H08")
@pytest.mark.parametrize(("field", "value", "plan"), PLANS)
def test_wear_plan(field: str, value: str, plan: str) -> None:
    assert leg(document(clinical={field: value})).wear_plan == plan


def figures(answer: object) -> Iterator[str]:
    """Every name in an answer that carries a unit and so a computed number."""
    if isinstance(answer, dict):
        for name, value in answer.items():
            if name.endswith(("_mm", "_deg", "_nm", "_nm_per_deg")):
                yield name
            yield from figures(value)
    if isinstance(answer, list):
        for one in answer:
            yield from figures(one)


@pytest.mark.hazard("H09")
@pytest.mark.hazard("H10")
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("sign", URGENT_SIGNS)
def test_each_urgent_sign_stops_and_gives_no_number(sign: str, design: str) -> None:
    asked = document(clinical={"urgent_signs": [sign]}, prescription={"design": design})
    limb = answered(asked)["limbs"]["right"]
    assert (limb["verdict"], limb["design"]["code"]) == ("stop", None)
    assert {"code": "urgent_referral", "severity": "stop"}.items() <= limb["findings"][0].items()
    assert not limb.get("dimensions")
    assert not limb.get("shoe")
    assert not list(figures(limb))


@pytest.mark.hazard("H09")
@pytest.mark.parametrize("value", [GONE, "unknown"], ids=["left-out", "unknown"])
def test_signs_that_were_not_asked_are_named_and_not_read_as_none(value: object) -> None:
    found = leg(document(clinical={"urgent_signs": value}))
    missing = next(finding for finding in found.findings if finding.code == "not_assessed")
    assert "urgent_signs" in missing.about
    assert found.verdict == "review"


def cleared(*codes: str) -> list[dict[str, str]]:
    return [{"code": code, "by": "Dr. A. Example", "date": "2026-11-20", "note": "seen"} for code in codes]


@pytest.mark.hazard("H10")
@pytest.mark.parametrize("sign", ["recent_trauma", "new_back_pain_with_foot_drop"])
def test_a_sign_cleared_by_a_named_person_stays_as_a_caution(sign: str) -> None:
    found = leg(document(clinical={"urgent_signs": [sign], "cleared": cleared(sign)}))
    assert severities(found)["urgent_referral"] == "caution"
    assert (found.verdict, found.design.code) == ("review", "posterior_leaf_spring")


@pytest.mark.hazard("H10")
@pytest.mark.parametrize(
    "sign", [*(sign for sign in URGENT_SIGNS if sign not in ("recent_trauma", "new_back_pain_with_foot_drop")), "wound"]
)
def test_no_other_sign_and_no_wound_can_be_cleared(sign: str) -> None:
    signs = [sign] if sign in URGENT_SIGNS else []
    with pytest.raises(Refused) as refused:
        request_of(document(clinical={"urgent_signs": signs, "skin": "wound", "cleared": cleared(sign)}))
    assert any("cleared" in problem.pointer for problem in refused.value.problems)


@pytest.mark.hazard("H11")
@pytest.mark.parametrize("design", DESIGNS)
def test_swelling_that_changes_gets_no_close_shell_of_the_engine(design: str) -> None:
    for oedema in ("none", "stable", "fluctuating", None):
        limb = replace(LIMB, clinical=replace(CLINICAL, oedema=oedema), prescription=Prescription(design=design))
        found = fit_leg(limb)
        swollen = oedema in ("stable", "fluctuating")
        assert ("oedema" in severities(found)) == swollen
        if found.design.code is not None:
            assert found.wear_plan == ("slow" if swollen else "normal")
        if design == "engine":
            assert (found.design.code is None) == (oedema == "fluctuating")


OTHERS: dict[str, tuple[object, ...]] = {
    "sensation": SENSATIONS,
    "oedema": ("none", "stable", "fluctuating", None),
    "skin": ("intact", "fragile", "wound", None),
    "circulation": ("normal", "reduced", "critical", None),
    "deformity_direction": (None, "varus", "valgus"),
    "dorsiflexor_grade": (None, 0, 3, 5),
    "activity": ("low", "moderate", "high", None),
    "self_check": ("self", "carer", "nobody", None),
    "diagnosis": ("diabetic_neuropathy", "peroneal_nerve_injury", "lumbar_radiculopathy", "stroke", None),
    "affected_sides": (None, ("right",), ("left",), ("left", "right")),
    "urgent_signs": ((), ("recent_trauma",), ("saddle_numbness",), ("recent_trauma", "hot_swollen_foot"), None),
    "cleared": ((), (Clearance(code="recent_trauma", by="Dr. A. Example", date=date(2026, 11, 20)),)),
    "mediolateral_instability": ("none", "flexible", "fixed", None),
    "ashworth": ("0", "1", "1+", "2", "3", "4", None),
    "knee": KNEES,
    "knee_flexion_contracture": CONTRACTURES,
    "quadriceps_grade": QUADRICEPS,
    "plantarflexor_grade": (0, 3, 4, 5, None),
    "ambulant": (True, False, None),
}


def pairs() -> Iterator[Clinical]:
    """Every pair of values of any two clinical fields, the rest healthy; and the same, the rest unknown."""
    for one, other in combinations(OTHERS, 2):
        for values in product(OTHERS[one], OTHERS[other]):
            both: dict[str, Any] = dict(zip((one, other), values, strict=True))
            yield replace(CLINICAL, **both)
            yield replace(Clinical(), **both)


@pytest.mark.hazard("H05")
@pytest.mark.hazard("H06")
@pytest.mark.hazard("H08")
@pytest.mark.hazard("H09")
@pytest.mark.hazard("H10")
@pytest.mark.hazard("H11")
@pytest.mark.parametrize("design", DESIGNS)
def test_every_pair_of_clinical_fields_obeys_the_contract(design: str) -> None:
    for place, clinical in enumerate(pairs()):
        limb = measured(LIMB, dorsiflexion_knee_extended=(8.0, 2.0, -3.0, -8.0)[place % 4])
        limb = replace(limb, clinical=clinical, prescription=Prescription(design=design))
        wanted, found = expected(one_leg(PATIENT, limb), "right"), fit_leg(limb)
        assert (found.design.code, found.design.footplate) == (wanted.design, wanted.footplate), limb
        got = severities(found)
        assert got.keys() ^ wanted.findings.keys() <= wanted.open, (limb, got, wanted.findings)
        assert got.items() >= {item for item in wanted.findings.items() if item[0] in got}, (limb, got)
        assert numbers(found).keys() == wanted.dimensions.keys(), limb
        assert found.wear_plan == wanted.wear_plan, limb
        if found.design.code == "solid":
            assert ("heel_build_up_mm" in found.dimensions) != build_up_withheld(
                limb, wanted.dimensions.get("heel_build_up_mm")
            )


@pytest.mark.hazard("H12")
@pytest.mark.parametrize(("weight", "thickness"), [(119.9, 6), (120, None), (121, None)])
def test_no_sheet_is_named_for_a_body_that_breaks_it(weight: float, thickness: float | None) -> None:
    found = leg(document(patient={"weight": weight}, prescription={"design": "solid"}))
    assert numbers(found).get("shell_thickness_mm") == thickness
    assert ("over_weight_limit" in severities(found)) == (thickness is None)
    missing = {"shell_thickness_mm", "calf_opening_mm", "calf_strap_length_mm", "overall_height_mm"}
    assert missing.isdisjoint(numbers(found)) == (thickness is None)


@pytest.mark.hazard("H12")
def test_no_weight_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        request_of(document(patient={"weight": GONE}))
    assert [problem.pointer for problem in refused.value.problems] == ["/patient/weight"]


@pytest.mark.hazard("H13")
def test_a_birthday_makes_an_adult() -> None:
    young = fitted(document(patient={"birth_date": "2008-11-24", "age_years": GONE})).limbs["right"]
    grown = fitted(document(patient={"birth_date": "2008-11-23", "age_years": GONE})).limbs["right"]
    assert "growth" in severities(young)
    assert "growth" not in severities(grown)
    assert numbers(young)["calf_strap_width_mm"] == 25
    assert numbers(grown)["calf_strap_width_mm"] == 38


MONTHS = [
    # age, growth allowance (mm, full plate), the earliest and latest day to measure again
    (4.99, 8, date(2027, 2, 23), date(2027, 2, 23)),
    (5, 8, date(2027, 3, 23), date(2027, 3, 23)),
    (12, 8, date(2027, 3, 23), date(2027, 3, 23)),
    (12.01, 8, date(2027, 5, 23), date(2027, 5, 23)),
    # 3 / 0.75 = 4 months of growth, no sooner than the age asks
    (8, 3, date(2027, 3, 23), date(2027, 3, 23)),
    # 1 / 0.75 = 1.33 months, a month and ten days; 1.5 / 0.75 = 2 months
    (8, 1, date(2027, 1, 1), date(2027, 1, 3)),
    (8, 1.5, date(2027, 1, 22), date(2027, 1, 24)),
]


@pytest.mark.hazard("H13")
@pytest.mark.parametrize(("age", "allowance", "earliest", "latest"), MONTHS)
def test_date_to_measure_again(age: float, allowance: float, earliest: date, latest: date) -> None:
    plate = {"footplate": "full", "growth_allowance": allowance}
    found = leg(document(child=True, patient={"age_years": age, "height": GONE}, prescription=plate))
    again = next(finding for finding in found.findings if finding.code == "growth")
    days = [fact for fact in again.facts.values() if isinstance(fact, date)]
    assert len(days) == 1
    assert earliest <= days[0] <= latest


@pytest.mark.hazard("H18")
def test_cautions_stay_few() -> None:
    """1,000 patients of a clinic whose fields are mostly, not always, at their common value."""
    usual: dict[str, tuple[object, ...]] = {
        "sensation": ("normal",) * 4 + ("reduced", "absent"),
        "oedema": ("none",) * 4 + ("stable",),
        "skin": ("intact",) * 4 + ("fragile",),
        "circulation": ("normal",) * 4 + ("reduced",),
        "ashworth": ("0", "1") * 2 + ("1+", "2", "3"),
        "mediolateral_instability": ("none",) * 4 + ("flexible",),
        "knee": ("stable",) * 4 + ("hyperextension",),
        "quadriceps_grade": (5, 4) * 2 + (3,),
        "plantarflexor_grade": (5, 4) * 2 + (3,),
        "diagnosis": ("stroke", "multiple_sclerosis", "peroneal_nerve_injury", "charcot_marie_tooth", "other"),
    }
    counts = []
    for person in range(1000):
        # A fixed walk through the values: prime steps keep the fields from marching together.
        steps = zip(usual.items(), (7, 11, 13, 17, 19, 23, 29, 31, 37, 41), strict=True)
        fields: dict[str, Any] = {
            name: values[(person * prime // 6 + person // prime) % len(values)] for (name, values), prime in steps
        }
        clinical = replace(CLINICAL, deformity_direction="varus", **fields)
        limb = replace(
            measured(LIMB, dorsiflexion_knee_extended=(8.0, 5.0, 3.0, 0.0, -4.0)[person % 5]), clinical=clinical
        )
        counts.append(sum(finding.severity == "caution" for finding in fit_leg(limb).findings))
    assert median(counts) <= 2
