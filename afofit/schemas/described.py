"""The shape of a request as JSON Schema (2020-12), read off the same fields that read it and the declarations."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema, fields

from afofit.fitting.measurements import BY_NAME, Limits, Measurement
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import GROUPS, Field
from afofit.schemas import shape
from afofit.schemas.fields import (
    DATE,
    INSTANT,
    LONGEST_SIZE,
    LONGEST_TEXT,
    MOMENT,
    PLAIN_TEXT,
    UNKNOWN,
    Choice,
    Choices,
    Day,
    Flag,
    Instant,
    Moment,
    Number,
    Own,
    Reading,
    Size,
    Text,
    Whole,
)
from afofit.words.numbers import plain

Json = dict[str, Any]
NULL: Json = {"type": "null"}
UNIT_WORDS = {"length": "in the length unit of the request", "mass": "in the mass unit of the request"}
LIMIT_UNITS = {"length": " mm", "mass": " kg", "mm": " mm", "angle": "°", "deg": "°", "years": " years"}
READINGS: Json = {
    "type": "object",
    "required": ["readings"],
    "properties": {"readings": {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3}},
    "additionalProperties": False,
}
SHAPES: Mapping[str, type[Schema]] = {
    "Units": shape.UnitsShape,
    "Patient": shape.PatientShape,
    "Clinical": shape.ClinicalShape,
    "Clearance": shape.ClearanceShape,
    "Shoe": shape.ShoeShape,
    "Prescription": shape.PrescriptionShape,
    "Order": shape.OrderShape,
    "Confirmation": shape.ConfirmationShape,
    "Limb": shape.LimbShape,
    "Limbs": shape.LimbsShape,
    "FittingRequest": shape.RequestShape,
}
"""The parts of a request by the names that generated clients give them."""
ABOUT = {
    "Units": "Units of every length and mass of the request; there is no default.",
    "Patient": "`weight` is needed, and `age_years` or `birth_date`.",
    "Clinical": "Every field may be left out or `unknown`. Unknown is never read as healthy.",
    "Clearance": "A sign that a named clinician cleared.",
    "Shoe": "The shoe worn now, and in which the brace is set up.",
    "Prescription": "What the prescriber decides; what is left out the protocol decides.",
    "Order": "Recorded and printed, not computed with.",
    "Confirmation": "An unusual value that somebody measured again and confirmed.",
    "Limb": "Needed of a braced limb: "
    + ", ".join(f"`{one.name}`" for one in BY_NAME.values() if one.required)
    + " (or `fibular_neck_height` in place of `fibular_head_height`); of a limb with `braced` false only "
    "`foot_length` and `forefoot_width`. Its own `clinical`, `shoe`, `prescription` and `order` replace the common "
    "fields on that side.",
    "Limbs": "One leg or both.",
    "FittingRequest": "What is known of a person and their legs.",
}
NEEDED = {path[-1] for path in shape.NEEDED}
_GROUP_OF = {
    "Patient": "patient",
    "Clinical": "clinical",
    "Shoe": "shoe",
    "Prescription": "prescription",
    "Order": "order",
    "Limb": "limb",
}
_NAMES = {made: name for name, made in SHAPES.items()}


def ref(name: str) -> Json:
    """A component by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Json) -> Json:
    """The same, or null, which counts as left out."""
    if "$ref" in schema:
        return {"oneOf": [schema, NULL]}
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], NULL]}
    kinds = schema["type"]
    made = schema | {"type": [kinds, "null"]}
    return made | {"enum": [*schema["enum"], None]} if "enum" in schema else made


def request_schemas() -> dict[str, Json]:
    """Every part of a request document as a component."""
    return {name: _object(name, made) for name, made in SHAPES.items()}


def _object(name: str, made: type[Schema]) -> Json:
    declared = {one.name: one for one in GROUPS[_GROUP_OF[name]]} if name in _GROUP_OF else {}
    properties, needed = {}, []
    for member, field in made().fields.items():
        described = _limited(_member(field), declared.get(member)) | _about(member, declared.get(member))
        required = field.required or (name in ("FittingRequest", "Units", "Patient") and member in NEEDED)
        if required:
            needed.append(member)
        properties[member] = described if required else or_null(described)
    described = {"type": "object", "description": ABOUT[name], "properties": properties, "additionalProperties": False}
    if name == "Limbs":
        described |= {"minProperties": 1}
    return described | ({"required": needed} if needed else {})


