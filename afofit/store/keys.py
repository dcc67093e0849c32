"""Keys of other systems: a prefix to find them by, a hash of the rest, scopes, an end, and whom they act for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hmac import compare_digest
from secrets import token_hex
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from afofit.store.accounts import Role, User
from afofit.store.actors import Actor
from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.secrecy import hashed, new_token
from afofit.store.tables import KeyRow
from afofit.words.tongue import gettext as _

SCOPES = {
    "fittings:read": "read fittings and their documents",
    "fittings:write": "store fittings",
    "fittings:approve": "approve and withdraw in the name of the orthotist who made the key",
    "charts:write": "keep size charts of ready-made braces",
}
LONGEST_DAYS = 366
PREFIX = "afo_"
USED_EVERY = timedelta(minutes=5)
"""How exactly the last use is kept: a write for every call would halve the speed of reading."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key as its page shows it; the key itself is shown once and never stored."""

    id: UUID
    name: str
    prefix: str
    scopes: tuple[str, ...]
    owner: str
    owner_id: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who calls with a key, and what the key allows."""

    actor: Actor
    key_id: UUID
    scopes: frozenset[str]
    stale: bool
    """Whether the time of the last use is due to be written."""


def make(desk: Desk, name: str, scopes: tuple[str, ...], days: int) -> str:
    """A new key of the person at work; the text is shown this once. Raises Conflict where it cannot be given."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        said = _("Choose at least one of: {scopes}.").format(scopes=", ".join(SCOPES))
        raise Conflict("scopes", said, pointer="/scopes")
    if "fittings:approve" in scopes and not desk.actor.orthotist:
        raise Conflict("scopes", _("Only an orthotist can make a key that approves."), pointer="/scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise Conflict("days", _("A key lasts 1 to {days} days.").format(days=LONGEST_DAYS), pointer="/days")
    if not name.strip():
        raise Conflict("name", _("Say which system the key is for."), pointer="/name")
    prefix = PREFIX + token_hex(4)
    secret = new_token()
    key_id = uuid4()
    desk.session.execute(
        insert(KeyRow).values(
            id=key_id,
            clinic_id=desk.actor.clinic_id,
            account_id=desk.actor.account_id,
            name=name.strip(),
            prefix=prefix,
            hash=hashed(secret),
            scopes=list(scopes),
            created_at=desk.now,
            expires_at=desk.now + timedelta(days=days),
        )
    )
    append(desk, "key made", "key", key_id, scopes=list(scopes), days=days)
    return f"{prefix}_{secret}"


def listed(desk: Desk) -> list[Key]:
    """The keys of the clinic, newest first."""
    query = desk.own(KeyRow, User.name).join(User, User.id == KeyRow.account_id).order_by(KeyRow.created_at.desc())
    return [
        Key(
            row.id,
            row.name,
            row.prefix,
            tuple(row.scopes),
            owner,
            row.account_id,
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.last_used_at,
        )
        for row, owner in desk.session.execute(query)
    ]


def revoke(desk: Desk, key_id: UUID) -> None:
    """End a key now: one's own, or any as an administrator. Raises Missing."""
    query = update(KeyRow).where(
        KeyRow.id == key_id, KeyRow.clinic_id == desk.actor.clinic_id, KeyRow.revoked_at.is_(None)
    )
    if not desk.actor.administrator:
        query = query.where(KeyRow.account_id == desk.actor.account_id)
    ended = desk.session.execute(query.values(revoked_at=desk.now).returning(KeyRow.id)).one_or_none()
    if ended is None:
        raise Missing("key")
    append(desk, "key revoked", "key", key_id)


@cache
def _called() -> Select[*tuple[Any, ...]]:
    return (
        select(
            KeyRow.id,
            KeyRow.clinic_id,
            KeyRow.hash,
            KeyRow.scopes,
            KeyRow.expires_at,
            KeyRow.revoked_at,
            KeyRow.last_used_at,
            User.id.label("account_id"),
            User.name,
            User.active,
            User.roles.any(Role.name == "orthotist").label("orthotist"),
        )
        .join(User, User.id == KeyRow.account_id)
        .where(KeyRow.prefix == bindparam("first"))
    )


def bearer(connection: Connection, text: str, now: datetime) -> Bearer | None:
    """Who calls with this key; None where it is unknown, ended, or its owner's account is closed."""
    # The secret itself may hold underscores: the prefix ends at the second one.
    first, second, secret = (*text.split("_", 2), "", "")[:3]
    prefix = f"{first}_{second}"
    key = connection.execute(_called(), {"first": prefix}).one_or_none()
    if key is None:
        return None
    alive = key.revoked_at is None and key.expires_at > now and key.active
    if not compare_digest(bytes(key.hash), hashed(secret)) or not alive:
        return None
    orthotist = bool(key.orthotist)
    actor = Actor(
        clinic_id=key.clinic_id,
        label=f"key {key.id}",
        name=key.name,
        account_id=key.account_id,
        orthotist=orthotist,
    )
    scopes = frozenset(key.scopes) - (frozenset() if orthotist else {"fittings:approve"})
    return Bearer(actor, key.id, scopes, key.last_used_at is None or now - key.last_used_at > USED_EVERY)


def used(desk: Desk, key_id: UUID) -> None:
    """Note that a key was used now."""
    own = (KeyRow.id == key_id, KeyRow.clinic_id == desk.actor.clinic_id)
    desk.session.execute(update(KeyRow).where(*own).values(last_used_at=desk.now))
