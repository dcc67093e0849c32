"""Drafts in a real browser: saved while typing, resumed, and not lost when the server, the sign-in or the tab goes."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update
from werkzeug.serving import BaseWSGIServer, make_server

from afofit.store import entries
from afofit.store.tables import VisitRow
from afofit.web import sign_in
from afofit.web.fill import flatten
from tests.chromium import WAIT_MS
from tests.examples import request_of
from tests.records.conftest import PASSWORD, Clinic, email_of
from tests.records.test_browser import TYPE

SAVED = re.compile(r"Draft saved \d\d:\d\d, \d+ of \d+ entered")
HEIGHT = "#limbs-right-fibular_head_height"


@pytest.fixture
def kind() -> str:
    """What the browser shows does not depend on the database."""
    return "sqlite"


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A save comes two seconds after the last key, and a busy machine takes its time."""
    expect.set_options(timeout=2 * WAIT_MS)
    yield
    expect.set_options(timeout=5000)


@dataclass
class Server:
    """The service on one port, which can be stopped and started again."""

    clinic: Clinic
    port: int = 0
    running: BaseWSGIServer | None = field(default=None, repr=False)

    def start(self) -> None:
        self.running = make_server("127.0.0.1", self.port, self.clinic.app, threaded=True)
        self.port = self.running.server_port
        threading.Thread(target=self.running.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.running is not None:
            self.running.shutdown()
            self.running.server_close()
            self.running = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def server(clinic: Clinic) -> Iterator[Server]:
    made = Server(clinic)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    said: list[str] = []
    yield said
    assert said == []


@pytest.fixture
def device(chromium: Chromium, server: Server, complaints: list[str]) -> Iterator[Callable[..., BrowserContext]]:
    """A browser of its own, signed in."""
    made: list[BrowserContext] = []

    def open_one(**options: Any) -> BrowserContext:
        context = chromium.new_context(**options)
        context.set_default_timeout(WAIT_MS)
        context.clock.install()
        made.append(context)
        page = new_page(context, complaints)
        page.goto(f"{server.address}/sign-in")
        enter(page, server.clinic)
        page.close()
        return context

    yield open_one
    for context in made:
        context.close()


def new_page(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    return page


def enter(page: Page, clinic: Clinic) -> None:
    page.fill("[name=email]", email_of(clinic.orthotist))
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(re.compile(r"/(fittings|visit/back)$"))


def kept(clinic: Clinic) -> list[entries.Entry]:
    with clinic.store.reading(clinic.orthotist) as desk:
        return entries.listed(desk)


def end_every_visit(clinic: Clinic) -> None:
    with clinic.store.system() as session:
        session.execute(update(VisitRow).values(ended_at=sign_in.now()))


def wait(page: Page, time: str) -> None:
    """Let the clock of the page run on; what was to come in that time comes at once."""
    page.clock.fast_forward(time)


PAUSE = "00:02"
"""How long after the last key a draft is saved; the first test waits for it, the others turn the clock."""


def note(page: Page) -> Any:
    return expect(page.locator(".head .draft-note"))


def said(page: Page) -> Any:
    return expect(page.locator("#draft-said"))


def test_saved_while_typing_and_resumed_after_the_tab_is_closed(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    context = device(timezone_id="Asia/Tokyo")
    page = new_page(context, complaints)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.goto(f"{server.address}/fittings/new")
    note(page).to_have_text("Nothing saved yet.")
    page.locator("#patient-reference").fill("A-7")
    page.locator(HEIGHT).fill("45S")
    note(page).to_have_text(SAVED)
    expect(page.locator("body")).to_have_attribute("data-saved", "true")
    draft = kept(clinic)[0]
    assert page.url == f"{server.address}/drafts/{draft.id}"
    # The clock of the person: nine hours ahead of UTC in Tokyo, all year.
    hour = f"{(draft.saved_at.hour + 9) % 24:02}:{draft.saved_at.minute:02}"
    note(page).to_contain_text(hour)
    page.locator(HEIGHT).fill("455")
    expect(page.locator("body")).to_have_attribute("data-saved", "true")
    page.get_by_role("link", name="Fittings", exact=True).click()
    page.wait_for_url("**/fittings")
    assert dialogs == []
    page.close()

    again = new_page(context, complaints)
    again.goto(f"{server.address}/fittings")
    again.get_by_role("link", name="Resume A-7").click()
    expect(again.locator(HEIGHT)).to_have_value("455")
    note(again).to_have_text(SAVED)
    assert len(kept(clinic)) == 1
    assert again.evaluate("localStorage.length + sessionStorage.length") == 0


def test_leaving_before_it_is_saved_asks_once(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = new_page(device(), complaints)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.accept()))
    page.goto(f"{server.address}/fittings/new")
    page.locator(HEIGHT).click()
    page.keyboard.type("455")
    page.get_by_role("link", name="Fittings", exact=True).click()
    page.wait_for_url("**/fittings")
    assert dialogs == ["beforeunload"]


def test_the_server_goes_and_comes_back(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = new_page(device(), complaints)
    page.goto(f"{server.address}/fittings/new")
    page.locator(HEIGHT).fill("455")
    wait(page, PAUSE)
    note(page).to_have_text(SAVED)
    server.stop()
    page.locator(HEIGHT).fill("456")
    wait(page, PAUSE)
    said(page).to_have_text(re.compile(r"^Not saved since \d\d:\d\d\. Keep this page open, we try again\.$"))
    expect(page.locator(HEIGHT)).to_have_value("456")
    expect(page.locator("body")).to_have_attribute("data-saved", "false")
    server.start()
    wait(page, "00:30")
    said(page).to_have_text("Saved again.")
    assert [one.fields["limbs.right.fibular_head_height"] for one in kept(clinic)] == [["456"]]


def test_the_sign_in_ends_and_saving_goes_on_after_a_new_one(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    context = device()
    page = new_page(context, complaints)
    page.goto(f"{server.address}/fittings/new")
    page.locator(HEIGHT).fill("455")
    wait(page, PAUSE)
    note(page).to_have_text(SAVED)
    end_every_visit(clinic)
    page.locator(HEIGHT).fill("456")
    wait(page, PAUSE)
    said(page).to_contain_text("Signed out. Sign in again to save; what you typed stays on this page.")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    enter(opened.value, clinic)
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Signed in")
    opened.value.close()
    said(page).to_have_text("Saved again.")
    expect(page.locator(HEIGHT)).to_have_value("456")
    assert [one.fields["limbs.right.fibular_head_height"] for one in kept(clinic)] == [["456"]]
    # The token of the new visit is in the form, too: its buttons work.
    page.locator(".dock, aside").get_by_role("button", name="Save draft").locator("visible=true").first.click()
    page.wait_for_url("**/drafts/*")
    expect(page.locator(HEIGHT)).to_have_value("456")


def test_without_script_nothing_typed_is_lost_when_the_sign_in_ended(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    context = device(java_script_enabled=False)
    page = new_page(context, complaints)
    page.goto(f"{server.address}/fittings/new")
    page.locator(HEIGHT).fill("455")
    end_every_visit(clinic)
    page.get_by_role("button", name="Save draft").locator("visible=true").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in (opens a new tab)").click()
    enter(opened.value, clinic)
    page.get_by_role("button", name="Go on with what you typed").click()
    expect(page.locator(HEIGHT)).to_have_value("455")
    page.get_by_role("button", name="Save draft").locator("visible=true").first.click()
    page.wait_for_url("**/drafts/*")
    expect(page.locator(".head .draft-note")).to_contain_text("Draft saved")
    assert len(kept(clinic)) == 1


def test_two_minutes_before_the_sign_in_ends_it_can_be_kept(
    server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = new_page(device(), complaints)
    page.goto(f"{server.address}/fittings/new")
    wait(page, "27:30")
    said(page).to_be_empty()
    wait(page, "00:45")
    said(page).to_contain_text(re.compile(r"You will be signed out at \d\d:\d\d\."))
    page.get_by_role("button", name="Stay signed in").click()
    said(page).to_have_text("You stay signed in.")
    wait(page, "03:00")
    said(page).to_have_text("You stay signed in.")


@pytest.mark.parametrize(("button", "value"), [("Keep what is here", "455"), ("Load that one", "465")])
def test_saved_on_another_device(
    clinic: Clinic,
    server: Server,
    device: Callable[..., BrowserContext],
    complaints: list[str],
    button: str,
    value: str,
) -> None:
    here = new_page(device(), complaints)
    here.goto(f"{server.address}/fittings/new")
    here.locator(HEIGHT).fill("450")
    wait(here, PAUSE)
    note(here).to_have_text(SAVED)
    there = new_page(device(), complaints)
    there.goto(here.url)
    there.locator(HEIGHT).fill("465")
    expect(there.locator("body")).to_have_attribute("data-saved", "false")
    wait(there, PAUSE)
    expect(there.locator("body")).to_have_attribute("data-saved", "true")
    here.locator(HEIGHT).fill("455")
    wait(here, PAUSE)
    ask = here.locator("#ask")
    expect(ask).to_contain_text("Saved on another device")
    expect(ask.locator("tbody tr")).to_have_text(re.compile(r"Fibular head height, right leg\s*455\s*465"))
    ask.get_by_role("button", name=button).click()
    expect(here.locator(HEIGHT)).to_have_value(value)
    expect(here.locator(".well")).to_contain_text("draft of its own")
    assert {one.fields["limbs.right.fibular_head_height"][0] for one in kept(clinic)} == {"455", "465"}


def test_what_is_computed_at_once_leaves_no_draft_behind(
    clinic: Clinic, server: Server, device: Callable[..., BrowserContext], complaints: list[str]
) -> None:
    page = new_page(device(), complaints)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{server.address}/fittings/new")
    page.locator("#fitting").evaluate(TYPE, flatten(request_of("E1")))
    page.locator("#patient-reference").fill("A-9")
    page.locator("form.fitting .btn:visible", has_text="Compute and store").first.click()
    expect(page.locator(".banner")).to_contain_text("Draft, not approved")
    # A save that follows the last key would come now.
    wait(page, PAUSE)
    page.wait_for_timeout(500)
    assert kept(clinic) == []
