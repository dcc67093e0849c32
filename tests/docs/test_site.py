"""The site holds everything that there is, and nothing on it leads nowhere or elsewhere."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from afofit.app import create_app
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.protocol import default
from afofit.fitting.vocabulary import GROUPS
from afofit.settings import FILE, SECRET, Settings, variable
from afofit.words.findings import TITLES
from docs.rules_told import rules
from tests.accessibility import axe
from tests.docs.site import Page, broken, foreign, misshapen, missing, warned

ROOT = Path(__file__).parents[2]
Read = Mapping[str, Page]


def _settings() -> Iterable[str]:
    yield from map(variable, Settings.__dataclass_fields__)
    yield from (variable(name) + FILE for name in SECRET)


def _routes() -> Iterable[str]:
    return (rule.rule for rule in create_app(Settings()).url_map.iter_rules() if rule.endpoint != "static")


def _rules() -> Iterable[str]:
    for rule in rules():
        yield from (rule.function.__name__, rule.gives, rule.formula)


WANTED: dict[str, Callable[[], Iterable[str]]] = {
    "settings": _settings,
    "routes": _routes,
    "findings": lambda: TITLES,
    "rules": _rules,
    "measurements": lambda: (one.name for one in MEASUREMENTS),
    "fields": lambda: (field.name for fields in GROUPS.values() for field in fields),
    "dimensions": lambda: (one.name for one in DIMENSIONS),
    "numbers of the protocol": lambda: default().parameters,
}


def test_the_generator_is_in_doubt_about_nothing(site: Path) -> None:
    assert warned(site).read_text("utf-8") == ""


@pytest.mark.parametrize("kind", WANTED)
def test_everything_that_there_is_stands_on_the_site(kind: str, read: Read) -> None:
    wanted = list(WANTED[kind]())
    assert wanted
    assert missing(wanted, read) == []


@pytest.mark.parametrize(
    "name", ["AFOFIT_SNOMED", "/fittings/<uuid:fitting_id>/withdraw", "nerve_crossing", "sulcus_length_medial_mm"]
)
def test_what_is_left_out_is_found(name: str, read: Read) -> None:
    held = {address: page for address, page in read.items() if name in page.codes}
    assert held
    escaped = name.replace("<", "&lt;").replace(">", "&gt;")
    without = {address: replace(page, text=page.text.replace(escaped, "gone")) for address, page in held.items()}
    assert missing([name], {**read, **without}) == [name]


def test_every_link_anchor_and_picture_leads_somewhere(site: Path, read: Read) -> None:
    assert broken(site, read) == []


def test_nothing_is_loaded_from_another_host(site: Path, read: Read) -> None:
    assert foreign(site, read) == []


def test_every_page_has_a_title_a_language_and_one_heading(read: Read) -> None:
    assert misshapen(read) == []
    assert {page.tree.get("lang") for page in read.values()} == {"en", "es"}


def test_faults_of_a_page_are_found(tmp_path: Path) -> None:
    markup = (
        '<html><head><title></title><link rel="stylesheet" href="https://cdn.example/a.css"></head><body><h1>A</h1>'
        '<h1>B</h1><a href="away.html">x</a><a href="#away">x</a><img src="away.png">'
        '<script src="//cdn.example/a.js"></script></body></html>'
    )
    (tmp_path / "page.html").write_text(markup)
    (tmp_path / "a.css").write_text("body { background: url(https://cdn.example/a.png) }")
    page = {"page.html": Page("page.html", markup)}
    assert broken(tmp_path, page) == [f"page.html: {one}" for one in ("#away", "away.html", "away.png")]
    assert len(foreign(tmp_path, page)) == 3
    assert misshapen(page) == [
        "page.html: title ''",
        "page.html: 2 h1",
        "page.html: lang None",
        "page.html: picture away.png",
    ]


def test_every_page_of_the_folder_is_in_the_site_and_in_its_menu(read: Read) -> None:
    menu = set(read["docs/index.html"].tree.xpath("//nav//a/@href | //div[contains(@class,'sidebar')]//a/@href"))
    for path in (ROOT / "docs").glob("*.md"):
        assert f"docs/{path.stem}.html" in read
        assert f"{path.stem}.html" in menu or path.stem == "index"


@pytest.mark.parametrize("address", ["docs/index.html", "docs/orthotists.html", "docs/charts.html"])
def test_a_page_has_no_barriers_and_asks_nobody_else(address: str, site: Path, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / address).as_uri())
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert axe.read(page) == []
    context.close()
