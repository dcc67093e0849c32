"""What must hold for everybody: against the contract worked twice, mirrored, monotone, finite."""

import math
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from afofit.fitting.plan import fit
from afofit.fitting.request import Clinical, Limb, Patient, Prescription, Request, Shoe
from afofit.fitting.result import Fitting
from afofit.fitting.shoe_sizes import size_to_buy
from afofit.fitting.values import Side
from afofit.schemas.request import read
from tests.examples import request_of
from tests.fitting import oracle_numbers
from tests.fitting.oracle import build_up_withheld, expected
from tests.fitting.people import (
    CHILD_LEG,
    CLINICAL,
    LIMB,
    MAN_LEG,
    PATIENT,
    TODAY,
    answered,
    document,
    measured,
    numbers,
    one_leg,
    severities,
)

DESIGNS = ("posterior_leaf_spring", "semi_solid", "solid", "hinged", "ground_reaction", "carbon_anterior")
FOOTPLATES = ("engine", "engine", "three_quarter", "sulcus", "full")
CLINICAL_VALUES: dict[str, tuple[object, ...]] = {
    "diagnosis": ("other", "peroneal_nerve_injury", "stroke", "diabetic_neuropathy", "spina_bifida", "als", None),
    "affected_sides": (None, ("left",), ("right",), ("left", "right")),
    "ashworth": ("0", "1", "1+", "2", "3", "4", None),
    "sensation": ("normal", "normal", "reduced", "absent", None),
    "oedema": ("none", "none", "none", "stable", "fluctuating", None),
    "skin": ("intact",) * 6 + ("fragile", "wound", None),
    "circulation": ("normal",) * 6 + ("reduced", "critical", None),
    "mediolateral_instability": ("none", "none", "flexible", "fixed", None),
    "deformity_direction": (None, "varus", "valgus"),
    "knee": ("stable", "stable", "stable", "hyperextension", "crouch", None),
    "knee_flexion_contracture": (0.0, 5.0, 10.0, 11.0, None),
    "quadriceps_grade": (5, 5, 4, 3, 2, None),
    "plantarflexor_grade": (5, 4, 3, None),
    "ambulant": (True,) * 8 + (False, None),
    "activity": ("low", "moderate", "high", None),
    "urgent_signs": ((),) * 8 + (("recent_trauma",), None),
}


