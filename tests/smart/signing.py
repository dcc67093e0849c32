"""Key pairs of other systems, and the assertions that they sign."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

TOKEN_ADDRESS = "http://localhost/oauth/token"  # noqa: S105
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class Pair:
    """A private key with the name and algorithm under which its public half is registered."""

    kid: str
    algorithm: str
    private: Any

    @property
    def public(self) -> dict[str, Any]:
        made: Any = RSAAlgorithm if self.algorithm.startswith("RS") else ECAlgorithm
        return json.loads(made.to_jwk(self.private.public_key())) | {"kid": self.kid, "use": "sig"}

    @property
    def secret(self) -> dict[str, Any]:
        made: Any = RSAAlgorithm if self.algorithm.startswith("RS") else ECAlgorithm
        return json.loads(made.to_jwk(self.private)) | {"kid": self.kid}


@cache
def rsa_pair(kid: str = "rsa-1", bits: int = 2048) -> Pair:
    return Pair(kid, "RS384", rsa.generate_private_key(65537, bits))


@cache
def ec_pair(kid: str = "ec-1") -> Pair:
    return Pair(kid, "ES384", ec.generate_private_key(ec.SECP384R1()))


@cache
def other_curve(kid: str = "ec-256") -> Pair:
    return Pair(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


def key_set(*pairs: Pair) -> dict[str, Any]:
    return {"keys": [pair.public for pair in pairs]}


def claims_of(client_id: str, **changes: Any) -> dict[str, Any]:
    """The claims of a good assertion, some of them changed; one that is None is left out."""
    now = int(datetime.now(UTC).timestamp())
    good = {
        "iss": client_id,
        "sub": client_id,
        "aud": TOKEN_ADDRESS,
        "iat": now,
        "exp": now + 300,
        "jti": uuid4().hex,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def assertion(pair: Pair, client_id: str, *, header: dict[str, Any] | None = None, **changes: Any) -> str:
    """A signed assertion; ``header`` changes its header, a value of None takes a part away."""
    headers = {"kid": pair.kid} | (header or {})
    headers = {name: value for name, value in headers.items() if value is not None}
    algorithm = headers.pop("alg", pair.algorithm)
    return jwt.encode(claims_of(client_id, **changes), pair.private, algorithm=algorithm, headers=headers)


def form_of(text: str, scope: str = "fittings:read", **changes: Any) -> dict[str, Any]:
    """The parameters of a token request; one that is None is left out."""
    good = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": text,
        "scope": scope,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}
