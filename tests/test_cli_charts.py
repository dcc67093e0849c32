"""flask charts: what a file holds, and everything that is wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from afofit.app import create_app
from afofit.settings import Settings
from tests.fitting.test_chart_file import FIRST, GOOD, HEAD, SECOND


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return create_app(Settings(data=str(tmp_path)))


def test_a_good_file_is_told_back(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "chart.toml"
    file.write_text(GOOD, "utf-8")
    said = app.test_cli_runner().invoke(args=["charts", "check", str(file)])
    assert said.exit_code == 0
    assert "S: shoe size US men 5 to 8, foot length 229 mm to 254 mm" in said.output
    assert "M: shoe size US men 8 to 11, foot length 254 mm and above" in said.output
    assert "Weight limit: 113.4 kg" in said.output


def test_every_fault_is_said_with_line_and_column(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "chart.toml"
    file.write_text(GOOD.replace('grade = "D"', 'grade = "E"').replace("[5, 8]", "[8, 5]"), "utf-8")
    said = app.test_cli_runner().invoke(args=["charts", "check", str(file)])
    assert said.exit_code == 2
    assert said.stderr.splitlines() == [
        "Line 7, column 9: “grade” is E, not one of A, B, C, D. Choose one of them.",
        "Line 24, column 15: “shoe_us_men” is [8, 5]: the second end is not above the first. Correct it.",
    ]


def test_a_csv_file_and_one_that_is_no_text(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "charts.CSV"
    file.write_text("\n".join([HEAD, FIRST, SECOND]), "utf-8")
    run = app.test_cli_runner()
    assert "Nobody Invented, version 1: Solid" in run.invoke(args=["charts", "check", str(file)]).output
    file.write_bytes(b"maker\xff")
    said = run.invoke(args=["charts", "check", str(file)])
    assert (said.exit_code, said.stderr) == (2, "This file is not UTF-8: byte 6 cannot be read. Save it as UTF-8.\n")


PEOPLE = """side,foot_length_mm,weight_kg,name
left,240,80,Kim
right,254,80,Lee
right,400.5,80,Max
"""


def run(app: Flask, *arguments: object) -> Any:
    return app.test_cli_runner().invoke(args=["charts", *map(str, arguments)])


@pytest.fixture
def leaf(tmp_path: Path) -> Path:
    file = tmp_path / "chart.toml"
    file.write_text(GOOD, "utf-8")
    return file


@pytest.fixture
def people(tmp_path: Path) -> Path:
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE.replace("400.5", "200"), "utf-8")
    return file


def test_cover_says_which_share_is_served(app: Flask, tmp_path: Path, leaf: Path, people: Path) -> None:
    """GOOD: S takes feet of 9 to 10 in (228.6 to 254 mm), M of 254 mm and more, shoe sizes beside them not known."""
    said = run(app, "cover", leaf, "--people", people, "--picture", tmp_path / "cover.svg")
    assert said.exit_code == 0
    assert said.stderr == f"Picture written to {tmp_path / 'cover.svg'}\n"
    lines = [" ".join(line.split()) for line in said.stdout.splitlines()]
    assert lines[:4] == [
        "3 people, 1 chart",
        "served by at least one 2 (66.7 %)",
        "outside of every chart 1 (33.3 %)",
        "foot length: below every size 1 (33.3 %)",
    ]
    for line in (
        "size S 2 (66.7 %), 1 of them by another size too",
        "size M 1 (33.3 %), 1 of them by another size too",
        "not known: shoe size 3 (100 %)",
        "Columns read: side, foot_length_mm, weight_kg.",
        "Columns left out, because no chart goes by them: name.",
    ):
        assert line in lines
    assert (tmp_path / "cover.svg").read_text("utf-8").startswith("<svg ")
    assert "Kim" not in said.output


def test_cover_for_a_program(app: Flask, leaf: Path, people: Path) -> None:
    said = json.loads(run(app, "cover", leaf, "--people", people, "--json").stdout)
    assert (said["people"], said["served"], said["outside"], said["unknown"]) == (3, 2, 1, 0)
    assert said["why"] == [{"measure": "foot_length", "way": "small", "people": 1}]
    (chart,) = said["charts"]
    assert chart["sizes"][0] == {"code": "S", "side": None, "people": 2, "shared": 1}
    assert chart["statuses"]["partial"] == 2
    assert said["table"] == {
        "used": ["side", "foot_length_mm", "weight_kg"],
        "left_out": ["name"],
        "shoes_from_feet": False,
    }


def test_cover_of_the_charts_of_the_program_goes_by_shoe_sizes(app: Flask, people: Path) -> None:
    """240 mm: 240 / (25.4/3) - 22 = 6.35, US men 6.5; 254 mm: 8, on the border of Small and Medium; 200 mm: 2."""
    without = json.loads(run(app, "cover", "--people", people, "--json").stdout)
    assert (without["served"], without["unknown"]) == (0, 3)
    people.write_text(PEOPLE.replace("400.5", "230").replace("name", "age_years").replace("Kim", "46"), "utf-8")
    people.write_text(people.read_text().replace("Lee", "50").replace("Max", "50"), "utf-8")
    said = json.loads(run(app, "cover", "--people", people, "--json", "--shoes-from-feet").stdout)
    (classic,) = [one for one in said["charts"] if one["model"] == "XTERN CLASSIC+"]
    assert {one["code"]: one["people"] for one in classic["sizes"]} == {"Small": 3, "Medium": 1, "Large": 0}


def test_plan_says_which_sizes_to_keep(app: Flask, leaf: Path, people: Path) -> None:
    said = run(app, "plan", leaf, "--people", people, "--share", 60)
    assert said.exit_code == 0
    assert "1. Nobody Invented: size S: serves 2, adds 2, together 2 (66.7 %)" in said.stdout
    assert "No smaller set of sizes serves as many." in said.stdout
    assert "This is past demand, not a forecast." in said.stdout
    assert "foot length: below every size" in said.stdout
    document = json.loads(run(app, "plan", leaf, "--people", people, "--share", 100, "--json").stdout)
    assert (document["wanted"], document["reachable"], document["served"]) == (3, 2, 2)
    assert document["never_served"]["why"] == [{"measure": "foot_length", "way": "small", "people": 1}]


@pytest.mark.parametrize("command", [("cover",), ("plan", "--share", "90")])
def test_every_bad_cell_is_said_and_nothing_else(app: Flask, tmp_path: Path, leaf: Path, command: Any) -> None:
    bad = tmp_path / "people.csv"
    bad.write_text(PEOPLE.replace("left,240", "links,24O"), "utf-8")
    said = run(app, *command, leaf, "--people", bad)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.splitlines() == [
        "Line 2, column 1: “side” is links, not one of left, right. Correct it, or leave it empty: not known.",
        "Line 2, column 2: “foot_length” is 24O, not a number. Write it with digits and a point, or leave it empty.",
        "Line 4, column 2: “foot_length” is 400.5, read as 400.5 mm; possible is 90 to 380. Check number and unit.",
    ]
    bad.write_bytes(b"foot_length_mm\n26\xff\n")
    assert run(app, *command, leaf, "--people", bad).stderr.startswith("Line 2, column 1: This line is not UTF-8.")


def test_what_is_wrong_with_a_chart_or_an_option(app: Flask, leaf: Path, people: Path) -> None:
    leaf.write_text(GOOD.replace("[5, 8]", "[8, 5]"), "utf-8")
    said = run(app, "cover", leaf, "--people", people)
    assert (said.exit_code, said.stdout) == (2, "")
    assert said.stderr.startswith("Line 24, column 15: “shoe_us_men” is [8, 5]")
    assert run(app, "cover", "--people", people, "--brace-mm", 4).exit_code == 2
    assert run(app, "plan", "--people", people, "--share", 0).exit_code == 2
    assert run(app, "plan", "--people", people).exit_code == 2
    assert run(app, "cover").exit_code == 2
