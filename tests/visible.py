"""A language whose every text stands in brackets, so that what people see and nobody translated stands out."""

import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest

from afofit.fitting.chart_file import built_in
from afofit.words import tongue
from docs.make_catalogue import read

OPEN, CLOSE = "⟦", "⟧"
FIELD = re.compile(r"(%\(\w+\)s|%%|\{\{|\}\}|\{\w+\}|<[^>]+>)")
READ_ALOUD = ("aria-label", "alt", "title", "placeholder")
SILENT = frozenset({"script", "style", "code"})
"""What is not read, and keys that are the same everywhere."""
VOID = frozenset({"input", "meta", "link", "br", "img", "path", "circle", "ellipse", "rect"})


class Bracketed(NullTranslations):
    """Every text of the catalogue in brackets; what is not in it stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[tuple[str | None, str]] = set()
        for message in read("es"):
            for text in (message.id,) if isinstance(message.id, str) else message.id:
                self.texts.add((message.context, text))

    def said(self, context: str | None, text: str) -> str:
        if (context, text) not in self.texts:
            return text
        # What is filled in stands outside: it has to be translated itself.
        return "".join(part if FIELD.fullmatch(part) else f"{OPEN}{part}{CLOSE}" for part in FIELD.split(text) if part)

    def gettext(self, message: str) -> str:
        return self.said(None, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.said(None, msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.said(context, message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.said(context, msgid1 if n == 1 else msgid2)


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spanish readers read the language in brackets."""
    pseudo = Bracketed()
    monkeypatch.setattr(tongue, "catalogue", lambda language: pseudo if language == "es" else NullTranslations())


class Visible(HTMLParser):
    """What a page shows or says: text and read-aloud attributes, without what is marked as another language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        foreign = tag != "html" and "lang" in given and given["lang"] != "es"
        hidden = foreign or tag in SILENT or any(silent for _, silent in self._open)
        if not hidden:
            self.found += [outside(given[name] or "")[0] for name in READ_ALOUD if name in given]
        if tag not in VOID:
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                return

    def handle_data(self, data: str) -> None:
        # A sentence may hold a link: its bracket closes in a later piece of text.
        left, self._depth = outside(data, self._depth)
        if not any(silent for _, silent in self._open):
            self.found.append(left)


def outside(text: str, depth: int = 0) -> tuple[str, int]:
    """What of a text stands outside of every bracket, and how many are open at its end."""
    kept = []
    for letter in text:
        depth += (letter == OPEN) - (letter == CLOSE)
        kept.append(letter if not depth and letter != CLOSE else " ")
    return "".join(kept), depth


def named_in_charts() -> tuple[str, ...]:
    """What stands in the charts that come with the program as their makers wrote it, the longest first."""
    said: set[str] = set()
    for one in built_in():
        product = one.product
        said |= {product.name, product.maker, product.model, product.document, product.page, product.version}
        said |= {size.code for size in one.sizes}
    return tuple(sorted(said, key=len, reverse=True))


NAMED = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in named_in_charts()))


def bare(page: str) -> Iterator[str]:
    """Each visible text with what of it nobody translated, but for what makers of braces call things."""
    for text in Visible(page).found:
        left = " ".join(NAMED.sub("", " ".join(text.split())).split())
        if left:
            yield left
