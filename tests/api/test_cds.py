"""CDS Hooks over HTTP: who may call, what a browser may, and that nothing of a patient stays behind."""

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask import Flask, jsonify
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from afofit.api import cds_trust
from afofit.app import create_app
from afofit.settings import Settings, from_environment
from afofit.store.rates import Counts, Pace
from afofit.store.secrecy import new_encryption_key, new_token
from afofit.store.tables import Table
from tests import databases
from tests.serving import serving
from tests.smart.signing import Pair, ec_pair, key_set, other_curve, rsa_pair
from tests.test_cds_cards import FOOT_DROP, INSTANCE, condition, order, select, view

Json = dict[str, Any]
Make = Callable[..., Flask]
ISSUER, HOST = "https://ehr.example/", "https://afofit.example"
VIEW, SELECT = "/cds-services/afo-patient-view", "/cds-services/afo-order-select"
CANARY = "Zyxwvut"


@pytest.fixture
def make(sqlite_file: Path, tmp_path: Path) -> Iterator[Make]:
    made: list[Flask] = []

    def app(clients: Any, **more: Any) -> Flask:
        settings = Settings(
            data=str(tmp_path),
            database_url=databases.sqlite_copy(sqlite_file, tmp_path),
            encryption_keys=new_encryption_key(),
            secret_key=new_token(),
            cds_clients=json.dumps(clients) if clients else "",
            **({"public_url": HOST} | more),
        )
        made.append(create_app(settings))
        return made[-1]

    yield app
    for one in made:
        one.extensions["afofit_store"]().close()


