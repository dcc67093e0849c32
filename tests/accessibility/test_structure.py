"""What the markup of every page promises: names that lead somewhere, headings in order, errors that lead."""

from collections import Counter
from functools import lru_cache
from itertools import pairwise

import pytest

from tests.accessibility.conftest import Gallery
from tests.accessibility.states import STATES, endpoint
from tests.accessibility.world import Shown
from tests.web.conftest import Page

REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "for", "headers", "list", "form")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@lru_cache(maxsize=4)
def parsed(text: str) -> Page:
    return Page(text)


def read(shown: Shown) -> Page:
    return parsed(shown.answer.text)


def around(page: Page, place: int) -> dict[str, dict[str, str]]:
    """The nearest element of each tag around an element."""
    return {page.elements[parent][0]: page.elements[parent][1] for parent in page.parents[place]}


def test_every_id_is_there_once_and_every_reference_leads_to_one(shown: Shown) -> None:
    page = read(shown)
    counted = Counter(own["id"] for _, own in page.elements if "id" in own)
    assert [name for name, times in counted.items() if times > 1] == []
    assert "" not in counted
    missing = [
        (tag, kind, name)
        for tag, own in page.elements
        for kind in REFERENCES
        for name in own.get(kind, "").split()
        if name not in counted
    ]
    assert missing == []


def test_every_link_within_the_page_leads_somewhere(shown: Shown) -> None:
    page = read(shown)
    there = {own["id"] for _, own in page.elements if "id" in own}
    links = [
        own["href"]
        for place, (tag, own) in enumerate(page.elements)
        if tag == "a" and own.get("href", "").startswith("#") and "template" not in around(page, place)
    ]
    assert [link for link in links if link[1:] not in there] == []


def test_a_skip_link_comes_first_where_there_is_something_to_skip(shown: Shown) -> None:
    page = read(shown)
    assert page.all("main", id="main", tabindex="-1")
    if page.all("nav"):
        first = next(own for tag, own in page.elements if tag in ("a", "button", "input"))
        assert first["href"] == "#main"


def test_the_menu_says_where_one_is(shown: Shown) -> None:
    page = read(shown)
    places = [own for place, (tag, own) in enumerate(page.elements) if tag == "a" and "nav" in around(page, place)]
    here = shown.answer.request.path
    marked = {own["href"]: own["aria-current"] for own in places if "aria-current" in own}
    around_it = [own["href"] for own in places if here == own["href"] or here.startswith(own["href"].rstrip("/") + "/")]
    assert marked == {href: "page" if here == href else "true" for href in around_it}
    assert len(marked) <= 1


def test_headings_follow_one_another_and_the_language_and_title_are_said(shown: Shown) -> None:
    page = read(shown)
    levels = [
        int(tag[1])
        for place, (tag, _) in enumerate(page.elements)
        if tag in HEADINGS and "template" not in around(page, place)
    ]
    assert levels.count(1) == 1
    assert [(upper, lower) for upper, lower in pairwise(levels) if lower > upper + 1] == []
    assert page.all("html")[0]["lang"] in ("en", "es")
    assert len(page.text("title")) > len("– afofit")


@pytest.mark.parametrize("name", ["form, signed in", "form, next revision", "form, draft resumed"])
def test_a_form_that_is_kept_is_headed_as_it_is_titled(gallery: Gallery, name: str) -> None:
    page = read(gallery[name])
    assert page.text("h1") == page.text("title").removesuffix(" – afofit")


def test_what_was_refused_is_marked_described_and_linked_from_the_summary(shown: Shown) -> None:
    page = read(shown)
    wrong = [place for place, (_, own) in enumerate(page.elements) if own.get("aria-invalid") == "true"]
    for place in wrong:
        # What is chosen from is described as a group.
        said = [page.elements[place][1], around(page, place).get("fieldset", {})]
        names = " ".join(own.get("aria-describedby", "") for own in said).split()
        assert any(name.endswith("-msg") for name in names), page.elements[place]
    if page.all("div", id="errors"):
        assert page.all("div", id="errors")[0]["role"] == "alert"
    if wrong:
        assert page.all("div", id="errors")
        assert "rror" in page.text("title").partition(":")[0]


SAME = {"security.wan_verify": "security.verify", "kept.search": "kept.people"}


def test_every_title_is_of_one_page_only(gallery: Gallery) -> None:
    """Pages with one title cannot be told apart in a list of tabs. Signed in, asked for and answered."""
    titles: dict[str, set[str]] = {}
    for name in STATES:
        shown = gallery[name]
        where = endpoint(shown) if shown.answer.status_code == 200 else ""
        if where.startswith(("kept.", "clinic.", "security.")) and shown.answer.request.method == "GET":
            titles.setdefault(read(shown).text("title"), set()).add(SAME.get(where, where))
    assert {title: pages for title, pages in titles.items() if len(pages) > 1} == {}
