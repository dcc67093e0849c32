"""What an EHR wants to be asked for besides, in words of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; of EHRs that are there already nothing is known."""
    op.add_column("ehr", sa.Column("more_scopes", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("ehr", "more_scopes")
