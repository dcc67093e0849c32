"""Batches: requests kept encrypted until each is done, by one worker at a time, once however often it is begun."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from afofit.store.actors import Actor, command
from afofit.store.audit import append
from afofit.store.batch_tables import BatchItemRow, BatchRow
from afofit.store.database import Desk, Store
from afofit.store.errors import Conflict, Missing
from afofit.store.fittings import Retry
from afofit.words.tongue import gettext as _

HELD = timedelta(seconds=20)
"""How long a worker holds a batch without a word; it says one after every few rows."""
SENT_AGAIN = timedelta(seconds=20)
"""After how long a batch that nobody holds is sent to the workers again."""
OPEN = and_(BatchRow.finished_at.is_(None), BatchRow.cancelled_at.is_(None))
State = Literal["waiting", "running", "finished", "cancelled"]


@dataclass(frozen=True, slots=True)
class New:
    """A row that is to be kept: its content, or why it cannot be read."""

    number: int
    content: bytes
    status: int | None = None
    problems: bytes | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A row that is to be done."""

    id: UUID
    number: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a row: a fitting, or the problems that stood in its way."""

    number: int
    status: int
    fitting_id: UUID | None = None
    problems: bytes | None = None
    """JSON, as it stands in a problem document."""
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as it stands: how many rows are done, and how many of them failed."""

    id: UUID
    actor: Actor
    key: str
    """What its rows are stored under, so that a second try finds the first."""
    created_at: datetime
    total: int
    done: int
    failed: int
    waits: bool
    held_until: datetime | None
    finished_at: datetime | None
    cancelled_at: datetime | None
    now: datetime

    @property
    def state(self) -> State:
        """Running while somebody holds it."""
        if self.cancelled_at:
            return "cancelled"
        if self.finished_at:
            return "finished"
        return "running" if self.held_until and self.held_until > self.now else "waiting"


def accept(store: Store, actor: Actor, rows: Sequence[New], *, retry: Retry | None, waits: bool) -> tuple[UUID, bool]:
    """Keep a batch; True where it is new. Raises Conflict where its key came with another content.

    What is encrypted is encrypted before the transaction, for which other writers wait. Raises Overtaken where the
    same try was sent twice at once and the other one was first: ask again.
    """
    with store.reading(actor) as desk:
        known = earlier(desk, retry) if retry else None
    if known is not None:
        return known, False
    batch_id = uuid4()
    vault, clinic_id = store.vault, actor.clinic_id
    items = [
        {
            "id": uuid4(),
            "clinic_id": clinic_id,
            "batch_id": batch_id,
            "number": row.number,
            "given": None if row.status else vault.lock(row.content),
            "status": row.status,
            "fitting_id": None,
            "problems": vault.lock(row.problems) if row.problems else None,
        }
        for row in rows
    ]
    with store.writing(actor) as desk:
        desk.connection.execute(insert(BatchRow), _head(desk, batch_id, len(rows), retry, waits))
        if items:
            desk.connection.execute(insert(BatchItemRow), items)
        append(desk, "batch accepted", "batch", batch_id, rows=len(rows))
    return batch_id, True


def _head(desk: Desk, batch_id: UUID, total: int, retry: Retry | None, waits: bool) -> dict[str, Any]:
    actor = desk.actor
    return {
        "id": batch_id,
        "clinic_id": actor.clinic_id,
        "account_id": actor.account_id,
        "made_by": actor.label,
        "made_by_name": actor.name,
        "created_at": desk.now,
        "key": retry.hashed if retry else None,
        "body_hash": retry.body_hash if retry else b"",
        "total": total,
        "waits": waits,
        "sent_at": desk.now,
        "holder": None,
        "held_until": None,
        "finished_at": None,
        "cancelled_at": None,
    }


def earlier(desk: Desk, retry: Retry) -> UUID | None:
    """The batch that came under this key before. Raises Conflict where it came with another content."""
    query = desk.own(BatchRow).where(BatchRow.made_by == desk.actor.label, BatchRow.key == retry.hashed)
    row: BatchRow | None = desk.session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    if bytes(row.body_hash) != retry.body_hash:
        raise Conflict("key_reused", _("This Idempotency-Key was used before with other content. Use a new key."))
    return row.id


