"""How docs/security.md stands against OWASP ASVS 5.0, level 2: python -m docs.security_tests."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from docs.hazard_tests import every_test

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "security.md"
LIST = ROOT / "tests" / "asvs-5.0.0.csv"
LEVEL = 2
"""The level that the page answers for: its own requirements and those of the levels below."""
STATES = MET, NOT_MET, DOES_NOT_APPLY = "met", "not met", "does not apply"
ROW = re.compile(r"^\| (V\d[^|]*) \|(.*)\|$", re.MULTILINE)
TEST = re.compile(r"`(tests/[^`]+::[^`]+)`")
DOCUMENTED = re.compile(r"documented: \[[^\]]+\]\(([^)#]*)#([^)]+)\)")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Row:
    """What the page says of one requirement."""

    id: str
    level: str
    asked: str
    state: str
    why: str


def required(text: str) -> dict[str, int]:
    """The requirements of the list up to the level of the page, with their own level."""
    rows = [line.split(",") for line in text.splitlines() if line.startswith("V")]
    return {name: int(level) for name, level in rows if int(level) <= LEVEL}


def rows_of(page: str) -> Iterator[Row]:
    """The rows of the page in their order. Raises ValueError where one has too many or too few cells."""
    for name, rest in ROW.findall(page):
        cells = [cell.strip() for cell in rest.split("|")]
        if len(cells) != 4:
            raise ValueError(f"{name} has {len(cells) + 1} cells and not 5")
        yield Row(name.strip(), *cells)


def anchors(page: str) -> set[str]:
    """What links may lead to on a page: its headings, as they stand in addresses."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def faults(
    page: str, asked: Mapping[str, int], tests: Collection[str], pages: Mapping[str, Collection[str]]
) -> list[str]:
    """What is wrong with the page. ``pages`` holds the anchors of each page of docs, of this one under no name."""
    rows = list(rows_of(page))
    counted = Counter(row.id for row in rows)
    wrong = [f"{name} is missing" for name in asked if name not in counted]
    wrong += [f"{name} is not asked for" for name in counted if name not in asked]
    wrong += [f"{name} stands {times} times" for name, times in counted.items() if times > 1]
    for row in rows:
        wrong += [f"{row.id}: {fault}" for fault in _of_row(row, asked, tests, pages)]
    return wrong


def _of_row(
    row: Row, asked: Mapping[str, int], tests: Collection[str], pages: Mapping[str, Collection[str]]
) -> Iterator[str]:
    if row.level != str(asked.get(row.id, row.level)):
        yield f"its level is {asked[row.id]}"
    if not row.asked:
        yield "does not say what is asked"
    if row.state not in STATES:
        yield f"{row.state!r} is none of {', '.join(STATES)}"
    shown, documented = TEST.findall(row.why), DOCUMENTED.findall(row.why)
    if row.state == MET and not shown and not documented:
        yield "is met, and neither a test nor a section shows it"
    if row.state != MET and len(LINK.sub("", TEST.sub("", row.why)).split()) < FEWEST_WORDS:
        yield "has no reason"
    yield from (f"there is no {test}" for test in shown if test not in tests)
    for other, anchor in documented:
        if anchor not in pages.get(other, ()):
            yield f"there is no {other}#{anchor}"


def all_tests() -> set[str]:
    """Every test of the project by file and name."""
    return {name for name, _ in every_test(ROOT / "tests")}


def all_pages() -> dict[str, set[str]]:
    """The anchors of every page of docs, of the page itself under no name."""
    found = {path.name: anchors(path.read_text("utf-8")) for path in PAGE.parent.glob("*.md")}
    return found | {"": found[PAGE.name]}


def main() -> None:
    """Print how many requirements are met, chapter by chapter, and which are not and why."""
    rows = list(rows_of(PAGE.read_text("utf-8")))
    for chapter in dict.fromkeys(row.id.partition(".")[0] for row in rows):
        counted = Counter(row.state for row in rows if row.id.partition(".")[0] == chapter)
        print(f"{chapter:4}" + "".join(f"{counted[state]:5} {state}" for state in STATES))
    counted = Counter(row.state for row in rows)
    print("all " + "".join(f"{counted[state]:5} {state}" for state in STATES))
    for row in rows:
        if row.state == NOT_MET:
            print(f"\n{row.id} (level {row.level}) {row.asked}\n    {row.why}")


if __name__ == "__main__":
    main()
