"""Fittings and the charts they came from: which fitting belongs to which chart, and what was sent there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from afofit.store.actors import Actor
from afofit.store.audit import append
from afofit.store.database import Desk, Overtaken, Store
from afofit.store.exchange_tables import LaunchRow, OriginRow, SentRow
from afofit.store.tables import FittingRow

State = Literal["sending", "written", "refused"]
"""``sending`` was begun and its answer never came: whether it stands in the chart is not known."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The chart from which a fitting came."""

    ehr_id: UUID
    patient: str
    encounter: str | None
    subject: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """One resource that was sent, and what came of it."""

    item: str
    state: State
    place: str
    """Where the EHR keeps it: "Observation/17"."""
    said: str
    """Why it was refused."""
    name: str
    at: datetime


def mark(desk: Desk, ehr_id: UUID, patient: str) -> bytes:
    """The mark by which the same patient of the same EHR is found again, without being readable."""
    return desk.vault.index(_called(ehr_id, patient))


def marks(desk: Desk, ehr_id: UUID, patient: str) -> list[bytes]:
    """The mark under each key; while a key is being changed all are looked for."""
    return desk.vault.indices(_called(ehr_id, patient))


def _called(ehr_id: UUID, patient: str) -> str:
    return f"{ehr_id} {patient}"


def came_from(desk: Desk, series_id: UUID, ehr_id: UUID, patient: str, encounter: str | None) -> None:
    """Keep from which chart a fitting came; said twice it is kept once."""
    if of_series(desk, series_id) is None:
        desk.session.execute(
            insert(OriginRow).values(
                series_id=series_id,
                clinic_id=desk.actor.clinic_id,
                ehr_id=ehr_id,
                chart=desk.vault.lock_json({"patient": patient, "encounter": encounter}),
                subject=mark(desk, ehr_id, patient),
                at=desk.now,
            )
        )


def of_series(desk: Desk, series_id: UUID) -> Origin | None:
    """The chart from which a fitting and its revisions came; None where it came from none."""
    row = desk.session.execute(desk.own(OriginRow).where(OriginRow.series_id == series_id)).scalar_one_or_none()
    if row is None:
        return None
    said = cast(Mapping[str, Any], desk.vault.unlock_json(row.chart))
    return Origin(row.ehr_id, said["patient"], said["encounter"], row.subject, row.at)


def of_chart(desk: Desk, ehr_id: UUID, patient: str) -> list[UUID]:
    """The fittings, newest first, that came from the chart of this patient."""
    query = (
        desk.own(FittingRow)
        .with_only_columns(FittingRow.id)
        .join(OriginRow, OriginRow.series_id == FittingRow.series_id)
        .where(OriginRow.ehr_id == ehr_id, OriginRow.subject.in_(marks(desk, ehr_id, patient)))
        .order_by(FittingRow.created_at.desc())
    )
    return list(desk.session.execute(query).scalars())


def sent(desk: Desk, fitting_id: UUID, ehr_id: UUID | None = None) -> list[Sent]:
    """What was sent of a fitting, in the order in which it was."""
    query = desk.own(SentRow).where(SentRow.fitting_id == fitting_id)
    if ehr_id is not None:
        query = query.where(SentRow.ehr_id == ehr_id)
    rows = desk.session.execute(query.order_by(SentRow.at, SentRow.item)).scalars()
    return [_sent(desk, row) for row in rows]


def _sent(desk: Desk, row: SentRow) -> Sent:
    said = cast(Mapping[str, str], desk.vault.unlock_json(row.answer)) if row.answer else {}
    return Sent(row.item, cast(State, row.state), said.get("place", ""), said.get("said", ""), row.name, row.at)


def claim(store: Store, actor: Actor, fitting_id: UUID, ehr_id: UUID, item: str) -> bool:
    """Say, before it is done, that a resource is being sent; False where somebody sent it or is sending it.

    What was refused before may be tried again. What was begun and never answered may not: it may stand in the chart.
    """
    own = (SentRow.fitting_id == fitting_id, SentRow.ehr_id == ehr_id, SentRow.item == item)
    try:
        with store.writing(actor) as desk:
            again = desk.session.execute(
                update(SentRow)
                .where(*own, SentRow.clinic_id == desk.actor.clinic_id, SentRow.state == "refused")
                .values(state="sending", answer=None, at=desk.now, name=desk.actor.name)
                .returning(SentRow.id)
            ).one_or_none()
            if again is not None:
                return True
            if desk.session.execute(select(SentRow.id).where(*own)).first() is not None:
                return False
            desk.session.execute(
                insert(SentRow).values(
                    id=uuid4(),
                    clinic_id=desk.actor.clinic_id,
                    fitting_id=fitting_id,
                    ehr_id=ehr_id,
                    item=item,
                    state="sending",
                    account_id=desk.actor.account_id,
                    name=desk.actor.name,
                    at=desk.now,
                )
            )
    except Overtaken:
        return False
    return True


def settle(desk: Desk, fitting_id: UUID, ehr_id: UUID, item: str, state: State, *, place: str, said: str) -> None:
    """Keep what came of a resource that was sent."""
    desk.session.execute(
        update(SentRow)
        .where(
            SentRow.fitting_id == fitting_id,
            SentRow.ehr_id == ehr_id,
            SentRow.item == item,
            SentRow.clinic_id == desk.actor.clinic_id,
        )
        .values(state=state, answer=desk.vault.lock_json({"place": place, "said": said}), at=desk.now)
    )


def concluded(desk: Desk, fitting_id: UUID, ehr_id: UUID, written: int, refused: int) -> None:
    """Say in the audit what came of sending a fitting."""
    append(desk, "sent to chart", "fitting", fitting_id, ehr=str(ehr_id), written=written, refused=refused)


def forget(desk: Desk, series: Iterable[UUID]) -> None:
    """Empty the open charts of the patient of these fittings, who is being erased."""
    own = OriginRow.clinic_id == desk.actor.clinic_id
    subjects = select(OriginRow.subject).where(OriginRow.series_id.in_(list(series)), own)
    desk.session.execute(
        update(LaunchRow)
        .where(LaunchRow.subject.in_(subjects))
        .values(content=None, ended_at=desk.now)
        .execution_options(synchronize_session=False)
    )
