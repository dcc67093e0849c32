"""Kill workers and the database while fittings are stored: python -m tests.endurance.crash --kills 20.

Clients repeat a request under its key until it is acknowledged. Afterwards everything acknowledged has to be there
as it was answered, once, with its row of the audit.
"""

import argparse
import http.client
import random
import sqlite3
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import make_url, select

from afofit.store import checks
from afofit.store.fittings import Retry
from afofit.store.tables import AuditRow, FittingRow, IdempotencyRow
from tests.endurance.service import KINDS, PATIENCE, Answer, Clinic, Database, Service, found_clinic, serving
from tests.examples import request_of

CLIENTS = 4
SHARED = 10
"""How many patients come again and again; every other request is of a new one."""
CHANCE = random.SystemRandom()
APPROVED = 5
"""Every so many-th fitting is approved as well."""
FITTINGS = "/api/v1/fittings"
SINCE = ("state", "approval")
"""Parts of an answer that an approval changes."""


@dataclass
class Ledger:
    """What the clients saw."""

    fittings: dict[str, Answer] = field(default_factory=dict)
    approved: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)
    away: int = 0
    broken: int = 0
    faults: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


def asked(reference: str) -> dict[str, Any]:
    """The request of the first example for one patient."""
    request = request_of("E1")
    return request | {"patient": request["patient"] | {"reference": reference}}


def client(service: Service, ledger: Ledger, place: int) -> None:
    """Store fittings one after the other until told to stop; what was begun is brought to its end."""
    number = 0
    while not ledger.stop.is_set():
        number += 1
        reference = f"P{CHANCE.randrange(SHARED)}" if number % 2 else f"P-{place}-{number}"
        key = uuid4().hex
        ledger.begun.add(key)
        answer = until(service, ledger, 201, FITTINGS, asked(reference), Idempotency_Key=key)
        if answer is None:
            continue
        ledger.fittings[key] = answer
        if number % APPROVED == 0:
            codes = sorted({code for limb in answer.document["limbs"].values() for code in cautions(limb)})
            path = f"{FITTINGS}/{answer.document['id']}/approve"
            if until(service, ledger, 200, path, {"acknowledged": codes}, or_else=409):
                ledger.approved.add(answer.document["id"])


def cautions(limb: dict[str, Any]) -> list[str]:
    """The codes that an approval has to name."""
    return [finding["code"] for finding in limb["findings"] if finding["severity"] == "caution"]


def until(
    service: Service, ledger: Ledger, wanted: int, path: str, document: Any, or_else: int = 0, **headers: str
) -> Answer | None:
    """Post again and again until it is acknowledged; a try that broke may have been stored, which ``or_else`` says."""
    end, broke = time.monotonic() + PATIENCE, False
    while time.monotonic() < end:
        try:
            answer = service.call("POST", path, document, **headers)
        except (OSError, http.client.HTTPException):
            ledger.broken += 1
            broke = True
            time.sleep(0.02)
            continue
        if answer.status == wanted or (broke and answer.status == or_else):
            return answer
        if answer.status != 503 or "Retry-After" not in answer.headers:
            ledger.faults.append(f"{path} answered {answer.status}: {answer.document}")
            return None
        ledger.away += 1
        broke = True
        time.sleep(0.1)
    ledger.faults.append(f"{path} was not acknowledged within {PATIENCE:.0f} s")
    return None


def kill(service: Service, database: Database, ledger: Ledger, what: str) -> None:
    """Kill a worker, or the database server, and wait until the service stores again."""
    time.sleep(CHANCE.uniform(0, 0.4))
    if what == "server":
        database.kill()
        time.sleep(CHANCE.uniform(0, 0.3))
        database.start()
    else:
        end = time.monotonic() + PATIENCE
        while not (found := service.workers()) and time.monotonic() < end:
            time.sleep(0.01)
        CHANCE.choice(found).kill()
    before, end = len(ledger.fittings), time.monotonic() + PATIENCE
    while len(ledger.fittings) < before + CLIENTS:
        if time.monotonic() > end:
            ledger.faults.append("the service did not store again after a kill")
            return
        time.sleep(0.01)


@dataclass
class Outcome:
    """One database after its kills."""

    kind: str
    kills: int
    ledger: Ledger
    lost: int
    seconds: float

    def line(self) -> str:
        """What is said of it."""
        ledger = self.ledger
        return (
            f"{self.kind}: {self.kills} kills, {len(ledger.fittings)} acknowledged, {len(ledger.approved)} approved, "
            f"{self.lost} lost ({ledger.broken} connections broken, {ledger.away} answers 503, {self.seconds:.0f} s)"
        )


