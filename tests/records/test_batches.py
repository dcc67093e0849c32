"""Batches over REST on both databases: every row its outcome, nothing twice, nothing in the clear, far ones later."""

import csv
import io
import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from afofit import records
from afofit.api import batch_answers, batch_routes
from afofit.app import create_app
from afofit.batches import work
from afofit.batches.queue import JsonMessages, Queue
from afofit.store import batches
from tests.examples import request_of
from tests.records.conftest import Clinic
from tests.schemas.test_table import cells_of, table

Json = dict[str, Any]
BATCHES = "/api/v1/batches"
PATIENCE = 60.0


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def asked() -> Json:
    return request_of("E1")


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch, app: Flask) -> Queue:
    """The queue of the service, on which nobody works until the test does."""
    queue: Queue = app.extensions["afofit_batches"]
    monkeypatch.setattr(queue, "start", lambda: None)
    return queue


def of(asked: Json, *references: str) -> list[Json]:
    return [asked | {"patient": asked["patient"] | {"reference": one}} for one in references]


def numbered(asked: Json, count: int) -> list[Json]:
    return of(asked, *(f"P-{number}" for number in range(count)))


def fittings(clinic: Clinic) -> int:
    with clinic.store.looking() as session:
        return int(session.execute(text("SELECT count(*) FROM fitting")).scalar_one())


def finished(client: FlaskClient, key: dict[str, str], path: str) -> Json:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        state: Json = client.get(path, headers=key).get_json()
        if state["state"] in ("finished", "cancelled"):
            return state
        time.sleep(0.05)
    raise TimeoutError(str(state))


def test_each_form_of_a_body_gives_a_fitting_a_row(client: FlaskClient, clinic: Clinic, asked: Json) -> None:
    key = clinic.key()
    rows = of(asked, "A-1", "A-2")
    bodies = {
        "application/json": json.dumps(rows),
        "application/x-ndjson": "\n".join(map(json.dumps, rows)),
        "text/csv; charset=utf-8": table(*map(cells_of, rows)),
    }
    for form, body in bodies.items():
        answer = client.post(BATCHES, data=body, content_type=form, headers=key)
        assert answer.status_code == 200, answer.text
        batch = answer.get_json()
        assert (batch["state"], batch["total"], batch["done"], batch["failed"]) == ("finished", 2, 2, 0)
        assert [row["row"] for row in batch["results"]] == [1, 2]
        for row, sent in zip(batch["results"], rows, strict=True):
            assert row["status"] == 201
            record = client.get(row["links"]["self"], headers=key).get_json()
            assert record["id"] == row["id"]
            assert record["inputs"]["normalised"]["patient"]["reference"] == sent["patient"]["reference"]
            assert client.get(row["links"]["summary"], headers=key).text.startswith("DRAFT")
        again = client.get(answer.headers["Location"], headers=key).get_json()
        assert again == {name: value for name, value in batch.items() if name != "results"}
    assert fittings(clinic) == 6


@pytest.mark.hazard("H32")
def test_a_bad_row_stops_no_other_and_says_everything_that_is_wrong(
    client: FlaskClient, clinic: Clinic, asked: Json
) -> None:
    key = clinic.key()
    good, bad = cells_of(of(asked, "A-1")[0]), cells_of(of(asked, "A-2")[0])
    bad |= {"patient.weight": "900", "limbs.right.foot_length": "=cmd|'/c calc'!A1"}
    other = good | {"patient.birth_date": "1970-01-01", "patient.age_years": ""}
    clash = other | {"patient.birth_date": "1970-01-02"}
    body = table(good, bad, {}, other, clash)
    answer = client.post(BATCHES, data=body, content_type="text/csv", headers=key).get_json()
    assert (answer["total"], answer["done"], answer["failed"]) == (4, 4, 2)
    assert [(row["row"], row["status"]) for row in answer["results"]] == [(1, 201), (2, 422), (4, 201), (5, 409)]
    problem = answer["results"][1]["problem"]
    assert problem["type"] == "urn:afofit:problem:refused"
    assert {one["pointer"] for one in problem["errors"]} == {"/patient/weight", "/limbs/right/foot_length"}
    assert answer["results"][3]["problem"]["errors"][0]["pointer"] == "/patient/birth_date"
    results = answer["links"]["results"]
    lines = client.get(results, headers=key | {"Accept": "application/x-ndjson"})
    assert [json.loads(line) for line in lines.text.splitlines()] == answer["results"]
    sheet = client.get(results, headers=key | {"Accept": "text/csv"})
    read = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [row["status"] for row in read] == ["201", "422", "201", "409"]
    assert read[0]["fitting"].endswith(read[0]["id"])
    assert "/patient/weight: " in read[1]["problems"]
    assert client.get(results, headers=key | {"Accept": "text/html"}).status_code == 406


