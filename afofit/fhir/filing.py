"""DocumentReference: a document of a fitting, with its content inside."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha1

from afofit.fhir.chart import Chart, engine, notice, resource
from afofit.fhir.elements import Json, coding, concept, instant, narrative
from afofit.fitting.result import Fitting

CATEGORY = coding(
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "clinical-note", "Clinical Note"
)
"""What US Core asks of every document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A document as it will be filed: PDF, RTF or plain text, with the name under which people find it."""

    kind: str
    title: str
    content_type: str
    content: bytes
    language: str = "en"


def document_reference(fitting: Fitting, file: File, chart: Chart) -> Json:
    """A document of a fitting, with its content, size and hash."""
    made = resource(
        "DocumentReference", fitting, chart, f"document/{file.kind}", narrative(file.title, notice(fitting))
    )
    made |= {
        "status": "current",
        "docStatus": chart.status,
        "type": concept(chart.document_coding, text=file.title),
        "category": [concept(CATEGORY)],
        "subject": chart.patient,
        "date": instant(chart.at),
        "author": [chart.author or {"type": "Device", "display": engine(fitting)}],
        "description": f"{file.title}. {notice(fitting)}",
        "content": [{"attachment": attachment(file, chart)}],
    }
    if chart.encounter:
        made["context"] = {"encounter": [chart.encounter]}
    return made


def attachment(file: File, chart: Chart) -> Json:
    """The content itself. FHIR R4 wants SHA-1; here it finds what was cut off on the way, it protects nothing."""
    return {
        "contentType": file.content_type,
        "language": file.language,
        "data": b64encode(file.content).decode("ascii"),
        "size": len(file.content),
        "hash": b64encode(sha1(file.content, usedforsecurity=False).digest()).decode("ascii"),
        "title": file.title,
        "creation": instant(chart.at),
    }
