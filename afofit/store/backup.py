"""Backups of everything that is stored, taken while the service works, and putting one back."""

import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

from alembic.script import ScriptDirectory
from psycopg import Connection, sql
from sqlalchemy import Connection as Link
from sqlalchemy import MetaData, Table

from afofit.store import clinics, migrate
from afofit.store.database import Store

SQLITE_BEGINS = b"SQLite format 3\0"
MANIFEST = "manifest.json"
KIND = "afofit backup of PostgreSQL"
VERSION_TABLE = "alembic_version"
PIECE = 1 << 20


class NotRestored(Exception):
    """Why a file was not put back, in one sentence; the database is as it was."""


def backup(store: Store, file: Path) -> None:
    """Write everything that is stored, as of one moment, into a file that only its owner can read.

    Writers go on meanwhile. The file appears when it is complete; an earlier one of that name is replaced.
    """
    with _beside(file) as unfinished:
        if _is_sqlite(store):
            with closing(sqlite3.connect(_path(store))) as connection:
                connection.execute("VACUUM INTO ?", (str(unfinished),))
        else:
            with _postgresql(store, "REPEATABLE READ") as (link, connection):
                _copy_out(link, connection, unfinished)


def restore(store: Store, file: Path, *, replace: bool = False) -> Path | None:
    """Put a backup back; no service may use the database meanwhile. Raises NotRestored, and then changes nothing.

    A database in which there is a clinic is only given up with ``replace``, and what it held is kept: SQLite's file is
    put aside, of PostgreSQL a backup is written beside the given one. Answers where that is.
    """
    if not file.is_file():
        raise NotRestored(f"There is no file {file}.")
    sqlite = _is_sqlite(store)
    version = _sqlite_version(file) if sqlite else _manifest(file)["version"]
    if version not in _versions():
        raise NotRestored(
            f"The backup is of version {version or 'none'} of the database, which this program does not know "
            f"(it knows up to {migrate.latest()}). Restore it with the program that made it, or a newer one."
        )
    in_use = _in_use(store)
    if in_use and not replace:
        raise NotRestored("The database holds records already. To give them up for the backup, say --replace.")
    if sqlite:
        put_aside = _put_file(store, file)
        return put_aside if in_use else None
    _same_version(store, version)
    aside = _aside(file) if in_use else None
    try:
        _copy_in(store, file, aside)
    except BaseException:
        # Nothing was given up, so there is nothing to keep.
        if aside is not None:
            aside.unlink(missing_ok=True)
        raise
    return aside


def _aside(file: Path) -> Path:
    """The name under which what is given up is kept."""
    return file.with_name(f"{file.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")


def _is_sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"


def _path(store: Store) -> str:
    return str(store.engine.url.database)


def _versions() -> set[str]:
    steps = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    return {step.revision for step in steps.walk_revisions()}


