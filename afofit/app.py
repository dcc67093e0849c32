"""create_app: settings, the store, blueprints, the gate, error handlers and the headers of every response."""

import logging
from functools import cache
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix

from afofit import cli, cli_charts, cli_store, gate
from afofit.access import settings, visitor
from afofit.api import (
    batch_routes,
    cds_routes,
    cds_trust,
    fhir_routes,
    openapi,
    protocol_routes,
    record_routes,
    size_chart_routes,
    token_routes,
    watch_routes,
)
from afofit.api import routes as api
from afofit.api.problems import http_error
from afofit.batches.queue import Queue
from afofit.settings import Settings, from_environment
from afofit.smart.wire import Wire
from afofit.store.database import Away, Broken, Overtaken, Store
from afofit.store.rates import Pace
from afofit.store.secrecy import Vault, kept, new_encryption_key, new_token
from afofit.watching import logs, requests, security
from afofit.web import (
    audit_page,
    care_pages,
    chart_pages,
    clinic_routes,
    cookies,
    cover_pages,
    delivery_pages,
    ehr_pages,
    keep_pages,
    languages,
    launch_pages,
    patient_pages,
    people_pages,
    protocol_pages,
    record_pages,
    record_sides,
    side_pages,
    sign_in,
    size_chart_pages,
    size_chart_writing,
    system_pages,
)
from afofit.web import routes as web
from afofit.web.embedding import policy
from afofit.web.errors import error_page

log = logging.getLogger("afofit")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"
MACHINE_PATHS = ("/api/", "/health", "/ready", "/metrics", "/oauth/", "/.well-known/", "/cds-services")
FHIR_PATHS = "/fhir/"
RETRY_SECONDS = "2"
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Service(Flask):
    """Flask, but for what it writes of a fault of ours."""

    def log_exception(self, exc_info: ExcInfo) -> None:
        """The kind of fault and the way to it. Its message may hold what a patient's form held, and is left out."""
        kind, _, place = exc_info
        way = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(place)]
        name = kind.__name__ if kind else "unknown"
        requests.numbers().faults.inc()
        log.error("%s while answering %s %s\n  %s", name, request.method, request.endpoint, "\n  ".join(way))


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready for any WSGI server."""
    settings = settings or from_environment()
    logs.install(settings.log)
    app = Service("afofit")
    # Whatever the environment says: who develops turns it on by `flask run --debug`, which comes later.
    app.debug = False
    requests.install(app)
    app.config["MAX_CONTENT_LENGTH"] = settings.body_limit_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_limit_bytes
    app.config["AFOFIT"] = settings
    app.config["SECRET_KEY"] = kept(settings.data_folder / "secret.key", settings.secret_key, make=new_token())
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    app.extensions["afofit_store"] = cache(lambda: _store(settings))
    # A service that people reach by https speaks to nobody without it; one that is tried out may ask this machine.
    app.extensions["afofit_wire"] = Wire(loopback=not settings.public_url.startswith("https"), hosts=settings.partners)
    app.extensions["afofit_pace"] = {"key": Pace(settings.key_rate), "address": Pace(settings.address_rate)}
    app.extensions["afofit_cds_clients"] = cds_trust.trusted(settings)
    app.extensions["afofit_batches"] = Queue(
        settings.data_folder, app.extensions["afofit_store"], days=settings.batch_days, works=settings.batch_work
    )
    languages.install(app)
    sign_in.install(app)
    # Some modules put their pages on one blueprint, which is registered once.
    blueprints = (
        api.blueprint,
        record_routes.blueprint,
        batch_routes.blueprint,
        protocol_routes.blueprint,
        size_chart_routes.blueprint,
        watch_routes.blueprint,
        token_routes.blueprint,
        openapi.blueprint,
        fhir_routes.blueprint,
        cds_routes.blueprint,
        web.blueprint,
        keep_pages.blueprint,
        care_pages.blueprint,
        people_pages.blueprint,
        protocol_pages.blueprint,
        size_chart_pages.blueprint,
        size_chart_writing.blueprint,
        record_pages.blueprint,
        record_sides.blueprint,
        side_pages.blueprint,
        delivery_pages.blueprint,
        patient_pages.blueprint,
        clinic_routes.blueprint,
        system_pages.blueprint,
        ehr_pages.blueprint,
        launch_pages.blueprint,
        chart_pages.blueprint,
        audit_page.blueprint,
        cover_pages.blueprint,
    )
    for blueprint in dict.fromkeys(blueprints):
        app.register_blueprint(blueprint)
    cli.register(app)
    cli_store.register(app)
    cli_charts.register(app)
    gate.install(app)
    app.context_processor(lambda: {"visitor": visitor()})
    app.register_error_handler(HTTPException, _error)
    app.register_error_handler(Away, _away)
    app.register_error_handler(Broken, _away)
    app.register_error_handler(Overtaken, _away)
    app.after_request(_headers)
    return app


def _store(settings: Settings) -> Store:
    """The store, opened when the first request needs it."""
    folder: Path = settings.data_folder
    keys = kept(folder / "encryption.key", settings.encryption_keys, make=new_encryption_key())
    return Store(settings.database, Vault([key.strip() for key in keys.split(",") if key.strip()]))


def _error(error: HTTPException) -> Response:
    if isinstance(error, CSRFError):
        security.note(security.FORGED, status=error.code)
    if request.path.startswith(FHIR_PATHS):
        return fhir_routes.fhir_error(error)
    if request.path.startswith(MACHINE_PATHS):
        return http_error(error)
    return error_page(error)


def _away(_: Exception) -> Response:
    """The database cannot be reached or written, or others were first again: nothing was stored; try once more."""
    requests.numbers().away.inc()
    log.error("the database is away while answering %s %s", request.method, request.endpoint)
    answer = _error(ServiceUnavailable())
    answer.headers["Retry-After"] = RETRY_SECONDS
    return answer


def _headers(response: Response) -> Response:
    response.headers.extend(HEADERS)
    response.headers.set("Content-Security-Policy", policy(HEADERS["Content-Security-Policy"], settings()))
    if cookies.secure():
        response.headers["Strict-Transport-Security"] = HSTS
    if request.endpoint != "static":
        response.headers.set("Cache-Control", "no-store")
    return response
