"""In which language a page answers, and the switch by which a person changes it."""

from flask import Blueprint, Flask, current_app, g, redirect, request
from flask_babel import Babel  # type: ignore[import-untyped]
from werkzeug.wrappers import Response as Answer

from afofit.access import public
from afofit.words import tongue
from afofit.words.tongue import DEFAULT, LANGUAGES, Language, known

COOKIE = "afofit_language"
A_YEAR_SECONDS = 365 * 24 * 60 * 60
MACHINE_PATHS = ("/api/", "/health")
"""Where other systems read: their answers are English whatever they ask for."""
LOCALES: dict[Language, str] = {"en": "en", "es": "es_ES"}
"""The names by which Flask-Security files its own texts."""

blueprint = Blueprint("language", __name__)


def install(app: Flask) -> None:
    """Put the languages on the application: for pages, for words and for the texts of Flask-Security."""
    Babel(app, locale_selector=lambda: LOCALES[tongue.language()], configure_jinja=False)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        tongue.gettext, tongue.ngettext, newstyle=True, pgettext=tongue.pgettext, npgettext=tongue.npgettext
    )
    app.before_request(_speak)
    app.teardown_request(_hush)
    app.context_processor(lambda: {"language": tongue.language(), "languages": LANGUAGES, "here": _here()})
    app.register_blueprint(blueprint)


@blueprint.post("/language")
@public("the sign-in page can be read in any language, too")
def choose() -> Answer:
    """Keep the language that was chosen, and go back to the page."""
    chosen = request.form.get("language")
    answer = redirect(_ours(request.form.get("to", "")), 303)
    if known(chosen):
        answer.set_cookie(
            COOKIE, chosen, max_age=A_YEAR_SECONDS, secure=request.is_secure, httponly=True, samesite="Lax"
        )
    return answer


def asked_for() -> Language:
    """The language chosen before, else the first that the browser asks for, else English."""
    if request.path.startswith(MACHINE_PATHS):
        return DEFAULT
    chosen = request.cookies.get(COOKIE)
    if known(chosen):
        return chosen
    # Best first; Spanish of any country is Spanish, and comes before an English that is wanted less.
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next(filter(known, wanted), DEFAULT)


def _speak() -> None:
    g.tongue = tongue.speak(asked_for())


def _hush(_: BaseException | None) -> None:
    token = g.pop("tongue", None)
    if token is not None:
        tongue.hush(token)


def _here() -> str:
    """The address of this page, to come back to."""
    return request.full_path.rstrip("?") if request else "/"


def _ours(address: str) -> str:
    """The address, where it is one of our own pages that can be asked for; else the start."""
    path = address.partition("?")[0]
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    routes = current_app.create_url_adapter(request)
    return address if routes is not None and routes.test(path, method="GET") else "/"
