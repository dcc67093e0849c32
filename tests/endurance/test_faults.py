"""What people see when the disk is full or read-only, the database slow, the clock wrong or a migration broken.

In each case: a clear answer, nothing acknowledged lost, and all well again without a restart.
"""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.config import Config
from sqlalchemy import make_url

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import checks, database, migrate, releases, secrecy
from afofit.store.database import Store
from afofit.store.rates import Rates
from afofit.web.fill import flatten
from tests import databases
from tests.endurance.users import FITTINGS
from tests.examples import request_of
from tests.records.conftest import Clinic, found
from tests.records.test_pages import approve, made
from tests.store.filled import all_rows, fill

Json = dict[str, Any]
SOON_MS = 300
PLENTY = 400


class Storing:
    """An EMR that stores fittings, and remembers what was acknowledged."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.client = clinic.app.test_client()
        clinic.app.config["PROPAGATE_EXCEPTIONS"] = False
        clinic.app.testing = False
        self.headers = clinic.key()
        self.kept: dict[str, Json] = {}
        self.begun = 0

    def store(self, key: str = "") -> Any:
        """Store one more, under a key."""
        self.begun += 1
        request = request_of("E1")
        request["patient"]["reference"] = f"P-{key or self.begun}"
        answer = self.client.post(
            FITTINGS, json=request, headers=self.headers | {"Idempotency-Key": key or uuid4().hex}
        )
        if answer.status_code == 201:
            self.kept[answer.get_json()["id"]] = answer.get_json()
        return answer

    def is_told(self, key: str) -> None:
        """That the records cannot be written now, in words, to systems and to people."""
        answer = self.store(key)
        assert answer.status_code == 503, answer.text
        assert answer.headers["Retry-After"] == "2"
        assert "Nothing was stored; try again with the same Idempotency-Key" in answer.get_json()["detail"]

    def is_well(self, key: str) -> None:
        """That the same request is stored now, once, and all that was acknowledged is there as it was answered."""
        answer = self.store(key)
        assert answer.status_code == 201, answer.text
        assert self.store(key).get_json()["id"] == answer.get_json()["id"]
        for fitting_id, document in self.kept.items():
            assert self.client.get(f"{FITTINGS}/{fitting_id}", headers=self.headers).get_json() == document
        assert checks.check(self.clinic.store).faults == []


def mounted(folder: Path, *options: str) -> bool:
    """Whether a small disk of memory could be put at a folder; that takes the rights of root."""
    command = ["mount", *options, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def on_disk(folder: Path) -> Iterator[Clinic]:
    """A clinic whose data folder is a disk of four megabytes."""
    folder.mkdir()
    if not mounted(folder, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        pytest.skip("no disk can be mounted here: that takes the rights of root")
    try:
        databases.migrated(f"sqlite:///{folder / 'afofit.db'}")
        app = create_app(Settings(data=str(folder)))
        clinic = found(app, app.extensions["afofit_store"](), "North")
        yield clinic
        clinic.store.close()
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.hazard("H24", "H38")
def test_a_full_disk_is_told_and_forgiven(tmp_path: Path) -> None:
    with on_disk(tmp_path / "disk") as clinic:
        storing = Storing(clinic)
        browser = clinic.browser()
        storing.store()
        ballast = tmp_path / "disk" / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"x" * 4096)
        while storing.store("full").status_code == 201:
            assert len(storing.kept) < PLENTY, "the disk never was full"
        storing.is_told("full")
        page = browser.post("/fittings/new", **flatten(request_of("E1")))
        assert page.status_code == 503
        assert "The records cannot be reached" in page.text
        # what is stored can still be read, and whoever has no account can still compute
        for fitting_id, document in storing.kept.items():
            answer = storing.client.get(f"{FITTINGS}/{fitting_id}", headers=storing.headers)
            assert (answer.status_code, answer.get_json()) == (200, document)
        assert storing.client.post(f"{FITTINGS}/preview", json=request_of("E1")).status_code == 200
        ballast.unlink()
        storing.is_well("full")


@pytest.mark.hazard("H24", "H38")
def test_a_disk_that_became_read_only_is_told_and_forgiven(tmp_path: Path) -> None:
    with on_disk(tmp_path / "disk") as clinic:
        storing = Storing(clinic)
        storing.store()
        clinic.store.close()
        assert mounted(tmp_path / "disk", "-o", "remount,ro")
        storing.is_told("read-only")
        answer = storing.client.post(f"{FITTINGS}/preview", json=request_of("E1"))
        assert answer.status_code == 200
        assert mounted(tmp_path / "disk", "-o", "remount,rw")
        storing.is_well("read-only")


on_sqlite = pytest.mark.parametrize("kind", ["sqlite"])
on_postgresql = pytest.mark.parametrize("kind", ["postgresql"])


@pytest.mark.hazard("H24", "H38")
@on_sqlite
def test_a_file_that_may_not_grow_is_told_and_forgiven(clinic: Clinic) -> None:
    """The same as a full disk, without the rights of root: the limit of the process on the size of its files."""
    storing = Storing(clinic)
    storing.store()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    path = Path(make_url(clinic.store.url).database or "")
    try:
        log = path.with_name(path.name + "-wal")
        resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 8192, hard))
        while storing.store("full").status_code == 201:
            assert len(storing.kept) < PLENTY, "the file never was full"
        storing.is_told("full")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    storing.is_well("full")


@pytest.mark.hazard("H24", "H38")
@on_sqlite
def test_a_writer_that_holds_the_file_for_too_long(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", SOON_MS)
    clinic.store.close()
    storing = Storing(clinic)
    storing.store()
    with closing(sqlite3.connect(make_url(clinic.store.url).database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        storing.is_told("held")
        other.execute("ROLLBACK")
    storing.is_well("held")


def answers(state: str) -> tuple[str, str]:
    """Statements that make PostgreSQL answer every new fitting with a state of error, and that end it."""
    raised = f"CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {state}; RETURN NEW; END $$"
    return (
        f"{raised}; CREATE TRIGGER fault BEFORE INSERT ON fitting FOR EACH ROW EXECUTE FUNCTION fault()",
        "DROP TRIGGER fault ON fitting; DROP FUNCTION fault()",
    )


READ_ONLY = "ALTER DATABASE {name} SET default_transaction_read_only = "
FAULTS = {
    # its own words for a full disk; a whole server on one ends itself and comes back, as when it is killed
    "disk full": answers("RAISE 'could not extend file' USING ERRCODE = '53100'"),
    "out of memory": answers("RAISE 'out of memory' USING ERRCODE = '53200'"),
    "ended by the administrator": answers("PERFORM pg_terminate_backend(pg_backend_pid())"),
    "a slow disk": answers("PERFORM pg_sleep(30)"),
    "read-only": (READ_ONLY + "on", READ_ONLY + "off"),
}


@pytest.mark.hazard("H24", "H38")
@on_postgresql
@pytest.mark.parametrize("fault", FAULTS)
def test_a_server_that_cannot_write(
    clinic: Clinic, fault: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(database, "STATEMENT_MS", SOON_MS * 3)
    server, name = request.getfixturevalue("server"), make_url(clinic.store.url).database or ""
    storing = Storing(clinic)
    storing.store()
    begins, ends = (statement.format(name=name) for statement in FAULTS[fault])
    server.run(begins, name=name)
    clinic.store.close()  # what a database is set to holds for new connections
    storing.is_told(fault)
    server.run("SET default_transaction_read_only = off", ends, name=name) if fault != "read-only" else server.run(ends)
    clinic.store.close()
    storing.is_well(fault)


@pytest.mark.hazard("H24", "H38")
@on_postgresql
def test_a_table_that_somebody_holds(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_MS", SOON_MS)
    storing = Storing(clinic)
    storing.store()
    clinic.store.close()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with clinic.store.changing() as connection:
            connection.exec_driver_sql("LOCK TABLE fitting IN ACCESS EXCLUSIVE MODE")
            held.set()
            done.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(30)
        storing.is_told("held")
        assert storing.client.get(FITTINGS, headers=storing.headers).status_code == 503
    finally:
        done.set()
        holder.join()
    storing.is_well("held")


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Sets the clock of the service: how far it is off from then on."""
    off = timedelta()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + off

    for name, module in list(sys.modules.items()):
        if name.startswith("afofit") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Clock)
    monkeypatch.setattr(database.Desk, "__init__", _with_clock(database.Desk.__init__, Clock))

    def set_to(how_far: timedelta) -> None:
        nonlocal off
        off = how_far

    return set_to


