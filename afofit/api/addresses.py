"""The address of this service as others know it."""

from flask import request

from afofit.access import settings
from afofit.smart.wire import LOOPBACK


def own() -> str:
    """The address without a slash at its end, for links."""
    return (settings().public_url or request.url_root).rstrip("/")


def proven(path: str) -> str:
    """The address of a path that a signed token must name; empty where this service does not know its own."""
    known = settings().public_url.rstrip("/")
    if known:
        return known + path
    # Whoever calls chooses the name of the host. Named by itself alone, this machine cannot be mistaken for another.
    here = request.host_url.rstrip("/")
    host = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    return here + path if host.strip("[]") in LOOPBACK else ""
