"""Links by which patients open an approved fitting: a random token of which only the hash is kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from afofit.store import fittings, patients
from afofit.store.actors import Actor
from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.secrecy import hashed, new_token
from afofit.store.tables import ClinicRow, FittingRow, ReleaseRow
from afofit.words.tongue import gettext as _

TRIES = 5
"""Wrong dates of birth after which a link is locked."""
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Release:
    """A link as the orthotist sees it."""

    id: UUID
    fitting_id: UUID
    language: str
    large: bool
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    tries: int
    first_opened_at: datetime | None
    last_opened_at: datetime | None
    opened: int

    def state(self, now: datetime) -> str:
        """One word: open, revoked, locked or expired."""
        if self.revoked_at:
            return "revoked"
        if self.tries >= TRIES:
            return "locked"
        return "expired" if self.expires_at <= now else "open"


@dataclass(frozen=True, slots=True)
class Landing:
    """What the page behind a link may say before anybody has shown who they are."""

    release_id: UUID
    clinic_name: str
    clinic_phone: str
    language: str
    tries_left: int
    actor: Actor


def make(desk: Desk, fitting_id: UUID, *, language: str, large: bool, days: int) -> str:
    """A new link for an approved fitting; the token is shown this once. Raises Conflict where it may not be given."""
    stored = fittings.find(desk, fitting_id)
    if stored.state != "approved":
        raise Conflict("not_approved", _("Only an approved fitting can be given to the patient."))
    if patients.find(desk, stored.patient_id).identity.birth_date is None:
        raise Conflict(
            "birth_date_missing",
            _(
                "The link asks for the date of birth, so that the wrong person cannot open it. "
                "Enter it on the patient's page first."
            ),
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise Conflict("days", _("A link lasts 1 to {days} days.").format(days=LONGEST_DAYS), pointer="/days")
    token, release_id = new_token(), uuid4()
    desk.session.execute(
        insert(ReleaseRow).values(
            id=release_id,
            clinic_id=desk.actor.clinic_id,
            fitting_id=fitting_id,
            token_hash=hashed(token),
            language=language,
            large=large,
            account_id=desk.actor.account_id,
            created_at=desk.now,
            expires_at=desk.now + timedelta(days=days),
            tries=0,
            opened=0,
        )
    )
    append(desk, "link made", "link", release_id, fitting=str(fitting_id), days=days)
    return token


def of_fitting(desk: Desk, fitting_id: UUID) -> list[Release]:
    """The links of one fitting, newest first."""
    query = desk.own(ReleaseRow).where(ReleaseRow.fitting_id == fitting_id).order_by(ReleaseRow.created_at.desc())
    return [_release(row) for row in desk.session.execute(query).scalars()]


def _release(row: ReleaseRow) -> Release:
    return Release(**{name: getattr(row, name) for name in Release.__dataclass_fields__})


def revoke(desk: Desk, release_id: UUID) -> UUID:
    """End a link now; answers its fitting. Raises Missing where it is none of the clinic's or ended before."""
    row = desk.session.execute(
        update(ReleaseRow)
        .where(
            ReleaseRow.id == release_id,
            ReleaseRow.clinic_id == desk.actor.clinic_id,
            ReleaseRow.revoked_at.is_(None),
        )
        .values(revoked_at=desk.now)
        .returning(ReleaseRow.fitting_id)
    ).one_or_none()
    if row is None:
        raise Missing("link")
    append(desk, "link revoked", "link", release_id)
    fitting_id: UUID = row.fitting_id
    return fitting_id


def revoke_all(desk: Desk, *, fitting_id: UUID | None = None, series_id: UUID | None = None) -> None:
    """End every open link of a fitting, or of all its revisions."""
    query = desk.own(ReleaseRow).where(ReleaseRow.revoked_at.is_(None))
    if fitting_id is not None:
        query = query.where(ReleaseRow.fitting_id == fitting_id)
    if series_id is not None:
        revisions = select(FittingRow.id).where(FittingRow.series_id == series_id)
        query = query.where(ReleaseRow.fitting_id.in_(revisions))
    for row in desk.session.execute(query).scalars().all():
        revoke(desk, row.id)


def landing(session: Session, token: str, now: datetime) -> Landing | None:
    """What a link leads to; None where it is unknown, over, locked or revoked: all look alike."""
    row = session.execute(
        select(ReleaseRow, ClinicRow)
        .join(ClinicRow, ClinicRow.id == ReleaseRow.clinic_id)
        .where(ReleaseRow.token_hash == hashed(token))
    ).one_or_none()
    if row is None:
        return None
    release, clinic = row
    if _release(release).state(now) != "open":
        return None
    actor = Actor(clinic_id=clinic.id, label=f"link {release.id}")
    return Landing(release.id, clinic.name, clinic.phone, release.language, TRIES - release.tries, actor)


def prove(desk: Desk, release_id: UUID, born: date | None) -> bool:
    """Whether this is the patient's date of birth. A wrong one counts; the row is locked while it is looked at."""
    row = _locked(desk, release_id)
    if _release(row).state(desk.now) != "open":
        return False
    stored = fittings.find(desk, row.fitting_id)
    if born is None or patients.find(desk, stored.patient_id).identity.birth_date != born:
        row.tries += 1
        append(desk, "link refused", "link", release_id, tries=row.tries)
        return False
    row.tries = 0
    return True


def _locked(desk: Desk, release_id: UUID) -> ReleaseRow:
    row: ReleaseRow | None = desk.session.execute(
        desk.own(ReleaseRow).where(ReleaseRow.id == release_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise Missing("link")
    return row


def opened(desk: Desk, release_id: UUID) -> None:
    """Note that the patient opened the sheet."""
    row = _locked(desk, release_id)
    row.first_opened_at = row.first_opened_at or desk.now
    row.last_opened_at = desk.now
    row.opened += 1
    append(desk, "link opened", "link", release_id)


def readable(desk: Desk, release_id: UUID) -> Release:
    """An open link whose fitting is still approved. Raises Missing."""
    row = desk.session.execute(desk.own(ReleaseRow).where(ReleaseRow.id == release_id)).scalar_one_or_none()
    if row is None or _release(row).state(desk.now) != "open":
        raise Missing("link")
    if fittings.find(desk, row.fitting_id).state != "approved":
        raise Missing("link")
    return _release(row)


def actor_of(session: Session, release_id: UUID) -> Actor | None:
    """The actor behind an open patient's page."""
    clinic_id = session.execute(select(ReleaseRow.clinic_id).where(ReleaseRow.id == release_id)).scalar_one_or_none()
    return None if clinic_id is None else Actor(clinic_id=clinic_id, label=f"link {release_id}")
