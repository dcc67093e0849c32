"""create_app: settings, blueprints, error handlers and the headers of every response."""

import logging

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from afofit import cli
from afofit.api import routes as api
from afofit.api.problems import http_error
from afofit.settings import Settings, from_environment
from afofit.web import routes as web
from afofit.web.errors import error_page

log = logging.getLogger("afofit")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MACHINE_PATHS = ("/api/", "/health")


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready for any WSGI server."""
    settings = settings or from_environment()
    app = Flask("afofit")
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_limit_bytes
    app.config["AFOFIT"] = settings
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    for blueprint in (api.blueprint, api.health, web.blueprint):
        app.register_blueprint(blueprint)
    cli.register(app)
    app.register_error_handler(HTTPException, _error)
    app.after_request(_headers)
    return app


def _error(error: HTTPException) -> Response:
    if error.code == 500:
        # The traceback may hold what a patient's form held: only the kind of fault and its place are kept.
        cause = getattr(error, "original_exception", None)
        place = cause.__traceback__ if cause else None
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
        log.error("%s at %s while answering %s %s", type(cause).__name__, where, request.method, request.endpoint)
    if request.path.startswith(MACHINE_PATHS):
        return http_error(error)
    return error_page(error)


def _headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    if request.endpoint != "static":
        response.headers.add("Cache-Control", "no-store")
    return response
