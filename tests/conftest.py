"""What all tests share: the marker that ties a test to a hazard of the hazard log, and the databases."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from afofit.web import sign_in
from tests import databases, templates_once
from tests.chromium import chromium

__all__ = ["chromium"]

# A password costs a tenth of a second by design; hundreds of test people need not pay it. test_sign_in holds the cost
# of the product itself.
COST_OF_A_PASSWORD = dict(sign_in.HABITS)
sign_in.HABITS["PASSWORD_HASH_PASSLIB_OPTIONS"] = {"argon2__rounds": 1, "argon2__memory_cost": 64}

templates_once.install()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker ``hazard``, so that a misspelt one fails under strict markers."""
    config.addinivalue_line("markers", "hazard(id): the test shows the control of a hazard of the hazard log")


@pytest.fixture(scope="session")
def server() -> Iterator[databases.Server]:
    """A PostgreSQL server of this process, in a folder that no other test run clears away."""
    with tempfile.TemporaryDirectory(prefix="afofit-postgresql-") as folder, databases.server(Path(folder)) as made:
        yield made


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    databases.migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(params=databases.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database of the version of the program, on each kind in turn."""
    if kind == "sqlite":
        yield databases.sqlite_copy(request.getfixturevalue("sqlite_file"), tmp_path)
        return
    with request.getfixturevalue("server").database() as url:
        yield url
