"""The tables of what is exchanged with other systems: who they are, and what was agreed with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from afofit.store.tables import CLINIC, Table


class SystemRow(Table):
    """A back-end system that signs in with keys of its own; its id is its client_id."""

    __tablename__ = "system"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    account_id: Mapped[int]
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    keys: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    keys_address: Mapped[str | None]
    keys_read_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AssertionRow(Table):
    """An assertion that was accepted, by a hash of its jti, for as long as it could be sent again."""

    __tablename__ = "assertion"
    system_id: Mapped[UUID] = mapped_column(ForeignKey("system.id"), primary_key=True)
    jti: Mapped[bytes] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    used_until: Mapped[datetime] = mapped_column(index=True)


class AccessTokenRow(Table):
    """A token that a back-end system was given, by its hash; it lasts minutes."""

    __tablename__ = "access_token"
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    system_id: Mapped[UUID] = mapped_column(ForeignKey("system.id"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(index=True)
