"""The whole way in a real browser: from the chart in the EHR to a fitting and back; frames, cookies, two charts."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from tests import databases
from tests.records.conftest import PASSWORD, Clinic, found
from tests.serving import serving
from tests.smart.conftest import registered
from tests.smart.servers import Ehr
from tests.smart.test_chart_form import typed
from tests.web.test_browser import ARGUMENTS, CANDIDATES, WAIT_MS, browser

__all__ = ["browser"]

FILL = """fields => {
  const form = document.querySelector("#fitting");
  for (const [name, values] of Object.entries(fields))
    for (const one of form.querySelectorAll(`[name="${name}"]`))
      if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
      else one.value = values[0];
}"""
expect.set_options(timeout=WAIT_MS)
Make = Callable[..., tuple[Clinic, str]]


@pytest.fixture
def served(ehr: Ehr, sqlite_file: Path, tmp_path: Path) -> Iterator[Make]:
    """Make a service on a port of its own that knows the EHR; what was made ends with the test."""
    from contextlib import ExitStack

    with ExitStack() as made:

        def make(**settings: str) -> tuple[Clinic, str]:
            app = create_app(
                Settings(
                    data=str(tmp_path),
                    database_url=databases.sqlite_copy(sqlite_file, tmp_path),
                    encryption_keys=new_encryption_key(),
                    secret_key=new_token(),
                    **settings,  # type: ignore[arg-type]
                )
            )
            store = app.extensions["afofit_store"]()
            clinic = found(app, store, "North")
            address = made.enter_context(serving(app))
            registered(clinic, ehr, back=f"{address}/smart/callback/")
            made.callback(store.close)
            return clinic, address

        yield make


def sign_in(page: Page, clinic: Clinic) -> None:
    page.get_by_label("E-mail address").fill(f"olga@{str(clinic.orthotist.clinic_id)[:8]}.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").first.click()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


def test_from_the_chart_to_a_fitting_and_back(context: BrowserContext, served: Make, ehr: Ehr) -> None:
    clinic, address = served()
    page = context.new_page()
    page.goto(f"{ehr.sign_in.address}/chart/kim?app={address}")
    page.click("#launch")
    sign_in(page, clinic)
    # By itself on to the EHR, which asks the clinician.
    page.get_by_role("button", name="Allow").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What the chart says")
    expect(page.locator(".chartbanner")).to_contain_text("Kim Doe")
    page.get_by_label("mm", exact=True).check(force=True)
    page.get_by_label("kg", exact=True).check(force=True)
    page.get_by_role("button", name="Fill in what is marked").click()
    expect(page.locator("[name='patient.name']")).to_have_value("Kim Doe")
    expect(page.locator("[name='patient.height']")).to_have_value("1720")
    expect(page.get_by_text("From the chart: 172 cm")).to_be_visible()
    page.evaluate(FILL, typed())
    page.locator("aside").get_by_role("button", name="Compute and store").click()
    expect(page.get_by_text("Draft, not approved.")).to_be_visible()
    for box in page.locator("[name=acknowledged]").all():
        box.check()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name="Send to the chart").click()
    expect(page.get_by_text("All of it stands in the chart.")).to_be_visible()
    (document,) = ehr.kept("DocumentReference")
    assert document["subject"]["reference"] == "Patient/kim"
    assert len([one for one in ehr.kept("Observation") if "identifier" in one]) > 10
    page.get_by_role("button", name="Close the chart").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The chart is closed")


def test_two_charts_in_two_tabs_stay_apart(context: BrowserContext, served: Make, ehr: Ehr) -> None:
    clinic, address = served()
    tabs: dict[str, Page] = {}
    for patient in ("kim", "lee"):
        tabs[patient] = page = context.new_page()
        page.goto(f"{ehr.sign_in.address}/chart/{patient}?app={address}")
        page.click("#launch")
        if patient == "kim":
            sign_in(page, clinic)
    for patient in ("lee", "kim"):
        tabs[patient].get_by_role("button", name="Allow").click()
        expect(tabs[patient].locator(".chartbanner")).to_be_visible()
    for patient, own, other in (("kim", "Kim Doe", "Lee Poe"), ("lee", "Lee Poe", "Kim Doe")):
        page = tabs[patient]
        page.reload()
        expect(page.locator(".chartbanner")).to_contain_text(own)
        assert other not in page.content()
        page.get_by_label("mm", exact=True).check(force=True)
        page.get_by_label("kg", exact=True).check(force=True)
        page.get_by_role("button", name="Fill in what is marked").click()
        expect(page.locator("[name='patient.name']")).to_have_value(own)


def test_in_a_window_of_another_site_without_permission_nothing_is_shown(
    context: BrowserContext, served: Make, ehr: Ehr
) -> None:
    _, address = served()
    page = context.new_page()
    page.goto(f"{ehr.sign_in.address}/chart/kim?frame=1&app={address}")
    frame = page.frame("app")
    assert frame is not None
    page.wait_for_timeout(300)
    assert "afofit" not in frame.content()


def test_in_the_frame_of_another_site_blocked_cookies_lead_into_a_window(
    context: BrowserContext, served: Make, ehr: Ehr
) -> None:
    # The EHR calls this machine by its other name: another site to the browser. Without https no cookie is kept there.
    there = ehr.sign_in.address.replace("127.0.0.1", "localhost")
    clinic, address = served(frame_ancestors=there)
    page = context.new_page()
    page.goto(f"{there}/chart/kim?frame=1&app={address}")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Cookies are blocked")
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Open in a new window").click()
    window = opened.value
    sign_in(window, clinic)
    window.get_by_role("button", name="Allow").click()
    expect(window.locator(".chartbanner")).to_contain_text("Kim Doe")


def test_within_the_window_of_the_same_site_it_works_in_the_frame(
    context: BrowserContext, served: Make, ehr: Ehr
) -> None:
    clinic, address = served(frame_ancestors=ehr.sign_in.address)
    page = context.new_page()
    page.goto(f"{ehr.sign_in.address}/chart/kim?frame=1&app={address}")
    frame = page.frame("app")
    assert frame is not None
    frame.get_by_label("E-mail address").fill(f"olga@{str(clinic.orthotist.clinic_id)[:8]}.example")
    frame.get_by_label("Password", exact=True).fill(PASSWORD)
    frame.get_by_role("button", name="Sign in").first.click()
    frame.get_by_role("button", name="Allow").click()
    expect(frame.locator(".chartbanner")).to_contain_text("Kim Doe")


def test_a_browser_that_keeps_no_cookies_at_all(browser: Browser, served: Make, ehr: Ehr, tmp_path: Path) -> None:
    _, address = served()
    profile = tmp_path / "profile" / "Default"
    profile.mkdir(parents=True)
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked))
    path = next(filter(None, map(shutil.which, CANDIDATES)))
    context = browser.browser_type.launch_persistent_context(profile.parent, executable_path=path, args=ARGUMENTS)
    page = context.new_page()
    visited: list[str] = []
    page.on("response", lambda answer: visited.append(answer.url))
    page.goto(f"{ehr.sign_in.address}/chart/kim?app={address}")
    page.click("#launch")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cookies are blocked")
    assert len([one for one in visited if "/smart/launch" in one]) == 2
    assert "Allow them" in page.content()
    context.close()
