"""What the clinic knows stands faintly beside the boxes: the last visit, what is being changed; never in the box."""

import re
from datetime import date
from typing import Any

from afofit.web.fill import flatten
from afofit.words.numbers import day
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind

__all__ = ["kind"]

Json = dict[str, Any]


def made(browser: Browser, asked: Json) -> str:
    browser.get("/fittings/new")
    return str(browser.post("/fittings/new", **flatten(asked)).headers["Location"])


def patient_of(browser: Browser) -> str:
    found = re.search(r"/patients/([0-9a-f-]{36})", browser.get("/patients").text)
    assert found is not None
    return found[1]


def box(text: str, name: str) -> str:
    found = re.search(rf'<input id="{name}"[^>]*>', text)
    assert found is not None
    return found[0]


def test_the_last_visit_stands_beside_the_box_and_not_in_it(clinic: Clinic, asked: Json) -> None:
    """The calf of the example is 388 mm."""
    browser = clinic.browser()
    made(browser, asked)
    text = browser.get(f"/fittings/new?patient={patient_of(browser)}").text
    assert f"{day(date.today())}: 388 mm" in text
    assert "388" not in box(text, "limbs-right-calf_circumference")


def test_somebody_new_has_no_last_visit(clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    made(browser, asked)
    assert ": 388 mm" not in browser.get("/fittings/new").text


def test_the_last_visit_of_another_clinic_is_not_known(clinic: Clinic, other_clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    made(browser, asked)
    assert other_clinic.browser().get(f"/fittings/new?patient={patient_of(browser)}").status_code == 404


def test_what_is_changed_says_what_was_there(clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    address = made(browser, asked)
    name = "limbs.right.calf_circumference"
    unchanged = browser.get(f"{address}/edit").text
    assert '<p class="beside was" data-was="388" hidden>was 388</p>' in unchanged
    changed = flatten(asked) | {name: ["392"], "patient.weight": [""]}
    text = browser.post(f"{address}/edit", **changed).text
    assert '<p class="beside was" data-was="388">was 388</p>' in text


def test_an_answer_that_was_chosen_is_said_in_its_words_where_it_changed(clinic: Clinic, asked: Json) -> None:
    browser = clinic.browser()
    asked["clinical"] |= {"urgent_signs": ["hot_swollen_foot", "recent_trauma"]}
    changed = {"clinical.diagnosis": ["stroke"], "clinical.urgent_signs": ["none"], "patient.weight": [""]}
    text = browser.post(f"{made(browser, asked)}/edit", **flatten(asked) | changed).text
    said = dict(re.findall(r'<p class="beside was" data-was="([^"]*)"( hidden|)>', text))
    assert said["Peroneal nerve injury"] == ""
    assert said["Recent injury to the leg or back, Hot, red or swollen foot"] == ""
    assert said["Male"] == " hidden"


def test_the_live_check_knows_who_confirms(clinic: Clinic, asked: Json) -> None:
    name = "limbs.right.calf_circumference"
    fields = flatten(asked) | {name: ["530"], "confirm": [f"{name}=530"]}
    browser = clinic.browser()
    browser.get("/fittings/new")
    text = browser.post("/fittings/preview", **fields).text
    assert f"by {clinic.orthotist.name}" in text
