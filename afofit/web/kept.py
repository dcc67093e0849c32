"""The pages of people who signed in: their blueprint, and what they say when something stands in the way."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from afofit.schemas.problems import Refused
from afofit.store.errors import Conflict, Forbidden, Missing
from afofit.web.errors import error_page
from afofit.words.sheet import STARTING_SPECIFICATION
from afofit.words.tongue import gettext

blueprint = Blueprint("kept", __name__)
CONFLICT, SEE_OTHER, UNPROCESSABLE = 409, 303, 422


@blueprint.context_processor
def fixed_words() -> dict[str, str]:
    """The sentence that stands at the foot of every page."""
    return {"starting_specification": gettext(STARTING_SPECIFICATION)}


@blueprint.errorhandler(Missing)
def missing(_: Missing) -> ResponseReturnValue:
    """Another clinic's records are as missing as those that never were."""
    return error_page(NotFound())


@blueprint.errorhandler(Forbidden)
def forbidden(error: Forbidden) -> ResponseReturnValue:
    """Who may do what was asked for."""
    return _said(gettext("Not allowed"), (str(error),)), 403


@blueprint.errorhandler(Conflict)
def conflicting(error: Conflict) -> ResponseReturnValue:
    """Why it does not fit what is stored."""
    return _said(gettext("This does not fit what is stored"), (error.text,)), CONFLICT


@blueprint.errorhandler(Refused)
def refused(error: Refused) -> ResponseReturnValue:
    """Everything that is wrong, at once."""
    return _said(gettext("This cannot be done yet"), tuple(one.message for one in error.problems)), UNPROCESSABLE


PLACES = {
    "fitting_id": "kept.one",
    "patient_id": "kept.person",
    "protocol_id": "kept.protocol",
    "chart_id": "kept.size_chart",
}
"""The page of what an address names."""


def _said(heading: str, texts: tuple[str, ...]) -> str:
    named = request.view_args or {}
    back = next((url_for(page, **{name: named[name]}) for name, page in PLACES.items() if name in named), None)
    return render_template("said.html", heading=heading, texts=texts, back=back)
