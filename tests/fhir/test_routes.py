"""FHIR over HTTP: forms of answers, errors always as OperationOutcome, definitions to read and to search."""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from afofit.app import create_app
from afofit.fhir.codes import SNOMED
from afofit.fhir.form import FORM
from afofit.fhir.published import published
from afofit.settings import Settings
from tests.fhir.fittings import requests
from tests.fhir.outside import modelled
from tests.fhir.senders import bundle, parameters, response
from tests.fitting.people import document

Json = dict[str, Any]
FHIR, JSON = "application/fhir+json", "application/json"
OPERATION = "/fhir/R4/$afo-fitting"
GOOD = parameters(document(), document="none")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    made = create_app(Settings(data=str(tmp_path_factory.mktemp("fhir")), address_rate="off"))
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def post(client: FlaskClient, resource: Any, query: str = "", **headers: str) -> Any:
    sent = headers.pop("content_type", FHIR)
    return client.post(OPERATION + query, data=json.dumps(resource), content_type=sent, headers=headers)


def is_outcome(answer: Any, status: int, code: str) -> Json:
    """That an answer is an error in FHIR's own form, with this kind of issue."""
    assert (answer.status_code, answer.content_type) == (status, FHIR), answer.text[:300]
    assert answer.json["resourceType"] == "OperationOutcome"
    assert list(modelled(answer.json)) == []
    assert answer.json["issue"][0]["code"] == code
    assert answer.json["issue"][0]["details"]["text"].endswith((".", "?"))
    return answer.json  # type: ignore[no-any-return]


# ------------------------------------------------------------------------------------------------ the operation


def test_a_fitting_by_one_call_through_every_door(client: FlaskClient) -> None:
    for sent in (parameters(document()), bundle(document()), response(document())):
        answer = post(client, sent)
        assert (answer.status_code, answer.content_type) == (200, FHIR)
        assert answer.json["type"] == "collection"
        kinds = [one["resource"]["resourceType"] for one in answer.json["entry"]]
        assert {"Observation", "DeviceRequest", "DetectedIssue", "DocumentReference"} == set(kinds)
        assert list(modelled(answer.json)) == []


def test_the_dimensions_are_those_of_rest(client: FlaskClient) -> None:
    rest = client.post("/api/v1/fittings/preview", json=document()).json["limbs"]["right"]["dimensions"]
    proposal = next(
        one["resource"]
        for one in post(client, GOOD).json["entry"]
        if one["resource"]["resourceType"] == "DeviceRequest"
    )
    quantities = {
        one["code"]["coding"][0]["code"]: one["valueQuantity"]["value"]
        for one in proposal["parameter"]
        if "valueQuantity" in one
    }
    assert quantities == {one["name"]: one["value"] for one in rest}


def test_documents_are_the_ones_that_were_wished_for(client: FlaskClient) -> None:
    def filed(sent: Json, query: str = "") -> list[Json]:
        resources = [one["resource"] for one in post(client, sent, query).json["entry"]]
        return [one for one in resources if one["resourceType"] == "DocumentReference"]

    everything = filed(parameters(document(), document=["sheet", "patient", "template", "order"], language="es"))
    attachments = [one["content"][0]["attachment"] for one in everything]
    assert [one["title"] for one in attachments] == [
        "Fitting sheet",
        "Patient sheet",
        "Template to cut, 1:1",
        "Order form",
    ]
    assert [one["language"] for one in attachments] == ["en", "es", "en", "en"]
    assert all(b64decode(one["data"]).startswith(b"%PDF-") for one in attachments)
    assert filed(GOOD) == []
    assert len(filed(bundle(document()), "?document=patient&document=order")) == 2


def test_what_a_stop_leaves_unprinted_is_said(client: FlaskClient) -> None:
    asked = document(clinical={"urgent_signs": ["hot_swollen_foot"]})
    answer = post(client, parameters(asked, document=["sheet", "template"])).json
    resources = [one["resource"] for one in answer["entry"]]
    titles = [
        one["content"][0]["attachment"]["title"] for one in resources if one["resourceType"] == "DocumentReference"
    ]
    assert titles == ["Fitting sheet"]
    (result,) = [one for one in resources if "valueCodeableConcept" in one]
    assert result["note"][-1]["text"] == (
        "No brace was computed; what needs one was not printed: template to cut, 1:1."
    )


