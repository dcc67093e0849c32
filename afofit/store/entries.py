"""Forms that are being filled: kept as typed, incomplete or wrong, until they become a fitting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, cast
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, update

from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import EntryRow

Fields = Mapping[str, list[str]]

PAGE = "page"
"""Among the encrypted fields: the mark of the open page that saved last."""


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
    page: str = ""
    """The mark of the open page that saved last: what it saves again never conflicts with itself."""


class Saved(NamedTuple):
    """Which version of a draft is stored now, and since when."""

    version: int
    saved_at: datetime


def keep(
    desk: Desk,
    fields: Fields,
    *,
    filled: int,
    patient_id: UUID | None = None,
    previous_id: UUID | None = None,
    entry_id: UUID | None = None,
    page: str = "",
) -> UUID:
    """Keep a form for the first time, under the id that its page was made with, or under a new one."""
    entry_id = entry_id or uuid4()
    desk.session.execute(
        insert(EntryRow).values(
            id=entry_id,
            clinic_id=desk.actor.clinic_id,
            account_id=desk.actor.account_id,
            patient_id=patient_id,
            previous_id=previous_id,
            fields=_locked(desk, fields, page),
            filled=filled,
            version=1,
            saved_at=desk.now,
        )
    )
    return entry_id


def keep_again(desk: Desk, entry_id: UUID, fields: Fields, *, filled: int, version: int, page: str = "") -> int:
    """Keep a form anew; answers its new version. Raises Conflict where it was saved elsewhere since, Missing.

    A page whose earlier save arrived while the answer to it got lost knows an old version; it is not "elsewhere".
    """
    row = _row(desk, entry_id, change=True)
    if not _fits(_entry(desk, row), version, page):
        raise Conflict("changed_elsewhere", "This draft was saved on another device since it was opened here.")
    desk.session.execute(
        update(EntryRow)
        .where(EntryRow.id == row.id, EntryRow.clinic_id == desk.actor.clinic_id)
        .values(fields=_locked(desk, fields, page), filled=filled, version=row.version + 1, saved_at=desk.now)
        .execution_options(synchronize_session=False)
    )
    return row.version + 1


def save(
    desk: Desk,
    entry_id: UUID,
    fields: Fields,
    *,
    filled: int,
    version: int,
    page: str,
    patient_id: UUID | None = None,
    previous_id: UUID | None = None,
) -> Saved:
    """Keep a form, for the first time (version 0) or anew. Raises Conflict, and Missing where it is there no longer."""
    if version == 0 and not _there(desk, entry_id):
        keep(
            desk,
            fields,
            filled=filled,
            patient_id=patient_id,
            previous_id=previous_id,
            entry_id=entry_id,
            page=page,
        )
        return Saved(1, desk.now)
    return Saved(keep_again(desk, entry_id, fields, filled=filled, version=version, page=page), desk.now)


def changed_elsewhere(desk: Desk, entry_id: UUID, version: int, page: str) -> Entry | None:
    """The draft as it is stored, where it was saved elsewhere since; None where it was not, or is there no longer."""
    if not _there(desk, entry_id):
        return None
    entry = find(desk, entry_id)
    return None if _fits(entry, version, page) else entry


def find(desk: Desk, entry_id: UUID) -> Entry:
    """One draft of the clinic. Raises Missing."""
    return _entry(desk, _row(desk, entry_id))


def listed(desk: Desk) -> list[Entry]:
    """The drafts of the clinic, the one saved last first."""
    rows = desk.session.execute(desk.own(EntryRow).order_by(EntryRow.saved_at.desc())).scalars()
    return [_entry(desk, row) for row in rows]


def drop(desk: Desk, entry_id: UUID) -> None:
    """Throw a draft away. Raises Missing."""
    desk.session.delete(_row(desk, entry_id))


def let_go(desk: Desk, entry_id: UUID) -> None:
    """Let a draft go that has become a fitting; one that went before is no fault."""
    desk.session.execute(delete(EntryRow).where(EntryRow.id == entry_id, EntryRow.clinic_id == desk.actor.clinic_id))


def _fits(entry: Entry, version: int, page: str) -> bool:
    return entry.version == version or bool(page and page == entry.page)


def _there(desk: Desk, entry_id: UUID) -> bool:
    found = desk.session.execute(desk.own(EntryRow).where(EntryRow.id == entry_id)).scalar_one_or_none()
    return found is not None


def _row(desk: Desk, entry_id: UUID, *, change: bool = False) -> EntryRow:
    query = desk.own(EntryRow).where(EntryRow.id == entry_id)
    # Who changes it waits for whoever changes it now, and then sees what that one wrote.
    query = query.with_for_update().execution_options(populate_existing=True) if change else query
    row: EntryRow | None = desk.session.execute(query).scalar_one_or_none()
    if row is None:
        raise Missing("draft")
    return row


def _locked(desk: Desk, fields: Fields, page: str) -> bytes:
    return desk.vault.lock_json(dict(fields) | ({PAGE: [page]} if page else {}))


def _entry(desk: Desk, row: EntryRow) -> Entry:
    fields = dict(cast(Fields, desk.vault.unlock_json(row.fields)))
    page = "".join(fields.pop(PAGE, []))
    return Entry(row.id, fields, row.patient_id, row.previous_id, row.filled, row.version, row.saved_at, page)
