"""The engine's choice of a design, line by line: a case on each line and one just beside it."""

import pytest

from tests.fitting.people import GONE, Change, document, leg

CROUCH: Change = {"knee": "crouch", "quadriceps_grade": 3, "knee_flexion_contracture": 10}
HYPEREXTENSION: Change = {"knee": "hyperextension", "quadriceps_grade": 4}
CMT: Change = {"diagnosis": "charcot_marie_tooth"}
ALS: Change = {"diagnosis": "als"}

Changes = dict[str, Change]
Line = tuple[str, str | None]
ADULT_END: Line = ("12", "posterior_leaf_spring")
CHILD_END: Line = ("11", "hinged")
NONE_3: Line = ("3", None)


def adult(**clinical: object) -> Changes:
    return {"clinical": clinical}


def extended(degrees: float, **clinical: object) -> Changes:
    return {"limb": {"dorsiflexion_knee_extended": degrees}, "clinical": clinical}


def weighing(kilograms: float) -> Changes:
    return {"patient": {"weight": kilograms}}


def aged(years: float, **clinical: object) -> Changes:
    return {"patient": {"age_years": years, "height": GONE}, "clinical": clinical}


LINES: list[tuple[str, Changes, Line, Changes, Line]] = [
    # what is shown, a case on the line, the line, a case just beside it, its line
    ("1 urgent sign", adult(urgent_signs=["saddle_numbness"]), ("1", None), adult(urgent_signs=[]), ADULT_END),
    ("1 wound", adult(skin="wound"), ("1", None), adult(skin="fragile"), ADULT_END),
    ("1 circulation", adult(circulation="critical"), ("1", None), adult(circulation="reduced"), ADULT_END),
    ("1 equinus", extended(-20.01), ("1", None), extended(-20), ("4", "solid")),
    ("1 before 2", adult(skin="wound", ambulant=False), ("1", None), adult(ambulant=False), ("2", None)),
    ("2 not ambulant", adult(ambulant=False), ("2", None), adult(ambulant="unknown"), ADULT_END),
    ("2 before 3", adult(ambulant=False, ashworth="4"), ("2", None), adult(ashworth="4"), NONE_3),
    ("3 quadriceps", adult(quadriceps_grade=2), NONE_3, adult(quadriceps_grade=3), ADULT_END),
    ("3 quadriceps not unknown", adult(quadriceps_grade=0), NONE_3, adult(quadriceps_grade="unknown"), ADULT_END),
    (
        "3 contracture",
        adult(knee_flexion_contracture=10.01),
        NONE_3,
        adult(knee_flexion_contracture=10),
        ADULT_END,
    ),
    (
        "3 crouch, quadriceps unknown",
        adult(**CROUCH | {"quadriceps_grade": "unknown"}),
        NONE_3,
        adult(**CROUCH),
        ("5", "ground_reaction"),
    ),
    (
        "3 crouch, contracture unknown",
        adult(**CROUCH | {"knee_flexion_contracture": GONE}),
        NONE_3,
        adult(**CROUCH | {"knee_flexion_contracture": 0}),
        ("5", "ground_reaction"),
    ),
    (
        "3 hyperextension, quadriceps 3",
        adult(**HYPEREXTENSION | {"quadriceps_grade": 3}),
        NONE_3,
        adult(**HYPEREXTENSION),
        ("7", "solid"),
    ),
    (
        "3 hyperextension, quadriceps unknown",
        adult(**HYPEREXTENSION | {"quadriceps_grade": "unknown"}),
        NONE_3,
        adult(quadriceps_grade="unknown"),
        ADULT_END,
    ),
    ("3 Charcot", adult(**CMT, plantarflexor_grade="unknown"), NONE_3, adult(**CMT, plantarflexor_grade=4), ADULT_END),
    ("3 ALS", adult(**ALS, plantarflexor_grade=GONE), NONE_3, adult(**ALS, plantarflexor_grade=3), ("8", "solid")),
    ("3 plantarflexors", adult(**CMT, plantarflexor_grade=GONE), NONE_3, adult(plantarflexor_grade=GONE), ADULT_END),
    ("3 dystrophy", adult(diagnosis="muscular_dystrophy"), NONE_3, adult(diagnosis="poliomyelitis"), ADULT_END),
    ("3 oedema", adult(oedema="fluctuating"), NONE_3, adult(oedema="stable"), ADULT_END),
    ("3 oedema not unknown", adult(oedema="fluctuating"), NONE_3, adult(oedema="unknown"), ADULT_END),
    (
        "3 fixed instability",
        adult(mediolateral_instability="fixed"),
        NONE_3,
        adult(mediolateral_instability="flexible"),
        ("9", "semi_solid"),
    ),
    ("3 weight", weighing(120), NONE_3, weighing(119.9), ADULT_END),
    ("3 partial foot", {"limb": {"partial_foot": "more"}}, NONE_3, {"limb": {"partial_foot": "toes"}}, ADULT_END),
    (
        "3 transmetatarsal is not more",
        {"limb": {"partial_foot": "more"}},
        NONE_3,
        {"limb": {"partial_foot": "transmetatarsal"}},
        ADULT_END,
    ),
    ("3 Ashworth 4", adult(ashworth="4"), NONE_3, adult(ashworth="3"), ("6", "solid")),
    ("3 Ashworth unknown", adult(ashworth="unknown"), NONE_3, adult(ashworth="1"), ADULT_END),
    ("3 knee unknown", adult(knee=GONE), NONE_3, adult(knee="stable"), ADULT_END),
    (
        "3 instability unknown",
        adult(mediolateral_instability="unknown"),
        NONE_3,
        adult(mediolateral_instability="none"),
        ADULT_END,
    ),
    ("3 before 4", extended(-1, quadriceps_grade=2), NONE_3, extended(-1), ("4", "solid")),
    ("4 short of the right angle", extended(-0.01), ("4", "solid"), extended(0), ADULT_END),
    ("4 before 5", extended(-1, **CROUCH), ("4", "solid"), extended(0, **CROUCH), ("5", "ground_reaction")),
    (
        "5 before 6",
        adult(**CROUCH, ashworth="2"),
        ("5", "ground_reaction"),
        adult(ashworth="2"),
        ("6", "solid"),
    ),
    ("6 Ashworth 2", adult(ashworth="2"), ("6", "solid"), adult(ashworth="1+"), ("10", "semi_solid")),
    ("6 before 7", adult(**HYPEREXTENSION, ashworth="3"), ("6", "solid"), adult(**HYPEREXTENSION), ("7", "solid")),
    (
        "7 before 8",
        adult(**HYPEREXTENSION, plantarflexor_grade=3),
        ("7", "solid"),
        adult(plantarflexor_grade=3),
        ("8", "solid"),
    ),
    ("8 plantarflexors", adult(plantarflexor_grade=3), ("8", "solid"), adult(plantarflexor_grade=4), ADULT_END),
    ("8 not unknown", adult(plantarflexor_grade=0), ("8", "solid"), adult(plantarflexor_grade="unknown"), ADULT_END),
    (
        "8 before 9",
        adult(plantarflexor_grade=3, mediolateral_instability="flexible"),
        ("8", "solid"),
        adult(mediolateral_instability="flexible"),
        ("9", "semi_solid"),
    ),
    (
        "9 with Ashworth 1+",
        adult(mediolateral_instability="flexible", ashworth="1+"),
        ("9", "solid"),
        adult(mediolateral_instability="flexible", ashworth="1"),
        ("9", "semi_solid"),
    ),
    ("10 Ashworth 1+", adult(ashworth="1+"), ("10", "semi_solid"), adult(ashworth="1"), ADULT_END),
]


