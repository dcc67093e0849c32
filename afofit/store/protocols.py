"""A clinic's own protocols: named, versioned, released by somebody else than their author; written once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Forbidden, Missing
from afofit.store.tables import BaseProtocolRow, ClinicRow, ProtocolRow
from afofit.words.tongue import gettext as _

_BASE = select(BaseProtocolRow.digest).where(BaseProtocolRow.digest == bindparam("known"))
_CHOSEN = select(ClinicRow.protocol_id, ClinicRow.chart_set).where(ClinicRow.id == bindparam("own_clinic"))


class Chosen(NamedTuple):
    """What a clinic computes new fittings with: its protocol, None the default; and the mark of its size charts."""

    protocol_id: UUID | None
    chart_set: UUID | None


@dataclass(frozen=True, slots=True)
class Own:
    """One version of a clinic's protocol: what it changes in the default, who wrote and who released it."""

    id: UUID
    name: str
    version: int
    changes: Mapping[str, float]
    reason: str
    base_digest: bytes
    author_id: int
    author_name: str
    created_at: datetime
    released_name: str | None
    released_at: datetime | None


def base(desk: Desk, text: str) -> bytes:
    """The digest of a default protocol's text, which is kept the first time."""
    digest = _digest(text)
    if digest in desk.kept:
        return digest
    if desk.run(_BASE, known=digest).one_or_none() is not None:
        desk.kept.add(digest)
        return digest
    try:
        with desk.session.begin_nested():
            desk.session.execute(insert(BaseProtocolRow).values(digest=digest, text=text))
    except IntegrityError:
        return digest  # Another writer kept the same text in this moment.
    return digest


@lru_cache(maxsize=8)
def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def base_text(desk: Desk, digest: bytes) -> str:
    """The text of a default protocol. Raises Missing."""
    text = desk.session.execute(
        select(BaseProtocolRow.text).where(BaseProtocolRow.digest == digest)
    ).scalar_one_or_none()
    if text is None:
        raise Missing("protocol")
    return text


def save(desk: Desk, name: str, changes: Mapping[str, float], reason: str, base_digest: bytes) -> Own:
    """Keep a new version of a protocol; it is used only after somebody else has released it."""
    version = desk.session.execute(
        select(func.max(ProtocolRow.version)).where(
            ProtocolRow.clinic_id == desk.actor.clinic_id, ProtocolRow.name == name
        )
    ).scalar_one()
    protocol_id, version = uuid4(), (version or 0) + 1
    row = {
        "id": protocol_id,
        "clinic_id": desk.actor.clinic_id,
        "name": name,
        "version": version,
        "changes": dict(changes),
        "reason": reason,
        "base_digest": base_digest,
        "author_id": desk.actor.account_id,
        "author_name": desk.actor.name,
        "created_at": desk.now,
    }
    try:
        desk.session.execute(insert(ProtocolRow).values(row))
    except IntegrityError:
        raise Conflict("changed_elsewhere", _("Somebody else saved this version just now. Save again.")) from None
    append(desk, "protocol saved", "protocol", protocol_id, version=version, changed=sorted(changes))
    return find(desk, protocol_id)


def find(desk: Desk, protocol_id: UUID) -> Own:
    """One version of the clinic's protocols. Raises Missing."""
    row = desk.session.execute(desk.own(ProtocolRow).where(ProtocolRow.id == protocol_id)).scalar_one_or_none()
    if row is None:
        raise Missing("protocol")
    return _own(row)


def listed(desk: Desk) -> list[Own]:
    """Every version of the clinic's protocols, newest first."""
    query = desk.own(ProtocolRow).order_by(ProtocolRow.name, ProtocolRow.version.desc())
    return [_own(row) for row in desk.session.execute(query).scalars()]


def release(desk: Desk, protocol_id: UUID) -> None:
    """Let a version be used. Raises Forbidden to its author and to orthotists, Conflict the second time."""
    own = find(desk, protocol_id)
    if not desk.actor.administrator:
        raise Forbidden(_("Only an administrator can release a protocol."))
    if own.author_id == desk.actor.account_id:
        raise Forbidden(_("A protocol is released by an administrator who did not write it."))
    its = (ProtocolRow.id == protocol_id, ProtocolRow.clinic_id == desk.actor.clinic_id)
    released = desk.session.execute(
        update(ProtocolRow)
        .where(*its, ProtocolRow.released_at.is_(None))
        .values(released_by=desk.actor.account_id, released_name=desk.actor.name, released_at=desk.now)
        .returning(ProtocolRow.id)
    ).one_or_none()
    if released is None:
        raise Conflict("released", _("This version is released already."))
    append(desk, "protocol released", "protocol", protocol_id)


def use(desk: Desk, protocol_id: UUID | None) -> None:
    """Make a released version, or the default (None), what new fittings of the clinic are computed with."""
    if not desk.actor.administrator:
        raise Forbidden(_("Only an administrator can choose the clinic's protocol."))
    if protocol_id is not None and find(desk, protocol_id).released_at is None:
        raise Conflict("not_released", _("This version is not released yet."))
    desk.session.execute(update(ClinicRow).where(ClinicRow.id == desk.actor.clinic_id).values(protocol_id=protocol_id))
    append(desk, "protocol chosen", "protocol", protocol_id or "default")


def chosen(desk: Desk) -> Chosen:
    """What new fittings are computed with, in one query: it is asked for every fitting."""
    protocol_id, chart_set = desk.run(_CHOSEN, own_clinic=desk.actor.clinic_id).one()
    return Chosen(protocol_id, chart_set)


def used(desk: Desk) -> Own | None:
    """The version that new fittings are computed with; None is the default."""
    protocol_id = chosen(desk).protocol_id
    return None if protocol_id is None else find(desk, protocol_id)


def _own(row: ProtocolRow) -> Own:
    return Own(
        row.id,
        row.name,
        row.version,
        row.changes,
        row.reason,
        bytes(row.base_digest),
        row.author_id,
        row.author_name,
        row.created_at,
        row.released_name,
        row.released_at,
    )
