"""Links for patients, and what happened when a brace was handed over."""

import sqlalchemy as sa
from alembic import op

from afofit.store.migrations import triggers

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the two tables; deliveries are kept as they were written."""
    op.create_table(
        "delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("fitting_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=5), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("design", sa.String(length=40), nullable=True),
        sa.Column("measured", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_delivery_clinic_id")),
        sa.ForeignKeyConstraint(["fitting_id"], ["fitting.id"], name=op.f("fk_delivery_fitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_clinic_id"), "delivery", ["clinic_id"], unique=False)
    op.create_index(op.f("ix_delivery_fitting_id"), "delivery", ["fitting_id"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("fitting_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("large", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_release_clinic_id")),
        sa.ForeignKeyConstraint(["fitting_id"], ["fitting.id"], name=op.f("fk_release_fitting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_release_token_hash")),
    )
    op.create_index(op.f("ix_release_fitting_id"), "release", ["fitting_id"], unique=False)
    triggers.make(triggers.SECOND)


def downgrade() -> None:
    """Drop both; the records themselves stay."""
    triggers.drop(triggers.SECOND)
    op.drop_table("delivery")
    op.drop_table("release")
