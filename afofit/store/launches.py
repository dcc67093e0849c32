"""Charts that are being opened and that are open: kept on the server, bound to a browser and a person, gone at the end.

A launch is ``begun`` by whoever calls, ``asked`` by the person who signed in, ``answered`` by the EHR and then
``opened``. Each step is taken once, and empties what only the step before needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from afofit.store.accounts import Role, User
from afofit.store.actors import Actor, person
from afofit.store.audit import append
from afofit.store.database import Desk, Store
from afofit.store.errors import Missing
from afofit.store.exchange_tables import LaunchRow
from afofit.store.secrecy import Unreadable, hashed

TO_OPEN = timedelta(minutes=30)
"""How long it may take to sign in here and there."""
Json = Mapping[str, Any]
NOTHING = {"state": None, "opening": None, "asked": None, "content": None}


@dataclass(frozen=True, slots=True)
class Launch:
    """An open chart: whose it is to use, and what is kept of it."""

    id: UUID
    browser: bytes
    ehr_id: UUID
    account_id: int
    content: Json
    subject: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A launch whose EHR answered: who began it, and what the answer is held against."""

    id: UUID
    ehr_id: UUID
    actor: Actor
    asked: Json


def begin(store: Store, issuer: str, browser: str, launch: str | None, now: datetime) -> UUID:
    """Keep that a chart is to be opened; ``launch`` is what the EHR gave. What is over goes at the same time."""
    launch_id = uuid4()
    with store.system() as session:
        # nosemgrep: query-without-its-clinic  What is over goes, of whatever clinic.
        session.execute(delete(LaunchRow).where(LaunchRow.expires_at <= now))
        session.execute(
            insert(LaunchRow).values(
                id=launch_id,
                browser=hashed(browser),
                issuer=issuer,
                opening=store.vault.lock_json({"launch": launch}),
                began_at=now,
                expires_at=now + TO_OPEN,
            )
        )
    return launch_id


def begun(desk: Desk, launch_id: UUID, browser: str) -> tuple[str, str | None]:
    """The EHR's address and what it gave, of a launch begun in this browser and not opened yet. Raises Missing."""
    row = _begun(desk, launch_id, browser)
    opening = cast(Json, desk.vault.unlock_json(row.opening or b""))
    return row.issuer, opening["launch"]


def _begun(desk: Desk, launch_id: UUID, browser: str) -> LaunchRow:
    # nosemgrep: query-without-its-clinic  It belongs to no clinic before somebody who signed in takes it up.
    row = desk.session.execute(select(LaunchRow).where(LaunchRow.id == launch_id)).scalar_one_or_none()
    if (
        row is None
        or row.opening is None
        or not compare_digest(bytes(row.browser), hashed(browser))
        or row.expires_at <= desk.now
    ):
        raise Missing("launch")
    if row.account_id not in (None, desk.actor.account_id) or row.clinic_id not in (None, desk.actor.clinic_id):
        raise Missing("launch")
    return row


def ask(desk: Desk, launch_id: UUID, browser: str, ehr_id: UUID, state: str, asked: Json) -> None:
    """Take a launch up for the person at work; an earlier try of it counts no longer. Raises Missing."""
    _begun(desk, launch_id, browser)
    desk.session.execute(
        update(LaunchRow)
        .where(LaunchRow.id == launch_id)
        .values(
            clinic_id=desk.actor.clinic_id,
            account_id=desk.actor.account_id,
            ehr_id=ehr_id,
            state=hashed(state),
            asked=desk.vault.lock_json(dict(asked)),
        )
        .execution_options(synchronize_session=False)
    )


def answered(store: Store, state: str, browser: str, now: datetime) -> Answered | None:
    """The launch that an answer belongs to, once only; None where the state is not of this browser, used or over."""
    with store.system() as session:
        row = session.execute(
            update(LaunchRow)
            .where(
                LaunchRow.state == hashed(state),
                LaunchRow.browser == hashed(browser),
                LaunchRow.expires_at > now,
                LaunchRow.ended_at.is_(None),
            )
            .values(state=None)
            .returning(LaunchRow.id, LaunchRow.ehr_id, LaunchRow.clinic_id, LaunchRow.account_id, LaunchRow.asked)
        ).one_or_none()
        if row is None or row.asked is None:
            return None
        actor = _person(session, row.account_id)
        asked = cast(Json, store.vault.unlock_json(row.asked))
    return None if actor is None else Answered(row.id, row.ehr_id, actor, asked)


