"""EHRs whose charts may be opened from here: nothing but what is registered here is ever asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.exchange_tables import EhrRow, LaunchRow
from afofit.words.tongue import gettext as _

METHODS = ("public", "client_secret_basic", "private_key_jwt")
"""How this service can show an EHR who it is."""


@dataclass(frozen=True, slots=True)
class Ehr:
    """An EHR as the pages show it; its secret stays in the store."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    method: str
    online: bool
    """Whether it is asked to let a token be renewed while the person stays signed in there (``online_access``)."""
    more_scopes: tuple[str, ...]
    """What it wants to be asked for besides, in words of its own."""
    created_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What an administrator registers. ``secret`` is the password, or the private keys as PEM by algorithm."""

    name: str
    issuer: str
    client_id: str
    method: str
    online: bool
    more_scopes: tuple[str, ...] = ()
    secret: Mapping[str, Any] | None = None
    keys: Mapping[str, Any] | None = None
    """The public halves of the private keys, as a key set."""


def next_id(desk: Desk) -> UUID:
    """The id of the EHR that the clinic registers next: its redirect address is told to the EHR before it is here."""
    count = desk.session.execute(desk.own(EhrRow).with_only_columns(func.count())).scalar_one()
    return uuid5(desk.actor.clinic_id, f"ehr {count}")


def register(desk: Desk, new: New) -> UUID:
    """Keep an EHR. Raises Conflict where the clinic has one at the same address."""
    if of_issuer(desk, new.issuer) is not None:
        raise Conflict("issuer", _("This address is registered already."), pointer="/issuer")
    ehr_id = next_id(desk)
    desk.session.execute(
        insert(EhrRow).values(
            id=ehr_id,
            clinic_id=desk.actor.clinic_id,
            name=new.name,
            issuer=new.issuer,
            client_id=new.client_id,
            method=new.method,
            secret=None if new.secret is None else desk.vault.lock_json(dict(new.secret)),
            keys=None if new.keys is None else dict(new.keys),
            online=new.online,
            more_scopes=" ".join(new.more_scopes) or None,
            created_at=desk.now,
        )
    )
    append(desk, "EHR registered", "ehr", ehr_id, method=new.method)
    return ehr_id


def remove(desk: Desk, ehr_id: UUID) -> None:
    """Let no more charts of an EHR be opened; those that are open end now. Raises Missing."""
    own = (EhrRow.id == ehr_id, EhrRow.clinic_id == desk.actor.clinic_id, EhrRow.removed_at.is_(None))
    removed = desk.session.execute(
        update(EhrRow).where(*own).values(removed_at=desk.now, secret=None).returning(EhrRow.id)
    ).one_or_none()
    if removed is None:
        raise Missing("ehr")
    over = {"ended_at": desk.now, "state": None, "opening": None, "asked": None, "content": None}
    desk.session.execute(update(LaunchRow).where(LaunchRow.ehr_id == ehr_id, LaunchRow.ended_at.is_(None)).values(over))
    append(desk, "EHR removed", "ehr", ehr_id)


def listed(desk: Desk) -> list[Ehr]:
    """The EHRs of the clinic by name, removed ones last."""
    rows = desk.session.execute(desk.own(EhrRow)).scalars()
    return sorted((_ehr(row) for row in rows), key=lambda one: (one.removed_at is not None, one.name.casefold()))


def find(desk: Desk, ehr_id: UUID) -> Ehr:
    """One EHR of the clinic, removed or not. Raises Missing."""
    row = desk.session.execute(desk.own(EhrRow).where(EhrRow.id == ehr_id)).scalar_one_or_none()
    if row is None:
        raise Missing("ehr")
    return _ehr(row)


def of_issuer(desk: Desk, issuer: str) -> Ehr | None:
    """The EHR of the clinic at this address; None where there is none, or no longer."""
    query = desk.own(EhrRow).where(EhrRow.issuer == issuer, EhrRow.removed_at.is_(None))
    row = desk.session.execute(query.order_by(EhrRow.created_at.desc())).scalars().first()
    return None if row is None else _ehr(row)


def known(session: Session, issuer: str) -> bool:
    """Whether any clinic has an EHR at this address."""
    # nosemgrep: query-without-its-clinic  Asked before anybody signed in, and told as yes or no.
    query = select(EhrRow.id).where(EhrRow.issuer == issuer, EhrRow.removed_at.is_(None))
    return session.execute(query.limit(1)).first() is not None


def secret(desk: Desk, ehr_id: UUID) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The secret of an EHR and its public keys; both empty for a public client. Raises Missing."""
    query = desk.own(EhrRow).where(EhrRow.id == ehr_id, EhrRow.removed_at.is_(None))
    row = desk.session.execute(query).scalar_one_or_none()
    if row is None:
        raise Missing("ehr")
    opened = desk.vault.unlock_json(row.secret) if row.secret else {}
    assert isinstance(opened, dict)  # noqa: S101 - it was locked as one
    return opened, row.keys or {}


def public_keys(session: Session, ehr_id: UUID) -> Mapping[str, Any] | None:
    """The keys by which an EHR checks what this service signs for it; None where there are none."""
    # nosemgrep: query-without-its-clinic  Public keys are for everybody.
    query = select(EhrRow.keys).where(EhrRow.id == ehr_id, EhrRow.removed_at.is_(None))
    return session.execute(query).scalar_one_or_none()


def _ehr(row: EhrRow) -> Ehr:
    said = {name: getattr(row, name) for name in Ehr.__dataclass_fields__}
    return Ehr(**said | {"more_scopes": tuple((row.more_scopes or "").split())})
