"""The sign-in of an EHR: a SMART App Launch 2.2 authorization server on Authlib, for the tests of this folder.

It signs a clinician in by a form, asks for consent, requires PKCE with S256, checks ``aud``, gives the launch context,
signs identity tokens and answers the FHIR server's questions about tokens. What a test wants otherwise is in Wishes.
"""

import os
import time
from dataclasses import dataclass, field
from html import escape
from typing import Any
from uuid import uuid4

os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, InvalidRequestError, TokenMixin, grants
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from afofit.smart import scopes as ours
from tests.smart.signing import rsa_pair

SIGNING = RSAKey.import_key(rsa_pair("ehr-1").secret)
READS = [f"patient/{kind}.{way}" for kind in ours.READ for way in ("rs", "read")]
WRITES = [f"patient/{kind}.{way}" for kind in ours.CREATE for way in ("c", "write")]
SCOPES = ["launch", "launch/patient", "openid", "fhirUser", "online_access", "api:fhir", *READS, *WRITES]
RESOURCE_SERVER = ("fhir-server", "the FHIR server's own")
SECRET = "what the EHR gave/+="  # noqa: S105
CLINICIAN = "Practitioner/dr-grey"


@dataclass
class Client(ClientMixin):
    """A program that may ask."""

    client_id: str
    method: str
    redirect_uris: tuple[str, ...] = ()
    secret: str = ""
    keys: Any = None
    lacks: frozenset[str] = frozenset()
    """Scopes that it is not granted."""

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in scope.split() if one in SCOPES and one not in self.lacks)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and client_secret == self.secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        own = {"public": "none", "private_key_jwt": JWTBearerClientAssertion.CLIENT_AUTH_METHOD}
        return method == own.get(self.method, self.method)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that waits to be exchanged."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    challenge: str
    challenge_method: str
    context: dict[str, Any]
    made_at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Token(TokenMixin):
    """A token that was given, with the chart that it opens."""

    client_id: str
    access_token: str
    refresh_token: str | None
    scope: str
    context: dict[str, Any]
    ends_at: float
    revoked: bool = False

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return int(self.ends_at - time.time())

    def is_expired(self) -> bool:
        return self.ends_at <= time.time()

    def is_revoked(self) -> bool:
        return self.revoked

    def get_user(self) -> str:
        return CLINICIAN

    def get_client(self) -> Client:
        raise NotImplementedError


@dataclass
class Wishes:
    """How the EHR differs from a good one, for a test."""

    v2: bool = True
    configured: bool = True
    """Whether it has a SMART configuration; else its FHIR metadata says where to sign in."""
    refresh: bool = False
    lasts: int = 3600
    identity: dict[str, Any] = field(default_factory=dict)
    """Claims of the identity token that are changed."""
    identity_key: Any = None
    names_key: bool = True
    """Whether the identity token says which key signed it."""
    keys: list[dict[str, Any]] | None = None
    """Another list of its public keys."""
    leaves_identity_out: bool = False
    configuration: dict[str, Any] = field(default_factory=dict)
    """Parts of the SMART configuration that are changed; None takes one away."""
    openid: dict[str, Any] = field(default_factory=dict)
    """Parts of the OpenID configuration that are changed."""
    another_patient: str = ""
    banner: bool = True
    answer: dict[str, Any] = field(default_factory=dict)
    """Parts of the token answer that are changed; None takes one away."""


