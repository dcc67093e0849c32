"""A fitting as any of its documents, with the data attached on demand."""

from collections.abc import Callable, Mapping
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
from afofit.words.patient import NothingToRelease
from afofit.words.problems import sentence

Kind = Literal["sheet", "patient", "template", "order"]
REQUEST, RESULT = "request.json", "result.json"


def _sheet(fitting: Fitting, printing: Printing) -> bytes:
    return fitting_sheet(fitting, paper=printing.paper)


def _patient(fitting: Fitting, printing: Printing) -> bytes:
    return patient_sheet(fitting, paper=printing.paper, language=printing.language, large=printing.large)


def _template(fitting: Fitting, printing: Printing) -> bytes:
    return template(fitting, paper=printing.paper)


def _order(fitting: Fitting, printing: Printing) -> bytes:
    return order_form(fitting, paper=printing.paper)


DOCUMENTS: Mapping[Kind, Callable[[Fitting, Printing], bytes]] = {
    "sheet": _sheet,
    "patient": _patient,
    "template": _template,
    "order": _order,
}


def document(kind: Kind, fitting: Fitting, given: Mapping[str, Any], printing: Printing) -> bytes:
    """One document of a fitting as a PDF; raises Refused where there is no brace to print."""
    try:
        pdf = DOCUMENTS[kind](fitting, printing)
    except (NothingToRelease, NothingToCut, NothingToOrder):
        raise Refused((Problem((), sentence("no_brace")),)) from None
    if not printing.attach:
        return pdf
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


__all__ = ["Kind", "NoAttachment", "document", "request_in", "result_in"]
