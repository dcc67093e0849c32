"""Signing in: password, authenticator, recovery codes, limits, and visits that end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.hash import argon2
from passlib.totp import TOTP
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.test import TestResponse

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import migrate
from afofit.store.accounts import User
from afofit.store.database import Store
from afofit.store.tables import AuditRow, RateRow
from afofit.web import sign_in
from tests.chromium import WAIT_MS
from tests.conftest import COST_OF_A_PASSWORD
from tests.serving import serving

EMAIL, PASSWORD, WRONG = "ada@example.org", "correct horse battery", "wrong horse battery"
SETUP = {
    "clinic": "Foot and Ankle",
    "phone": "030 1234",
    "name": "Ada Moreno, CPO",
    "email": EMAIL,
    "password": PASSWORD,
}


@dataclass
class Browser:
    """A client that sends the CSRF token of the page it saw last."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str, **more: object) -> TestResponse:
        return self._seen(self.client.get(path, **more))  # type: ignore[arg-type]

    def post(self, path: str, **fields: object) -> TestResponse:
        return self._seen(self.client.post(path, data={"csrf_token": self.token} | fields))

    def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", email=email, password=password)

    def _seen(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
        self.token = found.group(1) if found else self.token
        return answer

    @property
    def signed_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(Settings(data=str(tmp_path)))
    store: Store = app.extensions["afofit_store"]()
    migrate.upgrade(store)
    yield app
    store.close()


@pytest.fixture
def store(service: Flask) -> Store:
    return service.extensions["afofit_store"]()  # type: ignore[no-any-return]


@pytest.fixture
def browser(service: Flask) -> Browser:
    """Somebody who made the clinic and is signed in."""
    browser = Browser(service.test_client())
    browser.get("/setup")
    answer = browser.post("/setup", **SETUP)
    assert answer.status_code == 303, answer.text
    return browser


@pytest.fixture
def elsewhere(service: Flask, browser: Browser) -> Browser:
    """Another device, nobody signed in."""
    return Browser(service.test_client())


def forget_tries(store: Store) -> None:
    with store.system() as session:
        session.query(RateRow).delete()


def said(store: Store) -> list[str]:
    with store.looking() as session:
        return list(session.execute(select(AuditRow.action).order_by(AuditRow.number)).scalars())


def authenticator(browser: Browser) -> TOTP:
    """Turn the authenticator on; answers what makes its codes."""
    browser.get("/account/two-factor")
    page = browser.post("/account/two-factor", setup="authenticator")
    key = re.search(r'id="authenticator-key">([^<]+)<', page.text)
    action = re.search(r'action="(/account/two-factor/[^"]+)"', page.text)
    assert key
    assert action
    totp = TOTP(key=key.group(1).replace(" ", "").replace("-", ""))
    browser.post(action.group(1), code=totp.generate(time() - 30).token)
    assert "The authenticator app is on" in browser.get("/account/two-factor").text
    return totp


def test_before_the_clinic_is_made_sign_in_leads_to_it(service: Flask) -> None:
    assert service.test_client().get("/sign-in").location == "/setup"


def test_set_up_sign_out_sign_in(browser: Browser, store: Store) -> None:
    assert browser.signed_in
    browser.get("/account")
    browser.post("/sign-out")
    assert not browser.signed_in
    answer = browser.sign_in()
    assert (answer.status_code, answer.location) == (302, "/fittings")
    assert browser.signed_in
    assert said(store)[-3:] == ["signed in", "signed out", "signed in"]


def test_signing_out_leaves_nothing_in_the_browser(browser: Browser) -> None:
    shown = browser.get("/fittings")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Clear-Site-Data" not in shown.headers
    answer = browser.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Ada Moreno" not in browser.get("/sign-in").text


def test_a_page_asked_for_is_reached_after_sign_in(elsewhere: Browser) -> None:
    answer = elsewhere.get("/account")
    assert answer.location == "/sign-in?next=/account"
    elsewhere.get(answer.location)
    assert elsewhere.post(answer.location, email=EMAIL, password=PASSWORD).location == "/account"


def test_another_site_is_not_gone_to(elsewhere: Browser) -> None:
    elsewhere.get("/sign-in?next=https://evil.example")
    answer = elsewhere.post("/sign-in?next=https://evil.example", email=EMAIL, password=PASSWORD)
    assert "evil" not in (answer.location or "")


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_a_wrong_password_says_the_same_for_everybody(elsewhere: Browser, store: Store, email: str) -> None:
    page = elsewhere.sign_in(email, WRONG)
    assert "This e-mail address and this password do not open an account." in page.text
    assert "wrong horse" not in page.text
    assert ("sign-in refused" in said(store)) == (email == EMAIL)
    assert not elsewhere.signed_in


def test_a_forged_form_is_refused(elsewhere: Browser) -> None:
    elsewhere.client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert not elsewhere.signed_in


def test_too_many_tries_are_refused_before_the_password_is_looked_at(
    elsewhere: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = User.verify_and_update_password
    monkeypatch.setattr(
        User, "verify_and_update_password", lambda self, typed: looked.append(typed) or real(self, typed)
    )
    answers = [elsewhere.sign_in(password=WRONG) for _ in range(7)]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    assert len(looked) == 5
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 61


def test_an_address_that_tries_many_names_is_stopped(elsewhere: Browser) -> None:
    answers = [elsewhere.sign_in(f"p{n}@example.org", WRONG).status_code for n in range(11)]
    assert answers == [200] * 10 + [429]


def test_authenticator(browser: Browser, elsewhere: Browser, store: Store) -> None:
    totp = authenticator(browser)
    assert elsewhere.sign_in().location.startswith("/sign-in/code")
    assert not elsewhere.signed_in
    elsewhere.get("/sign-in/code")
    elsewhere.post("/sign-in/code", code="000000")
    assert not elsewhere.signed_in
    code = totp.generate().token
    elsewhere.post("/sign-in/code", code=code)
    assert elsewhere.signed_in
    again = Browser(elsewhere.client.application.test_client())
    forget_tries_but_codes(store)
    again.sign_in()
    again.get("/sign-in/code")
    again.post("/sign-in/code", code=code)
    assert not again.signed_in, "a code works once"


def forget_tries_but_codes(store: Store) -> None:
    with store.system() as session:
        session.query(RateRow).filter(RateRow.key.not_like("%/code/%")).delete(synchronize_session=False)


ENOUGH = "A stolen password would be enough"


def test_the_account_says_how_it_is_locked(browser: Browser, elsewhere: Browser) -> None:
    page = browser.get("/account").text
    assert ENOUGH in page
    assert page.count("None yet") == 2
    authenticator(browser)
    browser.get("/account/recovery-codes")
    made = browser.post("/account/recovery-codes", generate_new_codes="1")
    code = re.findall(r"<li>([^<]+)</li>", made.text)[0]
    page = browser.get("/account").text
    assert ENOUGH not in page
    assert '<span class="state approved">On</span>' in page
    assert "8 left" in page
    elsewhere.sign_in()
    elsewhere.get("/sign-in/recovery-code")
    elsewhere.post("/sign-in/recovery-code", code=code)
    assert "7 left" in browser.get("/account").text


def test_recovery_code_works_once(browser: Browser, elsewhere: Browser) -> None:
    authenticator(browser)
    browser.get("/account/recovery-codes")
    page = browser.post("/account/recovery-codes", generate_new_codes="1")
    codes = re.findall(r"<li>([^<]+)</li>", page.text)
    assert len(codes) == 8
    elsewhere.sign_in()
    elsewhere.get("/sign-in/recovery-code")
    elsewhere.post("/sign-in/recovery-code", code=codes[0])
    assert elsewhere.signed_in
    again = Browser(elsewhere.client.application.test_client())
    again.sign_in()
    again.get("/sign-in/recovery-code")
    again.post("/sign-in/recovery-code", code=codes[0])
    assert not again.signed_in


def test_secrets_are_not_stored_as_they_are(browser: Browser, store: Store) -> None:
    browser.get("/account/recovery-codes")
    page = browser.post("/account/recovery-codes", generate_new_codes="1")
    code = re.findall(r"<li>([^<]+)</li>", page.text)[0]
    with store.looking() as session:
        account = session.execute(select(User)).scalars().unique().one()
    assert account.password.startswith("$argon2id$")
    assert code not in str(account.mf_recovery_codes)


def test_a_new_password_signs_every_other_device_out(browser: Browser, elsewhere: Browser, store: Store) -> None:
    elsewhere.sign_in()
    browser.get("/account/password")
    new = "staple of another kind"
    answer = browser.post("/account/password", password=PASSWORD, new_password=new, new_password_confirm=new)
    assert answer.location == "/account"
    assert browser.signed_in
    assert not elsewhere.signed_in
    assert said(store)[-1] == "password changed"
    forget_tries(store)
    elsewhere.sign_in(password=new)
    assert elsewhere.signed_in


@pytest.mark.parametrize(("later", "alive"), [({"minutes": 29}, True), ({"minutes": 31}, False)])
def test_a_visit_ends_when_it_is_not_used(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, later: dict[str, int], alive: bool
) -> None:
    moment = sign_in.now() + timedelta(**later)
    monkeypatch.setattr(sign_in, "now", lambda: moment)
    assert browser.signed_in == alive


def test_a_visit_ends_after_the_day(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    start = sign_in.now()
    for quarters in range(1, 49):
        monkeypatch.setattr(sign_in, "now", lambda q=quarters: start + timedelta(minutes=15 * q))
        assert browser.signed_in == (quarters < 48)


def test_visitors_of_the_calculator_open_no_database(tmp_path: Path) -> None:
    app = create_app(Settings(data=str(tmp_path)))
    assert app.test_client().get("/").status_code == 200
    assert not (tmp_path / "afofit.db").exists()


def test_codes_by_mail_are_not_there(elsewhere: Browser) -> None:
    assert elsewhere.get("/sign-in/rescue").status_code == 404


def test_cookie_is_kept_from_scripts_and_from_plain_http(tmp_path: Path) -> None:
    app = create_app(Settings(data=str(tmp_path), public_url="https://fit.example.org"))
    migrate.upgrade(app.extensions["afofit_store"]())
    cookie = app.test_client().get("/setup", base_url="https://fit.example.org").headers["Set-Cookie"]
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.fixture
def page(service: Flask, browser: Browser, chromium: Chromium) -> Iterator[Page]:
    """A real browser with an authenticator in it, on the sign-in page."""
    with serving(service, "localhost") as address:
        page = chromium.new_page(base_url=address)
        page.set_default_timeout(WAIT_MS)
        page.goto("/sign-in")
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        yield page
        page.close()


def enters(page: Page) -> None:
    """Sign in with the password."""
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def makes_passkey(page: Page) -> None:
    """Make a passkey that stands for the password, and sign out."""
    page.goto("/account/passkeys")
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("rowheader", name="Work laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()


def test_passkey(page: Page, store: Store) -> None:
    enters(page)
    makes_passkey(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/fittings")
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Moreno, CPO")
    page.goto("/account/passkeys")
    page.get_by_role("button", name="Delete Work laptop").click()
    expect(page.get_by_role("rowheader", name="Work laptop")).to_have_count(0)
    assert said(store)[-5:] == ["signed in", "passkey made", "signed out", "signed in", "passkey deleted"]


def test_a_passkey_is_two_factors_in_one(page: Page, service: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    enters(page)
    makes_passkey(page)
    monkeypatch.setitem(service.config, "SECURITY_TWO_FACTOR_REQUIRED", True)
    enters(page)
    page.wait_for_url("**/account/two-factor")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/fittings")


def test_a_page_is_put_away_when_its_visit_is_over_and_what_is_typed_is_not(page: Page) -> None:
    page.clock.install()
    enters(page)
    page.goto("/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Moreno, CPO")
    page.context.set_offline(True)
    page.clock.run_for(31 * 60 * 1000)
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was put away")
    expect(page.locator("main")).not_to_contain_text("Ada Moreno")
    page.context.set_offline(False)
    page.get_by_role("link", name="Show it again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Moreno, CPO")
    page.goto("/clinic")
    page.get_by_label("Telephone").fill("030 99")
    page.clock.run_for(31 * 60 * 1000)
    expect(page.get_by_label("Telephone")).to_have_value("030 99")


def test_passkey_as_second_step(page: Page) -> None:
    enters(page)
    page.goto("/account/passkeys")
    page.get_by_label("Name").fill("Blue key")
    page.get_by_label("as a second step after the password").check()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("rowheader", name="Blue key")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    enters(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm with a passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/fittings")


def test_a_password_costs_what_the_reference_asks() -> None:
    # OWASP: Argon2id with at least 19 MiB of memory and two passes; nothing in the product makes it cheaper.
    assert COST_OF_A_PASSWORD["PASSWORD_HASH"] == "argon2"  # noqa: S105
    assert "PASSWORD_HASH_PASSLIB_OPTIONS" not in COST_OF_A_PASSWORD
    usual = argon2.using()
    assert usual.memory_cost >= 19 * 1024
    assert usual.default_rounds >= 2
    assert usual.hash("correct horse battery").startswith("$argon2id$")
