"""Size charts over REST: those of the program for everybody, a clinic's own with a key, kept from three forms."""

from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.fitting.chart_check import checked
from afofit.fitting.chart_export import as_csv
from afofit.fitting.chart_file import built_in_by_name, read_csv, read_toml, toml_document
from afofit.store import charts
from tests.fitting.test_chart_file import FULL, GOOD
from tests.records.conftest import Clinic

Json = dict[str, Any]
PATH = "/api/v1/charts"
DOCUMENT = toml_document(GOOD)
KEPT = toml_document(FULL)


@pytest.fixture
def kind() -> str:
    """What the database itself does stands in the tests of the store: here one is enough."""
    return "sqlite"


@pytest.fixture
def client(clinic: Clinic) -> FlaskClient:
    return clinic.app.test_client()


def test_the_charts_of_the_program_need_no_key(client: FlaskClient) -> None:
    every = client.get(PATH).get_json()["charts"]
    assert [one["id"] for one in every] == list(built_in_by_name())
    for one in every:
        assert (one["built_in"], one["in_use"], one["revision"], one["created"]) == (True, True, None, None)
        assert checked(one["chart"]) == built_in_by_name()[one["id"]]
        assert client.get(one["links"]["self"]).get_json() == one
    assert client.get(f"{PATH}/none").status_code == 404