def crash(kind: str, kills: int, server_kills: int) -> Outcome:
    """Kill workers (and on PostgreSQL the server) while clients store, and look for what was acknowledged."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="afofit-crash-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        database = Database(kind, folder)
        try:
            clinic = found_clinic(database.url)
            ledger = Ledger()
            plan = ["worker"] * kills + ["server"] * (server_kills if kind == "postgresql" else 0)
            CHANCE.shuffle(plan)
            with serving(clinic, folder) as service:
                _while_storing(service, ledger, [partial(kill, service, database, ledger, what) for what in plan])
                lost = _unlike(service, ledger)
            lost |= _not_once(clinic, ledger)
            clinic.store.close()
            if any(" answered 500" in fault for fault in ledger.faults):
                ledger.faults.append((folder / "gunicorn.log").read_text()[-3000:])
        finally:
            database.close()
    return Outcome(kind, len(plan), ledger, len(lost), time.monotonic() - began)


def _while_storing(service: Service, ledger: Ledger, deeds: list[Any]) -> None:
    threads = [threading.Thread(target=client, args=(service, ledger, place)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        for deed in deeds:
            deed()
    finally:
        ledger.stop.set()
        for thread in threads:
            thread.join()


def _unlike(service: Service, ledger: Ledger) -> set[str]:
    """Ids that the service no longer knows, or no longer answers as it acknowledged them."""
    found = set()
    for answer in ledger.fittings.values():
        now = service.call("GET", f"{FITTINGS}/{answer.document['id']}")
        state = "approved" if answer.document["id"] in ledger.approved else "draft"
        same = now.status == 200 and now.document["state"] == state and _kept(now) == _kept(answer)
        if not same:
            found.add(answer.document["id"])
    return found


def _kept(answer: Answer) -> tuple[str, dict[str, Any]]:
    digest = answer.headers["ETag"].strip('"').split("-")[0]
    return digest, {name: part for name, part in answer.document.items() if name not in SINCE}


def _not_once(clinic: Clinic, ledger: Ledger) -> set[str]:
    """Ids that are not in the store with one row each of fitting, key and audit; what else is wrong is a fault."""
    report = checks.check(clinic.store)
    ledger.faults += report.faults
    if clinic.store.url.startswith("sqlite"):
        with sqlite3.connect(make_url(clinic.store.url).database or "") as file:
            if (said := file.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
                ledger.faults.append(f"integrity_check: {said}")
    with clinic.store.looking() as session:
        digests = {row.id: bytes(row.digest) for row in session.execute(select(FittingRow.id, FittingRow.digest))}
        keyed = {
            bytes(key): made for key, made in session.execute(select(IdempotencyRow.key, IdempotencyRow.object_id))
        }
        stored = select(AuditRow.object_id).where(AuditRow.action == "fitting stored")
        audited = list(session.execute(stored).scalars())
    if len(digests) != len(ledger.begun) or set(keyed.values()) != set(digests) or len(keyed) != len(digests):
        ledger.faults.append(
            f"{len(ledger.begun)} keys were sent, {len(keyed)} are kept, {len(digests)} fittings are there"
        )
    lost = set()
    for key, answer in ledger.fittings.items():
        fitting_id = UUID(answer.document["id"])
        there = fitting_id in digests and _kept(answer)[0] == digests[fitting_id].hex()[:32]
        if not there or keyed.get(Retry(key, b"").hashed) != fitting_id or audited.count(str(fitting_id)) != 1:
            lost.add(str(fitting_id))
    return lost


def main() -> int:
    """Run, print, and answer 1 where something was lost, doubled or answered 500."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=20, help="workers killed on each database")
    parser.add_argument("--databases", nargs="+", choices=KINDS, default=KINDS)
    given = parser.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {CLIENTS} clients; every {APPROVED}th fitting approved", flush=True)
    outcomes = []
    for kind in given.databases:
        outcome = crash(kind, given.kills, max(1, given.kills // 5))
        outcomes.append(outcome)
        print(outcome.line(), flush=True)
        for fault in outcome.ledger.faults[:10]:
            print(f"  {fault}", flush=True)
    kills, lost = sum(one.kills for one in outcomes), sum(one.lost for one in outcomes)
    acknowledged = sum(len(one.ledger.fittings) for one in outcomes)
    print(f"{kills} kills, {acknowledged} acknowledged, {lost} lost")
    return 1 if lost or any(one.ledger.faults for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
