"""The log of security: a line for each try to sign in and each request that was refused, apart from all others.

A line names the route, the address of the caller, and account, key or link where one is known. What was typed, a name
and a token stand in none. What people did with their accounts stands in the audit as well, which nobody alters.
"""

import logging

from flask import g, request

from afofit.watching.logs import FIELDS
from afofit.watching.reference import reference

log = logging.getLogger("afofit.security")

REFUSED = {401: "not known", 403: "not allowed", 429: "too often"}
"""What the statuses say that refuse a caller rather than a request."""
FAILED, FORGED, UNPROVEN = "sign-in failed", "form of another page", "proof refused"


def note(event: str, *, who: str | None = None, by: str | None = None, status: int | None = None) -> None:
    """Write that something happened. ``who`` is a label as in the audit, ``by`` what was shown as proof."""
    actor = g.get("actor")
    # What succeeded is told by people's deeds, which have no status yet.
    refused = status is not None
    record = logging.LogRecord(
        log.name, logging.WARNING if refused else logging.INFO, __file__, 0, "security", None, None
    )
    vars(record)[FIELDS] = {
        "request_id": reference(),
        "event": event,
        "by": by,
        "endpoint": request.endpoint or "none",
        "status": status,
        "client": request.remote_addr,
        "clinic": None if actor is None else str(actor.clinic_id),
        "who": who or (None if actor is None else actor.label),
    }
    log.handle(record)
