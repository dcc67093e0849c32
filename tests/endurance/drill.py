"""Lose everything and get it back: python -m tests.endurance.drill --fittings 20000.

A clinic's database is filled, backed up by the command, deleted with its folder, and restored by the command into an
empty one elsewhere, with nothing but the backup and the keys. Afterwards every row of every table has to be the same,
every record has to be answered to the letter as before, and the service on it has to know its keys.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import MetaData, select, text

from afofit import records
from afofit.store import deliveries, fittings, releases
from afofit.store.database import Desk, Store
from afofit.store.secrecy import Vault
from afofit.store.tables import FittingRow
from tests.endurance.service import KINDS, ROOT, Clinic, Database, found_clinic, serving
from tests.examples import EXAMPLES, STORIES
from tests.store import filled

FITTINGS = "/api/v1/fittings"
CHANGED, APPROVED, RELEASED, WITHDRAWN = 10, 3, 6, 21
"""Every so many-th fitting is a change of the one before, approved, given to its patient and delivered, taken back."""
SERVED = 20
"""How many records are asked of the service itself."""
AT_ONCE = 200
REQUESTS: list[dict[str, Any]] = [one["request"] for one in (*EXAMPLES, *STORIES)]

Told = Callable[[str], None]


@dataclass(frozen=True)
class Picture:
    """Everything that is stored, as numbers to be compared."""

    tables: dict[str, tuple[int, str]]
    """For each table how many rows, and one number for all of them."""
    answers: dict[str, str]
    """For each record a number for its answer."""


@dataclass(frozen=True)
class Outcome:
    """One database after its drill."""

    kind: str
    fittings: int
    megabytes: float
    backup_seconds: float
    restore_seconds: float
    differences: list[str]

    def line(self) -> str:
        """What is said of it."""
        same = f"NOT identical, {len(self.differences)} differences" if self.differences else "identical"
        return (
            f"{self.kind}: {self.fittings} fittings, backup {self.backup_seconds:.1f} s ({self.megabytes:.0f} MB), "
            f"restore {self.restore_seconds:.1f} s, {same}"
        )


def fill(clinic: Clinic, count: int) -> None:
    """Store so many fittings of constructed patients, as the service does, with what becomes of fittings."""
    previous = None
    for number in range(count):
        changed = previous if number % CHANGED == CHANGED - 1 else None
        given = _asked(number, changed)
        record, _ = records.take(clinic.store, clinic.orthotist, given, previous_id=changed.id if changed else None)
        _carry_on(clinic, record, number)
        previous = record


def _asked(number: int, previous: records.Record | None) -> dict[str, Any]:
    if previous is not None:
        return {**previous.given, "order": {"order_number": f"again {number}"}}
    request = REQUESTS[number % len(REQUESTS)]
    patient = {name: value for name, value in request["patient"].items() if name != "age_years"}
    born = date.today() - timedelta(days=365.25 * request["patient"]["age_years"])
    patient |= {"reference": f"P{number}", "name": f"Łucja Ødegård {number}", "birth_date": born.isoformat()}
    return request | {"patient": patient}


def _carry_on(clinic: Clinic, record: records.Record, number: int) -> None:
    if number % APPROVED or record.obstacles:
        return
    with clinic.store.writing(clinic.orthotist) as desk:
        records.approve(desk, record, record.cautions)
        if number % RELEASED == 0:
            stored = fittings.find(desk, record.id)
            releases.make(desk, record.id, language="en", large=False, days=30)
            deliveries.add(desk, stored, replace(filled.DELIVERED, side=next(iter(record.fitting.limbs))))
        if number % WITHDRAWN == 0:
            records.withdraw(desk, records.find(desk, record.id), "measured again")


def picture(clinic: Clinic) -> Picture:
    """Look at every row, and open every record of the clinic."""
    return Picture(rows_of(clinic.store), dict(answers_of(clinic)))


def served(clinic: Clinic, folder: Path, ids: Iterable[str]) -> dict[str, Any]:
    """What the service itself answers of records, to the key that it was given."""
    with serving(clinic, folder, workers=1) as service:
        answers = {one: service.call("GET", f"{FITTINGS}/{one}") for one in ids}
    return {one: (answer.status, answer.document) for one, answer in answers.items()}


def rows_of(store: Store) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and one number for all of them."""
    found = MetaData()
    with store.engine.connect() as connection:
        found.reflect(connection)
        pictures = {}
        for table in found.sorted_tables:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            order = ", ".join(f'"{column.name}"' for column in table.primary_key or table.columns)
            query = text(f'SELECT {columns} FROM "{table.name}" ORDER BY {order}')  # noqa: S608
            pictures[table.name] = _counted(map(tuple, connection.execute(query).yield_per(AT_ONCE)))
    return pictures


