"""The id of a request, by which a person, a log and another system speak of the same one."""

import re
import secrets

from flask import g, has_app_context

HEADER = "X-Request-ID"
SANE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""Ids that are taken over: 32 hexadecimal digits or a UUID, which proxies and tracing make. Anything longer or freer
could hold a name, and would be carried into every log."""


def taken_over(sent: str | None) -> str:
    """The id that came with a request where it is sane, else a new one."""
    return sent.lower() if sent and SANE.fullmatch(sent) else secrets.token_hex(16)


def reference() -> str:
    """The id of the present request; empty where there is none."""
    return str(g.get("reference", "")) if has_app_context() else ""
