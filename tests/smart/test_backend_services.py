"""Back-end systems sign in with keys of their own: what opens, and everything that must not."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from afofit.api import token_routes
from afofit.records import take
from afofit.smart import jwks
from afofit.smart.wire import Answer, Unreached, Wire
from afofit.store import audit, clinics, systems
from afofit.store.exchange_tables import AccessTokenRow, AssertionRow, SystemRow
from afofit.store.rates import Counts
from afofit.store.tables import AuditRow
from tests.records.conftest import Clinic
from tests.serving import serving
from tests.smart.signing import (
    TOKEN_ADDRESS,
    Pair,
    assertion,
    claims_of,
    ec_pair,
    form_of,
    key_set,
    other_curve,
    rsa_pair,
)
from tests.store.filled import all_rows

ONE_DATABASE = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
"""For what does not depend on the database."""
ALL = ("fittings:read", "fittings:write")


def registered(clinic: Clinic, *pairs: Pair, scopes: tuple[str, ...] = ALL, address: str | None = None) -> str:
    """The client_id of a system of the clinic that acts for its orthotist."""
    with clinic.store.writing(clinic.orthotist) as desk:
        made = systems.register(
            desk,
            name="Nightly",
            scopes=scopes,
            account_id=clinic.orthotist.account_id or 0,
            keys=key_set(*pairs) if pairs else None,
            keys_address=address,
        )
    return str(made)


def ask(clinic: Clinic, form: dict[str, Any], **more: Any) -> TestResponse:
    return clinic.app.test_client().post("/oauth/token", data=form, **more)


def refusal(answer: TestResponse, code: str, status: int) -> str:
    """The description of a refusal, which must be of this code."""
    assert (answer.status_code, answer.json["error"]) == (status, code), answer.text  # type: ignore[index]
    assert "access_token" not in answer.text
    said = str(answer.json["error_description"])  # type: ignore[index]
    assert all(32 <= ord(sign) < 127 and sign not in '"\\' for sign in said)
    return said


def actions(clinic: Clinic) -> list[str]:
    with clinic.store.reading(clinic.orthotist) as desk:
        query = desk.own(AuditRow).order_by(AuditRow.number)
        return [row.action for row in desk.session.execute(query).scalars()]


@pytest.mark.parametrize("pair", [rsa_pair(), ec_pair()], ids=lambda pair: pair.algorithm)
def test_a_signed_assertion_gets_a_token_that_opens_what_was_asked_for(
    clinic: Clinic, other_clinic: Clinic, pair: Pair, asked: dict[str, Any]
) -> None:
    client_id = registered(clinic, rsa_pair(), ec_pair())
    answer = ask(clinic, form_of(assertion(pair, client_id)))
    assert answer.status_code == 200, answer.text
    said = answer.json
    assert said is not None
    token = said.pop("access_token")
    assert said == {"token_type": "bearer", "expires_in": 300, "scope": "fittings:read"}
    assert answer.headers["Cache-Control"] == "no-store"
    client, header = clinic.app.test_client(), {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/fittings", headers=header).status_code == 200
    assert client.post("/api/v1/fittings", headers=header, json=asked).status_code == 403
    kept = repr(all_rows(clinic.store))
    assert token not in kept
    assert token.removeprefix(systems.PREFIX) not in kept
    stranger = other_clinic.app.test_client()
    assert stranger.get(f"/api/v1/fittings/{uuid4()}", headers=header).status_code == 404
    with clinic.store.looking() as session:
        assert audit.verify(session, clinic.orthotist.clinic_id).faults == ()


@ONE_DATABASE
def test_what_is_stored_with_a_token_is_stored_in_the_name_of_the_system(clinic: Clinic, asked: dict[str, Any]) -> None:
    client_id = registered(clinic, ec_pair())
    token = ask(clinic, form_of(assertion(ec_pair(), client_id), "fittings:write fittings:read")).json["access_token"]  # type: ignore[index]
    client, header = clinic.app.test_client(), {"Authorization": f"Bearer {token}"}
    made = client.post("/api/v1/fittings", headers=header, json=asked)
    assert made.status_code == 201
    with clinic.store.reading(clinic.orthotist) as desk:
        rows = desk.session.execute(desk.own(AuditRow).where(AuditRow.action == "fitting stored")).scalars().all()
    assert [row.actor for row in rows] == [f"system {client_id}"]
    assert actions(clinic)[-4:] == ["system registered", "token given", "patient added", "fitting stored"]


def test_an_assertion_is_accepted_once(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    text_ = assertion(ec_pair(), client_id)
    assert ask(clinic, form_of(text_)).status_code == 200
    assert "jti was used before" in refusal(ask(clinic, form_of(text_)), "invalid_client", 401)
    again = assertion(ec_pair(), client_id, jti=jwt.decode(text_, options={"verify_signature": False})["jti"])
    refusal(ask(clinic, form_of(again)), "invalid_client", 401)
    # The same text of another client is another assertion.
    other = registered(clinic, rsa_pair())
    jti = jwt.decode(text_, options={"verify_signature": False})["jti"]
    assert ask(clinic, form_of(assertion(rsa_pair(), other, jti=jti))).status_code == 200


def test_of_many_that_send_one_assertion_at_once_one_gets_a_token(clinic: Clinic) -> None:
    text_ = assertion(ec_pair(), registered(clinic, ec_pair()))
    with ThreadPoolExecutor(8) as crowd:
        codes = sorted(answer.status_code for answer in crowd.map(lambda _: ask(clinic, form_of(text_)), range(8)))
    assert codes == [200] + [401] * 7


def test_what_was_used_is_remembered_until_it_is_over_and_no_longer(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())

    def rows() -> int:
        with clinic.store.asking() as connection:
            return len(connection.execute(select(AssertionRow.jti)).all())

    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200
    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200
    assert rows() == 2
    with clinic.store.system() as session:
        past = datetime.now(UTC) - timedelta(minutes=2)
        session.execute(update(AssertionRow).values(used_until=past))
        session.execute(update(AccessTokenRow).values(expires_at=past))
    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200
    assert rows() == 1
    with clinic.store.asking() as connection:
        assert len(connection.execute(select(AccessTokenRow.hash)).all()) == 1


def stolen(pair: Pair) -> Pair:
    """Another private key under the name of a registered one."""
    return Pair(pair.kid, pair.algorithm, (ec_pair if pair.algorithm == "ES384" else rsa_pair)("other").private)


def unsigned(client_id: str, algorithm: str = "none") -> str:
    """An assertion without a signature."""
    parts = ({"alg": algorithm, "kid": "rsa-1"}, claims_of(client_id))
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


def by_public_key(client_id: str) -> str:
    """The classic confusion: the public key as the secret of an HMAC."""
    import hashlib
    import hmac

    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = rsa_pair().private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    start = unsigned(client_id, "HS256").rstrip(".")
    mark = hmac.new(public, start.encode(), hashlib.sha256).digest()
    return f"{start}.{urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def bent(text_: str) -> str:
    """The claims of a good assertion changed after it was signed."""
    head, body, mark = text_.split(".")
    claims = json.loads(urlsafe_b64decode(body + "=="))
    claims["exp"] += 1
    return f"{head}.{urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}.{mark}"


def seconds(more: int = 0) -> int:
    """The present, so many seconds later."""
    return int(datetime.now(UTC).timestamp()) + more


REFUSED: dict[str, tuple[Callable[[str], str], str]] = {
    "forged RS384": (lambda who: assertion(stolen(rsa_pair()), who), "signature"),
    "forged ES384": (lambda who: assertion(stolen(ec_pair()), who), "signature"),
    "changed after signing": (lambda who: bent(assertion(ec_pair(), who)), "signature"),
    "another client's key": (
        lambda who: assertion(Pair("ec-1", "RS384", rsa_pair().private), who),
        "no key called ec-1",
    ),
    "unknown key": (lambda who: assertion(ec_pair("unknown"), who), "no key called unknown"),
    "no kid": (lambda who: assertion(ec_pair(), who, header={"kid": None}), "no kid"),
    "empty kid": (lambda who: assertion(ec_pair(), who, header={"kid": ""}), "no kid"),
    "wrong audience": (lambda who: assertion(ec_pair(), who, aud="https://other.example/token"), TOKEN_ADDRESS),
    "audience of the service": (lambda who: assertion(ec_pair(), who, aud="http://localhost/"), TOKEN_ADDRESS),
    "no audience": (lambda who: assertion(ec_pair(), who, aud=None), TOKEN_ADDRESS),
    "too long": (lambda who: assertion(ec_pair(), who, exp=seconds(302)), "more than 300 s"),
    "too long, made in the future": (
        lambda who: assertion(ec_pair(), who, iat=seconds(40), exp=seconds(340)),
        "more than 300 s ahead. iat lies in the future",
    ),
    "too long, says not when": (lambda who: assertion(ec_pair(), who, iat=None, exp=seconds(310)), "300 s"),
    "far too long": (lambda who: assertion(ec_pair(), who, exp=seconds(86_400)), "more than 300 s"),
    "over": (lambda who: assertion(ec_pair(), who, iat=seconds(-400), exp=seconds(-100)), "exp is over"),
    "never over": (lambda who: assertion(ec_pair(), who, exp=None), "exp is missing"),
    "exp is a text": (lambda who: assertion(ec_pair(), who, exp="soon"), "exp is no number"),
    "exp is true": (lambda who: assertion(ec_pair(), who, exp=True), "exp is no number"),
    "exp without end": (lambda who: assertion(ec_pair(), who, exp=1e300), "exp is no number"),
    "not yet": (lambda who: assertion(ec_pair(), who, nbf=seconds(120)), "nbf lies in the future"),
    "no jti": (lambda who: assertion(ec_pair(), who, jti=None), "jti"),
    "empty jti": (lambda who: assertion(ec_pair(), who, jti=""), "jti"),
    "long jti": (lambda who: assertion(ec_pair(), who, jti="j" * 256), "jti"),
    "of another subject": (lambda who: assertion(ec_pair(), who, sub=str(uuid4())), "sub is not"),
    "of an unknown client": (lambda _: assertion(ec_pair(), str(uuid4())), "no client_id"),
    "of no client_id": (lambda _: assertion(ec_pair(), "' OR 1=1 --"), "no client_id"),
    "no issuer": (lambda who: assertion(ec_pair(), who, iss=None), "iss is missing"),
    "alg none": (unsigned, "alg is none"),
    "alg None": (lambda who: unsigned(who, "None"), "alg is None"),
    "HS256 by the public key": (by_public_key, "alg is HS256"),
    "RS256": (lambda who: assertion(rsa_pair(), who, header={"alg": "RS256"}), "alg is RS256"),
    "ES256": (lambda who: assertion(other_curve(), who), "alg is ES256"),
    "PS384": (lambda who: assertion(rsa_pair(), who, header={"alg": "PS384"}), "alg is PS384"),
    "crit": (lambda who: assertion(ec_pair(), who, header={"crit": ["b64"], "b64": True}), "no JWT"),
    "crit of something unknown": (lambda who: assertion(ec_pair(), who, header={"crit": ["exp"]}), "no JWT"),
    "nonsense": (lambda _: "a.b.c", "no JWT"),
    "one word": (lambda _: "x" * 20, "no JWT"),
    "very long": (lambda who: assertion(ec_pair(), who, more="x" * 9000), "longer than"),
}


@ONE_DATABASE
def test_what_proves_nothing_gets_no_token(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_routes, "PER_ADDRESS", "1000/minute")
    client_id = registered(clinic, rsa_pair(), ec_pair())
    for name, (made, said) in REFUSED.items():
        answer = ask(clinic, form_of(made(client_id)))
        assert said in refusal(answer, "invalid_client", 401), name
    with clinic.store.asking() as connection:
        for table in (AssertionRow, AccessTokenRow):
            assert connection.execute(select(table)).all() == []
    # The right key still opens: a refused try takes nothing away.
    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200


@ONE_DATABASE
def test_clocks_may_be_half_a_minute_apart(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    for apart in (-25, 25):
        made = seconds(apart)
        answer = ask(clinic, form_of(assertion(ec_pair(), client_id, iat=made, nbf=made, exp=made + 300)))
        assert answer.status_code == 200, answer.text


@ONE_DATABASE
def test_a_refusal_of_a_registered_system_stands_in_the_audit(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    ask(clinic, form_of(assertion(stolen(ec_pair()), client_id)))
    ask(clinic, form_of(assertion(ec_pair(), str(uuid4()))))
    assert actions(clinic)[-2:] == ["system registered", "token refused"]


NO_REQUEST: list[tuple[dict[str, Any], str, int, str]] = [
    ({"grant_type": None}, "invalid_request", 400, "grant_type is missing"),
    ({"grant_type": "password"}, "unsupported_grant_type", 400, "client_credentials"),
    ({"client_assertion": None}, "invalid_client", 401, "private_key_jwt"),
    ({"client_assertion_type": "basic"}, "invalid_client", 401, "private_key_jwt"),
    ({"client_id": "somebody"}, "invalid_client", 401, "client_id and iss differ"),
    ({"scope": None}, "invalid_scope", 400, "fittings:read fittings:write"),
    ({"scope": "system/*.rs"}, "invalid_scope", 400, "fittings:read fittings:write"),
    ({"scope": "fittings:read fittings:approve"}, "invalid_scope", 400, "fittings:read fittings:write"),
    ({"scope": ["fittings:read", "fittings:write"]}, "invalid_request", 400, "more than once: scope"),
]


@ONE_DATABASE
def test_requests_that_are_no_token_request(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    for changes, code, status, said in NO_REQUEST:
        answer = ask(clinic, form_of(assertion(ec_pair(), client_id), **changes))
        assert said in refusal(answer, code, status), changes


@ONE_DATABASE
def test_other_bodies_and_methods(clinic: Clinic) -> None:
    client = clinic.app.test_client()
    assert refusal(client.post("/oauth/token", json={"grant_type": "client_credentials"}), "invalid_request", 400)
    answer = client.get("/oauth/token")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert client.post("/oauth/token", data=b"\xff\x00", content_type="application/x-www-form-urlencoded").json == {
        "error": "invalid_request",
        "error_description": "grant_type is missing; allowed is client_credentials.",
    }


@ONE_DATABASE
def test_one_caller_is_stopped_before_anything_is_checked(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    client_id = registered(clinic, ec_pair())
    good = [form_of(assertion(ec_pair(), client_id)) for _ in range(2)]
    monkeypatch.setattr(token_routes, "PER_ADDRESS", "1/minute")
    assert ask(clinic, good[0]).status_code == 200
    monkeypatch.setattr(jwt, "decode", lambda *_, **__: pytest.fail("looked at"))
    answer = ask(clinic, good[1])
    refusal(answer, "temporarily_unavailable", 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    Counts(clinic.store).reset()


def test_what_ends_a_system_ends_its_tokens(clinic: Clinic) -> None:
    for end in ("revoked", "account", "role"):
        client_id = registered(clinic, ec_pair())
        token = ask(clinic, form_of(assertion(ec_pair(), client_id))).json["access_token"]  # type: ignore[index]
        client, header = clinic.app.test_client(), {"Authorization": f"Bearer {token}"}
        assert client.get("/api/v1/fittings", headers=header).status_code == 200
        person = clinic.orthotist.account_id or 0
        with clinic.store.writing(clinic.administrator) as desk:
            if end == "revoked":
                listed = {str(one.id): one for one in systems.listed(desk)}
                systems.revoke(desk, listed[client_id].id)
            else:
                clinics.set_roles(desk, person, ("orthotist",), active=end != "account")
        wanted = 200 if end == "role" else 401
        assert client.get("/api/v1/fittings", headers=header).status_code == wanted, end
        assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == wanted, end
        with clinic.store.writing(clinic.administrator) as desk:
            clinics.set_roles(desk, person, ("orthotist",), active=True)


def test_a_token_ends_by_itself(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    token = ask(clinic, form_of(assertion(ec_pair(), client_id))).json["access_token"]  # type: ignore[index]
    now = datetime.now(UTC)
    with clinic.store.asking() as connection:
        assert systems.bearer(connection, token, now + timedelta(seconds=298)) is not None
        assert systems.bearer(connection, token, now + timedelta(seconds=302)) is None
        for wrong in (token[:-1], token + "x", systems.PREFIX, token.upper()):
            assert systems.bearer(connection, wrong, now) is None


@ONE_DATABASE
def test_a_system_approves_only_in_the_name_of_the_orthotist_who_registered_it(clinic: Clinic) -> None:
    own = {"name": "x", "scopes": ("fittings:approve",), "keys": key_set(ec_pair()), "keys_address": None}
    with clinic.store.writing(clinic.administrator) as desk, pytest.raises(systems.Conflict, match="own name"):
        systems.register(desk, account_id=clinic.orthotist.account_id or 0, **own)  # type: ignore[arg-type]
    with clinic.store.writing(clinic.administrator) as desk, pytest.raises(systems.Conflict, match="own name"):
        systems.register(desk, account_id=clinic.administrator.account_id or 0, **own)  # type: ignore[arg-type]
    client_id = registered(clinic, ec_pair(), scopes=("fittings:approve",))
    assert ask(clinic, form_of(assertion(ec_pair(), client_id), "fittings:approve")).status_code == 200
    with clinic.store.writing(clinic.administrator) as desk:
        clinics.set_roles(desk, clinic.orthotist.account_id or 0, (), active=True)
    answer = ask(clinic, form_of(assertion(ec_pair(), client_id), "fittings:approve"))
    refusal(answer, "invalid_scope", 400)


class Published:
    """Stands for the address where a system publishes its keys."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer: Answer | Unreached = Answer(200, {}, b"")
        self.calls = 0
        monkeypatch.setattr(Wire, "send", self._send)

    def publish(self, *pairs: Pair) -> None:
        self.answer = Answer(200, {}, json.dumps(key_set(*pairs)).encode())

    def _send(self, *_: Any, **__: Any) -> Answer:
        self.calls += 1
        if isinstance(self.answer, Unreached):
            raise self.answer
        return self.answer


