"""The gate: before any view is called, whoever asks is recognised and held against what the route declares."""

from datetime import UTC, datetime
from hmac import compare_digest
from ipaddress import ip_address

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import Forbidden, NotFound, TooManyRequests, Unauthorized
from werkzeug.utils import redirect

from afofit.access import Access, access_of, store
from afofit.settings import Settings
from afofit.store import keys, releases, systems
from afofit.store.actors import Actor
from afofit.store.rates import Pace
from afofit.watching import security
from afofit.web import carry, reading, sign_in

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KEYED = frozenset({"api", "fhir"})
"""Blueprints of the calculator for other systems: with it turned off, they need a key."""

FORWARDING = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded")
"""What proxies add to what they pass on."""


class Undeclared(Exception):
    """A route that does not say who may call it: a mistake of ours, and therefore closed."""


def install(app: Flask) -> None:
    """Put the gate before every view, and say at the views of Flask-Security who may call them."""
    for endpoint, access in sign_in.ACCESS.items():
        vars(app.view_functions[endpoint])["access"] = access
    app.before_request(check)


def check() -> ResponseReturnValue | None:
    """Let the request pass, or answer why not."""
    if request.endpoint is None or request.endpoint.endswith("static"):
        return None
    access = access_of(current_app.view_functions[request.endpoint])
    if access is None:
        raise Undeclared(request.endpoint)
    return CHECKS[access.kind](access)


def _public(_: Access) -> None:
    g.actor = sign_in.current_actor()


def _calculator(_: Access) -> ResponseReturnValue | None:
    settings: Settings = current_app.config["AFOFIT"]
    if settings.calculator:
        if request.blueprint in KEYED:
            g.actor = None
            _paced("address", _address())
        else:
            g.actor = sign_in.current_actor()
        return None
    if request.blueprint in KEYED:
        _bearer(Access("bearer"))
        return None
    return _member(Access("member"))


def _member(access: Access) -> ResponseReturnValue | None:
    g.actor = sign_in.current_actor()
    if g.actor is None:
        if request.method in SAFE_METHODS:
            return redirect(sign_in.address(request.full_path.rstrip("?")))
        given_back = carry.given_back(401, signed_out=True)
        if given_back is not None:
            return given_back
        raise Unauthorized
    if access.roles and not any(getattr(g.actor, role) for role in access.roles):
        raise Forbidden
    if request.method not in SAFE_METHODS:
        return _from_our_page()
    return None


def _from_our_page() -> ResponseReturnValue | None:
    try:
        sign_in.csrf.protect()
    except CSRFError:
        given_back = carry.given_back(400, signed_out=False)
        if given_back is not None:
            security.note(security.FORGED, status=400)
            return given_back
        raise
    return None


def _bearer(access: Access) -> None:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise Unauthorized
    now = datetime.now(UTC)
    with store().asking() as connection:
        known = systems if text.strip().startswith(systems.PREFIX) else keys
        found = known.bearer(connection, text.strip(), now)
    if found is None:
        _paced("address", _address())
        raise Unauthorized
    _paced("key", str(found.key_id))
    if access.scope and access.scope not in found.scopes:
        raise Forbidden
    g.actor = found.actor
    if found.stale:
        with store().writing(found.actor) as desk:
            keys.used(desk, found.key_id)


def _either(access: Access) -> None:
    g.actor = None
    if "Authorization" in request.headers:
        _bearer(access)
    else:
        _paced("address", _address())


def _address() -> str:
    return request.remote_addr or ""


def _paced(kind: str, caller: str) -> None:
    """Let the call count. Raises TooManyRequests, with the seconds to wait, where it is one too many."""
    pace: Pace = current_app.extensions["afofit_pace"][kind]
    wait = pace.wait(caller)
    if wait:
        raise TooManyRequests(retry_after=wait)


def _link(_: Access) -> None:
    release_id = reading.link_that_is_open()
    if release_id is None:
        raise NotFound
    g.release_id = release_id
    with store().looking() as looking:
        found: Actor | None = releases.actor_of(looking, g.release_id)
    if found is None:
        raise NotFound
    g.actor = found


def _watcher(_access: Access) -> None:
    """Numbers tell how busy a clinic is: not for everybody. Without a token only this machine may ask.

    A proxy on this machine asks for anybody: what comes with its heads is not from here.
    """
    settings: Settings = current_app.config["AFOFIT"]
    if settings.metrics_token:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not compare_digest(text.strip().encode(), settings.metrics_token.encode()):
            raise Unauthorized
        return
    peer = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR", "")
    if any(name in request.headers for name in FORWARDING) or not _here(peer):
        raise Forbidden


def _here(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        # Over a socket in the file system a proxy asks for anybody.
        return False


CHECKS = {
    "public": _public,
    "calculator": _calculator,
    "member": _member,
    "bearer": _bearer,
    "either": _either,
    "link": _link,
    "watcher": _watcher,
}
