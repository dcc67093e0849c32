"""Where resources are to stand: whose chart, when, in which state, and what every one of them carries."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from afofit.fhir.codes import LOINC, TABLE, canonical, system
from afofit.fhir.elements import Json, coding, date_time
from afofit.fitting.result import Fitting
from afofit.words.sheet import STARTING_SPECIFICATION

ENGINE_VERSION = system("engine-version")
PROTOCOL_VERSION = system("protocol-version")
RECORD = canonical("NamingSystem", "fitting")
"""The system of identifiers that a stored fitting gives to what is written of it."""
NOBODY: Json = {"display": "Patient not identified"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What the resources of one fitting share.

    ``subject`` is a FHIR Reference to the patient, ``at`` the moment of computing (with its zone), ``taken`` when it
    was measured where the caller knows; ``approved`` makes results final, else they are preliminary. ``record`` is the
    id of the stored fitting, ``author`` and ``encounter`` are References where the EMR knows them. ``snomed`` says
    whether SNOMED CT codes may be used here, ``document_type`` is the LOINC code of documents.
    """

    at: datetime
    subject: Json | None = None
    taken: datetime | date | None = None
    approved: bool = False
    record: str | None = None
    author: Json | None = None
    encounter: Json | None = None
    snomed: bool = True
    document_type: str = TABLE["progress_note"].code

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("the moment of computing needs a time zone")

    @property
    def patient(self) -> Json:
        """The reference to the patient; who is not named is said to be unknown."""
        return self.subject or NOBODY

    @property
    def status(self) -> str:
        """Of an Observation, a DetectedIssue or a document: final only once an orthotist has approved."""
        return "final" if self.approved else "preliminary"

    @property
    def document_coding(self) -> Json:
        """The kind of document, with its name where it is the one of the table."""
        known = TABLE["progress_note"]
        return known.coding if self.document_type == known.code else coding(LOINC, self.document_type)

    def taken_at(self, own: datetime | None) -> str | None:
        """When something was measured: its own time, else the one of the chart, else unknown."""
        when = own or self.taken
        return None if when is None else date_time(when)

    def of(self, subject: Json) -> "Chart":
        """The same for another reference to the patient."""
        return replace(self, subject=subject)


def engine(fitting: Fitting) -> str:
    """What computed a fitting, in words: program, its version, the protocol with its version."""
    protocol = f"{fitting.protocol_name} version {fitting.protocol_version}"
    return f"afofit {fitting.engine_version}, protocol {protocol}"


def notice(fitting: Fitting) -> str:
    """What every result says of itself."""
    return f"{STARTING_SPECIFICATION} Computed by {engine(fitting)}."


def resource(kind: str, fitting: Fitting, chart: Chart, key: str, text: Json) -> Json:
    """The beginning of every resource: which program and protocol made it, and what people read.

    ``key`` tells the resources of one fitting apart; with a stored fitting it makes an identifier, by which an EMR
    knows the same resource again.
    """
    protocol = " ".join(f"{fitting.protocol_name} {fitting.protocol_version}".split())
    made: Json = {
        "resourceType": kind,
        "meta": {
            "source": f"urn:afofit:engine:{fitting.engine_version}",
            "tag": [
                coding(ENGINE_VERSION, fitting.engine_version, f"afofit {fitting.engine_version}"),
                coding(PROTOCOL_VERSION, protocol, f"protocol {protocol}"),
            ],
        },
        "text": text,
    }
    if chart.record is not None:
        made["identifier"] = [{"system": RECORD, "value": f"{chart.record}/{key}"}]
    return made
