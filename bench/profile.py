"""Where the time of a request goes, part by part: python -m bench.profile, or make profile.

The application is called in this process as gunicorn would call it. A timer looks at every millisecond of the clock
which function is at work, and counts it for the part of the program in which that function was called; waiting for a
disk or a database server is counted where it was waited. The times are the share of each part of the time that a
request takes without being looked at.
"""

import io
import os
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr
from functools import cache
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.test import EnvironBuilder

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from afofit.web.fill import flatten
from bench.echo import app as echo
from bench.figures import number
from bench.server import Call
from tests.endurance.service import KINDS, Database, found_clinic
from tests.examples import request_of

ROOT = Path(__file__).parents[1]
EVERY = 0.001
SECONDS = 4.0
LEAST_SHARE = 0.005
"""Parts with less of a request than this are left out of its column."""
FRAMEWORK = "Flask and Werkzeug"
PLACES: Mapping[str, tuple[str, ...]] = {
    "who asks, how fast, in which language": (
        *("afofit/gate.py", "afofit/access.py", "afofit/store/keys.py", "afofit/store/rates.py"),
        *("afofit/web/sign_in.py", "afofit/web/languages.py"),
    ),
    "reading and checking the request": ("afofit/api/bodies.py", "afofit/schemas/"),
    "findings, doubts": tuple(
        f"afofit/fitting/{name}.py" for name in ("findings", "findings_brace", "plausibility", "growth")
    ),
    "ready-made braces": ("afofit/fitting/stock.py", "afofit/fitting/chart", "afofit/rules.py"),
    "drawing": ("afofit/fitting/drawing", "afofit/svg.py", "afofit/pdf/drawing.py", "afofit/fitting/stance.py"),
    "rules": ("afofit/fitting/",),
    "words": ("afofit/words/",),
    "the answer as a document": ("afofit/schemas/answer.py",),
    "JSON": ("afofit/api/problems.py",),
    "snapshot, encryption": ("afofit/schemas/frozen.py", "afofit/store/secrecy.py"),
    "audit": ("afofit/store/audit.py",),
    "database: statements, commit": ("afofit/store/database.py",),
    "what is read and written": ("afofit/store/", "afofit/records.py"),
    "page": ("afofit/web/", "afofit/templates/"),
    "sheet: text, tables": tuple(f"afofit/pdf/{name}.py" for name in ("layout", "table", "paint", "fonts")),
    "sheet: tags": ("afofit/pdf/tags.py",),
    "sheet: file": tuple(f"afofit/pdf/{name}.py" for name in ("file", "fontobjects", "metadata", "attachment")),
    "sheet: what stands on it": ("afofit/pdf/", "afofit/documents.py"),
    "log line, numbers": ("afofit/watching/",),
    "routes, heads": ("afofit/api/", "afofit/app.py"),
    FRAMEWORK: ("/flask/app.py",),
}
"""The parts, and how the places of their functions begin; the longest that fits decides."""
Work = Callable[[], None]


@cache
def part_of_file(name: str) -> str | None:
    """The part to which a file belongs; None of a file that does not decide."""
    if "/flask/app.py" in name:
        return FRAMEWORK
    place = name.removeprefix(f"{ROOT}/")
    found = [(len(begins), part) for part, places in PLACES.items() for begins in places if place.startswith(begins)]
    return max(found)[1] if found else None


def part_of(frame: FrameType | None) -> str | None:
    """The part in which a function was called: that of the innermost function that belongs to one."""
    while frame is not None:
        part = part_of_file(frame.f_code.co_filename)
        if part is not None:
            return part
        frame = frame.f_back
    return None


def shares(work: Work, seconds: float = SECONDS) -> dict[str, float]:
    """The share of each part, looked at every millisecond for so long."""
    seen: Counter[str] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        part = part_of(frame)
        if part is not None:
            seen[part] += 1

    before = signal.signal(signal.SIGALRM, look)
    signal.siginterrupt(signal.SIGALRM, False)
    end = time.monotonic() + seconds
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        while time.monotonic() < end:
            work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    return {part: times / seen.total() for part, times in seen.items()}


