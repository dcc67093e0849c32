"""A clinic at work: python -m tests.endurance.load --users 192 --seconds 60.

Each user asks for something every five seconds, as the day of a clinic goes: pages, the live check while a form is
filled, REST, storing, approving, sheets, patients who open theirs. Now and then many ask at once, and some clients are
so slow that they never end. Afterwards everything acknowledged has to be there, and no answer may have been a fault.
"""

import argparse
import hashlib
import http.client
import random
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import psutil
from sqlalchemy import select

from afofit.records import take
from afofit.store import checks, fittings, releases
from afofit.store.tables import AuditRow, FittingRow
from tests.endurance.service import KINDS, PATIENCE, WORKERS, Clinic, Database, Service, found_clinic, serving
from tests.endurance.users import FORM, MIX, Seen, User
from tests.examples import request_of

EVERY = 5.0
"""A user asks every so many seconds."""
BURST_EVERY = 20.0
"""After so many seconds a quarter of the users ask once more, all at the same moment."""
SLOW_CLIENTS = 4
BORN = "1980-02-28"


def released(clinic: Clinic) -> str:
    """The token of a link to an approved sheet."""
    request = request_of("E1")
    patient = {name: value for name, value in request["patient"].items() if name != "age_years"}
    request["patient"] = patient | {"reference": "released", "name": "Kim Doe", "birth_date": BORN}
    record, _ = take(clinic.store, clinic.orthotist, request)
    with clinic.store.writing(clinic.orthotist) as desk:
        fittings.approve(desk, record.stored, record.cautions)
        return releases.make(desk, record.id, language="en", large=False, days=3)


def opened(service: Service, token: str) -> str:
    """The cookie that a patient gets for the date of birth."""
    born = dict(zip(("birth_date.year", "birth_date.month", "birth_date.day"), BORN.split("-"), strict=True))
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
    connection.request("POST", f"/p/{token}", urlencode(born), FORM)
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie")
    connection.close()
    if not cookie:
        raise RuntimeError(f"the link was not opened: {answer.status}")
    return cookie.split(";")[0]


def working(user: User, place: float, end: float) -> None:
    """Ask every five seconds until the end; a user who waited longer asks at once."""
    due = time.monotonic() + place * EVERY
    while due < end:
        time.sleep(max(0.0, due - time.monotonic()))
        user.act()
        due = max(due + EVERY, time.monotonic())


def slowly(port: int, end: float) -> None:
    """A client that sends a byte a second, again and again."""
    head = b"POST /api/v1/fittings/preview HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" + b"{" * 5000
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as one:
            for place in range(len(head)):
                one.send(head[place : place + 1])
                time.sleep(min(1.0, max(0.0, end - time.monotonic())))
                if time.monotonic() > end:
                    break