def _member(field: fields.Field[Any]) -> Json:
    if isinstance(field, shape.Part):
        return ref(_NAMES[type(field.schema)])
    if isinstance(field, shape.Rows):
        return {"type": "array", "items": ref(_NAMES[type(field.shape)])}
    assert isinstance(field, Own)  # noqa: S101
    described = _KINDS[type(field)](field)
    return _or_unknown(described) if field.unknown else described


def _limited(described: Json, declared: Field | None) -> Json:
    """With the limits of what has one unit only; those of lengths and masses depend on the units of the request."""
    if declared is None or declared.low is None or declared.kind in UNIT_WORDS:
        return described
    if "anyOf" in described:
        first, *rest = described["anyOf"]
        return described | {"anyOf": [_limited(first, declared), *rest]}
    return described | {"minimum": declared.low, "maximum": declared.high}


def _or_unknown(described: Json) -> Json:
    if "enum" in described:
        return described | {"enum": [*described["enum"], UNKNOWN]}
    return {"anyOf": [described, {"type": "string", "const": UNKNOWN}]}


def _choice(field: Own) -> Json:
    assert isinstance(field, Choice)  # noqa: S101
    return {"type": "string", "enum": list(field.values)}


def _choices(field: Own) -> Json:
    assert isinstance(field, Choices)  # noqa: S101
    return {"type": "array", "items": {"type": "string", "enum": list(field.values)}}


_SIZE = [{"type": "number"}, {"type": "string", "minLength": 1, "maxLength": LONGEST_SIZE}]
_KINDS: dict[type[Own], Callable[[Own], Json]] = {
    Choice: _choice,
    Choices: _choices,
    Number: lambda _: {"type": "number"},
    Whole: lambda _: {"type": "integer"},
    Flag: lambda _: {"type": "boolean"},
    Text: lambda _: {"type": "string", "maxLength": LONGEST_TEXT, "pattern": PLAIN_TEXT},
    Day: lambda _: {"type": "string", "format": "date", "pattern": DATE},
    Moment: lambda _: {"type": "string", "pattern": MOMENT},
    Instant: lambda _: {"type": "string", "pattern": INSTANT},
    Size: lambda _: {"anyOf": list(_SIZE)},
    Reading: lambda _: {"anyOf": [{"type": "number"}, READINGS]},
}


def _about(name: str, field: Field | None) -> Json:
    if field is not None:
        return {"description": _field(field)}
    if name in BY_NAME:
        return {"description": _measurement(BY_NAME[name])}
    return {}


def _field(field: Field) -> str:
    said = f"{field.label}. {field.hint[:1].upper()}{field.hint[1:]}".rstrip(". ") + "."
    if field.kind in UNIT_WORDS:
        said += f" A length {UNIT_WORDS['length']}." if field.kind == "length" else f" A mass {UNIT_WORDS['mass']}."
    if field.low is not None and field.high is not None:
        unit = LIMIT_UNITS.get(field.kind, "")
        said += f" {plain(field.low)} to {plain(field.high)}{unit}."
    return said


def _measurement(one: Measurement) -> str:
    unit = "Degrees" if one.unit == "deg" else f"A length {UNIT_WORDS['length']}"
    said = f"{one.label} ({one.code}): {one.hint}. {unit}; one number, or up to three readings whose mean counts."
    limits = [(words, limits) for words, limits in (("adult", one.adult), ("any age", one.any_age)) if limits]
    if limits:
        said += f" Refused outside {', '.join(f'{_range(one, each)} ({words})' for words, each in limits)}."
    return said


def _range(one: Measurement, limits: Limits) -> str:
    return f"{plain(limits[0])} to {plain(limits[1])}{LIMIT_UNITS[one.unit]}"


def side_map(schema: Json) -> Json:
    """An object with one entry for each leg that was sent."""
    return {"type": "object", "properties": dict.fromkeys(SIDES, schema), "additionalProperties": False}
