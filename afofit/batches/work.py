"""The rows of a batch, one after the other: each becomes a fitting or says why not, and none stops the others."""

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from traceback import extract_tb
from typing import Any
from uuid import UUID, uuid4

from afofit import records, rules
from afofit.fitting.plan import fit
from afofit.schemas.answer import write
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.request import read
from afofit.schemas.table import Row, asked_in
from afofit.store import batches
from afofit.store.actors import Actor
from afofit.store.batches import Batch, Done, Item, New
from afofit.store.database import Away, Overtaken, Store
from afofit.store.errors import Conflict
from afofit.store.fittings import Retry

log = logging.getLogger("afofit.batches")

AT_ONCE = 20
"""Rows whose outcome is written together: so many are done again, to the same fittings, after a worker was killed."""
UNREADABLE, CONFLICT, REFUSED, FAULT = 400, 409, 422, 500
CREATED, COMPUTED = 201, 200
OURS = (
    "Something went wrong here with this row, and nothing of it was stored. Send it by itself; if it stays, report it."
)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Computed:
    """What came of a row of which nothing is stored."""

    number: int
    status: int
    answer: Json | None = None
    problems: tuple[Problem, ...] = ()


def accept(store: Store, actor: Actor, rows: Sequence[Row], *, retry: Retry | None, waits: bool) -> tuple[UUID, bool]:
    """Keep the rows until each is done; True where the batch is new. Raises Conflict where its key is taken."""
    new = [
        New(row.number, row.content)
        if row.problem is None
        else New(row.number, b"", UNREADABLE, _problems((row.problem,)))
        for row in rows
    ]
    try:
        return batches.accept(store, actor, new, retry=retry, waits=waits)
    except Overtaken:
        # The same try was sent twice at once, and the other one was first: it is there now.
        return batches.accept(store, actor, new, retry=retry, waits=waits)


def work(store: Store, clinic_id: UUID, batch_id: UUID, node: str, *, stopped: Callable[[], bool] = bool) -> bool:
    """Work on a batch until it is done or cancelled; False where another worker does, or ``stopped`` says to leave.

    What is stored is stored once: a row that was begun before finds its fitting by the key of its batch and its number.
    """
    holder = f"{node} {uuid4()}"
    batch = batches.hold(store, clinic_id, batch_id, holder)
    if batch is None:
        return False
    ended = False
    try:
        ended = _all(store, batch, holder, stopped)
    finally:
        if not ended:
            batches.let_go(store, batch, holder)
    return ended


def _all(store: Store, batch: Batch, holder: str, stopped: Callable[[], bool]) -> bool:
    while not stopped():
        with store.reading(batch.actor) as desk:
            items = batches.undone(desk, batch.id, AT_ONCE)
        if not items:
            batches.finish(store, batch)
            return True
        done = [_done(store, batch, item) for item in items]
        if not batches.note(store, batch, holder, done):
            # Cancelled meanwhile: what was stored until then is noted, the rest is left.
            return True
    return False


def _done(store: Store, batch: Batch, item: Item) -> Done:
    """What comes of one row; a fault of ours stays with it as well."""
    try:
        given = asked_in(item.content, today=date.today())
        record, _new = records.take(store, batch.actor, given, retry=_retry(batch, item))
    except Refused as refused:
        return Done(item.number, REFUSED, problems=_problems(refused.problems), id=item.id)
    except Conflict as conflict:
        return Done(item.number, CONFLICT, problems=_problems((of_conflict(conflict),)), id=item.id)
    except (Away, Overtaken):
        raise
    except Exception as error:  # noqa: BLE001  a row that fails for ever would keep all after it for ever
        report(error)
        return Done(item.number, FAULT, problems=_problems((Problem((), OURS),)), id=item.id)
    return Done(item.number, CREATED, record.id, id=item.id)


def report(error: Exception) -> None:
    """The kind of fault and the way to it. Its message may hold what a row held, and is left out."""
    way = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    log.error("%s while working on a batch\n  %s", type(error).__name__, "\n  ".join(way))


def _retry(batch: Batch, item: Item) -> Retry:
    # A header holds no line feed: no client can send this key for a single fitting.
    return Retry(f"batch {batch.key}\nrow {item.number}", hashlib.sha256(item.content).digest())


def of_conflict(error: Conflict) -> Problem:
    """A conflict as a problem of a row."""
    place = tuple(error.pointer.strip("/").split("/")) if error.pointer else ()
    return Problem(place, error.text)


def _problems(problems: Sequence[Problem]) -> bytes:
    # What was received is told again as it came, halves of letters among it, which orjson does not write.
    return json.dumps([one.as_json() for one in problems], default=str).encode("ascii")


def compute(store: Store, actor: Actor, rows: Sequence[Row]) -> list[Computed]:
    """What each row would become with the clinic's protocol and size charts; nothing is stored."""
    with store.reading(actor) as desk:
        current = rules.current(desk)
    today = date.today()
    found = []
    for row in rows:
        if row.problem is not None:
            found.append(Computed(row.number, UNREADABLE, problems=(row.problem,)))
            continue
        try:
            given = asked_in(row.content, today=today)
            fitting = fit(read(given, today=today), today=today, protocol=current.protocol, charts=current.charts)
        except Refused as refused:
            found.append(Computed(row.number, REFUSED, problems=refused.problems))
        else:
            found.append(Computed(row.number, COMPUTED, write(fitting, given)))
    return found