def _counted(rows: Iterable[tuple[object, ...]]) -> tuple[int, str]:
    count, digest = 0, hashlib.sha256()
    for count, row in enumerate(rows, start=1):  # noqa: B007
        digest.update(repr(row).encode())
    return count, digest.hexdigest()


def answers_of(clinic: Clinic) -> Iterator[tuple[str, str]]:
    """Every record of the clinic, opened with the key, and a number for its answer."""
    with clinic.store.reading(clinic.orthotist) as desk:
        own = select(FittingRow.id).where(FittingRow.clinic_id == desk.actor.clinic_id).order_by(FittingRow.id)
        ids = desk.session.execute(own).scalars().all()
    for start in range(0, len(ids), AT_ONCE):
        with clinic.store.reading(clinic.orthotist) as desk:
            for one in ids[start : start + AT_ONCE]:
                yield str(one), _number(desk, records.find(desk, one))


def _number(desk: Desk, record: records.Record) -> str:
    return hashlib.sha256(orjson.dumps(records.answer(record, {}, records.before(desk, record)))).hexdigest()


def differences(before: Picture, after: Picture) -> list[str]:
    """What is not as it was, in words."""
    found = []
    for name in sorted(before.tables.keys() | after.tables.keys()):
        one, other = before.tables.get(name), after.tables.get(name)
        if one != other:
            counts = [0 if each is None else each[0] for each in (one, other)]
            found.append(f"table {name}: {counts[0]} rows before, {counts[1]} now, not the same")
    return found + unlike("answer", before.answers, after.answers)


def unlike(what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The records of which something is not as it was, in words."""
    ids = sorted(before.keys() | after.keys())
    return [f"record {one}: {what} not the same" for one in ids if before.get(one) != after.get(one)]


def drill(kind: str, count: int, told: Told = lambda _: None) -> Outcome:
    """Fill, back up, lose, restore, compare."""
    with tempfile.TemporaryDirectory(prefix="afofit-drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as somebody else where root works
        lost, found, file = folder / "lost", folder / "found", folder / "backup"
        lost.mkdir()
        found.mkdir()
        database = Database(kind, lost)
        try:
            clinic = found_clinic(database.url)
            told(f"{kind}: storing {count} fittings")
            fill(clinic, count)
            filled.fill(clinic.store, email="second@example.org")  # another clinic, with a row of everything
            told(f"{kind}: looking at every row and every answer")
            ids = [one for one, _ in islice(answers_of(clinic), SERVED)]
            # The service notes when a key is used: it is asked before the rows are looked at, and after them later.
            asked = served(clinic, lost, ids)
            before = picture(clinic)
            told(f"{kind}: backup, loss, restore")
            backup_seconds = command(clinic, lost, "backup", str(file))
            clinic.store.close()
        finally:
            database.close()
        shutil.rmtree(lost)
        database = Database(kind, found)
        try:
            again = replace(clinic, store=Store(database.url, Vault([clinic.encryption_key])))
            restore_seconds = command(again, found, "restore", str(file))
            command(again, found, "audit", "verify")
            changed = differences(before, picture(again))
            changed += unlike("answer of the service", asked, served(again, found, ids))
            again.store.close()
        finally:
            database.close()
        megabytes = file.stat().st_size / 1e6
    return Outcome(kind, count, megabytes, backup_seconds, restore_seconds, changed)


def command(clinic: Clinic, folder: Path, *words: str) -> float:
    """Run a command of the service as a hospital's IT does; its seconds, the start of the program among them."""
    environment = dict(os.environ) | {
        "AFOFIT_DATA": str(folder),
        "AFOFIT_ENCRYPTION_KEYS": clinic.encryption_key,
        "DATABASE_URL": clinic.store.url,
    }
    began = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", *words],
        check=True,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - began


def main() -> int:
    """Run, print, and answer 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fittings", type=int, default=2000)
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", flush=True)
    outcomes = []
    for kind in given.databases:
        outcome = drill(kind, given.fittings, lambda said: print(said, file=sys.stderr, flush=True))
        outcomes.append(outcome)
        for one in outcome.differences[:20]:
            print(f"  {one}", flush=True)
        print(outcome.line(), flush=True)
    return 1 if any(one.differences for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
