"""Every page in every state: axe-core finds nothing, nothing scrolls sideways or is cut off, everything can be hit."""

import os

import pytest
from playwright.sync_api import Page

from tests.accessibility import axe
from tests.accessibility.conftest import Gallery, Loaded
from tests.accessibility.states import STATES, endpoint, pages_of

LOOKS = [(1280, "light"), (390, "dark"), (820, "light"), (320, "dark")]
"""Widths (CSS px) and schemes; each state is read in one of them, those of EVERY_LOOK and with LOOKS=all in each."""
EVERY_LOOK = (
    "form, unusual",
    "fitting, approved",
    "sheet of a patient",
    "delivery, errors",
)
PAINTED: dict[tuple[int, str], set[str]] = {look: set() for look in LOOKS}
"""What this process has seen painted and found clean, in each look."""
WEIGHED, PAGE_BYTES = ("document", "stylesheet", "script", "image"), 150_000
WIDE = "document.documentElement.scrollWidth"
OPEN = "document.querySelectorAll('details').forEach(part => part.open = true)"
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}
    p {margin-bottom: 2em !important}`);
  document.adoptedStyleSheets = [sheet];
}"""
CUT = """() => [...document.querySelectorAll('main *, header *, nav *')]
  .filter(one => one.checkVisibility() && !one.closest('.vh') && !one.closest('svg') && one.clientWidth > 2)
  .filter(one => {
    const look = getComputedStyle(one), typed = one.matches('input:not([type=radio]):not([type=checkbox])');
    if (typed && !/^[0-9.,]*$/.test(one.value)) return false;
    if (typed) return one.scrollWidth > one.clientWidth + 1;
    return ['hidden', 'clip'].includes(look.overflowX) && one.scrollWidth > one.clientWidth + 1
      || ['hidden', 'clip'].includes(look.overflowY) && one.scrollHeight > one.clientHeight + 1;
  }).map(one => one.outerHTML.slice(0, 160))"""
SMALL = """() => [...document.querySelectorAll(
    'a[href], button, summary, select, textarea, label:has(input), .box input, form.plain input, form.born input')]
  .filter(one => one.checkVisibility() && !one.matches('.vh, .skip, [type=hidden], [type=radio], [type=checkbox]'))
  .filter(one => !one.closest('.vh, [aria-hidden=true]'))
  .filter(one => !(one.matches('a') && prose(one)))
  .map(one => [one.closest('.box') || one, one])
  .filter(([box]) => box.getBoundingClientRect().height < 43.9)
  .map(([, one]) => one.outerHTML.slice(0, 160));
"""
PROSE = """one => {
  const said = [...one.parentElement.childNodes].filter(node => node !== one).map(node => node.textContent).join('');
  return getComputedStyle(one).display === 'inline' && said.trim() !== '';
}"""
TOUCH = f"() => {{ const prose = {PROSE}; return ({SMALL.rstrip().rstrip(';')})(); }}"


TOUCHING = """() => {
  const stands = one => one.checkVisibility() && !one.matches('.vh') && one.getBoundingClientRect().height > 8;
  const apart = (upper, lower) => {
    const above = upper.getBoundingClientRect(), below = lower.getBoundingClientRect();
    const beside = above.right <= below.left + 1 || below.right <= above.left + 1;
    return beside || below.top - above.bottom >= 4;
  };
  return [...document.querySelectorAll('.card, .btn, .plain, table, .notice, .banner, .errsum')].filter(stands)
    .flatMap(one => {
      let next = one.nextElementSibling;
      while (next && !stands(next)) next = next.nextElementSibling;
      let before = one.previousElementSibling;
      while (before && !stands(before)) before = before.previousElementSibling;
      return [[one, next], [before, one]];
    })
    .filter(pair => pair.every(one => one?.matches('p, ul, table, .plain, .card, .btn, .notice, .banner, .errsum')))
    .filter(([upper, lower]) => !apart(upper, lower))
    .map(pair => pair.map(one => one.outerHTML.slice(0, 90)));
}"""
"""Cards, buttons and tables without air between them and what stands above or below."""


def test_every_page_of_the_application_has_a_state(gallery: Gallery) -> None:
    reached = {endpoint(gallery[name]) for name in STATES if name != "not found"}
    assert pages_of(gallery.world.app) - reached == set()


def looks(name: str) -> list[tuple[int, str]]:
    """In which widths and schemes a state is read."""
    if name in EVERY_LOOK or os.environ.get("LOOKS") == "all":
        return LOOKS
    return [LOOKS[list(STATES).index(name) % len(LOOKS)]]


def test_axe_finds_nothing(page: Page, name: str) -> None:
    page.evaluate(OPEN)
    for width, scheme in looks(name):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert axe.read(page, PAINTED[width, scheme]) == [], f"{name} at {width} px, {scheme}"


@pytest.mark.usefixtures("page")
def test_a_page_is_light(loaded: Loaded) -> None:
    """Document, styles, scripts and pictures before compression; the font comes once and is not counted."""
    weighed = [(size, address) for kind, address, size in loaded if kind in WEIGHED]
    assert {"document", "stylesheet"} <= {kind for kind, _, _ in loaded}
    assert sum(size for size, _ in weighed) <= PAGE_BYTES, sorted(weighed, reverse=True)


def test_nothing_touches_what_stands_below_it(page: Page, name: str) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TOUCHING) == [], f"{name} at {width} px"


def test_nothing_scrolls_sideways_at_400_percent(page: Page) -> None:
    """1280 by 1024 px enlarged four times."""
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate(WIDE) <= 320
    page.evaluate(OPEN)
    assert page.evaluate(WIDE) <= 320


def test_wider_text_spacing_cuts_nothing_off(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 900})
    page.evaluate(OPEN)
    page.evaluate(SPACED)
    try:
        assert page.evaluate(WIDE) <= 320
        assert page.evaluate(CUT) == []
    finally:
        page.evaluate("document.adoptedStyleSheets = []")


def test_nothing_stands_alone_that_needs_the_head_of_its_table(page: Page) -> None:
    """On a phone the heads are out of sight: a dash by itself would not say what is missing."""
    page.set_viewport_size({"width": 390, "height": 844})
    assert (
        page.evaluate("[...document.querySelectorAll('.register td')].filter(one => one.innerText === '–').length") == 0
    )


def test_everything_is_large_enough_for_a_finger(page: Page) -> None:
    tools = page.context.new_cdp_session(page)
    tools.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})
    try:
        page.set_viewport_size({"width": 390, "height": 844})
        page.evaluate(OPEN)
        assert page.evaluate("matchMedia('(pointer: coarse)').matches")
        assert page.evaluate(TOUCH) == []
    finally:
        tools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
        tools.detach()
