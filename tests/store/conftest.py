"""A migrated store on each database, and a way to make empty ones."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import pytest

from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key

Make = Callable[[], Store]


@pytest.fixture
def key() -> str:
    return new_encryption_key()


@pytest.fixture
def empty_store(kind: str, key: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Make]:
    """Makes stores without tables, all with the same key; what was made goes with the test."""
    with ExitStack() as made:

        def make() -> Store:
            url = f"sqlite:///{tmp_path}/{uuid4().hex}.db"
            if kind == "postgresql":
                url = made.enter_context(request.getfixturevalue("server").database(empty=True))
            store = Store(url, Vault([key]))
            made.callback(store.close)
            return store

        yield make


@pytest.fixture
def store(database: str, key: str) -> Iterator[Store]:
    made = Store(database, Vault([key]))
    yield made
    made.close()
