"""The people of a clinic. Reference, name and birth date are encrypted; a keyed mark finds a reference again."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Row, bindparam, func, insert, select, update

from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import FittingRow, PatientRow
from afofit.words.tongue import gettext as _


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is, as far as the clinic has said."""

    reference: str | None = None
    name: str | None = None
    birth_date: date | None = None

    def completed(self, other: "Identity") -> "Identity":
        """What is known here, and from the other where nothing is known here."""
        return Identity(self.reference or other.reference, self.name or other.name, self.birth_date or other.birth_date)


@dataclass(frozen=True, slots=True)
class Patient:
    """A person with what the list shows of the fittings."""

    id: UUID
    identity: Identity
    created_at: datetime
    fittings: int = 0
    last_at: datetime | None = None


_REFERRED = select(PatientRow.id, PatientRow.identity, PatientRow.created_at).where(
    PatientRow.clinic_id == bindparam("own_clinic"), PatientRow.reference_index.in_(bindparam("marks", expanding=True))
)
_PATIENT = insert(PatientRow)

DIFFERS = {
    "reference": "This patient has another reference.",
    "name": "This reference belongs to a patient with another name. Correct the reference, or change the name there.",
    "birth_date": "This reference belongs to a patient with another date of birth. Check who this is.",
}


def resolve(desk: Desk, identity: Identity, patient_id: UUID | None = None) -> Patient:
    """The patient of that id, else of that reference, else a new one.

    What was not known of the patient is added. Raises Conflict where the two speak of different people, Missing
    where the id is none of this clinic's.
    """
    found = find(desk, patient_id) if patient_id else _by_reference(desk, identity.reference)
    if found is None:
        return _new(desk, identity)
    _check(found.identity, identity, named=patient_id is not None)
    completed = found.identity.completed(identity)
    if completed != found.identity:
        if completed.reference != found.identity.reference:
            _free(desk, completed.reference, found.id)
        _write(desk, found.id, completed, found.identity)
    return Patient(found.id, completed, found.created_at)


def _check(known: Identity, said: Identity, *, named: bool) -> None:
    if named and said.reference and known.reference and said.reference != known.reference:
        raise Conflict("other_patient", _(DIFFERS["reference"]), pointer="/patient/reference")
    if said.birth_date and known.birth_date and said.birth_date != known.birth_date:
        raise Conflict("other_patient", _(DIFFERS["birth_date"]), pointer="/patient/birth_date")
    if said.name and known.name and _plain(said.name) != _plain(known.name):
        raise Conflict("other_patient", _(DIFFERS["name"]), pointer="/patient/name")


def _free(desk: Desk, reference: str | None, patient_id: UUID) -> None:
    """Raises Conflict where a reference is that of somebody else."""
    other = _by_reference(desk, reference)
    if other is not None and other.id != patient_id:
        raise Conflict("reference_taken", _("Another patient has this reference."), pointer="/patient/reference")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def find(desk: Desk, patient_id: UUID) -> Patient:
    """One patient of the clinic. Raises Missing."""
    row = desk.session.execute(desk.own(PatientRow).where(PatientRow.id == patient_id)).scalar_one_or_none()
    if row is None:
        raise Missing("patient")
    return Patient(row.id, _read(desk, row), row.created_at)


def _by_reference(desk: Desk, reference: str | None) -> Patient | None:
    if not reference:
        return None
    marks = desk.vault.indices(reference.strip())
    row = desk.run(_REFERRED, own_clinic=desk.actor.clinic_id, marks=marks).one_or_none()
    return None if row is None else Patient(row.id, _read(desk, row), row.created_at)


def listed(desk: Desk, search: str = "", *, limit: int = 200) -> list[Patient]:
    """The patients of the clinic, the one fitted last first; those whose reference, name or birth date has the text.

    Names are encrypted, so that a search reads every patient of the clinic.
    """
    last = func.max(FittingRow.created_at)
    query = (
        desk.own(PatientRow, func.count(FittingRow.id), last)
        .outerjoin(FittingRow, FittingRow.patient_id == PatientRow.id)
        .group_by(PatientRow.id)
        .order_by(func.coalesce(last, PatientRow.created_at).desc())
    )
    rows = desk.session.execute(query if search else query.limit(limit)).all()
    people = (Patient(row.id, _read(desk, row), row.created_at, count, at) for row, count, at in rows)
    wanted = _plain(search)
    found = (one for one in people if not wanted or wanted in _said(one.identity))
    return [one for one, _ in zip(found, range(limit), strict=False)]


def _said(identity: Identity) -> str:
    born = identity.birth_date
    dates = f"{born.isoformat()} {born:%d.%m.%Y} {born:%d/%m/%Y}" if born else ""
    return _plain(f"{identity.reference or ''} {identity.name or ''} {dates}")


def change(desk: Desk, patient_id: UUID, identity: Identity) -> None:
    """Correct who a patient is. Raises Missing, and Conflict where the reference is another patient's."""
    before = find(desk, patient_id).identity
    _free(desk, identity.reference, patient_id)
    if identity != before:
        _write(desk, patient_id, identity, before)


def _new(desk: Desk, identity: Identity) -> Patient:
    patient = Patient(uuid4(), identity, desk.now)
    desk.run(_PATIENT, id=patient.id, clinic_id=desk.actor.clinic_id, created_at=desk.now, **_columns(desk, identity))
    append(desk, "patient added", "patient", patient.id)
    return patient


def _write(desk: Desk, patient_id: UUID, identity: Identity, before: Identity) -> None:
    desk.session.execute(
        update(PatientRow)
        .where(PatientRow.id == patient_id, PatientRow.clinic_id == desk.actor.clinic_id)
        .values(**_columns(desk, identity))
    )
    changed = [name for name, value in asdict(identity).items() if value != getattr(before, name)]
    append(desk, "patient changed", "patient", patient_id, fields=changed)


def _columns(desk: Desk, identity: Identity) -> dict[str, bytes | None]:
    reference = (identity.reference or "").strip()
    return {
        "identity": desk.vault.lock_json(asdict(identity)),
        "reference_index": desk.vault.index(reference) if reference else None,
    }


def _read(desk: Desk, row: Row[Any] | PatientRow) -> Identity:
    said = cast(dict[str, str | None], desk.vault.unlock_json(row.identity))
    born = said["birth_date"]
    return Identity(said["reference"], said["name"], date.fromisoformat(born) if born else None)


def names(desk: Desk, ids: Iterable[UUID]) -> dict[UUID, Identity]:
    """Who some patients are, by id."""
    rows = desk.session.execute(desk.own(PatientRow).where(PatientRow.id.in_(set(ids)))).scalars()
    return {row.id: _read(desk, row) for row in rows}


def count(desk: Desk) -> int:
    """How many patients the clinic has."""
    query = select(func.count()).select_from(PatientRow).where(PatientRow.clinic_id == desk.actor.clinic_id)
    return desk.session.execute(query).scalar_one()
