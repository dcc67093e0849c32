"""Handing a brace over: what was measured and checked on the person, how it went, and why it had to be refitted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert

from afofit.store.audit import append
from afofit.store.database import Desk
from afofit.store.fittings import Stored
from afofit.store.tables import DeliveryRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One visit at which a brace was handed over or came back. Angles in degrees, the heel in mm."""

    side: str
    on: date
    outcome: str
    reason: str | None
    design: str | None
    measured: Mapping[str, float]
    checks: Sequence[str]
    note: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A delivery as stored: who wrote it down, and when."""

    delivery: Delivery
    fitting_id: UUID
    name: str
    at: datetime


def add(desk: Desk, stored: Stored, delivery: Delivery) -> None:
    """Keep one delivery of an approved fitting; the caller has checked it."""
    delivery_id = uuid4()
    desk.session.execute(
        insert(DeliveryRow).values(
            id=delivery_id,
            clinic_id=desk.actor.clinic_id,
            fitting_id=stored.id,
            side=delivery.side,
            on=delivery.on,
            outcome=delivery.outcome,
            reason=delivery.reason,
            design=delivery.design,
            measured=dict(delivery.measured),
            checks=list(delivery.checks),
            note=desk.vault.lock(delivery.note.encode()) if delivery.note else None,
            account_id=desk.actor.account_id,
            name=desk.actor.name,
            at=desk.now,
        )
    )
    append(desk, "delivery kept", "fitting", stored.id, outcome=delivery.outcome, side=delivery.side)


def of_fitting(desk: Desk, fitting_id: UUID) -> list[Kept]:
    """The deliveries of one fitting, oldest first."""
    query = desk.own(DeliveryRow).where(DeliveryRow.fitting_id == fitting_id)
    rows = desk.session.execute(query.order_by(DeliveryRow.on, DeliveryRow.at)).scalars()
    return [_kept(desk, row) for row in rows]


def _kept(desk: Desk, row: DeliveryRow) -> Kept:
    delivery = Delivery(
        side=row.side,
        on=row.on,
        outcome=row.outcome,
        reason=row.reason,
        design=row.design,
        measured=row.measured,
        checks=tuple(row.checks),
        note=desk.vault.unlock(row.note).decode() if row.note else "",
    )
    return Kept(delivery, row.fitting_id, row.name, row.at)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many braces were delivered and how many of them had to be refitted, for one group of them."""

    group: str
    braces: int
    refitted: int

    @property
    def share(self) -> float:
        """Refitted of delivered, 0 to 1."""
        return self.refitted / self.braces if self.braces else 0.0


@dataclass(frozen=True, slots=True)
class Refits:
    """The clinic's own refit rate: over all, by design and by year, and the reasons given."""

    all: Rate
    by_design: tuple[Rate, ...]
    by_year: tuple[Rate, ...]
    reasons: tuple[tuple[str, int], ...]


def refits(desk: Desk) -> Refits:
    """Counted by brace: one side of one fitting is one brace, refitted once or more often."""
    rows = desk.session.execute(desk.own(DeliveryRow).order_by(DeliveryRow.on, DeliveryRow.at)).scalars().all()
    braces: dict[tuple[UUID, str], list[DeliveryRow]] = {}
    for row in rows:
        braces.setdefault((row.fitting_id, row.side), []).append(row)
    each = [(visits[0], any(one.outcome != "delivered" for one in visits)) for visits in braces.values()]
    reasons = Counter(row.reason for row in rows if row.reason)
    return Refits(
        Rate("", len(each), sum(refitted for _, refitted in each)),
        _grouped([(first.design or "", refitted) for first, refitted in each]),
        _grouped([(str(first.on.year), refitted) for first, refitted in each]),
        tuple(reasons.most_common()),
    )


def _grouped(each: Sequence[tuple[str, bool]]) -> tuple[Rate, ...]:
    totals = Counter(group for group, _ in each)
    again = Counter(group for group, refitted in each if refitted)
    return tuple(Rate(group, totals[group], again[group]) for group in sorted(totals))