def test_a_transaction_has_its_requests(client: FlaskClient) -> None:
    answer = post(client, bundle(document()), "?bundle=transaction&document=none").json
    assert answer["type"] == "transaction"
    assert {one["request"]["method"] for one in answer["entry"]} == {"POST"}
    assert all(one["request"]["url"] == one["resource"]["resourceType"] for one in answer["entry"])


def test_everything_that_is_wrong_is_told(client: FlaskClient) -> None:
    sent = parameters(document(limb={"calf_circumference": 38.8}, clinical={"skin": "pink"}))
    issues = is_outcome(post(client, sent), 422, "value")["issue"]
    assert len(issues) == 2
    calf = issues[1]
    assert calf["severity"] == "error"
    assert calf["expression"] == ["Parameters.parameter[1].part[2]"]
    assert calf["details"]["text"] == "Right leg, calf circumference: 38.8 mm is below 160 mm. Did you mean 388 mm?"
    assert calf["diagnostics"].endswith(
        "[field: limbs.right.calf_circumference; received: 38.8; unit: mm; allowed: 160 to 700]"
    )


def test_nothing_is_stored_and_no_identity_is_needed(client: FlaskClient, app: Flask) -> None:
    post(client, GOOD)
    files = {path.name for path in app.config["AFOFIT"].data_folder.iterdir()}
    assert "afofit.db" not in files


def test_snomed_and_the_kind_of_document_are_settings(tmp_path: Any) -> None:
    client = create_app(Settings(data=str(tmp_path), snomed=False, document_type="34108-1")).test_client()
    answer = post(client, parameters(document()))
    assert SNOMED not in answer.text
    assert '"34108-1"' in answer.text
    assert SNOMED in post(create_app(Settings(data=str(tmp_path))).test_client(), GOOD).text


def test_with_the_calculator_off_a_key_is_needed(tmp_path: Any, sqlite_file: Any) -> None:
    (tmp_path / "afofit.db").write_bytes(sqlite_file.read_bytes())
    client = create_app(Settings(data=str(tmp_path), calculator=False)).test_client()
    answer = post(client, GOOD)
    is_outcome(answer, 401, "login")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert client.get("/fhir/R4/metadata").status_code == 200


# ------------------------------------------------------------------------------------------------ forms


@pytest.mark.parametrize(
    "sent", [FHIR, JSON, f"{FHIR}; charset=utf-8", f"{FHIR};fhirVersion=4.0", "Application/FHIR+JSON"]
)
def test_these_forms_are_read(client: FlaskClient, sent: str) -> None:
    assert post(client, GOOD, content_type=sent).status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        "text/plain",
        "application/xml",
        "application/fhir+xml",
        "application/problem+json",
        f"{FHIR};fhirVersion=5.0",
        "",
    ],
)
def test_other_forms_are_refused(client: FlaskClient, sent: str) -> None:
    is_outcome(post(client, GOOD, content_type=sent), 415, "not-supported")


@pytest.mark.parametrize(
    ("accept", "query", "form"),
    [
        ("", "", FHIR),
        ("*/*", "", FHIR),
        (FHIR, "", FHIR),
        (JSON, "", JSON),
        (f"{JSON}, {FHIR};q=0.5", "", JSON),
        (f"text/html, {FHIR}", "", FHIR),
        (f"{FHIR}; fhirVersion=4.0", "", FHIR),
        ("application/fhir+xml", "?_format=json", FHIR),
        ("", "?_format=application/fhir%2Bjson", FHIR),
        ("", "?_format=application/fhir+json", FHIR),
        ("", "?_format=application/json", JSON),
    ],
)
def test_the_form_that_is_wished_for(client: FlaskClient, accept: str, query: str, form: str) -> None:
    for answer in (
        client.get(f"/fhir/R4/metadata{query}", headers={"Accept": accept}),
        post(client, GOOD, query, Accept=accept),
    ):
        assert (answer.status_code, answer.content_type) == (200, form)
        assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "query"),
    [
        ("application/fhir+xml", ""),
        ("text/html", ""),
        (f"{FHIR};q=0", ""),
        (f"{FHIR}; fhirVersion=5.0", ""),
        ("", "?_format=xml"),
    ],
)
def test_a_form_that_there_is_not(client: FlaskClient, accept: str, query: str) -> None:
    for answer in (
        client.get(f"/fhir/R4/metadata{query}", headers={"Accept": accept}),
        post(client, GOOD, query, Accept=accept),
    ):
        is_outcome(answer, 406, "not-supported")


