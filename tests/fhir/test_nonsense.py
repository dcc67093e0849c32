"""Thousands of damaged resources: a clear refusal to each, never a fault of ours, and nothing of a patient in a log."""

import copy
import json
import logging
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from afofit.app import create_app
from afofit.settings import Settings
from tests.examples import EXAMPLES, STORIES
from tests.fhir.outside import modelled
from tests.fhir.senders import bundle, mixed, parameters, response
from tests.fitting.people import document

Json = dict[str, Any]
OPERATION = "/fhir/R4/$afo-fitting"
CANARY = "Zyxwvut"
NAMED = document(patient={"name": CANARY, "reference": CANARY}) | {"order": {"note": CANARY}}
REQUESTS = [NAMED, document(other={}, limb={"calf_circumference": {"readings": [388, 391]}})]
REQUESTS += [one["request"] for one in (*EXAMPLES, *STORIES[:3])]
GOOD = [door(one) for one in REQUESTS for door in (parameters, response, bundle)]
TIMED = bundle(REQUESTS[0])
for _one in TIMED["entry"][1:]:
    _one["resource"]["effectiveDateTime"] = "2026-11-20T10:00:00Z"
NAMED_BY = {
    "reference": "Patient/1",
    "type": "Patient",
    "display": "K",
    "identifier": {"system": "urn:x", "value": "7"},
}
REFERRED = parameters(document(), document="none")
REFERRED["parameter"][0]["part"].append({"name": "reference", "valueReference": NAMED_BY})
GOOD += [TIMED, REFERRED, REFERRED]
GOOD += [parameters(one, mixed, document="none", taken="2026-11-20") for one in REQUESTS[:2]]
DAMAGE: list[Any] = [
    *(None, True, False, 0, -1, 1, 388, 1e9, 1e308, 10**30, 0.1, float("nan"), float("inf")),
    *("", " ", "x", "unknown", "none", "mm", "[in_i]", "left", "\u0000", "\ud800", "٣", "2026", "a" * 300, CANARY),
    *(
        [],
        [1],
        [[[]]],
        [{}],
        [None],
        ["left"],
        {},
        {"a": 1},
        {"value": 1},
        {"coding": 1},
        {"coding": [1, {"code": []}]},
    ),
    *({"reference": []}, {"identifier": {"value": 1}}, {"system": [], "code": {}}, {"resourceType": []}),
    {"value": 388, "unit": "mm", "system": "http://unitsofmeasure.org", "code": "mm"},
]
NAMES = [
    "part",
    "item",
    "valueQuantity",
    "valueCode",
    "value",
    "_valueCode",
    "resource",
    "modifierExtension",
    "entry",
    "name",
]
EACH = 250


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a resource."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def damaged(chance: random.Random) -> Json:
    """A good resource with one to six places changed, removed, doubled or added."""
    resource = copy.deepcopy(chance.choice(GOOD))
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        *above, name = chance.choice(list(places(resource)) or [("id",)])
        holder: Any = resource
        for step in above:
            holder = holder[step]
        kind = chance.random()
        if kind < 0.6:
            holder[name] = copy.deepcopy(chance.choice(DAMAGE))
        elif kind < 0.75:
            holder.pop(name)
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[name]))
        else:
            holder[chance.choice(NAMES)] = copy.deepcopy(chance.choice(DAMAGE))
    return resource


class Everything(logging.Handler):
    """Keeps every line that anybody logs, of any level."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    app = create_app(Settings(data=str(tmp_path_factory.mktemp("fhir")), address_rate="off"))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.fixture
def logged() -> Iterator[list[str]]:
    handler, root = Everything(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(0)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def answered(client: FlaskClient, resource: Any, query: str = "?document=none") -> int:
    """The status of the answer, which is a Bundle or an OperationOutcome and nothing else."""
    in_body = isinstance(resource, dict) and resource.get("resourceType") == "Parameters"
    body = json.dumps(resource).encode()
    answer = client.post(OPERATION + ("" if in_body else query), data=body, content_type="application/fhir+json")
    assert answer.status_code in (200, 400, 422), body[:3000]
    assert answer.content_type == "application/fhir+json"
    kind = answer.get_json()["resourceType"]
    if answer.status_code == 200:
        # What was damaged and still taken must not come out damaged.
        assert list(modelled(answer.get_json())) == [], body[:3000]
    assert kind == ("Bundle" if answer.status_code == 200 else "OperationOutcome")
    if kind == "OperationOutcome":
        assert answer.get_json()["issue"]
        assert all(one["details"]["text"].endswith((".", "?", ".)")) for one in answer.get_json()["issue"])
    return answer.status_code


@pytest.mark.parametrize("seed", range(4))
def test_damaged_resources_get_a_clear_answer(client: FlaskClient, logged: list[str], seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    statuses = [answered(client, damaged(chance)) for _ in range(EACH)]
    assert statuses.count(422) > EACH / 2
    assert 200 in statuses
    assert CANARY not in " ".join(logged)
    # A number within a longer one is an address of memory, or a time.
    assert not re.search(r"\b388\b", " ".join(logged))


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["side", "limb", "left"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*NAMES, "linkId", "answer", "code"]), inner)
    ),
    max_leaves=12,
)
shells = st.sampled_from(["Parameters", "Bundle", "QuestionnaireResponse", "Patient"]).flatmap(
    lambda kind: st.fixed_dictionaries(
        {"resourceType": st.just(kind)},
        optional=dict.fromkeys(("parameter", "entry", "item", "type", "status", "subject", "questionnaire"), anything),
    )
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(shells | anything)
def test_anything_at_all_gets_a_clear_answer(client: FlaskClient, sent: Any) -> None:
    assert answered(client, sent) in (400, 422)


def test_bytes_that_are_no_json_get_a_clear_answer(client: FlaskClient) -> None:
    chance = random.Random(7)  # noqa: S311
    body = json.dumps(GOOD[0]).encode()
    for _ in range(200):
        cut = bytearray(body[: chance.randrange(len(body))])
        for _ in range(chance.randrange(4)):
            cut.insert(chance.randrange(len(cut) + 1), chance.randrange(256))
        answer = client.post(OPERATION, data=bytes(cut), content_type="application/fhir+json")
        assert answer.status_code in (400, 422)
        assert answer.get_json()["resourceType"] == "OperationOutcome"


def test_an_answer_to_nonsense_is_a_resource_itself(client: FlaskClient) -> None:
    chance = random.Random(11)  # noqa: S311
    for _ in range(25):
        body = json.dumps(damaged(chance)).encode()
        answer = client.post(OPERATION, data=body, content_type="application/fhir+json").get_json()
        assert list(modelled(answer)) == [], body[:2000]
