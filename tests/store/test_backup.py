"""A backup holds every row as of one moment while others write, and comes back the same; what is in use is not lost."""

import json
import stat
import threading
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from afofit.store import audit, checks, clinics, migrate
from afofit.store.backup import MANIFEST, NotRestored, backup, restore
from afofit.store.database import Store
from tests.store.conftest import Make
from tests.store.filled import all_rows, fill, found_clinic, keep


@pytest.mark.hazard("H39")
def test_a_restored_database_has_every_row_and_goes_on(store: Store, empty_store: Make, tmp_path: Path) -> None:
    filled = fill(store)
    file = tmp_path / "backup"
    backup(store, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    other = empty_store()
    assert restore(other, file) is None
    assert all_rows(other) == all_rows(store)
    assert checks.check(other).faults == []
    # New accounts follow those of the backup, and the database refuses what it did.
    with other.writing(filled.actor) as desk:
        assert clinics.add(desk, email="new@example.org", name="New", roles=()) > (filled.actor.account_id or 0)
    keep(other, filled.actor)
    assert checks.check(other).faults == []


@pytest.mark.hazard("H39")
def test_a_backup_under_load_is_of_one_moment(store: Store, empty_store: Make, tmp_path: Path) -> None:
    actor = found_clinic(store)
    keep(store, actor)
    over, failed, kept = threading.Event(), [], [1]

    def write() -> None:
        try:
            while not over.is_set():
                keep(store, actor, number=kept[0], filler="x" * 2000)
                kept[0] += 1
        except Exception as error:  # noqa: BLE001
            failed.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            before = kept[0]
            backup(store, tmp_path / str(number))
            other = empty_store()
            restore(other, tmp_path / str(number))
            report = checks.check(other)
            assert report.faults == []
            assert before <= report.fittings + 1
    finally:
        over.set()
        writer.join()
    assert failed == []
    assert checks.check(store).fittings == kept[0]
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_database_in_use_is_only_given_up_when_told(store: Store, tmp_path: Path, kind: str) -> None:
    filled = fill(store)
    backup(store, tmp_path / "backup")
    saved = all_rows(store)
    keep(store, filled.actor, number=3)
    later = all_rows(store)
    with pytest.raises(NotRestored, match="--replace"):
        restore(store, tmp_path / "backup")
    assert all_rows(store) == later
    aside = restore(store, tmp_path / "backup", replace=True)
    assert all_rows(store) == saved
    assert aside is not None
    assert [aside] == list(tmp_path.glob("*.before-*"))
    if kind == "sqlite":
        old = Store(f"sqlite:///{aside}", store.vault)
        assert all_rows(old) == later
        old.close()
    else:
        assert stat.S_IMODE(aside.stat().st_mode) == 0o600
    # What was given up can be had back in the same way, and the database refuses again what it did.
    restore(store, aside, replace=True)
    assert all_rows(store) == later
    emptied = "TRUNCATE audit" if kind == "postgresql" else "DELETE FROM audit"
    with pytest.raises(DBAPIError, match="rows are not deleted"), store.engine.begin() as connection:
        connection.execute(text(emptied))


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_what_cannot_be_kept_is_not_given_up(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    backup(store, tmp_path / "backup")
    before = all_rows(store)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("afofit.store.backup._to_disk", full)
    with pytest.raises(NotRestored, match=r"could not be kept .* \(No space left on device\)"):
        restore(store, tmp_path / "backup", replace=True)
    monkeypatch.undo()
    assert all_rows(store) == before
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == ["backup"]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_a_backup_that_breaks_off_changes_nothing(store: Store, tmp_path: Path) -> None:
    filled = fill(store)
    file = tmp_path / "backup"
    backup(store, file)
    with zipfile.ZipFile(file) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(content[MANIFEST])
    manifest["rows"]["audit"] += 1
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in (content | {MANIFEST: json.dumps(manifest).encode()}).items():
            packed.writestr(name, data)
    keep(store, filled.actor, number=3)
    before = all_rows(store)
    with pytest.raises(NotRestored, match="rows of audit"):
        restore(store, file, replace=True)
    assert all_rows(store) == before
    assert not list(tmp_path.glob("*.before-*"))


def test_a_migrated_database_without_clinics_counts_as_empty(store: Store, empty_store: Make, tmp_path: Path) -> None:
    fill(store)
    backup(store, tmp_path / "backup")
    other = empty_store()
    migrate.upgrade(other)
    restore(other, tmp_path / "backup")
    assert all_rows(other) == all_rows(store)


def test_a_backup_of_an_earlier_version_is_restored_and_taken_on(
    store: Store, empty_store: Make, tmp_path: Path
) -> None:
    actor = found_clinic(store)
    keep(store, actor)
    migrate.downgrade(store, "0001")
    backup(store, tmp_path / "backup")
    other = empty_store()
    restore(other, tmp_path / "backup")
    assert migrate.version(other) == "0001"
    migrate.upgrade(other)
    with other.reading(actor) as desk:
        assert audit.verify(desk.session, actor.clinic_id).faults == ()


@pytest.mark.hazard("H39")
def test_files_that_are_no_backup_are_refused_in_words(store: Store, empty_store: Make, tmp_path: Path) -> None:
    fill(store)
    other, file = empty_store(), tmp_path / "file"
    with pytest.raises(NotRestored, match="no file"):
        restore(other, file)
    file.write_text("something else")
    with pytest.raises(NotRestored, match="which this service uses"):
        restore(other, file)
    backup(store, file)
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 3, len(content) // 3 + 4096):
        content[place] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(NotRestored):
        restore(other, file)
    assert migrate.version(other) is None


def test_a_backup_of_a_later_program_is_refused(store: Store, empty_store: Make, tmp_path: Path) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    backup(store, tmp_path / "backup")
    with pytest.raises(NotRestored, match="9999"):
        restore(empty_store(), tmp_path / "backup")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_file_that_another_process_has_open_is_not_replaced(store: Store, tmp_path: Path) -> None:
    fill(store)
    backup(store, tmp_path / "backup")
    running = Store(store.url, store.vault)
    with running.looking() as session:
        assert clinics.any_clinic(session)
        with pytest.raises(NotRestored, match="Stop the service"):
            restore(store, tmp_path / "backup", replace=True)
        assert clinics.any_clinic(session)
    running.close()
    assert checks.check(store).faults == []


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_backup_that_fails_leaves_the_earlier_one(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    file = tmp_path / "backup"
    backup(store, file)
    earlier = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("afofit.store.backup._to_disk", full)
    with pytest.raises(OSError, match="no space"):
        backup(store, file)
    assert file.read_bytes() == earlier
    assert not list(tmp_path.glob("*.unfinished"))
