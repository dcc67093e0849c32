"""Constructed people for the tests, built as documents and read through the public door."""

from copy import deepcopy
from dataclasses import replace
from datetime import date
from typing import Any

from afofit.fitting.plan import fit
from afofit.fitting.request import Clinical, Limb, Patient, Prescription, Request, Shoe
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Side
from afofit.schemas.answer import write
from afofit.schemas.request import read

Document = dict[str, Any]
Change = dict[str, Any]

TODAY = date(2026, 11, 23)
GONE = object()
"""As a value in a change: the field is not sent at all."""

MAN: Change = {"age_years": 46, "sex": "male", "height": 1780, "weight": 82}
MAN_LEG: Change = {
    "fibular_head_height": 455,
    "calf_circumference": 388,
    "ankle_circumference": 228,
    "malleolar_width": 75,
    "medial_malleolus_tip_height": 70,
    "foot_length": 270,
    "ball_length": 200,
    "lateral_ball_length": 170,
    "forefoot_width": 102,
    "heel_width": 72,
    "dorsiflexion_knee_extended": 8,
}
CHILD: Change = {"age_years": 8, "sex": "male", "height": 1290, "weight": 26}
CHILD_LEG: Change = {
    "fibular_head_height": 305,
    "calf_circumference": 268,
    "ankle_circumference": 178,
    "malleolar_width": 56,
    "medial_malleolus_tip_height": 50,
    "foot_length": 203,
    "ball_length": 149,
    "lateral_ball_length": 127,
    "forefoot_width": 78,
    "heel_width": 54,
    "dorsiflexion_knee_extended": 8,
}
HEALTHY: Change = {
    "diagnosis": "other",
    "ashworth": "0",
    "sensation": "normal",
    "oedema": "none",
    "skin": "intact",
    "circulation": "normal",
    "mediolateral_instability": "none",
    "knee": "stable",
    "knee_flexion_contracture": 0,
    "quadriceps_grade": 5,
    "plantarflexor_grade": 5,
    "ambulant": True,
    "activity": "moderate",
    "urgent_signs": [],
}
SHOE: Change = {"heel_sole_differential": 10, "insole_thickness": 5}


def _changed(start: Change, change: Change | None) -> Change:
    merged = deepcopy(start) | (change or {})
    return {name: value for name, value in merged.items() if value is not GONE}


def document(
    *,
    patient: Change | None = None,
    clinical: Change | None = None,
    limb: Change | None = None,
    other: Change | None = None,
    shoe: Change | None = None,
    prescription: Change | None = None,
    child: bool = False,
    side: Side = "right",
) -> Document:
    """A request in mm and kg about one leg (and, with ``other``, the opposite one), healthy but for the changes."""
    leg = CHILD_LEG if child else MAN_LEG
    limbs = {side: _changed(leg, limb)}
    if other is not None:
        limbs["left" if side == "right" else "right"] = _changed(leg, other)
    return {
        "units": {"length": "mm", "mass": "kg"},
        "patient": _changed(CHILD if child else MAN, patient),
        "clinical": _changed(HEALTHY, clinical),
        "limbs": limbs,
        "shoe": _changed(SHOE, shoe),
        "prescription": _changed({"design": "engine", "footplate": "engine"}, prescription),
    }


def request_of(asked: Document) -> Request:
    """The domain request of a document."""
    return read(asked, today=TODAY)


def fitted(asked: Document) -> Fitting:
    """The fitting of a document."""
    return fit(request_of(asked), today=TODAY)


def answered(asked: Document) -> Document:
    """The answer to a document, as the service sends it."""
    return write(fitted(asked), asked)


def leg(asked: Document, side: Side = "right") -> LimbFitting:
    """The fitting of one leg of a document."""
    return fitted(asked).limbs[side]


def severities(limb: LimbFitting) -> dict[str, str]:
    """The findings of a leg: severity by code."""
    return {finding.code: finding.severity for finding in limb.findings}


def numbers(limb: LimbFitting) -> dict[str, float]:
    """The dimensions of a leg: magnitude by name."""
    return {name: value.magnitude for name, value in limb.dimensions.items()}


PATIENT = Patient(age_years=46, weight_kg=82, sex="male", height_mm=1780)
CLINICAL = Clinical(
    diagnosis="other",
    ashworth="0",
    sensation="normal",
    oedema="none",
    skin="intact",
    circulation="normal",
    mediolateral_instability="none",
    knee="stable",
    knee_flexion_contracture=0,
    quadriceps_grade=5,
    plantarflexor_grade=5,
    ambulant=True,
    activity="moderate",
    urgent_signs=(),
)
LIMB = Limb(
    side="right",
    measurements={name: float(value) for name, value in MAN_LEG.items()},
    clinical=CLINICAL,
    shoe=Shoe(heel_sole_differential_mm=10, insole_thickness_mm=5),
    prescription=Prescription(),
)


def one_leg(patient: Patient, limb: Limb) -> Request:
    """A domain request about one leg, past the door, for tests that make very many."""
    return Request(patient=patient, limbs={limb.side: limb})


def measured(limb: Limb, **changes: float) -> Limb:
    """The leg with some measurements changed."""
    return replace(limb, measurements={**limb.measurements, **changes})