# ------------------------------------------------------------------------------------------------ errors


def test_what_is_not_there_or_not_done_is_told_in_fhir(client: FlaskClient) -> None:
    for path in ("/fhir/R4/", "/fhir/R4/Patient/1", "/fhir/R4/ValueSet/nothing", "/fhir/x", "/fhir/R5/metadata"):
        is_outcome(client.get(path), 404, "not-found")
    for answer in (client.get(OPERATION), client.delete(OPERATION), client.post("/fhir/R4/metadata")):
        is_outcome(answer, 405, "not-supported")
        assert answer.headers["Allow"]
    large = client.post(OPERATION, data=b" " * 1_000_001, content_type=FHIR)
    is_outcome(large, 413, "too-long")
    is_outcome(client.post(OPERATION, data=b"{", content_type=FHIR), 400, "structure")
    is_outcome(client.post(OPERATION, data=b"", content_type=FHIR), 400, "structure")
    is_outcome(client.post(OPERATION, data=b"[" * 100_000, content_type=FHIR), 400, "structure")
    is_outcome(client.get("/fhir/R4/ValueSet?title=x"), 400, "structure")


def test_who_calls_too_fast_is_told_in_fhir(tmp_path: Any) -> None:
    client = create_app(Settings(data=str(tmp_path), address_rate="2/minute")).test_client()
    answers = [post(client, GOOD) for _ in range(3)]
    is_outcome(answers[-1], 429, "throttled")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_fault_of_ours_is_told_without_what_was_sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("Zyxwvut 388")

    monkeypatch.setattr("afofit.api.fhir_routes.bundle_of", broken)
    answer = post(app.test_client(), GOOD)
    is_outcome(answer, 500, "exception")
    assert answer.json["issue"][0]["severity"] == "fatal"
    assert "Zyxwvut" not in answer.text


# ------------------------------------------------------------------------------------------------ definitions


def test_every_definition_can_be_read_and_found(client: FlaskClient) -> None:
    count = 0
    for kind, named in published().items():
        everything = client.get(f"/fhir/R4/{kind}")
        assert everything.json["total"] == len(named)
        assert list(modelled(everything.json)) == []
        for name, definition in named.items():
            answer = client.get(f"/fhir/R4/{kind}/{name}")
            assert (answer.status_code, answer.content_type) == (200, FHIR)
            assert answer.json == definition
            count += 1
        one = next(iter(named.values()))
        for query in (one["url"], f"{one['url']}|{one['version']}"):
            found = client.get(f"/fhir/R4/{kind}", query_string={"url": query}).json
            assert [entry["resource"]["url"] for entry in found["entry"]] == [one["url"]]
            assert found["entry"][0]["fullUrl"] == f"http://localhost/fhir/R4/{kind}/{one['id']}"
        assert client.get(f"/fhir/R4/{kind}", query_string={"url": f"{one['url']}|9.9"}).json["total"] == 0
        assert client.get(f"/fhir/R4/{kind}", query_string={"_id": one["id"]}).json["total"] == 1
    assert count > 40


def test_the_metadata_say_what_there_is(client: FlaskClient) -> None:
    metadata = client.get("/fhir/R4/metadata").json
    assert (metadata["fhirVersion"], metadata["kind"]) == ("4.0.1", "instance")
    assert metadata["implementation"]["url"] == "http://localhost/fhir/R4"
    (rest,) = metadata["rest"]
    for one in rest["resource"]:
        assert client.get(f"/fhir/R4/{one['type']}").status_code == 200
        assert {each["code"] for each in one["interaction"]} == {"read", "search-type"}
    (operation,) = rest["operation"]
    found = client.get("/fhir/R4/OperationDefinition", query_string={"url": operation["definition"]}).json
    assert found["total"] == 1
    assert client.post(f"/fhir/R4/${operation['name']}", json=GOOD).status_code == 200


def test_every_address_of_ours_in_a_definition_leads_to_one(client: FlaskClient) -> None:
    named = set()
    for path in ("metadata", "OperationDefinition", "Questionnaire", "ValueSet", "CodeSystem"):
        named |= set(
            re.findall(
                r"urn:afofit:fhir:(CodeSystem|ValueSet|Questionnaire|OperationDefinition):([\w-]+)",
                client.get(f"/fhir/R4/{path}").text,
            )
        )
    assert len(named) > 50
    assert [one for one in named if one[1] not in published()[one[0]]] == []


