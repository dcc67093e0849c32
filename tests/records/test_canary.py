"""A name that exists nowhere else, planted in every field: it must turn up in no log, address, file name or error."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from afofit.fitting.vocabulary import GROUPS
from afofit.store.tables import Table
from afofit.web.fill import flatten
from tests.records.conftest import Browser, Clinic
from tests.records.test_pages import approve, made

Json = dict[str, Any]
CANARY = "Zyxwvut"
BORN = "1961-07-04"


class Everything(logging.Handler):
    """Keeps every line that anybody logs, of any level."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def planted(asked: Json) -> Json:
    """A request with the canary in every field that takes text."""
    texts = {
        group: {field.name: f"{CANARY} {field.name}" for field in fields if field.kind == "text"}
        for group, fields in GROUPS.items()
    }
    assert texts["patient"].keys() >= {"reference", "name"}
    assert len(texts["order"]) > 5
    for group in ("patient", "order"):
        asked[group] = asked.get(group, {}) | texts[group]
    asked["patient"]["birth_date"] = BORN
    asked["clinical"] |= {
        "urgent_signs": ["recent_trauma"],
        "cleared": [{"code": "recent_trauma", "by": f"Dr {CANARY}", "date": "2026-01-02", "note": f"{CANARY} note"}],
    }
    return asked


def addresses(answer: Any) -> str:
    """The address asked for, where it leads, the addresses on the page, and the name of the file."""
    found = re.findall(r'(?:href|action|src|formaction)="([^"]*)"', answer.text) if answer.is_json is False else []
    links = [str(answer.get_json())] if answer.is_json and answer.status_code >= 400 else []
    names = [answer.headers.get(name, "") for name in ("Location", "Link", "Content-Disposition", "ETag")]
    return " ".join([answer.request.path, answer.request.query_string.decode(), *found, *links, *names])


def test_the_canary_stays_where_it_belongs(
    clinic: Clinic, planted: Json, logged: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    browser = clinic.browser()
    key = clinic.key()
    client = clinic.app.test_client()

    def keep(answer: Any) -> Any:
        said.append(addresses(answer) if answer.mimetype != "application/pdf" else str(answer.headers))
        return answer

    stored = keep(client.post("/api/v1/fittings", json=planted, headers=key))
    assert stored.status_code == 201, stored.text
    links = stored.get_json()["links"]
    said.append(str(links))
    address = made(browser, planted)
    for path in ("/fittings", "/patients", address, f"{address}/edit", "/fittings/new"):
        keep(browser.get(path))
    browser.get("/patients")
    keep(browser.post("/patients", search=CANARY))
    keep(browser.post("/fittings/new", keep="draft", **flatten(planted)))
    said.append(str(approve(browser, address).headers))
    for kind in ("sheet", "order", "template", "patient"):
        keep(browser.get(f"{address}/{kind}.pdf"))
        keep(client.get(links[kind], headers=key))
    given = keep(browser.post(f"{address}/release", days="3"))
    link = re.search(r'href="[^"]*(/p/[\w-]+)"', given.text)
    assert link is not None
    born = dict(zip(("birth_date.year", "birth_date.month", "birth_date.day"), ("1961", "7", "5"), strict=True))
    keep(client.get(link[1]))
    keep(client.post(link[1], data=born))
    keep(client.post(link[1], data=born | {"birth_date.day": "4"}))
    keep(client.get("/p/sheet.pdf"))
    said += wrong(browser, clinic, planted, key)
    local = {"REMOTE_ADDR": "127.0.0.1"}
    named = {"X-Request-ID": CANARY, "User-Agent": CANARY, "Referer": f"https://x.example/{CANARY}"}
    said.append(str(client.get(f"/nowhere/{CANARY}?name={CANARY}&born={BORN}", headers=named).headers))
    said.append(client.get("/metrics", environ_base=local, headers=named).text)
    said.append(client.get("/ready", headers=named).text)
    written = capfd.readouterr()
    told = [json.loads(line) for line in written.err.splitlines() if line.startswith("{")]
    requests = [line for line in told if line["logger"] == "afofit.requests"]
    assert len(requests) > 30, "the log of requests is looked at as well"
    assert {"records.create", "link.landing", "none"} <= {line["endpoint"] for line in requests}
    for line in (*said, *logged, *written):
        assert CANARY not in line
        assert BORN not in line
    assert not [path for path in tmp_path.rglob("*") if CANARY in path.name]
    with clinic.store.looking() as session:
        for table in Table.metadata.sorted_tables:
            rows = session.execute(text(f'SELECT * FROM "{table.name}"')).all()  # noqa: S608
            assert CANARY not in str(rows), table.name


def wrong(browser: Browser, clinic: Clinic, planted: Json, key: dict[str, str]) -> list[str]:
    """What is answered when something else than the planted field is wrong."""
    client = clinic.app.test_client()
    heavy = planted | {"patient": planted["patient"] | {"weight": 4000}}
    someone = planted | {"patient": planted["patient"] | {"name": "Somebody Else"}}
    answers = [
        client.post("/api/v1/fittings", json=heavy, headers=key),
        client.post("/api/v1/fittings", json=someone, headers=key),
        client.post("/api/v1/fittings", json=planted),
        client.post(f"/api/v1/fittings?state={'x'}", json=[planted], headers=key),
        client.post("/api/v1/fittings", data=str(planted), headers=key),
        client.post("/nowhere", json=planted),
        browser.client.post("/fittings/new", data={"patient.name": CANARY}),
    ]
    assert {answer.status_code for answer in answers} <= {400, 401, 404, 409, 415, 422}
    return [answer.text for answer in answers]


def test_our_own_mistake_tells_nothing(
    clinic: Clinic, planted: Json, logged: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError(f"{CANARY} was born on {BORN}")

    monkeypatch.setattr("afofit.records.fit", broken)
    clinic.app.testing = False
    key = clinic.key()
    answer = clinic.app.test_client().post("/api/v1/fittings", json=planted, headers=key)
    assert answer.status_code == 500
    assert logged
    for line in (answer.text, *logged):
        assert CANARY not in line
        assert BORN not in line
