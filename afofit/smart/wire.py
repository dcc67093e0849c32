"""The one way out: a request to a registered system, held to TLS, to its own host, to a time and to a size."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import urllib3

from afofit import __version__
from afofit.words.tongue import _

LONGEST_BODY = 8_000_000
"""Largest answer (bytes) that is read."""
CONNECT_SECONDS, READ_SECONDS, ALL_SECONDS = 5.0, 10.0, 20.0
MOST_REDIRECTS = 3
CHUNK = 65_536
log = logging.getLogger(__name__)
# Its own words at the level of debugging hold addresses, and these hold the ids of patients.
logging.getLogger("urllib3").setLevel(logging.INFO)
AGENT = {"User-Agent": f"afofit/{__version__}"}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAYBE_SENT = (
    urllib3.exceptions.ReadTimeoutError,
    urllib3.exceptions.ProtocolError,
    urllib3.exceptions.DecodeError,
)
NOBODY_THERE = urllib3.exceptions.NewConnectionError
MOVED = frozenset({301, 302, 303, 307, 308})


class Unreached(Exception):
    """Another system could not be reached, or its answer could not be read: why, without a word of its content.

    ``sent`` says that the request may have arrived all the same.
    """

    def __init__(self, why: str, *, sent: bool = False) -> None:
        super().__init__(why)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What another system answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises Unreached where it is none."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise Unreached(_("the answer is no JSON")) from None

    def document(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Unreached where it is none."""
        found = self.json()
        if not isinstance(found, dict):
            raise Unreached(_("the answer is no JSON object"))
        return found


def address_fault(address: str, *, loopback: bool) -> str:
    """Why nothing may be sent to an address; empty where it may. ``loopback``: http to this machine is allowed."""
    try:
        parts = urlsplit(address)
        host, __ = parts.hostname, parts.port
    except ValueError:
        return _("it is no address")
    if parts.scheme not in ("https", "http") or not host or address != address.strip() or not address.isascii():
        return _("it is no address that begins with https://")
    if parts.scheme == "http" and not (loopback and host in LOOPBACK):
        return _("it must begin with https://")
    if parts.username is not None or parts.password is not None:
        return _("it must not hold a user or a password")
    return _("it must not hold a fragment (#)") if parts.fragment else ""


def origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _within(host: str, allowed: str) -> bool:
    return host == allowed or (allowed.startswith("*.") and host.endswith(allowed[1:]))


@dataclass
class Wire:
    """Sends requests. ``loopback`` allows plain http to this machine, for trying things out.

    ``hosts`` are those that may be asked, ``*.ehr.example`` for all below one; every registered one where it is empty.
    """

    loopback: bool = False
    hosts: tuple[str, ...] = ()

    def fault(self, address: str) -> str:
        """Why nothing is sent to an address by this service; empty where it may be."""
        fault = address_fault(address, loopback=self.loopback)
        if not fault and self.hosts and not any(_within(origin(address)[1], one) for one in self.hosts):
            return _("this installation sends nothing to its host")
        return fault

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        # The authorities are those of the machine; SSL_CERT_FILE and SSL_CERT_DIR name others.
        return urllib3.PoolManager(
            num_pools=20,
            cert_reqs="CERT_REQUIRED",
            timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
            retries=False,
        )

    def send(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        longest: int = LONGEST_BODY,
    ) -> Answer:
        """Send one request. A GET follows redirects within its own origin, nothing else does. Raises Unreached."""
        for __ in range(1 + MOST_REDIRECTS):
            answer = self._once(method, address, headers or {}, body, longest)
            if answer.status not in MOVED or method != "GET":
                return answer
            then = urljoin(address, answer.headers.get("location", ""))
            if origin(then) != origin(address):
                raise Unreached(_("it sends on to another host"))
            address = then
        raise Unreached(_("it sends on again and again"))

    def _once(self, method: str, address: str, headers: Mapping[str, str], body: bytes | None, longest: int) -> Answer:
        fault = self.fault(address)
        if fault:
            raise Unreached(_("its address is not used: {why}").format(why=fault))
        until = time.monotonic() + ALL_SECONDS
        try:
            response = self._pool.request(
                method, address, headers=AGENT | dict(headers), body=body, redirect=False, preload_content=False
            )
            try:
                content = _read(response, longest, until)
            finally:
                response.release_conn()
        except urllib3.exceptions.HTTPError as error:
            # The host alone: what follows it may hold the id of a patient.
            log.warning("%s cannot be used: %s", urlsplit(address).netloc, type(error).__name__)
            raise Unreached(_why(error), sent=isinstance(error, MAYBE_SENT)) from None
        return Answer(response.status, {name.lower(): text for name, text in response.headers.items()}, content)


def _read(response: urllib3.BaseHTTPResponse, longest: int, until: float) -> bytes:
    parts, size = [], 0
    for part in response.stream(CHUNK, decode_content=True):
        size += len(part)
        if size > longest:
            response.close()
            raise Unreached(_("its answer is longer than {longest} bytes").format(longest=longest), sent=True)
        if time.monotonic() > until:
            response.close()
            raise Unreached(_("it answers too slowly"), sent=True)
        parts.append(part)
    return b"".join(parts)


def _why(error: Exception) -> str:
    """What went wrong on the way, without the address, which may hold the id of a patient."""
    if isinstance(error, urllib3.exceptions.SSLError):
        return _("its certificate is not trusted here")
    if isinstance(error, urllib3.exceptions.TimeoutError) and not isinstance(error, NOBODY_THERE):
        return _("it does not answer in time")
    return _("it cannot be reached")
