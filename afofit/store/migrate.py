"""Bring the database to the version of the program, or back to an earlier one; one process at a time does.

Services that start at once, on one machine or several, wait for each other: PostgreSQL holds a lock for the one that
migrates, a file beside it does for SQLite. Both are let go of by themselves where that process ends in the middle.
"""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from afofit.store.database import Store

LATEST, NONE = "head", "base"
LOCK_NUMBER = 0x61666F666974
"""The number of the lock in PostgreSQL: the name of the program in ASCII."""
LOCK_ENDS = ".migrating"


class Stopped(Exception):
    """A step failed: none of the steps was taken. The text says what failed."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


class Later(Stopped):
    """The database is at a version that this program does not know: a later one wrote it."""


def upgrade(store: Store, to: str = LATEST) -> str | None:
    """Take every step up to a version, or none, and answer the version before. Raises Stopped."""
    return _run(store, command.upgrade, to)


def downgrade(store: Store, to: str) -> None:
    """Take steps back down to a version, or none. What only the later version could hold is lost. Raises Stopped."""
    _run(store, command.downgrade, to)


def _run(store: Store, step: Callable[[Config, str], None], to: str) -> str | None:
    config = _config()
    try:
        # One transaction around all steps: what fails in the middle leaves the database as it was.
        with _alone(store), store.changing() as connection:
            before = version_over(connection)
            if before is not None and before not in known():
                raise Later(
                    f"The database is at version {before}, which a later program wrote; this one needs {latest()}."
                )
            config.attributes["connection"] = connection
            step(config, to)
            return before
    except (SQLAlchemyError, CommandError) as error:
        raise Stopped(_said(error)) from error


def _said(error: Exception) -> str:
    """The first line of what failed: further lines of PostgreSQL may hold values of a row."""
    what = str(getattr(error, "orig", None) or error).partition("\n")[0].strip().rstrip(".")
    return f"The steps of the database could not be taken: {what}. None was taken; the database is as it was before."


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Wait until no other process migrates this database, and keep others waiting."""
    if store.engine.dialect.name == "sqlite":
        file = store.engine.url.database
        with Path(f"{file}{LOCK_ENDS}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with store.apart.connect() as connection:
        # A large database takes longer to change than anybody at work may wait.
        connection.execute(text("SET lock_timeout = 0"))
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": LOCK_NUMBER})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})


def version(store: Store) -> str | None:
    """The version of the database; None where it is empty."""
    with store.engine.connect() as connection:
        return version_over(connection)


def version_over(connection: Connection) -> str | None:
    """The same over a connection that is there."""
    return MigrationContext.configure(connection).get_current_revision()


def known() -> frozenset[str]:
    """Every version that this program knows."""
    return frozenset(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


@cache
def latest() -> str:
    """The version that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return head or ""
