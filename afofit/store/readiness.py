"""Whether the service can work at this moment, and how much is stored and waits. Nothing of what is stored is told."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from afofit.store import batches, migrate
from afofit.store.database import Away, Store
from afofit.store.secrecy import Unreadable
from afofit.store.tables import FittingRow

PROBE_BYTES = 4096
"""How much is written to see whether the data folder takes it: a block, so that a full disk shows."""
OK = "ok"
NO_DATABASE = "The database cannot be reached."
NO_KEY = (
    "The encryption keys of this service do not open what is stored: set AFOFIT_ENCRYPTION_KEYS to the keys that it "
    "was written with."
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What stands in the database, of all clinics."""

    fittings: int
    batches_waiting: int
    longest_wait_seconds: float
    """How long ago the oldest batch came that waits and that nobody works on; 0 where none waits."""


def ready(store: Store, folder: Path) -> dict[str, str]:
    """For each thing that the service needs ``ok``, or in words what is wrong with it."""
    said = {"database": NO_DATABASE, "version": NO_DATABASE, "keys": NO_DATABASE, "data_folder": _folder(folder)}
    try:
        with store.looking() as session:
            said["database"] = _writable(session)
            said["version"] = _version(session)
            if said["version"] == OK:
                said["keys"] = _keys(store, session)
    except Away:
        return said
    if said["version"] != OK:
        said["keys"] = "Not looked at: the database is at another version."
    return said


def _writable(session: Session) -> str:
    if session.get_bind().dialect.name == "sqlite":
        # Whether its file takes changes shows in the data folder.
        session.execute(text("SELECT 1"))
        return OK
    # Not of this transaction, which only reads anyhow.
    asked = text("SELECT current_setting('default_transaction_read_only') = 'on' OR pg_is_in_recovery()")
    return (
        "The database takes no changes: it is read-only or a stand-by." if session.execute(asked).scalar_one() else OK
    )


def _version(session: Session) -> str:
    found, needed = migrate.version_over(session.connection()), migrate.latest()
    if found == needed:
        return OK
    if found is None:
        return f"The database is empty; the program needs version {needed}: run flask database upgrade."
    if found not in migrate.known():
        return f"The database is at version {found}, which a later program wrote; this one needs {needed}."
    return f"The database is at version {found}; the program needs {needed}: run flask database upgrade."


def _keys(store: Store, session: Session) -> str:
    """Whether the newest record of a clinic opens: a service with other keys would write what nobody else can read."""
    # In the order of the index: one row is read, however many there are.
    order = (FittingRow.clinic_id.desc(), FittingRow.created_at.desc(), FittingRow.id.desc())
    newest = session.execute(select(FittingRow.request).order_by(*order).limit(1)).scalar()
    try:
        if newest is not None:
            store.vault.unlock(newest)
    except Unreadable:
        return NO_KEY
    return OK


def _folder(folder: Path) -> str:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(PROBE_BYTES))
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return f"The data folder cannot be written: {error.strerror}."
    return OK


def counts(store: Store, now: datetime | None = None) -> Counts:
    """How much is stored and waits. Raises Away."""
    now = now or datetime.now(UTC)
    with store.looking() as session:
        fittings = session.execute(select(func.count()).select_from(FittingRow)).scalar_one()
        count, oldest = batches.waiting(session, now)
    return Counts(fittings, count, max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
