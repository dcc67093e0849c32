"""In which language a page answers, and the switch by which a person changes it."""

from flask import Flask, current_app, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel  # type: ignore[import-untyped]
from markupsafe import Markup, escape

from afofit.web import cookies
from afofit.words import choices, numbers, record_words, sides, tongue
from afofit.words.tongue import DEFAULT, LANGUAGES, Language, known

COOKIE = "afofit_language"
SWITCH = "speak"
"""What the buttons of the switch are called in the form they post."""
FORM = "application/x-www-form-urlencoded"
A_YEAR_SECONDS = 365 * 24 * 60 * 60
MACHINE_PATHS = ("/api/", "/health", "/oauth/", "/.well-known/", "/fhir/", "/cds-services")
"""Where other systems read: their answers are English whatever they ask for."""
LOCALES: dict[Language, str] = {"en": "en", "es": "es_ES"}
"""The names by which Flask-Security files its own texts."""


def install(app: Flask) -> None:
    """Put the languages on the application: for pages, for words and for the texts of Flask-Security."""
    Babel(app, locale_selector=lambda: LOCALES[tongue.language()], configure_jinja=False)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        tongue.gettext, tongue.ngettext, newstyle=True, pgettext=tongue.pgettext, npgettext=tongue.npgettext
    )
    app.jinja_env.globals |= {"sides": sides, "record_words": record_words, "choice_words": choices.label}
    app.jinja_env.filters |= {"moment": numbers.moment, "day": numbers.day, "english": english, "say": tongue.gettext}
    app.before_request(_speak)
    app.teardown_request(_hush)
    app.context_processor(lambda: {"language": tongue.language(), "languages": LANGUAGES})


def english(text: str) -> Markup:
    """A text that is English in every language, such as the title of a source: marked as such where others are."""
    if tongue.language() == "en":
        return escape(text)
    return Markup('<span lang="en">{}</span>').format(text)


def asked_for() -> Language:
    """The language chosen before, else the first that the browser asks for, else English."""
    if request.path.startswith(MACHINE_PATHS):
        return DEFAULT
    chosen = request.cookies.get(cookies.named(COOKIE))
    if known(chosen):
        return chosen
    # Best first; Spanish of any country is Spanish, and comes before an English that is wanted less.
    wanted = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next(filter(known, wanted), DEFAULT)


def _speak() -> ResponseReturnValue | None:
    """Speak the language of this request; a choice of another one is kept, and leads back to the same page."""
    g.tongue = tongue.speak(asked_for())
    chosen = _chosen()
    return None if chosen is None else _kept(chosen)


def _chosen() -> Language | None:
    """The language of the switch, where it was pressed. It posts to the address of its page, whatever that is."""
    if request.method != "POST" or request.mimetype != FORM or request.path.startswith(MACHINE_PATHS):
        return None
    chosen = request.form.get(SWITCH)
    return chosen if known(chosen) else None


def _kept(chosen: Language) -> ResponseReturnValue:
    routes = current_app.create_url_adapter(request)
    there = routes is not None and routes.test(request.path, method="GET")
    answer = redirect(f"/{request.full_path.lstrip('/').rstrip('?')}" if there else "/", 303)
    name, secure = cookies.named(COOKIE), cookies.secure()
    answer.set_cookie(name, chosen, max_age=A_YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    return answer


def _hush(_: BaseException | None) -> None:
    token = g.pop("tongue", None)
    if token is not None:
        tongue.hush(token)
