"""Forms that are being filled: kept as typed, incomplete or wrong, until they become a fitting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import insert, update

from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import EntryRow

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A form as it was left, and by whom it may be resumed: anybody of the clinic."""

    id: UUID
    fields: Fields
    patient_id: UUID | None
    previous_id: UUID | None
    filled: int
    version: int
    saved_at: datetime


def keep(
    desk: Desk,
    fields: Fields,
    *,
    filled: int,
    patient_id: UUID | None = None,
    previous_id: UUID | None = None,
) -> UUID:
    """Keep a form for the first time."""
    entry_id = uuid4()
    desk.session.execute(
        insert(EntryRow).values(
            id=entry_id,
            clinic_id=desk.actor.clinic_id,
            account_id=desk.actor.account_id,
            patient_id=patient_id,
            previous_id=previous_id,
            fields=desk.vault.lock_json(dict(fields)),
            filled=filled,
            version=1,
            saved_at=desk.now,
        )
    )
    return entry_id


def keep_again(desk: Desk, entry_id: UUID, fields: Fields, *, filled: int, version: int) -> int:
    """Keep a form anew; answers its new version. Raises Conflict where it was saved elsewhere since, Missing."""
    row = _row(desk, entry_id)
    changed = desk.session.execute(
        update(EntryRow)
        .where(EntryRow.id == row.id, EntryRow.version == version)
        .values(fields=desk.vault.lock_json(dict(fields)), filled=filled, version=version + 1, saved_at=desk.now)
        .returning(EntryRow.version)
    ).one_or_none()
    if changed is None:
        raise Conflict("changed_elsewhere", "This draft was saved on another device since it was opened here.")
    return version + 1


def find(desk: Desk, entry_id: UUID) -> Entry:
    """One draft of the clinic. Raises Missing."""
    return _entry(desk, _row(desk, entry_id))


def listed(desk: Desk) -> list[Entry]:
    """The drafts of the clinic, the one saved last first."""
    rows = desk.session.execute(desk.own(EntryRow).order_by(EntryRow.saved_at.desc())).scalars()
    return [_entry(desk, row) for row in rows]


def drop(desk: Desk, entry_id: UUID) -> None:
    """Throw a draft away, or let it go once it has become a fitting. Raises Missing."""
    desk.session.delete(_row(desk, entry_id))


def _row(desk: Desk, entry_id: UUID) -> EntryRow:
    row: EntryRow | None = desk.session.execute(desk.own(EntryRow).where(EntryRow.id == entry_id)).scalar_one_or_none()
    if row is None:
        raise Missing("draft")
    return row


def _entry(desk: Desk, row: EntryRow) -> Entry:
    fields = cast(Fields, desk.vault.unlock_json(row.fields))
    return Entry(row.id, fields, row.patient_id, row.previous_id, row.filled, row.version, row.saved_at)
