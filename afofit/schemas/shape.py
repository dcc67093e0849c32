"""The shape of a request as marshmallow schemas, built from the declarations of the domain."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, CLINICAL, LIMB, ORDER, PATIENT, PRESCRIPTION, SHOE, Field
from afofit.schemas.fields import (
    Choice,
    Choices,
    Day,
    Fault,
    Flag,
    Moment,
    Number,
    Own,
    Reading,
    Size,
    Text,
    Whole,
    fault,
)
from afofit.schemas.units import LENGTHS_MM, MASSES_KG

REQUIRED = frozenset({"weight"})
NOT_AN_OBJECT = Fault("not_an_object", "an object")


def _field(declared: Field) -> Own:
    required = declared.name in REQUIRED
    simple = {"grade": Whole, "count": Whole, "flag": Flag, "text": Text, "date": Day, "moment": Moment, "size": Size}
    if declared.kind == "choice":
        return Choice(declared.values, required=required, unknown=declared.unknown)
    if declared.kind == "choices":
        return Choices(declared.values)
    return simple.get(declared.kind, Number)(required=required, unknown=declared.unknown)


class Strict(Schema):
    """Unknown fields are refused, and what is not an object is said in the same way."""

    error_messages = {"type": NOT_AN_OBJECT, "unknown": Fault("unknown_field")}  # type: ignore[dict-item]  # noqa: RUF012

    class Meta:
        """Unknown fields are refused, never dropped."""

        unknown = RAISE


class Part(fields.Nested):
    """A nested object; null counts as left out."""

    default_error_messages = {"type": NOT_AN_OBJECT, "required": Fault("missing")}  # type: ignore[dict-item]  # noqa: RUF012

    def __init__(self, schema: type[Schema], *, required: bool = False) -> None:
        super().__init__(schema, required=required, allow_none=not required, unknown=RAISE)
        self.error_messages["null"] = Fault("missing")  # type: ignore[assignment]


class Clearances(Own):
    """Who cleared which urgent sign, and when."""

    def read(self, value: Any) -> list[dict[str, Any]]:
        """The entries, or the faults of all of them."""
        if not isinstance(value, list):
            raise fault("not_a_list", "a list of {code, by, date, note}")
        try:
            loaded: list[dict[str, Any]] = ClearanceShape(many=True).load(value)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return loaded


def _shape(name: str, members: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    return type(name, (Strict,), dict(members))


UnitsShape = _shape(
    "UnitsShape",
    {
        "length": Choice(tuple(LENGTHS_MM), required=True),
        "mass": Choice(tuple(MASSES_KG), required=True),
    },
)
ClearanceShape = _shape(
    "ClearanceShape",
    {
        "code": Choice(CLEARABLE_SIGNS, required=True),
        "by": Text(required=True),
        "date": Day(required=True),
        "note": Text(),
    },
)
PatientShape = _shape("PatientShape", {one.name: _field(one) for one in PATIENT})
ClinicalShape = _shape("ClinicalShape", {one.name: _field(one) for one in CLINICAL} | {"cleared": Clearances()})
ShoeShape = _shape("ShoeShape", {one.name: _field(one) for one in SHOE})
OrderShape = _shape("OrderShape", {one.name: _field(one) for one in ORDER})
PrescriptionShape = _shape("PrescriptionShape", {one.name: _field(one) for one in PRESCRIPTION})
LimbShape = _shape(
    "LimbShape",
    {one.name: Reading() for one in MEASUREMENTS}
    | {one.name: _field(one) for one in LIMB}
    | {"clinical": Part(ClinicalShape), "shoe": Part(ShoeShape)}
    | {"prescription": Part(PrescriptionShape), "order": Part(OrderShape)},
)
LimbsShape = _shape("LimbsShape", {side: Part(LimbShape) for side in SIDES})
RequestShape = _shape(
    "RequestShape",
    {
        "units": Part(UnitsShape, required=True),
        "patient": Part(PatientShape, required=True),
        "clinical": Part(ClinicalShape),
        "limbs": Part(LimbsShape, required=True),
        "shoe": Part(ShoeShape),
        "prescription": Part(PrescriptionShape),
        "order": Part(OrderShape),
    },
)
REQUEST = RequestShape()