def test_the_operation_describes_what_is_read(client: FlaskClient) -> None:
    definition = client.get("/fhir/R4/OperationDefinition/afo-fitting").json
    top = {one["name"]: one for one in definition["parameter"]}
    assert set(top) >= {one.name for one in FORM.members} | {"bundle", "document", "language", "resource", "return"}
    leg = {one["name"]: one for one in top["limb"]["part"]}
    assert (top["limb"]["max"], leg["side"]["min"], leg["calf_circumference"]["max"]) == ("2", 1, "3")
    assert leg["calf_circumference"]["type"] == "Quantity"
    signs = next(one for one in top["clinical"]["part"] if one["name"] == "urgent_signs")
    assert (signs["type"], signs["max"]) == ("code", "*")
    assert signs["binding"]["valueSet"] == "urn:afofit:fhir:ValueSet:afo-clinical-urgent-signs"


def test_the_questionnaire_asks_everything_under_the_names_of_the_contract(client: FlaskClient) -> None:
    questionnaire = client.get("/fhir/R4/Questionnaire/afo-fitting").json

    def links(items: list[Json]) -> list[str]:
        return [link for item in items for link in (item["linkId"], *links(item.get("item", [])))]

    found = links(questionnaire["item"])
    assert len(found) == len(set(found)) > 150
    assert {"patient.weight", "limb.side", "limb.calf_circumference", "limb.clinical.ashworth", "order.note"} <= set(
        found
    )


def described(definition: Json, name: str) -> Json:
    """A parameter of the operation, or a part of one, by its name."""
    return next(one for one in definition.get("part") or definition["parameter"] if one["name"] == name)


def parts(holder: Json, definition: Json) -> Iterator[tuple[Json, Json]]:
    """Every part that is sent, with its description."""
    for part in holder.get("part") or holder["parameter"]:
        of = described(definition, part["name"])
        yield part, of
        if "part" in part:
            yield from parts(part, of)


def test_what_is_read_is_what_the_operation_describes(client: FlaskClient) -> None:
    definition = client.get("/fhir/R4/OperationDefinition/afo-fitting").json
    sent = [
        pair
        for name in ("everything that can be said", "a sign cleared and a value confirmed")
        for pair in parts(parameters(dict(requests())[name], document="none", taken="2026-11-20"), definition)
    ]
    assert len(sent) > 100
    for part, of in sent:
        (kind,) = [name.removeprefix("value") for name in part if name.startswith("value")] or [""]
        assert (kind[:1].lower() + kind[1:] == of["type"] or kind == of["type"]) if kind else "part" in of, part
        assert of["use"] == "in"


def test_an_answer_that_is_read_fits_the_questionnaire(client: FlaskClient) -> None:
    questionnaire = client.get("/fhir/R4/Questionnaire/afo-fitting").json
    types = {"quantity": "valueQuantity", "choice": "valueCoding", "dateTime": "valueDateTime"}
    asked: dict[str, Json] = {}

    def collect(items: list[Json]) -> None:
        for item in items:
            asked[item["linkId"]] = item
            collect(item.get("item", []))

    collect(questionnaire["item"])
    seen = 0

    def compare(items: list[Json]) -> None:
        nonlocal seen
        for item in items:
            question = asked[item["linkId"]]
            compare(item.get("item", []))
            for answer in item.get("answer", []):
                seen += 1
                kind = question["type"]
                if question["linkId"] == "shoe.size":
                    continue  # a string in the questionnaire; a number is read as well
                assert list(answer) == [types.get(kind, f"value{kind[0].upper()}{kind[1:]}")], item
                if kind == "choice":
                    options = [one["valueCoding"]["code"] for one in question["answerOption"]]
                    assert answer["valueCoding"]["code"] in options
                    assert answer["valueCoding"]["system"] == question["answerOption"][0]["valueCoding"]["system"]
            assert len(item.get("answer", [])) <= 1 or question["repeats"]

    for name in ("everything that can be said", "a sign cleared and a value confirmed"):
        compare(response(dict(requests())[name])["item"])
    assert seen > 80