def find(desk: Desk, batch_id: UUID) -> Batch:
    """One batch of the clinic. Raises Missing."""
    row = desk.session.execute(desk.own(BatchRow).where(BatchRow.id == batch_id)).scalar_one_or_none()
    if row is None:
        raise Missing("batch")
    counts = select(func.count(BatchItemRow.status), func.count(BatchItemRow.status).filter(BatchItemRow.status >= 400))
    done, failed = desk.session.execute(counts.where(BatchItemRow.batch_id == batch_id)).one()
    actor = Actor(clinic_id=row.clinic_id, label=row.made_by, name=row.made_by_name, account_id=row.account_id)
    return Batch(
        id=row.id,
        actor=actor,
        key=bytes(row.key).hex() if row.key else str(row.id),
        created_at=row.created_at,
        total=row.total,
        done=done,
        failed=failed,
        waits=row.waits,
        held_until=row.held_until,
        finished_at=row.finished_at,
        cancelled_at=row.cancelled_at,
        now=desk.now,
    )


def hold(store: Store, clinic_id: UUID, batch_id: UUID, holder: str) -> Batch | None:
    """Take a batch to work on it; None where another worker holds it, or nothing is left to do."""
    with store.writing(command(clinic_id)) as desk:
        taken = desk.session.execute(
            update(BatchRow)
            .where(BatchRow.id == batch_id, BatchRow.clinic_id == clinic_id, OPEN, _free(desk.now))
            .values(holder=holder, held_until=desk.now + HELD)
            .returning(BatchRow.id)
        ).one_or_none()
        return find(desk, batch_id) if taken else None


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(BatchRow.held_until.is_(None), BatchRow.held_until <= now)


def undone(desk: Desk, batch_id: UUID, limit: int) -> list[Item]:
    """The next rows to be done, in their order."""
    query = desk.own(BatchItemRow).where(BatchItemRow.batch_id == batch_id, BatchItemRow.status.is_(None))
    rows = desk.session.execute(query.order_by(BatchItemRow.number).limit(limit)).scalars()
    return [Item(row.id, row.number, desk.vault.unlock(row.given)) for row in rows if row.given is not None]


_NOTE = (
    # nosemgrep: query-without-its-clinic  Rows that were read as the clinic's own.
    update(BatchItemRow)
    .where(BatchItemRow.id == bindparam("item_id"), BatchItemRow.status.is_(None))
    .values(status=bindparam("came_of"), fitting_id=bindparam("made"), problems=bindparam("wrong"), given=None)
)


def note(store: Store, batch: Batch, holder: str, done: Iterable[Done]) -> bool:
    """Write what came of some rows, whose content goes with it; False where the batch is no longer this worker's."""
    vault = store.vault
    values = [
        {
            "item_id": one.id,
            "came_of": one.status,
            "made": one.fitting_id,
            "wrong": vault.lock(one.problems) if one.problems else None,
        }
        for one in done
    ]
    with store.writing(batch.actor) as desk:
        desk.connection.execute(_NOTE, values)
        mine = desk.session.execute(
            update(BatchRow)
            .where(BatchRow.id == batch.id, BatchRow.clinic_id == desk.actor.clinic_id, BatchRow.holder == holder, OPEN)
            .values(held_until=desk.now + HELD)
            .returning(BatchRow.id)
        ).one_or_none()
        return mine is not None


def finish(store: Store, batch: Batch) -> None:
    """Say that every row is done."""
    with store.writing(batch.actor) as desk:
        ended = desk.session.execute(
            update(BatchRow)
            .where(BatchRow.id == batch.id, BatchRow.clinic_id == desk.actor.clinic_id, OPEN)
            .values(finished_at=desk.now, held_until=None)
            .returning(BatchRow.id)
        ).one_or_none()
        if ended:
            state = find(desk, batch.id)
            append(desk, "batch finished", "batch", batch.id, rows=state.done, failed=state.failed)


