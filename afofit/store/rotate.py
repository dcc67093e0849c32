"""Encrypting everything anew with the first key, a few rows at a time, while the service works."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from afofit.store import clinics, origins
from afofit.store.actors import command
from afofit.store.audit import append
from afofit.store.batch_tables import BatchItemRow
from afofit.store.database import Desk, Store
from afofit.store.exchange_tables import EhrRow, LaunchRow, OriginRow, SentRow
from afofit.store.patients import Identity
from afofit.store.tables import DeliveryRow, EntryRow, FittingRow, PatientRow, WithdrawalRow

AT_ONCE = 100
"""Rows a transaction: other writers wait for no more than these."""
LOCKED: tuple[tuple[Any, Any, tuple[str, ...]], ...] = (
    (PatientRow, PatientRow.id, ("identity",)),
    (FittingRow, FittingRow.id, ("request", "result")),
    (WithdrawalRow, WithdrawalRow.fitting_id, ("reason",)),
    (EntryRow, EntryRow.id, ("fields",)),
    (DeliveryRow, DeliveryRow.id, ("note",)),
    (EhrRow, EhrRow.id, ("secret",)),
    (LaunchRow, LaunchRow.id, ("opening", "asked", "content")),
    (OriginRow, OriginRow.series_id, ("chart",)),
    (SentRow, SentRow.id, ("answer",)),
    (BatchItemRow, BatchItemRow.id, ("given", "problems")),
)


def rotate(store: Store) -> int:
    """Encrypt every record with the first key and mark every reference with it; answers how many rows that were.

    It can be broken off and begun again. Afterwards the earlier keys open nothing that is stored here any more.
    """
    with store.looking() as session:
        known = clinics.ids(session)
    return sum(_clinic(store, clinic_id) for clinic_id in known)


def _clinic(store: Store, clinic_id: UUID) -> int:
    actor, done = command(clinic_id), 0
    for table, key, columns in LOCKED:
        with store.reading(actor) as desk:
            ids = list(desk.session.execute(select(key).where(table.clinic_id == clinic_id)).scalars())
        for some in _batches(ids):
            with store.writing(actor) as desk:
                rows = desk.session.execute(desk.own(table).where(key.in_(some)).with_for_update()).scalars().all()
                for row in rows:
                    values = _anew(desk, row, columns)
                    desk.session.execute(update(table).where(key == getattr(row, key.key)).values(values))
                done += len(rows)
    with store.writing(actor) as desk:
        append(desk, "encrypted anew", "clinic", clinic_id, rows=done)
    return done


def _batches(ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _anew(desk: Desk, row: Any, columns: tuple[str, ...]) -> dict[str, bytes | None]:
    vault = desk.vault
    locked = {name: getattr(row, name) for name in columns}
    values = {name: None if value is None else vault.lock(vault.unlock(value)) for name, value in locked.items()}
    if isinstance(row, PatientRow):
        said = vault.unlock_json(row.identity)
        assert isinstance(said, dict)  # noqa: S101
        reference = (Identity(said["reference"]).reference or "").strip()
        values["reference_index"] = vault.index(reference) if reference else None
    elif isinstance(row, OriginRow):
        said = vault.unlock_json(row.chart)
        assert isinstance(said, dict)  # noqa: S101
        values["subject"] = origins.mark(desk, row.ehr_id, said["patient"])
    return values
