"""A fitting as any of its documents, with the data attached on demand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from afofit.fitting.result import Fitting
from afofit.pdf.attachment import MARK, NoAttachment, attach, attached
from afofit.pdf.order import NothingToOrder, order_form
from afofit.pdf.patient import patient_sheet
from afofit.pdf.sheet import fitting_sheet
from afofit.pdf.template import NothingToCut, template
from afofit.schemas.answer import write
from afofit.schemas.printing import Printing
from afofit.schemas.problems import Problem, Refused
from afofit.words.patient import Contact, NothingToRelease
from afofit.words.problems import sentence
from afofit.words.tongue import speaking

Kind = Literal["sheet", "patient", "template", "order"]
REQUEST, RESULT = "request.json", "result.json"


@dataclass(frozen=True, slots=True)
class Approved:
    """The orthotist who approved a fitting, and when."""

    name: str
    at: datetime

    def __post_init__(self) -> None:
        if not self.name.strip() or self.at.utcoffset() is None:
            raise ValueError("an approval needs a name, and a moment with its time zone")


@dataclass(frozen=True, slots=True)
class _Record:
    """What a stored record adds to a document; empty of a preview."""

    approved: Approved | None
    link: str | None
    contact: Contact | None

    @property
    def by(self) -> str | None:
        return self.approved.name if self.approved else None

    @property
    def at(self) -> datetime | None:
        return self.approved.at if self.approved else None


def _sheet(fitting: Fitting, printing: Printing, record: _Record) -> bytes:
    return fitting_sheet(fitting, paper=printing.paper, approved_by=record.by, approved_at=record.at, link=record.link)


def _patient(fitting: Fitting, printing: Printing, record: _Record) -> bytes:
    return patient_sheet(
        fitting,
        paper=printing.paper,
        language=printing.language,
        large=printing.large,
        approved_by=record.by,
        contact=record.contact,
    )


def _template(fitting: Fitting, printing: Printing, record: _Record) -> bytes:
    return template(fitting, paper=printing.paper, approved_by=record.by, approved_at=record.at)


def _order(fitting: Fitting, printing: Printing, record: _Record) -> bytes:
    return order_form(fitting, paper=printing.paper, approved_by=record.by, approved_at=record.at)


DOCUMENTS: Mapping[Kind, Callable[[Fitting, Printing, _Record], bytes]] = {
    "sheet": _sheet,
    "patient": _patient,
    "template": _template,
    "order": _order,
}


def document(
    kind: Kind,
    fitting: Fitting,
    given: Mapping[str, Any],
    printing: Printing,
    *,
    approved: Approved | None = None,
    link: str | None = None,
    contact: Contact | None = None,
) -> bytes:
    """One document of a fitting as a PDF; raises Refused where there is no brace to print.

    Without ``approved`` it is marked a draft, or a sample. ``link`` is the address of the stored record, for the QR
    code of the fitting sheet; ``contact`` the clinic on the patient sheet, where the order details name none.
    """
    try:
        with speaking("en"):
            pdf = DOCUMENTS[kind](fitting, printing, _Record(approved, link, contact))
    except (NothingToRelease, NothingToCut, NothingToOrder):
        raise Refused((Problem((), sentence("no_brace")),)) from None
    if not printing.attach:
        return pdf
    with speaking("en"):
        files = {REQUEST: orjson.dumps(given), RESULT: orjson.dumps(write(fitting, given))}
    return attach(pdf, files)


def request_in(content: bytes) -> Any:
    """The request document in a JSON file or in a PDF that carries one; raises NoAttachment or ValueError."""
    if content.startswith(MARK):
        content = attached(content, REQUEST)
    return orjson.loads(content)


def result_in(content: bytes) -> dict[str, Any] | None:
    """The result that a PDF carries; None of a JSON file."""
    if not content.startswith(MARK):
        return None
    result: dict[str, Any] = orjson.loads(attached(content, RESULT))
    return result


__all__ = ["Approved", "Kind", "NoAttachment", "document", "request_in", "result_in"]