def _person(session: Session, account_id: int) -> Actor | None:
    """Who began a launch, as long as they may still work here."""
    orthotist = User.roles.any(Role.name == "orthotist")
    query = select(User.clinic_id, User.id, User.name).where(User.id == account_id, User.active, orthotist)
    row = session.execute(query).one_or_none()
    return None if row is None else person(row.clinic_id, row.id, row.name, orthotist=True, administrator=False)


def elsewhere(session: Session, state: str) -> bool:
    """Whether a state was given out and not used yet: then the answer came in another browser."""
    # nosemgrep: query-without-its-clinic  Asked before anybody signed in, and told as yes or no.
    return session.execute(select(LaunchRow.id).where(LaunchRow.state == hashed(state))).first() is not None


def open_chart(desk: Desk, answer: Answered, content: Json, subject: bytes, lasts: timedelta) -> None:
    """Keep the token and the patient of a launch that succeeded."""
    desk.session.execute(
        update(LaunchRow)
        .where(LaunchRow.id == answer.id, LaunchRow.clinic_id == desk.actor.clinic_id)
        .values(
            NOTHING
            | {
                "content": desk.vault.lock_json(dict(content)),
                "subject": subject,
                "opened_at": desk.now,
                "expires_at": desk.now + lasts,
            }
        )
    )
    append(desk, "chart opened", "launch", answer.id, ehr=str(answer.ehr_id))


def failed(desk: Desk, launch_id: UUID, reason: str) -> None:
    """Note that a launch ended before a chart was open."""
    _end(desk, launch_id)
    append(desk, "chart not opened", "launch", launch_id, reason=reason)


def find(desk: Desk, launch_id: UUID) -> Launch:
    """An open chart of the clinic. Raises Missing where it ended, or was never opened here."""
    row = desk.session.execute(desk.own(LaunchRow).where(LaunchRow.id == launch_id)).scalar_one_or_none()
    opened = None if row is None else _opened(desk, row)
    if opened is None:
        raise Missing("launch")
    return opened


def _opened(desk: Desk, row: LaunchRow) -> Launch | None:
    if row.content is None or row.ehr_id is None or row.account_id is None or row.subject is None:
        return None
    if row.ended_at is not None or row.expires_at <= desk.now:
        return None
    try:
        content = cast(Json, desk.vault.unlock_json(row.content))
    except Unreadable:
        # The key was changed meanwhile and the old one taken away.
        return None
    return Launch(row.id, row.browser, row.ehr_id, row.account_id, content, row.subject, row.expires_at)


def of_person(desk: Desk) -> list[Launch]:
    """The charts that the person at work has open, the newest first."""
    query = desk.own(LaunchRow).where(LaunchRow.account_id == desk.actor.account_id, LaunchRow.content.is_not(None))
    rows = desk.session.execute(query.order_by(LaunchRow.opened_at.desc())).scalars()
    return [one for row in rows if (one := _opened(desk, row))]


def keep(desk: Desk, launch_id: UUID, content: Json) -> None:
    """Keep what a launch holds now. Raises Missing where it ended meanwhile."""
    kept = desk.session.execute(
        update(LaunchRow)
        .where(
            LaunchRow.id == launch_id,
            LaunchRow.clinic_id == desk.actor.clinic_id,
            LaunchRow.ended_at.is_(None),
            LaunchRow.content.is_not(None),
        )
        .values(content=desk.vault.lock_json(dict(content)))
        .returning(LaunchRow.id)
    ).one_or_none()
    if kept is None:
        raise Missing("launch")


def end(desk: Desk, launch_id: UUID) -> None:
    """Close a chart: the token and all that was read go now. Raises Missing."""
    if not _end(desk, launch_id):
        raise Missing("launch")
    append(desk, "chart closed", "launch", launch_id)


def _end(desk: Desk, launch_id: UUID) -> bool:
    own = (LaunchRow.id == launch_id, LaunchRow.clinic_id == desk.actor.clinic_id, LaunchRow.ended_at.is_(None))
    ended = desk.session.execute(
        update(LaunchRow).where(*own).values(NOTHING | {"ended_at": desk.now}).returning(LaunchRow.id)
    )
    return ended.one_or_none() is not None


def end_all(desk: Desk, account_id: int) -> None:
    """Close every chart of a person: at sign-out, and when the account is closed."""
    own = (LaunchRow.account_id == account_id, LaunchRow.ended_at.is_(None))
    # nosemgrep: query-without-its-clinic  An account belongs to one clinic; a launch, to none before it is taken up.
    desk.session.execute(update(LaunchRow).where(*own).values(NOTHING | {"ended_at": desk.now}))
