"""The rules of our own that make check holds the program to: each with its examples, each exception with its reason."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "rules"
FILES = sorted(FOLDER.glob("*.yaml"))
RULES: dict[str, dict[str, Any]] = {
    rule["id"]: rule | {"file": path} for path in FILES for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]
}
LEFT_OUT = re.compile(r"nosemgrep(?:: *([\w-]+))?(.*)")
READ = [path for path in (ROOT / "afofit").rglob("*") if path.suffix in (".py", ".js", ".html")]


def examples(path: Path) -> str:
    """What is planted for the rules of a file, where semgrep looks for it."""
    return "".join(beside.read_text("utf-8") for beside in path.parent.glob(f"{path.stem}.*") if beside != path)


def unexplained(text: str) -> list[str]:
    """Where a rule is left out without its name and a reason."""
    found = LEFT_OUT.finditer(text)
    return [one[0] for one in found if one[1] not in RULES or not re.search(r"\w{3}", one[2])]


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_what_it_finds_and_what_it_leaves_alone(name: str) -> None:
    planted = examples(RULES[name]["file"])
    assert re.search(rf"\bruleid: {name}\b", planted)
    assert re.search(rf"\bok: {name}\b", planted)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_looks_where_there_is_something(name: str) -> None:
    paths = RULES[name]["paths"]
    for one in (*paths["include"], *paths.get("exclude", ())):
        assert (ROOT / one.lstrip("/")).exists(), one
    assert RULES[name]["severity"] == "ERROR"


def test_every_exception_names_its_rule_and_its_reason() -> None:
    found = {str(path.relative_to(ROOT)): unexplained(path.read_text("utf-8")) for path in READ}
    assert {path: ones for path, ones in found.items() if ones} == {}


def test_an_exception_without_a_reason_is_found() -> None:
    said = "# nosemgrep: sql-put-together  The words are those above.\n"
    assert unexplained(said) == []
    assert unexplained("# nosemgrep\n# nosemgrep: sql-put-together\n# nosemgrep: sql  Why not.\n") == [
        "nosemgrep",
        "nosemgrep: sql-put-together",
        "nosemgrep: sql  Why not.",
    ]
