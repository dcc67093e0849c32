"""The pages of people who signed in, from a new fitting to the sheet in the patient's hand."""

import re
from typing import Any

import pytest
from flask import template_rendered

from afofit.web.fill import flatten
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind

__all__ = ["kind"]

Json = dict[str, Any]


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    return clinic.browser()


def made(browser: Browser, asked: Json) -> str:
    """The address of a fitting made with the form."""
    browser.get("/fittings/new")
    answer = browser.post("/fittings/new", **flatten(asked))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def approve(browser: Browser, address: str) -> Any:
    page = browser.get(address)
    codes = re.findall(r'name="acknowledged" value="(\w+)"', page.text)
    return browser.post(f"{address}/approve", acknowledged=codes)


def test_from_the_form_to_the_patient_and_back(clinic: Clinic, browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    page = browser.get(address)
    assert "Draft, not approved" in page.text
    assert "417 mm" in page.text
    refused = browser.post(f"{address}/approve")
    assert refused.status_code == 422
    assert f'<a href="{address}">' in refused.text
    assert browser.post(f"{address}/release", days="30").status_code == 409
    assert approve(browser, address).status_code == 303
    page = browser.get(address)
    assert f"by {clinic.orthotist.name}" in page.text
    given = browser.post(f"{address}/release", lang="es", days="30")
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', given.text)
    assert link is not None
    patient = clinic.app.test_client()
    landing = patient.get(link[1])
    assert "Kim" not in landing.text
    assert "1980" not in landing.text
    wrong = {"birth_date.year": "1981", "birth_date.month": "2", "birth_date.day": "28"}
    assert "4 intentos" in patient.post(link[1], data=wrong).text
    assert patient.get("/p/sheet").status_code == 404
    right = wrong | {"birth_date.year": "1980"}
    assert patient.post(link[1], data=right).headers["Location"] == "/p/sheet"
    sheet = patient.get("/p/sheet")
    assert sheet.status_code == 200
    assert 'lang="es"' in sheet.text
    assert patient.get("/p/sheet.pdf").data.startswith(b"%PDF-")
    assert "opened 1 time" in browser.get(address).text
    revoke = re.search(r'action="(/links/[^"]+/revoke)"', browser.get(address).text)
    assert revoke is not None
    browser.post(revoke[1])
    assert patient.get("/p/sheet").status_code == 404
    assert patient.get(link[1]).status_code == 404


def test_a_sheet_that_was_closed_is_not_opened_by_the_cookie_of_before(
    clinic: Clinic, browser: Browser, asked: Json
) -> None:
    address = made(browser, asked)
    approve(browser, address)
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', browser.post(f"{address}/release", lang="es", days="30").text)
    assert link is not None
    patient = Browser(clinic.app.test_client())
    born = {"birth_date.year": "1980", "birth_date.month": "2", "birth_date.day": "28"}
    patient.post(link[1], **born)
    with patient.client.session_transaction() as session:
        kept = dict(session)
    assert patient.client.post("/p/close", data={"csrf_token": "forged"}).status_code == 400
    assert "Cerrar mi hoja" in patient.get("/p/sheet").text
    closed = patient.post("/p/close")
    assert closed.status_code == 200
    assert "Su hoja está cerrada" in closed.text
    assert "Kim" not in closed.text
    assert closed.headers["Clear-Site-Data"]
    assert patient.get("/p/sheet").status_code == 404
    with patient.client.session_transaction() as session:
        session.update(kept)
    assert patient.get("/p/sheet").status_code == 404
    assert patient.post("/p/close").status_code == 404
    patient.post(link[1], **born)
    assert patient.get("/p/sheet").status_code == 200, "the link itself still opens"


def test_five_wrong_dates_lock_a_link(clinic: Clinic, browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    approve(browser, address)
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', browser.post(f"{address}/release", days="30").text)
    assert link is not None
    patient = clinic.app.test_client()
    wrong = {"birth_date.year": "1981", "birth_date.month": "2", "birth_date.day": "28"}
    said = [patient.post(link[1], data=wrong).status_code for _ in range(6)]
    assert said == [422, 422, 422, 422, 404, 404]
    assert patient.post(link[1], data=wrong | {"birth_date.year": "1980"}).status_code == 404
    assert "locked" in browser.get(address).text


def test_withdrawing_ends_the_links_of_the_patient(clinic: Clinic, browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    approve(browser, address)
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', browser.post(f"{address}/release", days="30").text)
    assert link is not None
    browser.post(f"{address}/withdraw", reason="wrong leg")
    assert clinic.app.test_client().get(link[1]).status_code == 404
    assert "Withdrawn" in browser.get(address).text


def test_an_override_makes_a_revision_with_what_builds_on_it(browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    chosen = {"dimension": "right.proximal_trim_height_mm", "chosen": "410", "reason": "scar below the edge"}
    answer = browser.post(f"{address}/override", **chosen)
    assert answer.status_code == 303
    page = browser.get(answer.headers["Location"])
    # 410 − 25 = 385 mm for the strap
    for said in ("410 mm", "385 mm", "417 mm", "scar below the edge", "Revision 2"):
        assert said in page.text, said
    slip = browser.post(f"{address}/override", **(chosen | {"chosen": "41"}))
    assert slip.status_code == 422
    assert "41 mm is not between" in slip.text
    assert browser.post(f"{address}/override", **(chosen | {"reason": ""})).status_code == 422


def test_an_exact_reorder_and_one_with_changes(browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    approve(browser, address)
    again = browser.post(f"{address}/reorder")
    assert "exact reorder" in browser.get(again.headers["Location"]).text
    form = browser.get(f"{address}/edit")
    assert 'value="455"' in form.text
    changed = flatten(asked) | {"limbs.right.calf_circumference": ["395"]}
    answer = browser.post(f"{address}/edit", **changed)
    assert "reorder with changes" in browser.get(answer.headers["Location"]).text


def test_a_wrong_form_loses_nothing_and_a_draft_is_resumed(browser: Browser, asked: Json) -> None:
    fields = flatten(asked) | {"limbs.right.forefoot_width": ["10.1"]}
    browser.get("/fittings/new")
    answer = browser.post("/fittings/new", **fields)
    assert answer.status_code == 422
    assert 'value="10.1"' in answer.text
    kept = browser.post("/fittings/new", **(fields | {"keep": "draft"}))
    assert kept.status_code == 303
    draft = kept.headers["Location"]
    page = browser.get(draft)
    assert 'value="10.1"' in page.text
    entry = re.search(r'name="entry" value="([\w-]+)"', page.text)
    assert entry is not None
    again = browser.post("/fittings/new", **(fields | {"keep": "draft", "entry": entry[1], "version": "1"}))
    assert again.status_code == 303
    elsewhere = browser.post("/fittings/new", **(fields | {"keep": "draft", "entry": entry[1], "version": "1"}))
    assert elsewhere.status_code == 409
    assert "another device" in elsewhere.text
    done = fields | {"limbs.right.forefoot_width": ["102"], "entry": entry[1], "version": "2"}
    assert browser.post("/fittings/new", **done).status_code == 303
    assert browser.get(draft).status_code == 404


def test_patients_are_found_by_reference_name_and_birth_date(browser: Browser, asked: Json) -> None:
    made(browser, asked)
    browser.get("/patients")
    for text in ("1027", "kim", "28.02.1980"):
        assert "Kim Doe" in browser.post("/patients", search=text).text
    assert "Kim Doe" not in browser.post("/patients", search="nobody").text


def test_another_clinic_and_who_is_not_signed_in_meet_nothing(
    clinic: Clinic, other_clinic: Clinic, browser: Browser, asked: Json
) -> None:
    address = made(browser, asked)
    stranger = other_clinic.browser()
    stranger.get("/fittings/new")
    for path in ("", "/edit", "/sheet.pdf"):
        assert stranger.get(address + path).status_code == 404
    for path in ("/approve", "/withdraw", "/reorder", "/override", "/release", "/edit"):
        assert stranger.post(address + path, **flatten(asked), reason="x", days="3").status_code == 404, path
    nobody = clinic.app.test_client()
    assert nobody.get(address).headers["Location"].startswith("/sign-in?next=")
    assert nobody.post(f"{address}/approve").status_code == 401


def test_without_the_token_of_the_page_nothing_is_done(browser: Browser, asked: Json) -> None:
    address = made(browser, asked)
    assert browser.client.post(f"{address}/withdraw", data={"reason": "x"}).status_code == 400
    assert "Draft" in browser.get(address).text


def test_who_confirms_an_unusual_value_is_noted_and_stored(clinic: Clinic, browser: Browser, asked: Json) -> None:
    calf, noted = "limbs.right.calf_circumference", "limbs.right.confirmed.calf_circumference"
    fields = flatten(asked) | {calf: ["525"]}
    browser.get("/fittings/new")
    shown: list[Any] = []

    def note(_: object, context: dict[str, Any], **__: object) -> None:
        shown.append(context["page"].typed)

    with template_rendered.connected_to(note, clinic.app):
        answer = browser.post("/fittings/new", **(fields | {"confirm": f"{calf}=525"}))
    assert answer.status_code == 200
    (typed,) = shown
    assert typed[f"{noted}.by"] == clinic.orthotist.name
    address = browser.post("/fittings/new", **typed.to_dict(flat=False)).headers["Location"]
    said = f"Measured again and confirmed by {clinic.orthotist.name} on "
    assert said in browser.get(address).text
    again = flatten(asked) | {calf: ["526"]} | {name: [typed[name]] for name in typed if name.startswith(noted)}
    address = browser.post(f"{address}/edit", **again).headers["Location"]
    assert said not in browser.get(address).text.partition("What changed")[0]


ODD = ["²", "٣", "-1", "1e5", "9" * 20, "9" * 5000]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_numbers_are_refused_in_words(clinic: Clinic, browser: Browser, asked: Json, odd: str) -> None:
    address = made(browser, asked)
    approve(browser, address)
    refused = browser.post(f"{address}/release", days=odd)
    assert (refused.status_code, "1 to 366 days" in refused.text) == (409, True)
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', browser.post(f"{address}/release", days="30").text)
    assert link is not None
    born = {f"birth_date.{part}": odd for part in ("year", "month", "day")}
    assert "4 tries" in clinic.app.test_client().post(link[1], data=born).text
    draft = flatten(asked) | {"keep": ["draft"], "version": [odd]}
    assert browser.post("/fittings/new", **draft).status_code == 404
