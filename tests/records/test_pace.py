"""How fast systems may call REST: by key, by address without one; 429 says when to come again, and in its own shape."""

from dataclasses import replace
from timeit import timeit
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from afofit.app import create_app
from afofit.settings import from_environment
from afofit.store.rates import Pace
from tests.examples import request_of
from tests.records.conftest import Clinic

FITTINGS, PREVIEW = "/api/v1/fittings", "/api/v1/fittings/preview"


@pytest.fixture
def kind() -> str:
    """Calls are counted in memory: one database is enough."""
    return "sqlite"


def paced(app: Flask, **rates: str) -> FlaskClient:
    return create_app(replace(app.config["AFOFIT"], **rates)).test_client()


def refused(answer: Any) -> None:
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def test_each_key_has_a_pace_of_its_own(app: Flask, clinic: Clinic) -> None:
    client, one, other = paced(app, key_rate="3/minute"), clinic.key(), clinic.key()
    assert [client.get(FITTINGS, headers=one).status_code for _ in range(3)] == [200] * 3
    refused(client.get(FITTINGS, headers=one))
    assert client.get(FITTINGS, headers=other).status_code == 200
    # What is the same for everybody is not counted.
    assert client.get("/api/v1/measurements", headers=one).status_code == 200


def test_without_a_key_the_address_is_counted(app: Flask, clinic: Clinic) -> None:
    client, asked = paced(app, address_rate="2/minute"), request_of("E1")
    assert [client.post(PREVIEW, json=asked).status_code for _ in range(2)] == [200, 200]
    refused(client.post(PREVIEW, json=asked))
    refused(client.post(f"{PREVIEW}/sheet.pdf", json=asked))
    elsewhere = client.post(PREVIEW, json=asked, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200
    assert client.get(FITTINGS, headers=clinic.key()).status_code == 200
    # The form of people at a screen is none of it.
    assert client.get("/").status_code == 200


def test_guessing_keys_is_slow(app: Flask, clinic: Clinic) -> None:
    client = paced(app, address_rate="2/minute")
    wrong = {"Authorization": "Bearer afo_00000000_x"}
    assert [client.get(FITTINGS, headers=wrong).status_code for _ in range(2)] == [401, 401]
    refused(client.get(FITTINGS, headers=wrong))


def test_fhir_answers_in_its_own_shape(app: Flask) -> None:
    client = paced(app, address_rate="1/minute")
    client.post("/fhir/R4/$afo-fitting", json={})
    answer = client.post("/fhir/R4/$afo-fitting", json={})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_a_limit_can_be_turned_off_and_a_wrong_one_is_told(app: Flask) -> None:
    assert Pace("off").wait("x") == 0
    assert from_environment({"AFOFIT_KEY_RATE": "100/second"}).key_rate == "100/second"
    with pytest.raises(ValueError, match="often"):
        paced(app, key_rate="often")


def test_counting_costs_next_to_nothing() -> None:
    pace = Pace("1000000/second")
    # 3 µs on the machine it was written on; ten times as much is still nothing beside a request.
    assert min(timeit(lambda: pace.wait("key"), number=1000) / 1000 for _ in range(5)) < 50e-6