@ONE_DATABASE
def test_published_keys_are_read_kept_and_read_again(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(monkeypatch)
    published.publish(ec_pair(), other_curve())
    client_id = registered(clinic, address="https://emr.example/keys")

    def tried(pair: Pair) -> TestResponse:
        return ask(clinic, form_of(assertion(pair, client_id)))

    assert tried(ec_pair()).status_code == 200
    assert tried(ec_pair()).status_code == 200
    assert published.calls == 1
    # A new key is looked for once its name turns up.
    published.publish(rsa_pair())
    assert tried(rsa_pair()).status_code == 200
    assert published.calls == 2
    assert "no key called ec-1" in refusal(tried(ec_pair()), "invalid_client", 401)
    # Who makes up names of keys cannot make this service ask again and again.
    for number in range(6):
        refusal(tried(ec_pair(f"made up {number}")), "invalid_client", 401)
    assert published.calls == token_calls_allowed()
    assert tried(rsa_pair()).status_code == 200


def token_calls_allowed() -> int:
    return int(token_routes.PER_KEY_SET.partition("/")[0])


SILENT: list[Answer | Unreached] = [
    Unreached("it cannot be reached"),
    Answer(500, {}, b""),
    Answer(200, {}, b"<html>"),
    Answer(200, {}, b'{"keys": []}'),
    Answer(200, {}, json.dumps(key_set(other_curve())).encode()),
]


@ONE_DATABASE
def test_keys_that_cannot_be_read_open_nothing(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(monkeypatch)
    for answered in SILENT:
        published.answer = answered
        client_id = registered(clinic, address="https://emr.example/keys")
        answer = ask(clinic, form_of(assertion(ec_pair(), client_id)))
        assert "cannot be read from their address" in refusal(answer, "invalid_client", 401)


@ONE_DATABASE
def test_old_keys_are_not_used_when_their_address_is_silent(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    published = Published(monkeypatch)
    published.publish(ec_pair())
    client_id = registered(clinic, address="https://emr.example/keys")
    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200
    with clinic.store.system() as session:
        session.execute(update(SystemRow).values(keys_read_at=datetime.now(UTC) - timedelta(minutes=16)))
    published.answer = Unreached("it cannot be reached")
    refusal(ask(clinic, form_of(assertion(ec_pair(), client_id))), "invalid_client", 401)
    wrong = assertion(ec_pair(), client_id, header={"jku": "https://evil.example/keys"})
    assert "jku" in refusal(ask(clinic, form_of(wrong)), "invalid_client", 401)


@ONE_DATABASE
def test_the_address_is_that_of_the_settings_and_a_made_up_host_is_none(clinic: Clinic) -> None:
    client_id = registered(clinic, ec_pair())
    evil = assertion(ec_pair(), client_id, aud="https://evil.example/oauth/token")
    answer = ask(clinic, form_of(evil), base_url="https://evil.example")
    assert "AFOFIT_PUBLIC_URL" in refusal(answer, "invalid_client", 401)
    assert ask(clinic, form_of(assertion(ec_pair(), client_id))).status_code == 200


@ONE_DATABASE
def test_what_the_service_says_of_itself(clinic: Clinic) -> None:
    client = clinic.app.test_client()
    answer = client.get("/.well-known/smart-configuration")
    assert answer.mimetype == "application/json"
    said = answer.json
    assert said == client.get("/fhir/R4/.well-known/smart-configuration").json
    assert said is not None
    assert said["token_endpoint"] == TOKEN_ADDRESS
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert said["grant_types_supported"] == ["client_credentials"]
    assert "fittings:write" in said["scopes_supported"]


def test_key_sets_that_cannot_be_registered_say_why() -> None:
    weak = rsa_pair("weak", 1024)
    for given, said in (
        ("", "no JSON"),
        ("[]", "no key set"),
        ('{"keys": []}', "0 keys"),
        (json.dumps({"keys": [1]}), "keys[0]: it is no object"),
        (json.dumps({"keys": [ec_pair().secret]}), "private key"),
        (json.dumps({"keys": [{"kty": "oct", "k": "AAAA", "kid": "x"}]}), "kty is oct"),
        (json.dumps(key_set(other_curve())), "crv is P-256"),
        (json.dumps(key_set(weak)), "2048 bits"),
        (json.dumps(key_set(ec_pair(), ec_pair())), "called ec-1"),
        (json.dumps({"keys": [ec_pair().public | {"alg": "ES256"}]}), "alg is ES256"),
        (json.dumps({"keys": [ec_pair().public | {"use": "enc"}]}), "use is enc"),
        (json.dumps({"keys": [ec_pair().public | {"x": "AAAA"}]}), "no point"),
        (json.dumps({"keys": [{"kty": "RSA", "kid": "x"}]}), "RSA key"),
    ):
        with pytest.raises(jwks.Unfit) as unfit:
            jwks.read(given)
        assert said in " ".join(unfit.value.faults), given
    assert len(jwks.read(json.dumps(key_set(ec_pair(), rsa_pair())))["keys"]) == 2


@ONE_DATABASE
def test_an_administrator_registers_and_revokes(clinic: Clinic, other_clinic: Clinic) -> None:
    browser = clinic.browser(clinic.administrator)
    assert "No back-end systems yet" in browser.get("/clinic/systems").text
    wrong = browser.post("/clinic/systems", name="", key_set='{"keys": []}', keys_address="", account="")
    assert wrong.status_code == 422
    for said in ("Say which system it is", "It holds 0 keys", "Choose the person"):
        assert said in wrong.text
    person = str(clinic.orthotist.account_id)
    good = {"name": "Nightly", "account": person, "scopes": "fittings:read"}
    for address, said in (("http://emr.example/k", "https://"), ("ftp://x", "https://"), ("https://u:p@x/", "user")):
        answer = browser.post("/clinic/systems", **good, keys_address=address)
        assert answer.status_code == 422
        assert said in answer.text
    both = browser.post("/clinic/systems", **good, key_set="{}", keys_address="https://emr.example/keys")
    assert "Either paste" in both.text
    other = str(other_clinic.orthotist.account_id)
    stranger = browser.post("/clinic/systems", **(good | {"account": other}), key_set=json.dumps(key_set(ec_pair())))
    assert "a person of the clinic" in stranger.text
    made = browser.post("/clinic/systems", **good, key_set=json.dumps(key_set(ec_pair())))
    assert made.status_code == 200
    with clinic.store.reading(clinic.administrator) as desk:
        (one,) = systems.listed(desk)
    assert str(one.id) in made.text
    assert TOKEN_ADDRESS in made.text
    assert (one.kids, one.owner, one.last_used_at) == (("ec-1",), "Olga of North", None)
    assert ask(clinic, form_of(assertion(ec_pair(), str(one.id)))).status_code == 200
    with clinic.store.reading(clinic.administrator) as desk:
        assert systems.listed(desk)[0].last_used_at is not None
    browser.get("/clinic/systems")
    assert browser.post(f"/clinic/systems/{one.id}/revoke").status_code == 303
    assert "Revoked" in browser.get("/clinic/systems").text
    refusal(ask(clinic, form_of(assertion(ec_pair(), str(one.id)))), "invalid_client", 401)
    assert actions(clinic)[-1] == "system revoked"


@ONE_DATABASE
def test_the_example_of_the_guide_runs(clinic: Clinic, asked: dict[str, Any]) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "emr.md").read_text("utf-8")
    example = guide.partition("## Backend services")[2].partition("```python\n")[2].partition("```")[0]
    made: dict[str, Any] = {}
    exec(compile(example, "docs/emr.md", "exec"), made)  # noqa: S102
    take(clinic.store, clinic.orthotist, asked)
    client_id = registered(clinic, ec_pair())
    with serving(clinic.app) as address:
        token = made["ask"](address, client_id, ec_pair().private, "ec-1", "fittings:read")
        assert len(made["fittings"](address, token)) == 1