@pytest.fixture(scope="module")
def service(sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service as most tests call it: they change nothing of it."""
    folder = tmp_path_factory.mktemp("cds")
    app = create_app(
        Settings(
            data=str(folder),
            database_url=databases.sqlite_copy(sqlite_file, folder),
            encryption_keys=new_encryption_key(),
            secret_key=new_token(),
            cds_clients=json.dumps([{"iss": ISSUER, "jwks": key_set(ec_pair(), rsa_pair())}]),
            public_url=HOST,
        )
    )
    yield app
    app.extensions["afofit_store"]().close()


@pytest.fixture
def client(service: Flask) -> FlaskClient:
    return service.test_client()


def token(pair: Pair, path: str = VIEW, *, header: Json | None = None, **changes: Any) -> str:
    """The token of a good call, some of its claims changed; one that is None is left out."""
    now = int(datetime.now(UTC).timestamp())
    good = {"iss": ISSUER, "aud": HOST + path, "iat": now, "exp": now + 300, "jti": uuid4().hex}
    claims = {name: value for name, value in (good | changes).items() if value is not None}
    headers = {"kid": pair.kid, "typ": "JWT"} | (header or {})
    return jwt.encode(claims, pair.private, algorithm=headers.pop("alg", pair.algorithm), headers=headers)


def call(client: FlaskClient, body: Any, path: str = VIEW, text: str | None = None, **headers: str) -> TestResponse:
    signed = token(ec_pair(), path) if text is None else text
    return client.post(path, json=body, headers={"Authorization": f"Bearer {signed}"} | headers)


def test_the_discovery_is_open(client: FlaskClient) -> None:
    answer = client.get("/cds-services")
    assert answer.status_code == 200
    assert [one["id"] for one in answer.get_json()["services"]] == ["afo-patient-view", "afo-order-select"]


@pytest.mark.parametrize("pair", [ec_pair(), rsa_pair()], ids=lambda pair: pair.algorithm)
def test_a_trusted_ehr_gets_its_card(client: FlaskClient, pair: Pair) -> None:
    answer = call(client, view(FOOT_DROP), text=token(pair))
    assert answer.status_code == 200
    (card,) = answer.get_json()["cards"]
    assert card["links"][0]["url"] == f"{HOST}/smart/launch"
    assert len(call(client, select(order("L1960")), SELECT).get_json()["cards"]) == 1
    assert call(client, view()).get_json() == {"cards": []}


def test_an_audience_may_be_one_of_several(client: FlaskClient) -> None:
    assert call(client, view(), text=token(ec_pair(), aud=["https://other.example", HOST + VIEW])).status_code == 200


NOW = int(datetime.now(UTC).timestamp())
REFUSED = [
    (lambda: token(ec_pair(), iss="https://evil.example/"), "iss is no EHR that is trusted here"),
    (lambda: token(ec_pair(), iss=None), "iss is missing"),
    (lambda: token(ec_pair(), aud=f"{HOST}{SELECT}"), f"aud is not the address of this service, {HOST}{VIEW}"),
    (lambda: token(ec_pair(), aud=f"{HOST}/cds-services"), "aud is not the address"),
    (lambda: token(ec_pair(), aud=None), "aud is not the address"),
    (lambda: token(ec_pair(), exp=None), "exp is missing"),
    (lambda: token(ec_pair(), exp=NOW - 120, iat=NOW - 300), "exp is over"),
    (lambda: token(ec_pair(), exp=NOW + 100_000), "exp is more than 300 s ahead"),
    (lambda: token(ec_pair(), iat=None), "iat is missing"),
    (lambda: token(ec_pair(), iat=NOW + 600, exp=NOW + 700), "iat lies in the future"),
    (lambda: token(ec_pair(), jti=None), "jti is not a text"),
    (lambda: token(ec_pair(), jti=""), "jti is not a text"),
    (lambda: token(ec_pair(), aud=None, jti=None, exp=None), "aud is not the address of this service"),
    (lambda: token(ec_pair(), header={"kid": "other"}), "no key called"),
    (lambda: token(ec_pair("stranger"), header={"kid": "ec-1"}), "signature is not of the key"),
    (lambda: token(rsa_pair(), header={"kid": "ec-1"}), "no key called"),
    (lambda: token(other_curve()), "alg is ES256"),
    (lambda: jwt.encode({"iss": ISSUER}, "s" * 64, algorithm="HS384", headers={"kid": "ec-1"}), "alg is HS384"),
    (lambda: jwt.encode({"iss": ISSUER}, None, algorithm="none", headers={"kid": "ec-1"}), "alg is none"),
    (lambda: token(ec_pair())[:-6] + "AAAAAA", "signature is not of the key"),
    (lambda: "x.y.z", "is no JWT"),
    (lambda: "", "no Authorization: Bearer"),
]


@pytest.mark.parametrize(("made", "said"), REFUSED)
def test_whoever_cannot_prove_it_is_refused(client: FlaskClient, made: Callable[[], str], said: str) -> None:
    answer = call(client, view(FOOT_DROP), text=made())
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert said in answer.get_json()["detail"]
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="afofit", error="invalid_token"'
    assert "cards" not in answer.get_json()


def test_a_token_is_taken_once(client: FlaskClient) -> None:
    signed = token(ec_pair())
    assert call(client, view(), text=signed).status_code == 200
    again = call(client, view(), text=signed)
    assert (again.status_code, "used before" in again.get_json()["detail"]) == (401, True)


def test_no_token_and_other_schemes(client: FlaskClient) -> None:
    for header in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": f"Bearer  {' ' * 20}"}):
        assert client.post(VIEW, json=view(FOOT_DROP), headers=header).status_code == 401


def test_where_nobody_is_trusted_nobody_is_answered(make: Make) -> None:
    answer = call(make(None).test_client(), view(FOOT_DROP))
    assert (answer.status_code, "AFOFIT_CDS_CLIENTS" in answer.get_json()["detail"]) == (401, True)


def test_the_audience_is_never_taken_from_whoever_calls(make: Make) -> None:
    client = make([{"iss": ISSUER, "jwks": key_set(ec_pair())}], public_url="").test_client()
    signed = token(ec_pair(), aud=f"http://evil.example{VIEW}")
    answer = call(client, view(), text=signed, Host="evil.example")
    assert (answer.status_code, "AFOFIT_PUBLIC_URL" in answer.get_json()["detail"]) == (401, True)
    assert call(client, view(), text=token(ec_pair(), aud=f"http://localhost{VIEW}")).status_code == 200


def test_a_tenant_may_be_asked_for(make: Make) -> None:
    client = make([{"iss": ISSUER, "jwks": key_set(ec_pair()), "tenants": ["north"]}]).test_client()
    assert call(client, view(), text=token(ec_pair(), tenant="north")).status_code == 200
    for other in ("south", None):
        assert call(client, view(), text=token(ec_pair(), tenant=other)).status_code == 401


def test_keys_in_a_file(make: Make, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(key_set(ec_pair())))
    assert call(make([{"iss": ISSUER, "jwks_file": str(file)}]).test_client(), view()).status_code == 200


def test_published_keys_are_read_and_read_again_when_they_changed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    published, asked = [key_set(ec_pair())], []
    ehr = Flask("ehr")

    @ehr.get("/keys")
    def keys() -> Any:
        asked.append(1)
        return jsonify(published[0])

    with serving(ehr) as address:
        client = make([{"iss": ISSUER, "jku": f"{address}/keys"}]).test_client()
        client.application.extensions["afofit_wire"].loopback = True
        for _ in range(3):
            assert call(client, view(), text=token(ec_pair(), header={"jku": f"{address}/keys"})).status_code == 200
        assert len(asked) == 1
        published[0] = key_set(ec_pair("new"))
        # Right after a question the address is not asked again.
        assert call(client, view(), text=token(ec_pair("new"))).status_code == 401
        monkeypatch.setattr(cds_trust, "PAUSE_SECONDS", 0)
        assert call(client, view(), text=token(ec_pair("new"))).status_code == 200
        assert call(client, view(), text=token(ec_pair())).status_code == 401
        evil = call(client, view(), text=token(ec_pair("new"), header={"jku": "https://evil.example/keys"}))
        assert "jku is not the address" in evil.get_json()["detail"]
    monkeypatch.setattr(cds_trust, "FRESH_SECONDS", 0)
    silent = call(client, view(), text=token(ec_pair("new")))
    assert (silent.status_code, "cannot be read from their address" in silent.get_json()["detail"]) == (401, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "is no JSON"),
        ("{}", "is no JSON list"),
        ('["x"]', r"\[0\] is no object with an iss"),
        ('[{"iss": "a"}]', "one of jwks, jwks_file, jku"),
        ('[{"iss": "a", "jku": "https://a/k", "jwks": {}}]', "one of"),
        ('[{"iss": "a", "jku": "https://a/k", "keys": 1}]', "unknown: keys"),
        ('[{"iss": "a", "jku": "ftp://a"}]', "jku cannot be used"),
        ('[{"iss": "a", "jwks": {"keys": []}}]', "0 keys"),
        ('[{"iss": "a", "jwks_file": "/no/such/file"}]', "cannot be read"),
        ('[{"iss": "a", "jku": "https://a/k", "tenants": "x"}]', "tenants is no list"),
        ('[{"iss": "a", "jku": "https://a/k", "origins": "x"}]', "origins is no list"),
        ('[{"iss": "a", "jku": "https://a/k", "origins": ["https://*.x"]}]', "is no address like"),
        ('[{"iss": "a", "jku": "https://a/k", "origins": ["https://a/path"]}]', "is no address like"),
        ('[{"iss": "a", "jku": "https://a/k"}, {"iss": "a", "jku": "https://b/k"}]', "named twice"),
    ],
)
def test_a_setting_that_cannot_be_used_is_said_at_the_start(given: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create_app(from_environment({"AFOFIT_CDS_CLIENTS": given}))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (VIEW, view() | {"prefetch": {}}, 412),
        (VIEW, view() | {"hook": "order-sign", "hookInstance": 1}, 422),
        (VIEW, [], 422),
        ("/cds-services/other", view(), 404),
        ("/cds-services/other/feedback", {}, 404),
        (f"{VIEW}/feedback", {"feedback": [{}]}, 422),
    ],
)
def test_what_is_wrong_is_said_in_the_one_shape(client: FlaskClient, path: str, body: Any, status: int) -> None:
    answer = call(client, body, path)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["detail"]


def test_what_was_not_prefetched_has_a_type_of_its_own(client: FlaskClient) -> None:
    answer = call(client, view() | {"prefetch": {}}).get_json()
    assert answer["type"] == "urn:afofit:problem:not-prefetched"
    assert "prefetch.conditions is not there" in answer["detail"]


def test_bodies_that_are_none(client: FlaskClient) -> None:
    for kind, status in (("application/json", 400), ("text/plain", 415)):
        headers = {"Authorization": f"Bearer {token(ec_pair())}", "Content-Type": kind}
        assert client.post(VIEW, data="{", headers=headers).status_code == status
    assert client.get(VIEW).status_code == 405
    assert client.get("/cds-services/").status_code == 404


def from_browser(client: FlaskClient, origin: str) -> list[TestResponse]:
    """What a script of a page there may ask: whether it may, and the call itself, good and bad."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    heads = {"Authorization": f"Bearer {token(ec_pair())}", "Origin": origin}
    return [
        client.options(VIEW, headers=asked),
        client.post(VIEW, json=view(), headers=heads),
        client.post(VIEW, json=view(), headers={"Authorization": "Bearer x", "Origin": origin}),
    ]


def test_browsers_of_trusted_ehrs_may_read_answers(client: FlaskClient) -> None:
    answers = from_browser(client, "https://ehr.example")
    assert [one.status_code for one in answers] == [200, 200, 401]
    for answer in answers:
        assert answer.headers.getlist("Access-Control-Allow-Origin") == ["https://ehr.example"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Origin" in answer.headers["Vary"]
    before = answers[0]
    assert {"Authorization", "Content-Type"} <= set(before.headers["Access-Control-Allow-Headers"].split(", "))
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    for anybody in ("https://ehr.example", "https://evil.example"):
        answer = client.get("/cds-services", headers={"Origin": anybody})
        assert answer.headers.getlist("Access-Control-Allow-Origin") == ["*"], "it says the same to everybody"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://ehr.example.evil.example", "http://ehr.example", "null", "*", ""]
)
def test_browsers_of_other_origins_read_nothing(client: FlaskClient, origin: str) -> None:
    for answer in from_browser(client, origin):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_pages_of_an_ehr_may_be_elsewhere_than_its_issuer(make: Make) -> None:
    named = {"iss": "urn:some:ehr", "jwks": key_set(ec_pair()), "origins": ["https://pages.example:8443"]}
    client = make([named, {"iss": "urn:other", "jwks": key_set(ec_pair())}]).test_client()
    assert "Access-Control-Allow-Origin" in from_browser(client, "https://pages.example:8443")[0].headers
    for origin in ("https://pages.example", "urn:some:ehr", "urn:other"):
        assert "Access-Control-Allow-Origin" not in from_browser(client, origin)[0].headers


def test_too_many_calls_wait(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.extensions["afofit_pace"], "address", Pace("2/minute"))
    assert [call(client, view()).status_code for _ in range(3)] == [200, 200, 429]
    assert int(call(client, view()).headers["Retry-After"]) > 0


def test_feedback_is_thanked_for(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    entry = {
        "card": INSTANCE,
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-28T00:00:00Z",
        "overrideReason": {"reason": {"code": "later", "system": "x"}, "userComment": CANARY},
    }
    caplog.set_level(logging.INFO)
    answer = call(client, {"feedback": [entry]}, f"{VIEW}/feedback")
    assert (answer.status_code, answer.get_json()) == (200, {})
    assert "cds afo-patient-view: 0 accepted, 1 overridden" in caplog.text
    assert CANARY not in caplog.text


def test_nothing_of_a_patient_is_stored_or_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    problem = condition("M21.371", f"Foot drop {CANARY}")
    body = view(problem)
    body["context"] |= {"patientId": "1288992", "encounterId": CANARY}
    body["fhirAuthorization"] = {"access_token": CANARY}
    assert CANARY in call(client, body).get_json()["cards"][0]["detail"]
    wrong = [
        call(client, body | {"hook": CANARY, "hookInstance": CANARY}),
        call(client, body | {"prefetch": {"conditions": CANARY}}),
        call(client, select(order(text=CANARY), selections=[CANARY]), SELECT),
    ]
    assert [one.status_code for one in wrong] == [422, 422, 422]
    assert not any(CANARY in one.text or "1288992" in one.text for one in wrong)
    assert CANARY not in caplog.text
    assert "1288992" not in caplog.text
    with client.application.extensions["afofit_store"]().looking() as session:
        for table in Table.metadata.sorted_tables:
            rows = str(session.execute(text(f'SELECT * FROM "{table.name}"')).all())  # noqa: S608
            assert not re.search(f"{CANARY}|1288992", rows), table.name


def test_the_example_of_the_guide(make: Make) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "emr.md").read_text("utf-8")
    part = guide.partition("\n## CDS Hooks\n")[2]
    code = re.search(r"^```python\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    named = re.search(r"^```json\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    assert code is not None
    assert named is not None
    assert {"iss"} < {name for entry in json.loads(named[1]) for name in entry} <= {"iss", "tenants", *cds_trust.WAYS}
    words: Json = {}
    exec(code[1], words)  # noqa: S102
    app = make([{"iss": ISSUER, "jwks": key_set(ec_pair())}], public_url="")
    with serving(app) as address:
        (card,) = words["cards"](address, ISSUER, ec_pair().private, "ec-1", view(FOOT_DROP)["prefetch"]["conditions"])
    assert card["links"][0]["url"] == f"{address}/smart/launch"


def test_a_database_that_is_away_is_said(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from afofit.store.database import Away

    def away(*_: Any, **__: Any) -> int:
        raise Away("gone")

    monkeypatch.setattr(Counts, "incr", away)
    answer = call(client, view(FOOT_DROP))
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
