"""PostgreSQL refuses to empty the tables whose rows it refuses to delete."""

from afofit.store.migrations import triggers

revision = "0004"
down_revision = "0003"
TABLES = [guard.table for guard in (*triggers.FIRST, *triggers.SECOND)]


def upgrade() -> None:
    """Guard every table that has a guard on its rows."""
    triggers.keep_from_truncate(TABLES)


def downgrade() -> None:
    """Leave them to the guards on their rows."""
    triggers.let_truncate(TABLES)
