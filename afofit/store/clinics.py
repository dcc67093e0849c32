"""Clinics and who works there: the first administrator, invitations, roles, and visits that end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from afofit.store import launches
from afofit.store.accounts import ROLES, Role, RoleName, User
from afofit.store.actors import Actor, command
from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.secrecy import hashed, new_token
from afofit.store.tables import ClinicRow, InvitationRow, VisitRow
from afofit.words.tongue import gettext as _

INVITED_FOR = timedelta(days=7)
RESET_WITHIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clinic:
    """A clinic as its own people see it."""

    id: UUID
    name: str
    phone: str
    retention_years: int | None
    protocol_id: UUID | None


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the clinic."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    joined: bool
    second_factor: bool
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """What an invitation link stands for."""

    id: UUID
    account_id: int
    clinic: str
    email: str
    name: str
    purpose: str
    actor: Actor


def any_clinic(session: Session) -> bool:
    """Whether the service has been set up."""
    return session.execute(select(ClinicRow.id).limit(1)).first() is not None


def is_first(desk: Desk) -> bool:
    """Whether there is no clinic yet; until the transaction ends nobody else can make one."""
    if desk.session.get_bind().dialect.name == "postgresql":
        # There is no row yet that could be locked. On SQLite whoever writes is alone.
        desk.session.execute(text("LOCK TABLE clinic IN SHARE ROW EXCLUSIVE MODE"))
    return not any_clinic(desk.session)


def ids(session: Session) -> list[UUID]:
    """The clinics of the service, in the order in which they came."""
    return list(session.execute(select(ClinicRow.id).order_by(ClinicRow.created_at)).scalars())


def found(desk: Desk, name: str, phone: str) -> None:
    """Make the clinic of the actor."""
    desk.session.execute(
        insert(ClinicRow).values(
            id=desk.actor.clinic_id,
            name=name,
            phone=phone,
            created_at=desk.now,
            audit_count=0,
            audit_head=b"",
        )
    )
    append(desk, "clinic made", "clinic", desk.actor.clinic_id)


def new_actor() -> Actor:
    """The actor who makes a clinic that is not there yet."""
    return command(uuid4())


def clinic(desk: Desk) -> Clinic:
    """The actor's clinic."""
    row = desk.session.execute(select(ClinicRow).where(ClinicRow.id == desk.actor.clinic_id)).scalar_one()
    return Clinic(row.id, row.name, row.phone, row.retention_years, row.protocol_id)


def change(desk: Desk, *, name: str, phone: str, retention_years: int | None) -> None:
    """What the clinic is called, its telephone, and how long records are kept."""
    desk.session.execute(
        update(ClinicRow)
        .where(ClinicRow.id == desk.actor.clinic_id)
        .values(name=name, phone=phone, retention_years=retention_years)
    )
    append(desk, "clinic changed", "clinic", desk.actor.clinic_id, retention_years=retention_years)


def add(desk: Desk, *, email: str, name: str, roles: Iterable[RoleName], password: str | None = None) -> int:
    """A new account; without a password it is inactive until the invitation is taken. Raises Conflict."""
    known = {row.name: row for row in desk.session.execute(select(Role)).scalars()}
    account = User(
        email=email,
        name=name,
        clinic_id=desk.actor.clinic_id,
        active=password is not None,
        password=password,
        fs_uniquifier=uuid4().hex,
        fs_webauthn_user_handle=uuid4().hex,
        roles=[known[role] for role in ROLES if role in set(roles)],
    )
    desk.session.add(account)
    try:
        desk.session.flush()
    except IntegrityError:
        raise Conflict("email_taken", _("Somebody has this e-mail address already."), pointer="/email") from None
    append(desk, "account made", "account", account.id, roles=sorted(roles))
    return int(account.id)


def members(desk: Desk) -> list[Member]:
    """The accounts of the clinic by name."""
    rows = desk.session.execute(desk.own(User).order_by(func.lower(User.name))).scalars().unique().all()
    seen = desk.session.execute(select(VisitRow.account_id, func.max(VisitRow.seen_at)).group_by(VisitRow.account_id))
    last = dict(seen.all())
    return [
        Member(
            row.id,
            row.name,
            row.email,
            tuple(sorted(role.name for role in row.roles)),
            row.active,
            row.password is not None,
            bool(row.tf_primary_method or row.webauthn),
            last.get(row.id),
        )
        for row in rows
    ]


def _member(desk: Desk, account_id: int) -> User:
    row: User | None = (
        desk.session.execute(desk.own(User).where(User.id == account_id)).scalars().unique().one_or_none()
    )
    if row is None:
        raise Missing("account")
    return row


