"""The engine's choice of a design, line by line, over the whole product of what it reads, and monotone."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

import pytest

from afofit.fitting.case import Case
from afofit.fitting.design import choose
from afofit.fitting.protocol import default
from afofit.fitting.request import Clinical, Limb, Patient
from tests.fitting.oracle import URGENT_SIGNS, engine_choice, stops
from tests.fitting.people import CLINICAL, GONE, LIMB, PATIENT, Change, document, leg, measured

PROTOCOL = default()


def chosen(patient: Patient, limb: Limb) -> tuple[str | None, str | None]:
    choice = choose(Case(patient, limb, None, PROTOCOL), stopped=bool(stops(limb)))
    return choice.rule, choice.code


CROUCH: Change = {"knee": "crouch", "quadriceps_grade": 3, "knee_flexion_contracture": 10}
HYPEREXTENSION: Change = {"knee": "hyperextension", "quadriceps_grade": 4}
CMT: Change = {"diagnosis": "charcot_marie_tooth"}
ALS: Change = {"diagnosis": "als"}

Ask = dict[str, Change]
Line = tuple[str, str | None]
ADULT_END: Line = ("12", "posterior_leaf_spring")
CHILD_END: Line = ("11", "hinged")
NONE_3: Line = ("3", None)


def adult(**clinical: object) -> Ask:
    return {"clinical": clinical}


def extended(degrees: float, **clinical: object) -> Ask:
    return {"limb": {"dorsiflexion_knee_extended": degrees}, "clinical": clinical}


def weighing(kilograms: float) -> Ask:
    return {"patient": {"weight": kilograms}}


def aged(years: float, **clinical: object) -> Ask:
    return {"patient": {"age_years": years, "height": GONE}, "clinical": clinical}


LINES: list[tuple[str, Ask, Line, Ask, Line]] = [
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
def test_line_of_the_decision(on: Ask, line: Line, beside: Ask, other_line: Line) -> None:
    for asked, (rule, design) in ((on, line), (beside, other_line)):
        choice = leg(document(**asked)).design  # type: ignore[arg-type]
        assert (choice.rule, choice.code, choice.chosen_by) == (rule, design, "engine")
        assert choice.reasons


CHILD_LINES: list[tuple[str, Ask, Line, Ask, Line]] = [
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
def test_line_of_the_decision_for_a_child(on: Ask, line: Line, beside: Ask, other_line: Line) -> None:
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


AMBULANT = (True, False, None)
QUADRICEPS = (2, 3, 4, None)
CONTRACTURE = (10.0, 10.5, None)
KNEE = ("stable", "hyperextension", "crouch", None)
DIAGNOSIS = ("other", "charcot_marie_tooth", "muscular_dystrophy", "spina_bifida", None)
PLANTARFLEXORS = (3, 4, None)
OEDEMA = ("none", "fluctuating", None)
INSTABILITY = ("none", "flexible", "fixed", None)
SPASTICITY = ("0", "1+", "2", "4", None)


def pictures(spasticity: str | None) -> Iterator[Clinical]:
    """The product of the clinical fields that the decision reads, one value for each class, unknown among them."""
    fields = (AMBULANT, QUADRICEPS, CONTRACTURE, KNEE, DIAGNOSIS, PLANTARFLEXORS, OEDEMA, INSTABILITY)
    for ambulant, quadriceps, contracture, knee, diagnosis, plantarflexors, oedema, instability in product(*fields):
        yield Clinical(
            diagnosis=diagnosis,
            ashworth=spasticity,
            sensation="normal",
            oedema=oedema,
            skin="intact",
            circulation="normal",
            mediolateral_instability=instability,
            knee=knee,
            knee_flexion_contracture=contracture,
            quadriceps_grade=quadriceps,
            plantarflexor_grade=plantarflexors,
            ambulant=ambulant,
            urgent_signs=(),
        )


PATIENTS = [
    replace(PATIENT, age_years=age, weight_kg=weight) for age, weight in product((1.4, 8.0, 40.0), (60.0, 120.0))
]
LEGS = [
    replace(measured(LIMB, dorsiflexion_knee_extended=degrees), partial_foot=partial)
    for degrees, partial in product((-1.0, 4.0, 5.0), ("none", "more"))
]


@pytest.mark.hazard("H06")
@pytest.mark.parametrize("spasticity", SPASTICITY, ids=[f"ashworth-{grade}" for grade in SPASTICITY])
def test_every_picture_gets_the_design_of_the_contract(spasticity: str | None) -> None:
    """The whole product: over four million pictures of what the decision reads; stops have their own test."""
    wrong = []
    for clinical in pictures(spasticity):
        for limb in LEGS:
            one = replace(limb, clinical=clinical)
            stopped = bool(stops(one))
            for patient in PATIENTS:
                choice = choose(Case(patient, one, None, PROTOCOL), stopped=stopped)
                if (choice.rule, choice.code) != engine_choice(patient, one):
                    wrong.append((patient, one, choice))
    assert not wrong, (len(wrong), wrong[:3])


ALIKE: list[tuple[str, object, object]] = [
    # two values of one class: what the product tried with one holds for the other
    ("ashworth", "0", "1"),
    ("ashworth", "2", "3"),
    ("quadriceps_grade", 2, 0),
    ("quadriceps_grade", 4, 5),
    ("knee_flexion_contracture", 10.0, 0.0),
    ("plantarflexor_grade", 3, 0),
    ("plantarflexor_grade", 4, 5),
    ("oedema", "none", "stable"),
    ("diagnosis", "charcot_marie_tooth", "als"),
    *(("diagnosis", "other", name) for name in ("stroke", "peroneal_nerve_injury", "cerebral_palsy", "poliomyelitis")),
    *(("diagnosis", "other", name) for name in ("multiple_sclerosis", "lumbar_radiculopathy", "diabetic_neuropathy")),
    *(("sensation", "normal", value) for value in ("reduced", "absent", None)),
    *(("skin", "intact", value) for value in ("fragile", None)),
    *(("circulation", "normal", value) for value in ("reduced", None)),
    *(("deformity_direction", None, value) for value in ("varus", "valgus")),
    *(("activity", None, value) for value in ("low", "moderate", "high")),
    *(("dorsiflexor_grade", None, value) for value in (0, 5)),
    *(("self_check", None, value) for value in ("self", "carer", "nobody")),
    ("urgent_signs", (), None),
]


@pytest.mark.parametrize(("field", "value", "other"), ALIKE)
def test_values_of_one_class_get_one_design(field: str, value: object, other: object) -> None:
    """Over every seventh picture of the product with no spasticity, and with the grades themselves."""
    for place, clinical in enumerate(islice(pictures("2" if value == "2" else "0"), 0, None, 7)):
        picture = replace(clinical, **{field: value})  # type: ignore[arg-type]
        limb = replace(LEGS[place % len(LEGS)], clinical=picture)
        patient = PATIENTS[place % len(PATIENTS)]
        alike = replace(limb, clinical=replace(picture, **{field: other}))  # type: ignore[arg-type]
        assert chosen(patient, limb) == chosen(patient, alike), (patient, limb)


def test_every_stop_comes_first() -> None:
    stop_signs: tuple[Change, ...] = (
        {"skin": "wound"},
        {"circulation": "critical"},
        *({"urgent_signs": (sign,)} for sign in URGENT_SIGNS),
    )
    for place, clinical in enumerate(pictures("0")):
        patient, leg_of = PATIENTS[place // 8 % len(PATIENTS)], LEGS[place % len(LEGS)]
        limb = replace(leg_of, clinical=replace(clinical, **stop_signs[place % len(stop_signs)]))
        assert chosen(patient, limb) == ("1", None)
        equinus = {**leg_of.measurements, "dorsiflexion_knee_extended": -21.0}
        assert chosen(patient, replace(leg_of, clinical=clinical, measurements=equinus)) == ("1", None)


RIGIDITY = {"posterior_leaf_spring": 0, "hinged": 1, "semi_solid": 2, "solid": 3, "ground_reaction": 3, None: 4}
"""How much a design holds the ankle; no design of the engine's own stands above all."""

