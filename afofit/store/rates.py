"""How often something may be tried.

What guards a secret is counted in the database, which every worker and node shares. How fast systems may call is
counted in the memory of each process: it costs next to nothing, and keeps a flood away, nothing more exact.
"""

import math
import time
from datetime import UTC, datetime, timedelta

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite

from afofit.store.database import Store
from afofit.store.tables import RateRow
from afofit.store.visits import AHEAD

OFF = "off"


class Counts(Storage):
    """The storage of the limits library, in the table ``rate``."""

    STORAGE_SCHEME = None

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    @property
    def base_exceptions(self) -> type[Exception]:
        """Errors that the library may retry: none."""
        return ConnectionError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count once more; the window begins with the first count."""
        now = datetime.now(UTC)
        dialect = sqlite if self._store.url.startswith("sqlite") else postgresql
        with self._store.system() as session:
            ends = now + timedelta(seconds=expiry)
            # A window that ends later than one that begins now is of a clock that was wrong; it would lock too long.
            wrong = (RateRow.key == key) & (RateRow.ends_at > ends + AHEAD)
            session.execute(delete(RateRow).where((RateRow.ends_at <= now) | wrong))
            first = dialect.insert(RateRow).values(key=key, ends_at=ends, count=amount)
            counted = first.on_conflict_do_update(index_elements=["key"], set_={"count": RateRow.count + amount})
            return int(session.execute(counted.returning(RateRow.count)).scalar_one())

    def get(self, key: str) -> int:
        """How often in the present window."""
        with self._store.looking() as session:
            row = session.get(RateRow, key)
        return row.count if row and row.ends_at > datetime.now(UTC) else 0

    def get_expiry(self, key: str) -> float:
        """When the window ends, in seconds since the epoch."""
        with self._store.looking() as session:
            row = session.get(RateRow, key)
        return (row.ends_at if row else datetime.now(UTC)).timestamp()

    def check(self) -> bool:
        """Whether the storage answers."""
        return True

    def reset(self) -> int:
        """Forget every count."""
        with self._store.system() as session:
            session.execute(delete(RateRow))
        return 0

    def clear(self, key: str) -> None:
        """Forget one count."""
        with self._store.system() as session:
            session.execute(update(RateRow).where(RateRow.key == key).values(count=0))


class Rates:
    """Limits by name: ``allow("5/minute", "sign-in", address)``."""

    def __init__(self, store: Store) -> None:
        self._limiter = FixedWindowRateLimiter(Counts(store))
        self._items: dict[str, RateLimitItem] = {}

    def allow(self, limit: str, *about: str) -> bool:
        """Count one try; False where that is one too many."""
        return self._limiter.hit(self._item(limit), *about)

    def left(self, limit: str, *about: str) -> bool:
        """Whether one more try would be allowed; it is not counted."""
        return self._limiter.test(self._item(limit), *about)

    def wait(self, limit: str, *about: str) -> int:
        """Seconds until it may be tried again."""
        ends = self._limiter.get_window_stats(self._item(limit), *about).reset_time
        return max(1, int(ends - datetime.now(UTC).timestamp()) + 1)

    def _item(self, limit: str) -> RateLimitItem:
        return self._items.setdefault(limit, parse(limit))


class Pace:
    """How fast each caller may call: "6000/minute", or "off". Raises ValueError of another text.

    A window at a time, counted here: the memory storage of the library starts a thread now and then for what has
    run out, which took longer than a preview.
    """

    def __init__(self, limit: str) -> None:
        self._item = None if limit.strip().lower() == OFF else parse(limit)
        self._window = -1
        self._counts: dict[str, int] = {}

    def wait(self, caller: str) -> int:
        """Count one call; how long (s) to wait where it is one too many, else 0."""
        if self._item is None:
            return 0
        now, lasts = time.time(), self._item.get_expiry()
        window = int(now // lasts)
        if window != self._window:
            self._window, self._counts = window, {}
        count = self._counts[caller] = self._counts.get(caller, 0) + 1
        return 0 if count <= self._item.amount else max(1, math.ceil((window + 1) * lasts - now))
