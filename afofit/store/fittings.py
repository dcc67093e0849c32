"""Fittings: each revision written once, encrypted, with what may be said of it in the open; approvals beside them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.secrecy import Vault
from afofit.store.tables import ApprovalRow, FittingRow, IdempotencyRow, WithdrawalRow
from afofit.words.tongue import N_
from afofit.words.tongue import gettext as _

ALREADY = {
    "approved": N_("This fitting is approved already."),
    "withdrawn": N_("This fitting is withdrawn already."),
}

Kind = Literal["original", "change", "reorder_with_changes", "exact_reorder"]
State = Literal["draft", "approved", "withdrawn"]
STATES: tuple[State, ...] = ("draft", "approved", "withdrawn")
# nosemgrep: query-without-its-clinic  An owner is one account, key or system, and these belong to one clinic.
_EARLIER = select(IdempotencyRow.body_hash, IdempotencyRow.object_id).where(
    IdempotencyRow.owner == bindparam("by"), IdempotencyRow.key == bindparam("hashed")
)
_RETRY = insert(IdempotencyRow)
_FITTING = insert(FittingRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is kept of one computed fitting: request and result as bytes, and the facts that may stand in the open."""

    request: bytes
    result: bytes
    computed_on: date
    engine_version: str
    base_digest: bytes
    protocol_id: UUID | None
    facts: dict[str, object]

    @property
    def digest(self) -> bytes:
        """SHA-256 over request and result: what was stored, to the letter."""
        return hashlib.sha256(len(self.request).to_bytes(8, "big") + self.request + self.result).digest()


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, when, and which cautions they said they had read."""

    name: str
    at: datetime
    acknowledged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took it back, when and why."""

    name: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One revision as it stands in the store, and what has happened to it since."""

    id: UUID
    patient_id: UUID
    series_id: UUID
    revision: int
    kind: str
    previous_id: UUID | None
    created_at: datetime
    made_by: str
    snapshot: Snapshot
    approval: Approval | None = None
    withdrawal: Withdrawal | None = None

    @property
    def state(self) -> State:
        """Draft until approved; what was withdrawn stays withdrawn."""
        if self.withdrawal:
            return "withdrawn"
        return "approved" if self.approval else "draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list: what may be said of a fitting without opening it."""

    id: UUID
    patient_id: UUID
    series_id: UUID
    revision: int
    kind: str
    created_at: datetime
    made_by: str
    state: State
    replaced: bool
    """Whether a later revision was approved."""
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class Retry:
    """What makes a second try recognisable: the key of the client and a hash of what it sent."""

    key: str
    body_hash: bytes

    @property
    def hashed(self) -> bytes:
        """The key as it is stored: clients may put anything into it."""
        return hashlib.sha256(self.key.encode()).digest()


def earlier(desk: Desk, retry: Retry) -> UUID | None:
    """The fitting stored under this key before. Raises Conflict where the key came with another content."""
    row = desk.run(_EARLIER, by=desk.actor.label, hashed=retry.hashed).one_or_none()
    if row is None:
        return None
    body_hash, fitting_id = row
    if bytes(body_hash) != retry.body_hash:
        raise Conflict("key_reused", _("This Idempotency-Key was used before with other content. Use a new key."))
    return cast(UUID, fitting_id)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Request and result as they are written: made before the transaction, for which other writers wait."""

    request: bytes
    result: bytes


def sealed(vault: Vault, request: bytes, result: bytes) -> Sealed:
    """Both encrypted."""
    return Sealed(vault.lock(request), vault.lock(result))


def save(
    desk: Desk,
    snapshot: Snapshot,
    patient_id: UUID,
    *,
    sealing: Sealed | None = None,
    kind: Kind = "original",
    previous: Stored | None = None,
    retry: Retry | None = None,
) -> UUID:
    """Write one revision and its line of the audit. Raises Conflict where somebody made that revision just now."""
    fitting_id = uuid4()
    revision = 1 if previous is None else last_revision(desk, previous.series_id) + 1
    if retry:
        desk.run(_RETRY, **_idempotency(desk, retry, fitting_id))
    sealing = sealing or sealed(desk.vault, snapshot.request, snapshot.result)
    digest = snapshot.digest
    row = {
        "id": fitting_id,
        "clinic_id": desk.actor.clinic_id,
        "patient_id": patient_id,
        "series_id": fitting_id if previous is None else previous.series_id,
        "revision": revision,
        "kind": kind,
        "previous_id": None if previous is None else previous.id,
        "created_at": desk.now,
        "computed_on": snapshot.computed_on,
        "made_by": desk.actor.label,
        "made_by_name": desk.actor.name,
        "engine_version": snapshot.engine_version,
        "base_digest": snapshot.base_digest,
        "protocol_id": snapshot.protocol_id,
        "facts": snapshot.facts,
        "request": sealing.request,
        "result": sealing.result,
        "digest": digest,
    }
    try:
        desk.run(_FITTING, **row)
    except IntegrityError:
        desk.kept.clear()  # A restored database may lack what was seen before.
        raise Conflict("changed_elsewhere", _("Somebody else changed this fitting just now. Open it again.")) from None
    append(desk, "fitting stored", "fitting", fitting_id, made_as=kind, revision=revision, digest=digest.hex())
    return fitting_id


def _idempotency(desk: Desk, retry: Retry, fitting_id: UUID) -> dict[str, object]:
    return {
        "owner": desk.actor.label,
        "key": retry.hashed,
        "clinic_id": desk.actor.clinic_id,
        "body_hash": retry.body_hash,
        "object_id": fitting_id,
        "created_at": desk.now,
    }


def last_revision(desk: Desk, series_id: UUID) -> int:
    """The number of the newest revision of a fitting."""
    query = select(func.max(FittingRow.revision)).where(
        FittingRow.series_id == series_id, FittingRow.clinic_id == desk.actor.clinic_id
    )
    return int(desk.session.execute(query).scalar_one())


def _joined(desk: Desk, *what: object) -> Select[Any]:
    return (
        desk.own(FittingRow, *(what or (ApprovalRow, WithdrawalRow)))
        .outerjoin(ApprovalRow, ApprovalRow.fitting_id == FittingRow.id)
        .outerjoin(WithdrawalRow, WithdrawalRow.fitting_id == FittingRow.id)
    )


def find(desk: Desk, fitting_id: UUID) -> Stored:
    """One revision of the clinic's fittings. Raises Missing."""
    row = desk.session.execute(_joined(desk).where(FittingRow.id == fitting_id)).one_or_none()
    if row is None:
        raise Missing("fitting")
    return _stored(desk, *row)


