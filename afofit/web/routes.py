"""The pages of the calculator. Each route declares who may see it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from afofit.access import calculator, public, visitor
from afofit.documents import Kind
from afofit.examples import find
from afofit.web import live, pages
from afofit.words.sheet import STARTING_SPECIFICATION
from afofit.words.tongue import _

blueprint = Blueprint("web", __name__)


@blueprint.context_processor
def fixed_words() -> dict[str, str]:
    """The sentence that stands at the foot of every page."""
    return {"starting_specification": _(STARTING_SPECIFICATION)}


@blueprint.get("/")
@calculator("the empty form and its invented examples hold nobody's data")
def start() -> ResponseReturnValue:
    """The form; ``?example=E1`` fills it with a worked example."""
    return pages.blank(find(request.args.get("example", "")))


@blueprint.post("/")
@calculator("computes from what is posted with it and stores nothing")
def compute() -> ResponseReturnValue:
    """The result, or the form with every problem (422)."""
    return pages.computed(request.form)


@blueprint.post("/fittings/preview")
@calculator("computes from what is posted with it and stores nothing")
def preview() -> ResponseReturnValue:
    """The live check of a form that is being filled, for its script: a fragment of the page."""
    who = visitor()
    return live.preview(request.form, who.name if who else "", live.rules_of(request.form))


@blueprint.post("/<any(sheet, patient, template, order):kind>.pdf")
@calculator("prints what is posted with it and stores nothing")
def printed(kind: Kind) -> ResponseReturnValue:
    """One document of the values posted: drafts, the patient sheet a marked sample."""
    return pages.printed(kind, request.form)


@blueprint.post("/patient")
@calculator("shows what is posted with it and stores nothing")
def patient() -> ResponseReturnValue:
    """The patient sheet as a page for the phone, a marked sample."""
    return pages.patient_page(request.form)


@blueprint.get("/measuring-form.pdf")
@public("an empty form, the same for everybody")
def blank_form() -> ResponseReturnValue:
    """The measuring form to print and fill by hand when the service is away."""
    return pages.blank_form(request.args)
