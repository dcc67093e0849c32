"""What holds for the whole tree: access of every route, floors, size of files, words of the project."""

import re
import subprocess
from pathlib import Path

import pytest

from afofit.access import access_of
from afofit.app import create_app
from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.plan import rules_of
from afofit.fitting.protocol import default
from afofit.fitting.vocabulary import DESIGNS, FOOTPLATES, GROUPS
from afofit.settings import Settings
from afofit.words.findings import TITLES
from docs.make_reference import PAGE, page

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "afofit").rglob("*.py"))


def test_every_route_declares_its_access() -> None:
    app = create_app(Settings())
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    assert len(rules) >= 7
    undeclared = [rule.rule for rule in rules if access_of(app.view_functions[rule.endpoint]) is None]
    assert undeclared == []


def test_a_route_without_access_is_found() -> None:
    app = create_app(Settings())
    app.add_url_rule("/open", view_func=lambda: "", endpoint="open")
    assert access_of(app.view_functions["open"]) is None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_is_longer_than_400_lines(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 400, f"{path.name} has {lines} lines: it asks to be two"


def test_codes_of_measurements_and_dimensions_count_up() -> None:
    assert [one.code for one in MEASUREMENTS] == [f"M{place:02d}" for place in range(1, len(MEASUREMENTS) + 1)]
    assert [one.code for one in DIMENSIONS] == [f"D{place:02d}" for place in range(1, len(DIMENSIONS) + 1)]
    assert len({one.letter for one in MEASUREMENTS}) == len(MEASUREMENTS)
    # I, L, O and R are mistaken for numbers and sides.
    assert not {one.letter for one in MEASUREMENTS} & set("ILOR")


@pytest.mark.parametrize("measurement", MEASUREMENTS, ids=lambda one: one.name)
def test_a_landmark_hint_is_at_most_eight_words(measurement: object) -> None:
    assert len(measurement.hint.split()) <= 8  # type: ignore[attr-defined]


def test_every_dimension_has_a_rule_and_every_rule_a_dimension() -> None:
    given = {"shell_thickness_mm"}
    for design, _ in DESIGNS:
        for footplate, _ in FOOTPLATES:
            for child in (True, False):
                rules = rules_of(design, footplate, child=child, swing=True, measured_base=child)
                given |= {rule.gives for rule in rules}
    assert given == {one.name for one in DIMENSIONS}


@pytest.mark.hazard("H19")
def test_every_number_of_the_protocol_lies_within_its_bounds_and_names_its_source() -> None:
    for parameter in default().parameters.values():
        assert parameter.source.text
        for case, value in parameter.values.items():
            low, high = parameter.bounds[case]
            assert low <= value <= high
            assert low * high >= 0, f"{parameter.name} may change its sign"


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_the_first_pages_are_there(page: str) -> None:
    assert (ROOT / page).read_text("utf-8").startswith("# ")


def test_the_reference_page_is_what_the_code_declares() -> None:
    written = page()
    assert PAGE.read_text("utf-8") == written, "run python -m docs.make_reference"
    for name in (*TITLES, *(field.name for fields in GROUPS.values() for field in fields)):
        assert f"`{name}`" in written


def test_the_project_speaks_of_itself_alone() -> None:
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    said = re.compile(r"\b(TODO|FIXME)\b|/(home|Users)/\w+")
    found = []
    for name in tracked.split("\0"):
        if name.endswith((".py", ".md", ".html", ".css", ".js", ".toml")) and name != "tests/test_architecture.py":
            path = ROOT / name
            if path.exists() and said.search(path.read_text("utf-8")):
                found.append(name)
    assert found == []
