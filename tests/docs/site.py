"""The site as it was built: what is on its pages, and what is wrong with them."""

import fcntl
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from lxml import html

ROOT = Path(__file__).parents[2]
LOADS = {"script": "src", "img": "src", "source": "srcset", "iframe": "src", "object": "data", "embed": "src"}
LINKED = {"stylesheet", "icon", "shortcut", "preload", "modulepreload", "manifest", "search"}
"""What a ``link`` element may be that is fetched when the page is opened or used."""
FOREIGN = re.compile(r"""(?:url\(|@import)\s*["']?(?:https?:)?//[^)"']+""")


def needed() -> None:
    """Without the generator the tests fail in CI and say so elsewhere."""
    if find_spec("sphinx") and find_spec("myst_parser") and find_spec("furo"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail("Sphinx is missing: the site must be built in CI. Run make docs.")
    pytest.skip("NO SPHINX FOUND: the site is NOT built and NOT read. Run make docs.")


def build(folder: Path) -> Path:
    """The folder of the built site; of several processes of a test run one builds, the others wait."""
    needed()
    made = folder / "site"
    with (folder / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            command = ["-m", "sphinx", "-b", "html", "-q", "-c", "docs/site", "-w", str(warned(made))]
            unfinished = folder / "site.unfinished"
            subprocess.run(
                [sys.executable, *command, "-d", str(folder / "doctrees"), ".", str(unfinished)],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
                capture_output=True,
                check=True,
            )
            unfinished.rename(made)
    return made


def warned(site: Path) -> Path:
    """The file that holds what the generator was in doubt about."""
    return site.with_name("site.warnings")


@dataclass(frozen=True)
class Page:
    """One page: its address in the site and its markup."""

    address: str
    text: str

    @cached_property
    def tree(self) -> html.HtmlElement:
        """The elements of the page."""
        return html.document_fromstring(self.text.encode())

    @cached_property
    def ids(self) -> frozenset[str]:
        """Everything that a link can lead to."""
        return frozenset(self.tree.xpath("//@id")) | frozenset(self.tree.xpath("//a/@name"))

    @cached_property
    def codes(self) -> frozenset[str]:
        """What stands on the page as code."""
        return frozenset("".join(one.itertext()) for one in self.tree.iter("code"))

    def at(self, address: str) -> str:
        """An address as the page means it, from the root of the site."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(self.address), unquote(address)))

    def loaded(self) -> Iterator[str]:
        """Everything that is fetched with the page."""
        for element in self.tree.iter(*LOADS, "link"):
            if element.tag == "link":
                if LINKED & set((element.get("rel") or "").split()):
                    yield element.get("href") or ""
            elif element.get(LOADS[element.tag]):
                yield element.get(LOADS[element.tag]).split()[0]


def pages(site: Path) -> dict[str, Page]:
    """The pages by their address."""
    found = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    return {address: Page(address, (site / address).read_text("utf-8")) for address in found}


def missing(wanted: Iterable[str], read: Mapping[str, Page]) -> list[str]:
    """What stands as code on no page."""
    told: frozenset[str] = frozenset().union(*(page.codes for page in read.values()))
    return sorted(set(wanted) - told)


def broken(site: Path, read: Mapping[str, Page]) -> list[str]:
    """Every link, anchor and picture that leads nowhere."""
    found = []
    for page in read.values():
        for address in {*page.tree.xpath("//a/@href"), *page.loaded()}:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            path, anchor = urldefrag(address)
            target = page.at(path.split("?")[0]) if path else page.address
            leads = not anchor or target not in read or unquote(anchor) in read[target].ids
            if not leads or not (site / target).is_file():
                found.append(f"{page.address}: {address}")
    return sorted(found)


def foreign(site: Path, read: Mapping[str, Page]) -> list[str]:
    """Everything that is loaded from another host, by a page or by a style sheet."""
    found = [
        f"{page.address}: {address}"
        for page in read.values()
        for address in page.loaded()
        if urlsplit(address).netloc or urlsplit(address).scheme not in ("", "data")
    ]
    found += [f"{page.address}: {one}" for page in read.values() for one in FOREIGN.findall(page.text)]
    for sheet in sorted(site.rglob("*.css")):
        found += [f"{sheet.relative_to(site)}: {one}" for one in FOREIGN.findall(sheet.read_text("utf-8"))]
    return found


def misshapen(read: Mapping[str, Page]) -> list[str]:
    """Pages without a title of their own, a language or exactly one first heading; pictures without words."""
    found = []
    titles: dict[str, str] = {}
    for page in read.values():
        title = "".join(page.tree.xpath("//head/title/text()")).strip()
        if not title or title in titles:
            found.append(f"{page.address}: title {title!r}")
        titles[title] = page.address
        if len(page.tree.xpath("//h1")) != 1:
            found.append(f"{page.address}: {len(page.tree.xpath('//h1'))} h1")
        if page.tree.get("lang") not in ("en", "es"):
            found.append(f"{page.address}: lang {page.tree.get('lang')!r}")
        found += [f"{page.address}: picture {src}" for src in page.tree.xpath("//img[not(@alt) or @alt='']/@src")]
    return found
