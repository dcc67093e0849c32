"""Protocols over REST: every number with its origin, what a clinic changed, and which one is used."""

import pytest

from afofit.fitting.protocol import default, default_text
from afofit.store import protocols
from tests.records.conftest import Clinic

PROTOCOLS = "/api/v1/protocols"


@pytest.fixture
def kind() -> str:
    """What is read does not depend on the database: one is enough."""
    return "sqlite"


def test_the_default_with_every_number_and_its_origin(clinic: Clinic) -> None:
    client, key = clinic.app.test_client(), clinic.key("fittings:read")
    answer = client.get(PROTOCOLS, headers=key)
    assert answer.status_code == 200
    listed = answer.get_json()
    assert (listed["used"], listed["own"]) == ("default", [])
    numbers = {one["key"]: one for one in listed["default"]["numbers"]}
    assert set(numbers) == set(default().numbers)
    # Contract, R16: 5 mm; the published range is 4 to 6 mm.
    relief = numbers["fibular_relief_mm/all"]
    assert (relief["value"], relief["bounds"], relief["unit"], relief["rule"]) == (5.0, [4, 6], "mm", "R16")
    assert all(one["evidence"]["source"] and one["evidence"]["grade"] in "ABCD" for one in numbers.values())
    assert all(one["bounds"][0] <= one["value"] <= one["bounds"][1] for one in numbers.values())
    assert set(listed["default"]["wear_plans"]) == {"normal", "slow"}
    single = client.get(listed["default"]["links"]["self"], headers=key).get_json()
    assert single == listed["default"] | {"used": True}
    unchanged = client.get(PROTOCOLS, headers=key | {"If-None-Match": answer.headers["ETag"]})
    assert unchanged.status_code == 304


def test_an_own_version_says_what_it_changes_and_whether_it_is_used(clinic: Clinic, other_clinic: Clinic) -> None:
    client, key = clinic.app.test_client(), clinic.key("fittings:read")
    with clinic.store.writing(clinic.orthotist) as desk:
        base = protocols.base(desk, default_text())
        own = protocols.save(desk, "Ours", {"fibular_relief_mm/all": 6.0}, "as taught", base)
    (one,) = client.get(PROTOCOLS, headers=key).get_json()["own"]
    assert (one["name"], one["version"], one["used"], one["released"]) == ("Ours", 1, False, None)
    assert one["changes"] == {"fibular_relief_mm/all": 6.0}
    with clinic.store.writing(clinic.administrator) as desk:
        protocols.release(desk, own.id)
        protocols.use(desk, own.id)
    listed = client.get(PROTOCOLS, headers=key).get_json()
    assert listed["used"] == str(own.id)
    assert listed["own"][0]["released"]["by"] == clinic.administrator.name
    whole = client.get(listed["own"][0]["links"]["self"], headers=key).get_json()
    assert whole["used"] is True
    numbers = {number["key"]: number for number in whole["numbers"]}
    relief = numbers["fibular_relief_mm/all"]
    assert (relief["value"], relief["default"]) == (6.0, 5.0)
    assert "Set by the clinic" in relief["evidence"]["source"]
    assert client.get(f"{PROTOCOLS}/default", headers=key).get_json()["used"] is False
    stranger = other_clinic.key("fittings:read")
    assert client.get(listed["own"][0]["links"]["self"], headers=stranger).status_code == 404
    assert client.get(PROTOCOLS, headers=stranger).get_json()["own"] == []
