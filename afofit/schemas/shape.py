"""The shape of a request as marshmallow schemas, built from the declarations of the domain."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing

from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, CLINICAL, LIMB, ORDER, PATIENT, PRESCRIPTION, SHOE, Field
from afofit.schemas.fields import (
    Choice,
    Choices,
    Day,
    Fault,
    Flag,
    Instant,
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

NOT_AN_OBJECT = Fault("not_an_object", "an object")


def _field(declared: Field) -> Own:
    simple = {"grade": Whole, "count": Whole, "flag": Flag, "text": Text, "date": Day, "moment": Moment, "size": Size}
    if declared.kind == "choice":
        return Choice(declared.values, unknown=declared.unknown)
    if declared.kind == "choices":
        return Choices(declared.values)
    return simple.get(declared.kind, Number)(unknown=declared.unknown)


class Strict(Schema):
    """Unknown fields are refused, and what is not an object is said in the same way."""

    error_messages = {"type": NOT_AN_OBJECT, "unknown": Fault("unknown_field")}  # type: ignore[dict-item]  # noqa: RUF012

    class Meta:
        """Unknown fields are refused, never dropped."""

        unknown = RAISE


class Part(fields.Nested):
    """A nested object; null counts as left out.

    Walks what was sent instead of what could have been sent: marshmallow's general loader, which also
    looks for hooks and defaults that no part has, costs three times as much on a request of a hundred
    fields (measured with ``make bench``).
    """

    def __init__(self, schema: type[Schema]) -> None:
        super().__init__(schema, unknown=RAISE)
        self.members = schema().load_fields

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The members as read; raises all their faults at once, with what could be read beside them."""
        if value is missing or value is None:
            return value
        if not isinstance(value, Mapping):
            raise fault("not_an_object", "an object")
        read: dict[str, Any] = {}
        faults: dict[str, Any] = {}
        for name, given in value.items():
            member = self.members.get(name)
            if member is None:
                faults[name] = [Fault("unknown_field")]
                continue
            try:
                read[name] = member.deserialize(given)
            except ValidationError as error:
                faults[name] = error.messages
                if isinstance(error.valid_data, dict):
                    read[name] = error.valid_data
        if faults:
            raise ValidationError(faults, valid_data=read)
        return read


class Rows(Own):
    """A list of objects of one shape."""

    def __init__(self, shape: type[Schema]) -> None:
        super().__init__()
        self.shape = shape()

    def read(self, value: Any) -> list[dict[str, Any]]:
        """The entries, or the faults of all of them."""
        if not isinstance(value, list):
            raise fault("not_a_list", f"a list of {{{', '.join(self.shape.fields)}}}")
        try:
            loaded: list[dict[str, Any]] = self.shape.load(value, many=True)
        except ValidationError as error:
            raise ValidationError(error.messages) from None
        return loaded


def _shape(name: str, members: Mapping[str, fields.Field[Any]]) -> type[Schema]:
    return type(name, (Strict,), dict(members))


UnitsShape = _shape(
    "UnitsShape",
    {
        "length": Choice(tuple(LENGTHS_MM)),
        "mass": Choice(tuple(MASSES_KG)),
    },
)
ClearanceShape = _shape(
    "ClearanceShape",
    {
        "code": Choice(CLEARABLE_SIGNS, required=True, wrong="not_clearable"),
        "by": Text(required=True),
        "date": Day(required=True),
        "note": Text(),
    },
)
ConfirmationShape = _shape(
    "ConfirmationShape",
    {
        "field": Text(required=True),
        "value": Number(required=True),
        "by": Text(),
        "at": Instant(),
    },
)
PatientShape = _shape("PatientShape", {one.name: _field(one) for one in PATIENT})
ClinicalShape = _shape("ClinicalShape", {one.name: _field(one) for one in CLINICAL} | {"cleared": Rows(ClearanceShape)})
ShoeShape = _shape("ShoeShape", {one.name: _field(one) for one in SHOE})
OrderShape = _shape("OrderShape", {one.name: _field(one) for one in ORDER})
PrescriptionShape = _shape("PrescriptionShape", {one.name: _field(one) for one in PRESCRIPTION})
LimbShape = _shape(
    "LimbShape",
    {one.name: Reading() for one in MEASUREMENTS}
    | {one.name: _field(one) for one in LIMB}
    | {"clinical": Part(ClinicalShape), "shoe": Part(ShoeShape)}
    | {"prescription": Part(PrescriptionShape), "order": Part(OrderShape)}
    | {"confirmed": Rows(ConfirmationShape)},
)
LimbsShape = _shape("LimbsShape", {side: Part(LimbShape) for side in SIDES})
RequestShape = _shape(
    "RequestShape",
    {
        "units": Part(UnitsShape),
        "patient": Part(PatientShape),
        "clinical": Part(ClinicalShape),
        "limbs": Part(LimbsShape),
        "shoe": Part(ShoeShape),
        "prescription": Part(PrescriptionShape),
        "order": Part(OrderShape),
    },
)
REQUEST = RequestShape()

NEEDED: tuple[tuple[str, ...], ...] = (
    ("units",),
    ("units", "length"),
    ("units", "mass"),
    ("patient",),
    ("patient", "weight"),
    ("limbs",),
)
"""What every request must hold."""
