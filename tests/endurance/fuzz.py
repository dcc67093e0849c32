"""Generated requests, valid and damaged, through every door: python -m tests.endurance.fuzz --requests 100000.

Each process has a clinic of its own on SQLite and calls the application in process. A run is the same for the same
seed. No answer may be a fault of ours (5xx), and nothing that a patient's record holds may reach a log, the console, or
the head of an answer. A request that finds something is made as small as it still finds it, and printed.
"""

import argparse
import copy
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from tests import databases
from tests.api.test_cds import ISSUER, token
from tests.endurance.fuzz_doors import CANARY, FITTINGS, MARKS, Forms, Sent, World, inside, planted, sent
from tests.records.conftest import Browser, Clinic, found
from tests.smart.signing import ec_pair, key_set

CREATED, UNAUTHORIZED, FAULT = 201, 401, 500
LONGEST = 3000
"""How much (characters) of a failing request is printed."""
STEPS = 400
"""How often a failing request is tried again to make it smaller."""
AGAIN = 1000
"""After so many requests a new clinic is made."""
MOST_REFUSED = 5
"""A key or a visit that is refused so often has ended: a new clinic is made."""
MOST_IDS = 60
PAGES = ["/fittings", "/patients", "/clinic", "/clinic/keys", "/clinic/systems", "/protocols", "/protocols/new"]
PAGES += ["/clinic/audit", "/refits", "/account", "/clinic/ehrs", "/setup", "/protocols/default"]
HERE = "http://localhost"
GOING = ("sign-out", "elsewhere")
HEADS = ("Location", "Link", "Content-Disposition", "ETag", "Set-Cookie")


class Everything(logging.Handler):
    """Keeps every line that anybody logs, of any level, until it is read."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Outcome:
    """What one process saw."""

    requests: int = 0
    faults: int = 0
    told: int = 0
    """Requests after which a log, the console or the head of an answer held what it must not."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    """The first request of each kind of fault, made small."""

    def add(self, other: "Outcome") -> None:
        """Take in what another process saw."""
        self.requests += other.requests
        self.faults += other.faults
        self.told += other.told
        self.statuses += other.statuses
        self.examples = other.examples | self.examples


class Fuzz:
    """A clinic, who calls it, and what is heard of it."""

    def __init__(self, folder: Path, console: Path) -> None:
        settings = Settings(
            data=str(folder),
            encryption_keys=new_encryption_key(),
            secret_key=new_token(),
            key_rate="off",
            address_rate="off",
            batch_work=False,
            public_url=HERE,
            cds_clients=json.dumps([{"iss": ISSUER, "jwks": key_set(ec_pair())}]),
        )
        databases.migrated(settings.database)
        self.app = create_app(settings)
        self.app.config["PROPAGATE_EXCEPTIONS"] = False
        self.console = console.open("rb")
        self.heard = Everything()
        logging.getLogger().addHandler(self.heard)
        logging.getLogger().setLevel(0)
        self.renew()

    def renew(self) -> None:
        """Another clinic: requests may have signed people out, revoked the key, or sent everybody away."""
        self.clinic: Clinic = found(self.app, self.app.extensions["afofit_store"](), "Fuzz")
        self.key = self.clinic.key()
        people = {"orthotist": self.clinic.orthotist, "administrator": self.clinic.administrator}
        self.browsers: dict[str, Browser] = {who: self.clinic.browser(actor) for who, actor in people.items()}
        self.world = World(self.app)
        self.collect()
        self.unheard()

    def collect(self) -> None:
        """Store some fittings and read every form that the pages of a clinic show."""
        client = self.app.test_client()
        for one in planted()[:4]:
            one["patient"]["reference"] = f"{CANARY} {len(self.world.ids)}"
            made = client.post(FITTINGS, json=one, headers=self.key)
            if made.status_code == CREATED:
                self.world.ids.append(made.get_json()["id"])
        pages = [*PAGES, *(f"/fittings/{one}{part}" for one in self.world.ids for part in ("", "/edit", "/delivery"))]
        for who, browser in self.browsers.items():
            for path in pages:
                answer = browser.get(path)
                if answer.mimetype == "text/html":
                    found = Forms(answer.text).found
                    self.world.forms += [(who, action or path, fields) for action, fields in found]
            browser.get("/fittings/new")
        self.world.forms = [one for one in self.world.forms if not any(word in one[1] for word in GOING)]

    def call(self, given: Sent) -> TestResponse:
        """Send a request as who it says."""
        browser = self.browsers.get(given.who)
        client: FlaskClient = browser.client if browser else self.app.test_client()
        headers = given.headers | (self.key if given.who == "key" else {})
        if given.who == "ehr":
            headers["Authorization"] = f"Bearer {token(ec_pair(), given.path, aud=HERE + given.path)}"
        if given.kind != "form":
            kind = given.kind or None
            return client.open(given.path, method=given.method, data=given.data(), content_type=kind, headers=headers)
        fields = given.body | ({"csrf_token": [browser.token]} if browser else {})
        return client.open(given.path, method=given.method, data=fields, headers=headers)

    def finds(self, given: Sent) -> str:
        """What is wrong with the answer to a request; empty where nothing is."""
        answer = self.call(given)
        self.status = answer.status_code
        said = " ".join(f"{name}: {answer.headers[name]}" for name in HEADS if name in answer.headers)
        if answer.status_code == CREATED and given.path == FITTINGS and len(self.world.ids) < MOST_IDS:
            self.world.ids.append(answer.get_json()["id"])
        lines = self.unheard()
        answer.close()
        if any(mark in lines for mark in MARKS):
            return "a log holds what a record holds"
        if any(mark in said for mark in MARKS) and not any(mark in given.path for mark in MARKS):
            return "the head of an answer holds what a record holds"
        if answer.status_code >= FAULT:
            return f"{answer.status_code} {lines.strip()[-600:]}"
        return ""

    def close(self) -> None:
        """Hear no more."""
        logging.getLogger().removeHandler(self.heard)
        self.console.close()
        self.app.extensions["afofit_store"]().close()

    def unheard(self) -> str:
        """What was logged or printed since this was asked last."""
        lines, self.heard.lines = self.heard.lines, []
        sys.stdout.flush()
        sys.stderr.flush()
        return "\n".join(lines) + self.console.read().decode("utf-8", "replace")


def run(requests: int, seed: int, process: int) -> Outcome:
    """Send requests from one process; what it prints is heard as well."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="afofit-fuzz-") as name, console(Path(name) / "console") as heard:
        fuzz = Fuzz(Path(name), heard)
        refused = 0
        for place in range(requests):
            if place % AGAIN == AGAIN - 1 or refused > MOST_REFUSED:
                fuzz.renew()
                refused = 0
            door, given = sent(random.Random(f"{seed} {process} {place}"), fuzz.world)  # noqa: S311
            wrong = fuzz.finds(given)
            refused += door != "route" and fuzz.status == UNAUTHORIZED
            outcome.requests += 1
            outcome.statuses[door, fuzz.status] += 1
            if wrong:
                outcome.told += "holds" in wrong
                outcome.faults += "holds" not in wrong
                kind = f"{door}: {wrong}"
                if kind not in outcome.examples:
                    outcome.examples[kind] = shown(small(fuzz, given, wrong))
        fuzz.close()
    return outcome