def bursting(users: list[User], end: float, every: float) -> None:
    """Now and then a quarter of the users ask at the same moment."""
    while time.monotonic() + every < end:
        time.sleep(every)
        threads = [threading.Thread(target=user.act) for user in users[: max(1, len(users) // 4)]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def lost(clinic: Clinic, seen: Seen) -> tuple[set[str], list[str]]:
    """What was acknowledged and is not there as it was answered, and what else is wrong with the store."""
    report = checks.check(clinic.store)
    with clinic.store.looking() as session:
        rows = session.execute(select(FittingRow.id, FittingRow.digest))
        there = {str(row.id): bytes(row.digest).hex()[:32] for row in rows}
        approvals = select(AuditRow.object_id).where(AuditRow.action == "fitting approved")
        approved = set(session.execute(approvals).scalars())
    gone = {one for one, digest in seen.kept.items() if there.get(one) != digest}
    return gone | (seen.approved - approved), report.faults


def table(seen: Seen) -> list[str]:
    """How each kind fared."""
    lines = [f"{'':14}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'most ms':>9}  answers"]
    for name, _, _ in MIX:
        times = seen.times.get(name, [])
        if times:
            told = {status: count for (one, status), count in sorted(seen.statuses.items()) if one == name}
            said = ", ".join(f"{status}: {count}" for status, count in told.items())
            p50, p95, p99 = percentiles(times)
            lines.append(f"{name:14}{len(times):9}{p50:9.0f}{p95:9.0f}{p99:9.0f}{max(times) * 1000:9.0f}  {said}")
    return lines


def percentiles(times: list[float]) -> tuple[float, float, float]:
    """The 50th, 95th and 99th percentile in ms."""
    cut = quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
    return cut[49] * 1000, cut[94] * 1000, cut[98] * 1000


@dataclass
class Outcome:
    """A run."""

    users: int
    seen: Seen
    gone: set[str]
    faults: list[str]
    client_share: float
    """How much of a processor the clients themselves took."""
    service_share: float
    """How much of a processor the workers took."""

    @property
    def sound(self) -> bool:
        """Whether nothing was lost and no answer was a fault."""
        return not (self.gone or self.faults or self.seen.faults())

    def line(self) -> str:
        """The line that says it all."""
        times = [one for each in self.seen.times.values() for one in each]
        p50, p95, p99 = percentiles(times)
        said = f"{self.users} users, {len(times)} requests, {self.seen.faults()} 5xx"
        return f"{said}, p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms"


def load(
    users: int,
    seconds: float,
    *,
    kind: str = "sqlite",
    slow: int = SLOW_CLIENTS,
    burst_every: float = BURST_EVERY,
    seed: int = 1,
    workers: int = WORKERS,
    warm: bool = True,
) -> Outcome:
    """Serve a clinic of so many users for so long."""
    seen = Seen()
    with tempfile.TemporaryDirectory(prefix="afofit-load-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        database = Database(kind, folder)
        try:
            clinic = found_clinic(database.url)
            token = released(clinic)
            with serving(clinic, folder, workers=workers) as service:
                cookie = opened(service, token)
                if warm:
                    _warm(service, cookie, workers)
                made = [User(service, seen, _chance(seed, place), cookie) for place in range(users)]
                shares = _run(service, made, seconds, slow, burst_every)
            gone, faults = lost(clinic, seen)
            clinic.store.close()
        finally:
            database.close()
    return Outcome(users, seen, gone, faults, *shares)


def _chance(seed: int, place: int) -> random.Random:
    return random.Random(int.from_bytes(hashlib.sha256(f"{seed} {place}".encode()).digest()))  # noqa: S311


def _warm(service: Service, cookie: str, workers: int) -> None:
    """Each worker answers each kind once: what is measured is a service that runs, not one that starts."""
    users = [User(service, Seen(), _chance(0, place), cookie) for place in range(workers * 2)]
    for name, deed, _ in MIX:
        threads = [threading.Thread(target=deed, args=(user, name)) for user in users]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _run(service: Service, users: list[User], seconds: float, slow: int, burst_every: float) -> tuple[float, float]:
    threading.stack_size(512 * 1024)
    began, clients = time.monotonic(), [psutil.Process()]
    used, served, end = _used(clients), _used(service.workers()), began + seconds
    threads = [
        threading.Thread(target=working, args=(user, place / len(users), end)) for place, user in enumerate(users)
    ]
    threads += [threading.Thread(target=slowly, args=(service.port, end)) for _ in range(slow)]
    threads.append(threading.Thread(target=bursting, args=(users, end, burst_every)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - began
    return (_used(clients) - used) / took, (_used(service.workers()) - served) / took


def _used(processes: list[psutil.Process]) -> float:
    """Seconds that processes spent on a processor: unlike answers, not longer where others work on the machine."""
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def main() -> int:
    """Run, print, and answer 1 where something was lost or an answer was a fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--users", type=int, default=192)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--slow", type=int, default=SLOW_CLIENTS, help="clients that send a byte a second")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {given.database}, {given.workers} workers; "
        f"a request every {EVERY:.0f} s from each user, a quarter of them at once every {BURST_EVERY:.0f} s, "
        f"{given.slow} slow clients",
        flush=True,
    )
    outcome = load(
        given.users, given.seconds, kind=given.database, slow=given.slow, seed=given.seed, workers=given.workers
    )
    for line in table(outcome.seen):
        print(line)
    for what, count in outcome.seen.broken.items():
        print(f"no answer: {what}, {count} times")
    for fault in [*outcome.faults, *(f"lost: {one}" for one in outcome.gone)][:20]:
        print(fault)
    print(f"{len(outcome.seen.kept)} stored, {len(outcome.seen.approved)} approved, {len(outcome.gone)} lost; ", end="")
    print(f"the clients took {outcome.client_share:.2f} of a processor, the service {outcome.service_share:.2f}")
    print(outcome.line())
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
