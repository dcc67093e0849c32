"""Around every request: its id, its line in the log, its place in the numbers."""

import logging
import time
from typing import cast

from flask import Flask, Response, current_app, g, request

from afofit.watching.logs import FIELDS
from afofit.watching.numbers import Numbers
from afofit.watching.reference import HEADER, reference, taken_over

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


def install(app: Flask) -> None:
    """Watch every request of an application; called before anything else is put around requests."""
    app.extensions["afofit_numbers"] = Numbers()
    app.before_request(_begin)
    app.after_request(_end)


def numbers() -> Numbers:
    """What this application counts."""
    return cast(Numbers, current_app.extensions["afofit_numbers"])


def _begin() -> None:
    g.began = time.perf_counter()
    g.reference = taken_over(request.headers.get(HEADER))


def _end(response: Response) -> Response:
    seconds = time.perf_counter() - g.began if "began" in g else 0.0
    endpoint = request.endpoint or NOWHERE
    method = request.method if request.method in METHODS else OTHER
    counted = numbers()
    counted.requests.labels(endpoint, method, str(response.status_code)).inc()
    counted.seconds.labels(endpoint).observe(seconds)
    if request.method == "POST" and endpoint in SIGN_IN and response.status_code in NOT_OPENED:
        counted.refused.labels(SIGN_IN[endpoint]).inc()
    response.headers[HEADER] = reference()
    actor = g.get("actor")
    fields = {
        "request_id": reference(),
        "method": method,
        "endpoint": endpoint,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "clinic": str(actor.clinic_id) if actor is not None else None,
    }
    log.info("request", extra={FIELDS: fields})
    return response
