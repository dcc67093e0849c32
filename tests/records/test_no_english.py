"""Every page of people who signed in, in a language whose texts stand in brackets: nothing else is left to read."""

import pytest

from tests.records.conftest import Browser, Clinic
from tests.records.test_matrix import ROUTES, Things, kind, kinds, things
from tests.visible import bracketed
from tests.web.test_no_english import left_over

__all__ = ["bracketed", "kind", "things"]
OWN = (
    *("Kim Doe", "A-1027", "Ada of North", "Olga of North", "North", "Ours", "as taught", "EMR", "fittings:", "afo_"),
    *(
        "Chart",
        "https://ehr.example",
        "http://localhost/smart/",
        "patient/",
        "launch openid",
        "Nobody Invented",
        "Nightly",
    ),
    *("https://emr.example", "made up for a test"),
)
"""What people of the test typed, and what a key may do, by its code."""
CODES = frozenset({"none", "public", "CSV", "TOML"})
"""What the chart of the test says of its licence, how a record system knows us, and names of formats."""
SAID_BY_FLASK_SECURITY = ("Actualmente no tienes permisos",)
"""From its own Spanish catalogue."""


def unread(page: str) -> list[str]:
    return [
        text
        for text in left_over(page)
        if not any(own in text for own in (*OWN, *SAID_BY_FLASK_SECURITY)) and "@" not in text and text not in CODES
    ]


@pytest.mark.usefixtures("bracketed")
def test_every_page_that_somebody_can_open(clinic: Clinic, things: Things) -> None:
    assert ROUTES
    for who in (clinic.administrator, clinic.orthotist):
        browser = clinic.browser(who)
        browser.client.set_cookie("afofit_language", "es")
        for rule, method in kinds("member", "public"):
            if method == "GET" and not rule.rule.startswith(("/p/", "/health", "/ready", "/metrics", "/api")):
                answer = browser.get(things.path(rule, browser.client))
                if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                    assert unread(answer.text) == [], f"{rule.rule} ({answer.status_code})"


@pytest.mark.usefixtures("bracketed")
def test_what_is_refused(clinic: Clinic, things: Things) -> None:
    browser = clinic.browser()
    browser.client.set_cookie("afofit_language", "es")
    for rule, method in kinds("member"):
        # Flask-Security has a catalogue of its own.
        if method == "POST" and not rule.endpoint.startswith("security."):
            answer = post_nothing(browser, things.path(rule, browser.client))
            assert unread(answer) == [], f"{rule.rule}: {unread(answer)}"


def post_nothing(browser: Browser, path: str) -> str:
    browser.get("/fittings")
    answer = browser.post(path)
    return answer.text if answer.mimetype == "text/html" and answer.status_code >= 400 else ""


def test_a_refused_sign_in_says_so_in_spanish(clinic: Clinic) -> None:
    browser = Browser(clinic.app.test_client())
    browser.client.set_cookie("afofit_language", "es")
    browser.get("/sign-in")
    page = browser.post("/sign-in", email="nobody@north.example", password="wrong wrong wrong").text  # noqa: S106
    assert "Este correo y esta contraseña no abren ninguna cuenta." in page
