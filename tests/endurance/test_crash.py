"""The short form of the crash run, and two workers that write at once without being told that they are in the way."""

import threading
from pathlib import Path
from uuid import uuid4

import pytest

from tests.endurance.crash import FITTINGS, asked, crash
from tests.endurance.service import KINDS, Database, Service, found_clinic, serving

EACH = 50


@pytest.mark.hazard("H24")
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_acknowledged_is_lost(kind: str) -> None:
    outcome = crash(kind, kills=2, server_kills=1)
    assert outcome.ledger.faults == []
    assert outcome.lost == 0
    assert len(outcome.ledger.fittings) >= 2


def test_two_processes_write_at_once_over_http(tmp_path: Path) -> None:
    database = Database("sqlite", tmp_path)
    clinic = found_clinic(database.url)
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    answered: list[int] = []

    def post(service: Service, name: str) -> None:
        for number in range(EACH):
            made = service.call("POST", FITTINGS, asked(f"{name}-{number // 2}"), Idempotency_Key=uuid4().hex)
            answered.append(made.status)

    with serving(clinic, tmp_path / "one", workers=1) as one, serving(clinic, tmp_path / "two", workers=1) as two:
        threads = [threading.Thread(target=post, args=given) for given in ((one, "one"), (two, "two"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    clinic.store.close()
    database.close()
    assert answered == [201] * (2 * EACH)
