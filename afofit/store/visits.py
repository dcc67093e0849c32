"""Sign-ins, kept on the server so that they end: after a while without use, after a day's work, or when told."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from afofit.store.database import Store
from afofit.store.secrecy import hashed, new_token
from afofit.store.tables import VisitRow

SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept."""

AHEAD = timedelta(minutes=5)
"""How far the clocks of nodes may lie apart. What was seen later than that was seen by a clock that was wrong, and
would hold for too long."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One sign-in that holds."""

    id: bytes
    began_at: datetime
    seen_at: datetime


def begin(store: Store, account_id: int, now: datetime) -> str:
    """Start a visit; answers the text that the browser keeps."""
    token = new_token()
    with store.system() as session:
        session.execute(insert(VisitRow).values(id=hashed(token), account_id=account_id, began_at=now, seen_at=now))
    return token


def alive(store: Store, token: str, account_id: int, now: datetime, *, idle: timedelta, longest: timedelta) -> bool:
    """Whether a visit still holds; each use puts its end by idleness off."""
    with store.looking() as session:
        row = session.execute(
            select(VisitRow).where(VisitRow.id == hashed(token), VisitRow.account_id == account_id)
        ).scalar_one_or_none()
    if row is None or row.ended_at is not None or now - row.seen_at > idle or now - row.began_at > longest:
        return False
    if row.seen_at - now > AHEAD:
        return False
    if now - row.seen_at > SEEN_EVERY:
        with store.system() as session:
            session.execute(update(VisitRow).where(VisitRow.id == row.id).values(seen_at=now))
    return True


def end(store: Store, token: str, now: datetime) -> None:
    """End one visit."""
    with store.system() as session:
        session.execute(update(VisitRow).where(VisitRow.id == hashed(token)).values(ended_at=now))


def ends(store: Store, token: str, *, idle: timedelta, longest: timedelta) -> datetime | None:
    """When a visit ends unless it is used again; None where there is none."""
    with store.looking() as session:
        row = session.execute(select(VisitRow).where(VisitRow.id == hashed(token))).scalar_one_or_none()
    return None if row is None or row.ended_at else min(row.seen_at + idle, row.began_at + longest)


def listed(store: Store, account_id: int, now: datetime, *, idle: timedelta, longest: timedelta) -> list[Visit]:
    """The visits of an account that still hold, latest use first."""
    holding = (
        VisitRow.account_id == account_id,
        VisitRow.ended_at.is_(None),
        VisitRow.seen_at >= now - idle,
        VisitRow.began_at >= now - longest,
    )
    with store.looking() as session:
        rows = session.execute(select(VisitRow).where(*holding).order_by(VisitRow.seen_at.desc())).scalars().all()
    return [Visit(row.id, row.began_at, row.seen_at) for row in rows]
