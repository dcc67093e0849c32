"""The Questionnaire: everything that can be told of a fitting, as questions that any EMR can show."""

from afofit.fhir import ucum
from afofit.fhir.codes import MEASURE
from afofit.fhir.definitions import definition
from afofit.fhir.elements import UCUM, UNITS, Json, coding
from afofit.fhir.form import FORM, MANY, Item
from afofit.schemas.fields import LONGEST_TEXT
from afofit.words.sheet import INTENDED_USE, NOT_FOR

UNIT_OPTION = "http://hl7.org/fhir/StructureDefinition/questionnaire-unitOption"
LIMITS = {
    "low": "http://hl7.org/fhir/StructureDefinition/minValue",
    "high": "http://hl7.org/fhir/StructureDefinition/maxValue",
}
TYPES = {
    "reading": "quantity",
    "length": "quantity",
    "mass": "quantity",
    "angle": "quantity",
    "any": "quantity",
    "years": "decimal",
    "grade": "integer",
    "count": "integer",
    "choice": "choice",
    "choices": "choice",
    "side": "choice",
    "flag": "boolean",
    "text": "string",
    "date": "date",
    "moment": "dateTime",
    "size": "string",
    "group": "group",
    "rows": "group",
}
"""By kind of item the type of its question."""
READS = {UNITS[name][1]: UNITS[name][0] for name in ("mm", "cm", "in", "kg", "lb", "deg")} | {"m": "m", "g": "g"}


def questionnaire() -> Json:
    """Our Questionnaire; its linkIds are the names of the contract, joined by points."""
    made = definition("Questionnaire", "afo-fitting", FORM.label, f"{INTENDED_USE} {NOT_FOR}")
    return made | {
        "subjectType": ["Patient"],
        "purpose": "Answered, it is read by the operation afo-fitting. What is left out is unknown, never healthy.",
        "item": [_item(item, "") for item in FORM.members],
    }


def _item(item: Item, prefix: str) -> Json:
    link = f"{prefix}{item.name}"
    made: Json = {"linkId": link, "text": _text(item), "type": TYPES[item.kind]}
    extensions = [*_units(item), *_limits(item)]
    if extensions:
        made = {"extension": extensions} | made
    if not item.is_group:
        made["code"] = [coding(MEASURE, item.name)] if _is_measure(item, prefix) else []
        made = {name: value for name, value in made.items() if value != []}
    if item.needed:
        made["required"] = True
    if item.most is MANY or item.most > 1:
        made["repeats"] = True
    if item.kind == "text":
        made["maxLength"] = LONGEST_TEXT
    if item.choices:
        options = [{"valueCoding": coding(item.system, code, display)} for code, display in item.choices]
        made["answerOption"] = options
    if item.members:
        made["item"] = [_item(one, f"{link}.") for one in item.members]
    return made


def _is_measure(item: Item, prefix: str) -> bool:
    """Whether the name is one of the contract; the side and the rows of lists have none there."""
    return item.kind not in ("side", "any") and not prefix.endswith(("cleared.", "confirmed."))


def _text(item: Item) -> str:
    return f"{item.label} ({item.hint})" if item.hint else item.label


def _units(item: Item) -> list[Json]:
    if TYPES[item.kind] != "quantity" or item.unit is None:
        return []
    return [{"url": UNIT_OPTION, "valueCoding": coding(UCUM, code, READS[code])} for code in ucum.codes(item.unit)]


def _limits(item: Item) -> list[Json]:
    """Limits of plain numbers; those of quantities depend on unit and age, and are told by the answer."""
    kind = {"integer": "valueInteger", "decimal": "valueDecimal"}.get(TYPES[item.kind])
    if kind is None:
        return []
    limits = (("low", item.low), ("high", item.high))
    return [{"url": LIMITS[name], kind: int(limit)} for name, limit in limits if limit is not None]
