"""What is counted for Prometheus. Labels are names of routes, methods and statuses: never a word or an id of anybody.

Each process counts in its memory. Where ``PROMETHEUS_MULTIPROC_DIR`` names a folder before the first import, as the
settings for gunicorn see to, the processes of one start count in files of that folder, and any of them answers the sum.
"""

import os

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from afofit import __version__

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
# Since when each series is counted takes as many lines again, and nobody asks for it.
disable_created_metrics()  # type: ignore[no-untyped-call]

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds (s) of the classes of durations; 0.5 s is what 95 of 100 requests must keep."""


class Numbers:
    """What one application counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "afofit_requests",
            "Requests answered, by route, method and status.",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "afofit_request_seconds",
            "Time from a request's head to its answer, by route.",
            ("endpoint",),
            buckets=BOUNDS,
            registry=self.registry,
        )
        self.refused = Counter(
            "afofit_sign_in_failures",
            "Tries to sign in that failed, by what was tried.",
            ("what",),
            registry=self.registry,
        )
        self.away = Counter(
            "afofit_database_away", "Requests answered 503 because of the database.", registry=self.registry
        )
        self.faults = Counter("afofit_faults", "Requests that a fault of the program ended.", registry=self.registry)

        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered, and how long (s) that took."""
        about = (endpoint, method, status)
        found = self._known.get(about)
        if found is None:
            found = self.requests.labels(endpoint, method, str(status)), self.seconds.labels(endpoint)
            self._known[about] = found
        found[0].inc()
        found[1].observe(seconds)

    def text(self, now: dict[str, tuple[str, float]]) -> bytes:
        """Everything in Prometheus' text format, with what stands at this moment: its meaning and value by name."""
        counted = self.registry
        if FOLDER in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        # What is asked for at this moment is of no process, and is not counted in their files.
        present = [_gauge("afofit_info", "The program and its version.", 1.0, f'{{version="{__version__}"}}')]
        present += [_gauge(name, meaning, value) for name, (meaning, value) in now.items()]
        return generate_latest(counted) + "".join(present).encode()


def _gauge(name: str, meaning: str, value: float, labels: str = "") -> str:
    return f"# HELP {name} {meaning}\n# TYPE {name} gauge\n{name}{labels} {value}\n"
