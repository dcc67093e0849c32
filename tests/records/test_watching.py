"""Watching: ready or why not, numbers, one line of log for each request, an id that person and log share."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import migrate
from afofit.store.secrecy import new_encryption_key
from afofit.watching import logs
from tests.records.conftest import Clinic, email_of

Json = dict[str, Any]
LOOPBACK, OUTSIDE = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "203.0.113.9"}
ROOT = Path(__file__).parents[2]
MINE = "0123456789abcdef0123456789abcdef"


def numbers(app: Flask, **asked: Any) -> dict[tuple[str, ...], float]:
    """Every number by its name and its labels in the order of their names."""
    answer = app.test_client().get("/metrics", environ_base=LOOPBACK, **asked)
    assert answer.status_code == 200, answer.text
    return {
        (one.name, *(one.labels[name] for name in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def again(app: Flask, **changed: Any) -> Flask:
    """Another service on the same database with other settings."""
    own: Settings = app.config["AFOFIT"]
    given = {name: getattr(own, name) for name in Settings.__dataclass_fields__}
    made = create_app(Settings(**(given | changed)))
    made.testing = True
    return made


def lines(capfd: pytest.CaptureFixture[str]) -> list[Json]:
    said = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line.startswith("{")]
    return [line for line in said if line["logger"] == "afofit.requests"]


def test_a_service_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/ready")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ready",
        "checks": {"database": "ok", "version": "ok", "keys": "ok", "data_folder": "ok"},
    }


def test_a_database_of_another_version_is_told_with_what_to_do(app: Flask) -> None:
    store = app.extensions["afofit_store"]()
    earlier = sorted(migrate.known())[-2]
    for said, set_to in ((f"at version {earlier}; the program needs", earlier), ("a later program wrote", "v9999")):
        with store.system() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": set_to})
        answer = app.test_client().get("/ready")
        assert answer.status_code == 503
        assert said in answer.get_json()["checks"]["version"]


def test_a_database_that_is_away_or_empty_is_told(app: Flask, tmp_path: Path, kind: str) -> None:
    empty = again(app, database_url=f"sqlite:///{tmp_path / 'empty.db'}")
    assert "empty; the program needs version" in empty.test_client().get("/ready").get_json()["checks"]["version"]
    gone = {"sqlite": f"sqlite:///{tmp_path}/no/such.db", "postgresql": "postgresql://nobody@127.0.0.1:1/none"}[kind]
    away = again(app, database_url=gone)
    answer = away.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["database"] == "The database cannot be reached."
    assert answer.get_json()["checks"]["data_folder"] == "ok"
    assert away.test_client().get("/health").status_code == 200
    assert away.test_client().post("/api/v1/fittings", headers={"Authorization": "Bearer x"}).status_code == 503
    counted = numbers(away)
    assert counted["afofit_database_up",] == 0
    assert counted["afofit_database_away_total",] == 1
    assert ("afofit_fittings",) not in counted


def test_a_service_with_other_keys_is_not_ready_before_it_writes_what_nobody_reads(clinic: Clinic, asked: Json) -> None:
    client = clinic.app.test_client()
    assert client.post("/api/v1/fittings", json=asked, headers=clinic.key()).status_code == 201
    assert client.get("/ready").status_code == 200
    own = clinic.app.config["AFOFIT"].encryption_keys
    other = new_encryption_key()
    lost = again(clinic.app, encryption_keys=other).test_client().get("/ready")
    assert lost.status_code == 503
    assert "do not open what is stored" in lost.get_json()["checks"]["keys"]
    assert again(clinic.app, encryption_keys=f"{other},{own}").test_client().get("/ready").status_code == 200


def test_a_data_folder_that_is_full_or_gone_is_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("afofit.store.readiness.os.fsync", full)
        answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.get_json()["checks"]["data_folder"] == "The data folder cannot be written: No space left on device."
    (tmp_path / "file").write_text("")
    blocked = again(app, data=str(tmp_path / "file" / "below"), secret_key="x" * 43)
    assert "cannot be written" in blocked.test_client().get("/ready").get_json()["checks"]["data_folder"]


def test_what_happens_is_counted(clinic: Clinic, asked: Json) -> None:
    key = clinic.key()
    client = clinic.app.test_client()
    for _ in range(3):
        client.post("/api/v1/fittings", json=asked, headers=key)
    client.post("/api/v1/fittings", json=[], headers=key)
    client.open("/nowhere", method="BREW")
    counted = numbers(clinic.app)
    assert counted["afofit_fittings",] == 3
    assert counted["afofit_database_up",] == 1
    assert counted["afofit_requests_total", "records.create", "POST", "201"] == 3
    assert counted["afofit_requests_total", "none", "other", "404"] == 1
    failed = [
        value for name, value in counted.items() if name[1:] in {("records.create", "POST", s) for s in ("400", "422")}
    ]
    assert failed == [1]
    assert counted["afofit_request_seconds_count", "records.create"] == 4
    assert counted["afofit_request_seconds_bucket", "records.create", "+Inf"] == 4
    assert 0 < counted["afofit_request_seconds_sum", "records.create"] < 4


def test_tries_to_sign_in_that_failed_are_counted_and_those_that_opened_are_not(clinic: Clinic) -> None:
    browser = clinic.browser()
    browser.get("/fittings")
    stranger = clinic.app.test_client()
    page = stranger.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    for email in (email_of(clinic.orthotist), "nobody@clinic.example"):
        stranger.post("/sign-in", data={"csrf_token": token[1], "email": email, "password": "wrong"})
    assert numbers(clinic.app)["afofit_sign_in_failures_total", "password"] == 2


def test_batches_that_wait_are_counted_with_how_long(clinic: Clinic, asked: Json) -> None:
    from afofit.store import batches

    assert numbers(clinic.app)["afofit_batches_waiting",] == 0
    for waits in (True, False):
        batches.accept(clinic.store, clinic.orthotist, [batches.New(1, b"{}")], retry=None, waits=waits)
    counted = numbers(clinic.app)
    assert counted["afofit_batches_waiting",] == 1
    assert 0 < counted["afofit_batches_longest_wait_seconds",] < 60


def test_no_label_is_a_word_from_outside(clinic: Clinic, asked: Json) -> None:
    client = clinic.app.test_client()
    key = clinic.key()
    made = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    for path in (f"/api/v1/fittings/{made['id']}", "/Zyxwvut?name=Zyxwvut", "/p/Zyxwvut", "/api/v1/Zyxwvut"):
        client.get(path, headers=key | {"X-Request-ID": "Zyxwvut", "User-Agent": "Zyxwvut"})
    said = client.get("/metrics", environ_base=LOOPBACK).text
    endpoints = set(re.findall(r'endpoint="([^"]*)"', said))
    assert endpoints <= set(clinic.app.view_functions) | {"none"}
    assert set(re.findall(r'(\w+)="', said)) <= {"endpoint", "method", "status", "le", "what", "version"}
    for word in ("Zyxwvut", made["id"], str(clinic.orthotist.clinic_id), "Kim"):
        assert word not in said


def test_without_a_token_only_this_machine_reads_the_numbers(app: Flask) -> None:
    cases: list[tuple[Json, Json, int]] = [
        (LOOPBACK, {}, 200),
        ({"REMOTE_ADDR": "::1"}, {}, 200),
        (OUTSIDE, {}, 403),
        ({"REMOTE_ADDR": ""}, {}, 403),
        (LOOPBACK, {"X-Forwarded-For": "127.0.0.1"}, 403),
        (LOOPBACK, {"Forwarded": "for=127.0.0.1"}, 403),
    ]
    for proxies in (0, 1):
        client = again(app, proxies=proxies).test_client()
        for base, headers, status in cases:
            answer = client.get("/metrics", environ_base=base, headers=headers)
            assert answer.status_code == status, (proxies, base, headers)


def test_a_token_opens_the_numbers_from_anywhere_and_nothing_else_does(app: Flask) -> None:
    client = again(app, metrics_token="s3cret-ü").test_client()  # noqa: S106
    for said, status in (("Bearer s3cret-ü", 200), ("Bearer s3cret", 401), ("Basic s3cret-ü", 401), ("", 401)):
        headers = {"Authorization": said} if said else {}
        assert client.get("/metrics", environ_base=LOOPBACK, headers=headers).status_code == status
    assert client.get("/metrics", environ_base=OUTSIDE, headers={"Authorization": "Bearer s3cret-ü"}).status_code == 200


def test_an_id_that_came_is_taken_over_where_it_can_hold_no_name(app: Flask) -> None:
    client = app.test_client()
    for sent in (MINE, MINE.upper(), "6f1ed002-ab3f-4c5b-8e1d-0a9b8c7d6e5f"):
        assert client.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"] == sent.lower()
    for sent in ("Kim Doe", "1961-07-04", MINE + "0", f"{MINE}\tx", ""):
        got = client.get("/health", headers={"X-Request-ID": sent}).headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{32}", got)
        assert got not in sent
    assert len({client.get("/health").headers["X-Request-ID"] for _ in range(3)}) == 3


def test_problem_page_and_log_tell_the_same_id(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    client = clinic.app.test_client()
    capfd.readouterr()
    problem = client.post("/api/v1/fittings", json=[], headers={"X-Request-ID": MINE})
    page = client.get("/nowhere?name=Kim")
    assert problem.get_json()["reference"] == MINE
    assert page.headers["X-Request-ID"] in page.text
    first, second = lines(capfd)
    assert (first["request_id"], first["endpoint"], first["status"]) == (MINE, "records.create", 401)
    assert second["request_id"] == page.headers["X-Request-ID"]
    assert second | {"endpoint": "none", "status": 404, "clinic": None} == second


def test_a_line_names_route_and_clinic_and_nothing_of_the_address(
    clinic: Clinic, asked: Json, capfd: pytest.CaptureFixture[str]
) -> None:
    client, key = clinic.app.test_client(), clinic.key()
    made = client.post("/api/v1/fittings", json=asked, headers=key).get_json()
    capfd.readouterr()
    client.get(f"/api/v1/fittings/{made['id']}?reference=A-1027", headers=key)
    (line,) = lines(capfd)
    assert line.keys() == {
        *("time", "level", "logger", "message", "process"),
        *("request_id", "method", "endpoint", "status", "ms", "clinic", "who"),
    }
    assert line["clinic"] == str(clinic.orthotist.clinic_id)
    assert made["id"] not in str(line)
    assert line["ms"] > 0


def test_half_a_letter_in_what_others_log_breaks_no_line() -> None:
    record = logging.LogRecord("gunicorn.error", logging.WARNING, "", 0, "odd \ud800 %s", ("x",), None)
    assert json.loads(logs.Lines().format(record))["message"] == "odd \ud800 x"


def test_what_gunicorn_says_of_a_request_is_left_out() -> None:
    for told, args in (
        ("Error handling request %s", ("/p/Zyxwvut",)),
        ("Invalid request from ip=10.0.0.1: Invalid header: 'Zyxwvut'", ()),
        (ValueError("Zyxwvut"), ()),
    ):
        line = logs.Lines().format(logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, told, args, None))
        assert "Zyxwvut" not in line
        assert json.loads(line)["message"]


def test_lines_for_people_are_a_setting(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        again(app, log="text").test_client().get("/health")
        assert re.search(
            r"^\d\d:\d\d:\d\d info request request_id=\w+ method=GET endpoint=watch.alive status=200",
            capfd.readouterr().err,
        )
    finally:
        again(app)


def test_a_fault_is_counted_and_logged_with_its_id_and_without_its_message(
    app: Flask, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: Any) -> Any:
        raise ValueError("Kim Doe was here")

    app.testing = False
    monkeypatch.setitem(app.view_functions, "watch.alive", _declared(app, broken))
    answer = app.test_client().get("/health", headers={"X-Request-ID": MINE})
    assert answer.status_code == 500
    said = capfd.readouterr().err
    assert "Kim" not in said
    fault = next(line for line in map(json.loads, said.splitlines()) if line["level"] == "error")
    assert fault["message"].startswith("ValueError while answering GET watch.alive")
    assert fault["request_id"] == MINE
    assert numbers(app)["afofit_faults_total",] == 1


def _declared(app: Flask, view: Callable[..., Any]) -> Callable[..., Any]:
    vars(view)["access"] = vars(app.view_functions["watch.alive"])["access"]
    return view


def test_every_number_that_an_alert_looks_at_is_one(clinic: Clinic, asked: Json) -> None:
    clinic.app.test_client().post("/api/v1/fittings", json=asked, headers=clinic.key())
    groups = yaml.safe_load((ROOT / "deploy" / "alerts.yaml").read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    operations = (ROOT / "docs" / "operations.md").read_text()
    told = {name[0] for name in numbers(clinic.app)} | {"afofit_sign_in_failures_total"}
    endpoints = {"security.*", *clinic.app.view_functions}
    for rule in rules:
        assert set(re.findall(r"\bafofit_\w+", rule["expr"])) <= told, rule["alert"]
        assert set(re.findall(r'endpoint!?[=~]+"([^"]+)"', rule["expr"])) <= endpoints, rule["alert"]
        assert f"**{rule['alert']}**" in operations, f"what to do about {rule['alert']} is not in operations.md"


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """Readiness asks each database its own way; the rest is the same on both."""
    return str(getattr(request, "param", "sqlite"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Both databases where the test is about the database."""
    if metafunc.function.__name__ in BOTH:
        metafunc.parametrize("kind", ["sqlite", "postgresql"], indirect=True)


BOTH = {
    "test_a_service_that_can_work_is_ready",
    "test_a_database_of_another_version_is_told_with_what_to_do",
    "test_a_database_that_is_away_or_empty_is_told",
    "test_batches_that_wait_are_counted_with_how_long",
}
