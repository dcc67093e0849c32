"""Backing up and restoring a clinic, against what the database or the system does with the same content by itself.

SQLite's peer is a plain copy of the file, PostgreSQL's is its own pg_dump and pg_restore; each ends on the disk. Ours
checks a backup before it is put back. Times are of the clock: waiting for the disk is most of them.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url

from afofit.store.backup import backup, restore
from afofit.store.database import Store
from afofit.store.secrecy import Vault
from bench.figures import Figure, Pair, ratios
from tests.endurance.drill import fill
from tests.endurance.service import KINDS, Clinic, Database, found_clinic

FITTINGS = 1000
ROUNDS = 5
PEERS = {"sqlite": ("a plain copy of the file", "a plain copy of the file"), "postgresql": ("pg_dump", "pg_restore")}


def figures() -> Iterator[Figure]:
    """Both directions, on both databases."""
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="afofit-bench-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # PostgreSQL runs as somebody else where root measures
            database = Database(kind, folder)
            try:
                clinic = found_clinic(database.url)
                fill(clinic, FITTINGS)
                clinic.store.close()  # SQLite's log goes into its file, which is then all that there is to copy
                yield from _of(_Sqlite(clinic, folder) if kind == "sqlite" else _Postgresql(clinic, folder, database))
                clinic.store.close()
            finally:
                database.close()


class _Sqlite:
    """A file, and files beside it."""

    kind = "sqlite"

    def __init__(self, clinic: Clinic, folder: Path) -> None:
        self.store = clinic.store
        self.vault = Vault([clinic.encryption_key])
        self.folder = folder
        self.source = Path(str(clinic.store.engine.url.database))
        self.numbers = count()

    def place(self) -> Path:
        """A file that is not there yet."""
        return self.folder / f"{self.kind}-{next(self.numbers)}"

    def dump(self, file: Path) -> None:
        """The peer of a backup."""
        shutil.copyfile(self.source, file)
        _to_disk(file)

    def empty(self) -> str:
        """The address of a database without anything in it."""
        return f"sqlite:///{self.place()}"

    def load(self, file: Path, url: str) -> None:
        """The peer of a restore."""
        target = Path(str(make_url(url).database))
        shutil.copyfile(file, target)
        _to_disk(target)


class _Postgresql(_Sqlite):
    """A server, and databases beside the first."""

    kind = "postgresql"

    def __init__(self, clinic: Clinic, folder: Path, database: Database) -> None:
        super().__init__(clinic, folder)
        self.programs = database.server.bin_path

    def dump(self, file: Path) -> None:
        self._run("pg_dump", self.store.url, "--format=custom", "--compress=1", f"--file={file}")
        _to_disk(file)

    def empty(self) -> str:
        name = f"bench{next(self.numbers)}"
        engine = create_engine(self.store.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return make_url(self.store.url).set(database=name).render_as_string(hide_password=False)

    def load(self, file: Path, url: str) -> None:
        self._run("pg_restore", url, "--single-transaction", "--exit-on-error", str(file))

    def _run(self, program: str, url: str, *more: str) -> None:
        address = url.replace("postgresql+psycopg://", "postgresql://", 1)
        subprocess.run([self.programs / program, f"--dbname={address}", *more], check=True)


def _of(one: _Sqlite) -> Iterator[Figure]:
    ours, theirs, pairs = one.place(), one.place(), []
    for _ in range(ROUNDS):
        pairs.append(Pair(_clock(lambda: backup(one.store, ours)), _clock(lambda: one.dump(theirs))))
    yield _figure("backup", one, pairs, PEERS[one.kind][0])
    pairs = []
    for _ in range(ROUNDS):
        store, url = Store(one.empty(), one.vault), one.empty()
        pairs.append(
            Pair(_clock(lambda store=store: restore(store, ours)), _clock(lambda url=url: one.load(theirs, url)))
        )
        store.close()
    yield _figure("restore", one, pairs, PEERS[one.kind][1])


def _figure(what: str, one: _Sqlite, pairs: list[Pair], peer: str) -> Figure:
    seconds = statistics.median(pair.ours for pair in pairs)
    return Figure(f"{what} of {FITTINGS:,} fittings, {one.kind}", f"{seconds:.2f} s", peer, ratios(pairs))


def _clock(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _to_disk(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
