"""Pictures of the pages at three widths, of an invented clinic with the worked examples: python -m docs.make_pictures.

They stand in docs/pictures/pages, in docs/screens.md and in the README; whoever changes a page makes them anew and
looks at them. With names as arguments only those are made: python -m docs.make_pictures start result.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from afofit.web.fill import flatten
from docs.pictured import CLINIC, FOLDER, PAGE, PEOPLE, WIDTHS, Picture, page, peopled, pictures
from tests import databases
from tests.accessibility.conftest import show
from tests.accessibility.world import World
from tests.chromium import ARGUMENTS
from tests.examples import request_of

TALLEST = 1200
"""Pixels after which a long page is cut."""
HEIGHT = 900
QUALITY = 50

FILL = """fields => {
  const form = document.querySelector("#fitting");
  for (const [name, values] of Object.entries(fields))
    for (const one of form.querySelectorAll(`[name="${name}"]`))
      if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
      else one.value = values[0];
}"""


@contextmanager
def invented() -> Iterator[World]:
    """A service with an invented clinic."""
    with tempfile.TemporaryDirectory(prefix="afofit-pictures-") as name:
        folder = Path(name)
        databases.migrated(f"sqlite:///{folder / 'template.db'}")
        world = World(folder, folder / "template.db", CLINIC, PEOPLE)
        world.model = "Leaf"
        # A picture made alone shows the same people as one made with all others.
        peopled(world)
        yield world
        world.close()


def fill(page: Page, fields: Mapping[str, list[str]]) -> None:
    """Type into the form, and let the live check answer."""
    page.evaluate(FILL, dict(fields))
    box = page.locator("#limbs-right-foot_length")
    box.focus()
    box.press("End")
    box.dispatch_event("change")
    page.wait_for_timeout(1500)


def fill_oddly(page: Page) -> None:
    """A calf that is unusual beside the rest of the leg."""
    fill(page, flatten(request_of("E1")) | {"limbs.right.calf_circumference": ["525"]})


PREPARED: dict[str, Callable[[Page], None]] = {"form-live": fill_oddly}
"""What is done on a page before its picture is taken."""


def take(context: BrowserContext, world: World, picture: Picture) -> None:
    """Keep a page at every width: from its top, or what is on the screen when a part of it is."""
    shown = picture.shown(world)
    spoken = shown.answer.request.accept_languages.to_header() or "en"
    context.set_extra_http_headers({"Accept-Language": spoken})
    page = show(context, shown)
    PREPARED.get(picture.name, lambda _: None)(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.wait_for_timeout(150)
        if picture.at:
            page.locator(picture.at).first.evaluate("one => one.scrollIntoView({block: 'center'})")
        else:
            # The window is as high as the page: what sticks to its lower edge then stands at the end.
            high = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": min(high, TALLEST)})
            page.evaluate("scrollTo(0, 0)")
        page.wait_for_timeout(150)
        shot = Image.open(BytesIO(page.screenshot())).convert("RGB")
        wide = picture.wide(width)
        kept = shot.resize((wide, round(shot.height * wide / width)), Image.Resampling.LANCZOS)
        kept.save(FOLDER / f"{picture.name}-{width}.webp", quality=QUALITY, method=6)
    page.close()
    print(picture.name, flush=True)


def main(names: list[str]) -> None:
    """Make every picture anew, or those with these names."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")
    with invented() as world, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        context = browser.new_context(locale="en-GB")
        context.set_default_timeout(20_000)
        for picture in pictures():
            if not names or picture.name in names:
                take(context, world, picture)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
