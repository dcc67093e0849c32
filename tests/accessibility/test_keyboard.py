"""The whole way by keyboard alone, the focus always in sight, and the links of the errors."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from afofit.web.fill import flatten
from tests.accessibility.conftest import Gallery, show
from tests.examples import request_of
from tests.web.test_browser import HIDDEN

SIZES = [(1280, 900), (820, 1180), (390, 844), (320, 256)]
"""CSS px; the last is 1280 by 1024 enlarged four times."""
WALKED = (
    "form, errors on both legs, Spanish",
    "result, one leg",
    "designs compared",
    "fitting, draft, working open",
    "patient",
    "protocol, new, errors",
    "clinic",
    "delivery, errors",
    "sheet of a patient",
    "landing of a patient, wrong date, Spanish",
    "form, signed in, errors",
)
LONGEST = 700
STOPS = """() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(one => one.checkVisibility() && one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden')
  .filter(one => one.type !== 'radio' || one.checked
    || ![...document.getElementsByName(one.name)].some(other => other.checked)
    && one === [...document.getElementsByName(one.name)].find(other => other.checkVisibility()))
  .map(one => one.id || one.outerHTML.slice(0, 120))"""
HERE = "document.activeElement.id || document.activeElement.outerHTML.slice(0, 120)"
RING = """() => {
  const one = document.activeElement;
  for (const part of [one, one.parentElement, one.nextElementSibling, one.closest('label, .box, .seg')]) {
    if (!part) continue;
    const look = getComputedStyle(part);
    if (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2 || look.boxShadow !== 'none') return true;
  }
  return false;
}"""


def walk(page: Page) -> tuple[list[str], list[str], list[str]]:
    """Tab through the page once: what was reached, what of it was covered, and what showed no focus."""
    reached, covered, unmarked = [], [], []
    for _ in range(LONGEST):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        here = page.evaluate(HERE)
        if reached and here == reached[0]:
            break
        reached.append(here)
        if page.evaluate(HIDDEN):
            covered.append(here)
        if not page.evaluate(RING):
            unmarked.append(here)
    else:
        pytest.fail(f"Tab never came to the end: {reached[-3:]}")
    return reached, covered, unmarked


@pytest.mark.parametrize("place", range(len(WALKED)))
def test_tab_reaches_everything_and_is_always_seen(gallery: Gallery, context: BrowserContext, place: int) -> None:
    width, height = SIZES[place % len(SIZES)]
    page = show(context, gallery[WALKED[place]])
    page.set_viewport_size({"width": width, "height": height})
    # What takes the focus when a page opens is where the walk would begin.
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
    page.evaluate("const mark = document.createElement('span'); document.body.prepend(mark); "
                  "mark.tabIndex = -1; mark.focus(); mark.remove(); scrollTo(0, 0)")  # fmt: skip
    wanted = page.evaluate(STOPS)
    reached, covered, unmarked = walk(page)
    page.close()
    assert [one for one in wanted if one not in reached] == []
    assert covered == []
    assert unmarked == []


@pytest.mark.parametrize("name", ["form, nothing answered", "form, errors on both legs, Spanish", "clinic, errors",
                                  "delivery, errors", "protocol, new, errors"])  # fmt: skip
def test_every_link_of_the_errors_puts_the_focus_where_the_error_is(
    gallery: Gallery, context: BrowserContext, name: str
) -> None:
    page = show(context, gallery[name])
    page.set_viewport_size({"width": 390, "height": 844})
    links = page.locator("#errors a")
    assert links.count() > 0
    for place in range(min(links.count(), 12)):
        links.nth(place).focus()
        target = links.nth(place).get_attribute("href")
        page.keyboard.press("Enter")
        assert target is not None
        inside = "name => document.getElementById(name).contains(document.activeElement)"
        assert page.evaluate(inside, target[1:]), target
        assert not page.evaluate(HIDDEN), target
    page.close()


def reach(page: Page, name: str) -> None:
    """Press Tab until the focus is at a control of this name."""
    for _ in range(LONGEST):
        if page.evaluate("document.activeElement.name || document.activeElement.id || ''") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {name}.")


def choose(page: Page, name: str, value: str) -> None:
    """With the arrow keys, from the first of the choices on."""
    reach(page, name)
    page.keyboard.press("Space")
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"No arrow key reaches {value} of {name}.")


def test_skip_fill_compute_and_read_without_a_pointer(gallery: Gallery, context: BrowserContext) -> None:
    """E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm."""
    page = show(context, gallery["form, one leg filled"])
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    limb = request_of("E1")["limbs"]["right"]
    names = [
        name for name in ("fibular_head_height", "calf_circumference", "heel_width", "foot_length") if name in limb
    ]
    assert names
    choose(page, "legs", "right")
    for name in names:
        reach(page, f"limbs.right.{name}")
        page.keyboard.press("Control+A")
        page.keyboard.type("1")
        page.keyboard.press("Control+A")
        page.keyboard.type(f"{limb[name]:g}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_contain_text("417 mm")
    page.keyboard.press("Tab")
    assert not page.evaluate(HIDDEN)
    page.close()


HEIGHTS = "[scrollY, document.activeElement.getBoundingClientRect().top + scrollY]"
MEASURED = """() => [...document.querySelectorAll('.posture .box input')].filter(one => one.checkVisibility())
  .map(one => one.name)"""
ORDER = "() => [...new Set([...document.querySelector('form.fitting').elements].map(one => one.name).filter(Boolean))]"
MOST_FIELDS = 16
"""How many boxes one leg may ask for."""


class Typist:
    """Somebody with keys only, who never comes back to what lies behind."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.windows: list[float] = []
        self.places: list[float] = []
        self.passed: list[str] = []

    def on(self) -> None:
        self.page.keyboard.press("Tab")
        assert not self.page.evaluate("document.activeElement === document.body"), "Tab came to the end of the page"
        window, place = self.page.evaluate(HEIGHTS)
        self.windows.append(window)
        self.places.append(place)
        self.passed.append(self.page.evaluate("document.activeElement.name || ''"))

    def reach(self, name: str, value: str = "") -> None:
        """Go on until the focus is at a control of this name, and of this value where there are several to tick."""
        here = "[document.activeElement.name, document.activeElement.type, document.activeElement.value]"
        for _ in range(LONGEST):
            at, kind, has = self.page.evaluate(here)
            if at == name and (kind != "checkbox" or has == value):
                return
            self.on()
        pytest.fail(f"Tab does not reach {name}.")

    def answer(self, name: str, values: list[str]) -> None:
        """Type, tick, or choose with the arrows."""
        for value in values:
            self.reach(name, value)
            kind = self.page.evaluate("document.activeElement.type")
            if kind == "checkbox":
                self.page.keyboard.press("Space")
            elif kind == "radio":
                choose(self.page, name, value)
            elif kind == "select-one":
                for _ in range(20):
                    if self.page.evaluate("document.activeElement.value") == value:
                        break
                    self.page.keyboard.press("ArrowDown")
            else:
                self.page.keyboard.type(value)
            assert self.page.evaluate("document.activeElement.value") == value


def test_one_leg_from_an_empty_form_to_the_result_by_keys_without_going_back(
    gallery: Gallery, context: BrowserContext
) -> None:
    """E1 typed in whole but for the prescription's rarer fields: 455 − clamp(0.085 · 455, 20, 38) = 417 mm."""
    page = show(context, gallery["form, empty"])
    page.set_viewport_size({"width": 820, "height": 1180})
    page.evaluate("document.activeElement.blur()")
    asked = flatten(request_of("E1") | {"prescription": {}})
    names = [name for name in page.evaluate(ORDER) if name in asked]
    assert set(names) == set(asked)
    typist = Typist(page)
    for name in names:
        typist.answer(name, asked[name])
    boxes = page.evaluate(MEASURED)
    assert len(boxes) <= MOST_FIELDS
    assert {name for name in boxes if name.startswith("limbs.left")} == set()
    # Every box of the leg was passed once, down the limb, and the window never moved up.
    assert [name for name in typist.passed if name in boxes] == boxes
    assert typist.windows == sorted(typist.windows)
    page.keyboard.press("Control+Enter")
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_contain_text("417 mm")
    expect(page.locator(".limb-result")).not_to_contain_text("Not assessed")
    page.close()


def test_what_was_there_is_said_as_soon_as_something_else_stands_there(
    gallery: Gallery, context: BrowserContext
) -> None:
    page = show(context, gallery["form, next revision"])
    sex = page.locator(".was[data-was=Male]")
    assert sex.is_hidden()
    for key, hidden in (("ArrowLeft", False), ("ArrowRight", True)):
        page.focus("[name='patient.sex']:checked")
        page.keyboard.press(key)
        assert sex.is_hidden() == hidden
    page.close()
