"""A clinic's own size charts: every revision kept, one of a product in use; and which of the program's are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from afofit.fitting.chart import Chart
from afofit.fitting.chart_check import Document, checked
from afofit.fitting.chart_file import built_in_by_name
from afofit.store.audit import append
from afofit.store.chart_tables import ChartOffRow, SizeChartRow
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import ClinicRow
from afofit.words.tongue import gettext as _

MOST_IN_USE = 100
"""Every fitting is held against all of them."""
SETS_KEPT = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """One revision of a clinic's chart: as its file said it, as it was understood, who kept it and who ended it."""

    id: UUID
    number: int
    document: Document
    chart: Chart
    made_by: str
    made_at: datetime
    ended_by: str | None
    ended_at: datetime | None

    @property
    def in_use(self) -> bool:
        """Whether new fittings are held against it."""
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of keeping one document; not new where the same is in use already."""

    id: UUID
    number: int
    name: str
    new: bool


def save(desk: Desk, documents: Sequence[Document]) -> list[Saved]:
    """Keep charts that were found sound: each is the next revision of its product, and in use at once.

    Raises Conflict where somebody else keeps one of them now, or too many would be in use; nothing is kept then.
    """
    saved = [_save(desk, document) for document in documents]
    if any(one.new for one in saved):
        _changed(desk)
    count = desk.session.execute(
        select(func.count()).where(SizeChartRow.clinic_id == desk.actor.clinic_id, SizeChartRow.ended_at.is_(None))
    ).scalar_one()
    if count > MOST_IN_USE:
        said = _("At most {most} charts can be in use; these would be {count}. Withdraw some first.")
        raise Conflict("too_many", said.format(most=MOST_IN_USE, count=count))
    return saved


def _save(desk: Desk, document: Document) -> Saved:
    product = checked(document).product
    mine = desk.own(SizeChartRow).where(SizeChartRow.product == product.key)
    rows = desk.session.execute(mine.order_by(SizeChartRow.number)).scalars().all()
    used = next((row for row in rows if row.ended_at is None), None)
    if used is not None and used.document == document:
        return Saved(used.id, used.number, product.name, new=False)
    if used is not None:
        _end(desk, used.id)
    chart_id, number = uuid4(), rows[-1].number + 1 if rows else 1
    row = {
        "id": chart_id,
        "clinic_id": desk.actor.clinic_id,
        "product": product.key,
        "number": number,
        "document": document,
        "account_id": desk.actor.account_id,
        "name": desk.actor.name,
        "made_at": desk.now,
    }
    try:
        desk.session.execute(insert(SizeChartRow).values(row))
    except IntegrityError:
        raise Conflict(
            "changed_elsewhere", _("Somebody else kept this chart just now. Look at it, and try again.")
        ) from None
    append(desk, "size chart kept", "size chart", chart_id, version=number)
    return Saved(chart_id, number, product.name, new=True)


def _end(desk: Desk, chart_id: UUID) -> bool:
    own = (SizeChartRow.id == chart_id, SizeChartRow.clinic_id == desk.actor.clinic_id)
    ended = desk.session.execute(
        update(SizeChartRow)
        .where(*own, SizeChartRow.ended_at.is_(None))
        .values(ended_at=desk.now, ended_name=desk.actor.name)
        .returning(SizeChartRow.id)
    ).one_or_none()
    return ended is not None


def withdraw(desk: Desk, chart_id: UUID) -> None:
    """Hold no new fitting against a chart; where the program has one of the product, that one is used again.

    Raises Missing, and Conflict of one that is not in use.
    """
    own = find(desk, chart_id)
    if not _end(desk, chart_id):
        raise Conflict("not_in_use", _("This chart is not in use any more."))
    _changed(desk)
    append(desk, "size chart withdrawn", "size chart", chart_id, version=own.number)


def switch(desk: Desk, name: str, *, on: bool) -> None:
    """Use a chart of the program, or leave it out. Raises Missing of one that there is not."""
    if name not in built_in_by_name():
        raise Missing("chart")
    if on == (name not in left_out(desk)):
        return
    mine = (ChartOffRow.clinic_id == desk.actor.clinic_id, ChartOffRow.chart == name)
    if on:
        desk.session.execute(delete(ChartOffRow).where(*mine))
        append(desk, "size chart switched on", "size chart", name)
    else:
        row = {"clinic_id": desk.actor.clinic_id, "chart": name, "name": desk.actor.name, "at": desk.now}
        desk.session.execute(insert(ChartOffRow).values(row))
        append(desk, "size chart switched off", "size chart", name)
    _changed(desk)


def _changed(desk: Desk) -> None:
    """Mark that the charts in use are others than before: whoever keeps them in mind reads them anew."""
    mine = update(ClinicRow).where(ClinicRow.id == desk.actor.clinic_id)
    desk.session.execute(mine.values(chart_set=uuid4()))


def find(desk: Desk, chart_id: UUID) -> Own:
    """One revision of the clinic's charts. Raises Missing."""
    row = desk.session.execute(desk.own(SizeChartRow).where(SizeChartRow.id == chart_id)).scalar_one_or_none()
    if row is None:
        raise Missing("chart")
    return _own(row)


def listed(desk: Desk, *, in_use: bool = False) -> list[Own]:
    """Every revision of the clinic's charts, or those in use, by product and the newest first."""
    query = desk.own(SizeChartRow).order_by(SizeChartRow.product, SizeChartRow.number.desc())
    return _all(desk, query.where(SizeChartRow.ended_at.is_(None)) if in_use else query)


def revisions(desk: Desk, product: str) -> list[Own]:
    """Every revision of the chart of one product, by its key, the newest first."""
    query = desk.own(SizeChartRow).where(SizeChartRow.product == product)
    return _all(desk, query.order_by(SizeChartRow.number.desc()))


def _all(desk: Desk, query: Select[Any]) -> list[Own]:
    return [_own(row) for row in desk.session.execute(query).scalars()]


def left_out(desk: Desk) -> frozenset[str]:
    """The names of the program's charts that the clinic does not use."""
    query = desk.own(ChartOffRow).with_only_columns(ChartOffRow.chart)
    return frozenset(desk.session.execute(query).scalars())


def used(desk: Desk, chart_set: UUID | None) -> tuple[Chart, ...]:
    """The charts that new fittings are held against; ``chart_set`` is their mark, as ``protocols.chosen`` tells it."""
    if chart_set is None:
        return tuple(built_in_by_name().values())
    box = _kept(chart_set)
    if not box:
        own = [one.chart for one in listed(desk, in_use=True)]
        named = built_in_of(left_out(desk), own)
        box.append((*own, *(chart for chart, in_use in named.values() if in_use)))
    return box[0]


@lru_cache(maxsize=SETS_KEPT)
def _kept(chart_set: UUID) -> list[tuple[Chart, ...]]:
    """A box for the charts of one mark, filled by whoever needs them first: a mark never stands for others."""
    return []


def built_in_of(off: frozenset[str], own: Iterable[Chart]) -> dict[str, tuple[Chart, bool]]:
    """The charts of the program by name, and whether each is in use: neither left out nor replaced by an own one."""
    replaced = {chart.product.key for chart in own}
    return {
        name: (chart, name not in off and chart.product.key not in replaced)
        for name, chart in built_in_by_name().items()
    }


def _own(row: SizeChartRow) -> Own:
    return Own(
        id=row.id,
        number=row.number,
        document=row.document,
        chart=checked(row.document, revision=row.number),
        made_by=row.name,
        made_at=row.made_at,
        ended_by=row.ended_name,
        ended_at=row.ended_at,
    )
