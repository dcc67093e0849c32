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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from afofit.web.fill import flatten
from tests.endurance.service import Database, found_clinic

WORKERS = "2"
UNPACED = {"AFOFIT_KEY_RATE": "1000000/second", "AFOFIT_ADDRESS_RATE": "1000000/second"}
"""Calls are counted as in a clinic, and never too many."""
CLIENTS = 4
SECONDS = 1.5
PAIRS = 5


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def _served(application: str, settings: Mapping[str, str] | None = None) -> Iterator[int]:
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
            yield port
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


def _requests_per_second(port: int, call: Call) -> float:
    """Bounded in time: a few clients, each one request at a time, a connection each as the server closes it."""
    counts = [0] * CLIENTS
    numbers = count()
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        while time.perf_counter() < end:
            _answered(port, call, next(numbers))
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def _in_turn(ours: int, call: Call, echoed: Call | None = None) -> tuple[float, float, list[float]]:
    echoed = echoed or Call("/echo", call.document)
    with _served("bench.echo:app") as theirs:
        pairs = []
        for place in range(PAIRS + 1):
            one, other = _requests_per_second(ours, call), _requests_per_second(theirs, echoed)
            if place:
                pairs.append((one, other))
    one, other = (statistics.median(each) for each in zip(*pairs, strict=True))
    return one, other, [one / other for one, other in pairs]


def throughputs(document: dict[str, Any]) -> tuple[float, float, list[float]]:
    """Requests per second of the preview and of the echo (medians), and the ratio of each pair."""
    with _served("wsgi:app") as ours:
        return _in_turn(ours, Call("/api/v1/fittings/preview", document))


def live_answer(document: dict[str, Any]) -> tuple[float, tuple[float, float, list[float]]]:
    """Median seconds of one live check of the filled form, asked one after the other, and its throughput as above."""
    call = Call("/fittings/preview", flatten(document), form=True)
    with _served("wsgi:app") as ours:
        return _seconds(ours, call), _in_turn(ours, call, Call("/echo", document))


def _seconds(port: int, call: Call, runs: int = 60) -> float:
    times = []
    for number in range(runs):
        start = time.perf_counter()
        _answered(port, call, number)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def stored_throughputs(document: dict[str, Any], kind: str) -> tuple[float, float, list[float]]:
    """The same for a fitting that is stored before it is answered, on a database that keeps what it acknowledged."""
    with tempfile.TemporaryDirectory(prefix="afofit-bench-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as somebody else where root measures
        database = Database(kind, Path(folder))
        try:
            clinic = found_clinic(database.url)
            settings = {"AFOFIT_DATA": folder, "AFOFIT_ENCRYPTION_KEYS": clinic.encryption_key}
            with _served("wsgi:app", settings | {"DATABASE_URL": database.url}) as ours:
                found = _in_turn(ours, Call("/api/v1/fittings", document, 201, clinic.key))
            clinic.store.close()
        finally:
            database.close()
    return found