def test_a_cell_that_a_spreadsheet_would_compute_is_shown_as_text() -> None:
    for cell in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert batch_answers.harmless(cell) == f"'{cell}"
    assert batch_answers.harmless("/patient: x") == "/patient: x"


@pytest.mark.hazard("H32")
def test_a_second_try_makes_no_double(client: FlaskClient, clinic: Clinic, asked: Json) -> None:
    key = clinic.key() | {"Idempotency-Key": "monday"}
    body = json.dumps([*of(asked, "A-1", "A-2"), {}])
    first = client.post(BATCHES, data=body, content_type="application/json", headers=key)
    second = client.post(BATCHES, data=body, content_type="application/json", headers=key)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert first.get_json() == second.get_json()
    assert fittings(clinic) == 2
    other = client.post(BATCHES, json=of(asked, "A-3"), headers=key)
    assert other.status_code in (409, 422)
    assert "Idempotency-Key" in other.text
    without = client.post(BATCHES, data=body, content_type="application/json", headers=clinic.key())
    assert without.get_json()["done"] == 3
    assert fittings(clinic) == 4


@pytest.mark.hazard("H32")
def test_a_batch_that_was_broken_off_goes_on_where_it_was(
    client: FlaskClient, clinic: Clinic, asked: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies after fittings were stored and before it is written what came of their rows."""
    monkeypatch.setattr(work, "AT_ONCE", 3)
    key = clinic.key() | {"Idempotency-Key": "monday"}
    noted = batches.note
    calls = 0

    def dies(*arguments: Any) -> bool:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return noted(*arguments)

    monkeypatch.setattr(batches, "note", dies)
    with pytest.raises(KeyboardInterrupt):
        client.post(BATCHES, json=numbered(asked, 8), headers=key)
    monkeypatch.setattr(batches, "note", noted)
    assert fittings(clinic) == 6
    answer = client.post(BATCHES, json=numbered(asked, 8), headers=key)
    assert answer.status_code == 200, answer.text
    assert {row["status"] for row in answer.get_json()["results"]} == {201}
    assert fittings(clinic) == 8


def test_while_one_try_is_worked_on_another_is_told_so(client: FlaskClient, clinic: Clinic, asked: Json) -> None:
    key = clinic.key() | {"Idempotency-Key": "monday"}
    first = client.post(BATCHES, json=of(asked, "A-1"), headers=key)
    with clinic.store.system() as session:
        session.execute(text("UPDATE batch SET finished_at = NULL"))
        session.execute(text("UPDATE batch_item SET status = NULL"))
    assert batches.hold(clinic.store, clinic.orthotist.clinic_id, UUID(first.get_json()["id"]), "x")
    second = client.post(BATCHES, json=of(asked, "A-1"), headers=key)
    assert second.status_code == 409
    assert "being worked on" in second.text


def test_more_than_200_rows_are_worked_on_later(client: FlaskClient, clinic: Clinic, asked: Json) -> None:
    key = clinic.key()
    rows = [*numbered(asked, 204), {"units": {}}]
    answer = client.post(BATCHES, json=rows, headers=key)
    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "respond-async"
    assert int(answer.headers["Retry-After"]) > 0
    path = answer.headers["Location"]
    assert path == answer.get_json()["links"]["self"]
    state = finished(client, key, path)
    assert (state["total"], state["done"], state["failed"]) == (205, 205, 1)
    page, seen = f"{path}/results?limit=100", []
    while page:
        got = client.get(page, headers=key)
        seen += got.get_json()["results"]
        page = got.headers.get("Link", "").partition(">")[0].lstrip("<")
    assert [row["row"] for row in seen] == list(range(1, 206))
    assert [row["status"] for row in seen] == [201] * 204 + [422]
    assert len({row["id"] for row in seen[:204]}) == fittings(clinic) == 204
    whole = client.get(f"{path}/results", headers=key | {"Accept": "text/csv"})
    assert whole.text.count("\n") >= 206


def test_who_asks_not_to_wait_is_answered_at_once(
    client: FlaskClient, clinic: Clinic, asked: Json, waiting: Queue
) -> None:
    key = clinic.key()
    answer = client.post(BATCHES, json=of(asked, "A-1", "A-2"), headers=key | {"Prefer": "wait=1, respond-async"})
    assert (answer.status_code, answer.get_json()["state"], answer.get_json()["done"]) == (202, "waiting", 0)
    path = answer.headers["Location"]
    assert client.get(f"{path}/results", headers=key).get_json()["results"] == []
    assert fittings(clinic) == 0
    # Nobody worked on the message: what waits too long is sent again, and found by whoever works.
    waiting.look(datetime.now(UTC) + timedelta(minutes=1))
    assert waiting._huey.pending_count() == 2
    task = waiting._huey.dequeue()
    waiting._huey.execute(task)
    assert finished(client, key, path)["done"] == 2
    waiting._huey.execute(waiting._huey.dequeue())
    assert fittings(clinic) == 2


def test_a_batch_can_be_stopped(
    client: FlaskClient, clinic: Clinic, asked: Json, waiting: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = clinic.key() | {"Prefer": "respond-async"}
    path = client.post(BATCHES, json=numbered(asked, 9), headers=key).headers["Location"]
    monkeypatch.setattr(work, "AT_ONCE", 2)
    taken = records.take

    def cancels(*arguments: Any, **more: Any) -> Any:
        if fittings(clinic) == 4:
            assert client.delete(path, headers=key).get_json()["state"] == "cancelled"
        return taken(*arguments, **more)

    monkeypatch.setattr(records, "take", cancels)
    waiting._huey.execute(waiting._huey.dequeue())
    state = client.get(path, headers=key).get_json()
    # What was in hand is noted, the rest is gone.
    assert (state["state"], state["done"], fittings(clinic)) == ("cancelled", 6, 6)
    with clinic.store.looking() as session:
        assert session.execute(text("SELECT count(given) FROM batch_item")).scalar_one() == 0
    assert client.delete(path, headers=key).status_code == 200
    done = client.post(BATCHES, json=of(asked, "B-1"), headers=clinic.key()).headers["Location"]
    assert client.delete(done, headers=clinic.key()).status_code == 409


def test_nothing_of_a_patient_stands_in_the_clear_and_what_is_done_is_gone(
    client: FlaskClient, clinic: Clinic, asked: Json, waiting: Queue, app: Flask
) -> None:
    key = clinic.key() | {"Prefer": "respond-async"}
    named = asked | {"patient": asked["patient"] | {"name": "Kim Doe", "reference": "A-1027"}}
    bad = named | {"patient": named["patient"] | {"birth_date": "Kim Doe"}}
    client.post(BATCHES, json=[named, bad], headers=key)

    def kept() -> str:
        with clinic.store.looking() as session:
            rows = [session.execute(text(f"SELECT * FROM {name}")).all() for name in ("batch", "batch_item")]  # noqa: S608
        folder = Path(app.config["AFOFIT"].data)
        return str(rows) + str([path.read_bytes() for path in folder.glob("queue.db*")])

    message = waiting._huey.storage.enqueued_items()[0]
    assert json.loads(message)[1].endswith("batch")
    assert "Kim" not in kept()
    assert "A-1027" not in kept()
    waiting._huey.execute(waiting._huey.dequeue())
    assert "Kim" not in kept()
    with clinic.store.looking() as session:
        assert session.execute(text("SELECT count(*), count(given), count(problems) FROM batch_item")).one() == (
            2,
            0,
            1,
        )


def test_a_message_is_json_and_reading_it_runs_nothing() -> None:
    # A pickle that would run a command.
    with pytest.raises(ValueError, match=r"decode|Expecting value"):
        JsonMessages().deserialize(b"\x80\x04cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(ValueError, match="not a message"):
        JsonMessages().deserialize(b'{"id": 1}')


def test_a_fault_of_ours_stays_with_its_row(
    client: FlaskClient, clinic: Clinic, asked: Json, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    taken = records.take

    def fails(store: Any, actor: Any, given: Json, **more: Any) -> Any:
        if given["patient"]["reference"] == "A-2":
            raise ZeroDivisionError("Kim Doe")
        return taken(store, actor, given, **more)

    monkeypatch.setattr(records, "take", fails)
    with caplog.at_level(logging.ERROR):
        answer = client.post(BATCHES, json=of(asked, "A-1", "A-2", "A-3"), headers=clinic.key()).get_json()
    assert [row["status"] for row in answer["results"]] == [201, 500, 201]
    assert "ZeroDivisionError" in caplog.text
    assert "Kim" not in caplog.text
    assert "Kim" not in json.dumps(answer)


def test_rows_can_be_computed_without_storing(client: FlaskClient, clinic: Clinic, asked: Json) -> None:
    key = clinic.key()
    answer = client.post(f"{BATCHES}?store=false", json=[asked, {}], headers=key)
    assert answer.status_code == 200
    good, bad = answer.get_json()["results"]
    preview = client.post("/api/v1/fittings/preview", json=asked).get_json()
    assert good["fitting"]["limbs"] == preview["limbs"]
    assert bad["status"] == 422
    assert fittings(clinic) == 0
    with clinic.store.looking() as session:
        assert session.execute(text("SELECT count(*) FROM batch")).scalar_one() == 0
    assert client.post(f"{BATCHES}?store=no", json=[asked], headers=key).status_code == 422
    many = client.post(f"{BATCHES}?store=false", json=[asked] * 201, headers=key)
    assert (many.status_code, many.get_json()["errors"][0]["allowed"]) == (422, 200)


def test_what_is_kept_of_a_batch_is_deleted_in_time_and_its_fittings_stay(
    client: FlaskClient, clinic: Clinic, asked: Json, waiting: Queue
) -> None:
    key = clinic.key()
    path = client.post(BATCHES, json=of(asked, "A-1"), headers=key).headers["Location"]
    now = datetime.now(UTC)
    assert waiting.forget(now + timedelta(days=29)) == 0
    assert client.get(path, headers=key).status_code == 200
    assert waiting.forget(now + timedelta(days=31)) == 1
    assert client.get(path, headers=key).status_code == 404
    assert fittings(clinic) == 1


def test_a_second_try_after_that_still_makes_no_double(
    client: FlaskClient, clinic: Clinic, asked: Json, waiting: Queue
) -> None:
    key = clinic.key() | {"Idempotency-Key": "monday"}
    first = client.post(BATCHES, json=of(asked, "A-1"), headers=key).get_json()
    waiting.forget(datetime.now(UTC) + timedelta(days=31))
    second = client.post(BATCHES, json=of(asked, "A-1"), headers=key).get_json()
    assert second["id"] != first["id"]
    assert second["results"] == first["results"]
    assert fittings(clinic) == 1


Sent = Callable[[FlaskClient, dict[str, str]], Any]
SENT: dict[str, tuple[int, str, Sent]] = {
    "another type": (415, "text/csv", lambda c, k: c.post(BATCHES, data="x", content_type="text/html", headers=k)),
    "another encoding": (
        415,
        "UTF-8",
        lambda c, k: c.post(BATCHES, data="x", content_type="text/csv; charset=latin1", headers=k),
    ),
    "no list": (422, "neither a list", lambda c, k: c.post(BATCHES, json={}, headers=k)),
    "no JSON": (
        400,
        "not readable",
        lambda c, k: c.post(BATCHES, data="[", content_type="application/json", headers=k),
    ),
    "wrong bytes": (400, "not UTF-8", lambda c, k: c.post(BATCHES, data=b"\xff", content_type="text/csv", headers=k)),
    "a long key": (
        422,
        "Idempotency-Key",
        lambda c, k: c.post(BATCHES, json=[{}], headers=k | {"Idempotency-Key": "x" * 256}),
    ),
    "an empty key where nothing is stored": (
        422,
        "Idempotency-Key",
        lambda c, k: c.post(f"{BATCHES}?store=false", json=[{}], headers=k | {"Idempotency-Key": ""}),
    ),
}


@pytest.mark.parametrize("case", SENT)
def test_what_cannot_be_a_batch_is_told_in_words(client: FlaskClient, clinic: Clinic, case: str) -> None:
    status, said, send = SENT[case]
    answer = send(client, clinic.key())
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert said in answer.text


def test_too_much_is_told_in_words(app: Flask, clinic: Clinic, asked: Json) -> None:
    settings = app.config["AFOFIT"]
    small = create_app(replace(settings, batch_rows=3, batch_limit_bytes=20_000))
    client = small.test_client()
    many = client.post(BATCHES, json=[{}] * 4, headers=clinic.key())
    assert (many.status_code, "at most 3 rows" in many.text) == (413, True)
    large = client.post(BATCHES, json=["x" * 20_000], headers=clinic.key())
    assert (large.status_code, "20000 bytes" in large.text) == (413, True)
    assert client.post("/api/v1/fittings", json=["x" * 20_000], headers=clinic.key()).status_code == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "limit=", "cursor=-1", "cursor=x", "cursor=", "cursor=1000000000"]
)
def test_a_wrong_page_is_named(client: FlaskClient, clinic: Clinic, asked: Json, query: str) -> None:
    path = client.post(BATCHES, json=[{}], headers=clinic.key()).headers["Location"]
    answer = client.get(f"{path}/results?{query}", headers=clinic.key())
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_the_line_between_now_and_later_is_200_rows() -> None:
    assert batch_routes.AT_ONCE == 200
