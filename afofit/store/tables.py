"""The tables. Rows that record what happened are written once: the database itself refuses to change them."""

from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time, always aware and in UTC; SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC on the way in; the times without zone that Flask-Security writes are in UTC already."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware and in UTC on the way out."""
        return self.process_bind_param(value, dialect)


class Table(DeclarativeBase):
    """What all tables share: names of constraints, and the types of times and texts."""

    type_annotation_map = {datetime: Moment, bytes: LargeBinary, str: Text}  # noqa: RUF012
    metadata = MetaData(naming_convention=NAMING)


CLINIC = "clinic.id"
PATIENT = "patient.id"
FITTING = "fitting.id"


class ClinicRow(Table):
    """A clinic, with the head of its audit chain."""

    __tablename__ = "clinic"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    created_at: Mapped[datetime]
    retention_years: Mapped[int | None]
    protocol_id: Mapped[UUID | None]
    chart_set: Mapped[UUID | None]
    """Another one after every change of what charts are in use; None while they are those of the program."""
    audit_count: Mapped[int] = mapped_column(BigInteger, default=0)
    audit_head: Mapped[bytes] = mapped_column(default=b"")


class AuditRow(Table):
    """One thing that was done; each row holds the hash of the one before."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_object", "clinic_id", "object_id"),)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[str] = mapped_column(String(80))
    detail: Mapped[str]
    previous: Mapped[bytes]
    hash: Mapped[bytes]


class PatientRow(Table):
    """A person of a clinic. ``identity`` is encrypted: reference, name, birth date."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("clinic_id", "reference_index"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    identity: Mapped[bytes]
    reference_index: Mapped[bytes | None]
    created_at: Mapped[datetime]
    erasing_at: Mapped[datetime | None]


class ProtocolRow(Table):
    """A version of a clinic's own protocol: the numbers it changed, by key. Released once, by another person."""

    __tablename__ = "protocol"
    __table_args__ = (UniqueConstraint("clinic_id", "name", "version"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    changes: Mapped[dict[str, float]] = mapped_column(JSON)
    reason: Mapped[str]
    base_digest: Mapped[bytes]
    author_id: Mapped[int]
    author_name: Mapped[str]
    created_at: Mapped[datetime]
    released_by: Mapped[int | None]
    released_name: Mapped[str | None]
    released_at: Mapped[datetime | None]


class BaseProtocolRow(Table):
    """The text of a default protocol that some fitting or protocol was made from, by its SHA-256."""

    __tablename__ = "base_protocol"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    text: Mapped[str]


class FittingRow(Table):
    """One revision of a fitting, written once. ``request`` and ``result`` are encrypted; ``digest`` covers both."""

    __tablename__ = "fitting"
    __table_args__ = (
        UniqueConstraint("series_id", "revision"),
        Index("ix_fitting_order", "clinic_id", "created_at", "id"),
        Index("ix_fitting_patient", "patient_id", "created_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey(PATIENT))
    series_id: Mapped[UUID]
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    previous_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    computed_on: Mapped[date]
    made_by: Mapped[str] = mapped_column(String(80))
    made_by_name: Mapped[str]
    engine_version: Mapped[str] = mapped_column(String(20))
    base_digest: Mapped[bytes]
    protocol_id: Mapped[UUID | None]
    facts: Mapped[dict[str, object]] = mapped_column(JSON)
    request: Mapped[bytes]
    result: Mapped[bytes]
    digest: Mapped[bytes]


class ApprovalRow(Table):
    """An orthotist approved a fitting: once, for good."""

    __tablename__ = "approval"
    fitting_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING), primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    account_id: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]
    acknowledged: Mapped[list[str]] = mapped_column(JSON)


class WithdrawalRow(Table):
    """A fitting was taken back, with the reason."""

    __tablename__ = "withdrawal"
    fitting_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING), primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    account_id: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[bytes]


class EntryRow(Table):
    """A form that is being filled: the fields as typed, encrypted; nothing is checked yet."""

    __tablename__ = "entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    account_id: Mapped[int] = mapped_column(index=True)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey(PATIENT))
    previous_id: Mapped[UUID | None] = mapped_column(ForeignKey(FITTING))
    fields: Mapped[bytes]
    filled: Mapped[int]
    version: Mapped[int]
    saved_at: Mapped[datetime]


class IdempotencyRow(Table):
    """A key under which a client stored something, so that a second try finds the first."""

    __tablename__ = "idempotency"
    owner: Mapped[str] = mapped_column(String(80), primary_key=True)
    key: Mapped[bytes] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    body_hash: Mapped[bytes]
    object_id: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(index=True)


class KeyRow(Table):
    """A key of another system: its prefix to recognise it by, and a hash of the rest."""

    __tablename__ = "api_key"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    account_id: Mapped[int]
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(String(12), unique=True)
    hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ReleaseRow(Table):
    """A link by which a patient opens one approved fitting."""

    __tablename__ = "release"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    fitting_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(String(8))
    large: Mapped[bool]
    account_id: Mapped[int]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    tries: Mapped[int]
    first_opened_at: Mapped[datetime | None]
    last_opened_at: Mapped[datetime | None]
    opened: Mapped[int]


class DeliveryRow(Table):
    """A brace was handed over, or came back: what was measured and checked, and how it went."""

    __tablename__ = "delivery"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    fitting_id: Mapped[UUID] = mapped_column(ForeignKey(FITTING), index=True)
    side: Mapped[str] = mapped_column(String(5))
    on: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str | None] = mapped_column(String(24))
    design: Mapped[str | None] = mapped_column(String(40))
    measured: Mapped[dict[str, float]] = mapped_column(JSON)
    checks: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[bytes | None]
    account_id: Mapped[int]
    name: Mapped[str]
    at: Mapped[datetime]


class InvitationRow(Table):
    """A link by which a colleague joins or sets a new password; works once."""

    __tablename__ = "invitation"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC))
    account_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(8))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class VisitRow(Table):
    """One sign-in on one device, so that it can be ended from the server."""

    __tablename__ = "visit"
    id: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class RateRow(Table):
    """How often something was tried in the present window of time."""

    __tablename__ = "rate"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    ends_at: Mapped[datetime]
    count: Mapped[int] = mapped_column(Integer)


IMMUTABLE = ("audit", "approval", "withdrawal", "delivery", "base_protocol")
"""Tables whose rows are never updated. Rows of ``fitting`` may only be encrypted anew; see the migrations."""
