"""Drafts: saved once, never over somebody else's, kept when a sign-in ends, and given back as they were typed."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from afofit.fitting.measurements import BY_NAME
from afofit.store import entries, fittings
from afofit.web import sign_in
from afofit.web.fill import flatten
from afofit.words.ages import ago
from tests.records.conftest import PASSWORD, Browser, Clinic, email_of
from tests.records.test_canary import Everything
from tests.web.conftest import Page

Json = dict[str, Any]
AS_SCRIPT = {"Accept": "application/json"}
NEEDED = 14
"""Of one braced leg: two units, the leg, weight, age, and the nine required measurements of contract 1.1."""


@pytest.fixture
def kind() -> str:
    """What the pages say does not depend on the database; tests/store holds both."""
    return "sqlite"


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    return clinic.browser()


def hidden(page: TestResponse) -> dict[str, str]:
    """The marks by which the form of a page knows its draft."""
    boxes = Page(page.text).all("input", type="hidden")
    return {box["name"]: box["value"] for box in boxes if box["name"] in ("entry", "version", "page", "clinic")}


def autosave(browser: Browser, path: str, marks: Json, **fields: Any) -> TestResponse:
    """What the script of the form sends."""
    data = {"csrf_token": browser.token, "keep": "draft"} | marks | fields
    return browser.client.post(path, data=data, headers=AS_SCRIPT)


def kept(clinic: Clinic) -> list[entries.Entry]:
    with clinic.store.reading(clinic.orthotist) as desk:
        return entries.listed(desk)


def field(page: TestResponse, name: str) -> str:
    return Page(page.text).all("input", name=name)[0].get("value", "")


def test_a_form_is_saved_once_however_often_it_is_sent(clinic: Clinic, browser: Browser) -> None:
    marks = hidden(browser.get("/fittings/new"))
    first = autosave(browser, "/fittings/new", marks, legs="right", **{"limbs.right.calf_circumference": "38O"})
    assert first.status_code == 200
    assert first.json is not None
    assert first.json["version"] == 1
    assert "0 of" not in first.json["note"]
    assert f"2 of {NEEDED} entered" in unescape(first.json["note"])
    # The answer was lost on its way: the page knows no version yet, and sends more.
    again = autosave(browser, "/fittings/new", marks, legs="right", **{"limbs.right.calf_circumference": "380"})
    assert again.json is not None
    assert again.json["version"] == 2
    stored = kept(clinic)
    assert [one.fields["limbs.right.calf_circumference"] for one in stored] == [["380"]]
    assert field(browser.get(f"/drafts/{marks['entry']}"), "limbs.right.calf_circumference") == "380"
    later = autosave(browser, "/fittings/new", marks | {"version": "2"}, legs="left")
    assert later.json is not None
    assert later.json["version"] == 3
    assert "page" not in stored[0].fields


def test_two_requests_of_one_page_at_once_make_one_draft(clinic: Clinic, browser: Browser) -> None:
    marks = hidden(browser.get("/fittings/new"))
    cookie = browser.client.get_cookie("session")
    assert cookie is not None

    def send(text: str) -> int:
        client = clinic.app.test_client()
        client.set_cookie("session", cookie.value)
        data = {"csrf_token": browser.token, "keep": "draft", "patient.reference": text} | marks
        return client.post("/fittings/new", data=data, headers=AS_SCRIPT).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(send, "abcd")) == [200] * 4
    assert len(kept(clinic)) == 1
    assert kept(clinic)[0].version == 4


def test_two_tabs_make_two_drafts(clinic: Clinic, browser: Browser) -> None:
    tabs = [hidden(browser.get("/fittings/new")) for _ in range(2)]
    for marks in tabs:
        assert autosave(browser, "/fittings/new", marks, legs="left").status_code == 200
    assert {str(one.id) for one in kept(clinic)} == {marks["entry"] for marks in tabs}


@pytest.fixture
def opened_twice(clinic: Clinic, browser: Browser) -> tuple[Json, Json]:
    """One draft, opened on two devices, and saved on the second."""
    marks = hidden(browser.get("/fittings/new"))
    height = {"limbs.right.fibular_head_height": "455", "legs": "right"}
    autosave(browser, "/fittings/new", marks, **height)
    here, there = (hidden(browser.get(f"/drafts/{marks['entry']}")) for _ in range(2))
    changed = height | {"limbs.right.fibular_head_height": "465", "clinical.skin": "intact"}
    assert autosave(browser, "/fittings/new", there, **changed).status_code == 200
    return here, height | {"patient.reference": "typed here"}


def test_changed_elsewhere_is_asked_about_with_what_differs(
    clinic: Clinic, browser: Browser, opened_twice: tuple[Json, Json]
) -> None:
    marks, typed = opened_twice
    by_script = autosave(browser, "/fittings/new", marks, **typed)
    assert by_script.status_code == 409
    assert by_script.json is not None
    for answer, text in (
        (by_script, by_script.json["said"]),
        (browser.post("/fittings/new", keep="draft", **marks, **typed), ""),
        (browser.post("/fittings/new", **marks, **typed), ""),
    ):
        assert answer.status_code == 409
        page = Page(text or answer.text)
        said = page.text("div", id="ask")
        assert "Saved on another device" in said
        label = BY_NAME["fibular_head_height"].label
        assert f"{label}, right leg 455 465" in said
        assert "Skin where the brace lies not entered Intact" in said
        assert [box["value"] for box in page.all("button", name="choose")] == ["here:2", "there:2"]
        if not text:
            # Nothing that was typed is lost by the question.
            assert field(answer, "patient.reference") == "typed here"
    assert [one.fields["limbs.right.fibular_head_height"] for one in kept(clinic)] == [["465"]]


@pytest.mark.parametrize(("chosen", "shown", "aside"), [("here:2", "455", "465"), ("there:2", "465", "455")])
def test_whichever_is_chosen_the_other_stays_as_a_draft_of_its_own(
    clinic: Clinic, browser: Browser, opened_twice: tuple[Json, Json], chosen: str, shown: str, aside: str
) -> None:
    marks, typed = opened_twice
    browser.get("/fittings")
    answer = browser.post("/fittings/new", choose=chosen, **marks, **typed)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/drafts/{marks['entry']}"
    page = browser.get(answer.headers["Location"])
    assert "draft of its own" in page.text
    assert field(page, "limbs.right.fibular_head_height") == shown
    other = next(one for one in kept(clinic) if str(one.id) != marks["entry"])
    assert other.fields["limbs.right.fibular_head_height"] == [aside]
    assert len(kept(clinic)) == 2


def test_a_choice_made_on_an_old_question_is_asked_again(
    clinic: Clinic, browser: Browser, opened_twice: tuple[Json, Json]
) -> None:
    marks, typed = opened_twice
    third = hidden(browser.get(f"/drafts/{marks['entry']}"))
    autosave(browser, "/fittings/new", third, legs="right", **{"limbs.right.fibular_head_height": "470"})
    answer = browser.post("/fittings/new", choose="here:2", **marks, **typed)
    assert answer.status_code == 409
    assert 'value="here:3"' in answer.text
    assert len(kept(clinic)) == 1


def test_a_draft_that_is_gone_is_offered_as_a_new_one(clinic: Clinic, browser: Browser) -> None:
    marks = hidden(browser.get("/fittings/new"))
    autosave(browser, "/fittings/new", marks, legs="left")
    browser.post(f"/drafts/{marks['entry']}/drop")
    marks["version"] = "1"
    by_script = autosave(browser, "/fittings/new", marks, legs="left")
    assert by_script.status_code == 404
    assert by_script.json is not None
    assert "no longer there" in by_script.json["said"]
    page = browser.post("/fittings/new", keep="draft", **marks, **{"patient.reference": "typed"})
    assert page.status_code == 404
    assert field(page, "patient.reference") == "typed"
    answer = browser.post("/fittings/new", choose="new", **hidden(page), **{"patient.reference": "typed"})
    assert answer.status_code == 303
    assert answer.headers["Location"] != f"/drafts/{marks['entry']}"
    assert field(browser.get(answer.headers["Location"]), "patient.reference") == "typed"


def test_compute_pressed_twice_makes_one_fitting_and_ends_the_draft(
    clinic: Clinic, browser: Browser, asked: Json
) -> None:
    marks = hidden(browser.get("/fittings/new"))
    fields = flatten(asked)
    autosave(browser, "/fittings/new", marks, **fields)
    marks["version"] = "1"
    answers = [browser.post("/fittings/new", **marks, **fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert kept(clinic) == []
    other = browser.post("/fittings/new", **marks, **(fields | {"limbs.right.calf_circumference": ["391"]}))
    assert other.headers["Location"] != answers[0].headers["Location"]
    with clinic.store.reading(clinic.orthotist) as desk:
        assert len(fittings.listed(desk)) == 2


def test_a_draft_belongs_to_its_clinic_and_to_everybody_in_it_who_measures(
    clinic: Clinic, other_clinic: Clinic, browser: Browser
) -> None:
    marks = hidden(browser.get("/fittings/new"))
    autosave(browser, "/fittings/new", marks, legs="left", **{"patient.reference": "Z-1"})
    colleague = clinic.browser()
    assert field(colleague.get(f"/drafts/{marks['entry']}"), "patient.reference") == "Z-1"
    assert clinic.browser(clinic.administrator).get(f"/drafts/{marks['entry']}").status_code == 403
    stranger = other_clinic.browser()
    stranger.get("/fittings/new")
    assert stranger.get(f"/drafts/{marks['entry']}").status_code == 404
    assert stranger.post(f"/drafts/{marks['entry']}/drop").status_code == 404
    own = {name: text for name, text in marks.items() if name != "clinic"}
    for version in ("0", "1"):
        answer = autosave(stranger, "/fittings/new", own | {"version": version}, legs="right")
        assert answer.status_code == 404
        assert "Z-1" not in answer.text
    # The page was opened in the first clinic: what it holds does not go into the second.
    assert autosave(stranger, "/fittings/new", marks | {"entry": str(uuid4())}, legs="right").status_code == 403
    assert [one.fields.get("legs") for one in kept(clinic)] == [["left"]]
    assert kept(other_clinic) == []
    assert "Z-1" not in stranger.get("/fittings").text


def sign_in_again(browser: Browser, clinic: Clinic) -> None:
    browser.get("/sign-in")
    assert browser.post("/sign-in", email=email_of(clinic.orthotist), password=PASSWORD).status_code in (302, 303)


def test_a_form_sent_after_the_sign_in_ended_comes_back_with_everything_typed(
    clinic: Clinic, browser: Browser, asked: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = hidden(browser.get("/fittings/new"))
    fields = flatten(asked) | {"limbs.right.forefoot_width": ["10.1"], "patient.name": ['Kim "K" <Doe>']}
    autosave(browser, "/fittings/new", marks, legs="left")
    moment = sign_in.now() + timedelta(minutes=31)
    monkeypatch.setattr(sign_in, "now", lambda: moment)
    marks["version"] = "1"
    assert autosave(browser, "/fittings/new", marks, **fields).status_code == 401
    answer = browser.post("/fittings/new", **marks, **fields)
    assert answer.status_code == 401
    assert "Location" not in answer.headers
    page = Page(answer.text)
    assert page.text("h1") == "Signed out"
    assert page.all("a", target="_blank")[0]["href"] == "/sign-in?next=/visit/back"
    assert kept(clinic)[0].fields.get("patient.name") is None
    carried: dict[str, list[str]] = {}
    for box in page.all("input", type="hidden"):
        if box["name"] not in ("to",):
            carried.setdefault(box["name"], []).append(box["value"])
    # Pressed too soon, the page comes back the same.
    early = browser.client.post("/fittings/new", data=carried)
    assert early.status_code == 401
    assert "Kim &#34;K&#34; &lt;Doe&gt;" in early.text
    sign_in_again(browser, clinic)
    back = browser.client.post("/fittings/new", data=carried)
    assert back.status_code == 200
    shown = Page(back.text).shown()
    assert {name: shown.get(name) for name in fields} == fields
    assert hidden(back) == marks
    kept_now = browser.post("/fittings/new", keep="draft", **hidden(browser._seen(back)), **fields)
    assert kept_now.status_code == 303
    assert [one.fields["patient.name"] for one in kept(clinic)] == [['Kim "K" <Doe>']]


def test_signing_in_again_elsewhere_loses_nothing_either(clinic: Clinic, browser: Browser) -> None:
    browser.get("/fittings/new")
    old = browser.token
    browser.post("/sign-out")
    sign_in_again(browser, clinic)
    answer = browser.client.post(
        "/fittings/new", data={"csrf_token": old, "patient.reference": "typed", "keep": "draft"}
    )
    assert answer.status_code == 400
    assert Page(answer.text).all("input", name="patient.reference")[0]["value"] == "typed"
    assert "keep" not in {box.get("name") for box in Page(answer.text).all("input")}
    fresh = browser.get("/visit").json
    assert fresh is not None
    saved = browser.client.post(
        "/fittings/new",
        data={"csrf_token": fresh["csrf_token"], "patient.reference": "typed", "keep": "draft"},
        headers=AS_SCRIPT,
    )
    assert saved.status_code == 200


def test_a_form_of_another_site_is_not_given_back(clinic: Clinic, browser: Browser) -> None:
    browser.get("/fittings/new")
    data = {"csrf_token": browser.token, "patient.reference": "planted"}
    stranger = clinic.app.test_client()
    foreign = stranger.post("/fittings/new", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    forged = stranger.post("/fittings/new", data=data | {"csrf_token": "made.up.here"})
    for answer in (foreign, forged):
        assert answer.status_code == 401
        assert "planted" not in answer.text


def test_the_page_knows_when_the_sign_in_ends(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    start = sign_in.now()
    seconds = int(Page(browser.get("/fittings/new").text).all("form", id="fitting")[0]["data-seconds"])
    assert 1790 <= seconds <= 1800
    monkeypatch.setattr(sign_in, "now", lambda: start + timedelta(minutes=20))
    said = browser.get("/visit").json
    assert said is not None
    assert 1790 <= said["seconds"] <= 1800
    # Twelve hours are the longest: eleven hours and fifty minutes in, ten minutes are left however it is used.
    for minutes in range(40, 710, 20):
        monkeypatch.setattr(sign_in, "now", lambda m=minutes: start + timedelta(minutes=m))
        assert browser.get("/visit").status_code == 200
    monkeypatch.setattr(sign_in, "now", lambda: start + timedelta(minutes=710))
    said = browser.get("/visit").json
    assert said is not None
    assert 590 <= said["seconds"] <= 600


def test_the_list_offers_drafts_first_and_asks_before_one_is_discarded(clinic: Clinic, browser: Browser) -> None:
    empty = browser.get("/fittings")
    assert "No fittings yet." in empty.text
    assert Page(empty.text).all("a", href="/?example=E1")
    marks = hidden(browser.get("/fittings/new"))
    autosave(
        browser, "/fittings/new", marks, legs="left", **{"patient.reference": "Z-1", "limbs.left.foot_length": "240"}
    )
    page = Page(browser.get("/fittings").text)
    line = page.text("ul", class_="rowlist resume")
    assert line.startswith(f"Resume Z-1 draft, just now, 2 of {NEEDED} entered Discard")
    assert page.all("details", class_="discard") == [{"class": "discard"}]
    browser.post(f"/drafts/{marks['entry']}/drop")
    assert kept(clinic) == []


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (3599, "59 minutes ago"),
        (7200, "2 hours ago"),
        (86399, "23 hours ago"),
        (86400, "1 day ago"),
        (10 * 86400, "10 days ago"),
    ],
)
def test_ages(seconds: int, words: str) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == words


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def test_what_is_typed_is_in_no_address_no_log_and_no_plain_column(
    clinic: Clinic, browser: Browser, logged: list[str], asked: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "Zyxwvut"
    marks = hidden(browser.get("/fittings/new"))
    fields = flatten(asked) | {"patient.name": [canary], "patient.reference": [canary]}
    saved = autosave(browser, "/fittings/new", marks, **fields)
    assert saved.json is not None
    assert canary not in saved.text
    old = hidden(browser.get(saved.json["address"]))
    autosave(browser, "/fittings/new", marks | {"version": "1"}, legs="left")
    answers = [browser.post("/fittings/new", keep="draft", **old, **fields)]
    moment = sign_in.now() + timedelta(minutes=31)
    monkeypatch.setattr(sign_in, "now", lambda: moment)
    answers.append(browser.post("/fittings/new", **marks, **fields))
    assert [answer.status_code for answer in answers] == [409, 401]
    for answer in answers:
        assert canary in answer.text
        for address in re.findall(r'(?:href|action|src|formaction)="([^"]*)"', answer.text):
            assert canary not in address
        assert canary not in str(answer.headers)
        assert answer.headers["Cache-Control"] == "no-store"
    with clinic.app.test_client() as client:
        assert canary not in str(client.get("/sign-in").headers)
    for line in logged:
        assert canary not in line
    assert all(canary not in str(dict(cookie.__dict__)) for cookie in browser.client._cookies.values())
