"""Headers of every answer: of pages, programs, files and faults alike."""

import re
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from afofit.access import access_of
from afofit.app import create_app
from afofit.settings import Settings
from tests.web.test_cookies import HTTPS, served

YEAR_SECONDS = 365 * 24 * 60 * 60
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return served(tmp_path_factory.mktemp("headers"), public_url=HTTPS)


def addresses(app: Flask) -> list[str]:
    """Every address that takes no part of its own, and files, and addresses that are not there."""
    plain = [str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    files = [f"/static/{path.name}" for path in (Path(app.root_path) / "static").iterdir() if path.is_file()]
    return [*plain, *files, "/static/nothing.css", "/nothing", "/api/v1/nothing", "/fhir/nothing", "/p/nothing"]


def answers(app: Flask) -> list[tuple[str, TestResponse]]:
    client = app.test_client()
    given = [(path, client.get(path, base_url=HTTPS)) for path in addresses(app)]
    large = b"x" * 1_100_000
    faulty = (
        (
            "a body that is too large",
            client.post("/api/v1/fittings/preview", data=large, content_type="application/json", base_url=HTTPS),
        ),
        ("a method that is not there", client.delete("/", base_url=HTTPS)),
        ("a form without its token", client.post("/setup", base_url=HTTPS)),
    )
    assert [answer.status_code for _, answer in faulty] == [413, 405, 400]
    return [*given, *faulty]


def test_every_answer_carries_every_safe_header(app: Flask) -> None:
    given = answers(app)
    assert len(given) > 80
    for path, answer in given:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert set(POLICY) <= set(policy), path
        assert not any("unsafe" in one or "*" in one for one in policy), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        assert answer.headers["Referrer-Policy"] == "no-referrer", path
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
        hsts = re.fullmatch(r"max-age=(\d+); includeSubDomains", answer.headers["Strict-Transport-Security"])
        assert hsts, path
        assert int(hsts.group(1)) >= YEAR_SECONDS
        # EHRs call CDS Hooks from browsers, with a token and without cookies.
        assert ("Access-Control-Allow-Origin" in answer.headers) == path.startswith("/cds-services"), path
        assert "X-Powered-By" not in answer.headers, path


def test_every_answer_says_what_it_is_and_in_which_letters(app: Flask) -> None:
    for path, answer in answers(app):
        if not answer.data:
            continue
        kind = answer.content_type
        assert kind, path
        if kind.startswith("text/") or kind.partition(";")[0].endswith("xml"):
            assert kind.endswith("; charset=utf-8"), f"{path}: {kind}"
        looks_like_a_page = answer.data.lstrip()[:9].lower() == b"<!doctype"
        assert looks_like_a_page == (kind == "text/html; charset=utf-8"), path


def test_a_fault_of_ours_carries_them_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    app = create_app(Settings(public_url=HTTPS))
    vars(broken)["access"] = access_of(app.view_functions["watch.alive"])
    monkeypatch.setitem(app.view_functions, "watch.alive", broken)
    answer = app.test_client().get("/health", base_url=HTTPS)
    assert answer.status_code == 500
    assert set(POLICY) <= set(answer.headers["Content-Security-Policy"].split("; "))
    assert answer.headers["Strict-Transport-Security"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


BESIDE = ("../settings.py", "%2e%2e/settings.py", "..%2fsettings.py", "....//settings.py", "fonts", "", ".")


@pytest.mark.parametrize("path", BESIDE)
def test_nothing_beside_the_files_of_pages_is_given_out_and_no_folder_is_listed(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"/static/{path}", base_url=HTTPS)
    assert answer.status_code == 404
    assert "import" not in answer.text
