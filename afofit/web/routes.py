"""The pages of the calculator. Each route declares who may see it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from afofit.access import public
from afofit.web import pages
from afofit.web.examples import find
from afofit.words.sheet import STARTING_SPECIFICATION

blueprint = Blueprint("web", __name__)


@blueprint.context_processor
def fixed_words() -> dict[str, str]:
    """The sentence that stands at the foot of every page."""
    return {"starting_specification": STARTING_SPECIFICATION}


@blueprint.get("/")
@public("the empty form and its invented examples hold nobody's data")
def start() -> ResponseReturnValue:
    """The form; ``?example=E1`` fills it with a worked example."""
    return pages.blank(find(request.args.get("example", "")))


@blueprint.post("/")
@public("computes from what is posted with it and stores nothing")
def compute() -> ResponseReturnValue:
    """The result above the filled form, or the form with every problem (422)."""
    return pages.computed(request.form)


@blueprint.post("/sheet.pdf")
@public("prints what is posted with it and stores nothing")
def sheet() -> ResponseReturnValue:
    """The draft fitting sheet of the values posted; ``paper`` is A4 or Letter."""
    return pages.sheet(request.form)
