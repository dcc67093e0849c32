"""The tables of what is exchanged with other systems: who they are, and what was agreed with them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from afofit.store.tables import CLINIC, FITTING, Table


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


class EhrRow(Table):
    """An EHR whose charts may be opened: the address of its FHIR server, and how this clinic is known there."""

    __tablename__ = "ehr"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    name: Mapped[str]
    issuer: Mapped[str] = mapped_column(index=True)
    client_id: Mapped[str]
    method: Mapped[str] = mapped_column(String(24))
    secret: Mapped[bytes | None]
    keys: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    online: Mapped[bool]
    more_scopes: Mapped[str | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class LaunchRow(Table):
    """One chart opened in one browser, from the first call to its end. What it holds of the chart is encrypted.

    ``opening`` is what the EHR gave to begin with, ``asked`` what the answer is held against, ``content`` the token
    and what was read with it: each is emptied as soon as it has served.
    """

    __tablename__ = "launch"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    browser: Mapped[bytes]
    issuer: Mapped[str]
    clinic_id: Mapped[UUID | None] = mapped_column(ForeignKey(CLINIC), index=True)
    ehr_id: Mapped[UUID | None] = mapped_column(ForeignKey("ehr.id"))
    account_id: Mapped[int | None]
    opening: Mapped[bytes | None]
    state: Mapped[bytes | None] = mapped_column(unique=True)
    asked: Mapped[bytes | None]
    content: Mapped[bytes | None]
    subject: Mapped[bytes | None] = mapped_column(index=True)
    began_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class OriginRow(Table):
    """From which chart a fitting and its later revisions came. ``chart`` is encrypted: patient and encounter."""

    __tablename__ = "origin"
    series_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING), primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    ehr_id: Mapped[UUID] = mapped_column(ForeignKey("ehr.id"))
    chart: Mapped[bytes]
    subject: Mapped[bytes] = mapped_column(index=True)
    at: Mapped[datetime]


class SentRow(Table):
    """One resource of a fitting that was sent into a chart, and what came of it; ``answer`` is encrypted."""

    __tablename__ = "sent"
    __table_args__ = (UniqueConstraint("fitting_id", "ehr_id", "item"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    fitting_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING))
    ehr_id: Mapped[UUID] = mapped_column(ForeignKey("ehr.id"))
    item: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10))
    answer: Mapped[bytes | None]
    account_id: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]
