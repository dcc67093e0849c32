"""Assertions of back-end systems: a short JWT, signed with their own key, in place of a password (RFC 7523)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Any

import jwt
from jwt.types import Options

from afofit.smart.jwks import ALGORITHMS, Keys, named, public_key

LONGEST = timedelta(minutes=5)
"""How far ahead an assertion may end."""
SKEW = timedelta(seconds=30)
"""How far (s) the clocks of two systems may be apart."""
LONGEST_TEXT = 8_000
# Every claim is checked here, so that all that is wrong is said at once.
UNCHECKED: Options = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
LONGEST_NAME = 255


class Rejected(Exception):
    """An assertion that proves nothing, and why."""


@dataclass(frozen=True, slots=True)
class Unproven:
    """What an assertion says before its signature is looked at: enough to find the key."""

    text: str
    client_id: str
    algorithm: str
    kid: str
    jku: str | None


@dataclass(frozen=True, slots=True)
class Proven:
    """What an assertion proves."""

    client_id: str
    jti: str
    used_until: datetime
    """Until when its ``jti`` must be remembered: afterwards the assertion itself is over."""


def open_unproven(text: str) -> Unproven:
    """Read header and issuer. Raises Rejected where the form alone is wrong."""
    if len(text) > LONGEST_TEXT:
        raise Rejected(f"The assertion is longer than {LONGEST_TEXT} characters.")
    try:
        header = jwt.get_unverified_header(text)
        # nosemgrep: signature-not-checked  Only to find the key by which it is checked then.
        claims = jwt.decode(text, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Rejected("The assertion is no JWT.") from None
    algorithm, kid, issuer = header.get("alg"), header.get("kid"), claims.get("iss")
    if algorithm not in ALGORITHMS:
        raise Rejected(f"alg is {_shown(algorithm)}; allowed are {', '.join(ALGORITHMS)}.")
    if not isinstance(kid, str) or not kid:
        raise Rejected("The header has no kid: it names the key of the client that signed.")
    if not isinstance(issuer, str):
        raise Rejected("iss is missing: it is the client_id.")
    jku = header.get("jku")
    return Unproven(text, issuer, algorithm, kid, jku if jku is None else str(jku))


def prove(given: Unproven, keys: Keys, audience: str, now: datetime) -> Proven:
    """Check the signature, then every claim. Raises Rejected with everything that is wrong."""
    claims = signed(given, keys)
    faults = [*_names(claims), *claimed(claims, audience, "this token endpoint"), *times(claims, now)]
    return proven(given, claims, faults)


def signed(given: Unproven, keys: Keys) -> Mapping[str, Any]:
    """The claims, once the signature is that of the key named. Raises Rejected."""
    key = named(keys, given.kid, ALGORITHMS[given.algorithm])
    opened = public_key(key, given.algorithm) if key else None
    if opened is None:
        raise Rejected(f"The client has no key called {_shown(given.kid)} for {given.algorithm}.")
    try:
        claims: Mapping[str, Any] = jwt.decode(given.text, opened, algorithms=[given.algorithm], options=UNCHECKED)
    except jwt.PyJWTError:
        raise Rejected("The signature is not of the key that the header names.") from None
    return claims


def proven(given: Unproven, claims: Mapping[str, Any], faults: list[str]) -> Proven:
    """What the claims prove where nothing is wrong with them. Raises Rejected."""
    if faults:
        raise Rejected(" ".join(faults))
    end = datetime.fromtimestamp(float(claims["exp"]), UTC)
    return Proven(given.client_id, claims["jti"], end + SKEW)


def _names(claims: Mapping[str, Any]) -> Iterator[str]:
    if claims.get("sub") != claims["iss"]:
        yield "sub is not the client_id, as iss is."


def claimed(claims: Mapping[str, Any], audience: str, what: str) -> Iterator[str]:
    """What is wrong with whom a token is meant for, and with the name by which it is known again."""
    meant = claims.get("aud")
    if audience not in (meant if isinstance(meant, list) else [meant]):
        yield f"aud is not the address of {what}, {audience}."
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_NAME:
        yield f"jti is not a text of 1 to {LONGEST_NAME} characters."


def times(claims: Mapping[str, Any], now: datetime) -> Iterator[str]:
    """What is wrong with when a token was made and when it ends."""
    moments = {name: _number(claims[name]) for name in ("exp", "iat", "nbf") if name in claims}
    for name, moment in moments.items():
        if moment is None:
            yield f"{name} is no number of seconds since 1970."
    end, made, begin = (moments.get(name) for name in ("exp", "iat", "nbf"))
    present, skew, longest = now.timestamp(), SKEW.total_seconds(), LONGEST.total_seconds()
    if "exp" not in claims:
        yield "exp is missing."
    elif end is not None:
        # An assertion that says when it was made is measured by its own clock.
        length = end - (present if made is None else made)
        if length > longest or end > present + longest + (0 if made is None else skew):
            yield f"exp is more than {longest:.0f} s ahead."
        if end <= present - skew:
            yield "exp is over."
    if made is not None and made > present + skew:
        yield "iat lies in the future."
    if begin is not None and begin > present + skew:
        yield "nbf lies in the future."


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = float(value)
    except OverflowError:
        return None
    return seconds if isfinite(seconds) and 0 <= seconds < 1e11 else None


def _shown(value: object) -> str:
    """What was received, short and in the letters that an error of OAuth may hold (RFC 6749, 5.2)."""
    text = value if isinstance(value, str) else "missing" if value is None else type(value).__name__
    return "".join(sign if 32 <= ord(sign) < 127 and sign not in '"\\' else "?" for sign in text[:40])
