"""Thousands of damaged requests, the same in every run: a clear answer to each, never a fault of ours."""

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.app import create_app
from afofit.documents import DOCUMENTS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.vocabulary import GROUPS
from afofit.settings import Settings
from tests.examples import EXAMPLES, STORIES

REQUESTS = [one["request"] for one in (*EXAMPLES, *STORIES)]
DAMAGE: list[Any] = [
    *(None, True, False, 0, -1, 1, 1e9, -1e9, 1e308, 0.1, 5, 45.5, 270, 10**30),
    *("", "x", "unknown", "1+", "13.5", "1Y", "\u0000", "٣", "2020-01-01", "a" * 300),
    *([], [1], [[[]]], ["left"], ["none"], {}, {"a": 1}, {"readings": [1]}, {"readings": [300, 301, 302]}),
]
EACH = 400


def places(document: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in document.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


def damaged(chance: random.Random) -> dict[str, Any]:
    """A worked request with one to six places changed, removed or added."""
    document = copy.deepcopy(chance.choice(REQUESTS))
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        *above, name = chance.choice(list(places(document)))
        holder = document
        for step in above:
            holder = holder[step]
        kind = chance.random()
        if kind < 0.7:
            holder[name] = copy.deepcopy(chance.choice(DAMAGE))
        elif kind < 0.8:
            holder.pop(name)
        else:
            group = chance.choice([*GROUPS, "measurement"])
            fields = MEASUREMENTS if group == "measurement" else GROUPS[group]
            values = getattr(field := chance.choice(fields), "values", ())
            holder[field.name] = copy.deepcopy(chance.choice([*values, *DAMAGE]))
    return document


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    app = create_app(Settings())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


@pytest.mark.parametrize("seed", range(5))
def test_damaged_requests_get_a_clear_answer(client: FlaskClient, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    told = 0
    for place in range(EACH):
        document = damaged(chance)
        path = "" if place % 8 else f"/{chance.choice(list(DOCUMENTS))}.pdf"
        answer = client.post(f"/api/v1/fittings/preview{path}", json=document)
        assert answer.status_code in (200, 422), json.dumps(document)
        if answer.status_code == 422:
            told += 1
            assert answer.content_type == "application/problem+json"
            assert all(one["message"].endswith((".", "?")) for one in answer.json["errors"])
            assert answer.json["errors"]
    assert told > EACH / 2


@pytest.mark.parametrize("name", ["", " ", "\u2003"])
def test_a_field_without_a_name_is_named_as_it_came(client: FlaskClient, name: str) -> None:
    answer = client.post("/api/v1/fittings/preview", json={name: 1, "patient": {name: 1}})
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.get_json()["errors"]} >= {f"/{name}", f"/patient/{name}"}
