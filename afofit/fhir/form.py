"""What a fitting can be told, as one tree built from the declarations of the domain.

The operation, the questionnaire and the readers all follow it: a new measurement is in all of them at once.
"""

from dataclasses import dataclass
from typing import Final

from afofit.fhir.codes import MEASURE, SIDE, field_system
from afofit.fhir.elements import ABSENT_REASON
from afofit.fitting.measurements import MEASUREMENTS, REQUIRED_UNBRACED, Measurement
from afofit.fitting.vocabulary import (
    CLEARABLE_SIGNS,
    CLINICAL,
    LIMB,
    ORDER,
    PATIENT,
    PRESCRIPTION,
    SHOE,
    SIDE_CHOICES,
    URGENT_SIGNS,
    Field,
)

MOST_READINGS: Final = 3
MANY: Final = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that can be told: a value of some kind, or a group of others.

    ``kind`` is the kind of a field, "reading" for a measurement, "side", "group", or "rows" for a group that makes a
    list. ``most`` is how often it may come (None: any number of times), ``unit`` what a quantity is measured in.
    """

    name: str
    kind: str
    label: str
    hint: str = ""
    needed: bool = False
    most: int | None = 1
    unit: str | None = None
    unknown: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    system: str = ""
    low: float | None = None
    high: float | None = None
    members: tuple["Item", ...] = ()

    @property
    def is_group(self) -> bool:
        """Whether it holds others instead of a value."""
        return self.kind in ("group", "rows")

    def member(self, name: str) -> "Item | None":
        """The item of this name in the group."""
        return next((one for one in self.members if one.name == name), None)


UNIT_KINDS: Final = {"length": "length", "mass": "mass", "angle": "angle", "years": "years"}
NEEDED: Final = frozenset({"weight"})


def _of_field(field: Field, group: str) -> Item:
    choices = field.choices
    if field.unknown and choices:
        choices = (*choices, ("unknown", "Unknown"))
    if field.kind == "choices":
        choices = (("none", "None of these"), *choices)
    return Item(
        name=field.name,
        kind=field.kind,
        label=field.label,
        hint=field.hint,
        needed=group == "patient" and field.name in NEEDED,
        most=MANY if field.kind == "choices" else 1,
        unit=UNIT_KINDS.get(field.kind),
        unknown=field.unknown,
        choices=choices,
        system=field_system(group, field.name) if choices else ABSENT_REASON,
        low=field.low,
        high=field.high,
    )


def _of_measurement(one: Measurement) -> Item:
    return Item(
        name=one.name,
        kind="reading",
        label=one.label,
        hint=one.hint,
        needed=one.name in REQUIRED_UNBRACED,
        most=MOST_READINGS,
        unit="length" if one.unit == "mm" else "angle",
        low=one.any_age[0] if one.any_age else None,
        high=one.any_age[1] if one.any_age else None,
    )


def _group(name: str, label: str, fields: tuple[Field, ...], *more: Item, hint: str = "") -> Item:
    members = (*(_of_field(field, name) for field in fields), *more)
    return Item(name=name, kind="group", label=label, hint=hint, members=members)


def _text(name: str, label: str, *, kind: str = "text", needed: bool = False) -> Item:
    return Item(name=name, kind=kind, label=label, needed=needed)


CLEARED: Final = Item(
    name="cleared",
    kind="rows",
    label="Urgent sign that a named person has cleared",
    most=MANY,
    members=(
        Item(
            name="code",
            kind="choice",
            label="Sign",
            needed=True,
            choices=tuple(one for one in URGENT_SIGNS if one[0] in CLEARABLE_SIGNS),
            system=field_system("clinical", "urgent_signs"),
        ),
        _text("by", "Cleared by", needed=True),
        _text("date", "Cleared on", kind="date", needed=True),
        _text("note", "Note"),
    ),
)
CONFIRMED: Final = Item(
    name="confirmed",
    kind="rows",
    label="Unusual measurement that was measured again and confirmed",
    most=MANY,
    members=(
        Item(
            name="field",
            kind="choice",
            label="Measurement",
            needed=True,
            choices=tuple((one.name, one.label) for one in MEASUREMENTS),
            system=MEASURE,
        ),
        Item(name="value", kind="any", label="Value", needed=True, unit="measured"),
        _text("by", "Confirmed by"),
        _text("at", "Confirmed at", kind="moment"),
    ),
)
_SHARED: Final = (
    _group("clinical", "Clinical picture", CLINICAL, CLEARED, hint="what is left out is unknown, never healthy"),
    _group("shoe", "Shoe worn now", SHOE),
    _group("prescription", "Prescription", PRESCRIPTION),
    _group("order", "Order to the workshop", ORDER, hint="recorded and printed, not computed"),
)
LEG: Final = Item(
    name="limb",
    kind="group",
    label="Leg",
    hint="once or twice; clinical, shoe, prescription and order here replace the common ones for this side",
    needed=True,
    most=2,
    members=(
        Item(name="side", kind="side", label="Side", needed=True, choices=SIDE_CHOICES, system=SIDE),
        *(_of_measurement(one) for one in MEASUREMENTS),
        *(_of_field(field, "limb") for field in LIMB),
        *_SHARED,
        CONFIRMED,
    ),
)
FORM: Final = Item(
    name="",
    kind="group",
    label="Ankle-foot orthosis fitting",
    members=(_group("patient", "Patient", PATIENT), LEG, *_SHARED),
)
"""Everything that can be told about one fitting."""
