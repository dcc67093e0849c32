"""The tables of batches: many requests sent at once, kept until each is a fitting or is refused."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from afofit.store.tables import CLINIC, Table


class BatchRow(Table):
    """A batch: who sent it, under which key, and who works on it now. It names no patient."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("made_by", "key"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    account_id: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(80))
    made_by_name: Mapped[str]
    created_at: Mapped[datetime]
    key: Mapped[bytes | None]
    body_hash: Mapped[bytes]
    total: Mapped[int]
    waits: Mapped[bool]
    """Whether nobody waits for the answer: the service works on it when it can, and goes on where it was broken off."""
    sent_at: Mapped[datetime]
    holder: Mapped[str | None]
    """The node and the run that work on it now, or did last."""
    held_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    cancelled_at: Mapped[datetime | None]


class BatchItemRow(Table):
    """One row of a batch. ``given`` is encrypted and gone once the row is done; ``problems`` is encrypted too."""

    __tablename__ = "batch_item"
    __table_args__ = (UniqueConstraint("batch_id", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"))
    number: Mapped[int]
    given: Mapped[bytes | None]
    status: Mapped[int | None]
    fitting_id: Mapped[UUID | None]
    problems: Mapped[bytes | None]