@pytest.mark.parametrize(
    ("on", "line", "beside", "other_line"), [case[1:] for case in LINES], ids=[case[0] for case in LINES]
)
def test_line_of_the_decision(on: Changes, line: Line, beside: Changes, other_line: Line) -> None:
    for asked, (rule, design) in ((on, line), (beside, other_line)):
        choice = leg(document(**asked)).design  # type: ignore[arg-type]
        assert (choice.rule, choice.code, choice.chosen_by) == (rule, design, "engine")
        assert choice.reasons


CHILD_LINES: list[tuple[str, Changes, Line, Changes, Line]] = [
    ("3 age", aged(1.49), NONE_3, aged(1.5), CHILD_END),
    ("11 five degrees", extended(5), CHILD_END, extended(4.99), ADULT_END),
    ("11 under 18", aged(17.99), CHILD_END, aged(18), ADULT_END),
    ("11 plantarflexors 4", adult(plantarflexor_grade=4), CHILD_END, adult(plantarflexor_grade=3), ("8", "solid")),
    ("11 plantarflexors known", adult(), CHILD_END, adult(plantarflexor_grade="unknown"), ADULT_END),
    ("11 diagnosis known", adult(), CHILD_END, adult(diagnosis="unknown"), ADULT_END),
    ("11 not spina bifida", adult(), CHILD_END, adult(diagnosis="spina_bifida"), ADULT_END),
    ("11 knee stable", adult(), CHILD_END, adult(**HYPEREXTENSION), ("7", "solid")),
    ("11 after 10", adult(ashworth="1"), CHILD_END, adult(ashworth="1+"), ("10", "semi_solid")),
]


@pytest.mark.parametrize(
    ("on", "line", "beside", "other_line"), [case[1:] for case in CHILD_LINES], ids=[case[0] for case in CHILD_LINES]
)
def test_line_of_the_decision_for_a_child(on: Changes, line: Line, beside: Changes, other_line: Line) -> None:
    for asked, (rule, design) in ((on, line), (beside, other_line)):
        patient = asked.get("patient", {})
        grown = {"weight": 48} if patient.get("age_years", 8) >= 17 else {}
        leg_grown = {"height": GONE} | patient | grown
        body = {"forefoot_width": 90, "heel_width": 62} if grown else {}
        choice = leg(
            document(
                patient=leg_grown,
                clinical=asked.get("clinical"),
                limb=body | asked.get("limb", {}),
                child=True,
            )
        ).design
        assert (choice.rule, choice.code) == (rule, design)
