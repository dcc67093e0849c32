"""SMART backend services: a system proves who it is with its own key and gets a token for a few minutes."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import HTTPException

from afofit.access import public, store, wire
from afofit.api import addresses
from afofit.api.problems import json_response
from afofit.smart import assertions, jwks
from afofit.smart.assertions import Rejected, Unproven
from afofit.smart.wire import Unreached
from afofit.store import systems
from afofit.store.database import Overtaken
from afofit.store.keys import SCOPES
from afofit.store.rates import Rates
from afofit.store.systems import LASTS, Client, Keys

blueprint = Blueprint("tokens", __name__)

GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
PER_ADDRESS, PER_KEY_SET = "60/minute", "4/minute"
KEYS_FRESH_SECONDS = 900
"""How long the keys that an address answered are used before it is asked again."""
LONGEST_KEY_SET = 200_000
STATUS = {"invalid_client": 401, "temporarily_unavailable": 429}


class Denied(Exception):
    """No token: the code of RFC 6749, 5.2, and what to do about it."""

    def __init__(self, code: str, text: str, *, retry: int = 0, client: Client | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.retry, self.client = code, text, retry, client


@blueprint.errorhandler(Denied)
def denied(error: Denied) -> Response:
    """The error as OAuth writes it; what a registered system was denied stands in the audit."""
    if error.client is not None:
        with store().writing(error.client.actor) as desk:
            systems.refused(desk, error.client, error.code)
    # Only these letters may stand there (RFC 6749, 5.2).
    text = "".join(sign if 32 <= ord(sign) < 127 and sign not in '"\\' else "'" for sign in error.text)
    said = {"error": error.code, "error_description": text}
    answer = json_response(said, STATUS.get(error.code, 400))
    if error.retry:
        answer.headers["Retry-After"] = str(error.retry)
    return answer


@blueprint.errorhandler(HTTPException)
def failed(error: HTTPException) -> Response:
    """What goes wrong before the request is understood, in the same shape."""
    answer = json_response({"error": "invalid_request", "error_description": error.name}, error.code or 500)
    answer.headers.extend((name, text) for name, text in error.get_headers() if name.lower() != "content-type")
    return answer


@blueprint.get("/.well-known/smart-configuration")
@public("says how systems sign in, the same for everybody")
def configuration() -> Response:
    """How back-end systems get a token here."""
    return json_response(
        {
            "token_endpoint": _audience() or url_for("tokens.token", _external=True),
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": list(jwks.ALGORITHMS),
            "grant_types_supported": [GRANT],
            "scopes_supported": list(SCOPES),
            "code_challenge_methods_supported": ["S256"],
            "capabilities": ["client-confidential-asymmetric"],
        }
    )


blueprint.add_url_rule("/fhir/R4/.well-known/smart-configuration", view_func=configuration, endpoint="of_fhir")


def _audience() -> str:
    """The address of the token endpoint, which an assertion must name; empty where this service does not know it."""
    return addresses.proven(url_for("tokens.token"))


@blueprint.post("/oauth/token")
@public("the signed assertion in the request is what is checked")
def token() -> Response:
    """A token for a signed assertion: grant_type=client_credentials, with private_key_jwt."""
    _limit()
    given = _given()
    client, proven = _proven(given["client_assertion"], given.get("client_id"))
    scopes = _scopes(given.get("scope", ""), client)
    try:
        with store().writing(client.actor) as desk:
            made = systems.issue(desk, client, proven.jti, proven.used_until, scopes)
    except Overtaken:
        raise Denied("invalid_client", "This jti was used before: make a new assertion.", client=client) from None
    seconds = int(LASTS.total_seconds())
    said = {"access_token": made, "token_type": "bearer", "expires_in": seconds, "scope": " ".join(scopes)}
    answer = json_response(said)
    answer.headers["Pragma"] = "no-cache"
    return answer


def _limit() -> None:
    """Count the call before anything costly is done with it."""
    rates, about = Rates(store()), ("token", request.remote_addr or "")
    if not rates.allow(PER_ADDRESS, *about):
        said = f"More than {PER_ADDRESS.replace('/', ' a ')}: a token lasts {int(LASTS.total_seconds())} s, keep it."
        raise Denied("temporarily_unavailable", said, retry=rates.wait(PER_ADDRESS, *about))


def _given() -> dict[str, str]:
    """The parameters of the request, each there once."""
    if request.mimetype != "application/x-www-form-urlencoded":
        raise Denied("invalid_request", "Send the parameters as application/x-www-form-urlencoded.")
    given = request.form.to_dict(flat=False)
    twice = sorted(name for name, texts in given.items() if len(texts) > 1 and name.isidentifier() and name.isascii())
    if any(len(texts) > 1 for texts in given.values()):
        raise Denied("invalid_request", f"Sent more than once: {', '.join(twice)[:100]}.")
    found = {name: texts[0] for name, texts in given.items()}
    if found.get("grant_type") is None:
        raise Denied("invalid_request", f"grant_type is missing; allowed is {GRANT}.")
    if found["grant_type"] != GRANT:
        raise Denied("unsupported_grant_type", f"Allowed is {GRANT}.")
    if found.get("client_assertion_type") != ASSERTION_TYPE or not found.get("client_assertion"):
        said = f"Sign in with private_key_jwt: client_assertion_type={ASSERTION_TYPE} and a client_assertion."
        raise Denied("invalid_client", said)
    return found


def _proven(text: str, named: str | None) -> tuple[Client, assertions.Proven]:
    audience = _audience()
    if not audience:
        raise Denied("invalid_client", "AFOFIT_PUBLIC_URL is not set here: what aud must be is not known.")
    client = None
    try:
        given = assertions.open_unproven(text)
        if named not in (None, given.client_id):
            raise Rejected("client_id and iss differ.")
        with store().asking() as connection:
            client = systems.find(connection, given.client_id)
        if client is None:
            raise Rejected("iss is no client_id that is registered here, or it was revoked.")
        return client, assertions.prove(given, _keys(client, given), audience, datetime.now(UTC))
    except Rejected as error:
        raise Denied("invalid_client", str(error), client=client) from None


def _keys(client: Client, given: Unproven) -> Keys:
    """The public keys of a client, read anew from its address where they are old or lack the one named."""
    if client.keys_address is None:
        return client.keys or {"keys": []}
    if given.jku not in (None, client.keys_address):
        raise Rejected("jku is not the address of the keys that was registered.")
    kept, read_at = client.keys, client.keys_read_at
    fresh = read_at is not None and (datetime.now(UTC) - read_at).total_seconds() < KEYS_FRESH_SECONDS
    if fresh and kept and jwks.named(kept, given.kid, jwks.ALGORITHMS[given.algorithm]):
        return kept
    if not Rates(store()).allow(PER_KEY_SET, "key set", str(client.id)):
        if fresh and kept:
            return kept
        raise Rejected("The address of the keys was asked too often without an answer: wait a minute.")
    try:
        answer = wire().send("GET", client.keys_address, longest=LONGEST_KEY_SET)
        if answer.status != 200:
            raise Unreached(f"it answers {answer.status}")
        keys = jwks.usable(answer.body)
    except (Unreached, jwks.Unfit) as error:
        raise Rejected(f"The keys of the client cannot be read from their address: {error}.") from None
    with store().writing(client.actor) as desk:
        systems.remember_keys(desk, client.id, keys)
    return keys


def _scopes(text: str, client: Client) -> tuple[str, ...]:
    """What is asked for; all of it must be what the client was registered for."""
    wanted = tuple(dict.fromkeys(text.split()))
    allowed = tuple(scope for scope in client.scopes if scope != "fittings:approve" or client.actor.orthotist)
    if not wanted or not set(wanted) <= set(allowed):
        said = "scope is missing" if not wanted else "Not all of scope is allowed"
        raise Denied("invalid_scope", f"{said}; this client may ask for: {' '.join(allowed)}.", client=client)
    return wanted