def _stored(desk: Desk, row: FittingRow, approval: ApprovalRow | None, withdrawal: WithdrawalRow | None) -> Stored:
    return Stored(
        id=row.id,
        patient_id=row.patient_id,
        series_id=row.series_id,
        revision=row.revision,
        kind=row.kind,
        previous_id=row.previous_id,
        created_at=row.created_at,
        made_by=row.made_by_name,
        snapshot=Snapshot(
            request=desk.vault.unlock(row.request),
            result=desk.vault.unlock(row.result),
            computed_on=row.computed_on,
            engine_version=row.engine_version,
            base_digest=bytes(row.base_digest),
            protocol_id=row.protocol_id,
            facts=row.facts,
        ),
        approval=Approval(approval.name, approval.at, tuple(approval.acknowledged)) if approval else None,
        withdrawal=Withdrawal(withdrawal.name, withdrawal.at, desk.vault.unlock(withdrawal.reason).decode())
        if withdrawal
        else None,
    )


def of_patient(desk: Desk, patient_id: UUID) -> list[Stored]:
    """Every revision of one patient, oldest first."""
    query = _joined(desk).where(FittingRow.patient_id == patient_id)
    rows = desk.session.execute(query.order_by(FittingRow.created_at, FittingRow.revision)).all()
    return [_stored(desk, *row) for row in rows]


Place = tuple[datetime, UUID]
"""Where a page of a list begins: after this one."""


def listed(
    desk: Desk,
    *,
    patient_id: UUID | None = None,
    series_id: UUID | None = None,
    state: State | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> list[Listed]:
    """The fittings of the clinic, newest first, without opening them."""
    later, its_approval = aliased(FittingRow), aliased(ApprovalRow)
    replaced = exists().where(
        later.series_id == FittingRow.series_id,
        later.revision > FittingRow.revision,
        its_approval.fitting_id == later.id,
    )
    query = _joined(desk, ApprovalRow.at, WithdrawalRow.at, replaced)
    for column, wanted in ((FittingRow.patient_id, patient_id), (FittingRow.series_id, series_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    if state is not None:
        query = query.where(_in_state(state))
    if after is not None:
        query = query.where(tuple_(FittingRow.created_at, FittingRow.id) < after)
    rows = desk.session.execute(query.order_by(FittingRow.created_at.desc(), FittingRow.id.desc()).limit(limit)).all()
    return [
        Listed(
            id=row.id,
            patient_id=row.patient_id,
            series_id=row.series_id,
            revision=row.revision,
            kind=row.kind,
            created_at=row.created_at,
            made_by=row.made_by_name,
            state="withdrawn" if withdrawn else "approved" if approved else "draft",
            replaced=bool(newer),
            facts=row.facts,
        )
        for row, approved, withdrawn, newer in rows
    ]


def _in_state(state: State) -> ColumnElement[bool]:
    if state == "withdrawn":
        return WithdrawalRow.at.is_not(None)
    approved = ApprovalRow.at.is_not(None) if state == "approved" else ApprovalRow.at.is_(None)
    return and_(WithdrawalRow.at.is_(None), approved)


def approve(desk: Desk, stored: Stored, acknowledged: Iterable[str]) -> None:
    """Record an approval; the caller has checked that it may be given. Raises Conflict where one is there."""
    if stored.state != "draft":
        raise Conflict(stored.state, _(ALREADY[stored.state]))
    row = {
        "fitting_id": stored.id,
        "clinic_id": desk.actor.clinic_id,
        "account_id": desk.actor.account_id,
        "name": desk.actor.name,
        "at": desk.now,
        "acknowledged": sorted(acknowledged),
    }
    try:
        desk.session.execute(insert(ApprovalRow).values(row))
    except IntegrityError:
        raise Conflict("approved", _("This fitting is approved already.")) from None
    append(
        desk,
        "fitting approved",
        "fitting",
        stored.id,
        acknowledged=sorted(acknowledged),
        digest=stored.snapshot.digest.hex(),
    )


def withdraw(desk: Desk, stored: Stored, reason: str) -> None:
    """Take a fitting back for good. Raises Conflict where it is withdrawn already."""
    row = {
        "fitting_id": stored.id,
        "clinic_id": desk.actor.clinic_id,
        "account_id": desk.actor.account_id,
        "name": desk.actor.name,
        "at": desk.now,
        "reason": desk.vault.lock(reason.encode()),
    }
    if stored.withdrawal:
        raise Conflict("withdrawn", _("This fitting is withdrawn already."))
    try:
        desk.session.execute(insert(WithdrawalRow).values(row))
    except IntegrityError:
        raise Conflict("withdrawn", _("This fitting is withdrawn already.")) from None
    append(desk, "fitting withdrawn", "fitting", stored.id)
