"""The pages in a real browser: typing, errors, result and sheet, with and without script."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import ARGUMENTS, CANDIDATES, WAIT_MS

__all__ = ["ARGUMENTS", "CANDIDATES", "WAIT_MS"]


@pytest.fixture(scope="session")
def browser(chromium: Browser) -> Browser:
    """The same browser by the name that other tests know it by."""
    return chromium


def compute(page: Page) -> None:
    page.locator("form.fitting .btn:visible").first.click()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_filling_over_an_error_to_result_and_sheet(visit: Callable[..., Page], script: bool) -> None:
    page = visit("/", java_script_enabled=script)
    page.select_option("#example", "E1")
    page.get_by_role("button", name="Fill the form").click()
    page.fill("#limbs-right-forefoot_width", "10.1")
    compute(page)
    expect(page).to_have_title("Error: Fit of an ankle-foot orthosis – afofit")
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors a").first.click()
    expect(page.locator("#limbs-right-forefoot_width")).to_be_focused()
    page.get_by_role("button", name="Make it 101").click()
    expect(page.locator("#limbs-right-forefoot_width")).to_have_value("101")
    expect(page.locator("#limbs-right-forefoot_width")).to_be_focused()
    compute(page)
    expect(page.get_by_role("heading", name="Fitting for the right leg")).to_be_visible()
    # E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm; width 101 + 4 = 105 mm
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_contain_text("417 mm")
    expect(page.locator("tr[data-dimension=footplate_width_mm]")).to_contain_text("105 mm")
    with page.expect_download() as download:
        page.get_by_role("button", name="Fitting sheet, draft").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")


def test_the_legs_are_hidden_at_once_even_without_script(visit: Callable[..., Page]) -> None:
    page = visit("/", java_script_enabled=False)
    left, right = page.locator("#limbs-left-foot_length"), page.locator("#limbs-right-foot_length")
    expect(left).to_be_visible()
    page.locator("#legs-3").check(force=True)
    expect(left).to_be_hidden()
    expect(right).to_be_visible()


def test_units_stand_in_the_boxes_and_in_the_labels_as_chosen(visit: Callable[..., Page]) -> None:
    page = visit("/", java_script_enabled=False)
    page.locator("#units-length-2").check(force=True)
    box = page.locator("#limbs-right-calf_circumference")
    expect(box).to_have_accessible_name(re.compile(r"^B?\s*Calf circumference ?, right leg, in centimetres$"))
    unit = "element => getComputedStyle(element.closest('.unit'), '::after').content"
    # What stands after the stroke is for the ear: nothing, since the label says it.
    assert box.evaluate(unit) == '"cm" / ""'


def focused(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.name || ''")
    return name


def test_tab_goes_down_the_left_leg_and_then_the_right(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.locator("#limbs-left-foot_length").focus()
    walked = []
    for _ in range(10):
        walked.append(focused(page))
        page.keyboard.press("Tab")
    order = ("foot_length", "heel_width", "ball_length", "lateral_ball_length", "forefoot_width")
    assert walked == [f"limbs.{side}.{name}" for side in ("left", "right") for name in order]


def test_enter_walks_down_the_limb_and_shift_enter_up(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.locator("#limbs-left-calf_circumference").focus()
    page.keyboard.type("388")
    page.keyboard.press("Enter")
    assert focused(page) == "limbs.left.calf_circumference_height"
    page.keyboard.press("Enter")
    assert focused(page) == "limbs.left.ankle_circumference"
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    assert focused(page) == "limbs.left.calf_circumference"
    assert page.locator("#limbs-left-calf_circumference").input_value() == "388"


def test_control_enter_computes(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    page.locator("#limbs-right-foot_length").press("Control+Enter")
    expect(page.get_by_role("heading", name="Fitting for the right leg")).to_be_visible()


def test_enter_without_script_computes_and_changes_no_value(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1", java_script_enabled=False)
    page.fill("#limbs-right-forefoot_width", "10.1")
    page.locator("#limbs-right-foot_length").press("Enter")
    expect(page.locator("#errors")).to_be_visible()
    page.locator("#limbs-right-foot_length").press("Enter")
    expect(page.locator("#errors")).to_be_visible()
    expect(page.locator("#limbs-right-forefoot_width")).to_have_value("10.1")


def test_two_readings_show_a_second_box(visit: Callable[..., Page]) -> None:
    page = visit("/", java_script_enabled=False)
    second = page.locator('[name="limbs.right.calf_circumference.2"]')
    expect(second).to_be_hidden()
    page.locator("#two_readings").check()
    expect(second).to_be_visible()
    page.locator("#units-length-1").check(force=True)
    name = re.compile(r"^Calf circumference ?, right leg, in millimetres ?, second reading$")
    expect(second).to_have_accessible_name(name)
    expect(page.locator('[name="limbs.right.calf_circumference.3"]')).to_be_hidden()


def test_the_focused_field_lights_its_line_in_the_drawing(visit: Callable[..., Page]) -> None:
    page = visit("/", java_script_enabled=False)
    look = "element => getComputedStyle(element).getPropertyValue('--w').trim()"
    line = page.locator("#seated [data-m=ankle_circumference]").first
    assert line.evaluate(look) == "1.8px"
    page.locator("#limbs-left-ankle_circumference").focus()
    assert line.evaluate(look) == "4.5px"
    assert page.locator("#seated [data-m=calf_circumference]").first.evaluate(look) == "1.8px"


def test_a_switch_of_units_is_asked_about_after_the_first_number(visit: Callable[..., Page]) -> None:
    page = visit("/")
    page.locator("#units-length-1").check(force=True)
    page.locator("#limbs-left-foot_length").press_sequentially("270")
    page.locator("#units-length-2").check(force=True)
    compute(page)
    expect(page.locator("#ask")).to_contain_text("You entered 1 value in mm.")
    page.get_by_role("button", name="Convert them to cm").click()
    expect(page.locator("#limbs-left-foot_length")).to_have_value("27")


def test_leaving_with_values_asks_once(visit: Callable[..., Page]) -> None:
    page = visit("/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    page.goto(page.url)
    assert asked == []
    page.locator("#patient-reference").press_sequentially("A-1027")
    page.goto(page.url)
    assert asked == ["beforeunload"]


def too_wide(page: Page) -> list[tuple[int, str]]:
    """At which widths (CSS px) and in which schemes the page scrolls sideways, with every part closed and open."""
    found = []
    for opened in (False, True):
        page.evaluate("opened => document.querySelectorAll('details').forEach(part => part.open = opened)", opened)
        for width, scheme in product((320, 390, 820, 1280), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append((width, scheme))
    return found


def test_nothing_scrolls_sideways(visit: Callable[..., Page]) -> None:
    page = visit("/?example=S01")
    assert too_wide(page) == []
    page.fill("#limbs-left-heel_width", "seven and a half centimetres")
    compute(page)
    expect(page.locator("#errors")).to_be_visible()
    assert too_wide(page) == []
    page.fill("#limbs-left-heel_width", "62")
    compute(page)
    expect(page.locator("#result-h")).to_be_visible()
    assert too_wide(page) == []


SMALL = """() => [...document.querySelectorAll(
    'a, button, summary, select, .box input, .seg label, .tick, .list label')]
  .filter(one => one.offsetParent !== null && !one.classList.contains('vh') && !one.classList.contains('skip'))
  .map(one => [one.closest('.box') || one, one])
  .filter(([box]) => box.getBoundingClientRect().height < 43.9)
  .map(([, one]) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("path", ["/", "/?example=S01"])
def test_targets_are_large_enough_for_a_finger(visit: Callable[..., Page], path: str) -> None:
    page = visit(path, width=390, height=844, has_touch=True, is_mobile=True)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate(SMALL) == []
    if path != "/":
        compute(page)
        expect(page.locator("#result-h")).to_be_visible()
        assert page.evaluate(SMALL) == []


HIDDEN = """() => {
  const one = document.activeElement;
  const shown = one.closest('.box') || one.closest('label') || one, box = shown.getBoundingClientRect();
  if (one === document.body || one.classList.contains('vh')) return false;
  const spots = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]];
  return !spots.some(([x, y]) => {
    const hit = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return hit && shown.contains(hit);
  });
}"""


@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844), (320, 256)])
def test_the_focus_is_never_hidden(visit: Callable[..., Page], width: int, height: int) -> None:
    page = visit("/", width=width, height=height)
    hidden = []
    for _ in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(HIDDEN):
            hidden.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert hidden == []


def test_the_print_shows_result_and_no_form(visit: Callable[..., Page]) -> None:
    page = visit("/?example=E1")
    compute(page)
    page.emulate_media(media="print")
    expect(page.locator("form.fitting")).to_be_hidden()
    expect(page.get_by_text("Draft, not approved.")).to_be_visible()
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_be_visible()
