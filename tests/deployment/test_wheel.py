"""A release is whole: the wheel alone serves, migrates an empty folder, counts over its workers, and stops in order."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from afofit.store import clinics, keys
from afofit.store.actors import person
from afofit.store.database import Store
from afofit.store.secrecy import Vault
from tests.deployment.wheel import PATIENCE, Served, build, command_of, free_port, serving
from tests.examples import request_of

ROOT = Path(__file__).parents[2]
ROWS = 300


TEXTS = (".po", ".mo", ".woff2", ".mako", ".md")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def served(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(unpacked, tmp_path_factory.mktemp("served")) as service:
        yield service


def test_everything_that_is_read_at_run_time_is_in_the_wheel(unpacked: Path) -> None:
    tracked = subprocess.run(["git", "ls-files", "afofit"], cwd=ROOT, capture_output=True, text=True, check=True)
    missing = [name for name in tracked.stdout.split() if not (unpacked / name).is_file() and (ROOT / name).is_file()]
    assert missing == []
    (names,) = unpacked.glob("*.dist-info/entry_points.txt")
    assert "afofit = afofit.command:main" in names.read_text()
    assert list(unpacked.glob("*.dist-info/**/LICENSE"))


def test_nothing_but_the_program_is_in_the_wheel(unpacked: Path) -> None:
    held = {path.relative_to(unpacked).parts for path in unpacked.rglob("*") if path.is_file()}
    strange = [parts for parts in held if parts[0] != "afofit" and not parts[0].endswith(".dist-info")]
    assert strange == []
    # What a start writes beside the modules is not of the wheel.
    kinds = {Path(*parts).suffix for parts in held if parts[0] == "afofit" and "__pycache__" not in parts}
    assert kinds <= {".py", ".typed", ".html", ".css", ".js", ".svg", ".toml", ".json", ".bin", ".ttf", ".txt", *TEXTS}
    assert not [parts for parts in held if {"tests", ".git", ".env", "var"} & set(parts)]


def test_the_pages_and_the_calculator_work_from_the_wheel(served: Served) -> None:
    status, _, page = served.ask("GET", "/")
    assert status == 200
    for sheet in re.findall(rb'href="(/static/[^"]+)"', page):
        assert served.ask("GET", sheet.decode())[0] == 200
    spanish = served.ask("GET", "/", Accept_Language="es")[2].decode()
    assert "Calcular" in spanish
    assert "Compute" not in spanish
    status, _, fitting = served.ask("POST", "/api/v1/fittings/preview", request_of("E1"))
    assert status == 200
    # E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm
    assert b"417" in fitting
    status, headers, sheet_pdf = served.ask("POST", "/api/v1/fittings/preview/sheet.pdf", request_of("E1"))
    assert (status, headers["Content-Type"], sheet_pdf[:5]) == (200, "application/pdf", b"%PDF-")
    assert served.ask("GET", "/api/v1/openapi.json")[0] == 200
    assert served.ask("GET", "/fhir/R4/metadata", Accept="application/fhir+json")[0] == 200


def test_an_empty_folder_is_migrated_before_the_first_request(served: Served) -> None:
    said = [json.loads(line) for line in served.log.read_text().splitlines()]
    at = [place for place, line in enumerate(said) if line["message"].startswith("the database was at version none")]
    workers = [place for place, line in enumerate(said) if line["message"].startswith("Booting worker")]
    assert len(at) == 1
    assert len(workers) == 2
    assert at[0] < workers[0]


def test_workers_count_together_and_log_no_address(served: Served) -> None:
    for _ in range(12):
        served.ask("GET", "/p/Zyxwvut?name=Zyxwvut")
    answers = [served.ask("GET", "/metrics")[2].decode() for _ in range(6)]
    for text in answers:
        families = {one.name: one for one in text_string_to_metric_families(text)}
        counted = [one for one in families["afofit_requests"].samples if one.labels["endpoint"] == "link.landing"]
        assert [one.value for one in counted] == [12]
    lines = [json.loads(line) for line in served.log.read_text().splitlines()]
    requests = [line for line in lines if line["logger"] == "afofit.requests"]
    answered = [line for line in requests if line["endpoint"] == "link.landing"]
    assert len(answered) == 12
    assert len({line["process"] for line in lines if line["logger"] == "afofit.requests"}) == 2
    assert "Zyxwvut" not in served.log.read_text()
    assert "/metrics" not in served.log.read_text()


def test_settings_that_cannot_be_used_stop_the_start_in_one_line(unpacked: Path, tmp_path: Path) -> None:
    cases = {
        ("AFOFIT_ENCRYPTION_KEYS", "abc"): "AFOFIT_ENCRYPTION_KEYS: a key is no Fernet key",
        ("AFOFIT_SECRET_KEY_FILE", "/no/such"): "AFOFIT_SECRET_KEY_FILE: /no/such cannot be read",
    }
    for (name, text), said in cases.items():
        environment = os.environ | {"PYTHONPATH": str(unpacked), "AFOFIT_DATA": str(tmp_path), name: text}
        command = command_of(free_port(), 1)
        ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE)
        assert ended.returncode != 0
        told = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
        assert len(told) == 1
        assert said in told[0]


def test_a_database_of_a_later_program_is_left_alone(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked), "AFOFIT_DATA": str(tmp_path)}
    with closing(sqlite3.connect(tmp_path / "afofit.db")) as file, file:
        file.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        file.execute("INSERT INTO alembic_version VALUES ('v9999')")
    command = command_of(free_port(), 1)
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode != 0
    assert "afofit does not start: The database is at version v9999, which a later program wrote" in ended.stderr


def test_a_stop_ends_the_request_in_hand_and_gives_the_batch_back(unpacked: Path, tmp_path: Path) -> None:
    with serving(unpacked, tmp_path, workers=1) as service:
        folder = tmp_path / "data"
        store = Store(f"sqlite:///{folder / 'afofit.db'}", Vault([(folder / "encryption.key").read_text().strip()]))
        key = _key(store)
        asked = request_of("E1")
        rows = [asked | {"patient": asked["patient"] | {"reference": f"P-{number}"}} for number in range(ROWS)]
        status, headers, _ = service.ask("POST", "/api/v1/batches", rows, Authorization=f"Bearer {key}")
        assert status == 202
        _until(service, headers["Location"], key)
        body = json.dumps(asked).encode()
        head = f"POST /api/v1/fittings/preview HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        with socket.create_connection(("127.0.0.1", service.port), timeout=PATIENCE) as client:
            client.sendall(f"{head}Content-Type: application/json\r\n\r\n".encode() + body)
            began = time.monotonic()
            code = service.stop()
            answer = b"".join(iter(lambda: client.recv(65536), b""))
        assert code == 0
        assert time.monotonic() - began < 15
        assert answer.startswith(b"HTTP/1.1 200")
    with closing(sqlite3.connect(folder / "afofit.db")) as file:
        (row,) = file.execute("SELECT held_until, finished_at FROM batch").fetchall()
        done = file.execute("SELECT count(*) FROM batch_item WHERE status IS NOT NULL").fetchone()[0]
        stored = file.execute("SELECT count(*) FROM fitting").fetchone()[0]
    store.close()
    assert row == (None, None), "nobody holds it, and it is not finished"
    assert 0 < done < ROWS
    assert stored == done, "rows in hand were noted before the worker went"


def _key(store: Store) -> str:
    maker = clinics.new_actor()
    with store.writing(maker) as desk:
        clinics.found(desk, "North", "030 1234")
        account = clinics.add(desk, email="o@clinic.example", name="Olga", roles=("orthotist",), password="none")  # noqa: S106
    with store.writing(person(maker.clinic_id, account, "Olga", orthotist=True, administrator=False)) as desk:
        return keys.make(desk, "EMR", tuple(keys.SCOPES), 30)


def _until(service: Served, path: str, key: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        said: Any = json.loads(service.ask("GET", path, Authorization=f"Bearer {key}")[2])
        if said["done"] > 0:
            return
        time.sleep(0.02)
    raise TimeoutError("the batch was not begun")


def test_the_command_of_the_wheel_says_what_it_can_do(unpacked: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(unpacked), "AFOFIT_DATA": str(tmp_path)}
    own = [sys.executable, "-c", "from afofit.command import main; main()", "database", "upgrade"]
    ended = subprocess.run(own, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.stdout.startswith("The database is at version")
