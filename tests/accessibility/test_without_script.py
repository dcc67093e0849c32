"""Without JavaScript: an unusual value is confirmed, units are answered, and the pages of the patient stay light."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.accessibility.conftest import Gallery, show
from tests.chromium import WAIT_MS

PHONE_BYTES = 40_000
"""What a patient's page may weigh with its styles."""


@pytest.fixture(scope="module")
def plain(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def test_an_unusual_value_is_confirmed_by_a_button_and_the_result_says_so(
    gallery: Gallery, plain: BrowserContext
) -> None:
    page = show(plain, gallery["form, unusual"])
    page.locator('button[name="confirm"][value^="limbs.right.calf_circumference="]').first.click()
    expect(page.locator("#limbs-right-calf_circumference")).to_have_value("525")
    page.locator("#limbs-right-forefoot_width").fill("101")
    page.locator("form.fitting .btn:visible").first.click()
    expect(page.get_by_role("heading", name="Fitting for the right leg")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Measured again")
    page.close()


def test_the_question_of_the_units_is_answered_by_a_button(gallery: Gallery, plain: BrowserContext) -> None:
    page = show(plain, gallery["form, units asked"])
    page.get_by_role("button", name="Convert them to in").click()
    # 270 / 25.4 = 10.62992…
    expect(page.locator("#limbs-right-foot_length")).to_have_value("10.6299")
    page.close()


@pytest.mark.parametrize("name", ["landing of a patient", "sheet of a patient", "sheet of a patient, Spanish"])
def test_a_page_of_the_patient_is_light(gallery: Gallery, name: str) -> None:
    shown = gallery[name]
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', shown.answer.text)
    assert loaded
    assert not re.search(r"<script|https?://", shown.answer.text)
    assert len(shown.answer.data) + sum(len(shown.client.get(path).data) for path in loaded) < PHONE_BYTES
