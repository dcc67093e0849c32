"""What Alembic runs: the steps, over the connection that the service hands to it."""

from alembic import context

from afofit.store import accounts, batch_tables, chart_tables, exchange_tables
from afofit.store.tables import Table

__all__ = ["accounts", "batch_tables", "chart_tables", "exchange_tables"]

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
