"""Pictures of the pages at three widths, of an invented clinic with the worked examples: python -m docs.make_pictures.

They stand in docs/pictures/pages and in the README; whoever changes a page makes them anew and looks at them.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask_security import hash_password
from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import clinics, migrate
from afofit.web.fill import flatten
from tests.chromium import ARGUMENTS
from tests.examples import request_of
from tests.serving import serving

WIDTHS = (1280, 820, 390)
FOLDER = Path(__file__).parent / "pictures" / "pages"
PASSWORD = "correct horse battery"  # noqa: S105
EMAIL = "olga@clinic.example"
TALLEST = 2600
"""Pixels after which a long page is cut."""
QUALITY = 70

PERSON = {
    "patient.reference": ["A-1027"],
    "patient.name": ["Kim Doe"],
    "patient.birth_date.day": ["28"],
    "patient.birth_date.month": ["2"],
    "patient.birth_date.year": ["1980"],
}

FILL = """fields => {
  const form = document.querySelector("#fitting");
  for (const [name, values] of Object.entries(fields))
    for (const one of form.querySelectorAll(`[name="${name}"]`))
      if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
      else one.value = values[0];
}"""


@contextmanager
def served() -> Iterator[str]:
    """The address of a service with a clinic of two people."""
    with tempfile.TemporaryDirectory(prefix="afofit-pictures-") as folder:
        app = create_app(Settings(data=folder))
        store = app.extensions["afofit_store"]()
        migrate.upgrade(store)
        _found(app)
        with serving(app) as address:
            yield address
        store.close()


def _found(app: Flask) -> None:
    with app.test_request_context():
        password = hash_password(PASSWORD)
    with app.extensions["afofit_store"]().writing(clinics.new_actor()) as desk:
        clinics.found(desk, "Riverside Orthotics", "030 1234567")
        roles = ("orthotist", "administrator")
        clinics.add(desk, email=EMAIL, name="Olga Ruiz", roles=roles, password=password)
        clinics.add(desk, email="ben@clinic.example", name="Ben Okoro", roles=("orthotist",), password=password)


class Camera:
    """Takes a page at every width."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())

    def go(self, path: str) -> None:
        """Open a page of the service."""
        self.page.goto(self.address + path)

    def fill(self, fields: Mapping[str, list[str]]) -> None:
        """Type into the form, and let the live check answer."""
        self.page.evaluate(FILL, dict(fields))
        box = self.page.locator("#limbs-right-foot_length, #limbs-left-foot_length").first
        box.focus()
        box.press("End")
        box.dispatch_event("change")
        self.page.wait_for_timeout(1500)

    def press(self, words: str) -> None:
        """Press the first visible button or link with these words."""
        target = self.page.locator(".btn:visible, a:visible").filter(has_text=words).first
        with self.page.expect_navigation():
            target.click()

    def take(self, name: str, *, at: str = "") -> None:
        """Keep the page at every width: from its top, or what is on the screen when that part is."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.wait_for_timeout(150)
            if at:
                self.page.locator(at).first.evaluate("one => one.scrollIntoView({block: 'center'})")
                self.page.wait_for_timeout(150)
            shot = Image.open(BytesIO(self.page.screenshot(full_page=not at)))
            shot.crop((0, 0, shot.width, min(shot.height, TALLEST))).convert("RGB").save(
                FOLDER / f"{name}-{width}.webp", quality=QUALITY
            )
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        print(name, flush=True)


def calculator(camera: Camera) -> None:
    """What a visitor sees: the form empty, live, refused, and the result of it."""
    camera.go("/")
    camera.take("start")
    camera.go("/?example=E1")
    odd = flatten(request_of("E1")) | {
        "limbs.right.calf_circumference": ["540"],
        "limbs.right.forefoot_width": ["10.2"],
    }
    camera.fill(odd)
    camera.take("form-live", at="#limbs-right-ankle_circumference")
    camera.press("Compute")
    camera.take("form-errors")
    for words, name in (
        ("", "result"),
        ("Compare", "compare"),
        ("to the shop", "shop-card"),
        ("Patient page, sample", "patient-sample"),
    ):
        camera.go("/?example=E2")
        camera.press("Compute")
        if words:
            camera.press(words)
        camera.take(name)


def clinic(camera: Camera) -> None:
    """What an orthotist sees: sign-in, drafts, a fitting from draft to the patient's hand, and the clinic's pages."""
    page = camera.page
    camera.go("/sign-in")
    camera.take("sign-in")
    page.fill("[name=email]", EMAIL)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button, main form input[type=submit]").first.click()
    camera.go("/fittings")
    camera.take("fittings-empty")
    for _ in range(2):
        camera.go("/fittings/new")
        camera.fill(flatten(request_of("E1")) | PERSON)
        camera.press("Compute and store")
    camera.take("fitting-draft")
    for box in page.locator("[name=acknowledged]").all():
        box.check()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Make a link").click()
    camera.take("fitting-approved")
    page.locator("a[href$='/delivery']").first.click()
    camera.take("delivery")
    camera.go("/fittings")
    camera.take("fittings")
    camera.go("/patients")
    camera.take("patients")
    page.locator("main table a, main li a").filter(has_text="A-1027").first.click()
    camera.take("patient-over-time")
    for path, name in (
        ("/protocols", "protocols"),
        ("/refits", "refits"),
        ("/clinic", "clinic"),
        ("/account", "account"),
        ("/clinic/keys", "keys"),
        ("/clinic/audit", "audit"),
    ):
        camera.go(path)
        camera.take(name)


def main() -> None:
    """Make every picture anew; with names as arguments only those parts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for part in (calculator, clinic):
            if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
                context = browser.new_context(locale="en-GB")
                context.set_default_timeout(20_000)
                part(Camera(context, address))
        browser.close()


if __name__ == "__main__":
    main()
