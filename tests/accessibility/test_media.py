"""Where the system sets the colours, nothing is lost; where motion is not wanted, nothing moves."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.accessibility.conftest import Gallery, show
from tests.chromium import WAIT_MS
from tests.pdf.reading import inked_margins, pages_of

LOOKED_AT = (
    "form, unusual",
    "form, errors",
    "result, one leg",
    "result, stop",
    "fitting, approved",
    "designs compared",
)
PRINTED = ("fitting, both legs", "fitting, link made", "card for the shop", "designs compared", "sheet of a patient")
MARGIN_PT = 28
"""A centimetre, where printers put no ink."""
HEADED = (
    "form, empty",
    "form, empty, Spanish",
    "clinic",
    "account, Spanish",
    "chart, looked at",
    "launch, not registered",
)
LINES = """() => {
  const [red, green, blue] = [0, 1, 2];
  const parts = text => text.match(/[0-9.]+/g).map(Number);
  const light = text => {
    const linear = parts(text).slice(0, 3).map(part => part / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear[red] + 0.7152 * linear[green] + 0.0722 * linear[blue];
  };
  const ground = light(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll('.drawing :is(path, ellipse, rect)')].map(one => getComputedStyle(one).stroke)
    .filter(stroke => stroke !== 'none').map(light)
    .map(line => (Math.max(line, ground) + 0.05) / (Math.min(line, ground) + 0.05));
}"""
"""Contrast of every line of the drawings against the page."""
WITHOUT_EDGE = """() => [...document.querySelectorAll(
    '.box, .btn, .card, .chip, .find, .code, .badge, .banner, .seg label')]
  .filter(one => one.checkVisibility())
  .filter(one => { const look = getComputedStyle(one);
    return ['Top', 'Right', 'Bottom', 'Left'].some(side =>
      look[`border${side}Style`] === 'none' || parseFloat(look[`border${side}Width`]) < 1); })
  .map(one => one.outerHTML.slice(0, 120))"""
"""What is told apart by its ground alone."""
CHOSEN = """() => [...document.querySelectorAll('.seg')].filter(one => one.checkVisibility()).map(group =>
  [true, false].map(chosen => [...group.querySelectorAll('label')]
    .filter(label => label.querySelector('input').checked === chosen)
    .map(label => getComputedStyle(label).backgroundColor)))
  .filter(([chosen, others]) => chosen.some(colour => others.includes(colour))).length"""
MOTION = """() => Math.max(0, ...[...document.querySelectorAll('*')].flatMap(one => {
  const look = getComputedStyle(one), seconds = text => text.split(',').map(parseFloat);
  const moving = look.animationName === 'none' ? [] : seconds(look.animationDuration);
  return [...seconds(look.transitionDuration), ...moving];
}))"""
"""The longest transition or animation of the page, seconds."""


@pytest.fixture(scope="module")
def forced(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser in the high contrast of its system, in which nothing is to move."""
    made = chromium.new_context(
        viewport={"width": 1280, "height": 900}, forced_colors="active", color_scheme="dark", reduced_motion="reduce"
    )
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


@pytest.fixture(scope="module", params=LOOKED_AT)
def seen(gallery: Gallery, forced: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = show(forced, gallery[request.param])
    assert page.evaluate("matchMedia('(forced-colors: active) and (prefers-reduced-motion: reduce)').matches")
    yield page
    page.close()


def test_everything_keeps_an_edge_where_the_system_sets_the_colours(seen: Page) -> None:
    assert seen.evaluate(WITHOUT_EDGE) == []


def test_what_is_chosen_is_seen_where_the_system_sets_the_colours(seen: Page) -> None:
    assert seen.evaluate(CHOSEN) == 0


def test_the_lines_of_the_drawings_are_those_of_the_system(seen: Page) -> None:
    """White on black is 21 to 1: nothing of our own palette is left in them."""
    assert all(contrast > 15 for contrast in seen.evaluate(LINES))


def test_nothing_moves_where_motion_is_not_wanted(seen: Page) -> None:
    assert seen.evaluate(MOTION) == 0


def test_what_moves_moves_shortly(gallery: Gallery, context: BrowserContext) -> None:
    page = show(context, gallery["form, unusual"])
    assert page.evaluate(LINES)
    assert 0 < page.evaluate(MOTION) <= 0.12
    page.close()


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_keeps_its_margin(gallery: Gallery, context: BrowserContext, name: str) -> None:
    page = show(context, gallery[name])
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert inked_margins(printed, MARGIN_PT) == []


def test_a_comparison_is_printed_on_one_page(gallery: Gallery, context: BrowserContext) -> None:
    page = show(context, gallery["designs compared"])
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    assert len(pages_of(printed)) == 1


@pytest.mark.parametrize("name", HEADED)
def test_the_head_goes_from_the_name_to_the_languages_at_every_width(
    gallery: Gallery, context: BrowserContext, name: str
) -> None:
    page = show(context, gallery[name])
    for width in (1280, 820, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.querySelector('.brandname').getBoundingClientRect().left") < 40, width
        assert width - page.evaluate("document.querySelector('.tongues').getBoundingClientRect().right") < 40, width
    page.close()
