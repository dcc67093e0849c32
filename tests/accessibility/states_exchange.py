"""What an administrator and an orthotist see of other systems."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from afofit.records import Record
from afofit.smart import conditions, measures, persons
from afofit.smart.chart import Chart
from afofit.smart.discovery import Configuration
from afofit.smart.wire import Answer, Wire
from afofit.store import ehrs, launches, origins
from afofit.store.secrecy import new_token
from afofit.web.embedding import BROWSER
from tests.accessibility.registry import seen, state
from tests.accessibility.world import Shown, World
from tests.records.conftest import Browser
from tests.smart.servers import HEIGHT, WEIGHT, measured, person, problem
from tests.smart.signing import ec_pair, key_set

SYSTEMS = "/clinic/systems"


@state("back-end systems, none")
def _(world: World) -> Shown:
    return seen(world.administrator, world.administrator.get(SYSTEMS))


@state("back-end systems, errors")
def _(world: World) -> Shown:
    world.administrator.get(SYSTEMS)
    wrong = {"name": "", "key_set": '{"keys": [{"kty": "oct"}]}', "account": ""}
    return seen(world.administrator, world.administrator.post(SYSTEMS, **wrong), 422)


@state("back-end systems, one registered")
def _(world: World) -> Shown:
    world.administrator.get(SYSTEMS)
    good = {
        "name": "Nightly",
        "key_set": json.dumps(key_set(ec_pair())),
        "scopes": ["fittings:read", "fittings:write"],
        "account": str(world.clinic.orthotist.account_id),
    }
    return seen(world.administrator, world.administrator.post(SYSTEMS, **good))


EHRS = "/clinic/ehrs"


@state("record systems, none")
def _(world: World) -> Shown:
    return seen(world.administrator, world.administrator.get(EHRS))


@state("record systems, errors")
def _(world: World) -> Shown:
    world.administrator.get(EHRS)
    wrong = {"name": "", "issuer": "http://ehr.example", "client_id": "", "method": "client_secret_basic", "secret": ""}
    return seen(world.administrator, world.administrator.post(EHRS, **wrong), 422)


@state("record systems, one registered")
def _(world: World) -> Shown:
    assert charts(world)
    return seen(world.administrator, world.administrator.get(EHRS))


class Canned(Wire):
    """A way out that leads nowhere: every answer is an EHR's configuration."""

    def send(self, method: str, address: str, **_: Any) -> Answer:  # type: ignore[override]
        said = {"authorization_endpoint": f"{ISSUER}/authorize", "token_endpoint": f"{ISSUER}/token"}
        return Answer(200, {}, json.dumps(said).encode())


ISSUER, MARK = "https://ehr.example/fhir", "a browser"
TODAY = date(2026, 11, 28)


def charts(world: World) -> Browser:
    """The orthotist in a browser that may open charts, at a clinic that knows an EHR."""
    browser = world.orthotist
    browser.client.set_cookie(BROWSER, MARK, path="/smart/")
    new = ehrs.New(
        name="Example EHR", issuer=ISSUER, client_id="afofit", method="private_key_jwt", online=False, keys={}
    )
    with world.store.writing(world.clinic.administrator) as desk:
        if ehrs.of_issuer(desk, ISSUER) is None:
            ehrs.register(desk, new)
    return browser


def opened(world: World, *, doubtful: bool = False) -> str:
    """The path of a chart that is open."""
    charts(world)
    observations = [
        measured(HEIGHT, 172, "cm", "2026-11-02") | {"id": "height"},
        measured(WEIGHT, 66, "kg", "2024-01-05" if doubtful else None) | {"id": "weight"},
    ]
    problems = conditions.problems(
        [problem("M21.371", "Foot drop, right foot") | {"id": "foot-drop"}, problem("I10", "Hypertension")]
    )
    facts = [*persons.facts(person(), TODAY), *measures.facts(observations, date(1980, 2, 28), TODAY), *problems.facts]
    unread = {"problems": "it answers 503"} if doubtful else {}
    notices = ["deceased"] if doubtful else []
    chart = Chart(facts=facts, problems=problems.others, notices=notices, unread=unread)
    content = {
        "configuration": Configuration(ISSUER, "a", "t").as_json(),
        "token": {"access": "t", "refresh": None, "ends_at": None},
        "scopes": ["patient/*.cruds"],
        "patient": "kim",
        "encounter": None,
        "user": "Practitioner/dr-grey",
        "chart": chart.as_json(),
        "taken": {"units": {"length": "mm", "mass": "kg"}, "fields": {"name": 0, "height": 0}},
        "creates": {
            "Observation": {"creates": False, "conditional": False},
            "DocumentReference": {"creates": True, "conditional": False},
        },
    }
    now = datetime.now(UTC)
    launch_id, state_text = launches.begin(world.store, ISSUER, MARK, "given", now), new_token()
    with world.store.writing(world.clinic.orthotist) as desk:
        ehr = ehrs.of_issuer(desk, ISSUER)
        assert ehr is not None
        launches.ask(desk, launch_id, MARK, ehr.id, state_text, {"standalone": False})
    answer = launches.answered(world.store, state_text, MARK, now)
    assert answer is not None
    with world.store.writing(world.clinic.orthotist) as desk:
        launches.open_chart(desk, answer, content, origins.mark(desk, ehr.id, "kim"), timedelta(hours=1))
    return f"/smart/{launch_id}/"


