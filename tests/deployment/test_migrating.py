"""One process migrates at a time: whoever comes meanwhile waits, and then finds it done."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from afofit.store import migrate
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key


@pytest.fixture
def empty(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'afofit.db'}"
        return
    with request.getfixturevalue("server").database(empty=True) as url:
        yield url


def test_who_comes_while_another_migrates_waits_and_finds_it_done(empty: str) -> None:
    first, second = (Store(empty, Vault([new_encryption_key()])) for _ in range(2))
    found: list[str | None] = []
    waiting = threading.Thread(target=lambda: found.append(migrate.upgrade(second)))
    with migrate._alone(first):
        waiting.start()
        waiting.join(0.4)
        assert waiting.is_alive(), "the second must wait for the first"
        assert migrate.version(first) is None
    waiting.join(30)
    assert found == [None]
    assert migrate.upgrade(first) == migrate.latest()
    for store in (first, second):
        store.close()


def test_a_lock_goes_with_the_process_that_held_it(empty: str) -> None:
    store = Store(empty, Vault([new_encryption_key()]))
    with pytest.raises(RuntimeError, match="broken off"), migrate._alone(store):
        raise RuntimeError("broken off")
    assert migrate.upgrade(store) is None
    store.close()
