"""The whole way in a real browser: sign in, measure, approve, the patient's phone, the link revoked."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from afofit.web.fill import flatten
from tests.chromium import WAIT_MS
from tests.records.conftest import PASSWORD, Clinic, email_of
from tests.serving import serving

Json = dict[str, Any]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def kind() -> str:
    """What the browser shows does not depend on the database."""
    return "sqlite"


@pytest.fixture
def address(clinic: Clinic) -> Iterator[str]:
    with serving(clinic.app) as url:
        yield url


def opened(chromium: Chromium, complaints: list[str], **options: Any) -> Page:
    context = chromium.new_context(**options)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    page.on("dialog", lambda dialog: dialog.accept())
    return page


TYPE = """(form, fields) => {
  for (const [name, values] of Object.entries(fields)) {
    for (const one of form.querySelectorAll(`[name="${name}"]`)) {
      if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
      else one.value = values[0];
    }
  }
}"""


def fill(page: Page, fields: dict[str, list[str]]) -> None:
    """Type and choose what a person would."""
    page.locator("#fitting").evaluate(TYPE, fields)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_from_sign_in_to_the_patients_phone(
    chromium: Chromium, clinic: Clinic, address: str, asked: Json, script: bool
) -> None:
    complaints: list[str] = []
    page = opened(chromium, complaints, java_script_enabled=script)
    page.goto(f"{address}/fittings")
    expect(page).to_have_url(f"{address}/sign-in?next=/fittings")
    page.fill("[name=email]", email_of(clinic.orthotist))
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button, main form input[type=submit]").first.click()
    expect(page).to_have_url(f"{address}/fittings")
    page.get_by_role("link", name="New fitting").first.click()
    fill(page, flatten(asked))
    page.locator("form.fitting .btn:visible", has_text="Compute and store").first.click()
    expect(page.locator(".banner")).to_contain_text("Draft, not approved")
    # E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm
    expect(page.locator("tr[data-dimension=proximal_trim_height_mm]")).to_contain_text("417 mm")
    fitting = page.url
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#errors")).to_contain_text("acknowledge")
    page.goto(fitting)
    for box in page.locator("[name=acknowledged]").all():
        box.check()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".banner.ready")).to_contain_text(clinic.orthotist.name)
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link-h ~ p a").get_attribute("href")
    assert link is not None

    phone = opened(chromium, complaints, viewport=PHONE, has_touch=True, java_script_enabled=script)
    phone.goto(link)
    expect(phone.locator("body")).not_to_contain_text("Kim")
    for part, text in (("day", "28"), ("month", "2"), ("year", "1981")):
        phone.fill(f'[name="birth_date.{part}"]', text)
    phone.get_by_role("button", name="Show my sheet").click()
    expect(phone.get_by_role("alert")).to_contain_text("4 tries")
    for part, text in (("day", "28"), ("month", "2"), ("year", "1980")):
        phone.fill(f'[name="birth_date.{part}"]', text)
    phone.get_by_role("button", name="Show my sheet").click()
    expect(phone).to_have_url(f"{address}/p/sheet")
    expect(phone.locator("section.stop").first).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"] if script else True

    page.goto(fitting)
    expect(page.locator("main")).to_contain_text("opened 1 time")
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("main")).to_contain_text("revoked")
    phone.reload()
    expect(phone.locator("h1")).to_have_text("Page not found")
    phone.goto(link)
    expect(phone.locator("h1")).to_have_text("This link does not open a sheet")
    assert complaints == []
