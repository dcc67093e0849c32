"""Which EHRs may call the services of CDS Hooks, and whether a call is of one of them."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import current_app

from afofit.access import store, wire
from afofit.settings import ORIGIN, Settings
from afofit.smart import assertions, jwks
from afofit.smart.assertions import Rejected, Unproven
from afofit.smart.wire import Unreached, address_fault
from afofit.store.rates import Rates
from afofit.store.secrecy import hashed

ONCE = "1/10 minute"
"""A token is taken once: it ends long before it is forgotten."""
FRESH_SECONDS, PAUSE_SECONDS = 900, 15
"""How long keys that an address answered are used, and how long it is not asked again after a question."""
LONGEST_KEY_SET = 200_000


@dataclass(slots=True)
class Client:
    """An EHR that is trusted: by its keys, or by the address at which it publishes them."""

    issuer: str
    keys: jwks.Keys | None = None
    address: str | None = None
    tenants: tuple[str, ...] = ()
    """The organizations for which it may call; empty: any."""
    origins: tuple[str, ...] = ()
    """Where its pages are, whose scripts may read answers."""
    read_at: float = field(default=float("-inf"))
    asked_at: float = field(default=float("-inf"))

    def key_set(self, given: Unproven) -> jwks.Keys:
        """Its keys, read anew where they are old or lack the one named. Raises Rejected."""
        if self.address is None:
            return self.keys or {"keys": []}
        if given.jku not in (None, self.address):
            raise Rejected("jku is not the address of the keys that is trusted here.")
        now = time.monotonic()
        fresh = self.keys if now - self.read_at < FRESH_SECONDS else None
        if fresh and jwks.named(fresh, given.kid, jwks.ALGORITHMS[given.algorithm]):
            return fresh
        if now - self.asked_at < PAUSE_SECONDS:
            if fresh:
                return fresh
            raise Rejected("The keys of the client could not be read just now: wait a moment.")
        self.asked_at = now
        self.keys, self.read_at = self._published(), now
        return self.keys

    def _published(self) -> jwks.Keys:
        try:
            answer = wire().send("GET", self.address or "", longest=LONGEST_KEY_SET)
            if answer.status != 200:
                raise Unreached(f"it answers {answer.status}")
            return jwks.usable(answer.body)
        except (Unreached, jwks.Unfit) as error:
            raise Rejected(f"The keys of the client cannot be read from their address: {error}.") from None


def trusted(settings: Settings) -> dict[str, Client]:
    """The trusted EHRs by issuer, as the settings name them. Raises ValueError with the entry that cannot be used."""
    text = settings.cds_clients.strip()
    if not text:
        return {}
    try:
        entries = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ValueError(f"AFOFIT_CDS_CLIENTS is no JSON: {error}") from None
    if not isinstance(entries, list):
        raise ValueError("AFOFIT_CDS_CLIENTS is no JSON list")
    found: dict[str, Client] = {}
    for place, entry in enumerate(entries):
        client = _client(entry, f"AFOFIT_CDS_CLIENTS[{place}]")
        if client.issuer in found:
            raise ValueError(f"AFOFIT_CDS_CLIENTS[{place}]: iss {client.issuer} is named twice")
        found[client.issuer] = client
    return found


WAYS = ("jwks", "jwks_file", "jku")


def _client(entry: Any, where: str) -> Client:
    if not isinstance(entry, dict) or not isinstance(entry.get("iss"), str) or not entry["iss"]:
        raise ValueError(f"{where} is no object with an iss")
    unknown = sorted(set(entry) - {"iss", "tenants", "origins", *WAYS})
    given = [name for name in WAYS if name in entry]
    if unknown or len(given) != 1:
        raise ValueError(f"{where} needs iss and one of {', '.join(WAYS)}; unknown: {', '.join(unknown) or 'none'}")
    tenants, origins = _texts(entry, "tenants", where), _origins(entry, where)
    way = given[0]
    if way == "jku":
        fault = address_fault(str(entry["jku"]), loopback=True)
        if fault:
            raise ValueError(f"{where}: jku cannot be used: {fault}")
        return Client(entry["iss"], address=entry["jku"], tenants=tenants, origins=origins)
    try:
        content = _file(entry["jwks_file"]) if way == "jwks_file" else orjson.dumps(entry["jwks"])
        return Client(entry["iss"], keys=jwks.read(content), tenants=tenants, origins=origins)
    except (OSError, TypeError) as error:
        raise ValueError(f"{where}: {way} cannot be read ({error})") from None
    except jwks.Unfit as error:
        raise ValueError(f"{where}: {error}") from None


def _texts(entry: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    given = entry.get(name, [])
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise ValueError(f"{where}: {name} is no list of texts")
    return tuple(given)


def _origins(entry: dict[str, Any], where: str) -> tuple[str, ...]:
    """The origins that are named, else that of the issuer, where it has one."""
    named = _texts(entry, "origins", where)
    wrong = [one for one in named if not ORIGIN.fullmatch(one) or "*" in one]
    if wrong:
        raise ValueError(f"{where}: origins: {wrong[0]!r} is no address like https://ehr.example")
    own = "/".join(entry["iss"].split("/")[:3])
    return named or ((own,) if ORIGIN.fullmatch(own) else ())


def readable_from(origin: str) -> bool:
    """Whether scripts of this origin may read what a call is answered."""
    clients: dict[str, Client] = current_app.extensions["afofit_cds_clients"]
    return any(origin in client.origins for client in clients.values())


def _file(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read(LONGEST_KEY_SET)


def check(header: str, audience: str) -> None:
    """Hold a call against the trusted EHRs. Raises Rejected with everything that is wrong."""
    clients: dict[str, Client] = current_app.extensions["afofit_cds_clients"]
    scheme, _, text = header.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise Rejected("The call has no Authorization: Bearer with a signed JWT.")
    if not clients:
        raise Rejected("No EHR is trusted here: name those that may call in AFOFIT_CDS_CLIENTS.")
    if not audience:
        raise Rejected("AFOFIT_PUBLIC_URL is not set here: what aud must be is not known.")
    given = assertions.open_unproven(text.strip())
    client = clients.get(given.client_id)
    if client is None:
        raise Rejected("iss is no EHR that is trusted here.")
    claims = assertions.signed(given, client.key_set(given))
    faults = [
        *assertions.claimed(claims, audience, "this service"),
        *assertions.times(claims, datetime.now(UTC)),
        *(["iat is missing."] if "iat" not in claims else []),
        *(
            ["tenant is not one that is trusted here."]
            if client.tenants and claims.get("tenant") not in client.tenants
            else []
        ),
    ]
    proven = assertions.proven(given, claims, faults)
    about = hashed(f"{client.issuer}\n{proven.jti}").hex()
    if not Rates(store()).allow(ONCE, "cds", about):
        raise Rejected("This jti was used before: make a new token for each call.")
