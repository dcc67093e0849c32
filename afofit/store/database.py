"""The connection: SQLite or PostgreSQL, one transaction a piece of work, every writer first in line."""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, Select, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from afofit.store.actors import Actor
from afofit.store.secrecy import Vault

log = logging.getLogger(__name__)

BUSY_MS = 5000
"""How long (ms) a writer waits for the one before it."""
STATEMENT_MS = 20_000
"""How long (ms) PostgreSQL may take for one statement of the service; commands take their time."""
IDLE_MS = 600_000
"""How long (ms) a transaction may stand idle before PostgreSQL ends it."""
REACH_SECONDS = 5
"""How long a connection to PostgreSQL may take to come about."""
OF_TLS = ("SSL", "certificate", "pg_hba.conf")
"""Words of PostgreSQL's library where a connection fails for the sake of TLS."""
CANNOT_WRITE = ("25006", "53", "57")
"""How SQLSTATEs begin that say: read-only (a stand-by), out of disk, memory or connections, stopped by somebody."""


class Away(Exception):
    """The database cannot be reached, or cannot write (a full or read-only disk). Nothing was stored."""


@dataclass(slots=True)
class Desk:
    """One transaction of one actor: everything that is read or written at it belongs to the actor's clinic."""

    connection: Connection
    vault: Vault
    actor: Actor
    kept: set[bytes]
    """Digests of texts that are written once and never removed, and that were seen in the database."""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    said: list[dict[str, object]] = field(default_factory=list)
    """What the audit is told of this transaction, in order."""
    at_end: list[Callable[[], None]] = field(default_factory=list)
    """What is still to be written before the transaction ends."""
    _session: Session | None = field(default=None, init=False, repr=False)

    @property
    def session(self) -> Session:
        """The same transaction for rows as objects; made when somebody asks for it."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def own(self, *what: Any) -> Select[Any]:
        """A query on tables of which the first is held to the actor's clinic."""
        return select(*what).where(what[0].clinic_id == self.actor.clinic_id)

    def run(self, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """A statement that was made once, of columns only: what is done with every fitting takes this short way."""
        return self.connection.execute(statement, values)

    def finish(self) -> None:
        """Write what objects were changed, and what waits for the end."""
        if self._session is not None:
            self._session.flush()
        for write in self.at_end:
            write()


class Store:
    """The database and the keys of one service."""

    def __init__(self, url: str, vault: Vault) -> None:
        self.url = url
        self.vault = vault
        self.engine = engine(url)
        # On SQLite a reader that starts to write later may be refused at once, however long it would wait: writers
        # say so first, on connections of their own.
        sqlite = url.startswith("sqlite")
        self._writing = engine(url, begin="BEGIN IMMEDIATE") if sqlite else self.engine
        self._reading = self.engine if sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        self._asking = self.engine if sqlite else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._kept: set[bytes] = set()

    @contextmanager
    def reading(self, actor: Actor) -> Iterator[Desk]:
        """A transaction that reads; what it sees does not change while it lasts."""
        with _reached(), self._reading.connect() as connection, _read(connection):
            yield Desk(connection, self.vault, actor, self._kept)

    @contextmanager
    def writing(self, actor: Actor) -> Iterator[Desk]:
        """A transaction that writes: all of it is durable when the block ends, or nothing is. Raises Away."""
        with _reached(), self._writing.begin() as connection:
            desk = Desk(connection, self.vault, actor, self._kept)
            yield desk
            desk.finish()

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """The short way to read before it is known who is asking: on PostgreSQL each statement stands for itself."""
        with _reached(), self._asking.connect() as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A transaction that reads before it is known who is asking: sign-in, keys and links."""
        with _reached(), Session(self._reading, expire_on_commit=False) as session, _read(session):
            yield session

    @contextmanager
    def system(self) -> Iterator[Session]:
        """A transaction that writes what belongs to no clinic: visits, and how often something was tried."""
        with _reached(), Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction that changes the tables themselves, for as long as it takes."""
        with self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
            yield connection

    def unhurried(self) -> None:
        """For commands, which nobody waits for: statements may take as long as they take."""
        if self.engine.dialect.name == "postgresql":
            event.listen(self.engine, "connect", _unhurried)

    @cached_property
    def apart(self) -> Engine:
        """Connections on which each statement stands for itself: who hashes a password must not hold a transaction."""
        return engine(self.url, begin="").execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Let go of every connection."""
        for each in (self.engine, self._writing, self.apart):
            each.dispose()


Broken = OperationalError
"""What Flask-Security's own session raises where a store would raise Away."""


class Overtaken(Exception):
    """Another writer was first with something that may be there once only. Nothing of this transaction was stored."""


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if any(word in str(error.orig) for word in OF_TLS):
            # Told apart from a server that is down: somebody may stand between, or a certificate ended.
            log.error("the database is not reached by TLS as DATABASE_URL asks")
        raise Away(type(error.orig).__name__) from None
    except (NoneFree, PendingRollbackError) as error:
        # No connection came free in time, or one broke in the middle of a part that could have been taken back.
        raise Away(type(error).__name__) from None
    except IntegrityError:
        raise Overtaken from None
    except DBAPIError as error:
        # A server that is going down breaks the connection in the middle of anything; one that takes no changes any
        # more says so in errors of several classes.
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or state.startswith(CANNOT_WRITE):
            raise Away(type(error.orig).__name__) from None
        raise


@contextmanager
def _read(transaction: Connection | Session) -> Iterator[None]:
    """Only read. On PostgreSQL that is made sure of, and then ended as what was written ends.

    With a rollback the driver would forget every statement that it had prepared, and the server plan each anew.
    """
    connection = transaction.connection() if isinstance(transaction, Session) else transaction
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.read_only = True
    yield
    transaction.commit()


def _write_again(connection: Any, _: object) -> None:
    """A connection that comes back is for everything again, unless the database itself says that it only reads."""
    if connection is not None:
        connection.read_only = None


def engine(url: str, *, begin: str = "BEGIN") -> Engine:
    """An engine with the habits of its database; ``begin`` is how a transaction begins on SQLite, empty for none."""
    if url.startswith("sqlite"):
        made = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
        event.listen(made, "connect", _open_sqlite)
        # Not by the event of the same name: with a listener every statement takes the long way.
        if begin:
            vars(made.dialect)["do_begin"] = partial(_begin, begin)
        return made
    reached = {"connect_timeout": REACH_SECONDS}
    made = create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=8, connect_args=reached)
    event.listen(made, "connect", _open_postgresql)
    event.listen(made, "checkin", _write_again)
    return made


def _begin(how: str, connection: PoolProxiedConnection) -> None:
    connection.cursor().execute(how)


def _open_postgresql(connection: Any, _: object) -> None:
    # Whoever waits for a lock or a slow disk is told so, instead of waiting until the worker is ended.
    _set(connection, lock=BUSY_MS, statement=STATEMENT_MS, idle_in_transaction_session=IDLE_MS)


def _unhurried(connection: Any, _: object) -> None:
    _set(connection, lock=0, statement=0, idle_in_transaction_session=0)


def _set(connection: Any, **timeouts: int) -> None:
    # Outside a transaction: what is set in one that is taken back is taken back with it.
    connection.autocommit = True
    for name, milliseconds in timeouts.items():
        # nosemgrep: sql-put-together  Names and numbers of this file.
        connection.execute(f"SET {name}_timeout = {milliseconds}")
    connection.autocommit = False


def _open_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Python's module must not begin transactions by itself: the dialect does.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        # nosemgrep: sql-put-together  The words are those above.
        connection.execute(f"PRAGMA {pragma}")
