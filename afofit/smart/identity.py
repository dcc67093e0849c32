"""Who signed in at the EHR: its identity token, believed only when everything about it is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import jwt

from afofit.smart.authorization import Failed
from afofit.smart.discovery import Configuration, signing_keys
from afofit.smart.wire import Unreached, Wire
from afofit.words.tongue import _

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "ES256", "ES384", "ES512")
"""Only signatures of key pairs: never ``none``, never an HMAC."""
SKEW_SECONDS = 60
LONGEST_KEYS = 200_000


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the EHR says is signed in there."""

    issuer: str
    subject: str
    user: str
    """The reference to them in the EHR (``fhirUser``); empty where it is not said."""


def check(wire: Wire, found: Configuration, client_id: str, text: str, nonce: str, now: datetime) -> Identity:
    """What an identity token says. Raises Failed where it proves nothing, Unreached where its keys are not there."""
    try:
        header = jwt.get_unverified_header(text)
    except jwt.PyJWTError:
        raise Failed(_("its identity token is no JWT")) from None
    if header.get("alg") not in ALGORITHMS:
        raise Failed(_("its identity token is not signed with a key pair"))
    key = _key(wire, found, header)
    issuer = found.issuer or found.base
    try:
        claims = jwt.decode(
            text,
            key,
            algorithms=[header["alg"]],
            audience=client_id,
            issuer=issuer,
            leeway=SKEW_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.InvalidSignatureError:
        raise Failed(_("its identity token is not signed with its own key")) from None
    except jwt.InvalidIssuerError:
        raise Failed(_("its identity token is of another issuer")) from None
    except jwt.InvalidAudienceError:
        raise Failed(_("its identity token is meant for another program")) from None
    except jwt.PyJWTError:
        raise Failed(_("its identity token is over, or lacks what it must say")) from None
    _meant_for(claims, client_id, nonce)
    user = claims.get("fhirUser") or claims.get("profile")
    return Identity(issuer, str(claims["sub"]), user[:300] if isinstance(user, str) else "")


def _meant_for(claims: Mapping[str, Any], client_id: str, nonce: str) -> None:
    """Whether a token was made for this very sign-in (OpenID Connect Core, 3.1.3.7)."""
    if claims.get("nonce") != nonce:
        raise Failed(_("its identity token is of another sign-in"))
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise Failed(_("its identity token is meant for another program"))


def _key(wire: Wire, found: Configuration, header: Mapping[str, Any]) -> jwt.PyJWK:
    answer = wire.send("GET", signing_keys(wire, found), longest=LONGEST_KEYS)
    keys = answer.document().get("keys") if answer.status == 200 else None
    if not isinstance(keys, list):
        raise Unreached(_("the keys of its identity tokens cannot be read"))
    kid, algorithm = header.get("kid"), header["alg"]
    kind = "EC" if algorithm.startswith("ES") else "RSA"
    fitting = [
        one
        for one in keys
        if isinstance(one, dict)
        and one.get("kty") == kind
        and one.get("use", "sig") == "sig"
        and (kid is None or one.get("kid") == kid)
    ]
    if len(fitting) > 1:
        # An EHR that names no key in its tokens may still say for which algorithm each of them is.
        fitting = [one for one in fitting if one.get("alg") == algorithm]
    if len(fitting) != 1:
        raise Failed(_("its identity token does not say which of its keys signed it"))
    try:
        return jwt.PyJWK(fitting[0], algorithm)
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        raise Unreached(_("the keys of its identity tokens cannot be read")) from None
