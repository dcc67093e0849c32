"""Every operation of the REST service, called with what its description allows and forbids, with every check."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import pytest
from flask import Flask

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from tests import databases
from tests.examples import request_of
from tests.records.conftest import found
from tests.serving import serving

ROOT = Path(__file__).parents[2]
SEED = "20261128"
ONE_BODY = ("createFitting", "reviseFitting", "previewDocument", "previewSummary")
"""Operations whose body is that of previewFitting; what is wrong with a body is tried there."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("operations")
    url = f"sqlite:///{folder / 'afofit.db'}"
    databases.migrated(url)
    settings = Settings(
        data=str(folder),
        database_url=url,
        encryption_keys=new_encryption_key(),
        secret_key=new_token(),
        key_rate="off",
        address_rate="off",
    )
    made = create_app(settings)
    yield made
    made.extensions["afofit_store"]().close()


@pytest.fixture(scope="module")
def key(app: Flask) -> str:
    return found(app, app.extensions["afofit_store"](), "North").key()["Authorization"]


@pytest.fixture(scope="module")
def config(app: Flask, key: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of the project, and the id of a fitting that is there: no made-up id would be met."""
    headers = {"Authorization": key}
    stored = app.test_client().post("/api/v1/fittings", json=request_of("E1"), headers=headers).get_json()
    path = tmp_path_factory.mktemp("config") / "schemathesis.toml"
    parameters = f'[parameters]\n"path.fitting_id" = "{stored["id"]}"\n"path.chart_id" = "turbomed-xtern-summit"\n'
    path.write_text((ROOT / "schemathesis.toml").read_text("utf-8") + parameters, "utf-8")
    return path


def checked(address: str, key: str, config: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """What is said of every operation of a running service."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
            *(f"{address}/api/v1/openapi.json", "--header", f"Authorization: {key}"),
            *("--checks", "all", "--seed", SEED, "--no-color", "--generation-database", "none"),
            *options,
        ],
        cwd=gettempdir(),
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_edge_of_the_description_holds(app: Flask, key: str, config: Path) -> None:
    once = [word for name in ONE_BODY for word in ("--exclude-operation-id", name)]
    with serving(app) as address:
        said = checked(address, key, config, "--phases", "coverage", *once)
    assert said.returncode == 0, said.stdout + said.stderr


def test_what_is_made_at_random_is_answered_as_described(app: Flask, key: str) -> None:
    with serving(app) as address:
        said = checked(
            address, key, ROOT / "schemathesis.toml", "--phases", "examples,fuzzing,stateful", "--max-examples", "8"
        )
    assert said.returncode == 0, said.stdout + said.stderr


def test_a_service_that_does_otherwise_is_found_out(app: Flask, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.view_functions, "api.measurements", app.view_functions["watch.alive"])
    with serving(app) as address:
        said = checked(
            *(address, key, ROOT / "schemathesis.toml"),
            *("--phases", "fuzzing", "--max-examples", "1", "--include-operation-id", "getDeclarations"),
        )
    assert said.returncode == 1
    assert "schema" in said.stdout
