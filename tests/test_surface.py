"""What the service shows to whoever knocks: no file beside its own, no debugging, no method and no place of parameters
that it does not need; and whom it takes a caller for behind a proxy."""

import ast
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import migrate
from afofit.store.accounts import User
from afofit.store.tables import ClinicRow
from afofit.watching import logs

ROOT = Path(__file__).parents[1]
PATHS = (
    "/.git/config",
    "/.git/HEAD",
    "/.svn/entries",
    "/.env",
    "/wsgi.py",
    "/pyproject.toml",
    "/var/secret.key",
    "/secret.key",
    "/afofit.db",
    "/static/",
    "/static",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static//etc/passwd",
    "/static/fonts/",
    "/templates/layout.html",
    "/console",
    "/debug",
    "/server-status",
)


def made(folder: Path, **more: Any) -> Flask:
    app = create_app(Settings(data=str(folder), **more))
    migrate.upgrade(app.extensions["afofit_store"]())
    return app


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = made(tmp_path)
    yield app
    app.extensions["afofit_store"]().close()


@pytest.mark.parametrize("path", PATHS)
def test_no_file_but_those_of_the_pages_is_to_be_had(app: Flask, path: str) -> None:
    answer = app.test_client().get(path, follow_redirects=True)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "import " not in answer.text


def test_no_route_takes_trace(app: Flask) -> None:
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.methods and "TRACE" in rule.methods]
    for path in ("/", "/sign-in", "/api/v1/fittings/preview", "/oauth/token", "/static/afofit.css"):
        answer = app.test_client().open(path, method="TRACE", headers={"Cookie": "session=Zyxwvut"})
        assert answer.status_code == 405, path
        assert "Zyxwvut" not in answer.text


def test_debugging_is_off_whatever_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    app = made(tmp_path)
    assert not app.debug
    assert not app.config["DEBUG"]

    def broken(**_: Any) -> Any:
        raise ValueError("Zyxwvut")

    vars(broken)["access"] = vars(app.view_functions["watch.alive"])["access"]
    monkeypatch.setitem(app.view_functions, "watch.alive", broken)
    answer = app.test_client().get("/health")
    assert answer.status_code == 500
    for word in ("Zyxwvut", "ValueError", "Traceback", "afofit/", ".py"):
        assert word not in answer.text
    app.extensions["afofit_store"]().close()


def test_parameters_are_read_from_the_place_where_they_belong() -> None:
    """``request.values`` and ``request.form or request.args`` would let an address stand for a body."""
    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted((ROOT / "afofit").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "values" and getattr(node.value, "id", "") == "request"
    ]
    assert found == []


def test_what_a_body_must_say_is_not_taken_from_the_address(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/setup").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    said = {"clinic": "North", "phone": "1", "name": "A", "email": "a@x.example", "password": "correct horse battery"}
    assert client.post("/setup", query_string=said, data={"csrf_token": token[1]}).status_code == 422
    assert client.post("/setup", query_string={"csrf_token": token[1]}, data=said).status_code == 400


def test_no_script_writes_under_a_name_that_came_from_outside() -> None:
    """Then nothing can reach the prototype of all objects: members are named in the scripts themselves."""
    for path in sorted((ROOT / "afofit" / "static").glob("*.js")):
        text = path.read_text("utf-8")
        assert not re.findall(r"\w\[[^\]\"'`]*\]\s*=[^=>]", text), path.name
        for word in (
            "__proto__",
            "Object.assign",
            "Object.setPrototypeOf",
            "Object.fromEntries",
            " in answer",
            "eval(",
        ):
            assert word not in text, (path.name, word)


def test_no_script_keeps_anything_in_the_browser() -> None:
    for path in sorted((ROOT / "afofit" / "static").glob("*.js")):
        for place in ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "serviceWorker", "caches."):
            assert place not in path.read_text("utf-8"), (path.name, place)


def test_nothing_is_logged_but_to_standard_error() -> None:
    """Every handler of the program and of gunicorn writes there; no module opens a log of its own."""
    written = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "afofit").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and re.search(r"(File|Sys|Socket|HTTP|SMTP)\w*Handler$", _called(node))
    ]
    assert written == []
    own = [one for one in logging.getLogger(logs.OURS).handlers if isinstance(one, logs.ToStderr)]
    assert all(one.stream is sys.stderr for one in own)
    for form in logs.FORMS:
        handlers = logs.of_gunicorn(form)["handlers"]
        assert [one["class"] for one in handlers.values()] == ["afofit.watching.logs.ToStderr"]


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_a_form_changes_nothing_that_it_does_not_show(app: Flask) -> None:
    """What a page of one's own account is sent besides its fields – roles, clinic, number – is not written."""
    client = app.test_client()

    def sent(path: str, **fields: str) -> int:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
        assert token
        more = {"roles": "administrator", "clinic_id": "0" * 32, "id": "7", "active": "1", "fs_uniquifier": "x"}
        return client.post(path, data={"csrf_token": token[1]} | more | fields).status_code

    word = "a long and unusual sentence 77"
    assert sent("/setup", clinic="North", phone="1", name="Ada", email="ada@north.example", password=word) == 303
    other = "another unusual sentence 78"
    sent("/account/password", password=word, new_password=other, new_password_confirm=other)
    with app.extensions["afofit_store"]().looking() as session:
        account = session.execute(select(User)).unique().scalar_one()
        assert (account.id, account.name, account.active) == (1, "Ada", True)
        assert account.fs_uniquifier != "x"
        assert {role.name for role in account.roles} == {"administrator", "orthotist"}
        assert session.execute(select(ClinicRow.id)).scalar_one() == account.clinic_id


@pytest.mark.parametrize(("proxies", "caller"), [(0, "10.0.0.1"), (1, "198.51.100.7"), (2, "203.0.113.9")])
def test_the_caller_is_who_the_known_proxies_say_and_not_who_the_caller_says(
    tmp_path: Path, proxies: int, caller: str, capfd: pytest.CaptureFixture[str]
) -> None:
    app = made(tmp_path, proxies=proxies, log="json")
    claimed = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9, 198.51.100.7", "Authorization": "Bearer made-up"}
    app.test_client().get("/api/v1/fittings", headers=claimed, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    assert f'"client":"{caller}"' in capfd.readouterr().err
    app.extensions["afofit_store"]().close()
