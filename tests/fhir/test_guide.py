"""The commands of the guide for FHIR, run as they stand against a service."""

import json
import os
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from afofit.app import create_app
from afofit.fhir.codes import BASE
from afofit.fhir.published import published
from afofit.settings import Settings
from tests.api.test_guide import IN_THE_GUIDE, SHELL, section
from tests.fhir.outside import modelled
from tests.serving import serving

Json = dict[str, Any]
TITLE = "FHIR R4"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the commands were run, with a service beside it."""
    if not shutil.which("curl") or not shutil.which("python3"):
        pytest.skip("the commands need curl and python3")
    made = tmp_path_factory.mktemp("guide")
    script = "\n".join(SHELL.findall(section(TITLE)))
    assert script.count("curl ") == 2
    with serving(create_app(Settings(data=str(made / "var")))) as address:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script.replace(IN_THE_GUIDE, address)],
            cwd=made,
            env=os.environ,
            capture_output=True,
            timeout=60,
        )
    assert ran.returncode == 0, ran.stderr.decode() + ran.stdout.decode()[-500:]
    return made


def resources(folder: Path, name: str) -> tuple[Json, dict[str, list[Json]]]:
    bundle = json.loads((folder / name).read_bytes())
    found: dict[str, list[Json]] = {}
    for entry in bundle["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return bundle, found


def test_the_parameters_of_the_guide_give_a_collection_with_a_proposal_and_the_sheet(folder: Path) -> None:
    bundle, found = resources(folder, "bundle.json")
    assert bundle["type"] == "collection"
    assert list(modelled(bundle)) == []
    (proposal,) = found["DeviceRequest"]
    assert proposal["subject"] == {"reference": "Patient/123"}
    height = {one["code"]["coding"][0]["code"]: one for one in proposal["parameter"]}["proximal_trim_height_mm"]
    # With a peroneal nerve injury the edge is lowered: 0.085 · 455 = 38.7, held at 38 mm below the apex.
    assert height["valueQuantity"]["value"] == 455 - 38
    (sheet,) = found["DocumentReference"]
    assert b64decode(sheet["content"][0]["attachment"]["data"]).startswith(b"%PDF-")
    weight = next(one for one in found["Observation"] if one["code"]["coding"][0]["code"] == "29463-7")
    assert weight["valueQuantity"]["extension"][0]["valueQuantity"]["value"] == 180.8


def test_the_observations_of_the_guide_give_a_transaction(folder: Path) -> None:
    bundle, found = resources(folder, "transaction.json")
    assert bundle["type"] == "transaction"
    assert list(modelled(bundle)) == []
    assert len(found["DocumentReference"]) == 1
    assert {one["subject"]["reference"] for one in found["Observation"]} == {"Patient/123"}
    assert "DeviceRequest" not in found
    assert "no_engine_design" in [one["code"]["coding"][0]["code"] for one in found["DetectedIssue"]]


def test_what_the_guide_names_is_there() -> None:
    text = section(TITLE)
    named = {word for word in text.replace("`", " ").split() if word.startswith(f"{BASE}:")}
    assert named
    for address in named:
        *_, kind, name = address.strip(".,").split(":")
        assert name in published()[kind]
    for name in ("AFOFIT_SNOMED", "AFOFIT_DOCUMENT_TYPE"):
        assert name in text
        assert name.removeprefix("AFOFIT_").lower() in Settings.__dataclass_fields__
