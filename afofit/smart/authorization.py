"""The authorization code flow: the address to which people are sent, and the exchange of the code for a token."""

import hashlib
import re
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Literal
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from uuid import uuid4

import jwt

from afofit.smart.discovery import Configuration
from afofit.smart.scopes import Granted
from afofit.smart.wire import Answer, Unreached, Wire
from afofit.words.tongue import _

Method = Literal["public", "client_secret_basic", "private_key_jwt"]
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
LONGEST = 200_000
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""The id of a FHIR resource."""
CODE = re.compile(r"[a-z_]{1,40}")
ASSERTION_SECONDS = 240


class Failed(Exception):
    """The EHR gave no token that can be used: why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How this service is known at an EHR. ``secret`` is the password, ``private`` the PEM of a key by algorithm."""

    client_id: str
    method: Method
    secret: str = ""
    private: Mapping[str, str] | None = None
    kids: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be remembered until the answer comes."""

    state: str
    verifier: str
    nonce: str

    @classmethod
    def new(cls) -> "Asked":
        """Three random texts; the verifier has 64 letters of the alphabet of RFC 7636."""
        return cls(token_urlsafe(32), token_urlsafe(48), token_urlsafe(32))

    @property
    def challenge(self) -> str:
        """What is sent ahead of the verifier (S256)."""
        return urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


def address(
    found: Configuration,
    client_id: str,
    asked: Asked,
    *,
    back_to: str,
    scopes: tuple[str, ...],
    launch: str | None,
) -> str:
    """Where people go to sign in at the EHR. ``back_to`` is our registered address, ``launch`` what the EHR gave."""
    said = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back_to,
        "scope": " ".join(scopes),
        "state": asked.state,
        "aud": found.base,
        "nonce": asked.nonce,
        "code_challenge": asked.challenge,
        "code_challenge_method": "S256",
    }
    if launch is not None:
        said["launch"] = launch
    parts = urlsplit(found.authorize)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *said.items()])
    return urlunsplit(parts._replace(query=query))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What the EHR gave: the token, until when it opens, whose chart it opens and what else it said."""

    access: str
    refresh: str | None
    ends_at: float | None
    """Seconds since 1970; None where the EHR does not say."""
    granted: Granted
    patient: str
    encounter: str | None
    needs_banner: bool
    identity: str | None
    """The identity token, not yet checked."""


def exchange(
    wire: Wire,
    found: Configuration,
    registration: Registration,
    asked: Asked,
    *,
    code: str,
    back_to: str,
    scopes: tuple[str, ...],
) -> Token:
    """The token for a code. Raises Unreached and Failed."""
    said = {"grant_type": "authorization_code", "code": code, "redirect_uri": back_to, "code_verifier": asked.verifier}
    return _token(_posted(wire, found, registration, said), scopes)


def renewed(wire: Wire, found: Configuration, registration: Registration, before: Token) -> Token:
    """A new token for the refresh token of the one before; the context stays. Raises Unreached and Failed."""
    if before.refresh is None:
        raise Failed(_("the permission of the chart has ended"))
    said = {"grant_type": "refresh_token", "refresh_token": before.refresh}
    given = _posted(wire, found, registration, said)
    patient = given.get("patient", before.patient)
    if patient != before.patient:
        raise Failed(_("it now speaks of another patient"))
    kept = {"patient": before.patient, "encounter": before.encounter, "refresh_token": before.refresh}
    token = _token(kept | given, before.granted.scopes)
    if not set(token.granted.scopes) <= set(before.granted.scopes):
        raise Failed(_("it grants other rights than before"))
    return token


def _posted(wire: Wire, found: Configuration, registration: Registration, said: dict[str, str]) -> dict[str, Any]:
    headers, more = _proof(found, registration)
    body = urlencode(said | more).encode()
    answer = wire.send("POST", found.token, headers=FORM | headers, body=body, longest=LONGEST)
    if answer.status != 200:
        raise Failed(_refusal(answer))
    return answer.document()


def _refusal(answer: Answer) -> str:
    """Why no token was given, by the code of RFC 6749; the words of the EHR may hold anything and are left out."""
    try:
        code = str(answer.document().get("error"))
    except Unreached:
        code = ""
    if CODE.fullmatch(code):
        return _("it refuses the token ({code})").format(code=code)
    return _("it refuses the token ({code})").format(code=answer.status)


def _proof(found: Configuration, registration: Registration) -> tuple[dict[str, str], dict[str, str]]:
    """Headers and parameters by which this service shows who it is."""
    if registration.method == "public":
        return {}, {"client_id": registration.client_id}
    if registration.method == "client_secret_basic":
        pair = f"{quote(registration.client_id, safe='')}:{quote(registration.secret, safe='')}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}, {}
    return {}, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": _assertion(found, registration)}


def _assertion(found: Configuration, registration: Registration) -> str:
    # ES384 wherever it is taken: signatures of RSA are made with a padding that is on its way out.
    algorithm = "ES384" if "ES384" in found.algorithms else "RS384"
    now = int(time.time())
    claims = {
        "iss": registration.client_id,
        "sub": registration.client_id,
        "aud": found.token,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
        "jti": str(uuid4()),
    }
    private, kids = registration.private or {}, registration.kids or {}
    return jwt.encode(claims, private[algorithm], algorithm=algorithm, headers={"kid": kids[algorithm]})


def _token(given: Mapping[str, Any], asked: tuple[str, ...]) -> Token:
    access, kind, patient = given.get("access_token"), given.get("token_type"), given.get("patient")
    # A token that cannot stand in a header is none (RFC 6750, 2.1).
    if not isinstance(access, str) or not re.fullmatch(r"[\x21-\x7e]{1,16000}", access):
        raise Failed(_("its answer holds no token"))
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise Failed(_("its token is of a kind that is not known here"))
    if not isinstance(patient, str) or not ID.fullmatch(patient):
        raise Failed(_("it does not say whose chart it is: choose a patient there first"))
    said = given.get("scope")
    encounter, refresh, identity = (given.get(name) for name in ("encounter", "refresh_token", "id_token"))
    return Token(
        access=access,
        refresh=refresh if isinstance(refresh, str) and refresh else None,
        ends_at=_end(given.get("expires_in")),
        granted=Granted.of(said if isinstance(said, str) else None, asked),
        patient=patient,
        encounter=encounter if isinstance(encounter, str) and ID.fullmatch(encounter) else None,
        needs_banner=given.get("need_patient_banner", True) is not False,
        identity=identity if isinstance(identity, str) else None,
    )


def _end(seconds: object) -> float | None:
    """When a token ends that lasts so many seconds; some EHRs write them as text."""
    try:
        left = float(seconds) if isinstance(seconds, int | float | str) else -1.0
    except ValueError:
        return None
    return time.time() + left if 0 <= left < 1e9 else None
