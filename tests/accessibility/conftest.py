"""One browser and one clinic for all of these tests; pages are answered by the application itself, without a server."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.accessibility.states import STATES
from tests.accessibility.world import Shown, World
from tests.chromium import WAIT_MS

HOST = "http://afofit.test"
NOT_PASSED_ON = ("content-length", "content-encoding", "set-cookie")


@dataclass
class Gallery:
    """Every state is made once, when it is first looked at, and in the order of the list: states build on others."""

    world: World
    made: dict[str, Shown] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Shown:
        if name not in self.made:
            self.made[name] = STATES[name](self.world)
        return self.made[name]


@pytest.fixture(scope="session")
def gallery(sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    world = World(tmp_path_factory.mktemp("gallery"), sqlite_file)
    yield Gallery(world)
    world.close()


@pytest.fixture(scope="module", params=list(STATES))
def name(request: pytest.FixtureRequest) -> str:
    """The name of a page in a state."""
    return str(request.param)


@pytest.fixture(scope="module")
def shown(gallery: Gallery, name: str) -> Shown:
    return gallery[name]


Loaded = list[tuple[str, str, int]]
"""What a browser loaded of a page: the kind, the address and the bytes of each."""


def answer(route: Route, client: FlaskClient, loaded: Loaded | None = None) -> None:
    """What the application answers to a browser that holds the cookies of the client."""
    request = route.request
    path = request.url.removeprefix(HOST)
    headers = {key: text for key, text in request.headers.items() if key not in ("cookie", "host", "accept-encoding")}
    body = client.open(path, method=request.method, data=request.post_data_buffer, headers=headers)
    passed = {key: text for key, text in body.headers.items() if key.lower() not in NOT_PASSED_ON}
    if loaded is not None:
        loaded.append((request.resource_type, path, len(body.data)))
    route.fulfill(status=body.status_code, headers=passed, body=body.data)


def show(context: BrowserContext, shown: Shown) -> Page:
    """The page as it was answered, in a tab of its own."""
    return show_in(context.new_page(), shown)


def show_in(page: Page, shown: Shown, loaded: Loaded | None = None) -> Page:
    """The page as it was answered; whatever it asks for next is answered by the application, and noted."""
    text = shown.answer.data

    def first(route: Route) -> None:
        passed = {key: words for key, words in shown.answer.headers.items() if key.lower() not in NOT_PASSED_ON}
        if loaded is not None:
            loaded.append((route.request.resource_type, shown.path, len(text)))
        route.fulfill(status=200, headers=passed, body=text)

    page.route(f"{HOST}/**", lambda route: answer(route, shown.client, loaded))
    page.route(HOST + shown.path, first, times=1)
    page.goto(HOST + shown.path)
    return page


@pytest.fixture(scope="module")
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1280, "height": 900})
    made.set_default_timeout(WAIT_MS)
    yield made
    made.close()


@pytest.fixture(scope="module")
def loaded(name: str) -> Loaded:
    """What the browser loaded of the page of a state."""
    return []


@pytest.fixture(scope="module")
def tab(context: BrowserContext) -> Iterator[Page]:
    """One tab for all pages: a new one costs as much as a page."""
    made = context.new_page()
    yield made
    made.close()


@pytest.fixture(scope="module")
def page(tab: Page, shown: Shown, loaded: Loaded) -> Iterator[Page]:
    """The page of a state, as it comes."""
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.emulate_media(color_scheme="light")
    yield show_in(tab, shown, loaded)
    tab.unroute_all(behavior="ignoreErrors")
