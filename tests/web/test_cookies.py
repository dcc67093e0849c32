"""Cookies: over https they are for this host alone, and neither scripts nor plain http see them."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha512
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import migrate
from afofit.web import embedding

HTTPS = "https://fit.example.org"


def served(folder: Path, **more: str) -> Flask:
    app = create_app(Settings(data=str(folder), **more))  # type: ignore[arg-type]
    migrate.upgrade(app.extensions["afofit_store"]())
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = served(tmp_path, public_url=HTTPS)
    yield app
    app.extensions["afofit_store"]().close()


def cookies_of(app: Flask, address: str) -> dict[str, str]:
    """Every cookie that the service gives, by name: of forms, of the language, of launches."""
    client, launched = app.test_client(), Response()
    with app.test_request_context(base_url=address):
        embedding.remember(launched, "a mark")
    answers = (
        client.get("/setup", base_url=address),
        client.post("/", data={"speak": "es"}, base_url=address),
        launched,
    )
    given = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]
    return {re.split("[=;]", one)[0]: one for one in given}


def form_of(client: FlaskClient) -> tuple[str, str]:
    """The token of a form, and the cookie that came with it."""
    page = client.get("/setup", base_url=HTTPS)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    kept = client.get_cookie("__Host-session", domain="fit.example.org")
    assert token
    assert kept
    return token.group(1), kept.value


def test_over_https_every_cookie_is_for_this_host_alone(app: Flask) -> None:
    given = cookies_of(app, HTTPS)
    assert set(given) == {"__Host-session", "__Host-afofit_language", "__Host-afofit_smart"}
    for cookie in given.values():
        said = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= said, cookie
        assert "Domain" not in cookie


def test_what_is_reached_by_https_believes_no_cookie_that_another_host_could_plant(app: Flask) -> None:
    client = app.test_client()
    token, kept = form_of(client)
    planted = app.test_client()
    planted.set_cookie("session", kept, domain="fit.example.org")
    sent = {"csrf_token": token}
    assert planted.post("/setup", data=sent, base_url=HTTPS).status_code == 400, "the token belongs to no cookie"
    assert client.post("/setup", data=sent, base_url=HTTPS).status_code == 422


def test_behind_a_proxy_with_tls_cookies_are_secure_without_a_setting(tmp_path: Path) -> None:
    app = served(tmp_path)
    assert all(name.startswith("__Host-") for name in cookies_of(app, HTTPS))
    assert set(cookies_of(app, "http://localhost")) == {"session", "afofit_language", "afofit_smart"}
    app.extensions["afofit_store"]().close()


def test_what_a_browser_keeps_is_signed_with_sha_512(app: Flask) -> None:
    client = app.test_client()
    token, kept = form_of(client)
    for signed in (token, kept):
        mark = signed.rpartition(".")[2]
        assert len(urlsafe_b64decode(mark + "==")) == sha512().digest_size
    security = app.extensions["security"]
    for name in ("wan_serializer", "tf_setup_serializer", "login_serializer"):
        (signer,) = getattr(security, name).iter_unsigners()
        assert signer.digest_method is sha512, name


def test_who_sends_no_cookie_is_given_an_empty_session_that_can_be_filled(app: Flask) -> None:
    assert app.session_interface.open_session(app, app.request_class({})) == {}
    assert cookies_of(app, HTTPS)["__Host-session"]
