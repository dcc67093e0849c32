"""The log of security: what was refused, to whom, from where, never what was typed; the audit says who came in how."""

import json
import logging
import re
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from afofit.store.tables import AuditRow
from afofit.watching import logs, security
from tests.records.conftest import PASSWORD, Clinic, email_of
from tests.records.test_watching import again

Json = dict[str, Any]
TYPED = "Zyxwvut"
FROM = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def kind() -> str:
    """What the database does is shown by the tests of the store."""
    return "sqlite"


def told(capfd: pytest.CaptureFixture[str]) -> list[Json]:
    """The lines of security since the last look; nothing that was typed stands in any line."""
    written = capfd.readouterr().err
    assert TYPED not in written
    assert PASSWORD not in written
    said = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    return [line for line in said if line["logger"] == "afofit.security"]


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_every_way_to_fail_at_the_door_is_a_line(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    client = clinic.app.test_client()
    token = token_of(client.get("/sign-in").text)
    capfd.readouterr()
    for email in (email_of(clinic.orthotist), f"{TYPED}@clinic.example", TYPED):
        client.post("/sign-in", data={"csrf_token": token, "email": email, "password": TYPED}, environ_base=FROM)
        lines = [line for line in told(capfd) if line["event"] == security.FAILED]
        assert [(line["by"], line["client"], line["level"]) for line in lines] == [
            ("password", "203.0.113.9", "warning")
        ]
    client.post("/sign-in/passkey/made-up", data={"csrf_token": token, "credential": "{}"}, environ_base=FROM)
    assert (security.FAILED, "passkey") in {(line["event"], line["by"]) for line in told(capfd)}


def test_people_who_came_in_and_what_they_changed_are_lines_and_rows(
    clinic: Clinic, capfd: pytest.CaptureFixture[str]
) -> None:
    capfd.readouterr()
    browser = clinic.browser()
    browser.get("/account")
    browser.post("/sign-out")
    label = clinic.orthotist.label
    assert [(line["event"], line["who"], line["by"], line["level"]) for line in told(capfd)] == [
        ("signed in", label, "password", "info"),
        ("signed out", label, None, "info"),
    ]
    with clinic.store.looking() as session:
        rows = session.execute(select(AuditRow.action, AuditRow.detail).where(AuditRow.actor == label)).all()
    assert [(action, orjson.loads(detail)) for action, detail in rows] == [
        ("signed in", {"shown": ["password"]}),
        ("signed out", {}),
    ]


def test_what_somebody_may_not_is_a_line_with_their_account(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    browser = clinic.browser()
    key = clinic.key("fittings:read")
    client = clinic.app.test_client()
    capfd.readouterr()
    browser.get("/clinic")
    client.post("/api/v1/fittings", json={"name": TYPED}, headers=key)
    client.get("/api/v1/fittings", headers={"Authorization": f"Bearer {TYPED}"}, environ_base=FROM)
    page, scope, unknown = told(capfd)
    assert (page["event"], page["endpoint"], page["who"]) == ("not allowed", "clinic.clinic", clinic.orthotist.label)
    assert (scope["event"], scope["endpoint"], scope["status"]) == ("not allowed", "records.create", 403)
    assert (unknown["event"], unknown["client"], unknown["who"]) == ("not known", "203.0.113.9", None)
    for line in (page, scope, unknown):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", line["time"])
        assert re.fullmatch("[0-9a-f]{32}", line["request_id"])


def test_a_forged_form_and_links_that_open_nothing_are_lines(clinic: Clinic, capfd: pytest.CaptureFixture[str]) -> None:
    browser = clinic.browser()
    client = clinic.app.test_client()
    capfd.readouterr()
    browser.client.post("/patients", data={"csrf_token": TYPED, "search": TYPED})
    client.get(f"/p/{TYPED}")
    client.post(f"/p/{TYPED}", data={"birth_date.year": TYPED})
    client.get(f"/join/{TYPED}")
    client.post("/oauth/token", data={"grant_type": TYPED})
    assert [(line["event"], line["by"]) for line in told(capfd)] == [
        (security.FORGED, None),
        (security.UNPROVEN, "link"),
        (security.UNPROVEN, "link"),
        (security.UNPROVEN, "invitation"),
        (security.UNPROVEN, "assertion"),
    ]


def test_who_comes_too_often_is_a_line(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    client = again(app, address_rate="1/hour").test_client()
    for _ in range(2):
        client.post("/api/v1/fittings/preview", json={}, environ_base=FROM)
    (line,) = told(capfd)
    assert (line["event"], line["status"], line["client"]) == ("too often", 429, "203.0.113.9")


def test_a_setup_code_that_is_wrong_is_a_line(app: Flask, capfd: pytest.CaptureFixture[str]) -> None:
    client = again(app, setup_code="the right one").test_client()
    token = token_of(client.get("/setup").text)
    client.post("/setup", data={"csrf_token": token, "setup_code": TYPED})
    (line,) = told(capfd)
    assert (line["event"], line["by"]) == (security.UNPROVEN, "setup code")


def test_no_line_breaks_out_of_its_line() -> None:
    for form in (logs.Lines, logs.Text):
        record = logging.LogRecord("afofit.security", logging.WARNING, "", 0, "said", None, None)
        vars(record)[logs.FIELDS] = {"client": 'x"}\n{"level":"info","message":"all is well"}\r\n\x1b[2J'}
        assert not re.search(r"[\r\n\x1b]", form().format(record)), form
        record.msg = "one\r\n12:00:00 info all is well\x1b[2J"
        first, *more = form().format(record).split("\n")
        assert not re.search(r"[\r\x1b]", first)
        assert all(line.startswith("  ") and "\x1b" not in line for line in more)
