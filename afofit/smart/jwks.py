"""The public keys of another system (RFC 7517): which a set may hold, and which of them a signature names."""

from collections.abc import Iterator, Mapping
from typing import Any

import jwt
import orjson

from afofit.words.tongue import _

Jwk = Mapping[str, Any]
Keys = Mapping[str, Any]

ALGORITHMS = {"RS384": "RSA", "ES384": "EC"}
"""What an assertion may be signed with (SMART App Launch 2.2, "Client Authentication: Asymmetric")."""
CURVE = "P-384"
LEAST_BITS = 2048
MOST_KEYS = 20
SECRET_PARTS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


class Unfit(Exception):
    """A key set that cannot be used: every reason."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def read(text: str | bytes) -> dict[str, Any]:
    """A key set as somebody registers it: every key must be usable. Raises Unfit with everything that is wrong."""
    keys = _keys(text)
    faults = [f"keys[{place}]: {fault}" for place, key in enumerate(keys) for fault in _faults(key)]
    names = [(key["kid"], key.get("kty")) for key in keys if isinstance(key, dict) and isinstance(key.get("kid"), str)]
    twice = sorted({_shown(name) for name, kind in names if names.count((name, kind)) > 1})
    faults += [_("Two keys of one type are called {name}.").format(name=name) for name in twice]
    if faults:
        raise Unfit(faults)
    return {"keys": keys}


def usable(text: str | bytes) -> dict[str, Any]:
    """The keys of a published set that can be used here; it may hold others. Raises Unfit where there is none."""
    fit = [key for key in _keys(text) if not any(_faults(key))]
    if not fit:
        raise Unfit([_("It holds no key for {algorithms}.").format(algorithms=", ".join(ALGORITHMS))])
    return {"keys": fit}


def _keys(text: str | bytes) -> list[Any]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Unfit([_("It is no JSON.")]) from None
    keys = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(keys, list):
        raise Unfit([_("It is no key set: it begins with “keys”.")])
    if not 1 <= len(keys) <= MOST_KEYS:
        raise Unfit([_("It holds {count} keys; allowed are 1 to {most}.").format(count=len(keys), most=MOST_KEYS)])
    return keys


def _faults(key: object) -> Iterator[str]:
    """What is wrong with one key of a set."""
    if not isinstance(key, dict):
        yield _("it is no object.")
        return
    if SECRET_PARTS & set(key):
        yield _("it holds a private key. Make a new pair: this one is no secret any more.")
    if not isinstance(key.get("kid"), str) or not key["kid"]:
        yield _("it has no kid.")
    yield from _shape(key)


def _shape(key: Jwk) -> Iterator[str]:
    """Whether a key is one that an allowed algorithm signs with."""
    kind, algorithm = key.get("kty"), key.get("alg")
    fitting = [name for name, wanted in ALGORITHMS.items() if wanted == kind]
    if not fitting:
        yield _("kty is {received}; allowed are RSA (for RS384) and EC (for ES384).").format(received=_shown(kind))
        return
    if algorithm not in (None, *fitting):
        yield _("alg is {received}; for {kind} it is {allowed}, or left out.").format(
            received=_shown(algorithm), kind=kind, allowed=fitting[0]
        )
    if key.get("use", "sig") != "sig":
        yield _("use is {received}; it is sig, or left out.").format(received=_shown(key["use"]))
    if kind == "EC" and key.get("crv") != CURVE:
        yield _("crv is {received}; for ES384 it is {allowed}.").format(received=_shown(key.get("crv")), allowed=CURVE)
    elif not _opens(key, fitting[0]):
        yield (
            _("it is no RSA key of at least {bits} bits.").format(bits=LEAST_BITS)
            if kind == "RSA"
            else _("it is no point of its curve.")
        )


def _opens(key: Jwk, algorithm: str) -> bool:
    made = public_key(key, algorithm)
    return made is not None and (algorithm[:2] == "ES" or made.key.key_size >= LEAST_BITS)


def public_key(key: Jwk, algorithm: str) -> jwt.PyJWK | None:
    """The key ready to check a signature; None where its numbers make no key."""
    try:
        return jwt.PyJWK(dict(key), algorithm)
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return None


def named(keys: Keys, kid: str, kind: str) -> Jwk | None:
    """The key that a signature names; None where the set has none of that name and type, or several."""
    found = [one for one in keys["keys"] if isinstance(one, dict) and one.get("kid") == kid and one.get("kty") == kind]
    return found[0] if len(found) == 1 else None


def _shown(value: object) -> str:
    """What was received, short."""
    return "–" if value is None else str(value)[:40]