def milliseconds(work: Work, batches: int = 15) -> float:
    """The median time of a call, of batches of a tenth of a second."""
    for _ in range(20):
        work()
    start = time.perf_counter()
    work()
    runs = max(1, int(0.1 / (time.perf_counter() - start)))
    times = []
    for _ in range(batches):
        start = time.perf_counter()
        for _ in range(runs):
            work()
        times.append((time.perf_counter() - start) / runs)
    return 1000 * statistics.median(times)


def asking(app: Flask, call: Call) -> Work:
    """One request after the other, each with a body and heads of its own where it is stored."""
    numbers = count()

    def work() -> None:
        body = call.body(next(numbers))
        environ = EnvironBuilder(call.path, method="POST", data=body, headers=call.headers()).get_environ()
        environ["REMOTE_ADDR"] = "127.0.0.1"
        statuses: list[str] = []

        def start(status: str, heads: Any, fault: Any = None) -> Callable[[bytes], object]:
            statuses.append(status)
            return io.BytesIO().write

        for _ in app.wsgi_app(environ, start):
            pass
        if not statuses[0].startswith(str(call.status)):
            raise RuntimeError(f"{call.path} answered {statuses[0]}")

    return work


@contextmanager
def works() -> Iterator[dict[str, Work]]:
    """What is looked at, by name."""
    adult, child = request_of("E1"), request_of("S01")
    with ExitStack() as open_things:
        folder = Path(open_things.enter_context(tempfile.TemporaryDirectory(prefix="afofit-profile-")))
        folder.chmod(0o755)  # PostgreSQL runs as somebody else where root measures
        service = create_app(_settings(folder / "none", new_encryption_key()))
        found = {
            "bare echo": asking(echo, Call("/echo", adult)),
            "preview": asking(service, Call("/api/v1/fittings/preview", adult)),
        }
        for kind in KINDS:
            (folder / kind).mkdir()
            database = Database(kind, folder / kind)
            open_things.callback(database.close)
            clinic = found_clinic(database.url)
            open_things.callback(clinic.store.close)
            own = create_app(_settings(folder / kind, clinic.encryption_key, database.url))
            open_things.callback(own.extensions["afofit_store"]().close)
            found[f"stored, {kind}"] = asking(own, Call("/api/v1/fittings", adult, 201, clinic.key))
        form = flatten(child)
        yield found | {
            "live check": asking(service, Call("/fittings/preview", form, form=True)),
            "result page": asking(service, Call("/", form, form=True)),
            "sheet": asking(service, Call("/api/v1/fittings/preview/sheet.pdf", adult)),
        }


def _settings(folder: Path, key: str, database_url: str = "") -> Settings:
    return Settings(
        data=str(folder),
        encryption_keys=key,
        secret_key=new_token(),
        database_url=database_url,
        key_rate="1000000/second",
        address_rate="1000000/second",
        batch_work=False,
    )


def table(totals: Mapping[str, float], found: Mapping[str, Mapping[str, float]]) -> str:
    """Milliseconds of each part of each request, as a Markdown table."""
    rows = [("ms of", *totals), ("everything", *(f"**{number(total)}**" for total in totals.values()))]
    for part in PLACES:
        cells = [_cell(found[name].get(part, 0.0), total) for name, total in totals.items()]
        if any(cells):
            rows.append((part, *cells))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(f"| {' | '.join(_padded(row, widths))} |" for row in rows)


def _cell(share: float, total: float) -> str:
    return f"{share * total:.2f} ({100 * share:.0f} %)" if share >= LEAST_SHARE else ""


def _padded(row: Iterable[str], widths: Iterable[int]) -> Iterator[str]:
    return (cell.ljust(width) for cell, width in zip(row, widths, strict=True))


def main() -> None:
    """Look and print."""
    totals, found = {}, {}
    with open(os.devnull, "w") as nowhere, works() as all_works:  # noqa: PTH123
        for name, work in all_works.items():
            # Each request writes its line of the log; not to where this is read.
            with redirect_stderr(nowhere):
                totals[name] = milliseconds(work)
                found[name] = shares(work)
    print(table(totals, found))


if __name__ == "__main__":
    main()
