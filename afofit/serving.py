"""How gunicorn serves: ``gunicorn -c python:afofit.serving afofit.wsgi:app``.

Slow clients hold up nobody, and one worker, whichever is first, works on batches as well. Before the first worker the
settings are checked and the database is brought to the version of the program, by one process however many nodes start.
A stop lets the requests in hand end and gives back the batch in hand.
"""

import logging
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from afofit.settings import Settings, SettingsRefused, from_environment
from afofit.watching import logs

log = logging.getLogger("afofit.serving")

OURS = ("wsgi:app", "afofit.wsgi:app")
"""Other applications may be served with the same settings of gunicorn; nothing is migrated for them."""
COUNTING = "PROMETHEUS_MULTIPROC_DIR"
"""Where the workers of one start count together. It must stand before anything that counts is imported."""
DATABASE_SECONDS = 30.0
"""How long a start waits for a database that is not there yet."""


def _settings() -> Settings:
    try:
        return from_environment()
    except SettingsRefused as error:
        raise SystemExit(f"afofit does not start: {error}") from None


worker_class = "afofit.worker.Collecting"
# Longer than any request takes; a worker that hangs is replaced then.
timeout = 60
# What is being answered when the service is stopped is answered; most of it takes less than a second.
graceful_timeout = 30
control_socket_disable = True
logconfig_dict = logs.of_gunicorn(_settings().log)
_made = COUNTING not in os.environ
if _made:
    os.environ[COUNTING] = tempfile.mkdtemp(prefix="afofit-numbers-")


def on_starting(server: Any) -> None:
    """Before the first worker: every number begins at nothing, and the database is made ready. Raises SystemExit."""
    folder = Path(os.environ[COUNTING])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    if server.app.app_uri in OURS:
        logs.install(_settings().log)
        prepare(_settings())


def on_exit(_: Any) -> None:
    """What was counted goes with the service."""
    if _made:
        shutil.rmtree(os.environ[COUNTING], ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """Begin as soon as the application is there, so that a batch that was broken off goes on after a restart."""
    queue = _part(worker, "afofit_batches")
    if queue is not None:
        queue.start()


def worker_exit(_: Any, worker: Any) -> None:
    """The batch in hand is given back after the rows in hand, so that another worker goes on with it at once."""
    queue = _part(worker, "afofit_batches")
    if queue is not None:
        queue.stop()


def _part(worker: Any, name: str) -> Any:
    return getattr(getattr(worker, "wsgi", None), "extensions", {}).get(name)


def prepare(settings: Settings) -> None:
    """Check the keys and bring the database to the version of the program. Raises SystemExit with the reason."""
    from afofit.store.secrecy import Vault, new_encryption_key

    keys = [key.strip() for key in settings.encryption_keys.split(",") if key.strip()]
    try:
        vault = Vault(keys or [new_encryption_key()])
    except ValueError:
        raise SystemExit("afofit does not start: AFOFIT_ENCRYPTION_KEYS: a key is no Fernet key") from None
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"afofit does not start: AFOFIT_DATA: {settings.data}: {error.strerror}") from None
    if settings.migrate:
        _migrate(settings, vault)


def _migrate(settings: Settings, vault: Any) -> None:
    from afofit.store import migrate
    from afofit.store.database import Broken, Store

    store = Store(settings.database, vault)
    end = time.monotonic() + DATABASE_SECONDS
    try:
        while not _there(store, migrate, Broken):
            if time.monotonic() > end:
                raise SystemExit("afofit does not start: the database cannot be reached")
            log.warning("waiting for the database")
            time.sleep(1)
        before, needed = migrate.upgrade(store), migrate.latest()
        if before != needed:
            log.info("the database was at version %s and is at %s", before or "none", needed)
    except migrate.Stopped as error:
        raise SystemExit(f"afofit does not start: {error}") from None
    finally:
        store.close()


def _there(store: Any, migrate: Any, broken: type[Exception]) -> bool:
    try:
        migrate.version(store)
    except broken:
        return False
    return True
