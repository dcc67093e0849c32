"""The queue: Huey in a file of the data folder, and one worker a folder, in whichever process of the service is first.

A message names a batch and nothing else; what the batch holds lies encrypted in the database. A message that is lost
with its process costs nothing either: batches that wait and are held by nobody are sent again.
"""

import fcntl
import hashlib
import json
import logging
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from uuid import UUID

from huey import SqliteHuey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer

from afofit.batches.work import report, work
from afofit.store import batches
from afofit.store.database import Away, Overtaken, Store

log = logging.getLogger("afofit.batches")

QUEUE, LOCK = "queue.db", "queue.lock"
LOOK_SECONDS = 3.0
"""How often (s) the worker looks for batches that nobody holds."""
FORGET_EVERY = timedelta(hours=1)
LONGEST_STOP_SECONDS = 30.0
LONGEST_NAP_SECONDS = 0.5
"""The longest (s) that a new batch waits for an idle worker."""


class JsonMessages(Serializer):  # type: ignore[misc]  # Huey has no types
    """Messages as JSON: reading one runs nothing, whoever wrote the file."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(list(data)).encode("ascii")

    def _deserialize(self, data: bytes) -> Message:
        said = json.loads(data)
        if not isinstance(said, list):
            raise ValueError("not a message")
        return Message(*said)


class Threaded(Consumer):  # type: ignore[misc]
    """Huey's consumer in a thread of the service, which keeps its own answers to signals."""

    def _set_signal_handlers(self) -> None:
        pass


class Queue:
    """The batches of one data folder on their way to a worker."""

    def __init__(self, folder: Path, store: Callable[[], Store], *, days: int, works: bool = True) -> None:
        self._folder = folder
        self._store = store
        self._days = days
        self._works = works
        self._stop = threading.Event()
        self._begun = threading.Lock()
        self._thread: threading.Thread | None = None
        place = f"{socket.gethostname()} {folder.absolute()}"
        self.node = hashlib.sha256(place.encode()).hexdigest()[:16]
        """What the batches are held by that a worker of this folder works on."""

    @cached_property
    def _huey(self) -> SqliteHuey:
        self._folder.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("batches", filename=str(self._folder / QUEUE), results=False, serializer=JsonMessages())

    @cached_property
    def _task(self) -> Callable[[str, str], object]:
        task: Callable[[str, str], object] = self._huey.task(name="batch")(self._work)
        return task

    def send(self, clinic_id: UUID, batch_id: UUID) -> None:
        """Tell the worker of a batch. What cannot be told now is found by the worker itself, a little later."""
        try:
            self._task(str(clinic_id), str(batch_id))
        except sqlite3.Error as error:
            log.warning("a batch is not sent: %s", type(error).__name__)

    def _work(self, clinic_id: str, batch_id: str) -> None:
        with _patience():
            work(self._store(), UUID(clinic_id), UUID(batch_id), self.node, stopped=self._stop.is_set)

    def start(self) -> None:
        """Begin to work in a thread of this process, as soon as no other process of the folder does.

        Where the service leaves the work to a process of its own, this does nothing.
        """
        with self._begun:
            if self._works and self._thread is None:
                self._thread = threading.Thread(target=self.serve, name="batches", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        """Leave the batch after the rows in hand."""
        self._stop.set()

    def stop(self) -> None:
        """Leave, and wait until those rows are done."""
        self.leave()
        if self._thread is not None:
            self._thread.join(LONGEST_STOP_SECONDS)

    def serve(self) -> None:
        """Work until stopped; first wait until the worker of this folder, if there is one, has gone."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / LOCK).open("w") as lock:
            # The system itself lets go of the lock of a process that was killed.
            fcntl.flock(lock, fcntl.LOCK_EX)
            with _patience(), self._store().system() as session:
                batches.free(session, self.node, datetime.now(UTC))
            self._task  # noqa: B018  the worker must know it before the first message
            consumer = Threaded(self._huey, workers=1, periodic=False, max_delay=LONGEST_NAP_SECONDS)
            consumer.start()
            self._watch(consumer)
            consumer.stop(graceful=True)

    def _watch(self, consumer: Threaded) -> None:
        forget_at = datetime.now(UTC)
        while True:
            now = datetime.now(UTC)
            with _patience():
                self.look(now)
                if now >= forget_at:
                    forget_at = now + FORGET_EVERY
                    self.forget(now)
            if self._stop.wait(LOOK_SECONDS):
                return
            consumer.check_worker_health()

    def look(self, now: datetime) -> None:
        """Send again what waits and is held by nobody."""
        with self._store().system() as session:
            due = batches.to_send(session, now)
        for clinic_id, batch_id in due:
            self.send(clinic_id, batch_id)

    def forget(self, now: datetime) -> int:
        """Delete batches that ended long enough ago; answers how many."""
        with self._store().system() as session:
            return batches.forget(session, now - timedelta(days=self._days))


@contextmanager
def _patience() -> Iterator[None]:
    """What cannot be done now, because the database is away, is done at the next look; a fault ends no worker."""
    try:
        yield
    except (Away, Overtaken) as error:
        log.warning("batches wait: %s", type(error).__name__)
    except Exception as error:  # noqa: BLE001  Huey would log its message, in which a patient's data may stand
        report(error)
