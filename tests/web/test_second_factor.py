"""A second step that everybody must have, recovery codes that nobody reads again, visits that are renewed and ended."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import time

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import select

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import migrate
from afofit.store.accounts import User
from afofit.store.database import Store
from afofit.store.tables import VisitRow
from afofit.web import sign_in
from tests.web import test_sign_in
from tests.web.test_clinic import BEN, BENS_PASSWORD, colleague, invited, number_of
from tests.web.test_sign_in import EMAIL, PASSWORD, SETUP, WRONG, Browser, authenticator, forget_tries, said

service, store, browser, elsewhere = (
    test_sign_in.service,
    test_sign_in.store,
    test_sign_in.browser,
    test_sign_in.elsewhere,
)


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Flask]:
    """A service in which everybody needs a second step, with its clinic made."""
    app = create_app(Settings(data=str(tmp_path), second_factor=True))
    own: Store = app.extensions["afofit_store"]()
    migrate.upgrade(own)
    first = Browser(app.test_client())
    first.get("/setup")
    answer = first.post("/setup", **SETUP)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not first.signed_in
    yield app
    own.close()


def key_shown(page: str) -> TOTP:
    key = re.search(r'id="authenticator-key">([^<]+)<', page)
    assert key
    return TOTP(key=key.group(1).replace(" ", "").replace("-", ""))


def test_where_it_is_asked_for_nobody_enters_by_a_password_alone(strict: Flask) -> None:
    ada = Browser(strict.test_client())
    assert ada.sign_in().location == "/account/two-factor"
    for page in ("/account", "/fittings", "/account/password", "/account/passkeys", "/account/recovery-codes"):
        assert ada.client.get(page).status_code == 302, page
    assert "Your clinic asks for a second step" in ada.get("/account/two-factor").text
    page = ada.post("/account/two-factor", setup="authenticator")
    totp = key_shown(page.text)
    ada.post("/sign-in/code", code="000000")
    assert not ada.signed_in
    ada.post("/sign-in/code", code=totp.generate(time() - 30).token)
    assert ada.signed_in
    again = Browser(strict.test_client())
    forget_tries(strict.extensions["afofit_store"]())
    assert again.sign_in().location.startswith("/sign-in/code")
    again.get("/sign-in/code")
    again.post("/sign-in/code", code=totp.generate().token)
    assert again.signed_in


def test_where_it_is_asked_for_it_cannot_be_turned_off_and_invited_people_need_it_too(strict: Flask) -> None:
    ada = Browser(strict.test_client())
    ada.sign_in()
    totp = key_shown(ada.post("/account/two-factor", setup="authenticator").text)
    ada.post("/sign-in/code", code=totp.generate(time() - 30).token)
    page = ada.get("/account/two-factor").text
    assert "The authenticator app is on" in page
    assert "Turn it off" not in page
    ada.post("/account/two-factor", setup="disable")
    assert "The authenticator app is on" in ada.get("/account/two-factor").text
    ben = Browser(strict.test_client())
    path = invited(ada)
    ben.get(path)
    ben.post(path, password=BENS_PASSWORD)
    assert ben.sign_in(BEN, BENS_PASSWORD).location == "/account/two-factor"
    assert not ben.signed_in


def test_setting_it_up_needs_the_right_password_just_before(strict: Flask) -> None:
    nobody = Browser(strict.test_client())
    nobody.sign_in(password=WRONG)
    assert nobody.get("/account/two-factor").location.startswith("/sign-in")
    assert nobody.post("/account/two-factor", setup="authenticator").location.startswith("/sign-in")


def test_a_new_password_by_a_link_does_not_pass_by_the_second_step(
    service: Flask, browser: Browser, elsewhere: Browser
) -> None:
    ben = colleague(service, browser)
    totp = authenticator(ben)
    browser.get("/clinic")
    page = browser.post(f"/clinic/people/{number_of(browser, 'Ben Okafor')}/link").text
    link = re.search(r'id="link">([^<]+)<', page)
    assert link
    path = link.group(1).removeprefix("http://localhost")
    new = "eleven brave mice"
    elsewhere.get(path)
    elsewhere.post(path, password=new)
    assert elsewhere.sign_in(BEN, new).location.startswith("/sign-in/code")
    assert not elsewhere.signed_in
    elsewhere.get("/sign-in/code")
    elsewhere.post("/sign-in/code", code=totp.generate().token)
    assert elsewhere.signed_in


@pytest.mark.parametrize(("off", "opens"), [(-60, False), (-30, True), (0, True), (60, False)])
def test_a_code_holds_for_its_half_minute_and_the_ones_beside_it(
    browser: Browser, elsewhere: Browser, monkeypatch: pytest.MonkeyPatch, off: int, opens: bool
) -> None:
    totp = authenticator(browser)
    middle = (int(time()) // 30 + 10) * 30 + 15
    monkeypatch.setattr(TOTP, "now", staticmethod(lambda: float(middle)))
    elsewhere.sign_in()
    elsewhere.get("/sign-in/code")
    elsewhere.post("/sign-in/code", code=totp.generate(middle + off).token)
    assert elsewhere.signed_in == opens


def test_recovery_codes_are_kept_as_passwords_are_and_shown_once(browser: Browser, store: Store) -> None:
    browser.get("/account/recovery-codes")
    page = browser.post("/account/recovery-codes", generate_new_codes="1")
    codes = re.findall(r"<li>([^<]+)</li>", page.text)
    assert len(set(codes)) == 8
    # 12 hexadecimal digits are 48 random bits; 20 are asked for.
    assert all(re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){2}", code) for code in codes)
    with store.looking() as session:
        kept = session.execute(select(User)).scalars().unique().one().mf_recovery_codes
    assert len(kept) == 8
    assert all(one.startswith("$argon2id$") for one in kept)
    later = browser.get("/account/recovery-codes?show_codes=1").text
    assert not any(code in later for code in codes)
    browser.get("/account/recovery-codes")
    again = browser.post("/account/recovery-codes", generate_new_codes="1").text
    assert not any(code in again for code in codes), "new codes end the earlier ones"


def visit_of(browser: Browser) -> str:
    with browser.client.session_transaction() as session:
        return str(session[sign_in.VISIT])


def put_back(browser: Browser, visit: str) -> None:
    with browser.client.session_transaction() as session:
        session[sign_in.VISIT] = visit


def deeds(browser: Browser, deed: str) -> None:
    if deed == "sign in again":
        browser.client.get("/sign-in")
        browser.post("/sign-out")
        browser.sign_in()
    elif deed == "confirm":
        browser.get("/account/again")
        browser.post("/account/again", password=PASSWORD)
    else:
        new = "seven little goats"
        browser.get("/account/password")
        browser.post("/account/password", password=PASSWORD, new_password=new, new_password_confirm=new)


@pytest.mark.parametrize("deed", ["sign in again", "confirm", "change the password"])
def test_whoever_shows_who_they_are_goes_on_under_a_new_text(browser: Browser, deed: str) -> None:
    before = visit_of(browser)
    deeds(browser, deed)
    assert browser.signed_in
    after = visit_of(browser)
    assert after != before
    assert len(after) == 43, "256 random bits"
    put_back(browser, before)
    assert not browser.signed_in, "the text of before opens nothing"


def test_a_text_that_was_signed_out_opens_nothing(browser: Browser) -> None:
    with browser.client.session_transaction() as session:
        kept = dict(session)
    browser.get("/account")
    browser.post("/sign-out")
    with browser.client.session_transaction() as session:
        session.update(kept)
    assert not browser.signed_in


def test_a_wrong_password_renews_nothing(browser: Browser) -> None:
    before = visit_of(browser)
    browser.get("/account/again")
    browser.post("/account/again", password=WRONG)
    assert visit_of(browser) == before


def test_signing_in_over_an_open_visit_ends_it(service: Flask, browser: Browser, store: Store) -> None:
    before = visit_of(browser)
    with browser.client.session_transaction() as session:
        del session["_user_id"]
    browser.sign_in()
    assert browser.signed_in
    put_back(browser, before)
    assert not browser.signed_in


def test_one_sees_where_one_is_signed_in_and_ends_one_of_them(
    service: Flask, browser: Browser, elsewhere: Browser, store: Store
) -> None:
    assert "Sign out everywhere else" not in browser.get("/account").text
    elsewhere.sign_in()
    third = Browser(service.test_client())
    forget_tries(store)
    third.sign_in()
    page = browser.get("/account").text
    assert page.count("This device") == 1
    visits = re.findall(r'name="visit" value="([0-9a-f]{64})"', page)
    assert len(visits) == 2
    assert browser.post("/account/elsewhere", visit=visits[0]).location == "/account"
    assert [one.signed_in for one in (browser, elsewhere, third)].count(True) == 2
    assert browser.signed_in
    browser.get("/account")
    browser.post("/account/elsewhere")
    assert browser.signed_in
    assert not elsewhere.signed_in
    assert not third.signed_in
    assert said(store)[-2:] == ["signed out elsewhere"] * 2


def test_a_visit_of_somebody_else_is_not_ended_and_nonsense_is_none(
    service: Flask, browser: Browser, store: Store
) -> None:
    ben = colleague(service, browser)
    with store.looking() as session:
        theirs = [row.id.hex() for row in session.execute(select(VisitRow)).scalars()]
    browser.get("/account")
    for visit in theirs:
        browser.post("/account/elsewhere", visit=visit)
    assert ben.signed_in
    assert browser.signed_in, "one's own present visit ends by signing out"
    assert (
        browser.client.post("/account/elsewhere", data={"csrf_token": browser.token, "visit": "x"}).status_code == 404
    )


def test_other_devices_are_signed_out_by_who_showed_of_late_who_they_are(
    browser: Browser, elsewhere: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.sign_in()
    browser.get("/account")
    with browser.client.session_transaction() as session:
        session[sign_in.SHOWN] -= sign_in.FRESH.total_seconds()
    answer = browser.post("/account/elsewhere")
    assert answer.location == "/account/again?next=/account"
    assert elsewhere.signed_in
    assert "Confirm that it is you, then sign out" in browser.get(answer.location).text
    browser.post(answer.location, password=PASSWORD)
    browser.get("/account")
    browser.post("/account/elsewhere")
    assert not elsewhere.signed_in


@pytest.mark.parametrize("path", ["/account/two-factor", "/account/passkeys", "/account/recovery-codes"])
def test_what_one_signs_in_with_is_changed_by_who_showed_of_late_who_they_are(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 200
    with browser.client.session_transaction() as session:
        session[sign_in.SHOWN] -= sign_in.FRESH.total_seconds() + 1
        session.pop("fs_gexp", None)
    assert browser.get(path).location.startswith("/account/again")
    assert browser.post(path, setup="authenticator", name="x", generate_new_codes="1").location.startswith(
        "/account/again"
    )


def test_an_administrator_signs_somebody_out_everywhere(service: Flask, browser: Browser, store: Store) -> None:
    ben = colleague(service, browser)
    number = number_of(browser, "Ben Okafor")
    assert ben.client.post(f"/clinic/people/{number}/sign-out", data={"csrf_token": ben.token}).status_code == 403
    assert browser.post(f"/clinic/people/{number}/sign-out").location == "/clinic"
    assert not ben.signed_in
    assert browser.signed_in
    assert said(store)[-1] == "signed out by an administrator"
    forget_tries(store)
    ben.sign_in(BEN, BENS_PASSWORD)
    assert ben.signed_in, "the account stays open"
    assert browser.post("/clinic/people/999/sign-out").status_code == 404


def test_visits_that_are_over_are_not_shown(
    browser: Browser, elsewhere: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere.sign_in()
    moment = sign_in.now() + timedelta(minutes=20)
    monkeypatch.setattr(sign_in, "now", lambda: moment)
    assert browser.signed_in
    later = moment + timedelta(minutes=20)
    monkeypatch.setattr(sign_in, "now", lambda: later)
    assert 'name="visit"' not in browser.get("/account").text


def test_no_account_is_there_before_somebody_makes_it(service: Flask, store: Store) -> None:
    with store.looking() as session:
        assert session.execute(select(User)).scalars().unique().all() == []
    assert EMAIL not in service.test_client().get("/setup").text
