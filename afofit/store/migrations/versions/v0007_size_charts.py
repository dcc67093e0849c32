"""Size charts of a clinic, those of the program that it does not use, and the mark of what is in use."""

import sqlalchemy as sa
from alembic import op

from afofit.store.migrations import triggers

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the two tables and the column; a chart is written once, only its end may be added."""
    op.create_table(
        "size_chart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_name", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_size_chart_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size_chart")),
        sa.UniqueConstraint("clinic_id", "product", "number", name=op.f("uq_size_chart_clinic_id_product_number")),
    )
    op.create_index(
        op.f("ix_size_chart_used"),
        "size_chart",
        ["clinic_id", "product"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "chart_off",
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("chart", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_chart_off_clinic_id")),
        sa.PrimaryKeyConstraint("clinic_id", "chart", name=op.f("pk_chart_off")),
    )
    op.add_column("clinic", sa.Column("chart_set", sa.Uuid(), nullable=True))
    triggers.make(triggers.CHARTS)
    triggers.keep_from_truncate(["size_chart"])


def downgrade() -> None:
    """Drop them: fittings keep what they were held against."""
    triggers.let_truncate(["size_chart"])
    triggers.drop(triggers.CHARTS)
    op.drop_column("clinic", "chart_set")
    op.drop_table("chart_off")
    op.drop_table("size_chart")