def of_chart(world: World, record: Record) -> str:
    """The path of a fitting of an open chart."""
    path = opened(world)
    with world.store.writing(world.clinic.orthotist) as desk:
        ehr = ehrs.of_issuer(desk, ISSUER)
        assert ehr is not None
        origins.came_from(desk, record.stored.series_id, ehr.id, "kim", None)
    if origins.claim(world.store, world.clinic.orthotist, record.id, ehr.id, "document"):
        with world.store.writing(world.clinic.orthotist) as desk:
            origins.settle(desk, record.id, ehr.id, "document", "refused", place="", said="422 not taken here")
    return f"{path}fittings/{record.id}"


@state("launch, not registered")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get("/smart/launch?iss=https://another.example&launch=1"), 403)


@state("launch, cookies blocked in a frame")
def _(world: World) -> Shown:
    assert charts(world)
    client = world.guest()
    answer = client.get(f"/smart/launch?iss={ISSUER}&launch=1&again=1", headers={"Sec-Fetch-Dest": "iframe"})
    return seen(Browser(client), answer, 403)


@state("open a chart from here, no record system")
def _(world: World) -> Shown:
    world.empty.client.set_cookie(BROWSER, MARK, path="/smart/")
    return seen(world.empty, world.empty.get("/smart/start"))


@state("open a chart from here")
def _(world: World) -> Shown:
    browser = charts(world)
    return seen(browser, browser.get("/smart/start"))


@state("on the way to the record system")
def _(world: World) -> Shown:
    browser, before = charts(world), world.app.extensions["afofit_wire"]
    world.app.extensions["afofit_wire"] = Canned()
    launch_id = launches.begin(world.store, ISSUER, MARK, "given", datetime.now(UTC))
    answer = browser.get(f"/smart/{launch_id}/authorize")
    world.app.extensions["afofit_wire"] = before
    # As people see it who are not led on by themselves.
    answer.set_data(answer.text.replace('http-equiv="refresh"', 'name="onward"'))
    return seen(browser, answer)


@state("launch, an answer that belongs to none")
def _(world: World) -> Shown:
    browser = charts(world)
    return seen(browser, browser.get(f"/smart/callback/{UUID(int=1)}?state=made-up&code=1"), 400)


@state("chart, looked at")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(opened(world)))


@state("chart, doubtful")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(opened(world, doubtful=True)))


@state("chart, unit not chosen")
def _(world: World) -> Shown:
    path = opened(world)
    world.orthotist.get(path)
    return seen(world.orthotist, world.orthotist.post(path, height="0"), 422)


@state("chart, the form")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(f"{opened(world)}fitting"))


@state("chart, a draft")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(of_chart(world, world.kept())))


@state("chart, to be sent")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.get(of_chart(world, world.approved)))


@state("fitting, from a chart")
def _(world: World) -> Shown:
    of_chart(world, world.approved)
    return seen(world.orthotist, world.orthotist.get(f"/fittings/{world.approved.id}"))


@state("chart, closed")
def _(world: World) -> Shown:
    path = opened(world)
    world.orthotist.get(path)
    return seen(world.orthotist, world.orthotist.post(f"{path}end"))


@state("chart, not open")
def _(world: World) -> Shown:
    browser = charts(world)
    return seen(browser, browser.get("/smart/00000000-0000-4000-8000-000000000000/"), 404)
