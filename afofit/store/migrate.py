"""Bring the database to the version of the program, or back to an earlier one."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from afofit.store.database import Store

LATEST, NONE = "head", "base"


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(store: Store, to: str = LATEST) -> None:
    """Take every step up to a version; a database that is there already stays as it is."""
    _run(store, command.upgrade, to)


def downgrade(store: Store, to: str) -> None:
    """Take steps back down to a version. What only the later version could hold is lost."""
    _run(store, command.downgrade, to)


def _run(store: Store, step: object, to: str) -> None:
    config = _config()
    with store.engine.connect() as connection:
        config.attributes["connection"] = connection
        step(config, to)  # type: ignore[operator]
        connection.commit()


def version(store: Store) -> str | None:
    """The version of the database; None where it is empty."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def latest() -> str:
    """The version that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""
