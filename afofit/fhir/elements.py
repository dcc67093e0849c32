"""The small parts that resources are made of: codings, quantities, references, narratives, moments."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from html import escape
from typing import Any

Json = dict[str, Any]

UCUM = "http://unitsofmeasure.org"
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
ABSENT_REASON = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
"""HL7's codes, of which ``unknown`` says that something is not known."""
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation"
"""HL7's extension for the same quantity in another unit: here the one in which it was sent."""

UNITS: Mapping[str, tuple[str, str]] = {
    "mm": ("mm", "mm"),
    "cm": ("cm", "cm"),
    "in": ("in", "[in_i]"),
    "kg": ("kg", "kg"),
    "lb": ("lb", "[lb_av]"),
    "deg": ("deg", "deg"),
    "years": ("a", "a"),
    "Nm": ("N.m", "N.m"),
    "Nm/deg": ("N.m/deg", "N.m/deg"),
    "1": ("1", "1"),
}
"""By our unit: how it is shown and its UCUM code."""


def coding(system: str, code: str, display: str | None = None) -> Json:
    """A code of a system."""
    return {"system": system, "code": code} | ({"display": display} if display else {})


def concept(*codings: Json, text: str | None = None) -> Json:
    """A concept with its codings and, for whoever does not know them, its words."""
    return ({"coding": list(codings)} if codings else {}) | ({"text": text} if text else {})


def quantity(value: float, unit: str) -> Json:
    """A number with its unit in UCUM, system and code always there; ``unit`` is one of ours."""
    shown, code = UNITS[unit]
    return {"value": value, "unit": shown, "system": UCUM, "code": code}


def instant(moment: datetime) -> str:
    """A moment with its zone, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def date_time(when: datetime | date) -> str:
    """A date, or a date and time. FHIR wants a zone with a time: of a time without one only the day is said."""
    if not isinstance(when, datetime):
        return when.isoformat()
    return instant(when) if when.utcoffset() is not None else when.date().isoformat()


DATE_TIME = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-](0\d|1[0-4]):[0-5]\d))?)?)?",
    re.ASCII,
)
"""A dateTime of FHIR R4: a year, a month, a day, or a moment with its zone."""


def is_date_time(text: object) -> bool:
    """Whether this is a dateTime of FHIR."""
    return isinstance(text, str) and DATE_TIME.fullmatch(text) is not None


def narrative(*lines: str, rows: Iterable[tuple[str, ...]] = ()) -> Json:
    """What people read when a system shows a resource: paragraphs, then a table."""
    parts = [f"<p>{_said(line)}</p>" for line in lines if line]
    table = "".join(f"<tr>{''.join(f'<td>{_said(cell)}</td>' for cell in row)}</tr>" for row in rows)
    if table:
        parts.append(f"<table>{table}</table>")
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{"".join(parts)}</div>'}


def _said(text: str) -> str:
    return escape(text, quote=False)


def annotation(text: str, at: datetime) -> Json:
    """A note with its time."""
    return {"time": instant(at), "text": text}