class SignIn:
    """The authorization server with everything that it remembers."""

    def __init__(self) -> None:
        self.address = ""
        self.fhir = ""
        self.wishes = Wishes()
        self.clients: dict[str, Client] = {
            RESOURCE_SERVER[0]: Client(RESOURCE_SERVER[0], "client_secret_basic", secret=RESOURCE_SERVER[1])
        }
        self.launches: dict[str, dict[str, Any]] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: list[Token] = []
        self.jtis: set[str] = set()
        self.signed_with: list[str] = []
        """The algorithm of every assertion that proved a client."""
        self.asked: list[dict[str, str]] = []
        """Every authorization request, as it came."""
        self.app = _app(self)

    def fresh(self) -> None:
        """As it was at the start, but for its address."""
        self.wishes = Wishes()
        self.asked.clear()
        self.signed_with.clear()

    def launch(self, patient: str, encounter: str | None = None) -> str:
        """What the EHR gives when somebody presses the button in the chart of a patient."""
        made = uuid4().hex
        self.launches[made] = {"patient": patient, "encounter": encounter}
        return made

    def configuration(self) -> dict[str, Any]:
        """What it says of itself."""
        said = {
            "issuer": self.address,
            "jwks_uri": f"{self.address}/jwks",
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "introspection_endpoint": f"{self.address}/introspect",
            "grant_types_supported": ["authorization_code"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "capabilities": [
                "launch-ehr",
                "launch-standalone",
                "client-public",
                "client-confidential-symmetric",
                "client-confidential-asymmetric",
                "sso-openid-connect",
                "context-ehr-patient",
                "context-banner",
                "context-standalone-patient",
                "permission-patient",
                "permission-online",
                *(["permission-v2"] if self.wishes.v2 else ["permission-v1"]),
            ],
        } | self.wishes.configuration
        return {name: value for name, value in said.items() if value is not None}


def _grants(ehr: SignIn) -> tuple[type, type, Any, Any]:  # noqa: C901 - classes of Authlib, filled
    class AuthorizationCode(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ("none", "client_secret_basic", JWTBearerClientAssertion.CLIENT_AUTH_METHOD)

        def save_authorization_code(self, code: str, asked: Any) -> None:
            said = asked.payload.data
            ehr.codes[code] = Code(
                code,
                asked.client.client_id,
                said["redirect_uri"],
                asked.scope,
                said.get("nonce"),
                said["code_challenge"],
                said["code_challenge_method"],
                asked.context,
            )

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            found = ehr.codes.get(code)
            return found if found and found.client_id == client.client_id else None

        def delete_authorization_code(self, code: Code) -> None:
            del ehr.codes[code.code]

        def authenticate_user(self, code: Code) -> str:
            return CLINICIAN

        def create_token_response(self) -> Any:
            status, body, headers = super().create_token_response()
            return status, _with_context(ehr, body, self.request.authorization_code.context), headers

    class Refresh(grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = AuthorizationCode.TOKEN_ENDPOINT_AUTH_METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
            found = [one for one in ehr.tokens if one.refresh_token == refresh_token and not one.revoked]
            return found[0] if found else None

        def authenticate_user(self, token: Token) -> str:
            self.request.context = token.context
            return CLINICIAN

        def revoke_old_credential(self, token: Token) -> None:
            token.revoked = True

        def create_token_response(self) -> Any:
            status, body, headers = super().create_token_response()
            return status, _with_context(ehr, body, self.request.context), headers

    class S256(CodeChallenge):
        SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

        def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
            if not grant.request.payload.data.get("code_challenge"):
                raise InvalidRequestError("Missing 'code_challenge'")
            super().validate_code_challenge(grant, redirect_uri)

        def get_authorization_code_challenge(self, code: Code) -> str:
            return code.challenge

        def get_authorization_code_challenge_method(self, code: Code) -> str:
            return code.challenge_method

    class Identity(OpenIDCode):
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return any(code.nonce == nonce for code in ehr.codes.values())

        def resolve_client_private_key(self, client: Client) -> Any:
            return ehr.wishes.identity_key or SIGNING

        def get_encode_header(self, client: Client) -> dict[str, str]:
            named = {"kid": "ehr-1"} if ehr.wishes.names_key else {}
            return {"alg": self.get_client_algorithm(client), **named}

        def get_client_claims(self, client: Client) -> dict[str, Any]:
            return {"iss": ehr.address, "aud": [client.client_id]}

        def generate_user_info(self, user: str, scope: str) -> UserInfo:
            more = {"fhirUser": f"{ehr.fhir}/{user}"} if "fhirUser" in scope else {}
            return UserInfo(sub=user, **more, **ehr.wishes.identity)

        def process_token(self, grant: Any, response: Any) -> Any:
            return response[1] if ehr.wishes.leaves_identity_out else super().process_token(grant, response)

    return AuthorizationCode, Refresh, S256, Identity


def _with_context(ehr: SignIn, body: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """The launch context beside the token."""
    said = body | context | {"need_patient_banner": ehr.wishes.banner} | ehr.wishes.answer
    return {name: value for name, value in said.items() if value is not None}


class Assertion(JWTBearerClientAssertion):
    """Client authentication by a signature: RS384 and ES384, which must be listed to be taken."""

    def __init__(self, ehr: SignIn) -> None:
        super().__init__()
        self.ehr = ehr

    def get_audiences(self) -> list[str]:
        return [f"{self.ehr.address}/token"]

    def validate_jti(self, claims: Any, jti: str) -> bool:
        fresh = jti not in self.ehr.jtis
        self.ehr.jtis.add(jti)
        return fresh

    def resolve_client_public_key(self, client: Client) -> Any:
        return KeySet.import_key_set(client.keys())

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> Any:
        token = jwt.decode(assertion, resolve_key, algorithms=["RS384", "ES384"])
        self.verify_claims(token.claims)
        self.ehr.signed_with.append(token.header["alg"])
        return token.claims


def _app(ehr: SignIn) -> Flask:
    app = Flask("ehr")
    app.config["OAUTH2_SCOPES_SUPPORTED"] = SCOPES
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True

    def save_token(token: dict[str, Any], asked: Any) -> None:
        if not (ehr.wishes.refresh and "online_access" in token["scope"]):
            token.pop("refresh_token", None)
        token["expires_in"] = ehr.wishes.lasts
        code = getattr(asked, "authorization_code", None)
        context = code.context if code else asked.context
        ehr.tokens.append(
            Token(
                asked.client.client_id,
                token["access_token"],
                token.get("refresh_token"),
                token["scope"],
                context,
                time.time() + ehr.wishes.lasts,
            )
        )

    server = AuthorizationServer(app, ehr.clients.get, save_token)
    code, refresh, challenge, identity = _grants(ehr)
    server.register_grant(code, [challenge(required=True), identity(require_nonce=True)])
    server.register_grant(refresh)
    server.register_client_auth_method(JWTBearerClientAssertion.CLIENT_AUTH_METHOD, Assertion(ehr))

    class Introspection(IntrospectionEndpoint):
        CLIENT_AUTH_METHODS = ("client_secret_basic",)

        def check_permission(self, token: Token, client: Client, asked: Any) -> bool:
            return bool(client.client_id == RESOURCE_SERVER[0])

        def query_token(self, token: str, hint: str | None) -> Token | None:
            return next((one for one in ehr.tokens if one.access_token == token), None)

        def introspect_token(self, token: Token) -> dict[str, Any]:
            return {"active": True, "scope": token.scope, "client_id": token.client_id, **token.context}

    server.register_endpoint(Introspection)
    _routes(app, server, ehr)
    return app


def _routes(app: Flask, server: AuthorizationServer, ehr: SignIn) -> None:  # noqa: C901
    @app.get("/smart-configuration")
    def configuration() -> Any:
        """What the FHIR server passes on at its well-known address."""
        return jsonify(ehr.configuration()) if ehr.wishes.configured else ("", 404)

    @app.get("/jwks")
    def jwks() -> Any:
        return jsonify({"keys": ehr.wishes.keys or [rsa_pair("ehr-1").public]})

    @app.get("/.well-known/openid-configuration")
    def openid() -> Any:
        return jsonify({"issuer": ehr.address, "jwks_uri": f"{ehr.address}/jwks"} | ehr.wishes.openid)

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        said = request.values.to_dict()
        if request.method == "GET":
            ehr.asked.append(request.args.to_dict())
        try:
            grant = server.get_consent_grant(end_user=CLINICIAN)
            context = _context(ehr, said)
        except OAuth2Error as error:
            error.redirect_uri, error.state = said.get("redirect_uri"), said.get("state")
            return server.handle_error_response(None, error)
        if request.method == "GET":
            return _consent(ehr, said)
        chosen = context | ({"patient": said["patient"]} if said.get("patient") else {})
        grant.request.context = {name: value for name, value in chosen.items() if value is not None}
        user = CLINICIAN if said.get("decision") == "allow" else None
        return server.create_authorization_response(grant_user=user, grant=grant)

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    @app.post("/introspect")
    def introspect() -> Response:
        return server.create_endpoint_response("introspection")

    @app.get("/chart/<patient>")
    def chart(patient: str) -> str:
        """A page of the EHR with the button that launches, in a new window or within the page."""
        launch = f"{request.args['app']}/smart/launch?iss={ehr.fhir}&launch={ehr.launch(patient)}"
        frame = f'<iframe name="app" width="1000" height="700" src="{escape(launch)}"></iframe>'
        return (
            f'<h1>Chart</h1><a id="launch" href="{escape(launch)}">afofit</a>{frame if "frame" in request.args else ""}'
        )


def _context(ehr: SignIn, said: dict[str, str]) -> dict[str, Any]:
    """The chart that the launch is of. Raises InvalidRequestError where aud or launch are not right."""
    if said.get("aud", "").rstrip("/") != ehr.fhir:
        raise InvalidRequestError("aud is not the FHIR server")
    if "launch" not in said.get("scope", "").split():
        return {}
    if said.get("launch") not in ehr.launches:
        raise InvalidRequestError("launch is not known")
    return dict(ehr.launches[said["launch"]])


def _consent(ehr: SignIn, said: dict[str, str]) -> str:
    """The form in which the clinician signs in and agrees; of a standalone launch the patient is chosen there."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(text)}">' for name, text in said.items()
    )
    choose = "" if "launch" in said else '<label>Patient <input name="patient"></label>'
    return (
        f"<h1>Dr. Grey</h1><p>{escape(said['scope'])}</p><form method='post' action='/authorize'>{hidden}{choose}"
        '<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>'
    )
