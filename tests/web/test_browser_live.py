"""The live check in a real browser: it speaks beside the field, never moves the focus, and can fail."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.web.test_browser import compute

FOREFOOT = "#limbs-right-forefoot_width"
CALF = "#limbs-right-calf_circumference"
SAID = "#limbs-right-forefoot_width-msg"


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.id || ''")
    return name


def test_a_refusal_stands_beside_the_field_once_it_is_left(visit: Callable[..., Page]) -> None:
    """E1 with a forefoot of 10.1 mm (10.1 cm): said after leaving, gone after mending, the focus never moved."""
    page = visit("/?example=E1")
    expect(page.locator("#preview")).to_contain_text("417 mm")
    page.locator(FOREFOOT).fill("10.1")
    # In the field itself nothing is said, however long the hand waits.
    expect(page.locator("#preview")).to_contain_text("To correct: forefoot width")
    assert focused(page) == FOREFOOT[1:]
    expect(page.locator(SAID)).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    left_for = focused(page)
    expect(page.locator(SAID)).to_contain_text("10.1 mm is below 55 mm")
    expect(page.locator(FOREFOOT)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(FOREFOOT)).to_have_attribute("aria-describedby", re.compile(r"-hint .*-msg$"))
    assert focused(page) == left_for
    expect(page.locator(FOREFOOT)).to_have_value("10.1")
    page.get_by_role("button", name="Make it 101").click()
    expect(page.locator(SAID)).to_have_count(0)
    expect(page.locator(FOREFOOT)).to_have_value("101")
    assert focused(page) == FOREFOOT[1:]
    expect(page.locator(FOREFOOT)).not_to_have_attribute("aria-invalid", "true")
    # Footplate width: 101 + 4 mm
    expect(page.locator("#preview")).to_contain_text("105 mm")
    assert page.url.endswith("/?example=E1")


def test_typing_is_followed_without_leaving_the_field(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    page.locator(FOREFOOT).press("End")
    page.keyboard.press("Backspace")
    page.keyboard.type("4")
    # 104 + 4 mm
    expect(page.locator("#preview")).to_contain_text("108 mm")
    assert focused(page) == FOREFOOT[1:]


def test_the_status_line_speaks_and_the_panel_is_not_live(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    expect(page.locator("#preview-said")).to_have_text(re.compile(r"^Right leg: review, \d cautions?$"))
    assert page.locator("#preview-said").get_attribute("role") == "status"
    assert page.locator("#preview").get_attribute("aria-live") is None
    page.locator("#limbs-right-heel_width").fill("")
    page.keyboard.press("Tab")
    expect(page.locator("#preview-said")).to_have_text("Right leg: waiting, 1 missing")


def test_a_doubt_is_confirmed_with_one_tap(visit: Callable[..., Page]) -> None:
    """530 mm is above the usual 520 mm of a calf."""
    page = visit("/?example=E1")
    page.locator(CALF).fill("530")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Measured twice: keep").click()
    said = page.locator(f"{CALF}-msg")
    expect(said).to_contain_text("Confirmed: measured twice")
    assert focused(page) == CALF[1:]
    assert page.url.endswith("/?example=E1")
    noted = page.locator('input[name="limbs.right.confirmed.calf_circumference.value"]')
    expect(noted).to_have_value("530")
    page.locator(CALF).fill("531")
    page.keyboard.press("Tab")
    expect(noted).to_have_count(0)
    expect(page.get_by_role("button", name="Measured twice: keep")).to_be_visible()


def test_readings_apart_open_a_third_box(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    page.locator("#two_readings").check()
    page.locator(f"{CALF}-2").fill("399")
    page.keyboard.press("Tab")
    expect(page.locator(f"{CALF}-3")).to_be_visible()
    expect(page.locator(f"{CALF}-msg")).to_contain_text("11 mm apart (limit 6 mm)")
    page.locator(f"{CALF}-3").fill("390")
    page.keyboard.press("Tab")
    # (388 + 399 + 390) / 3 = 392.3
    expect(page.locator(f"{CALF}-msg")).to_contain_text("uses 392.3 mm")
    expect(page.locator(f"{CALF}-3")).to_have_value("390")


def test_the_other_leg_stands_faintly_beside_the_empty_box(visit: Callable[..., Page]) -> None:
    page = visit("/")
    for choice in ("#units-length-1", "#units-mass-1", "#legs-2"):
        page.locator(choice).check(force=True)
    page.locator("#limbs-left-calf_circumference").fill("391")
    page.keyboard.press("Tab")
    field = page.locator('.right .field[data-for="calf_circumference"]')
    expect(field).to_contain_text("other leg 391 mm")
    expect(page.locator(CALF)).to_have_value("")
    expect(page.locator(".msg")).to_have_count(0)


def test_what_compute_asked_for_stays_asked_for(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    page.locator("#limbs-right-heel_width").fill("")
    compute(page)
    missing = page.locator("#limbs-right-heel_width-msg")
    expect(missing).to_be_visible()
    page.locator("#limbs-right-foot_length").fill("271")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("Still needed: heel width")
    expect(missing).to_be_visible()
    page.locator("#limbs-right-heel_width").fill("70")
    page.keyboard.press("Tab")
    expect(missing).to_have_count(0)


def test_without_the_server_it_says_so_and_comes_back(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    expect(page.locator("#preview")).to_contain_text("417 mm")
    page.context.set_offline(True)
    page.locator(FOREFOOT).fill("103")
    page.keyboard.press("Tab")
    failed = "Preview not available. Your entries are safe; press Compute."
    expect(page.locator("#preview")).to_have_text(failed)
    expect(page.locator("#preview-at")).to_have_text("")
    expect(page.locator(FOREFOOT)).to_have_value("103")
    page.context.set_offline(False)
    page.locator(FOREFOOT).fill("104")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("108 mm")


def test_nothing_typed_is_in_an_address_or_in_the_browser(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.locator("#patient-reference").fill("REF-777")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("417 mm")
    page.wait_for_timeout(300)
    assert [one.method for one in asked if one.url.endswith("/fittings/preview")]
    assert not [one.url for one in asked if "REF-777" in one.url]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert "REF-777" not in page.evaluate("document.cookie")


def test_without_script_the_same_comes_by_posting(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1", java_script_enabled=False)
    expect(page.locator("#live")).to_be_hidden()
    expect(page.locator(".dock .count")).to_be_hidden()
    page.fill(CALF, "530")
    compute(page)
    page.get_by_role("button", name="Go to calf circumference").first.click()
    expect(page.locator(CALF)).to_be_focused()
    keep = page.get_by_role("button", name="Measured twice: keep")
    expect(keep).to_be_visible()
    keep.click()
    expect(page.locator(f"{CALF}-msg")).to_contain_text("Confirmed: measured twice")
    expect(page.locator(CALF)).to_have_value("530")
    expect(page.locator(CALF)).to_be_focused()
    compute(page)
    expect(page.locator("#result-h")).to_be_visible()


def test_the_dock_counts_and_leads_to_the_preview(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1", width=390, height=844)
    expect(page.locator(".dock .count")).to_have_text("14 of 14 entered")
    page.locator(FOREFOOT).fill("10.1")
    page.keyboard.press("Tab")
    expect(page.locator(".dock .count")).to_have_text("14 of 14 entered · 1 to correct")
    page.get_by_role("link", name="See preview").click()
    expect(page.locator("#preview-h")).to_be_in_viewport()


@pytest.mark.parametrize("side", ["left", "right"])
def test_every_field_lights_its_own_line(visit: Callable[..., Page], side: str) -> None:
    """In either leg, in first and second reading: the line and tag of the measurement, and no other."""
    page = visit("/", java_script_enabled=False)
    page.locator("#two_readings").check()
    for details in page.locator(".posture details.more summary").all():
        details.click()
    lit = """() => [...new Set([...document.querySelectorAll('.posture [data-m]')]
      .filter(one => getComputedStyle(one).getPropertyValue('--w').trim() === '4.5px').map(one => one.dataset.m))]"""
    boxes = page.locator(f".posture .{side} .field[data-for] .box input")
    assert boxes.count() == 2 * 19
    for box in boxes.all():
        box.focus()
        name = (box.get_attribute("name") or "").split(".")[2]
        assert page.evaluate(lit) == [name]
