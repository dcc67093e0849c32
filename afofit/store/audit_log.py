"""The audit as it is read: a page at a time, newest first, and which of the things it names are still there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select

from afofit.store.chart_tables import SizeChartRow
from afofit.store.database import Desk
from afofit.store.tables import AuditRow, ClinicRow, FittingRow, PatientRow, ProtocolRow, ReleaseRow

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit."""

    number: int
    at: datetime
    actor: str
    action: str
    kind: str
    object_id: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which rows are asked for; what is not given narrows nothing. Days are days in UTC, both included."""

    actor: str | None = None
    """The label of whoever did it; ``link`` stands for every patient's link."""
    action: str | None = None
    kind: str | None = None
    since: date | None = None
    until: date | None = None


def listed(desk: Desk, wanted: Wanted, *, before: int | None = None, limit: int = A_PAGE) -> list[Entry]:
    """The rows of the clinic that are asked for, newest first; ``before`` is the number where the last page ended."""
    query = desk.own(AuditRow).where(*_conditions(wanted))
    if before is not None:
        query = query.where(AuditRow.number < before)
    rows = desk.session.execute(query.order_by(AuditRow.number.desc()).limit(limit)).scalars()
    return [
        Entry(row.number, row.at, row.actor, row.action, row.object_kind, row.object_id, orjson.loads(row.detail))
        for row in rows
    ]


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    columns = ((AuditRow.action, wanted.action), (AuditRow.object_kind, wanted.kind))
    found = [column == value for column, value in columns if value is not None]
    if wanted.actor == "link":
        found.append(AuditRow.actor.startswith("link "))
    elif wanted.actor is not None:
        found.append(AuditRow.actor == wanted.actor)
    if wanted.since is not None:
        found.append(AuditRow.at >= datetime.combine(wanted.since, time.min, UTC))
    if wanted.until is not None:
        found.append(AuditRow.at <= datetime.combine(wanted.until, time.max, UTC))
    return found


def count(desk: Desk) -> int:
    """How many rows the clinic says that its audit has."""
    query = select(ClinicRow.audit_count).where(ClinicRow.id == desk.actor.clinic_id)
    return int(desk.session.execute(query).scalar_one())


def present(desk: Desk, entries: Iterable[Entry]) -> dict[tuple[str, str], UUID]:
    """By kind and id, the named things that are still there: each with its own id, a link with that of its fitting."""
    named: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.kind in _KEPT and (object_id := _uuid(entry.object_id)):
            named.setdefault(entry.kind, set()).add(object_id)
    found: dict[tuple[str, str], UUID] = {}
    for kind, ids in named.items():
        table, leads_to = _KEPT[kind]
        # The first table of an own query is held to the clinic.
        query = desk.own(table).where(table.id.in_(ids)).with_only_columns(table.id, leads_to)
        found |= {(kind, str(object_id)): target for object_id, target in desk.session.execute(query)}
    return found


_KEPT: Mapping[str, tuple[Any, Any]] = {
    "fitting": (FittingRow, FittingRow.id),
    "patient": (PatientRow, PatientRow.id),
    "protocol": (ProtocolRow, ProtocolRow.id),
    "size chart": (SizeChartRow, SizeChartRow.id),
    "link": (ReleaseRow, ReleaseRow.fitting_id),
}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
