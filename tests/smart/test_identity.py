"""Identity tokens: believed only when signed, by a key pair of the registered EHR, now, and for this very sign-in."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from afofit.smart import identity
from afofit.smart.authorization import Failed
from afofit.smart.discovery import Configuration
from afofit.smart.wire import Answer, Wire
from tests.smart.signing import Pair, other_curve, rsa_pair

EHR, OURS, NONCE = "https://ehr.example/fhir", "afofit-at-north", "n" * 43
FOUND = Configuration(base=EHR, authorize=f"{EHR}/authorize", token=f"{EHR}/token", jwks=f"{EHR}/jwks")
OWN, THIEF = rsa_pair("ehr-1"), rsa_pair("thief")


class Keys(Wire):
    """An EHR whose key set is this; whatever else is asked for was made up by the token."""

    def send(self, method: str, address: str, **_: Any) -> Answer:
        assert (method, address) == ("GET", f"{EHR}/jwks")
        keys = [OWN.public, other_curve("ehr-2").public]
        return Answer(200, {}, json.dumps({"keys": keys}).encode())


def claims(**changes: Any) -> dict[str, Any]:
    now = int(datetime.now(UTC).timestamp())
    good = {"iss": EHR, "sub": "dr-grey", "aud": OURS, "nonce": NONCE, "iat": now, "exp": now + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(pair: Pair, algorithm: str = "RS256", *, head: dict[str, Any] | None = None, **changes: Any) -> str:
    return jwt.encode(claims(**changes), pair.private, algorithm, headers={"kid": "ehr-1"} | (head or {}))


def raw(algorithm: str) -> str:
    parts = ({"alg": algorithm, "kid": "ehr-1"}, claims())
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def by_public_key() -> str:
    """The public key as the secret of an HMAC."""
    import hashlib
    import hmac

    secret = OWN.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    start = raw("HS256").rstrip(".")
    mark = hmac.new(secret, start.encode(), hashlib.sha256).digest()
    return f"{start}.{urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def check(text: str) -> identity.Identity:
    return identity.check(Keys(), FOUND, OURS, text, NONCE, datetime.now(UTC))


def seconds(more: int) -> int:
    return int(datetime.now(UTC).timestamp()) + more


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "PS256"])
def test_what_the_ehr_signed_for_this_sign_in_is_believed(algorithm: str) -> None:
    assert check(signed(OWN, algorithm, fhirUser="Practitioner/1")) == identity.Identity(
        EHR, "dr-grey", "Practitioner/1"
    )
    assert check(signed(other_curve("ehr-2"), "ES256", head={"kid": "ehr-2"})).subject == "dr-grey"


REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "no signature": (lambda: raw("none"), "not signed with a key pair"),
    "no signature, in capitals": (lambda: raw("None"), "not signed with a key pair"),
    "an HMAC by the public key": (by_public_key, "not signed with a key pair"),
    "another's key": (lambda: signed(THIEF), "not signed with its own key"),
    "a key that it brings along": (
        lambda: signed(THIEF, head={"jwk": THIEF.public}),
        "not signed with its own key",
    ),
    "an address of keys that it brings along": (
        lambda: signed(THIEF, head={"jku": "https://evil.example/jwks", "x5u": "https://evil.example/x5"}),
        "not signed with its own key",
    ),
    "a key of another kind": (lambda: signed(OWN, head={"kid": "ehr-2"}), "which of its keys"),
    "over": (lambda: signed(OWN, exp=seconds(-70), iat=seconds(-400)), "is over"),
    "not yet": (lambda: signed(OWN, nbf=seconds(70)), "is over, or lacks"),
    "never over": (lambda: signed(OWN, exp=None), "lacks what it must say"),
    "of nobody": (lambda: signed(OWN, sub=None), "lacks what it must say"),
    "an access token": (lambda: signed(OWN, nonce=None, aud=[OURS], scope="openid"), "of another sign-in"),
    "for the FHIR server": (lambda: signed(OWN, aud=EHR), "meant for another program"),
    "of another issuer": (lambda: signed(OWN, iss="https://evil.example"), "of another issuer"),
    "nonsense": (lambda: "a.b.c", "is no JWT"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_proves_nothing_is_not_believed(name: str) -> None:
    made, said = REFUSED[name]
    with pytest.raises(Failed, match=said):
        check(made())