def _in_use(store: Store) -> bool:
    if migrate.version(store) is None:
        return False
    with store.looking() as session:
        return clinics.any_clinic(session)


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """An empty file in the same folder that takes the name once it is complete and on the disk."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".unfinished")
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        _to_disk(unfinished)
        unfinished.replace(file)
        _to_disk(file.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sqlite_version(file: Path) -> str | None:
    with file.open("rb") as opened:
        if opened.read(len(SQLITE_BEGINS)) != SQLITE_BEGINS:
            raise NotRestored(f"{file.name} is no backup of an SQLite database, which this service uses.")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise NotRestored(f"{file.name} is damaged.")
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError:
        raise NotRestored(f"{file.name} is damaged, or is no backup of this service.") from None
    return str(row[0]) if row else None


def _put_file(store: Store, file: Path) -> Path:
    store.close()
    target = Path(_path(store))
    aside = _aside(target)
    with _beside(target) as unfinished:
        shutil.copyfile(file, unfinished)
        if target.exists():
            _leave_alone(target)
            target.rename(aside)
    return aside


def _leave_alone(target: Path) -> None:
    # Leaving the write-ahead log needs the file for oneself, and brings everything that is in the log into the file.
    with closing(sqlite3.connect(target, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            raise NotRestored("The database is in use. Stop the service first.") from None


@contextmanager
def _postgresql(store: Store, isolation: str) -> Iterator[tuple[Link, Connection[Any]]]:
    with store.engine.connect().execution_options(isolation_level=isolation) as link, link.begin():
        yield link, cast("Connection[Any]", link.connection.driver_connection)


def _tables(link: Link) -> list[Table]:
    """What is in the database, each table after those it refers to."""
    found = MetaData()
    found.reflect(link)
    return found.sorted_tables


def _copy_out(link: Link, connection: Connection[Any], unfinished: Path) -> None:
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        tables = {table.name: [column.name for column in table.columns] for table in _tables(link)}
        version = tables.pop(VERSION_TABLE, None) and _one(connection, "SELECT version_num FROM alembic_version")
        rows = {name: _copy_table_out(connection, packed, name, columns) for name, columns in tables.items()}
        manifest = {
            "kind": KIND,
            "version": version,
            "at": datetime.now(UTC).isoformat(),
            "tables": tables,
            "rows": rows,
            # Read last: a sequence may be ahead of the rows, never behind them.
            "sequences": {name: _one(connection, _sequence_at(each)) for name, each in _sequences(connection).items()},
        }
        packed.writestr(MANIFEST, json.dumps(manifest, indent=1))


def _copy_table_out(connection: Connection[Any], packed: zipfile.ZipFile, name: str, columns: list[str]) -> int:
    with connection.cursor() as cursor:
        with (
            packed.open(f"{name}.copy", "w", force_zip64=True) as entry,
            cursor.copy(_copy(name, columns, "TO STDOUT")) as copy,
        ):
            for piece in copy:
                entry.write(piece)
        return cursor.rowcount


def _copy(name: str, columns: list[str], direction: str) -> sql.Composed:
    return sql.SQL("COPY {} ({}) {} (FORMAT binary)").format(
        sql.Identifier(name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(direction),
    )


def _one(connection: Connection[Any], query: Any) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None


def _sequences(connection: Connection[Any]) -> dict[str, sql.Identifier]:
    rows = connection.execute(
        "SELECT sequencename FROM pg_sequences WHERE schemaname = current_schema() ORDER BY sequencename"
    )
    return {name: sql.Identifier(name) for (name,) in rows.fetchall()}


def _sequence_at(name: sql.Identifier) -> sql.Composed:
    return sql.SQL("SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END FROM {}").format(name)


def _manifest(file: Path) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read(MANIFEST))
            damaged = packed.testzip()
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise NotRestored(f"{file.name} is no backup of a PostgreSQL database, which this service uses.") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise NotRestored(f"{file.name} is no backup of this service.")
    if damaged:
        raise NotRestored(f"{file.name} is damaged ({damaged}).")
    return manifest


def _same_version(store: Store, version: str) -> None:
    present = migrate.version(store)
    if present == version:
        return
    if _in_use(store):
        raise NotRestored(
            f"The backup is of version {version} of the database, which is at {present}. "
            f"Bring it to that version first: flask database upgrade or downgrade {version}."
        )
    if present is not None:
        migrate.downgrade(store, migrate.NONE)
    migrate.upgrade(store, version)


def _copy_in(store: Store, file: Path, aside: Path | None) -> None:
    manifest = _manifest(file)
    with _postgresql(store, "READ COMMITTED") as (link, connection), zipfile.ZipFile(file) as packed:
        order = [table.name for table in _tables(link) if table.name != VERSION_TABLE]
        if set(order) != set(manifest["tables"]):
            raise NotRestored("The backup and the database do not have the same tables.")
        tables = sql.SQL(", ").join(map(sql.Identifier, order))
        # From here on nobody else reads or writes: what is kept is all that is given up.
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        if aside is not None:
            _keep_aside(link, connection, aside)
        _empty(connection, tables)
        for name in order:
            count = _copy_table_in(connection, packed, name, manifest["tables"][name])
            if count != manifest["rows"][name]:
                raise NotRestored(f"The backup names {manifest['rows'][name]} rows of {name} and holds {count}.")
        for name, following in manifest["sequences"].items():
            connection.execute("SELECT setval(%s::regclass, %s, false)", (f'"{name}"', following))


def _keep_aside(link: Link, connection: Connection[Any], aside: Path) -> None:
    try:
        with _beside(aside) as unfinished:
            _copy_out(link, connection, unfinished)
    except OSError as error:
        raise NotRestored(
            f"What is in the database now could not be kept as {aside} ({error.strerror}). "
            "Put the backup into a folder with room in which this program may write."
        ) from None


def _empty(connection: Connection[Any], tables: sql.Composed) -> None:
    """Empty every table. The guards that refuse it are off for this transaction only, whatever becomes of it."""
    guards = connection.execute(
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE relnamespace = current_schema()::regnamespace AND tgname ~ '_no_truncate$'"
    ).fetchall()
    _turn("DISABLE", guards, connection)
    connection.execute(sql.SQL("TRUNCATE {}").format(tables))
    _turn("ENABLE", guards, connection)


def _turn(deed: LiteralString, guards: list[tuple[str, str]], connection: Connection[Any]) -> None:
    for table, guard in guards:
        named = (sql.Identifier(table), sql.Identifier(guard))
        connection.execute(sql.SQL("ALTER TABLE {} " + deed + " TRIGGER {}").format(*named))


def _copy_table_in(connection: Connection[Any], packed: zipfile.ZipFile, name: str, columns: list[str]) -> int:
    with connection.cursor() as cursor:
        with packed.open(f"{name}.copy") as entry, cursor.copy(_copy(name, columns, "FROM STDIN")) as copy:
            while piece := entry.read(PIECE):
                copy.write(piece)
        return cursor.rowcount
