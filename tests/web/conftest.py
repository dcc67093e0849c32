"""The application as a visitor meets it, and the worked examples to post to it."""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as BrowserPage

from afofit.app import create_app
from afofit.web.fill import flatten
from tests.chromium import WAIT_MS
from tests.serving import serving

GOLDEN = Path(__file__).parent.parent / "golden"
Fields = dict[str, list[str]]


class Page(HTMLParser):
    """The elements of a page in order: (tag, attributes, text inside, names of the forms and details around)."""

    BLOCKS = frozenset({"dt", "dd", "p", "li", "td", "th", "br"})
    VOID = frozenset({"input", "meta", "link", "br", "img", "path", "circle", "ellipse", "rect"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[int, str] = {}
        self.parents: dict[int, tuple[int, ...]] = {}
        self._open: list[int] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        place = len(self.elements) - 1
        self.texts[place] = ""
        self.parents[place] = tuple(self._open)
        if tag not in self.VOID:
            self._open.append(place)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self._open:
            assert self.elements[self._open[-1]][0] == tag, f"<{self.elements[self._open[-1]]}> closed by </{tag}>"
            self._open.pop()
        if tag in self.BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for place in self._open:
            self.texts[place] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        """The attributes of every element of a tag with these attributes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [own for name, own in self.elements if name == tag and wanted.items() <= own.items()]

    def text(self, tag: str, **attributes: str) -> str:
        """The text inside the first such element, spaces collapsed."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        for place, (name, own) in enumerate(self.elements):
            if name == tag and wanted.items() <= own.items():
                return " ".join(self.texts[place].split())
        raise AssertionError(f"no <{tag}> with {wanted}")

    def controls(self) -> list[dict[str, str]]:
        """Inputs and selects of the form that is filled, hidden ones left out."""
        form = next(
            place for place, (tag, own) in enumerate(self.elements) if tag == "form" and own.get("id") == "fitting"
        )
        return [
            {"tag": tag, **own}
            for place, (tag, own) in enumerate(self.elements)
            if tag in ("input", "select") and form in self.parents[place] and own.get("type") != "hidden"
        ]

    def shown(self) -> dict[str, list[str]]:
        """What the form would post as it stands: typed text, chosen radios, ticks and lists."""
        posted: dict[str, list[str]] = {}
        form = next(
            place for place, (tag, own) in enumerate(self.elements) if tag == "form" and own.get("id") == "fitting"
        )
        for place, (tag, own) in enumerate(self.elements):
            if form not in self.parents[place]:
                continue
            if tag == "input" and (own.get("type") not in ("radio", "checkbox") or "checked" in own):
                empty = "on" if own.get("type") in ("radio", "checkbox") else ""
                posted.setdefault(own["name"], []).append(own.get("value", empty))
            if tag == "option" and "selected" in own:
                inside = [self.elements[parent] for parent in self.parents[place]]
                name = next(attributes["name"] for kind, attributes in inside if kind == "select")
                posted.setdefault(name, []).append(own["value"])
        return {name: values for name, values in posted.items() if any(values)}


@pytest.fixture(scope="session")
def app() -> Flask:
    application = create_app()
    application.testing = True
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def worked() -> dict[str, Any]:
    """The worked examples by the first word of their name: E1, E2 …"""
    rows = json.loads((GOLDEN / "examples.json").read_text("utf-8"))["examples"]
    return {row["name"].split()[0]: row for row in rows}


@pytest.fixture(scope="session")
def stories() -> dict[str, Any]:
    rows = json.loads((GOLDEN / "stories.json").read_text("utf-8"))["stories"]
    return {row["id"]: row for row in rows}


@pytest.fixture
def filled(worked: dict[str, Any]) -> Callable[..., Fields]:
    """The form fields of a worked example, some of them changed: filled("E1", {"patient.weight": "8"})."""

    def fill(key: str, changes: dict[str, str | list[str]] | None = None) -> Fields:
        fields = flatten(worked[key]["request"])
        for name, value in (changes or {}).items():
            fields[name] = [value] if isinstance(value, str) else value
        return fields

    return fill


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture
def visit(chromium: Browser, address: str) -> Iterator[Callable[..., BrowserPage]]:
    """visit("/?example=E1", width=390, java_script_enabled=False): a page that must not say an error of its own."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/", *, width: int = 1280, height: int = 900, **options: Any) -> BrowserPage:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
