"""Throughput of two applications on the same gunicorn settings, measured in turn."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

WORKERS = "2"
CLIENTS = 4
SECONDS = 1.5
PAIRS = 5


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def _served(application: str) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--workers", WORKERS, "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", application]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, env=dict(os.environ)) as process:
        try:
            for _ in range(100):
                with socket.socket() as one:
                    if one.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()


def _requests_per_second(port: int, path: str, body: bytes) -> float:
    """Bounded in time: a few clients, each one request at a time, a connection each as the server closes it."""
    counts = [0] * CLIENTS
    end = time.perf_counter() + SECONDS

    def client(place: int) -> None:
        while time.perf_counter() < end:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
            counts[place] += 1

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def throughputs(body: bytes) -> tuple[float, float, list[float]]:
    """Requests per second of the preview and of the echo (medians), and the ratio of each pair."""
    with _served("wsgi:app") as ours, _served("bench.echo:app") as theirs:
        pairs = []
        for place in range(PAIRS + 1):
            preview = _requests_per_second(ours, "/api/v1/fittings/preview", body)
            echo = _requests_per_second(theirs, "/echo", body)
            if place:
                pairs.append((preview, echo))
    preview, echo = (statistics.median(each) for each in zip(*pairs, strict=True))
    return preview, echo, [one / other for one, other in pairs]
