"""The validation page held against the repository: its tests, commands and counts are there, each figure is whole."""

import re
from math import prod
from pathlib import Path

from tests.examples import EXAMPLES, STORIES
from tests.fitting.test_design_decision import CHILD_LINES, LINES
from tests.fitting.test_design_product import SPASTICITY, choices
from tests.fitting.test_findings import BORDERS
from tests.fitting.test_golden import STORY_LEGS, flat
from tests.fitting.test_real_adults import EVERYONE
from tests.fitting.test_rules import RULES

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
CODE = re.compile(r"`([^`]+)`")
PATH = re.compile(r"(?:tests|bench|docs|afofit)/[\w/.-]+\.\w+")
MAKE = re.compile(r"make ([a-z-]+)((?: [A-Z_]+=\S+)*)")
MODULE = re.compile(r"python -m ((?:bench|tests|docs)[\w.]*)")
DATE = re.compile(r"2\d{3}-\d{2}-\d{2}")
FIGURES = ("figure", "reach", "measured", "holds", "when", "command")


def wrong(page: str) -> list[str]:
    """What the page names and the repository does not have."""
    found = []
    for code in CODE.findall(page):
        found += [path for path in PATH.findall(code) if not (ROOT / path).is_file()]
        for target, variables in MAKE.findall(code):
            if not re.search(rf"^{target}:", MAKEFILE, re.MULTILINE):
                found.append(f"make {target}")
            named = re.findall(r"([A-Z_]+)=", variables)
            found += [f"{name} of make {target}" for name in named if f"$({name})" not in MAKEFILE]
        found += [module for module in MODULE.findall(code) if not _is_module(module)]
    return found


def _is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()


def figures(page: str) -> list[dict[str, str]]:
    """The rows of the table of figures."""
    lines = page.split("\n## What was measured")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head = next(place for place, row in enumerate(rows) if tuple(row) == FIGURES)
    table = rows[head + 2 :]
    return [dict(zip(FIGURES, row, strict=True)) for row in table if len(row) == len(FIGURES)]


def test_every_test_and_command_that_is_named_is_there() -> None:
    page = PAGE.read_text("utf-8")
    assert wrong(page) == []
    assert len(PATH.findall(page)) > 30


def test_what_is_not_there_is_found() -> None:
    page = "`tests/no_such.py` `make no-such` `make load SIZES=3` `python -m bench.nothing` `make load USERS=3`"
    assert wrong(page) == ["tests/no_such.py", "make no-such", "SIZES of make load", "bench.nothing"]


def test_each_figure_has_its_value_its_day_and_its_command() -> None:
    rows = figures(PAGE.read_text("utf-8"))
    assert len(rows) >= 15
    for row in rows:
        assert all(row.values()), row
        assert row["holds"] in ("yes", "**no**", "no reach set"), row
        assert DATE.search(row["when"]), row
        assert any(MAKE.search(code) or MODULE.search(code) for code in CODE.findall(row["command"])), row
        assert re.search(r"\d", row["measured"]), row


def test_how_much_was_checked_is_how_much_there_is() -> None:
    page = PAGE.read_text("utf-8")
    numbers = sum(len(one["expected"]["dimensions"]) + len(flat(one["expected"]["shoe"])) for one in EXAMPLES)
    wanted = [story["expect"][side] for story, side in STORY_LEGS]
    told = sum(len(one["findings_include"]) + len(one["findings_exclude"]) for one in wanted)
    dimensions = sum(len(one["dimensions"]) for one in wanted)
    pictures = sum(prod(map(len, choices(grade).values())) for grade in SPASTICITY)
    for said in (
        f"{len(EXAMPLES)} requests, {numbers} numbers",
        f"{len(STORIES)} patients, {len(STORY_LEGS)} legs, {told} findings, {dimensions} numbers",
        f"{pictures:,} pictures",
        f"{len(LINES) + len(CHILD_LINES)} cases on and beside each line",
        f"all {len(RULES)} rules",
        f"{len(BORDERS)} borders",
        f"{EVERYONE:,} people",
    ):
        assert said in page, said
