"""The tables of size charts: a clinic's own, every revision of them, and those of the program that it does not use."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from afofit.store.tables import CLINIC, Table


class SizeChartRow(Table):
    """One revision of a clinic's size chart, as its file said it. At most one of a product has not ended."""

    __tablename__ = "size_chart"
    __table_args__ = (
        UniqueConstraint("clinic_id", "product", "number"),
        Index(
            "ix_size_chart_used",
            "clinic_id",
            "product",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    product: Mapped[str]
    """Maker and model, however they are capitalised."""
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    account_id: Mapped[int | None]
    name: Mapped[str]
    made_at: Mapped[datetime]
    ended_name: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ChartOffRow(Table):
    """A chart that comes with the program and that the clinic does not use."""

    __tablename__ = "chart_off"
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), primary_key=True)
    chart: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    at: Mapped[datetime]
