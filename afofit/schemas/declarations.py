"""The declarations of the domain for other systems: what can be sent, and within which limits."""

from typing import Any

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS, Limits, Measurement
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, GROUPS, Field


def _range(limits: Limits | None) -> dict[str, float] | None:
    return None if limits is None else {"minimum": limits[0], "maximum": limits[1]}


def _measurement(one: Measurement) -> dict[str, Any]:
    return {
        "name": one.name,
        "code": one.code,
        "letter": one.letter,
        "label": one.label,
        "landmark": one.hint,
        "how": one.how,
        "tool": one.tool,
        "posture": one.posture,
        "unit": one.unit,
        "required": one.required,
        "refused_outside": {"adult": _range(one.adult), "any_age": _range(one.any_age)},
        "unusual_outside_adult": _range(one.usual),
        "repeat_limit": one.repeat_limit,
        "uncertainty": one.uncertainty,
    }


def _field(field: Field) -> dict[str, Any]:
    unit = {"length": "mm", "mass": "kg", "angle": "deg", "years": "years"}.get(field.kind)
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind,
        "unit": unit,
        "values": list(field.values) or None,
        "may_be_unknown": field.unknown,
        "minimum": field.low,
        "maximum": field.high,
    }


def declarations() -> dict[str, Any]:
    """Measurements, the other fields by group, and the dimensions that come back. Limits in mm, kg and degrees."""
    return {
        "measurements": [_measurement(one) for one in MEASUREMENTS],
        "fields": {group: [_field(field) for field in fields] for group, fields in GROUPS.items()},
        "clearable_urgent_signs": list(CLEARABLE_SIGNS),
        "dimensions": [
            {"name": one.name, "code": one.code, "label": one.label, "unit": one.unit} for one in DIMENSIONS
        ],
    }
