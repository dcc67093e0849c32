"""flask charts: what a file holds, and everything that is wrong with it."""

from pathlib import Path

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
