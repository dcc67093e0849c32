"""The commands on what is stored, over the application as it is started."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from afofit import cli_store
from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import checks, clinics, keys, rotate
from afofit.store.database import Store
from tests.store.conftest import Make
from tests.store.filled import all_rows, fill, keep

Run = Callable[..., Result]


def runner(store: Store) -> Run:
    app = Flask("afofit")
    app.extensions["afofit_store"] = lambda: store
    cli_store.register(app)
    return lambda *words: app.test_cli_runner().invoke(args=[str(word) for word in words])


@pytest.fixture
def run(store: Store) -> Run:
    return runner(store)


def test_no_library_brings_a_command_that_changes_what_is_stored() -> None:
    """Flask-Security's would change accounts without a line in the audit."""
    ours = {"audit", "backup", "batches", "clinic", "database", "encryption", "key", "patient", "restore", "retention"}
    assert set(create_app(Settings()).cli.commands) == ours | {"charts", "fit"}


def test_the_database_goes_up_and_down(empty_store: Make) -> None:
    run = runner(empty_store())
    assert "at version none; needed is" in run("database", "version").output
    assert run("database", "upgrade").exit_code == 0
    assert "at version 0001." in run("database", "downgrade", "0001").output
    assert "at version 0001; needed is" in run("database", "version").output


def test_backup_and_restore(store: Store, empty_store: Make, run: Run, tmp_path: Path) -> None:
    fill(store)
    assert "MB" in run("backup", tmp_path / "backup").output
    replaced = run("restore", tmp_path / "backup", "--replace").output
    (aside,) = tmp_path.glob("*.before-*")
    assert f"is kept in {aside}." in replaced
    refused = run("restore", tmp_path / "backup")
    assert (refused.exit_code, "--replace" in refused.output) == (1, True)
    other = empty_store()
    assert "1 clinics, 2 fittings" in runner(other)("restore", tmp_path / "backup").output
    assert all_rows(other) == all_rows(store)
    run("database", "downgrade", "0001")
    run("backup", tmp_path / "early")
    assert "flask database upgrade" in runner(empty_store())("restore", tmp_path / "early").output


def test_verify_and_check_tell_of_faults_by_their_exit(store: Store, run: Run, kind: str) -> None:
    filled = fill(store)
    told = run("audit", "verify")
    assert told.exit_code == 0
    assert f"{filled.actor.clinic_id}: 11 rows, head " in told.output
    assert run("audit", "check").exit_code == 0
    with store.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_no_update{' ON audit' if kind == 'postgresql' else ''}"))
        connection.execute(text("UPDATE audit SET actor = 'nobody' WHERE number = 3"))
    for words in (("audit", "verify"), ("audit", "check")):
        told = run(*words)
        assert told.exit_code == 1
        assert "row 3 was changed" in told.output


def test_retention_counts_before_it_erases(store: Store, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = fill(store)
    with store.writing(filled.actor) as desk:
        clinics.change(desk, name="Example clinic", phone="", retention_years=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "Later":
            return cls(2099, 1, 1, tzinfo=UTC)

    assert "0 patients due" in run("retention").output
    monkeypatch.setattr("afofit.cli_store.datetime", Later)
    assert "1 patients due" in run("retention").output
    assert len(all_rows(store)["patient"]) == 1
    assert "1 patients erased" in run("retention", "--apply").output
    assert all_rows(store)["patient"] == []
    assert checks.check(store).faults == []


def test_a_patient_is_exported_and_erased(store: Store, run: Run) -> None:
    filled = fill(store)
    copy = json.loads(run("patient", "export", filled.patient_id).output)
    assert copy["patient"]["name"] == "Anna Example"
    assert run("patient", "erase", filled.patient_id).exit_code == 2
    told = run("patient", "erase", filled.patient_id, "--yes")
    assert "2 fittings" in told.output
    assert "Anna" not in told.output
    for words in (("export",), ("erase", "--yes")):
        assert "no patient" in run("patient", words[0], filled.patient_id, *words[1:]).output
    assert checks.check(store).faults == []


def test_records_are_encrypted_anew(store: Store, run: Run) -> None:
    filled = fill(store)
    before = all_rows(store)["fitting"]
    assert run("encryption", "rotate").output == "9 rows encrypted with the first key.\n"
    assert all_rows(store)["fitting"] != before
    assert checks.check(store).faults == []
    for _ in range(rotate.AT_ONCE):
        keep(store, filled.actor)
    assert rotate.rotate(store) == 9 + rotate.AT_ONCE


def test_a_clinic_and_a_key_are_made(store: Store, run: Run) -> None:
    words = ("clinic", "create", "Second clinic", "--phone", "1", "--person", "Lee", "--email", "lee@example.org")
    link = run(*words).output.strip()
    with store.looking() as session:
        invited = clinics.invited(session, link.removeprefix("/join/"), datetime.now(UTC))
    assert invited is not None
    assert (invited.clinic, invited.purpose) == ("Second clinic", "join")
    assert "has this e-mail address already" in run(*words).output
    key = ("key", "create", "--name", "records", "--scope", "fittings:read", "--days", "30")
    assert "no open account" in run(*key, "lee@example.org").output
    fill(store)
    made = run(*key, "KIM@example.org").output.strip()
    with store.looking() as session:
        bearer = keys.bearer(session.connection(), made, datetime.now(UTC))
    assert bearer is not None
    assert bearer.scopes == {"fittings:read"}
