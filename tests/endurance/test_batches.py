"""A worker is killed in the middle of a batch: another one goes on, and every row is one fitting."""

import time
from pathlib import Path

import psutil
import pytest
from sqlalchemy import text

from tests.endurance.service import PATIENCE, Database, Service, found_clinic, serving
from tests.examples import request_of

ROWS = 240


@pytest.mark.hazard("H24", "H32")
def test_a_batch_survives_the_kill_of_every_worker(tmp_path: Path) -> None:
    clinic = found_clinic(Database("sqlite", tmp_path).url)
    asked = request_of("E1")
    rows = [asked | {"patient": asked["patient"] | {"reference": f"P-{number}"}} for number in range(ROWS)]
    with serving(clinic, tmp_path) as service:
        accepted = service.call("POST", "/api/v1/batches", rows)
        assert accepted.status == 202
        path = accepted.headers["Location"]
        done = until(service, path, 20)
        assert done < ROWS, "the batch was over before anything was killed"
        for worker in service.workers():
            worker.kill()
        assert until(service, path, ROWS) == ROWS
        results = service.call("GET", f"{path}/results?limit=1000", None).document["results"]
    assert [row["status"] for row in results] == [201] * ROWS
    with clinic.store.looking() as session:
        count = "SELECT count(*) FROM"
        assert session.execute(text(f"{count} fitting")).scalar_one() == ROWS
        assert session.execute(text(f"{count} patient")).scalar_one() == ROWS
    clinic.store.close()


def until(service: Service, path: str, wanted: int) -> int:
    """How many rows are done once it is as many; workers that are gone for a moment are waited for."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            done: int = service.call("GET", path).document["done"]
        except (OSError, psutil.Error):
            done = 0
        if done >= wanted:
            return done
        time.sleep(0.02)
    raise TimeoutError(path)
