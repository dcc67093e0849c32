"""The clinic and its people: first visit, invitations, roles, closed accounts, keys."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import keys, migrate
from afofit.store.database import Store
from afofit.store.secrecy import hashed
from afofit.store.tables import InvitationRow, KeyRow
from afofit.web import sign_in
from tests.web import test_sign_in
from tests.web.test_sign_in import EMAIL, PASSWORD, SETUP, Browser, said

service, store, browser, elsewhere = (
    test_sign_in.service,
    test_sign_in.store,
    test_sign_in.browser,
    test_sign_in.elsewhere,
)
BEN, BENS_PASSWORD = "ben@example.org", "seven little goats"
NEW, SHORT, FORGED = "eleven brave mice", "short", "forged"


def shown(page: str, place: str) -> str:
    found = re.search(rf'id="{place}">([^<]+)<', page)
    assert found, page
    return found.group(1)


def invited(browser: Browser, *roles: str, email: str = BEN) -> str:
    """The path of the link of a new colleague."""
    browser.get("/clinic")
    page = browser.post("/clinic/people", name="Ben Okafor, CO", email=email, roles=list(roles or ["orthotist"]))
    assert page.status_code == 200, page.text
    return shown(page.text, "link").removeprefix("http://localhost")


def colleague(service: Flask, browser: Browser, *roles: str) -> Browser:
    """Somebody who took an invitation and signed in."""
    own = Browser(service.test_client())
    path = invited(browser, *roles)
    own.get(path)
    own.post(path, password=BENS_PASSWORD)
    own.sign_in(BEN, BENS_PASSWORD)
    assert own.signed_in
    return own


def number_of(browser: Browser, name: str) -> str:
    page = browser.get("/clinic").text
    found = re.search(rf"<h3>{name}.*?/clinic/people/(\d+)\"", page, re.DOTALL)
    assert found
    return found.group(1)


def test_the_first_visit_is_there_once(browser: Browser, elsewhere: Browser) -> None:
    assert elsewhere.get("/setup").status_code == 404
    assert elsewhere.post("/setup", **SETUP).status_code == 404
    assert "Foot and Ankle" in browser.get("/clinic").text


def test_what_was_typed_is_kept_but_never_a_password(service: Flask) -> None:
    new = Browser(service.test_client())
    new.get("/setup")
    page = new.post("/setup", **(SETUP | {"email": "nonsense", "password": "too short"}))
    assert page.status_code == 422
    assert "Foot and Ankle" in page.text
    assert "too short" not in page.text
    assert 'href="#email"' in page.text
    assert 'href="#password"' in page.text


def test_the_setup_code_is_asked_for(tmp_path: Path) -> None:
    app = create_app(Settings(data=str(tmp_path), setup_code="open sesame"))
    migrate.upgrade(app.extensions["afofit_store"]())
    new = Browser(app.test_client())
    new.get("/setup")
    assert new.post("/setup", **SETUP).status_code == 422
    assert new.post("/setup", **SETUP, setup_code="open sesame").status_code == 303


def test_an_invitation_works_once(service: Flask, browser: Browser, elsewhere: Browser, store: Store) -> None:
    path = invited(browser)
    assert EMAIL not in elsewhere.get(path).text
    weak = elsewhere.post(path, password=SHORT)
    assert weak.status_code == 422
    assert elsewhere.post(path, password=BENS_PASSWORD).status_code == 303
    again = elsewhere.get(path)
    unknown = elsewhere.get("/join/" + "x" * 43)
    assert again.status_code == unknown.status_code == 404
    assert again.text == unknown.text
    assert elsewhere.post(path, password=NEW).status_code == 404
    elsewhere.sign_in(BEN, BENS_PASSWORD)
    assert elsewhere.signed_in
    with store.looking() as session:
        assert session.execute(select(InvitationRow.token_hash)).scalar_one() == hashed(path.rpartition("/")[2])


def test_an_invitation_ends(browser: Browser, elsewhere: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    path = invited(browser)
    later = sign_in.now() + timedelta(days=7, seconds=1)
    monkeypatch.setattr(sign_in, "now", lambda: later)
    assert elsewhere.get(path).status_code == 404


def test_nobody_has_two_accounts(browser: Browser) -> None:
    browser.get("/clinic")
    page = browser.post("/clinic/people", name="Ada Again", email=EMAIL, roles="orthotist")
    assert page.status_code == 422
    assert "Somebody has this e-mail address already." in page.text
    assert "Ada Again" in page.text


def test_the_clinic_page_is_for_administrators(service: Flask, browser: Browser) -> None:
    ben = colleague(service, browser, "orthotist")
    assert ben.get("/clinic").status_code == 403
    ben.get("/account")
    assert ben.post("/clinic/people", name="Eve", email="eve@example.org", roles="administrator").status_code == 403
    browser.get("/clinic")
    number = number_of(browser, "Ben Okafor")
    browser.post(f"/clinic/people/{number}", roles=["orthotist", "administrator"], active="1")
    assert ben.get("/clinic").status_code == 200


def test_somebody_must_remain_administrator(browser: Browser) -> None:
    number = number_of(browser, "Ada Moreno")
    page = browser.post(f"/clinic/people/{number}", roles="orthotist", active="1")
    assert page.status_code == 422
    assert "at least one administrator" in page.text
    assert browser.get("/clinic").status_code == 200


def test_a_closed_account_ends_at_once(service: Flask, browser: Browser) -> None:
    ben = colleague(service, browser)
    number = number_of(browser, "Ben Okafor")
    link = shown(browser.post(f"/clinic/people/{number}/link").text, "link").removeprefix("http://localhost")
    browser.post(f"/clinic/people/{number}", roles="orthotist")
    assert not ben.signed_in
    ben.sign_in(BEN, BENS_PASSWORD)
    assert not ben.signed_in
    assert ben.get(link).status_code == 404, "a link made before does not open it again"
    assert browser.post(f"/clinic/people/{number}/link").status_code == 422


def test_a_link_for_a_new_password_signs_out(service: Flask, browser: Browser) -> None:
    ben = colleague(service, browser)
    number = number_of(browser, "Ben Okafor")
    link = shown(browser.post(f"/clinic/people/{number}/link").text, "link").removeprefix("http://localhost")
    other = Browser(service.test_client())
    other.get(link)
    other.post(link, password=NEW)
    assert not ben.signed_in
    other.sign_in(BEN, NEW)
    assert other.signed_in


def test_signing_out_everywhere_else(browser: Browser, elsewhere: Browser, store: Store) -> None:
    elsewhere.sign_in()
    browser.get("/account")
    browser.post("/account/elsewhere")
    assert browser.signed_in
    assert not elsewhere.signed_in
    assert said(store)[-1] == "signed out elsewhere"


def test_the_clinic_is_changed(browser: Browser) -> None:
    browser.get("/clinic")
    assert browser.post("/clinic", name="", phone="1", retention_years="x").status_code == 422
    assert browser.post("/clinic", name="Gait Lab", phone="030 9", retention_years="10").status_code == 303
    assert "Gait Lab" in browser.get("/clinic").text


def test_a_key_is_shown_once_and_stored_hashed(browser: Browser, store: Store) -> None:
    browser.get("/clinic/keys")
    page = browser.post("/clinic/keys", name="EMR", scopes=["fittings:read"], days="30")
    key = shown(page.text, "key")
    assert key not in browser.get("/clinic/keys").text
    with store.looking() as session:
        row = session.execute(select(KeyRow)).scalar_one()
        assert row.hash == hashed(key.removeprefix(row.prefix + "_"))
        assert keys.bearer(session.connection(), key, sign_in.now()) is not None
    browser.post(f"/clinic/keys/{row.id}/revoke")
    with store.looking() as session:
        assert keys.bearer(session.connection(), key, sign_in.now()) is None
    assert browser.post(f"/clinic/keys/{row.id}/revoke").status_code == 404


def test_a_key_that_cannot_be_given_says_why(service: Flask, browser: Browser) -> None:
    browser.get("/clinic/keys")
    page = browser.post("/clinic/keys", name="EMR", days="30")
    assert page.status_code == 422
    assert "Choose at least one of" in page.text
    assert browser.post("/clinic/keys", name="EMR", scopes=["fittings:read"], days="999").status_code == 422
    clerk = colleague(service, browser, "administrator")
    clerk.get("/clinic/keys")
    refused = clerk.post("/clinic/keys", name="EMR", scopes=["fittings:approve"], days="30")
    assert "Only an orthotist" in refused.text


def test_forms_need_their_token(browser: Browser) -> None:
    browser.token = FORGED
    for path in ("/clinic", "/clinic/people", "/clinic/keys", "/account/elsewhere"):
        assert browser.client.post(path, data={"csrf_token": FORGED}).status_code == 400


def test_another_clinics_people_are_missing(browser: Browser) -> None:
    browser.get("/clinic")
    assert browser.post("/clinic/people/999", roles="orthotist").status_code == 404
    assert browser.post("/clinic/people/999/link").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/account",
        "/account/password",
        "/account/two-factor",
        "/account/passkeys",
        "/account/recovery-codes",
        "/account/again",
        "/clinic",
        "/clinic/keys",
    ],
)
def test_pages_have_one_heading_a_title_and_nothing_inline(browser: Browser, path: str) -> None:
    page = browser.get(path)
    assert page.status_code == 200
    # What lies ready in a template is on no page yet.
    assert re.sub(r"<template.*?</template>", "", page.text, flags=re.DOTALL).count("<h1") == 1
    assert re.search(r"<title>\s*\S.* – afofit</title>", page.text)
    assert "<style" not in page.text
    assert " style=" not in page.text
    assert "<script>" not in page.text
    assert PASSWORD not in page.text
    for form in re.findall(r'<form[^>]*method="post".*?</form>', page.text, re.DOTALL):
        # The switch of the language keeps a cookie of the browser and nothing else.
        assert 'name="csrf_token"' in form or 'class="tongues' in form
    identifiers = re.findall(r' id="([^"]+)"', page.text)
    assert len(identifiers) == len(set(identifiers))
    labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
    assert labelled <= set(identifiers)
