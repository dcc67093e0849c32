"""References to a patient: what may stand in a chart, and how the patient is called in a request document."""

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

from afofit.fhir.elements import Json
from afofit.fhir.values import Fault

TO_A_PATIENT = re.compile(
    r"(https?://\S+/)?Patient/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?|urn:(uuid|oid):\S+"
)
ELEMENTS = frozenset({"reference", "type", "identifier", "display"})
LONGEST = 200


def reference_to(value: Mapping[str, Any]) -> Json:
    """A Reference to a patient with only what belongs to it; raises Fault."""
    literal, identifier = value.get("reference"), value.get("identifier")
    leads = _is_line(literal) and TO_A_PATIENT.fullmatch(literal) is not None
    named = identifier if isinstance(identifier, Mapping) and _is_line(identifier.get("value")) else None
    other = value.get("type") not in (None, "Patient") or not set(value) <= ELEMENTS | {"id", "extension"}
    strange = not _is_line(value.get("display", "-")) or not _is_address((named or {}).get("system", "-"))
    if other or strange or not (leads or (literal is None and named)):
        received = literal if isinstance(literal, str) else "what came"
        raise Fault("not_a_reference", "value", received, ["Patient/123", "an identifier with its value"])
    kept: Json = {name: value[name] for name in ("reference", "type", "display") if name in value}
    if named:
        wanted = ("system", "value")
        kept["identifier"] = {name: named[name] for name in wanted if name in named}
    return kept


def _is_line(text: Any) -> TypeGuard[str]:
    """Whether this is a line of text that may stand in a chart: not blank, not endless, nothing that cannot be seen."""
    return isinstance(text, str) and bool(text.strip()) and len(text) <= LONGEST and text.isprintable()


def _is_address(text: Any) -> bool:
    return _is_line(text) and not any(letter.isspace() for letter in text)


def as_text(reference: Json) -> str:
    """How a request document calls the patient."""
    return str(reference.get("reference") or reference["identifier"]["value"])[:LONGEST]


def literal(reference: object) -> str | None:
    """The address in a Reference."""
    found = reference.get("reference") if isinstance(reference, Mapping) else None
    return found if isinstance(found, str) else None
