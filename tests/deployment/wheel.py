"""The release: a wheel made from what is tracked, and the service run from it alone."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
NEEDED = ("afofit", "pyproject.toml", "README.md", "LICENSE", "NOTICE")
PATIENCE = 60.0


def build(folder: Path) -> Path:
    """Build the wheel as a release does, without network, and unpack it: the folder that is to be imported from."""
    tree, out, unpacked = folder / "tree", folder / "dist", folder / "unpacked"
    tree.mkdir()
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tree / name)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*command, "--wheel-dir", str(out), str(tree)], check=True, capture_output=True, timeout=120)
    (wheel,) = out.glob("afofit-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(unpacked)
    return unpacked


@dataclass(frozen=True)
class Served:
    """gunicorn with the service of the wheel."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, method: str, path: str, document: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        body = None if document is None else json.dumps(document)
        said = {"Content-Type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        try:
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def stop(self) -> int:
        """Ask it to stop as systemd and containers do; how it ended."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def command_of(port: int, workers: int) -> list[str]:
    """The command of the container and of the unit."""
    own = ["-c", "python:afofit.serving", "--bind", f"127.0.0.1:{port}", "--workers", str(workers), "afofit.wsgi:app"]
    return [sys.executable, "-m", "gunicorn", *own]


@contextmanager
def serving(unpacked: Path, folder: Path, *, workers: int = 2, **settings: str) -> Iterator[Served]:
    """The service of the wheel on a folder of its own, started where none of the sources is."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("AFOFIT_", "DATABASE_URL"))}
    environment = kept | {"PYTHONPATH": str(unpacked), "AFOFIT_DATA": str(folder / "data")} | settings
    port, log = free_port(), folder / "gunicorn.log"
    folder.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        process = subprocess.Popen(command_of(port, workers), cwd=folder, stdout=file, stderr=file, env=environment)
    served = Served(process, port, log)
    try:
        until_ready(served)
        yield served
    finally:
        if process.poll() is None:
            served.stop()


def until_ready(served: Served) -> None:
    """Wait as a load balancer does."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if served.process.poll() is not None:
            raise RuntimeError(served.log.read_text())
        try:
            if served.ask("GET", "/ready")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise TimeoutError(served.log.read_text())