def let_go(store: Store, batch: Batch, holder: str) -> None:
    """Stop working on a batch that is not done, so that another worker may go on at once."""
    with store.writing(batch.actor) as desk:
        mine = (BatchRow.id == batch.id, BatchRow.clinic_id == desk.actor.clinic_id, BatchRow.holder == holder)
        desk.session.execute(update(BatchRow).where(*mine).values(held_until=None, sent_at=desk.now - SENT_AGAIN))


def cancel(desk: Desk, batch_id: UUID) -> Batch:
    """Stop a batch: what is done stays, the content of the rest is gone. Raises Missing, Conflict of a finished one."""
    batch = find(desk, batch_id)
    if batch.finished_at:
        raise Conflict("finished", _("This batch is finished already. Withdraw its fittings one by one."))
    if not batch.cancelled_at:
        own = (BatchRow.id == batch_id, BatchRow.clinic_id == desk.actor.clinic_id)
        its = (BatchItemRow.batch_id == batch_id, BatchItemRow.clinic_id == desk.actor.clinic_id)
        desk.session.execute(update(BatchRow).where(*own).values(cancelled_at=desk.now, held_until=None))
        desk.session.execute(update(BatchItemRow).where(*its).values(given=None))
        append(desk, "batch cancelled", "batch", batch_id, rows=batch.done)
    return find(desk, batch_id)


def results(desk: Desk, batch_id: UUID, *, after: int = 0, limit: int | None = None) -> list[Done]:
    """What came of the rows that are done, in their order, after a row."""
    query = desk.own(BatchItemRow).where(
        BatchItemRow.batch_id == batch_id, BatchItemRow.status.is_not(None), BatchItemRow.number > after
    )
    rows = desk.session.execute(query.order_by(BatchItemRow.number).limit(limit)).scalars()
    return [
        Done(row.number, row.status or 0, row.fitting_id, desk.vault.unlock(row.problems) if row.problems else None)
        for row in rows
    ]


def to_send(session: Session, now: datetime) -> list[tuple[UUID, UUID]]:
    """Batches that wait, that nobody holds and that were not sent to a worker lately: clinic and id; they are now."""
    due = update(BatchRow).where(BatchRow.waits, OPEN, _free(now), BatchRow.sent_at <= now - SENT_AGAIN)
    found = session.execute(due.values(sent_at=now).returning(BatchRow.clinic_id, BatchRow.id))
    return [(clinic_id, batch_id) for clinic_id, batch_id in found]


def waiting(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many batches of all clinics wait while nobody works on them, and since when the oldest."""
    query = select(func.count(), func.min(BatchRow.created_at)).where(BatchRow.waits, OPEN, _free(now))
    count, oldest = session.execute(query).one()
    return count, oldest


def free(session: Session, node: str, now: datetime) -> None:
    """Let go of everything that workers of a node held that are no longer there."""
    # nosemgrep: query-without-its-clinic  Workers work for every clinic.
    held = update(BatchRow).where(BatchRow.holder.startswith(f"{node} ", autoescape=True), BatchRow.waits, OPEN)
    session.execute(held.values(held_until=None, sent_at=now - SENT_AGAIN))


def forget(session: Session, before: datetime) -> int:
    """Delete the batches that ended, or were left alone, before a moment; answers how many. Fittings stay."""
    # nosemgrep: query-without-its-clinic  Of every clinic.
    old = select(BatchRow.id).where(
        or_(
            BatchRow.finished_at < before,
            BatchRow.cancelled_at < before,
            and_(OPEN, ~BatchRow.waits, BatchRow.created_at < before),
        )
    )
    ids = list(session.execute(old).scalars())
    # nosemgrep: query-without-its-clinic  The same.
    session.execute(delete(BatchItemRow).where(BatchItemRow.batch_id.in_(ids)))
    # nosemgrep: query-without-its-clinic  The same.
    session.execute(delete(BatchRow).where(BatchRow.id.in_(ids)))
    return len(ids)


def body_hash(body: bytes, *about: str) -> bytes:
    """What tells one body from another under the same key."""
    return hashlib.sha256("\n".join(about).encode() + b"\n" + body).digest()
