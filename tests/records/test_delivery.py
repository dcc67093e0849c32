"""Handing a brace over: the form, what is kept of a fitting, and the clinic's own refit rate."""

from datetime import date, timedelta
from typing import Any

import pytest

from afofit.words.delivery import angle_remark, heel_asks, heel_remark
from tests.records.conftest import Browser, Clinic
from tests.records.test_pages import approve, made

Json = dict[str, Any]
TODAY = date.today().isoformat()
# E1 plans the ankle at 90° and was computed for a heel height of 10 mm.
VISIT: Json = {
    "side": "right",
    "on": TODAY,
    "ankle": "3",
    "ankle_direction": "short",
    "shank": "5",
    "shank_direction": "forward",
    "heel": "10",
    "checks": ["heel", "skin"],
    "outcome": "delivered",
    "note": "no marks",
}


@pytest.fixture
def browser(clinic: Clinic) -> Browser:
    return clinic.browser()


@pytest.fixture
def address(browser: Browser, asked: Json) -> str:
    found = made(browser, asked)
    approve(browser, found)
    return found


def test_a_delivery_is_kept_and_shown_with_the_angle_that_was_missed(
    clinic: Clinic, browser: Browser, address: str
) -> None:
    assert f"{address}/delivery" in browser.get(address).text
    form = browser.get(f"{address}/delivery")
    assert "Right: posterior leaf spring, ankle planned 90°" in form.text
    assert 'value="left"' not in form.text
    answer = browser.post(f"{address}/delivery", **VISIT)
    assert answer.status_code == 303, answer.text
    page = browser.get(address).text
    for said in (
        "Ankle as made 3° plantarflexed, shank in the shoe 5° forward, heel height 10 mm.",
        "The ankle was made 3° more plantarflexed than planned (90°)",
        "Not checked: Top edge clear of the fibular neck;",
        "no marks",
        clinic.orthotist.name,
    ):
        assert said in page, said
    assert "heel height differs" not in page
    browser.post(f"{address}/delivery", **VISIT)
    assert browser.get(address).text.count("no marks") == 1


def test_everything_wrong_is_said_at_once_and_what_was_typed_stays(browser: Browser, address: str) -> None:
    wrong = {
        "side": "left",
        "on": (date.today() + timedelta(days=1)).isoformat(),
        "ankle": "3",
        "in_shoe": "-4",
        "in_shoe_direction": "past",
        "shank": "50",
        "heel": "6,1 cm",
        "outcome": "refit",
        "note": "typed <here>",
    }
    browser.get(f"{address}/delivery")
    answer = browser.post(f"{address}/delivery", **wrong)
    assert answer.status_code == 422
    for said in (
        "There are 7 problems",
        "Side: choose the leg.",
        "Date: from the day of the fitting",
        "Ankle as made: say whether it is past 90° or short of 90°.",
        "the opposite of “past 90°”",
        "Shank in the shoe: 50° is not within −30 to 45°",
        "Heel height: write it as a number from −10 to 60 mm.",
        "Reason: needed where the brace was not delivered.",
        'value="6,1 cm"',
        "typed &lt;here&gt;",
    ):
        assert said in answer.text, said
    empty = browser.post(f"{address}/delivery", side="right", on=TODAY, outcome="delivered", reason="pain")
    for said in ("Ankle as made: needed", "Heel height: needed", "Reason: only where"):
        assert said in empty.text
    assert "Kept so far" not in empty.text


def test_a_typed_sign_is_a_direction_and_another_heel_is_noted_or_asked(browser: Browser, address: str) -> None:
    signed = VISIT | {"ankle": "−2", "ankle_direction": "", "heel": "14", "note": "first"}
    browser.get(f"{address}/delivery")
    assert browser.post(f"{address}/delivery", **signed).status_code == 303
    page = browser.get(address).text
    assert "Ankle as made 2° plantarflexed" in page
    assert "than planned" not in page
    # 14 − 10 mm is noted; 20 − 14 mm is asked.
    assert "heel height differs by 4 mm from the 10 mm" in page
    asked = browser.post(f"{address}/delivery", **(signed | {"heel": "20"}))
    assert asked.status_code == 422
    assert "differs by 6 mm from the 14 mm" in asked.text
    assert browser.post(f"{address}/delivery", **(signed | {"heel": "20", "heel_meant": "1"})).status_code == 303


def test_only_approved_fittings_are_handed_over_and_only_by_orthotists(
    clinic: Clinic, other_clinic: Clinic, browser: Browser, asked: Json
) -> None:
    draft = made(browser, asked)
    assert browser.get(f"{draft}/delivery").status_code == 409
    assert browser.post(f"{draft}/delivery", **VISIT).status_code == 409
    approve(browser, draft)
    administrator = clinic.browser(clinic.administrator)
    administrator.get("/fittings")
    assert administrator.post(f"{draft}/delivery", **VISIT).status_code == 403
    stranger = other_clinic.browser()
    stranger.get("/fittings")
    assert stranger.post(f"{draft}/delivery", **VISIT).status_code == 404
    browser.get(draft)
    browser.post(f"{draft}/withdraw", reason="wrong leg")
    refused = browser.post(f"{draft}/delivery", **VISIT)
    assert refused.status_code == 409
    assert "withdrawn" in refused.text


def test_the_refit_rate_counts_braces_not_visits(
    clinic: Clinic, other_clinic: Clinic, browser: Browser, asked: Json
) -> None:
    assert "No visit is kept yet" in browser.get("/refits").text
    back = {"outcome": "refit", "reason": "pistoning", "side": "right", "on": TODAY}
    for visits in ([VISIT], [VISIT, back, back | {"reason": "pain", "outcome": "anew"}]):
        address = made(browser, asked)
        approve(browser, address)
        browser.get(address)
        for visit in visits:
            assert browser.post(f"{address}/delivery", **visit).status_code == 303
    page = browser.get("/refits").text
    # Two braces, one of which came back twice.
    assert "1 of 2 braces refitted or made anew: 50 %" in page
    for said in ("Posterior leaf spring", str(date.today().year), "Pistoning or heel lift", "Pain", "fewer than 30"):
        assert said in page, said
    assert ">Refits</a>" in page
    assert "No visit is kept yet" in other_clinic.browser().get("/refits").text


def test_the_limits_of_what_is_said() -> None:
    assert angle_remark(0, 2) == angle_remark(None, 9) == angle_remark(0, None) == ""
    assert "2.5° more dorsiflexed than planned (10° plantarflexed)" in angle_remark(-10, -7.5)
    assert heel_remark(10, 13) == heel_remark(None, 30) == ""
    assert "3.5 mm" in heel_remark(10, 6.5)
    assert (heel_asks(10, 15), heel_asks(10, 15.1), heel_asks(10, 4.9)) == (False, True, True)