class Draw:
    """Deterministic draws: the same people in every run."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311

    def one(self, values: tuple[Any, ...]) -> Any:
        return self.random.choice(values)

    def or_none(self, low: float, high: float, share: float = 0.5) -> float | None:
        return None if self.random.random() < share else round(self.random.uniform(low, high), 1)

    def clinical(self) -> Clinical:
        return Clinical(**{name: self.one(values) for name, values in CLINICAL_VALUES.items()})

    def shoe(self) -> Shoe:
        return Shoe(
            heel_sole_differential_mm=self.or_none(-10, 60, 0.2),
            insole_thickness_mm=self.or_none(0, 15),
            base_length_mm=self.or_none(80, 200, 0.8),
            insole_removable=self.one((True, True, False)),
        )

    def prescription(self) -> Prescription:
        return Prescription(
            design=self.one(("engine", "engine", *DESIGNS)),
            footplate=self.one(FOOTPLATES),
            shell_thickness_mm=self.or_none(2, 8, 0.7),
            liner_thickness_mm=self.one((None, None, None, 0.0, 3.0, 5.5)),
            sock_thickness_mm=self.or_none(0, 5, 0.7),
            growth_allowance_mm=self.or_none(0, 15, 0.7),
            side_wall_at_ball_mm=self.or_none(0, 10, 0.7),
            dorsal_pad_mm=self.or_none(0, 15, 0.7),
            target_shank_angle_deg=self.or_none(0, 15, 0.7),
            lowered_edge=self.one((None, None, True, False)),
        )

    def measurements(self, body: dict[str, Any]) -> dict[str, float]:
        scale = self.random.uniform(0.92, 1.08)
        found = {name: round(value * scale * self.random.uniform(0.98, 1.02), 1) for name, value in body.items()}
        found["dorsiflexion_knee_extended"] = self.one((-22.0, -12.0, -5.0, -3.0, 0.0, 0.0, 2.0, 4.9, 5.0, 8.0, 15.0))
        bent = self.one((None, 0.0, 3.0, 10.0, 14.0))
        if bent is not None:
            found["dorsiflexion_knee_flexed"] = found["dorsiflexion_knee_extended"] + bent
        if self.one((True, False, False)):
            del found["lateral_ball_length"]
        if self.one((True, False, False, False)):
            del found["medial_malleolus_tip_height"]
        if self.one((True, False, False, False)):
            found["fibular_neck_height"] = found.pop("fibular_head_height") - 20
        return found

    def limb(self, side: Side, body: dict[str, Any], *, braced: bool, partial: bool) -> Limb:
        return Limb(
            side=side,
            measurements=self.measurements(body),
            braced=braced,
            partial_foot=self.one(("toes", "transmetatarsal", "more")) if partial else "none",
            foot_loading=self.one((None, "standing", "seated")),
            clinical=self.clinical(),
            shoe=self.shoe(),
            prescription=self.prescription(),
        )

    def request(self) -> Request:
        child = self.one((True, False))
        age = self.one((1.4, 2.5, 4.0, 8.0, 12.0, 17.9) if child else (18.0, 46.0, 80.0))
        weight = round(self.random.uniform(12, 60) if child else self.random.uniform(50, 125), 1)
        patient = Patient(age_years=age, weight_kg=weight, sex=self.one(("female", "male", "unspecified")))
        body = CHILD_LEG if child else MAN_LEG
        side: Side = self.one(("left", "right"))
        limbs = {side: self.limb(side, body, braced=True, partial=self.one((True, *(False,) * 6)))}
        if self.one((True, False)):
            opposite: Side = "right" if side == "left" else "left"
            limbs[opposite] = self.limb(opposite, body, braced=self.one((True, False)), partial=False)
        return Request(patient=patient, limbs=limbs)


def draws(count: int, seed: int) -> Iterator[Request]:
    draw = Draw(seed)
    for _ in range(count):
        yield draw.request()


def check_shoe(request: Request, fitting: Fitting, side: Side) -> None:
    """Sizes, lengths, widths and depth of the shoe over a brace, against the contract worked again."""
    limb, found = request.limbs[side], fitting.limbs[side]
    assert found.design.code is not None
    assert found.design.footplate is not None
    wanted = oracle_numbers.shoe(request, limb, found.design.code, found.design.footplate)
    if wanted is None:
        assert found.shoe is None or not found.shoe.values
        return
    patient, foot = request.patient, oracle_numbers.shoe_foot(request, limb)
    assert foot is not None
    build_up = numbers(found).get("heel_build_up_mm", 0)
    if build_up > 0:
        wanted["limb_raise_with_build_up_mm"] = wanted["limb_raise_mm"] + build_up
    shoe = found.shoe
    assert shoe is not None
    given = {name: value.magnitude for name, value in shoe.values.items()}
    assert given == pytest.approx(wanted, abs=1e-9)
    child = patient.age_years < 18
    named = oracle_numbers.systems(patient.sex, child, foot)
    assert shoe.bare == {system: oracle_numbers.to_buy(system, foot) for system in named}
    length = wanted["size_length_mm"]
    assert shoe.braced == {system: oracle_numbers.to_buy(system, length) for system in named}
    widths = oracle_numbers.widths(patient.sex, child, foot, length, wanted["width_in_brace_mm"])
    assert {scale: (one.letters_above_standard, one.width) for scale, one in shoe.widths.items()} == widths
    assert shoe.depth_class == oracle_numbers.depth_class(wanted["extra_depth_mm"])


def check_braced(request: Request, fitting: Fitting, side: Side) -> None:
    limb, found, wanted = request.limbs[side], fitting.limbs[side], expected(request, side)
    assert (found.design.code, found.design.footplate) == (wanted.design, wanted.footplate)
    if wanted.line is not None:
        assert found.design.rule == wanted.line
    got = severities(found)
    assert got.keys() ^ wanted.findings.keys() <= wanted.open
    assert all(got.get(code, severity) == severity for code, severity in wanted.findings.items())
    assert numbers(found) == pytest.approx(wanted.dimensions, abs=1e-9)
    assert found.wear_plan == wanted.wear_plan
    if wanted.design is None:
        assert not found.dimensions
        assert found.shoe is None
        return
    assert ("heel_build_up_mm" in wanted.dimensions) <= (not build_up_withheld(limb, None))
    check_shoe(request, fitting, side)


def check_unbraced(request: Request, fitting: Fitting, side: Side) -> None:
    limb, found, patient = request.limbs[side], fitting.limbs[side], request.patient
    child, foot = patient.age_years < 18, limb.measurements["foot_length"]
    assert (found.design.code, dict(found.dimensions)) == (None, {})
    assert set(severities(found)) <= {"sides_differ"}
    assert found.shoe is not None
    named = oracle_numbers.systems(patient.sex, child, foot)
    assert found.shoe.bare == {system: oracle_numbers.to_buy(system, foot) for system in named}
    assert not found.shoe.braced
    width = limb.measurements["forefoot_width"]
    widths = oracle_numbers.widths(patient.sex, child, foot, foot, width)
    assert {scale: (one.letters_above_standard, one.width) for scale, one in found.shoe.widths.items()} == widths


@pytest.mark.hazard("H16")
@pytest.mark.parametrize("seed", range(8))
def test_everybody_gets_what_the_contract_says(seed: int) -> None:
    """8 × 500 constructed people: design, findings, every dimension, the whole shoe, the wear plan."""
    for request in draws(500, seed):
        fitting = fit(request, today=TODAY)
        for side, limb in request.limbs.items():
            if limb.braced:
                check_braced(request, fitting, side)
            else:
                check_unbraced(request, fitting, side)


def turned(request: Request) -> Request:
    """The same person seen in a mirror."""
    opposite: dict[Side, Side] = {"left": "right", "right": "left"}
    limbs = {}
    for side in ("left", "right"):
        if opposite[side] in request.limbs:
            limb = request.limbs[opposite[side]]
            affected = limb.clinical.affected_sides
            mirrored = None if affected is None else tuple(sorted(opposite[one] for one in affected))
            limbs[side] = replace(limb, side=side, clinical=replace(limb.clinical, affected_sides=mirrored))
    return Request(patient=request.patient, limbs=limbs)  # type: ignore[arg-type]


@pytest.mark.hazard("H01")
def test_a_mirror_gives_the_same_numbers_on_the_other_side() -> None:
    for request in draws(300, 100):
        one, other = fit(request, today=TODAY), fit(turned(request), today=TODAY)
        for side, opposite in (("left", "right"), ("right", "left")):
            if side not in one.limbs:
                assert opposite not in other.limbs
                continue
            first, second = one.limbs[side], other.limbs[opposite]  # type: ignore[index]
            assert numbers(first) == numbers(second)
            assert severities(first) == severities(second)
            assert (first.design.code, first.verdict, first.wear_plan) == (
                second.design.code,
                second.verdict,
                second.wear_plan,
            )
            if first.shoe is not None:
                assert second.shoe is not None
                assert (first.shoe.bare, first.shoe.braced) == (second.shoe.bare, second.shoe.braced)
        assert one.pair.split_pair == other.pair.split_pair


def leaves(answer: object) -> Iterator[float]:
    if isinstance(answer, dict):
        for value in answer.values():
            yield from leaves(value)
    elif isinstance(answer, list | tuple):
        for value in answer:
            yield from leaves(value)
    elif isinstance(answer, float):
        yield answer


@pytest.mark.parametrize("design", ["engine", *DESIGNS])
def test_every_answer_is_finite(design: str) -> None:
    """The ends of what is accepted: range, heel, thicknesses."""
    for degrees in (-60, -20, 0, 45):
        for heel in (-10, 0, 60):
            for shell, liner in ((2, 0), (8, 10)):
                asked = document(
                    limb={"dorsiflexion_knee_extended": degrees},
                    shoe={"heel_sole_differential": heel, "base_length": 40},
                    prescription={"design": design, "shell_thickness": shell, "liner_thickness": liner},
                )
                found = list(leaves(answered(asked)))
                assert found
                assert all(math.isfinite(value) for value in found)


FEET = [200 + tenth / 10 for tenth in range(0, 1200, 4)]
CHILD_FEET = [100 + tenth / 10 for tenth in range(0, 1240, 4)]


@pytest.mark.hazard("H14")
@pytest.mark.parametrize("footplate", ["three_quarter", "sulcus", "full"])
@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("age", [8.0, 46.0])
def test_a_larger_foot_never_gives_a_smaller_shoe_or_a_shorter_plate(design: str, footplate: str, age: float) -> None:
    """A child's foot stops at 224 mm, where the scale of its width changes."""
    patient = replace(PATIENT, age_years=age)
    prescription = Prescription(design=design, footplate=footplate)
    before: dict[str, float] = {}
    for foot in CHILD_FEET if age < 18 else FEET:
        limb = measured(replace(LIMB, prescription=prescription), foot_length=foot, ball_length=0.74 * foot)
        limb = replace(limb, measurements={k: v for k, v in limb.measurements.items() if k != "lateral_ball_length"})
        found = fit(one_leg(patient, limb), today=TODAY).limbs["right"]
        assert found.shoe is not None
        now = {f"bare.{system}": size for system, size in found.shoe.bare.items()}
        now |= {f"braced.{system}": size for system, size in found.shoe.braced.items()}
        now |= {name: value for name, value in numbers(found).items() if name.startswith("footplate_length")}
        now |= {name: found.shoe.values[name].magnitude for name in ("size_length_mm", "inside_length_mm")}
        assert all(now[name] >= before.get(name, 0) for name in now), (foot, before, now)
        before = now


