"""The one error shape of the API: RFC 9457 problem details with every error at once."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response
from werkzeug.exceptions import HTTPException

from afofit.schemas.problems import Problem, Refused
from afofit.store.errors import Conflict
from afofit.watching.reference import reference

MEDIA_TYPE = "application/problem+json"
TYPES = {
    400: "urn:afofit:problem:unreadable",
    401: "urn:afofit:problem:no-key",
    403: "urn:afofit:problem:no-scope",
    404: "urn:afofit:problem:missing",
    405: "urn:afofit:problem:method",
    406: "urn:afofit:problem:not-acceptable",
    409: "urn:afofit:problem:conflict",
    412: "urn:afofit:problem:changed",
    413: "urn:afofit:problem:too-large",
    415: "urn:afofit:problem:content-type",
    422: "urn:afofit:problem:refused",
    429: "urn:afofit:problem:too-many",
    503: "urn:afofit:problem:database-away",
}
"""What programs tell problems apart by; they never change."""
KEY_REUSED = "key_reused"
DETAILS = {
    401: "Send a key of this service as Authorization: Bearer …; this one is missing, unknown or over.",
    403: "This key does not have the scope that is needed.",
    404: "There is no such resource.",
    405: "This resource does not take this method; the Allow header names those it takes.",
    412: "The fitting was changed since you read it: read it again.",
    413: "The body is larger than this service reads (1 MB).",
    415: "Send the request as application/json.",
    429: "Too many tries. Wait as long as Retry-After says.",
    503: "The database cannot be reached. Nothing was stored; try again with the same Idempotency-Key.",
    500: "Something went wrong here. Nothing was stored. Try again; if it stays, report the reference.",
}


def json_bytes(document: Any) -> bytes:
    """A document as JSON; what the fast writer cannot take (a lone surrogate, a huge number) goes the slow way."""
    try:
        return orjson.dumps(document)
    except TypeError:
        return json.dumps(document).encode("ascii")


def json_response(document: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """A JSON response."""
    return Response(json_bytes(document), status=status, content_type=media_type)


def problem_response(status: int, detail: str, problems: Sequence[Problem] = (), *, kind: str = "") -> Response:
    """A problem document; ``errors`` holds one entry for each thing that is wrong, ``reference`` the request's id.

    ``kind`` is its type where the status alone means something else.
    """
    told = document(status, detail, [problem.as_json() for problem in problems])
    if kind:
        told["type"] = kind
    if reference():
        told["reference"] = reference()
    return json_response(told, status, MEDIA_TYPE)


def document(status: int, detail: str, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """The problem document itself, as it also stands in the results of a batch."""
    return {
        "type": TYPES.get(status, "about:blank"),
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": errors,
    }


def refused(error: Refused) -> Response:
    """A request whose content cannot be worked on."""
    return problem_response(422, counted(len(error.problems)), error.problems)


def counted(count: int) -> str:
    """How many things are wrong, as the detail of a problem document."""
    return f"{count} problem{'' if count == 1 else 's'}; each names its field, what was received and what is allowed."


def conflict(error: Conflict) -> Response:
    """What is asked for does not fit what is stored; a key that came with other content is refused, not a conflict."""
    if error.code == KEY_REUSED:
        return problem_response(422, error.text, (Problem(("Idempotency-Key",), error.text),))
    place = tuple(error.pointer.strip("/").split("/")) if error.pointer else ()
    return problem_response(409, error.text, (Problem(place, error.text),))


def http_error(error: HTTPException) -> Response:
    """An HTTP error in the same shape, with the headers that belong to it (such as Allow)."""
    status = error.code or 500
    response = problem_response(status, DETAILS.get(status, HTTPStatus(status).description))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="afofit"'
    return response
