"""REST version 1: stateless previews and the declarations."""

from datetime import date

from flask import Blueprint, Response, request, url_for

from afofit.access import calculator, public
from afofit.api.bodies import Unreadable, read_json
from afofit.api.negotiation import JSON, NOTE_FORMS, NoSuchForm, no_such_form, wanted
from afofit.api.problems import json_response, problem_response, refused
from afofit.api.summaries import FORMS, Ending, summary
from afofit.documents import DOCUMENTS, Kind, document
from afofit.fitting.plan import fit
from afofit.pdf.measuring_form import measuring_form
from afofit.schemas.answer import write
from afofit.schemas.declarations import declarations
from afofit.schemas.printing import read_printing
from afofit.schemas.problems import Refused
from afofit.schemas.request import read

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

blueprint.register_error_handler(Refused, refused)
blueprint.register_error_handler(NoSuchForm, no_such_form)
blueprint.register_error_handler(
    Unreadable, lambda error: problem_response(400, "The body cannot be read.", error.problems)
)


def _links() -> dict[str, str]:
    """Where the documents of the same request are made: addresses below the preview's own (a test holds them)."""
    here = url_for("api.preview")
    notes = {"summary": f"{here}/summary.txt", "summary_rtf": f"{here}/summary.rtf"}
    return {kind: f"{here}/{kind}.pdf" for kind in DOCUMENTS} | notes


@blueprint.post("/fittings/preview")
@calculator("stores nothing and knows nobody")
def preview() -> Response:
    """Compute a fitting and answer it whole, or its summary by ``Accept``; nothing is stored."""
    form = wanted(request, NOTE_FORMS)
    given = read_json(request)
    today = date.today()
    fitting = fit(read(given, today=today), today=today)
    response = json_response(write(fitting, given, links=_links())) if form == JSON else summary(fitting, form)
    response.vary.add("Accept")
    return response


@blueprint.post("/fittings/preview/summary.<any(txt, rtf):ending>")
@calculator("stores nothing and knows nobody")
def preview_summary(ending: Ending) -> Response:
    """Compute a fitting and answer its summary for the note, which says that it is a draft."""
    given = read_json(request)
    today = date.today()
    return summary(fit(read(given, today=today), today=today), FORMS[ending])


@blueprint.post("/fittings/preview/<any(sheet, patient, template, order):kind>.pdf")
@calculator("stores nothing and knows nobody")
def preview_document(kind: Kind) -> Response:
    """Compute a fitting and answer one of its documents: a draft, the patient sheet a marked sample."""
    given = read_json(request)
    printing = read_printing(request.args)
    today = date.today()
    fitting = fit(read(given, today=today), today=today)
    return Response(document(kind, fitting, given, printing), content_type="application/pdf")


@blueprint.get("/measuring-form.pdf")
@public("an empty form, the same for everybody")
def blank_form() -> Response:
    """The measuring form to print and fill by hand."""
    return Response(measuring_form(paper=read_printing(request.args).paper), content_type="application/pdf")


@blueprint.get("/measurements")
@public("declarations, the same for everybody")
def measurements() -> Response:
    """Every declared measurement and field with its unit, landmark and limits."""
    return json_response(declarations())
