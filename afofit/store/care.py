"""What a patient may ask for: a copy of everything that is kept about them, and its end; records that are too old."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, delete, func, or_, select, update

from afofit.store import deliveries, ehrs, fittings, origins, patients, releases
from afofit.store.audit import append
from afofit.store.clinics import clinic
from afofit.store.database import Desk
from afofit.store.errors import Missing
from afofit.store.exchange_tables import OriginRow, SentRow
from afofit.store.tables import (
    ApprovalRow,
    AuditRow,
    DeliveryRow,
    EntryRow,
    FittingRow,
    IdempotencyRow,
    PatientRow,
    ReleaseRow,
    WithdrawalRow,
)

OF_AGE = 18
Json = dict[str, Any]


def export(desk: Desk, patient_id: UUID) -> Json:
    """Everything that is kept about one patient, ready to be written as JSON. Raises Missing."""
    patient = patients.find(desk, patient_id)
    kept = [_fitting(desk, one) for one in fittings.of_patient(desk, patient_id)]
    objects = [str(patient_id)]
    for one in kept:
        objects += [one["id"], *(link["id"] for link in one["links"])]
    return {
        "patient": {
            "id": str(patient_id),
            "reference": patient.identity.reference,
            "name": patient.identity.name,
            "birth_date": _day(patient.identity.birth_date),
            "added_at": patient.created_at.isoformat(),
        },
        "fittings": kept,
        "drafts": _drafts(desk, patient_id),
        "audit": _audit(desk, objects),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _fitting(desk: Desk, stored: fittings.Stored) -> Json:
    approval, withdrawal = stored.approval, stored.withdrawal
    return {
        "id": str(stored.id),
        "series_id": str(stored.series_id),
        "revision": stored.revision,
        "kind": stored.kind,
        "state": stored.state,
        "created_at": stored.created_at.isoformat(),
        "made_by": stored.made_by,
        "computed_on": stored.snapshot.computed_on.isoformat(),
        "engine_version": stored.snapshot.engine_version,
        "request": orjson.loads(stored.snapshot.request),
        "result": orjson.loads(stored.snapshot.result),
        "facts": stored.snapshot.facts,
        "approval": approval
        and {"name": approval.name, "at": _at(approval.at), "acknowledged": list(approval.acknowledged)},
        "withdrawal": withdrawal and {"name": withdrawal.name, "at": _at(withdrawal.at), "reason": withdrawal.reason},
        "deliveries": [_delivery(one) for one in deliveries.of_fitting(desk, stored.id)],
        "links": [_link(one) for one in releases.of_fitting(desk, stored.id)],
        "chart": _chart(desk, stored),
    }


def _chart(desk: Desk, stored: fittings.Stored) -> Json | None:
    """The chart from which a fitting came, and what was sent there."""
    origin = origins.of_series(desk, stored.series_id)
    if origin is None:
        return None
    return {
        "system": ehrs.find(desk, origin.ehr_id).issuer,
        "patient": origin.patient,
        "encounter": origin.encounter,
        "at": _at(origin.at),
        "sent": [
            {"item": one.item, "state": one.state, "place": one.place, "said": one.said, "at": _at(one.at)}
            for one in origins.sent(desk, stored.id)
        ],
    }


def _delivery(kept: deliveries.Kept) -> Json:
    one = kept.delivery
    return {
        "side": one.side,
        "on": _day(one.on),
        "outcome": one.outcome,
        "reason": one.reason,
        "design": one.design,
        "measured": dict(one.measured),
        "checks": list(one.checks),
        "note": one.note,
        "name": kept.name,
        "at": _at(kept.at),
    }


def _link(one: releases.Release) -> Json:
    return {
        "id": str(one.id),
        "language": one.language,
        "large": one.large,
        "created_at": _at(one.created_at),
        "expires_at": _at(one.expires_at),
        "revoked_at": _at(one.revoked_at),
        "first_opened_at": _at(one.first_opened_at),
        "last_opened_at": _at(one.last_opened_at),
        "opened": one.opened,
        "wrong_birth_dates": one.tries,
    }


def _drafts(desk: Desk, patient_id: UUID) -> list[Json]:
    rows = desk.session.execute(desk.own(EntryRow).where(_drafted_for(patient_id)).order_by(EntryRow.saved_at))
    return [
        {"id": str(row.id), "saved_at": _at(row.saved_at), "fields": desk.vault.unlock_json(row.fields)}
        for row in rows.scalars()
    ]


def _fittings_of(patient_id: UUID) -> Select[UUID]:
    # nosemgrep: query-without-its-clinic  Of a patient who was found in the clinic.
    return select(FittingRow.id).where(FittingRow.patient_id == patient_id)


def _drafted_for(patient_id: UUID) -> Any:
    return or_(EntryRow.patient_id == patient_id, EntryRow.previous_id.in_(_fittings_of(patient_id)))


def _audit(desk: Desk, objects: list[str]) -> list[Json]:
    query = desk.own(AuditRow).where(AuditRow.object_id.in_(objects)).order_by(AuditRow.number)
    return [
        {
            "number": row.number,
            "at": _at(row.at),
            "actor": row.actor,
            "action": row.action,
            "object_kind": row.object_kind,
            "object_id": row.object_id,
            "detail": orjson.loads(row.detail),
        }
        for row in desk.session.execute(query).scalars()
    ]


def erase(desk: Desk, patient_id: UUID) -> dict[str, int]:
    """Delete a patient and all that hangs on them; answers how much that was. The audit stays: it names nobody.

    The row of the patient is locked first, so that nothing new is stored for them meanwhile. Raises Missing.
    """
    mine = desk.own(PatientRow).where(PatientRow.id == patient_id)
    if desk.session.execute(mine.with_for_update()).one_or_none() is None:
        raise Missing("patient")
    its = _fittings_of(patient_id)
    desk.session.execute(update(PatientRow).where(PatientRow.id == patient_id).values(erasing_at=desk.now))
    origins.forget(desk, desk.session.execute(its).scalars())
    steps = {
        "sent": delete(SentRow).where(SentRow.fitting_id.in_(its)),
        "origins": delete(OriginRow).where(OriginRow.series_id.in_(its)),
        "deliveries": delete(DeliveryRow).where(DeliveryRow.fitting_id.in_(its)),
        "links": delete(ReleaseRow).where(ReleaseRow.fitting_id.in_(its)),
        "approvals": delete(ApprovalRow).where(ApprovalRow.fitting_id.in_(its)),
        "withdrawals": delete(WithdrawalRow).where(WithdrawalRow.fitting_id.in_(its)),
        "drafts": delete(EntryRow).where(_drafted_for(patient_id)),
        "retries": delete(IdempotencyRow).where(IdempotencyRow.object_id.in_(its)),
        "fittings": delete(FittingRow).where(FittingRow.patient_id == patient_id),
        "patients": delete(PatientRow).where(PatientRow.id == patient_id),
    }
    unsynchronized = {"synchronize_session": False}
    counts = {
        name: int(desk.session.execute(step, execution_options=unsynchronized).rowcount)  # type: ignore[attr-defined]
        for name, step in steps.items()
    }
    del counts["patients"]
    append(desk, "patient erased", "patient", patient_id, **counts)
    return counts


@dataclass(frozen=True, slots=True)
class Due:
    """A patient whose records have been kept long enough: since the last activity, or since they came of age."""

    patient_id: UUID
    last_on: date
    kept_until: date


def due(desk: Desk, today: date) -> list[Due]:
    """The patients of the clinic whose time is over, longest first; none where the clinic keeps records for ever."""
    years = clinic(desk).retention_years
    if years is None:
        return []
    found = []
    for patient_id, last_on in _last_activity(desk).items():
        born = patients.find(desk, patient_id).identity.birth_date
        begins = max(last_on, _later(born, OF_AGE)) if born else last_on
        kept_until = _later(begins, years)
        if kept_until < today:
            found.append(Due(patient_id, last_on, kept_until))
    return sorted(found, key=lambda one: one.kept_until)


def _later(day: date, years: int) -> date:
    """So many years later; 29 February becomes 1 March, which keeps a day longer."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def _last_activity(desk: Desk) -> dict[UUID, date]:
    """The last day on which anything happened to each patient's records."""
    clinic_id = desk.actor.clinic_id
    moments: list[Select[Any, Any]] = [
        select(PatientRow.id, PatientRow.created_at).where(PatientRow.clinic_id == clinic_id),
        select(EntryRow.patient_id, func.max(EntryRow.saved_at))
        .where(EntryRow.clinic_id == clinic_id, EntryRow.patient_id.is_not(None))
        .group_by(EntryRow.patient_id),
        select(FittingRow.patient_id, func.max(FittingRow.created_at))
        .where(FittingRow.clinic_id == clinic_id)
        .group_by(FittingRow.patient_id),
    ]
    for table, column in (
        (ApprovalRow, ApprovalRow.at),
        (WithdrawalRow, WithdrawalRow.at),
        (DeliveryRow, DeliveryRow.at),
        (ReleaseRow, ReleaseRow.created_at),
        (ReleaseRow, ReleaseRow.last_opened_at),
    ):
        moments.append(
            select(FittingRow.patient_id, func.max(column))
            .join(table, table.fitting_id == FittingRow.id)
            .where(FittingRow.clinic_id == clinic_id, column.is_not(None))
            .group_by(FittingRow.patient_id)
        )
    last: dict[UUID, date] = {}
    for query in moments:
        for patient_id, at in desk.session.execute(query):
            last[patient_id] = max(last.get(patient_id, date.min), at.date())
    return last
