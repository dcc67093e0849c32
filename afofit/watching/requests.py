"""Around every request: its id, its line in the log, its place in the numbers."""

import logging
import time
from typing import cast

from flask import Flask, Request, Response, current_app, g, request, url_for

from afofit.watching import security
from afofit.watching.logs import FIELDS
from afofit.watching.numbers import Numbers
from afofit.watching.reference import HEADER, taken_over

log = logging.getLogger("afofit.requests")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NOWHERE, OTHER = "none", "other"
SIGN_IN = {
    "security.login": "password",
    "security.two_factor_token_validation": "code",
    "security.mf_recovery": "recovery code",
    "security.wan_signin_response": "passkey",
    "security.verify": "password",
    "security.wan_verify_response": "passkey",
}
"""Where somebody tries to show who they are, and with what. What opens is answered with another address."""
NOT_OPENED = frozenset({200, 400, 401})
BACK = {"security.wan_signin_response": "security.wan_signin", "security.wan_verify_response": "security.wan_verify"}
"""Where a passkey that opens nothing leads back to: its answers are made by a script, which sends them on its own."""

PROOFS: dict[str, tuple[str, frozenset[int]]] = {
    "link.landing": ("link", frozenset({404})),
    "link.opening": ("link", frozenset({404, 422})),
    "clinic.join": ("invitation", frozenset({404})),
    "clinic.take_invitation": ("invitation", frozenset({404})),
    "tokens.token": ("assertion", frozenset({400, 401})),
}
"""Where a link, an invitation or a signature is shown instead, and by which statuses it is refused."""


def install(app: Flask) -> None:
    """Watch every request of an application; called before anything else is put around requests."""
    app.extensions["afofit_numbers"] = Numbers()
    app.before_request(_begin)
    app.after_request(_end)


def numbers() -> Numbers:
    """What this application counts."""
    return cast(Numbers, current_app.extensions["afofit_numbers"])


def _begin() -> None:
    own = vars(g._get_current_object())
    own["began"] = time.perf_counter()
    own["reference"] = taken_over(request.headers.get(HEADER))


def _end(response: Response) -> Response:
    # Every request pays for this: what stands behind Flask's names is looked up once.
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    own = vars(g._get_current_object())
    seconds = time.perf_counter() - own["began"] if "began" in own else 0.0
    endpoint, status, method = asked.endpoint or NOWHERE, response.status_code, asked.method
    method = method if method in METHODS else OTHER
    counted = numbers()
    counted.answered(endpoint, method, status, seconds)
    if method == "POST" and endpoint in SIGN_IN and _not_opened(endpoint, response):
        counted.refused.labels(SIGN_IN[endpoint]).inc()
        security.note(security.FAILED, by=SIGN_IN[endpoint], status=status)
    elif endpoint in PROOFS and status in PROOFS[endpoint][1]:
        security.note(security.UNPROVEN, by=PROOFS[endpoint][0], status=status)
    elif status in security.REFUSED:
        security.note(security.REFUSED[status], status=status)
    reference, actor = own.get("reference", ""), own.get("actor")
    response.headers[HEADER] = reference
    # Not by log.info, which looks for the line that called it.
    record = logging.LogRecord(log.name, logging.INFO, __file__, 0, "request", None, None)
    vars(record)[FIELDS] = {
        "request_id": reference,
        "method": method,
        "endpoint": endpoint,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "clinic": None if actor is None else str(actor.clinic_id),
        "who": None if actor is None else actor.label,
    }
    log.handle(record)
    return response


def _not_opened(endpoint: str, response: Response) -> bool:
    if response.status_code in NOT_OPENED:
        return True
    return endpoint in BACK and response.location == url_for(BACK[endpoint])
