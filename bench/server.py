"""Throughput of applications on the same gunicorn settings, measured in turn with the bare echo."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

from afofit.web.fill import flatten
from bench.figures import Figure, Reach, at_least, at_most
from bench.quiet import MOST, others, spent
from tests.endurance.service import KINDS, Database, found_clinic
from tests.examples import request_of

WORKERS = "2"
UNPACED = {"AFOFIT_KEY_RATE": "1000000/second", "AFOFIT_ADDRESS_RATE": "1000000/second"}
"""Calls are counted as in a clinic, and never too many."""
CLIENTS = 4
SECONDS = 1.5
PAIRS = 6
TRIES = 5
"""How many times as many pairs are measured at most to find quiet ones."""
ECHO = "a bare Flask JSON echo"
PREVIEW, STORED = 0.5, 0.12
MOST_MILLISECONDS = 100.0


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass(frozen=True)
class Serving:
    """An application that is served: its port, and the processes that are at work for it."""

    port: int
    roots: tuple[int, ...]


@contextmanager
def _served(
    application: str, settings: Mapping[str, str] | None = None, database: int | None = None
) -> Iterator[Serving]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", WORKERS, "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", application]
    environment = dict(os.environ) | UNPACED | dict(settings or {})
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment) as process:
        try:
            for _ in range(100):
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield Serving(port, (process.pid, *(() if database is None else (database,))))
        finally:
            process.terminate()


@dataclass(frozen=True)
class Call:
    """What is posted again and again; with a key it is stored, each time under a key of its own."""

    path: str
    document: dict[str, Any]
    status: int = 200
    key: str = ""
    form: bool = False
    """Posted as the fields of a form instead of JSON."""

    def body(self, number: int) -> bytes:
        """The body of one request; of what is stored every other one is of a patient who is new."""
        if self.form:
            return urlencode(self.document, doseq=True).encode()
        if not self.key:
            return json.dumps(self.document).encode()
        reference = f"B{number % 10}" if number % 2 else uuid4().hex
        return json.dumps(self.document | {"patient": self.document["patient"] | {"reference": reference}}).encode()

    def headers(self) -> dict[str, str]:
        """The headers of one request."""
        stored = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": uuid4().hex} if self.key else {}
        kind = "application/x-www-form-urlencoded" if self.form else "application/json"
        return {"Content-Type": kind} | stored


def _answered(port: int, call: Call, number: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", call.path, call.body(number), call.headers())
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != call.status:
        raise RuntimeError(f"{call.path} answered {answer.status}")


class Rate(NamedTuple):
    """How often a request was answered, and what one took of the processors."""

    per_second: float
    processor: float
    """Seconds of all processes that served it."""


def _rate(serving: Serving, call: Call) -> Rate:
    """Bounded in time: a few clients, each one request at a time, a connection each as the server closes it."""
    before = spent(serving.roots)
    counts = [0] * CLIENTS
    numbers = count()
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        while time.perf_counter() < end:
            _answered(serving.port, call, next(numbers))
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Rate(sum(counts) / SECONDS, (spent(serving.roots).own - before.own) / sum(counts))


@dataclass(frozen=True)
class Beside:
    """Pairs of ours and of the echo, one right after the other."""

    pairs: tuple[tuple[Rate, Rate], ...]
    disturbed: int
    """Of how many pairs others took more of the machine than they may."""

    def middle(self, read: Callable[[Rate], float]) -> tuple[float, float]:
        """The medians of ours and of the echo."""
        ours, echo = zip(*self.pairs, strict=True)
        return statistics.median(map(read, ours)), statistics.median(map(read, echo))

    @property
    def ratios(self) -> tuple[float, ...]:
        """How many times as many requests are answered as by the echo."""
        return tuple(ours.per_second / echo.per_second for ours, echo in self.pairs)

    def figures(self, what: str, reach: Reach | None, measured: str = "") -> Iterator[Figure]:
        """Requests per second, and the processor time of one, to which others on the machine add little."""
        ours, echo = self.middle(lambda rate: rate.per_second)
        told = measured or f"{ours:.0f} requests/s"
        yield Figure(what, told, f"{ECHO}, {echo:.0f} requests/s", self.ratios, reach, self.disturbed)
        ours, echo = (1000 * each for each in self.middle(lambda rate: rate.processor))
        busy = tuple(echo.processor / ours.processor for ours, echo in self.pairs)
        yield Figure(f"{what}, processor time", f"{ours:.2f} ms", f"{ECHO}, {echo:.2f} ms", busy)


def _in_turn(ours: Serving, call: Call, pairs: int, echoed: Call | None = None) -> Beside:
    """Pairs of ours and of the echo. Where others take the machine meanwhile, a pair is measured again."""
    echoed = echoed or Call("/echo", call.document)
    found: list[tuple[Rate, Rate]] = []
    disturbed: list[tuple[Rate, Rate]] = []
    with _served("bench.echo:app") as theirs:
        roots = (os.getpid(), *ours.roots[1:])  # the servers are children of this process, a database is not
        for place in range(pairs * TRIES + 1):
            before = spent(roots)
            pair = _rate(ours, call), _rate(theirs, echoed)
            quiet = others(before, spent(roots)) <= MOST
            if place:  # the first only warms up
                (found if quiet else disturbed).append(pair)
            if len(found) == pairs:
                break
    lacking = disturbed[-(pairs - len(found)) :] if len(found) < pairs else []
    return Beside((*found, *lacking), len(lacking))


def preview(document: dict[str, Any], pairs: int) -> Iterator[Figure]:
    """Validate, compute, answer."""
    with _served("wsgi:app") as ours:
        found = _in_turn(ours, Call("/api/v1/fittings/preview", document), pairs)
    return found.figures("preview, served", at_least(PREVIEW, found.ratios))


def live(document: dict[str, Any], pairs: int) -> Iterator[Figure]:
    """The live check of the filled form: seconds of one after the other, and requests per second as above."""
    call = Call("/fittings/preview", flatten(document), form=True)
    with _served("wsgi:app") as ours:
        milliseconds = 1000 * _seconds(ours.port, call)
        found = _in_turn(ours, call, pairs, Call("/echo", document))
    reach = at_most(MOST_MILLISECONDS, milliseconds, "ms")
    per_second = found.middle(lambda rate: rate.per_second)[0]
    told = f"{milliseconds:.0f} ms, {per_second:.0f} requests/s"
    return found.figures("live check of the form, both legs", reach, told)


def _seconds(port: int, call: Call, runs: int = 60) -> float:
    times = []
    for number in range(runs):
        start = time.perf_counter()
        _answered(port, call, number)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def stored(document: dict[str, Any], kind: str, pairs: int) -> Iterator[Figure]:
    """A fitting that is stored before it is answered, on a database that keeps what it acknowledged."""
    with tempfile.TemporaryDirectory(prefix="afofit-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else where root measures
        database = Database(kind, Path(folder))
        try:
            clinic = found_clinic(database.url)
            settings = {"AFOFIT_DATA": folder, "AFOFIT_ENCRYPTION_KEYS": clinic.encryption_key}
            server = None if kind == "sqlite" else database.server.get_pid()
            with _served("wsgi:app", settings | {"DATABASE_URL": database.url}, server) as ours:
                found = _in_turn(ours, Call("/api/v1/fittings", document, 201, clinic.key), pairs)
            clinic.store.close()
        finally:
            database.close()
    return found.figures(f"fitting stored with its audit row, {kind}", at_least(STORED, found.ratios))


def figures(pairs: int = PAIRS) -> Iterator[Figure]:
    """Everything that is served, each in turn with the echo."""
    yield from preview(request_of("E1"), pairs)
    yield from live(request_of("S01"), pairs)  # the constructed child with two legs: the heaviest form there is
    for kind in KINDS:
        yield from stored(request_of("E1"), kind, pairs)