def _with_clock(init: Any, clock: type[datetime]) -> Any:
    """A desk notes when it was opened; its clock was bound when its class was made."""

    def opened(desk: Any, *given: Any, **named: Any) -> None:
        init(desk, *given, **({"now": clock.now(UTC)} | named))

    return opened


AWAY = [timedelta(days=3650), timedelta(hours=2), timedelta(hours=-2), timedelta(days=-3650)]


@pytest.mark.hazard("H37")
@on_sqlite
@pytest.mark.parametrize("how_far", AWAY, ids=str)
def test_a_clock_that_jumps_and_comes_back(clinic: Clinic, jump: Any, asked: Json, how_far: timedelta) -> None:
    storing, browser = Storing(clinic), clinic.browser()
    address = made(browser, asked)
    approve(browser, address)
    with clinic.store.writing(clinic.orthotist) as desk:
        token = releases.make(desk, id_in(address), language="en", large=False, days=3)
    jump(how_far)
    # A key that is over, or a visit that is, is said; nothing is a fault, and what is stored then stays.
    assert storing.store("meanwhile").status_code == (401 if how_far > timedelta(days=30) else 201)
    assert browser.get("/fittings").status_code in (200, 302)
    landing = clinic.app.test_client().get(f"/p/{token}")
    assert landing.status_code == (404 if how_far > timedelta(days=3) else 200)
    other = clinic.browser()
    assert other.get("/fittings").status_code == 200
    assert Rates(clinic.store).allow("1/hour", "test", "somebody")
    jump(timedelta())
    storing.is_well("after")
    # Who signed in while the clock was wrong signs in again: with a clock ahead, the visit would last for too long.
    assert other.get("/fittings").status_code == 302
    assert clinic.browser().get("/fittings").status_code == 200
    assert clinic.app.test_client().get(f"/p/{token}").status_code == 200
    # and nobody stays locked out by a window that began in a time to come
    assert Rates(clinic.store).allow("1/hour", "test", "somebody")