WORSE: dict[str, tuple[tuple[object, ...], ...]] = {
    "ashworth": (("0", "1", "1+", "2", "3", "4"),),
    "knee": (("stable", "hyperextension"), ("stable", "crouch")),
    "knee_flexion_contracture": ((0.0, 10.0, 10.5),),
    "mediolateral_instability": (("none", "flexible", "fixed"),),
    "quadriceps_grade": ((5, 4, 3, 2),),
    "plantarflexor_grade": ((5, 4, 3, 2),),
    "oedema": (("none", "stable", "fluctuating"),),
    "ambulant": ((True, False),),
    "skin": (("intact", "fragile", "wound"),),
    "circulation": (("normal", "reduced", "critical"),),
    "sensation": (("normal", "reduced", "absent"),),
}
RANGE = (20.0, 5.0, 4.99, 0.0, -0.01, -5.01, -20.0, -20.01)


def rigidity(patient: Patient, limb: Limb) -> int:
    return RIGIDITY[chosen(patient, limb)[1]]


def known_pictures() -> Iterator[tuple[Patient, Limb]]:
    fields = (("0", "1+", "2"), ("stable", "hyperextension", "crouch"), (0.0, 10.5), ("none", "flexible"))
    grades = product((5, 3), (5, 3), ("other", "charcot_marie_tooth", "spina_bifida"), (1.4, 8.0, 40.0), RANGE)
    for (ashworth, knee, contracture, instability), (quadriceps, calf, diagnosis, age, degrees) in product(
        list(product(*fields)), list(grades)
    ):
        clinical = replace(
            CLINICAL,
            ashworth=ashworth,
            knee=knee,
            knee_flexion_contracture=contracture,
            mediolateral_instability=instability,
            quadriceps_grade=quadriceps,
            plantarflexor_grade=calf,
            diagnosis=diagnosis,
        )
        limb = replace(measured(LIMB, dorsiflexion_knee_extended=degrees), clinical=clinical)
        yield replace(PATIENT, age_years=age, weight_kg=20 if age < 18 else 60), limb


@pytest.mark.hazard("H06")
def test_a_worse_clinical_field_never_gives_a_less_rigid_brace() -> None:
    for (patient, limb), field in product(known_pictures(), WORSE):
        for ladder in WORSE[field]:
            held = [
                rigidity(patient, replace(limb, clinical=replace(limb.clinical, **{field: value})))  # type: ignore[arg-type]
                for value in ladder
            ]
            assert held == sorted(held), (field, ladder, patient, limb)


def test_less_range_never_gives_a_less_rigid_brace_save_a_hinge_below_five_degrees() -> None:
    for patient, limb in known_pictures():
        if limb.measurements["dorsiflexion_knee_extended"] != RANGE[0]:
            continue
        designs = [chosen(patient, measured(limb, dorsiflexion_knee_extended=degrees))[1] for degrees in RANGE]
        if designs[:2] == ["hinged", "hinged"]:
            assert designs[2] == "posterior_leaf_spring"
            designs = designs[2:]
        held = [RIGIDITY[design] for design in designs]
        assert held == sorted(held), (patient, limb, designs)
