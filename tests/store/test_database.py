"""What only reads cannot write, and on PostgreSQL leaves the driver its prepared statements."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from afofit.store import clinics
from afofit.store.database import Away, Store
from tests.store.filled import found_clinic

SEVEN = 7
"""The driver prepares what it was asked five times."""


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_statements_stay_prepared_when_somebody_only_read(store: Store) -> None:
    actor = found_clinic(store)
    for _ in range(SEVEN):
        with store.reading(actor) as desk:
            clinics.clinic(desk)
    with store.reading(actor) as desk:
        prepared = desk.connection.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("FROM clinic" in statement for statement in prepared)


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_what_only_reads_cannot_write_and_writers_come_after_it(store: Store) -> None:
    actor = found_clinic(store)
    change = text("UPDATE clinic SET name = 'Another'")
    with pytest.raises(Away), store.reading(actor) as desk:
        desk.connection.execute(change)
    with pytest.raises(Away), store.looking() as session:
        session.execute(change)
    with store.writing(actor) as desk:
        assert clinics.clinic(desk).name == "Example clinic"
        clinics.change(desk, name="Another", phone="1", retention_years=None)
    with store.reading(actor) as desk:
        assert clinics.clinic(desk).name == "Another"


def test_what_was_changed_by_mistake_while_reading_is_not_kept(store: Store) -> None:
    actor = found_clinic(store)
    change = text("UPDATE clinic SET name = 'Another'")
    with suppress(Away), store.reading(actor) as desk:
        desk.connection.execute(change)
    with suppress(Away), store.looking() as session:
        session.execute(change)
    with store.reading(actor) as desk:
        assert clinics.clinic(desk).name == "Example clinic"
