"""Every route against everybody who might call it: found by walking the routes, so that a new one is in it at once."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.routing import Rule

from afofit.access import access_of
from afofit.app import create_app
from afofit.fitting.chart_file import toml_document
from afofit.records import take
from afofit.settings import Settings
from afofit.store import batches, charts, ehrs, entries, fittings, keys, protocols, releases, systems
from tests.fitting.test_chart_file import GOOD
from tests.records.conftest import Browser, Clinic

Json = dict[str, Any]
APP = create_app(Settings())
ROUTES = [
    (rule, method)
    for rule in APP.url_map.iter_rules()
    if rule.endpoint != "static"
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
]
OF_A_PERSON = frozenset({"account_id"})
DENIED = (302, 401, 403, 404)
TEXTS = {"kind": "sheet", "ending": "txt", "token": "x" * 43, "name": "x", "written": "toml"}


def named(case: tuple[Rule, str]) -> str:
    return f"{case[1]} {case[0].rule}"


@dataclass
class Things:
    """One of each kind of thing of a clinic, by the name that routes call its id."""

    ids: dict[str, Any]

    def path(self, rule: Rule, client: Any) -> str:
        """The address of a route for these things."""
        values = {name: self.ids.get(name) or _text(rule, name) or uuid4() for name in rule.arguments}
        with client.application.test_request_context():
            return str(client.application.url_map.bind("").build(rule.endpoint, values))


def _text(rule: Rule, name: str) -> str | None:
    """A word for an argument that is no id; of a choice one that the route knows."""
    choices = sorted(getattr(rule._converters[name], "items", ()))
    word = TEXTS.get(name)
    return choices[0] if choices and word not in choices else word


@pytest.fixture
def kind() -> str:
    """Who may do what does not depend on the database: one is enough."""
    return "sqlite"


@pytest.fixture
def things(clinic: Clinic, asked: Json) -> Things:
    record, _ = take(clinic.store, clinic.orthotist, asked)
    with clinic.store.writing(clinic.orthotist) as desk:
        fittings.approve(desk, record.stored, record.cautions)
        releases.make(desk, record.id, language="en", large=False, days=3)
        release_id = releases.of_fitting(desk, record.id)[0].id
        entry_id = entries.keep(desk, {"patient.weight": ["8"]}, filled=0)
        keys.make(desk, "EMR", ("fittings:read",), 3)
        key_id = keys.listed(desk)[0].id
        system_id = systems.register(
            desk,
            name="Nightly",
            scopes=("fittings:read",),
            account_id=clinic.orthotist.account_id or 0,
            keys=None,
            keys_address="https://emr.example/keys",
        )
        sent_from = ehrs.New(
            name="Chart", issuer="https://ehr.example/fhir", client_id="afofit", method="public", online=False
        )
        ehr_id = ehrs.register(desk, sent_from)
        own = protocols.save(
            desk, "Ours", {"fibular_relief_mm/all": 6.0}, "as taught", record.stored.snapshot.base_digest
        )
        (chart,) = charts.save(desk, [toml_document(GOOD)])
    batch_id, _new = batches.accept(clinic.store, clinic.orthotist, [], retry=None, waits=False)
    ids = {
        "batch_id": batch_id,
        "fitting_id": record.id,
        "patient_id": record.stored.patient_id,
        "release_id": release_id,
        "entry_id": entry_id,
        "key_id": key_id,
        "protocol_id": own.id,
        "chart_id": chart.id,
        "system_id": system_id,
        "ehr_id": ehr_id,
        "launch_id": uuid4(),
        "account_id": clinic.orthotist.account_id,
    }
    return Things(ids)


def call(browser: Browser, method: str, path: str) -> int:
    browser.get("/fittings")
    answer = browser.get(path) if method == "GET" else browser.post(path, days="3", reason="x", roles="orthotist")
    return answer.status_code


def test_every_argument_of_a_route_is_known_to_this_test(things: Things) -> None:
    known = set(things.ids) | set(TEXTS)
    assert {name for rule, _ in ROUTES for name in rule.arguments} <= known


def kinds(*wanted: str) -> list[tuple[Rule, str]]:
    return [case for case in ROUTES if getattr(access_of(APP.view_functions[case[0].endpoint]), "kind", "") in wanted]


def test_who_is_nobody_reaches_only_what_is_public(clinic: Clinic, things: Things) -> None:
    client = clinic.app.test_client()
    for rule, method in kinds("member", "bearer", "link"):
        path = things.path(rule, client)
        answer = client.open(path, method=method)
        assert answer.status_code in DENIED, named((rule, method))
        assert "Kim" not in answer.text
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in"), named((rule, method))


def test_each_role_is_denied_what_it_may_not(clinic: Clinic, things: Things) -> None:
    for who, lacks in ((clinic.administrator, "orthotist"), (clinic.orthotist, "administrator")):
        browser = clinic.browser(who)
        for rule, method in kinds("member"):
            access = access_of(APP.view_functions[rule.endpoint])
            assert access is not None
            if access.roles == (lacks,):
                status = call(browser, method, things.path(rule, browser.client))
                assert status == 403, f"{who.name}: {named((rule, method))}"


def test_another_clinic_meets_404_for_everything_that_has_an_id(
    clinic: Clinic, other_clinic: Clinic, things: Things
) -> None:
    strangers = {role: other_clinic.browser(getattr(other_clinic, role)) for role in ("orthotist", "administrator")}
    tried = 0
    for rule, method in kinds("member"):
        if not rule.arguments & set(things.ids):
            continue
        access = access_of(APP.view_functions[rule.endpoint])
        assert access is not None
        stranger = strangers[access.roles[0] if access.roles else "orthotist"]
        status = call(stranger, method, things.path(rule, stranger.client))
        assert status == 404, f"{named((rule, method))} answered {status}"
        tried += 1
    assert tried > 15


def test_a_key_reaches_only_what_its_scope_and_its_clinic_allow(
    clinic: Clinic, other_clinic: Clinic, things: Things, asked: Json
) -> None:
    client = clinic.app.test_client()
    for rule, method in kinds("bearer"):
        access = access_of(APP.view_functions[rule.endpoint])
        assert access is not None
        path = things.path(rule, client)
        others = tuple(scope for scope in keys.SCOPES if scope != access.scope)
        body = {"json": asked | {"acknowledged": [], "reason": "x"} if "approve" in path else asked}
        content = body if method == "POST" else {}
        lacking = client.open(path, method=method, headers=clinic.key(*others), **content)
        assert lacking.status_code == 403, named((rule, method))
        if rule.arguments:
            foreign = client.open(path, method=method, headers=other_clinic.key(), **content)
            assert foreign.status_code == 404, named((rule, method))


def test_a_key_that_ended_opens_nothing(clinic: Clinic, things: Things) -> None:
    client = clinic.app.test_client()
    header = clinic.key()
    assert client.get("/api/v1/fittings", headers=header).status_code == 200
    with clinic.store.writing(clinic.orthotist) as desk:
        keys.revoke(desk, keys.listed(desk)[0].id)
    assert client.get("/api/v1/fittings", headers=header).status_code == 401


def test_a_session_of_a_person_is_no_key_and_a_key_no_session(clinic: Clinic, things: Things) -> None:
    browser = clinic.browser()
    assert browser.get("/api/v1/fittings").status_code == 401
    client = clinic.app.test_client()
    assert client.get("/fittings", headers=clinic.key()).headers["Location"].startswith("/sign-in")


def test_the_calculator_can_be_turned_off(clinic: Clinic, asked: Json) -> None:
    closed = create_app(Settings(data=clinic.app.config["AFOFIT"].data, calculator=False))
    client = closed.test_client()
    assert client.get("/").headers["Location"].startswith("/sign-in")
    assert client.post("/api/v1/fittings/preview", json=asked).status_code == 401
