"""The audit: append-only, each row holding the hash of the one before, one chain a clinic."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from afofit.store.database import Desk
from afofit.store.tables import AuditRow, ClinicRow

Detail = str | int | float | bool | list[str] | None

_OWN = ClinicRow.id == bindparam("own_clinic")
_HEAD = select(ClinicRow.audit_count, ClinicRow.audit_head).where(_OWN).with_for_update(key_share=True)
_ROW = insert(AuditRow)
_NEXT = update(ClinicRow).where(_OWN).values(audit_count=bindparam("number"), audit_head=bindparam("hash"))


def append(desk: Desk, action: str, kind: str, object_id: object, **detail: Detail) -> None:
    """Say what is being done, in the same transaction as the deed. No word in it may come from a patient's record.

    The row of the clinic is locked, so that two writers of one clinic follow each other.
    """
    clinic_id = desk.actor.clinic_id
    # Within a transaction the row stays locked: what was written last is still the head.
    if desk.head is None:
        number, digest = desk.run(_HEAD, own_clinic=clinic_id).one()
        desk.head = (number, digest)
        desk.at_end.append(lambda: _close(desk))
    count, previous = desk.head
    row: dict[str, object] = {
        "clinic_id": clinic_id,
        "number": count + 1,
        "at": desk.now,
        "actor": desk.actor.label,
        "action": action,
        "object_kind": kind,
        "object_id": str(object_id),
        "detail": orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
        "previous": bytes(previous),
    }
    digest = chained(row)
    row["hash"] = digest
    desk.run(_ROW, **row)
    desk.head = (count + 1, digest)


def _close(desk: Desk) -> None:
    """Write where the chain ends now, once for everything that the transaction did."""
    number, digest = desk.head or (0, b"")
    desk.run(_NEXT, own_clinic=desk.actor.clinic_id, number=number, hash=digest)


def chained(row: dict[str, object]) -> bytes:
    """The hash (SHA-256) over the hash of the row before and everything that this row says."""
    said = [str(row[name]) for name in ("clinic_id", "number", "actor", "action", "object_kind", "object_id", "detail")]
    at = row["at"].isoformat(timespec="microseconds")  # type: ignore[attr-defined]
    previous = row["previous"]
    assert isinstance(previous, bytes)  # noqa: S101
    return hashlib.sha256(previous + orjson.dumps([*said, at])).digest()


@dataclass(frozen=True, slots=True)
class Chain:
    """What the check of one clinic's chain found."""

    clinic_id: UUID
    rows: int
    head: str
    faults: tuple[str, ...]


def verify(session: Session, clinic_id: UUID) -> Chain:
    """Walk one chain from its start: every number there, every hash right, the head where the clinic says."""
    faults = list(_broken_links(session, clinic_id))
    clinic = session.execute(select(ClinicRow).where(ClinicRow.id == clinic_id)).scalar_one()
    last = session.execute(
        select(AuditRow.number, AuditRow.hash)
        .where(AuditRow.clinic_id == clinic_id)
        .order_by(AuditRow.number.desc())
        .limit(1)
    ).one_or_none()
    number, head = (last.number, bytes(last.hash)) if last else (0, b"")
    if (number, head) != (clinic.audit_count, bytes(clinic.audit_head)):
        faults.append(f"the chain ends at row {number}, the clinic says {clinic.audit_count}: rows are missing")
    return Chain(clinic_id, number, head.hex(), tuple(faults))


def _broken_links(session: Session, clinic_id: UUID) -> Iterator[str]:
    rows = session.execute(select(AuditRow).where(AuditRow.clinic_id == clinic_id).order_by(AuditRow.number)).scalars()
    expected, previous = 1, b""
    for row in rows.yield_per(500):
        said = {column.name: getattr(row, column.name) for column in AuditRow.__table__.columns}
        said |= {"previous": bytes(row.previous)}
        if row.number != expected:
            yield f"row {expected} is missing"
        elif bytes(row.previous) != previous:
            yield f"row {row.number} does not follow the row before it"
        if chained(said) != bytes(row.hash):
            yield f"row {row.number} was changed"
        expected, previous = row.number + 1, bytes(row.hash)
