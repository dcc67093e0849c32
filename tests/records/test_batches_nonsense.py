"""Damaged rows and bodies, the same in every run: an outcome for each, never a fault of ours."""

import json
import random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.test_nonsense import DAMAGE, REQUESTS, damaged
from tests.records.conftest import Clinic
from tests.records.test_batches import BATCHES
from tests.schemas.test_table import cells_of, table

ROWS = 120
CELLS = [
    "",
    "x",
    "=1+1",
    "-6",
    "+8",
    "1,5",
    "1.000,5",
    "TRUE",
    "none|x",
    "|",
    "unknown",
    "9" * 40,
    "\x00",
    "٣",
    "a" * 300,
]


@pytest.fixture
def kind() -> str:
    """What is refused is refused before anything is stored: one database is enough."""
    return "sqlite"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def outcomes(client: FlaskClient, key: dict[str, str], body: str | bytes, form: str) -> list[dict[str, Any]]:
    answer = client.post(BATCHES, data=body, content_type=form, headers=key)
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.get_json()["results"]
    assert {row["status"] for row in rows} <= {201, 400, 409, 422}
    assert all(row["problem"]["errors"] for row in rows if row["status"] != 201)
    return rows


def test_damaged_requests_as_json_and_json_lines(client: FlaskClient, clinic: Clinic) -> None:
    chance = random.Random(6)  # noqa: S311
    rows = [chance.choice([damaged(chance), damaged(chance), chance.choice(DAMAGE)]) for _ in range(ROWS)]
    assert len(outcomes(client, clinic.key(), json.dumps(rows), "application/json")) == ROWS
    lines = [json.dumps(row) if chance.random() < 0.9 else json.dumps(row)[:-1] for row in rows]
    found = outcomes(client, clinic.key(), "\n".join(lines), "application/x-ndjson")
    assert len(found) == sum(bool(line.strip()) for line in lines)
    assert {row["status"] for row in found} >= {201, 400, 422}


def test_damaged_tables(client: FlaskClient, clinic: Clinic) -> None:
    chance = random.Random(7)  # noqa: S311
    whole = [cells_of(one) for one in REQUESTS]
    rows = []
    for _ in range(ROWS):
        cells = dict(chance.choice(whole))
        for name in chance.sample(sorted(cells), 3):
            cells[name] = chance.choice(CELLS)
        rows.append(cells)
    assert len(outcomes(client, clinic.key(), table(*rows), "text/csv")) == ROWS


def test_bodies_of_any_bytes(client: FlaskClient, clinic: Clinic) -> None:
    chance, key = random.Random(8), clinic.key()  # noqa: S311
    for _ in range(150):
        body = chance.randbytes(chance.randrange(60)) if chance.random() < 0.5 else _scrap(chance)
        form = chance.choice(
            ["text/csv", "application/json", "application/x-ndjson", "text/plain", "text/csv; charset=x"]
        )
        query = chance.choice(["", "?store=false", "?store=maybe"])
        answer = client.post(f"{BATCHES}{query}", data=body, content_type=form, headers=key)
        assert answer.status_code in (200, 400, 413, 415, 422), (body, form)


def _scrap(chance: random.Random) -> bytes:
    pieces = ["units.length", "patient.weight", ",", ";", "\n", "\r\n", '"', "mm", "[", "]", "{}", "{", "null", "1"]
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(20))).encode()
