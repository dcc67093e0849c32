"""The audit: append-only, each row holding the hash of the one before, one chain a clinic."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.orm import Session

from afofit.store.database import Desk
from afofit.store.tables import AuditRow, ClinicRow
from afofit.words import audit as words

Detail = str | int | float | bool | list[str] | None

_OWN = ClinicRow.id == bindparam("own_clinic")
_HEAD = select(ClinicRow.audit_count, ClinicRow.audit_head).where(_OWN).with_for_update(key_share=True)
_ROW = insert(AuditRow)
# Columns, not objects: a chain of years is walked in seconds.
_WHOLE = (
    select(*AuditRow.__table__.columns).where(AuditRow.clinic_id == bindparam("own_clinic")).order_by(AuditRow.number)
)
AT_ONCE = 500
_NEXT = update(ClinicRow).where(_OWN).values(audit_count=bindparam("number"), audit_head=bindparam("hash"))


def append(desk: Desk, action: str, kind: str, object_id: object, **detail: Detail) -> None:
    """Say what is being done, in the same transaction as the deed. No word in it may come from a patient's record."""
    if not desk.said:
        desk.at_end.append(lambda: _chain(desk))
    desk.said.append(
        {
            "clinic_id": desk.actor.clinic_id,
            "at": desk.now,
            "actor": desk.actor.label,
            "action": action,
            "object_kind": kind,
            "object_id": str(object_id),
            "detail": orjson.dumps(detail, option=orjson.OPT_SORT_KEYS).decode(),
        }
    )


def _chain(desk: Desk) -> None:
    """Write everything that was said, each row on the one before, and where the chain ends now.

    The row of the clinic is locked, so that two writers of one clinic follow each other; at the end, so that one waits
    for nothing of the other but this.
    """
    clinic_id = desk.actor.clinic_id
    number, head = desk.run(_HEAD, own_clinic=clinic_id).one()
    for row in desk.said:
        number += 1
        row |= {"number": number, "previous": bytes(head)}
        row["hash"] = head = chained(row)
        desk.run(_ROW, **row)
    desk.run(_NEXT, own_clinic=clinic_id, number=number, hash=head)


def chained(row: dict[str, object]) -> bytes:
    """The hash (SHA-256) over the hash of the row before and everything that this row says."""
    said = [str(row[name]) for name in ("clinic_id", "number", "actor", "action", "object_kind", "object_id", "detail")]
    at = row["at"].isoformat(timespec="microseconds")  # type: ignore[attr-defined]
    previous = row["previous"]
    assert isinstance(previous, bytes)  # noqa: S101
    return hashlib.sha256(previous + orjson.dumps([*said, at])).digest()


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a chain; as text, a sentence in the language of whoever reads."""

    code: Literal["missing", "unlinked", "changed", "cut"]
    row: int
    claimed: int = 0
    """How many rows the clinic says it has; of a chain that was cut."""

    def __str__(self) -> str:
        return words.fault(self.code, self.row, self.claimed)


@dataclass(frozen=True, slots=True)
class Chain:
    """What the check of one clinic's chain found."""

    clinic_id: UUID
    rows: int
    head: str
    faults: tuple[Fault, ...]


def verify(session: Session, clinic_id: UUID) -> Chain:
    """Walk one chain from its start: every number there, every hash right, the head where the clinic says."""
    faults: list[Fault] = []
    number, head = 0, b""
    for row in session.execute(_WHOLE, {"own_clinic": clinic_id}).yield_per(AT_ONCE):
        faults += _broken(row, number, head)
        number, head = row.number, bytes(row.hash)
    clinic = session.execute(select(ClinicRow.audit_count, ClinicRow.audit_head).where(ClinicRow.id == clinic_id)).one()
    if (number, head) != (clinic.audit_count, bytes(clinic.audit_head)):
        faults.append(Fault("cut", number, clinic.audit_count))
    return Chain(clinic_id, number, head.hex(), tuple(faults))


def _broken(row: Row[Any], number: int, head: bytes) -> Iterator[Fault]:
    """What is wrong with a row that should follow the one of that number and hash."""
    previous = bytes(row.previous)
    if row.number != number + 1:
        yield Fault("missing", number + 1)
    elif previous != head:
        yield Fault("unlinked", row.number)
    if chained(row._asdict() | {"previous": previous}) != bytes(row.hash):
        yield Fault("changed", row.number)
