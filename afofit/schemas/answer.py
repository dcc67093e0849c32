"""A fitting as the answer of the service: plain numbers, unrounded, with words beside them."""

import dataclasses
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from afofit.fitting.chart import Product
from afofit.fitting.dimensions import BY_NAME as DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.override import Overridden
from afofit.fitting.request import Clinical, Limb, Order, Patient, Prescription, Shoe
from afofit.fitting.result import Fitting, LimbFitting, ShoeFit, Stock
from afofit.fitting.shoe_sizes import restart
from afofit.fitting.values import Finding, Source, Value
from afofit.fitting.vocabulary import CLINICAL, ORDER, PATIENT, PRESCRIPTION, SHOE, Field
from afofit.words import stock
from afofit.words.findings import message, title
from afofit.words.reasons import reason
from afofit.words.sheet import STARTING_SPECIFICATION
from afofit.words.shoes import pair as pair_words
from afofit.words.shoes import size_label
from afofit.words.tongue import Language, language

Json = dict[str, Any]


def write(fitting: Fitting, given: Mapping[str, Any], *, links: Mapping[str, str] | None = None) -> Json:
    """The whole answer of a preview; a stored fitting adds its identity and links."""
    return {
        "created_on": fitting.computed_on.isoformat(),
        "engine_version": fitting.engine_version,
        "protocol": {"name": fitting.protocol_name, "version": fitting.protocol_version},
        "notice": STARTING_SPECIFICATION,
        "inputs": {"given": given, "normalised": normalised(fitting)},
        "limbs": {side: limb_answer(limb) for side, limb in fitting.limbs.items()},
        "pair": {"split_pair": fitting.pair.split_pair, "reason": pair_words(fitting.pair.reason)},
        "links": dict(links or {}),
    }


def limb_answer(fitted: LimbFitting) -> Json:
    """The answer for one limb."""
    design = fitted.design
    return {
        "verdict": fitted.verdict,
        "design": {
            "code": design.code,
            "footplate": design.footplate,
            "chosen_by": design.chosen_by,
            "rule": design.rule,
            "reasons": [reason(each) for each in design.reasons],
        },
        "dimensions": [_dimension(fitted, name, value) for name, value in fitted.dimensions.items()],
        "shoe": _shoe(fitted.shoe) if fitted.shoe else {},
        "wear_plan": fitted.wear_plan,
        "findings": [_finding(each) for each in fitted.findings],
        "stock": [_stock(each, language()) for each in fitted.stock],
    }


@lru_cache
def _evidence(source: Source) -> Json:
    return {"grade": source.grade, "basis": source.basis, "source": source.text}


def _working(value: Value) -> Json:
    _, magnitude, source, formula, inputs, tolerance, estimated, clause = value
    return {
        "value": magnitude,
        "tolerance": tolerance,
        "rule": clause,
        "formula": formula,
        "inputs": {each[0]: each[1] for each in inputs},
        "evidence": _evidence(source),
        "estimated": estimated,
    }


def _dimension(fitted: LimbFitting, name: str, value: Value) -> Json:
    declared = DIMENSIONS[name]
    answer: Json = {"name": name, "code": declared.code, "label": declared.label, "unit": declared.unit}
    answer |= _working(value)
    if declared.is_height:
        outer = fitted.outer(name)
        if outer is not None:
            answer["outer_value"] = outer
    if name in fitted.overridden:
        answer |= _overridden(fitted.overridden[name])
    return answer


def _overridden(one: Overridden) -> Json:
    """What the rule gave instead of the value, with its working; and who chose, when and why."""
    override = one.override
    return {
        "override": {
            "computed": one.computed.magnitude,
            "reason": override.reason,
            "by": override.by,
            "at": override.at.isoformat(),
        },
        "computed_working": _working(one.computed),
    }


def _finding(finding: Finding) -> Json:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": title(finding),
        "message": message(finding),
        "about": list(finding.about),
        "source": finding.source.text,
    }


@lru_cache(maxsize=512)
def _stock(one: Stock, _spoken: Language) -> Json:
    """A ready-made brace held against the limb. Lengths in mm, masses in kg; no upper end is null.

    Kept for each language: of most products the same is said to everybody. Nobody changes an answer.
    """
    return {
        **_product(one.product),
        "status": one.status,
        "sizes": list(one.sizes),
        "nearest": one.nearest,
        "reasons": list(stock.reasons(one)),
        "measures": [each._asdict() for each in one.reasons],
        "unknown": list(one.unknown),
        "against": list(one.against),
        "parts": list(one.parts),
        "beside": [each._asdict() for each in one.beside],
    }


