"""One value as FHIR sends it, read for one item of the form: its type, its JSON, its unit, its system of codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from afofit.fhir import ucum
from afofit.fhir.elements import UCUM
from afofit.fhir.form import Item
from afofit.words.fhir_problems import sentence
from afofit.words.problems import shown

IssueCode = Literal["structure", "required", "value", "invalid", "code-invalid", "duplicate", "not-supported"]
UNKNOWN = "unknown"
CODED = ("code", "Coding", "CodeableConcept")
NUMBERS = ("decimal", "integer", "positiveInt", "unsignedInt")
TYPES: Mapping[str, tuple[str, ...]] = {
    "reading": ("Quantity",),
    "length": ("Quantity",),
    "mass": ("Quantity",),
    "any": ("Quantity",),
    "angle": ("Quantity", *NUMBERS),
    "years": (*NUMBERS, "Quantity"),
    "grade": ("integer", "decimal", "positiveInt", "unsignedInt"),
    "count": ("integer", "positiveInt", "decimal", "unsignedInt"),
    "choice": CODED,
    "choices": CODED,
    "side": CODED,
    "flag": ("boolean",),
    "text": ("string",),
    "date": ("date", "dateTime"),
    "moment": ("dateTime",),
    "size": ("decimal", "string", "integer", "positiveInt", "code"),
}
"""By kind of item the FHIR types in which it is read, the usual one first."""
JSON_OF: Mapping[str, str] = {
    "boolean": "true or false",
    "integer": "a whole number",
    "positiveInt": "a whole number above 0",
    "unsignedInt": "a whole number",
    "decimal": "a number",
    "Quantity": "an object with value, system and code",
    "Coding": "an object with system and code",
    "CodeableConcept": "an object with coding",
    "Reference": "an object with reference",
}
QUANTITY_ELEMENTS = frozenset({"value", "unit", "system", "code", "comparator", "id", "extension"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in the unit in which it came (its UCUM code)."""

    value: float
    code: str


class Fault(Exception):
    """What is wrong with one value, before it is known where it stands.

    ``received`` and ``allowed`` are told to machines; ``said`` is what people read of what came, ``more`` what else
    the sentence needs.
    """

    def __init__(
        self, code: str, issue: IssueCode, received: object, allowed: object, *, said: str | None = None, **more: str
    ) -> None:
        super().__init__(code)
        self.code = code
        self.issue: IssueCode = issue
        self.received = received
        self.allowed = allowed
        self.said = shown(received) if said is None else said
        self.more = more

    def message(self, where: str) -> str:
        """The whole sentence."""
        allowed = listed(self.allowed) if isinstance(self.allowed, list) else str(self.allowed)
        return sentence(self.code, where=where, received=self.said, allowed=allowed, **self.more)


def types_of(item: Item) -> tuple[str, ...]:
    """The FHIR types in which an item is read."""
    types = TYPES[item.kind]
    if item.name == "reference":
        types = ("string", "Reference", "code", "id")
    if item.unknown and "code" not in types:
        types = (*types, "code")
    return types


def listed(names: list[str]) -> str:
    """Several names as people read them: "a, b or c"."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def element(kind: str) -> str:
    """The element that holds a value of a FHIR type: valueQuantity; what is no type is told as it came."""
    return kind if kind.startswith("value") else f"value{kind[0].upper()}{kind[1:]}"


def read_value(item: Item, kind: str, value: Any) -> Any:
    """The value for a request document, an Amount where it is a quantity; raises Fault."""
    types = types_of(item)
    if kind not in types and not (item.unknown and kind in CODED):
        raise Fault("wrong_type", "structure", element(kind), [element(one) for one in types], said=element(kind))
    _check_json(kind, value)
    if kind == "Quantity":
        return read_quantity(item, value)
    if kind in CODED and item.kind not in ("size", "text"):
        return _code(item, kind, value)
    return value


def _check_json(kind: str, value: Any) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    fits = {
        "boolean": isinstance(value, bool),
        "integer": whole,
        "positiveInt": whole and value > 0,
        "unsignedInt": whole and value >= 0,
        "decimal": whole or isinstance(value, float),
    }.get(kind)
    if fits is None:
        fits = isinstance(value, Mapping) if kind in JSON_OF else isinstance(value, str) and bool(value.strip())
    if not fits:
        raise Fault("wrong_json", "value", value, JSON_OF.get(kind, "text"), kind=element(kind))


def _code(item: Item, kind: str, value: Any) -> str:
    """The code of a choice; where a system is told, it must be the one of this item."""
    if kind == "code":
        return _known(item, value)
    codings = [value] if kind == "Coding" else value.get("coding")
    codings = [one for one in codings if isinstance(one, Mapping)] if isinstance(codings, list) else []
    found = [one.get("code") for one in codings if one.get("system") == item.system]
    if len(found) != 1 or not isinstance(found[0], str):
        came = [f"{one.get('system')}|{one.get('code')}" for one in codings]
        said = shown(", ".join(came)) if came else "what came"
        raise Fault(
            "foreign_code", "code-invalid", ", ".join(came)[:100] or None, item.system or "this item", said=said
        )
    return _known(item, found[0])


def _known(item: Item, code: str) -> str:
    """A code for REST to look at; of what is a number or a flag, ``unknown`` is the only code."""
    if item.choices or code == UNKNOWN:
        return code
    allowed = [element(one) for one in TYPES[item.kind]]
    raise Fault("wrong_type", "structure", code, allowed, said=f"the code {shown(code)}")


def read_quantity(item: Item, value: Mapping[str, Any]) -> Amount:
    """The number with the UCUM code of its unit; nothing about the unit is assumed."""
    unknown = sorted(str(name) for name in set(value) - QUANTITY_ELEMENTS)
    if unknown:
        raise Fault("unknown_element", "structure", unknown[0], "a Quantity")
    number, code, system = value.get("value"), value.get("code"), value.get("system")
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Fault("quantity_no_value", "value", number, "a number")
    if value.get("comparator") is not None:
        raise Fault("quantity_comparator", "value", f"{value['comparator']} {number}", "a number")
    codes = ucum.codes(item.unit or "measured")
    if not isinstance(code, str) or not isinstance(system, str) or not code.strip():
        raise Fault("quantity_no_unit", "required", number, codes)
    if system != UCUM:
        raise Fault("quantity_system", "code-invalid", system, UCUM)
    if code not in codes:
        raise Fault("quantity_code", "code-invalid", code, codes)
    said = value.get("unit")
    if said is not None and ucum.SHOWN.get(str(said).strip(), code) != code:
        raise Fault("quantity_contradicts", "value", said, code)
    return Amount(number, code)
