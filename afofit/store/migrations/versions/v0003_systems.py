"""Back-end systems that sign in with keys of their own, the assertions they used, and their tokens."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "system",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("keys", sa.JSON(), nullable=True),
        sa.Column("keys_address", sa.Text(), nullable=True),
        sa.Column("keys_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_system_clinic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system")),
    )
    op.create_index(op.f("ix_system_clinic_id"), "system", ["clinic_id"], unique=False)
    op.create_table(
        "assertion",
        sa.Column("system_id", sa.Uuid(), nullable=False),
        sa.Column("jti", sa.LargeBinary(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("used_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_assertion_clinic_id")),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"], name=op.f("fk_assertion_system_id")),
        sa.PrimaryKeyConstraint("system_id", "jti", name=op.f("pk_assertion")),
    )
    op.create_index(op.f("ix_assertion_used_until"), "assertion", ["used_until"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("system_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_access_token_clinic_id")),
        sa.ForeignKeyConstraint(["system_id"], ["system.id"], name=op.f("fk_access_token_system_id")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_access_token")),
    )
    op.create_index(op.f("ix_access_token_expires_at"), "access_token", ["expires_at"], unique=False)


def downgrade() -> None:
    """Drop them; the systems are to be registered again."""
    op.drop_table("access_token")
    op.drop_table("assertion")
    op.drop_table("system")
