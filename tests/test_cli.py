"""flask fit, as typed in a shell."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner

from afofit.app import create_app
from afofit.cli import as_text
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.settings import Settings
from tests.examples import request_of
from tests.fitting import people
from tests.fitting.people import TODAY


@pytest.fixture(scope="module")
def runner() -> FlaskCliRunner:
    return create_app(Settings()).test_cli_runner()


def test_prints_findings_and_dimensions_and_writes_the_sheet(runner: FlaskCliRunner, tmp_path: Path) -> None:
    source, sheet = tmp_path / "request.json", tmp_path / "out.pdf"
    source.write_text(json.dumps(request_of("E1")), encoding="utf-8")
    result = runner.invoke(args=["fit", str(source), "--sheet", str(sheet)])
    assert result.exit_code == 0, result.output
    assert "DRAFT, NOT APPROVED" in result.output
    assert "RIGHT LEG: Review" in result.output
    assert "nerve_crossing" in result.output
    row = next(line for line in result.output.splitlines() if "D02" in line)
    assert "417 mm" in row
    assert "± 6" in row
    assert sheet.read_bytes().startswith(b"%PDF-")


def test_a_changed_dimension_is_printed_with_what_was_computed() -> None:
    chosen = Override(
        side="right",
        dimension="proximal_trim_height_mm",
        chosen=410,
        reason="scar under the edge",
        by="Dr Anna Kowalczyk",
        at=datetime(2026, 11, 25, 10, 30, tzinfo=UTC),
    )
    lines = as_text(fit(people.request_of(request_of("E1")), today=TODAY, overrides=[chosen])).splitlines()
    place = next(place for place, line in enumerate(lines) if "D02" in line)
    assert "410 mm" in lines[place]
    told = "computed 417 mm; changed by Dr Anna Kowalczyk, 25 Nov 2026 10:30 UTC: scar under the edge"
    assert lines[place + 1].strip() == told


def test_reads_standard_input(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["fit", "-"], input=json.dumps(request_of("E3")))
    assert result.exit_code == 0
    assert "8° plantarflexed" in result.output
    assert "90°" not in next(line for line in result.output.splitlines() if "D22" in line)


def test_names_what_is_wrong_and_fails(runner: FlaskCliRunner) -> None:
    document = request_of("E1")
    document["limbs"]["right"]["heel_width"] = 7
    del document["patient"]["weight"]
    result = runner.invoke(args=["fit", "-"], input=json.dumps(document))
    assert result.exit_code == 2
    assert "/limbs/right/heel_width: Right leg, heel width: 7 mm is below 35 mm." in result.output
    assert "/patient/weight" in result.output


@pytest.mark.parametrize("text", ["", "{", "[1,", "[" * 100_000])
def test_what_is_no_json_is_said(runner: FlaskCliRunner, text: str) -> None:
    result = runner.invoke(args=["fit", "-"], input=text)
    assert result.exit_code == 2
    assert "JSON" in result.output
