"""Key pairs of this service, one for each EHR that checks signatures instead of a password."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

RSA_BITS = 3072
EXPONENT = 65_537


def new_keys(name: str) -> tuple[dict[str, str], dict[str, Any]]:
    """Private keys as PEM by algorithm, and the set of their public halves; ``name`` begins their kids."""
    pairs: dict[str, Any] = {
        "RS384": rsa.generate_private_key(EXPONENT, RSA_BITS),
        "ES384": ec.generate_private_key(ec.SECP384R1()),
    }
    private = {
        algorithm: pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        for algorithm, pair in pairs.items()
    }
    public = [
        json.loads(RSAAlgorithm.to_jwk(pairs["RS384"].public_key())),
        json.loads(ECAlgorithm.to_jwk(pairs["ES384"].public_key())),
    ]
    keys = [
        {"kty": key["kty"]}
        | key
        | {"kid": f"{name}-{algorithm.lower()}", "alg": algorithm, "use": "sig", "key_ops": ["verify"]}
        for key, algorithm in zip(public, pairs, strict=True)
    ]
    return private, {"keys": keys}
