"""The commands of the guide for integrators, run as they stand against a service."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from afofit.app import create_app
from afofit.fitting.chart_file import built_in
from afofit.settings import Settings
from tests.records.conftest import found
from tests.serving import serving

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "emr.md").read_text("utf-8")
RUN = ("Five minutes with curl", "Batches", "Size charts", "CDS Hooks", "HL7 v2")
"""Sections whose commands are run, one after the other in one shell."""
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_THE_GUIDE = "http://127.0.0.1:8000"


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


@pytest.fixture
def folder(tmp_path: Path, sqlite_file: Path) -> Iterator[Path]:
    """A folder as afofit's own, with a service beside it; the commands were run there."""
    if not (ROOT / ".venv").exists() or not shutil.which("curl"):
        pytest.skip("the commands need .venv and curl")
    data = tmp_path / "var"
    data.mkdir()
    shutil.copy(sqlite_file, data / "afofit.db")
    app = create_app(Settings(data=str(data)))
    store = app.extensions["afofit_store"]()
    clinic = found(app, store, "Guide")
    for name in (".venv", "wsgi.py"):
        (tmp_path / name).symlink_to(ROOT / name)
    with store.looking() as session:
        email = session.execute(text("SELECT email FROM account WHERE name LIKE 'Olga%'")).scalar_one()
    commands = "\n".join(block for title in RUN for block in SHELL.findall(section(title)))
    assert commands.count("call ") > 10
    with serving(app) as address:
        script = commands.replace(IN_THE_GUIDE, address).replace("olga@clinic.example", email)
        environment = {**os.environ, "AFOFIT_DATA": str(data), "PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment, capture_output=True, timeout=120
        )
    assert ran.returncode == 0, ran.stderr.decode() + ran.stdout.decode()[-500:]
    assert b"DRAFT, NOT APPROVED" in ran.stdout
    yield tmp_path
    app.extensions["afofit_batches"].stop()
    clinic.store.close()


def test_the_commands_do_what_the_guide_says(folder: Path) -> None:
    fitting = json.loads((folder / "fitting.json").read_bytes())
    assert fitting["state"] == "approved"
    preview = json.loads((folder / "preview.json").read_bytes())
    assert preview["limbs"] == fitting["limbs"]
    for name in ("sheet.pdf", "patient.pdf"):
        assert (folder / name).read_bytes().startswith(b"%PDF-")
    note = (folder / "note.txt").read_text("utf-8")
    assert "approved by Olga of Guide" in note
    assert "D02 Top edge, sides: 417 mm, outside 421 mm" in note
    assert (folder / "note.rtf").read_bytes().startswith(rb"{\rtf1")
    assert (folder / "message.hl7").read_bytes().startswith(b"MSH|^~\\&|AFOFIT|Guide^")
    for name in ("batch.json", "table.json"):
        batch = json.loads((folder / name).read_bytes())
        assert [row["status"] for row in batch["results"]] == [201, 422], name
    table = json.loads((folder / "table.json").read_bytes())["results"][1]["problem"]["errors"]
    assert {one["pointer"] for one in table} >= {"/patient/weight", "/limbs/right/foot_length"}
    rows = (folder / "results.csv").read_text("utf-8").splitlines()
    assert rows[0] == "row,status,id,fitting,problems"
    assert rows[1].startswith("1,201,")
    assert len(json.loads((folder / "charts.json").read_bytes())["charts"]) == len(built_in())
    (kept,) = json.loads((folder / "kept.json").read_bytes())["charts"]
    assert (kept["revision"], kept["in_use"], kept["chart"]["version"]) == (1, True, "checked with the maker")


def test_every_section_is_in_the_table_of_contents() -> None:
    titles = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    linked = re.findall(r"^- \[(.+)\]\(#(.+)\)$", GUIDE, re.MULTILINE)
    assert [title for title, _ in linked] == titles
    for title, anchor in linked:
        assert anchor == re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
