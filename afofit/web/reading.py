"""A patient reads a sheet: from the right date of birth on, for a short while, or until it is closed."""

from datetime import UTC, datetime
from uuid import UUID

from flask import session

from afofit.access import PATIENT, settings, store
from afofit.store.rates import Rates
from afofit.store.secrecy import hashed, new_token
from afofit.store.visits import AHEAD

CLOSED = "closed"
"""What a reading that was closed is counted as, for as long as its cookie could open it again."""


def begin(release_id: UUID) -> None:
    """Let this browser read the sheet of a link."""
    session[PATIENT] = {"id": str(release_id), "at": datetime.now(UTC).timestamp(), "key": new_token()}


def link_that_is_open() -> UUID | None:
    """The link whose sheet this browser may read now; None where there is none."""
    kept, lasts = session.get(PATIENT), settings().patient_minutes * 60
    # A time to come is of a clock that was wrong: it would hold for too long.
    if not kept or not -AHEAD.total_seconds() <= datetime.now(UTC).timestamp() - kept["at"] <= lasts:
        return None
    return UUID(kept["id"]) if Rates(store()).left(*_closed(kept)) else None


def end() -> None:
    """Close the sheet: whoever kept the cookie opens nothing with it."""
    Rates(store()).allow(*_closed(session.pop(PATIENT)))


def _closed(kept: dict[str, str]) -> tuple[str, str, str]:
    # A cookie of before has no key of its own.
    key = kept.get("key") or f"{kept['id']} {kept['at']}"
    return f"1/{settings().patient_minutes + AHEAD.seconds // 60} minute", CLOSED, hashed(key).hex()