@lru_cache
def _product(product: Product) -> Json:
    named = ("maker", "model", "version", "design", "worn", "hcpcs", "note", "recheck", "invented", "revision")
    return {name: getattr(product, name) for name in named} | {
        "source": {
            "document": product.document,
            "page": product.page,
            "address": product.address,
            "date": product.read_on.isoformat(),
            "grade": product.grade,
        }
    }


def _sizes(sizes: Mapping[str, float]) -> Json:
    return {system: restart(system, size) for system, size in sizes.items()}


def _labels(sizes: Mapping[str, float]) -> Json:
    return {system: size_label(system, size) for system, size in sizes.items()}


def _shoe(shoe: ShoeFit) -> Json:
    answer: Json = {name: value.magnitude for name, value in shoe.values.items()}
    answer["bare"] = _sizes(shoe.bare)
    answer["bare_labels"] = _labels(shoe.bare)
    if shoe.widths:
        answer["widths"] = {
            scale: {"letters_above_standard": width.letters_above_standard, "width": width.width}
            for scale, width in shoe.widths.items()
        }
    if shoe.braced:
        answer["braced"] = _sizes(shoe.braced)
        answer["braced_labels"] = _labels(shoe.braced)
        answer["depth_class"] = shoe.depth_class
        answer["features"] = list(shoe.features)
        answer["working"] = [{"name": name, **_working(value)} for name, value in shoe.values.items()]
    if shoe.current is not None:
        answer["current_shoe"] = {"fits": shoe.current.fits, "reasons": list(shoe.current.reasons)}
    return answer


def normalised(fitting: Fitting) -> Json:
    """What the engine worked on: mm, kg and degrees; null is unknown."""
    patient = fitting.request.patient
    return {
        "units": {"length": "mm", "mass": "kg"},
        "patient": _patient(patient),
        "limbs": {side: _limb(limb) for side, limb in fitting.request.limbs.items()},
    }


def _patient(patient: Patient) -> Json:
    answer = _group(PATIENT_ATTRIBUTES, patient)
    answer["birth_date"] = patient.birth_date.isoformat() if patient.birth_date else None
    return answer


def _attributes(fields: tuple[Field, ...], names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each field of a group with the attribute of the domain that holds it."""
    return tuple((field.name, field.quantity if field.quantity in names else f"{field.name}_deg") for field in fields)


def _names(holder: type[Patient | Clinical | Shoe | Prescription | Order]) -> tuple[str, ...]:
    return tuple(attribute.name for attribute in dataclasses.fields(holder))


PATIENT_ATTRIBUTES = _attributes(PATIENT, _names(Patient))
CLINICAL_ATTRIBUTES = _attributes(CLINICAL, _names(Clinical))
SHOE_ATTRIBUTES = _attributes(SHOE, _names(Shoe))
ORDER_ATTRIBUTES = _attributes(ORDER, _names(Order))
PRESCRIPTION_ATTRIBUTES = _attributes(PRESCRIPTION, _names(Prescription))


def _group(attributes: tuple[tuple[str, str], ...], holder: object) -> Json:
    return {name: getattr(holder, attribute) for name, attribute in attributes}


def _limb(limb: Limb) -> Json:
    answer: Json = {one.name: limb.measurements[one.name] for one in MEASUREMENTS if one.name in limb.measurements}
    for name, readings in limb.readings.items():
        answer[name] = {"readings": list(readings), "mean": limb.measurements[name]}
    clinical = _group(CLINICAL_ATTRIBUTES, limb.clinical)
    clinical["cleared"] = [
        {"code": one.code, "by": one.by, "date": one.date.isoformat(), "note": one.note}
        for one in limb.clinical.cleared
    ]
    return answer | {
        "braced": limb.braced,
        "partial_foot": limb.partial_foot,
        "foot_loading": limb.foot_loading,
        "measured_at": limb.measured_at.isoformat() if limb.measured_at else None,
        "clinical": clinical,
        "shoe": _group(SHOE_ATTRIBUTES, limb.shoe),
        "prescription": _group(PRESCRIPTION_ATTRIBUTES, limb.prescription),
        "order": _order(limb.order),
        "confirmed": [
            {"field": one.field, "value": one.value, "by": one.by, "at": one.at.isoformat() if one.at else None}
            for one in limb.confirmed
        ],
    }


def _order(order: Order) -> Json:
    """What was told to the workshop; only what was said, the rest would be a page of nulls."""
    said = {name: value for name, value in _group(ORDER_ATTRIBUTES, order).items() if value is not None}
    if order.date_needed:
        said["date_needed"] = order.date_needed.isoformat()
    return said
