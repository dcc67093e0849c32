"""CDS Hooks 2.0 over HTTP: discovery, the services, feedback. Nothing of a patient is stored or logged."""

import logging
from typing import cast

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import HTTPException, NotFound, TooManyRequests

from afofit.access import public
from afofit.api import addresses, cds_trust
from afofit.api.bodies import Unreadable, read_json
from afofit.api.problems import http_error, json_response, problem_response, refused
from afofit.cds.asked import Unready, read_call, read_feedback
from afofit.cds.cards import cards
from afofit.cds.services import BY_ID, Service, discovery
from afofit.schemas.problems import Refused
from afofit.smart.assertions import Rejected
from afofit.store.rates import Pace

log = logging.getLogger("afofit")
blueprint = Blueprint("cds", __name__, url_prefix="/cds-services")
NOT_PREFETCHED = "urn:afofit:problem:not-prefetched"
WHY = "the signed token in the request is what is checked"
CORS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Expose-Headers": "WWW-Authenticate, Retry-After",
    "Access-Control-Max-Age": "86400",
}
"""For EHRs that call from the browser. A call counts by the token it holds, cookies count nothing."""
ALLOWED = "Access-Control-Allow-Origin"

blueprint.register_error_handler(Refused, refused)
blueprint.register_error_handler(
    Unreadable, lambda error: problem_response(400, "The body cannot be read.", error.problems)
)
blueprint.register_error_handler(Unready, lambda error: problem_response(412, str(error), kind=NOT_PREFETCHED))


@blueprint.errorhandler(Rejected)
def rejected(error: Rejected) -> Response:
    """Who calls is not who may."""
    answer = problem_response(401, str(error))
    answer.headers["WWW-Authenticate"] = 'Bearer realm="afofit", error="invalid_token"'
    return answer


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """An HTTP error here, in the one shape."""
    return http_error(error)


@blueprint.after_request
def open_to_browsers(response: Response) -> Response:
    """Let scripts of trusted EHRs read the answer, and everybody's what says the same to everybody."""
    origin = request.headers.get("Origin", "")
    if request.endpoint == "cds.services":
        response.headers.update(CORS | {ALLOWED: "*"})
    elif cds_trust.readable_from(origin):
        response.headers.update(CORS | {ALLOWED: origin})
    response.vary.add("Origin")
    return response


@blueprint.get("")
@public("says which services there are, the same for everybody")
def services() -> Response:
    """The services of CDS Hooks: which hooks they answer and what they need."""
    return json_response(discovery())


@blueprint.post("/<name>")
@public(WHY)
def call(name: str) -> Response:
    """One call of a service: no card, or one with a link that opens the fit."""
    service = _trusted(name, url_for("cds.call", name=name))
    return json_response({"cards": cards(read_call(service, read_json(request)), addresses.own())})


@blueprint.post("/<name>/feedback")
@public(WHY)
def feedback(name: str) -> Response:
    """What became of cards: counted in the log; reasons and comments are let go."""
    service = _trusted(name, url_for("cds.feedback", name=name))
    counts = read_feedback(read_json(request))
    log.info("cds %s: %d accepted, %d overridden", service.id, counts["accepted"], counts["overridden"])
    return json_response({})


def _trusted(name: str, path: str) -> Service:
    """The service, once the call is counted and its token is good."""
    pace = cast(Pace, current_app.extensions["afofit_pace"]["address"])
    wait = pace.wait(request.remote_addr or "")
    if wait:
        raise TooManyRequests(retry_after=wait)
    if name not in BY_ID:
        raise NotFound
    cds_trust.check(request.headers.get("Authorization", ""), addresses.proven(path))
    return BY_ID[name]
