"""Two processes that write at once wait for each other: nobody is told that the database is locked."""

import subprocess
import sys
from datetime import date
from pathlib import Path
from uuid import UUID

from afofit.store import checks, fittings
from afofit.store.actors import Actor
from afofit.store.database import Store
from afofit.store.patients import Identity
from afofit.store.secrecy import Vault
from tests.store.filled import found_clinic, keep

EACH = 150
ROOT = Path(__file__).parents[2]


def test_two_processes_write_at_once(store: Store, key: str) -> None:
    actor = found_clinic(store)
    keep(store, actor, Identity("first"))
    command = [sys.executable, "-m", "tests.store.test_writers", store.url, key, actor.clinic_id.hex]
    writers = [
        subprocess.Popen([*command, name], cwd=ROOT, stderr=subprocess.PIPE, text=True) for name in ("one", "two")
    ]
    said = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    report = checks.check(store)
    assert report.faults == []
    assert report.fittings == 2 * EACH + 1
    with store.reading(actor) as desk:
        assert len(fittings.listed(desk, limit=1000)) == 2 * EACH + 1


def write(url: str, key: str, clinic: str, name: str) -> None:
    """One process: half of its fittings are of patients who are new."""
    store = Store(url, Vault([key]))
    actor = Actor(clinic_id=UUID(clinic), label=f"account {name}", name=name)
    for number in range(EACH):
        keep(store, actor, Identity(f"{name} {number // 2}", birth_date=date(1960, 1, 1)), number)
    store.close()


if __name__ == "__main__":
    write(*sys.argv[1:])