def test_a_file_of_a_chart_is_asked_for_by_accept(client: FlaskClient) -> None:
    path, chart = f"{PATH}/turbomed-xtern-summit", built_in_by_name()["turbomed-xtern-summit"]
    toml = client.get(path, headers={"Accept": "application/toml"})
    assert (toml.mimetype, read_toml(toml.text)) == ("application/toml", chart)
    assert read_csv(client.get(path, headers={"Accept": "text/csv"}).text) == (chart,)
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406
    tag = toml.headers["ETag"]
    again = client.get(path, headers={"Accept": "application/toml", "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("form", ["json", "toml", "csv"])
def test_a_chart_is_kept_from_each_form_and_comes_back_as_it_was(
    clinic: Clinic, client: FlaskClient, form: str
) -> None:
    key = clinic.key("charts:write", "fittings:read")
    if form == "json":
        made = client.post(PATH, json=KEPT, headers=key)
    else:
        text = FULL if form == "toml" else as_csv([KEPT])
        kind = {"toml": "application/toml", "csv": "text/csv"}[form]
        made = client.post(PATH, data=b"\xef\xbb\xbf" + text.encode(), headers=key | {"Content-Type": kind})
    assert made.status_code == 201, made.text
    (one,) = made.get_json()["charts"]
    assert made.headers["Location"] == one["links"]["self"]
    assert (one["built_in"], one["in_use"], one["revision"], one["ended"]) == (False, True, 1, None)
    assert one["created"]["by"] == "Olga of North"
    assert checked(one["chart"]) == checked(KEPT)
    assert client.get(made.headers["Location"], headers=key).get_json() == one
    assert client.get(PATH, headers=key).get_json()["charts"][0] == one


def test_the_same_again_changes_nothing_and_another_is_the_next_revision(clinic: Clinic, client: FlaskClient) -> None:
    key = clinic.key("charts:write", "fittings:read")
    first = client.post(PATH, json=DOCUMENT, headers=key)
    again = client.post(PATH, json=DOCUMENT | {"note": None}, headers=key)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    changed = client.post(PATH, json=DOCUMENT | {"version": "2"}, headers=key).get_json()["charts"][0]
    assert changed["revision"] == 2
    ended = client.get(first.headers["Location"], headers=key).get_json()
    assert (ended["in_use"], ended["ended"]["by"]) == (False, "Olga of North")
    assert [one["revision"] for one in client.get(PATH, headers=key).get_json()["charts"]][:2] == [2, None]


def test_several_charts_of_a_file_are_kept_together_or_not_at_all(clinic: Clinic, client: FlaskClient) -> None:
    key = clinic.key("charts:write") | {"Content-Type": "text/csv"}
    two = [deepcopy(DOCUMENT) | {"model": model} for model in ("A", "B")]
    broken = deepcopy(two)
    broken[1]["sizes"][0]["shoe_us_men"] = [8, 5]
    refused = client.post(PATH, data=as_csv(broken), headers=key)
    assert refused.status_code == 422
    assert [one["message"][:27] for one in refused.get_json()["errors"]] == ["Line 4, column 18: “shoe_us"]
    made = client.post(PATH, data=as_csv(two), headers=key)
    assert (made.status_code, made.headers["Location"]) == (201, PATH)
    assert [one["chart"]["model"] for one in made.get_json()["charts"]] == ["A", "B"]


def test_two_charts_of_one_product_in_a_file_are_a_slip(clinic: Clinic, client: FlaskClient) -> None:
    twice = as_csv([DOCUMENT, DOCUMENT | {"version": "2", "maker": "NOBODY"}])
    answer = client.post(PATH, data=twice, headers=clinic.key("charts:write") | {"Content-Type": "text/csv"})
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["message"].startswith(
        "Line 4, column 1: “NOBODY Invented” stands here a second"
    )


def test_every_fault_of_a_document_has_its_pointer(clinic: Clinic, client: FlaskClient) -> None:
    wrong = deepcopy(DOCUMENT) | {"worn": "beside", "colour": "red", "units": {"length": "ell", "mass": ["kg"]}}
    del wrong["maker"]
    wrong["sizes"][1]["shoe_us_men"] = [11, "8"]
    wrong["source"]["date"] = "20261101"
    answer = client.post(PATH, json=wrong, headers=clinic.key("charts:write"))
    assert answer.status_code == 422
    errors = {one["pointer"]: one for one in answer.get_json()["errors"]}
    assert set(errors) == {
        "/maker", "/worn", "/colour", "/units/length", "/units/mass", "/source/date", "/sizes/1/shoe_us_men"
    }  # fmt: skip
    assert (errors["/worn"]["received"], errors["/worn"]["allowed"]) == ("beside", ["inside", "outside"])
    assert errors["/units/length"]["allowed"] == ["mm", "cm", "in"]


@pytest.mark.parametrize(
    ("kind", "body", "status", "said"),
    [
        ("application/json", b"[", 400, "JSON"),
        ("application/json", b"[]", 422, "not a table"),
        ("application/json", b'{"weight_limit": 1e999}', 422, "weight_limit"),
        ("application/json", b'{"weight_limit": 1' + b"0" * 400 + b"}", 422, "a very large number"),
        ("application/json", b'{"maker": "\\ud800"}', 422, "cannot be printed"),
        ("application/toml", b"maker = ", 400, "Line 1"),
        ("application/toml", b"\xff", 400, "byte 1"),
        ("text/csv", b'maker\n"', 422, "no size"),
        ("text/csv", b"maker\n" + b"n" * 200_000, 400, "Line 2"),
        ("text/csv", b"", 422, "no size"),
        ("text/plain", b"x", 415, "application/toml"),
        ("application/xml", b"x", 415, "text/csv"),
    ],
)
def test_what_is_no_chart_is_refused(
    clinic: Clinic, client: FlaskClient, kind: str, body: bytes, status: int, said: str
) -> None:
    answer = client.post(PATH, data=body, headers=clinic.key("charts:write") | {"Content-Type": kind})
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    assert said in answer.text
    with clinic.store.reading(clinic.orthotist) as desk:
        assert charts.listed(desk) == []


def test_who_may_keep_and_who_may_see(clinic: Clinic, other_clinic: Clinic, client: FlaskClient) -> None:
    assert client.post(PATH, json=DOCUMENT).status_code == 401
    assert client.post(PATH, json=DOCUMENT, headers=clinic.key("fittings:write")).status_code == 403
    made = client.post(PATH, json=DOCUMENT, headers=clinic.key("charts:write"))
    path = made.headers["Location"]
    assert client.get(path).status_code == 404
    assert client.get(path, headers=other_clinic.key()).status_code == 404
    assert len(client.get(PATH, headers=other_clinic.key()).get_json()["charts"]) == 12
    assert client.get(PATH, headers=clinic.key("charts:write")).status_code == 403
    assert client.get(PATH, headers={"Authorization": "Bearer afo_unknown_x"}).status_code == 401
    # Somebody who signed in is no key: a page of another site cannot read a clinic's charts through them.
    assert len(clinic.browser().get(PATH).get_json()["charts"]) == 12


def test_a_chart_of_the_program_says_whether_the_clinic_uses_it(clinic: Clinic, client: FlaskClient) -> None:
    key = clinic.key("charts:write", "fittings:read")
    client.post(PATH, json=DOCUMENT | {"maker": "Turbomed Orthotics", "model": "XTERN FRONTIER"}, headers=key)
    with clinic.store.writing(clinic.orthotist) as desk:
        charts.switch(desk, "turbomed-xtern-summit", on=False)
    every = client.get(PATH, headers=key).get_json()["charts"]
    unused = {one["id"] for one in every if not one["in_use"]}
    assert unused == {"turbomed-xtern-frontier", "turbomed-xtern-summit"}
    assert client.get(f"{PATH}/turbomed-xtern-summit", headers=key).get_json()["in_use"] is False


def test_too_many_charts_are_a_conflict(clinic: Clinic, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "MOST_IN_USE", 0)
    answer = client.post(PATH, json=DOCUMENT, headers=clinic.key("charts:write"))
    assert (answer.status_code, "At most 0 charts" in answer.text) == (409, True)
