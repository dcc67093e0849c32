"""The OperationDefinition of $afo-fitting: every parameter with its type, from the tree that the readers follow."""

from collections.abc import Iterator

from afofit.fhir import ucum
from afofit.fhir.codes import BASE, canonical
from afofit.fhir.definitions import definition
from afofit.fhir.elements import Json
from afofit.fhir.form import FORM, MANY, Item
from afofit.fhir.values import listed, types_of
from afofit.fhir.wishes import WISHES
from afofit.words.sheet import INTENDED_USE, NOT_FOR

NAME = "afo-fitting"


def operation_definition() -> Json:
    """What the operation takes and gives."""
    made = definition("OperationDefinition", NAME, "Ankle-foot orthosis fitting", f"{INTENDED_USE} {NOT_FOR}")
    return made | {
        "kind": "operation",
        "affectsState": False,
        "code": NAME,
        "comment": "POST Parameters, or a Bundle of Observations or a QuestionnaireResponse itself, with the wishes in "
        "the address. What is left out is unknown, never healthy. Nothing is stored. Problems come all at once as an "
        "OperationOutcome.",
        "system": True,
        "type": False,
        "instance": False,
        "parameter": [
            *(_parameter(item, needed=False) for item in FORM.members),
            *(_parameter(item) for item in WISHES.members),
            _content(),
            _answer(),
        ],
    }


def _content() -> Json:
    return {
        "name": "resource",
        "use": "in",
        "min": 0,
        "max": "1",
        "documentation": "A Bundle (collection or searchset) of Observations with its Patient, or a "
        f"QuestionnaireResponse to {canonical('Questionnaire', NAME)}. Other parameters add what it does not say.",
        "type": "Resource",
    }


def _answer() -> Json:
    return {
        "name": "return",
        "use": "out",
        "min": 1,
        "max": "1",
        "documentation": "Observations of the measurements and of the result of each leg, DetectedIssues for the "
        "findings, a DeviceRequest (draft, proposal) for each brace, DocumentReferences.",
        "type": "Bundle",
    }


def _parameter(item: Item, *, needed: bool | None = None) -> Json:
    made: Json = {
        "name": item.name,
        "use": "in",
        "min": int(item.needed if needed is None else needed),
        "max": "*" if item.most is MANY else str(item.most),
        "documentation": " ".join(_documentation(item)),
    }
    if item.is_group:
        return made | {"part": [_parameter(one) for one in item.members]}
    made["type"] = types_of(item)[0]
    if made["type"] == "code" and item.system.startswith(BASE):
        name = item.system.rpartition(":")[2]
        made["binding"] = {"strength": "required", "valueSet": canonical("ValueSet", name)}
    return made


def _documentation(item: Item) -> Iterator[str]:
    yield f"{item.label}: {item.hint}." if item.hint else f"{item.label}."
    if item.kind == "reading":
        yield "Up to three readings, whose mean counts."
    if item.unit and "Quantity" in types_of(item):
        yield f"UCUM units: {listed(ucum.codes(item.unit))}."
    if item.choices and not item.system:
        yield f"One of {listed([code for code, _ in item.choices])}."
    if item.kind == "choices":
        yield "Repeated, or once none: asked, none present."
    if item.unknown:
        yield "The code unknown says that it is not known; so does leaving it out."
    others = (
        [one for one in types_of(item)[1:] if one not in ("positiveInt", "unsignedInt", "id")]
        if not item.is_group
        else []
    )
    if others:
        yield f"Also as {listed(others)}."