@contextmanager
def console(path: Path) -> Iterator[Path]:
    """What this process prints goes to a file while the block lasts, so that it can be searched."""
    kept = [os.dup(1), os.dup(2)]
    with path.open("wb") as file:
        for place in (1, 2):
            os.dup2(file.fileno(), place)
        try:
            yield path
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for place, old in zip((1, 2), kept, strict=True):
                os.dup2(old, place)
                os.close(old)


def small(fuzz: Fuzz, given: Sent, wrong: str) -> Sent:
    """The request with all that can go gone, as long as it finds the same."""
    for name in list(given.headers):
        without = {key: value for key, value in given.headers.items() if key != name}
        if fuzz.finds(replace(given, headers=without)) == wrong:
            given = replace(given, headers=without)
    steps, index = 0, 0
    while isinstance(given.body, dict | list) and steps < STEPS:
        paths = sorted(inside(given.body), key=len)
        if index >= len(paths):
            break
        *above, name = paths[index]
        body = copy.deepcopy(given.body)
        holder: Any = body
        for step in above:
            holder = holder[step]
        holder.pop(name)
        steps += 1
        if fuzz.finds(replace(given, body=body)) == wrong:
            given = replace(given, body=body)
        else:
            index += 1
    return given


def shown(given: Sent) -> str:
    """A request as it can be sent again."""
    body = repr(given.body) if isinstance(given.body, bytes) else json.dumps(given.body)
    return f"{given.who}: {given.method} {given.path} {given.kind} {given.headers}\n    {body[:LONGEST]}"


def fuzz(requests: int, seed: int, processes: int) -> Outcome:
    """Send requests from several processes."""
    shares = [requests // processes + (place < requests % processes) for place in range(processes)]
    whole = Outcome()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        for one in pool.map(run, shares, [seed] * processes, range(processes)):
            whole.add(one)
    return whole


def main() -> int:
    """Run, print, and answer 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    began = time.monotonic()
    outcome = fuzz(given.requests, given.seed, given.processes)
    for door in sorted({door for door, _ in outcome.statuses}):
        counts = sorted((status, count) for (one, status), count in outcome.statuses.items() if one == door)
        print(f"{door:11}", *(f"{status}: {count}" for status, count in counts), sep="  ")
    for kind, example in outcome.examples.items():
        print(f"FAULT {kind}\n  {example}")
    print(f"seed {given.seed}, {given.processes} processes, {time.monotonic() - began:.0f} s")
    print(f"{outcome.requests} requests, {outcome.faults} 5xx, {outcome.told} canary words in the logs")
    return 1 if outcome.faults or outcome.told else 0


if __name__ == "__main__":
    sys.exit(main())
