"""The tables on both databases: up, down and up again, equal to what the program declares, rows written once."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from afofit.store import checks, fittings, migrate
from afofit.store.database import Store
from afofit.store.tables import Table
from tests.store.filled import all_rows, fill, found_clinic, keep


def test_up_down_and_up_with_records_in_place(store: Store) -> None:
    assert migrate.version(store) == migrate.latest()
    actor = found_clinic(store)
    kept = keep(store, actor)
    before = all_rows(store)
    migrate.downgrade(store, "0001")
    assert migrate.version(store) == "0001"
    after = all_rows(store)
    assert after["fitting"] == before["fitting"]
    assert "delivery" not in after
    migrate.upgrade(store)
    assert all_rows(store) == before
    with store.reading(actor) as desk:
        assert fittings.find(desk, kept).state == "draft"
    assert checks.check(store).faults == []


def test_all_the_way_down_leaves_nothing_behind(store: Store) -> None:
    migrate.downgrade(store, migrate.NONE)
    assert migrate.version(store) is None
    assert set(all_rows(store)) == {"alembic_version"}
    migrate.upgrade(store)
    found_clinic(store)


def test_a_second_upgrade_changes_nothing(store: Store) -> None:
    fill(store)
    before = all_rows(store)
    migrate.upgrade(store)
    assert all_rows(store) == before


def test_the_tables_are_those_that_the_program_declares(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


REFUSED = [
    "UPDATE audit SET action = 'nothing'",
    "DELETE FROM audit",
    "UPDATE fitting SET revision = 9",
    "UPDATE fitting SET made_by_name = 'somebody'",
    "UPDATE fitting SET digest = request",
    "UPDATE fitting SET facts = '{}'",
    "DELETE FROM fitting",
    "UPDATE approval SET name = 'somebody'",
    "UPDATE approval SET fitting_id = fitting_id",
    "DELETE FROM approval",
    "UPDATE withdrawal SET name = 'somebody'",
    "DELETE FROM withdrawal",
    "UPDATE delivery SET outcome = 'refitted'",
    "DELETE FROM delivery",
    "UPDATE origin SET ehr_id = series_id",
    "DELETE FROM origin",
    "UPDATE sent SET item = 'another'",
    "DELETE FROM sent",
    "UPDATE base_protocol SET text = ''",
    "DELETE FROM base_protocol",
]


@pytest.mark.parametrize("deed", REFUSED)
def test_the_database_itself_refuses_to_change_what_was_recorded(store: Store, deed: str) -> None:
    fill(store)
    before = all_rows(store)
    with pytest.raises(DBAPIError, match=r"rows are (written once|not deleted)"), store.engine.begin() as connection:
        connection.execute(text(deed))
    assert all_rows(store) == before


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_tables_that_keep_their_rows_cannot_be_emptied_at_once(store: Store) -> None:
    fill(store)
    before = all_rows(store)
    guarded = text(
        "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE tgname ~ '_no_delete$'"
    )
    with store.engine.connect() as connection:
        tables = list(connection.execute(guarded).scalars())
    assert len(tables) >= 7
    # Those that refer to a guarded table would take it along, and it them.
    for table in (*tables, "clinic", "patient"):
        with pytest.raises(DBAPIError, match="rows are not deleted"), store.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
    assert all_rows(store) == before


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE fitting SET request = digest, result = digest",
        "UPDATE withdrawal SET reason = reason",
        "UPDATE delivery SET note = note",
        "UPDATE origin SET chart = chart",
        "UPDATE sent SET answer = answer",
    ],
)
def test_what_is_encrypted_may_be_encrypted_anew(store: Store, deed: str) -> None:
    fill(store)
    with store.engine.begin() as connection:
        assert connection.execute(text(deed)).rowcount > 0


@pytest.mark.parametrize("table", ["delivery", "approval", "withdrawal"])
def test_rows_go_only_while_their_patient_is_being_erased(store: Store, table: str) -> None:
    filled = fill(store)
    other = fill(store, email="other@example.org")
    with store.engine.begin() as connection:
        erasing = text("UPDATE patient SET erasing_at = created_at WHERE clinic_id = :clinic")
        clinic = filled.actor.clinic_id
        connection.execute(erasing, {"clinic": clinic.hex if store.url.startswith("sqlite") else clinic})
    delete = f"DELETE FROM {table} WHERE clinic_id = :clinic"  # noqa: S608
    for actor, goes in ((other.actor, False), (filled.actor, True)):
        clinic = actor.clinic_id
        wanted = {"clinic": clinic.hex if store.url.startswith("sqlite") else clinic}
        if goes:
            with store.engine.begin() as connection:
                assert connection.execute(text(delete), wanted).rowcount > 0
        else:
            with pytest.raises(DBAPIError, match="not deleted"), store.engine.begin() as connection:
                connection.execute(text(delete), wanted)