@pytest.mark.hazard("H14")
@pytest.mark.parametrize("design", DESIGNS[:-1])
def test_a_thicker_shell_never_gives_a_smaller_shoe(design: str) -> None:
    before = -math.inf
    for tenth in range(20, 81):
        limb = replace(LIMB, prescription=Prescription(design=design, shell_thickness_mm=tenth / 10))
        shoe = fit(one_leg(PATIENT, limb), today=TODAY).limbs["right"].shoe
        assert shoe is not None
        length = shoe.values["size_length_mm"].magnitude
        assert length >= before
        assert all(size == size_to_buy(system, length) for system, size in shoe.braced.items())
        before = length


def test_a_healthy_person_has_no_caution() -> None:
    fitting = fit(one_leg(PATIENT, replace(LIMB, clinical=CLINICAL)), today=TODAY)
    assert fitting.limbs["right"].verdict == "no_flags"


def test_the_working_says_where_an_input_was_taken() -> None:
    """The insole left out is the protocol's, the heel is the shoe's, a partial foot borrows the other foot's length."""
    document = request_of("S05")
    del document["shoe"]["insole_thickness"]
    limb = fit(read(document, today=TODAY), today=TODAY).limbs["right"]
    assert limb.shoe is not None
    taken = {one.name: one.source.text for value in limb.shoe.values.values() for one in value.inputs}
    taken |= {one.name: one.source.text for value in limb.dimensions.values() for one in value.inputs}
    assert taken["insole_removed_mm"].startswith("Shoe reference 4.2")
    assert taken["heel_sole_differential_mm"] == "measured on the shoe"
    assert taken["shoe_foot_length_mm"] == "measured on the other foot"
    assert taken["weight_kg"] == "body weight as given"
    assert taken["calf_circumference_mm"] == "measured on the limb"