def set_roles(desk: Desk, account_id: int, roles: Iterable[RoleName], *, active: bool) -> None:
    """What somebody may do, and whether they may sign in. Raises Conflict where no administrator would be left."""
    # One after the other: two who send each other away at the same moment would both still see the other.
    desk.session.execute(select(ClinicRow.id).where(ClinicRow.id == desk.actor.clinic_id).with_for_update())
    row = _member(desk, account_id)
    wanted = set(roles)
    known = {role.name: role for role in desk.session.execute(select(Role)).scalars()}
    row.roles = [known[role] for role in ROLES if role in wanted]
    row.active = active
    desk.session.flush()
    if not any(one.active and "administrator" in one.roles and one.joined for one in members(desk)):
        raise Conflict("last_administrator", _("The clinic needs at least one administrator who can sign in."))
    if not active:
        end_visits(desk, account_id)
        launches.end_all(desk, account_id)
        own = (InvitationRow.account_id == account_id, InvitationRow.clinic_id == desk.actor.clinic_id)
        desk.session.execute(delete(InvitationRow).where(*own))
    append(desk, "account changed", "account", account_id, roles=sorted(wanted), active=active)


def forget_second_factor(desk: Desk, account_id: int) -> None:
    """Take authenticator, recovery codes and passkeys from somebody who lost them; their visits end."""
    row = _member(desk, account_id)
    row.tf_primary_method = row.tf_totp_secret = row.mf_recovery_codes = None
    for passkey in list(row.webauthn):
        desk.session.delete(passkey)
    end_visits(desk, account_id)
    append(desk, "second factor taken away", "account", account_id)


def invite(desk: Desk, account_id: int, purpose: str) -> str:
    """A link by which an account gets its password (``join``) or a new one (``reset``); earlier links end."""
    row = _member(desk, account_id)
    if purpose == "reset" and not row.active:
        raise Conflict("inactive", _("This account is closed."))
    desk.session.execute(delete(InvitationRow).where(InvitationRow.account_id == row.id))
    token = new_token()
    within = INVITED_FOR if purpose == "join" else RESET_WITHIN
    desk.session.execute(
        insert(InvitationRow).values(
            id=uuid4(),
            clinic_id=desk.actor.clinic_id,
            account_id=row.id,
            purpose=purpose,
            token_hash=hashed(token),
            created_at=desk.now,
            expires_at=desk.now + within,
        )
    )
    append(desk, f"{purpose} link made", "account", account_id)
    return token


def invited(session: Session, token: str, now: datetime) -> Invited | None:
    """What an invitation stands for; None where it is unknown, used or over."""
    row = session.execute(
        select(InvitationRow, User, ClinicRow)
        .join(User, User.id == InvitationRow.account_id)
        .join(ClinicRow, ClinicRow.id == InvitationRow.clinic_id)
        .where(InvitationRow.token_hash == hashed(token), InvitationRow.used_at.is_(None))
    ).first()
    if row is None or row[0].expires_at <= now:
        return None
    link, account, home = row
    actor = Actor(clinic_id=home.id, label=f"account {account.id}", name=account.name, account_id=account.id)
    return Invited(link.id, account.id, home.name, account.email, account.name, link.purpose, actor)


def take(desk: Desk, invitation: Invited, password: str) -> None:
    """Use an invitation: the password (hashed by the caller) is set, visits end. Raises Missing the second time."""
    own = (InvitationRow.id == invitation.id, InvitationRow.clinic_id == desk.actor.clinic_id)
    taken = desk.session.execute(
        update(InvitationRow)
        .where(*own, InvitationRow.used_at.is_(None))
        .values(used_at=desk.now)
        .returning(InvitationRow.id)
    ).one_or_none()
    if taken is None:
        raise Missing("invitation")
    row = _member(desk, invitation.account_id)
    row.password, row.active, row.fs_uniquifier = password, True, uuid4().hex
    end_visits(desk, row.id)
    append(desk, "password set by link", "account", row.id)


def sign_out(desk: Desk, account_id: int) -> None:
    """Sign somebody else of the clinic out on every device; the account stays open. Raises Missing."""
    row = _member(desk, account_id)
    end_visits(desk, row.id)
    launches.end_all(desk, row.id)
    append(desk, "signed out by an administrator", "account", row.id)


def end_visits(desk: Desk, account_id: int, *, but: bytes | None = None, one: bytes | None = None) -> None:
    """Sign an account out on every device, on every other, or on one."""
    query = update(VisitRow).where(VisitRow.account_id == account_id, VisitRow.ended_at.is_(None))
    if but is not None:
        query = query.where(VisitRow.id != but)
    if one is not None:
        query = query.where(VisitRow.id == one)
    desk.session.execute(query.values(ended_at=desk.now))
