"""The description of the REST service: complete, right by every validator, and good enough to make clients from."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import validate

from afofit.api.openapi import described_routes
from afofit.api.operations import OPERATIONS
from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from tests import databases, npm
from tests.records.conftest import found
from tests.serving import serving

# Hand calculation, contract R1 with the lowered edge: 455 - clamp(0.085 * 455, 20, 38) = 455 - 38
E1_TOP_MM = 417.0


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("openapi")
    url = f"sqlite:///{folder / 'afofit.db'}"
    databases.migrated(url)
    settings = Settings(
        data=str(folder), database_url=url, encryption_keys=new_encryption_key(), secret_key=new_token()
    )
    made = create_app(settings)
    yield made
    made.extensions["afofit_store"]().close()


@pytest.fixture(scope="module")
def key(app: Flask) -> str:
    return found(app, app.extensions["afofit_store"](), "North").key()["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    described: dict[str, Any] = json.loads(app.test_client().get("/api/v1/openapi.json").data)
    return described


@pytest.fixture(scope="module")
def file(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("described") / "openapi.json"
    path.write_text(json.dumps(document), "utf-8")
    return path


@pytest.fixture(scope="module")
def request_file(document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("request") / "request.json"
    path.write_text(json.dumps(document["components"]["examples"]["E1"]["value"]), "utf-8")
    return path


def test_every_route_is_described_and_nothing_else(app: Flask) -> None:
    assert {rule.endpoint for rule in described_routes(app)} == set(OPERATIONS)


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [one["operationId"] for item in document["paths"].values() for one in item.values() if "responses" in one]
    assert len(names) == len(set(names)) == len(OPERATIONS)


def test_every_component_is_used(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    unused = [
        f"{kind}/{name}"
        for kind, components in document["components"].items()
        if kind != "securitySchemes"
        for name in components
        if f'"#/components/{kind}/{name}"' not in text
    ]
    assert unused == []


def test_it_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_spectral_finds_nothing(file: Path) -> None:
    found = npm.run("spectral", "lint", "--ruleset", "spectral.yaml", "--fail-severity", "warn", file)
    assert found.returncode == 0, found.stdout


def test_redocly_finds_no_error(file: Path) -> None:
    found = npm.run("redocly", "lint", "--format", "json", file)
    said = json.loads(found.stdout[found.stdout.index("{") :])
    assert said["totals"]["errors"] == 0, said
    assert [one["ruleId"] for one in said["problems"] if one["ruleId"] != "operation-4xx-response"] == []


def test_the_linters_see_a_fault(document: dict[str, Any], tmp_path: Path) -> None:
    broken = json.loads(json.dumps(document))
    broken["paths"]["/fittings"]["post"]["responses"]["201"].pop("description")
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken), "utf-8")
    assert npm.run("spectral", "lint", "--ruleset", "spectral.yaml", path).returncode != 0
    assert npm.run("redocly", "lint", path).returncode != 0


def test_the_examples_run(app: Flask, key: str, document: dict[str, Any]) -> None:
    client = app.test_client()
    for name, example in document["components"]["examples"].items():
        assert client.post("/api/v1/fittings/preview", json=example["value"]).status_code == 200, name
        stored = client.post("/api/v1/fittings", json=example["value"], headers={"Authorization": f"Bearer {key}"})
        assert stored.status_code == 201, (name, stored.text)


def test_the_description_is_not_sent_twice(app: Flask) -> None:
    client = app.test_client()
    first = client.get("/api/v1/openapi.json")
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_without_the_calculator_a_preview_needs_a_key(tmp_path: Path) -> None:
    closed = create_app(Settings(data=str(tmp_path), calculator=False)).test_client()
    preview = closed.get("/api/v1/openapi.json").get_json(force=True)["paths"]["/fittings/preview"]["post"]
    assert preview["security"] == [{"key": []}, {"backend": []}]
    assert "401" in preview["responses"]
    assert closed.post("/api/v1/fittings/preview", json={}).status_code == 401


def test_a_person_can_read_it(app: Flask, document: dict[str, Any]) -> None:
    page = app.test_client().get("/api/v1/").text
    for item in document["paths"].values():
        for one in item.values():
            if "responses" in one:
                assert f'id="{one["operationId"]}"' in page
    for name in document["components"]["schemas"]:
        assert f'id="{name}"' in page


def test_a_python_client_made_from_it_makes_a_fitting(
    app: Flask, key: str, file: Path, request_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "config.yml"
    settings.write_text("content_type_overrides:\n  application/pdf: application/octet-stream\npost_hooks: []\n")
    made = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "openapi_python_client",
                "generate",
                "--path",
                str(file),
                "--config",
                str(settings),
            ),
            *("--output-path", str(tmp_path / "afofit_client"), "--meta", "none"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    # The maker of clients knows no text/csv; a batch goes as JSON then.
    warned = [line for line in made.stdout.splitlines() if line.startswith("WARNING")]
    assert [line for line in warned if "/batches" not in line] == []
    compiled = subprocess.run([sys.executable, "-m", "compileall", "-q", str(tmp_path / "afofit_client")], check=False)
    assert compiled.returncode == 0
    monkeypatch.syspath_prepend(str(tmp_path))
    package = importlib.import_module("afofit_client")
    create = importlib.import_module("afofit_client.api.fittings.create_fitting")
    printed = importlib.import_module("afofit_client.api.fittings.get_fitting_document")
    kinds = importlib.import_module("afofit_client.models")
    body = kinds.FittingRequest.from_dict(json.loads(request_file.read_text("utf-8")))
    with serving(app) as address, package.AuthenticatedClient(base_url=f"{address}/api/v1", token=key) as client:
        stored = create.sync(client=client, body=body)
        pdf = printed.sync(stored.id, kinds.GetFittingDocumentKind.SHEET, client=client)
    values = {one.name.value: one.value for one in stored.limbs.right.dimensions}
    assert values["proximal_trim_height_mm"] == pytest.approx(E1_TOP_MM, abs=1e-9)
    assert pdf.payload.read().startswith(b"%PDF-")


def test_a_typescript_client_made_from_it_makes_a_fitting(
    app: Flask, key: str, file: Path, request_file: Path, tmp_path: Path
) -> None:
    types = npm.run("openapi-typescript", file, "--output", tmp_path / "afofit.d.ts")
    assert types.returncode == 0, types.stderr
    (tmp_path / "client.ts").write_text((npm.FOLDER / "client.ts").read_text("utf-8"), "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    compiled = npm.run(
        *("tsc", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "nodenext"),
        *("--lib", "es2022,dom", "--types", "node", "--typeRoots", npm.FOLDER / "node_modules" / "@types"),
        tmp_path / "client.ts",
    )
    assert compiled.returncode == 0, compiled.stdout
    with serving(app) as address:
        said = npm.run("node", tmp_path / "client.js", address, key, request_file)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["proximal_trim_height_mm"] == pytest.approx(E1_TOP_MM, abs=1e-9)
