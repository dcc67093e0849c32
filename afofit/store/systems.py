"""Back-end systems that sign in with keys of their own (SMART backend services), and the tokens they are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Connection, Select, bindparam, delete, insert, select, update

from afofit.store.accounts import Role, User
from afofit.store.actors import Actor
from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.exchange_tables import AccessTokenRow, AssertionRow, SystemRow
from afofit.store.keys import SCOPES, Bearer
from afofit.store.secrecy import hashed, new_token
from afofit.words.tongue import gettext as _

PREFIX = "aft_"
LASTS = timedelta(minutes=5)
"""How long a token opens."""
SPARE = timedelta(minutes=1)
"""How much longer an assertion is remembered than it could be used: two calls may read two clocks."""
Keys = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class System:
    """A back-end system as its page shows it."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    kids: tuple[str, ...]
    keys_address: str | None
    owner: str
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """A system that asks for a token, as far as the store knows it; it has proved nothing yet."""

    id: UUID
    actor: Actor
    scopes: tuple[str, ...]
    keys: Keys | None
    keys_address: str | None
    keys_read_at: datetime | None


def register(
    desk: Desk, *, name: str, scopes: tuple[str, ...], account_id: int, keys: Keys | None, keys_address: str | None
) -> UUID:
    """Keep a system; answers its client_id. The keys were checked. Raises Conflict where it cannot be registered."""
    if not scopes or any(scope not in SCOPES for scope in scopes):
        said = _("Choose at least one of: {scopes}.").format(scopes=", ".join(SCOPES))
        raise Conflict("scopes", said, pointer="/scopes")
    owner = desk.session.execute(desk.own(User).where(User.id == account_id)).scalars().unique().one_or_none()
    if owner is None or not owner.active:
        raise Conflict("account", _("Choose a person of the clinic who can sign in."), pointer="/account")
    if "fittings:approve" in scopes and not (owner.id == desk.actor.account_id and owner.is_a("orthotist")):
        said = _("Only an orthotist can let a system approve, and only in their own name.")
        raise Conflict("scopes", said, pointer="/scopes")
    system_id = uuid4()
    desk.session.execute(
        insert(SystemRow).values(
            id=system_id,
            clinic_id=desk.actor.clinic_id,
            account_id=account_id,
            name=name,
            scopes=list(scopes),
            keys=keys,
            keys_address=keys_address,
            created_at=desk.now,
        )
    )
    append(desk, "system registered", "system", system_id, scopes=list(scopes), account=account_id)
    return system_id


def listed(desk: Desk) -> list[System]:
    """The systems of the clinic, newest first."""
    query = desk.own(SystemRow, User.name).join(User, User.id == SystemRow.account_id)
    return [
        System(
            row.id,
            row.name,
            tuple(row.scopes),
            tuple(str(key["kid"]) for key in (row.keys or {"keys": []})["keys"]),
            row.keys_address,
            owner,
            row.created_at,
            row.revoked_at,
            row.last_used_at,
        )
        for row, owner in desk.session.execute(query.order_by(SystemRow.created_at.desc()))
    ]


def revoke(desk: Desk, system_id: UUID) -> None:
    """End a system and every token that it has. Raises Missing."""
    ended = desk.session.execute(
        update(SystemRow)
        .where(SystemRow.id == system_id, SystemRow.clinic_id == desk.actor.clinic_id, SystemRow.revoked_at.is_(None))
        .values(revoked_at=desk.now)
        .returning(SystemRow.id)
    ).one_or_none()
    if ended is None:
        raise Missing("system")
    desk.session.execute(delete(AccessTokenRow).where(AccessTokenRow.system_id == system_id))
    append(desk, "system revoked", "system", system_id)


def _alive() -> Select[*tuple[Any, ...]]:
    return (
        # nosemgrep: query-without-its-clinic  By what nobody can guess, before it is known who asks.
        select(
            SystemRow,
            User.id.label("person"),
            User.roles.any(Role.name == "orthotist").label("orthotist"),
        )
        .join(User, User.id == SystemRow.account_id)
        .where(SystemRow.revoked_at.is_(None), User.active)
    )


def _actor(row: Any, orthotist: bool) -> Actor:
    return Actor(
        clinic_id=row.clinic_id,
        label=f"system {row.id}",
        name=row.name,
        account_id=row.account_id,
        orthotist=orthotist,
    )


def find(connection: Connection, client_id: str) -> Client | None:
    """The system of that client_id; None where there is none, it was revoked, or its person's account is closed."""
    try:
        wanted = UUID(client_id)
    except ValueError:
        return None
    row = connection.execute(_alive().where(SystemRow.id == wanted)).one_or_none()
    if row is None:
        return None
    return Client(
        row.id,
        _actor(row, bool(row.orthotist)),
        tuple(row.scopes),
        row.keys,
        row.keys_address,
        row.keys_read_at,
    )


def remember_keys(desk: Desk, system_id: UUID, keys: Keys) -> None:
    """Keep the keys that their address answered now."""
    own = (SystemRow.id == system_id, SystemRow.clinic_id == desk.actor.clinic_id)
    desk.session.execute(update(SystemRow).where(*own).values(keys=keys, keys_read_at=desk.now))


def refused(desk: Desk, client: Client, reason: str) -> None:
    """Note in the audit that somebody asked in the name of a system and was refused."""
    append(desk, "token refused", "system", client.id, reason=reason)


def issue(desk: Desk, client: Client, jti: str, used_until: datetime, scopes: tuple[str, ...]) -> str:
    """A token for a system that proved who it is; shown this once.

    The transaction ends with Overtaken where the same ``jti`` was accepted before: then there is no token.
    """
    clinic_id = client.actor.clinic_id
    over = desk.now - SPARE
    for table, ends in ((AssertionRow, AssertionRow.used_until), (AccessTokenRow, AccessTokenRow.expires_at)):
        desk.session.execute(delete(table).where(ends <= over), execution_options={"synchronize_session": False})
    desk.session.execute(
        insert(AssertionRow).values(system_id=client.id, jti=hashed(jti), clinic_id=clinic_id, used_until=used_until)
    )
    token = PREFIX + new_token()
    desk.session.execute(
        insert(AccessTokenRow).values(
            hash=hashed(token),
            system_id=client.id,
            clinic_id=clinic_id,
            scopes=list(scopes),
            expires_at=desk.now + LASTS,
        )
    )
    desk.session.execute(update(SystemRow).where(SystemRow.id == client.id).values(last_used_at=desk.now))
    append(desk, "token given", "system", client.id, scopes=list(scopes))
    return token


@cache
def _called() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SystemRow.id,
            SystemRow.clinic_id,
            SystemRow.account_id,
            SystemRow.name,
            AccessTokenRow.scopes,
            AccessTokenRow.expires_at,
            User.roles.any(Role.name == "orthotist").label("orthotist"),
        )
        .join(SystemRow, SystemRow.id == AccessTokenRow.system_id)
        .join(User, User.id == SystemRow.account_id)
        .where(AccessTokenRow.hash == bindparam("first"), SystemRow.revoked_at.is_(None), User.active)
    )


def bearer(connection: Connection, text: str, now: datetime) -> Bearer | None:
    """Who calls with this token; None where it is unknown or over, or its system or person's account ended."""
    row = connection.execute(_called(), {"first": hashed(text)}).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    orthotist = bool(row.orthotist)
    scopes = frozenset(cast(list[str], row.scopes)) - (frozenset() if orthotist else {"fittings:approve"})
    # The last use of a system is when it asked for its token, minutes ago.
    return Bearer(_actor(row, orthotist), row.id, scopes, stale=False)