def id_in(address: str) -> UUID:
    """The id of a fitting in the address of its page."""
    return UUID(address.rsplit("/", 1)[1])


@pytest.mark.hazard("H37")
@on_sqlite
def test_a_patient_whose_visit_began_in_a_time_to_come(clinic: Clinic, jump: Any, asked: Json) -> None:
    browser = clinic.browser()
    address = made(browser, asked)
    approve(browser, address)
    with clinic.store.writing(clinic.orthotist) as desk:
        token = releases.make(desk, id_in(address), language="en", large=False, days=30)
    patient = clinic.app.test_client()
    born = dict(zip(("birth_date.year", "birth_date.month", "birth_date.day"), ("1980", "2", "28"), strict=True))
    jump(timedelta(days=2))
    assert patient.post(f"/p/{token}", data=born).status_code == 303
    assert patient.get("/p/sheet").status_code == 200
    jump(timedelta())
    assert patient.get("/p/sheet").status_code == 404
    assert patient.post(f"/p/{token}", data=born).status_code == 303
    assert patient.get("/p/sheet").status_code == 200


BROKEN = '''"""A step that fails after it changed something."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{head}"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
    op.execute("INSERT INTO half VALUES (1)")
    op.execute("UPDATE clinic SET name = 'changed'")
    op.execute("INSERT INTO nowhere VALUES (1)")


def downgrade() -> None:
    op.drop_table("half")
'''


@pytest.mark.hazard("H39")
def test_a_broken_migration_stops_in_words_and_changes_nothing(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(database, secrecy.Vault([secrecy.new_encryption_key()]))
    fill(store)
    head = migrate.latest()
    migrate.downgrade(store, "-1")
    before, version = all_rows(store), migrate.version(store)
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)
    (folder / "versions" / "v9999_broken.py").write_text(BROKEN.format(head=head))
    config = Config()
    config.set_main_option("script_location", str(folder))
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_config", lambda: config)
        with pytest.raises(migrate.Stopped, match=r"nowhere.*None was taken; the database is as it was before\.$"):
            migrate.upgrade(store)
    # the step before the broken one is not taken either
    assert (migrate.version(store), all_rows(store)) == (version, before)
    app = create_app(Settings(data=str(tmp_path), database_url=database))
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "_config", lambda: config)
        told = app.test_cli_runner().invoke(args=["database", "upgrade"])
    assert told.exit_code == 1
    assert told.output.startswith("Error: The steps of the database could not be taken: ")
    assert "Traceback" not in told.output
    migrate.upgrade(store)
    assert migrate.version(store) == head
    store.close()


@pytest.mark.hazard("H39")
def test_a_secret_is_kept_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "secret.key"

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(secrecy.NotKept, match="No space left on device"):
            secrecy.kept(path, "", make="text")
    assert list(path.parent.iterdir()) == []
    assert secrecy.kept(path, "", make="text") == "text"
    assert secrecy.kept(path, "", make="another") == "text"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]
    path.write_text("")
    with pytest.raises(secrecy.NotKept, match="is empty"):
        secrecy.kept(path, "", make="text")
    assert secrecy.kept(path, "given", make="text") == "given"
