"""The engine's choice of a design over the whole product of what it reads, and monotone."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice, product
from math import prod
from typing import Any

import pytest

from afofit.fitting.case import Case
from afofit.fitting.design import choose
from afofit.fitting.protocol import default
from afofit.fitting.request import Clinical, Limb, Patient
from tests.fitting.oracle import URGENT_SIGNS, choice_without_stop, stops
from tests.fitting.people import CLINICAL, LIMB, PATIENT, Change, measured
from tests.fitting.unread import Choices, Reading, Unread, UnreadMapping, every

PROTOCOL = default()
Line = tuple[str, str | None]


def chosen(patient: Patient, limb: Limb) -> tuple[str | None, str | None]:
    choice = choose(Case(patient, limb, None, PROTOCOL), stopped=bool(stops(limb)))
    return choice.rule, choice.code


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


AGES, WEIGHTS, DEGREES, PARTIAL = (1.4, 8.0, 40.0), (60.0, 120.0), (-1.0, 4.0, 5.0), ("none", "more")
PATIENTS = [replace(PATIENT, age_years=age, weight_kg=weight) for age, weight in product(AGES, WEIGHTS)]
LEGS = [
    replace(measured(LIMB, dorsiflexion_knee_extended=degrees), partial_foot=partial)
    for degrees, partial in product(DEGREES, PARTIAL)
]


def choices(spasticity: str | None) -> Choices:
    """All that the decision reads, one value for each class, unknown among them."""
    return {
        "ambulant": AMBULANT,
        "quadriceps_grade": QUADRICEPS,
        "knee_flexion_contracture": CONTRACTURE,
        "knee": KNEE,
        "diagnosis": DIAGNOSIS,
        "plantarflexor_grade": PLANTARFLEXORS,
        "oedema": OEDEMA,
        "mediolateral_instability": INSTABILITY,
        "ashworth": (spasticity,),
        "age_years": AGES,
        "weight_kg": WEIGHTS,
        "dorsiflexion_knee_extended": DEGREES,
        "partial_foot": PARTIAL,
    }


def test_what_was_not_read_is_tried_once_and_the_classes_make_up_the_product() -> None:
    offered: Choices = {"first": (1, 2), "second": (3, 4, 5), "third": (6, 7)}
    classes = [
        (read, alike) for read, alike, _ in every(offered, lambda ask: ask("second") if ask("first") == 2 else None)
    ]
    assert classes == [({"first": 1}, 6), *(({"first": 2, "second": value}, 2) for value in (3, 4, 5))]
    record: Any = Unread(PATIENT, Reading({"age_years": (17.0,)}, []))
    assert (record.is_child, record.sex) == (True, PATIENT.sex)


@pytest.mark.hazard("H06")
@pytest.mark.parametrize("spasticity", SPASTICITY, ids=[f"ashworth-{grade}" for grade in SPASTICITY])
def test_every_picture_gets_the_design_of_the_contract(spasticity: str | None) -> None:
    """The whole product: over four million pictures of what the decision reads; stops have their own test.

    Pictures that differ only in what neither the engine nor the oracle reads are tried once.
    """
    assert not any(stops(limb) for limb in LEGS)
    offered = choices(spasticity)

    def decide(reading: Reading) -> tuple[Line, Line]:
        measurements = UnreadMapping(LIMB.measurements, reading)
        limb: Any = Unread(LIMB, reading, clinical=Unread(CLINICAL, reading), measurements=measurements)
        patient: Any = Unread(PATIENT, reading)
        choice = choose(Case(patient, limb, None, PROTOCOL), stopped=False)
        return (choice.rule or "", choice.code), choice_without_stop(patient, limb)

    tried, wrong = 0, []
    for read, pictures_alike, (engine, contract) in every(offered, decide):
        tried += pictures_alike
        if engine != contract:
            wrong.append((read, engine, contract))
    assert tried == prod(map(len, offered.values())) == 933_120
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
KNOWN: dict[str, tuple[object, ...]] = {
    "ashworth": ("0", "1+", "2"),
    "knee": ("stable", "hyperextension", "crouch"),
    "knee_flexion_contracture": (0.0, 10.5),
    "mediolateral_instability": ("none", "flexible"),
    "quadriceps_grade": (5, 3),
    "plantarflexor_grade": (5, 3),
    "diagnosis": ("other", "charcot_marie_tooth", "spina_bifida"),
    "oedema": ("none",),
    "ambulant": (True,),
    "skin": ("intact",),
    "circulation": ("normal",),
    "sensation": ("normal",),
    "age_years": (1.4, 8.0, 40.0),
    "dorsiflexion_knee_extended": RANGE,
}
"""Pictures in which everything is known, of which one thing is made worse at a time."""


@cache
def design_of(*picture: Any) -> str | None:
    """The design of a picture, its values in the order of KNOWN."""
    *clinical, age, degrees = picture
    said = replace(CLINICAL, **dict(zip(KNOWN, clinical, strict=False)))
    limb = replace(measured(LIMB, dorsiflexion_knee_extended=degrees), clinical=said)
    return chosen(replace(PATIENT, age_years=age, weight_kg=20 if age < 18 else 60), limb)[1]


def on_the_ladder(picture: tuple[object, ...], field: str, ladder: tuple[object, ...]) -> list[str | None]:
    """The designs of a picture from the best to the worst value of one of its fields."""
    place = list(KNOWN).index(field)
    return [design_of(*picture[:place], value, *picture[place + 1 :]) for value in ladder]


@pytest.mark.hazard("H06")
def test_a_worse_clinical_field_never_gives_a_less_rigid_brace() -> None:
    for picture, field in product(product(*KNOWN.values()), WORSE):
        for ladder in WORSE[field]:
            held = [RIGIDITY[design] for design in on_the_ladder(picture, field, ladder)]
            assert held == sorted(held), (field, ladder, picture)


def test_less_range_never_gives_a_less_rigid_brace_save_a_hinge_below_five_degrees() -> None:
    for picture in product(*(KNOWN | {"dorsiflexion_knee_extended": RANGE[:1]}).values()):
        designs = on_the_ladder(picture, "dorsiflexion_knee_extended", RANGE)
        if designs[:2] == ["hinged", "hinged"]:
            assert designs[2] == "posterior_leaf_spring"
            designs = designs[2:]
        held = [RIGIDITY[design] for design in designs]
        assert held == sorted(held), (picture, designs)
