"""EHRs, charts that are open, the chart a fitting came from, and what was sent there."""

import sqlalchemy as sa
from alembic import op

from afofit.store.migrations import triggers

revision = "0006"
down_revision = "0005"
TABLES = [guard.table for guard in triggers.SIXTH]


def upgrade() -> None:
    """Make the four tables; what a fitting came from and what was sent goes with its patient only."""
    op.create_table(
        "ehr",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("keys", sa.JSON(), nullable=True),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_ehr_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ehr")),
    )
    op.create_index(op.f("ix_ehr_clinic_id"), "ehr", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_ehr_issuer"), "ehr", ["issuer"], unique=False)
    op.create_table(
        "launch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=True),
        sa.Column("ehr_id", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("opening", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.Column("asked", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("subject", sa.LargeBinary(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_launch_clinic_id")),
        sa.ForeignKeyConstraint(["ehr_id"], ["ehr.id"], name=op.f("fk_launch_ehr_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch")),
        sa.UniqueConstraint("state", name=op.f("uq_launch_state")),
    )
    for column in ("clinic_id", "expires_at", "subject"):
        op.create_index(op.f(f"ix_launch_{column}"), "launch", [column], unique=False)
    op.create_table(
        "origin",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("ehr_id", sa.Uuid(), nullable=False),
        sa.Column("chart", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_origin_clinic_id")),
        sa.ForeignKeyConstraint(["ehr_id"], ["ehr.id"], name=op.f("fk_origin_ehr_id")),
        sa.ForeignKeyConstraint(["series_id"], ["fitting.id"], name=op.f("fk_origin_series_id")),
        sa.PrimaryKeyConstraint("series_id", name=op.f("pk_origin")),
    )
    op.create_index(op.f("ix_origin_subject"), "origin", ["subject"], unique=False)
    op.create_table(
        "sent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("fitting_id", sa.Uuid(), nullable=False),
        sa.Column("ehr_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_sent_clinic_id")),
        sa.ForeignKeyConstraint(["ehr_id"], ["ehr.id"], name=op.f("fk_sent_ehr_id")),
        sa.ForeignKeyConstraint(["fitting_id"], ["fitting.id"], name=op.f("fk_sent_fitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent")),
        sa.UniqueConstraint("fitting_id", "ehr_id", "item", name=op.f("uq_sent_fitting_id_ehr_id_item")),
    )
    op.create_index(op.f("ix_sent_clinic_id"), "sent", ["clinic_id"], unique=False)
    triggers.make(triggers.SIXTH)
    triggers.keep_from_truncate(TABLES)


def downgrade() -> None:
    """Drop them; the EHRs are to be registered again, and nobody knows here what stands in charts."""
    triggers.let_truncate(TABLES)
    triggers.drop(triggers.SIXTH)
    for table in ("sent", "origin", "launch", "ehr"):
        op.drop_table(table)
