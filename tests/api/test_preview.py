"""POST /api/v1/fittings/preview as an integrator calls it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.app import create_app
from afofit.documents import DOCUMENTS
from afofit.settings import Settings
from tests.examples import EXAMPLES, request_of

PREVIEW = "/api/v1/fittings/preview"
SHEET = "/api/v1/fittings/preview/sheet.pdf"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["name"][:2] for one in EXAMPLES])
def test_examples_come_out_of_the_service(client: FlaskClient, example: dict[str, Any]) -> None:
    answer = client.post(PREVIEW, json=example["request"])
    assert answer.status_code == 200
    limb = answer.json["limbs"][example["side"]]
    expected = example["expected"]
    assert limb["design"]["code"] == expected["design"]
    assert limb["design"]["footplate"] == expected["footplate"]
    assert limb["verdict"] == expected["verdict"]
    assert {one["name"]: one["value"] for one in limb["dimensions"]} == pytest.approx(expected["dimensions"], abs=1e-4)
    for name, value in expected["shoe"].items():
        if name == "widths":
            assert limb["shoe"][name] == value
        else:
            assert limb["shoe"][name] == (value if isinstance(value, str) else pytest.approx(value, abs=1e-4))
    found = {one["code"]: one["severity"] for one in limb["findings"] if one["code"] != "measurement_unusual"}
    assert found == expected["findings"]


def test_the_answer_has_every_part_of_the_contract(client: FlaskClient) -> None:
    answer = client.post(PREVIEW, json=request_of("E1")).json
    assert {"engine_version", "protocol", "inputs", "limbs", "pair", "links"} <= set(answer)
    assert answer["inputs"]["given"] == request_of("E1")
    assert answer["inputs"]["normalised"]["limbs"]["right"]["foot_length"] == 270
    first, second = answer["limbs"]["right"]["dimensions"][:2]
    assert (first["code"], second["code"]) == ("D01", "D02")
    assert second == {
        "name": "proximal_trim_height_mm",
        "code": "D02",
        "label": "Top edge, sides",
        "unit": "mm",
        "value": 417.0,
        "outer_value": 421.0,
        "tolerance": 6,
        "rule": "R1",
        "formula": "fibular_head_height_mm - proximal_trim_offset_mm",
        "inputs": {"fibular_head_height_mm": 455.0, "proximal_trim_offset_mm": 38.0},
        "evidence": second["evidence"],
        "estimated": False,
    }
    assert second["evidence"]["grade"] == "D"
    assert second["evidence"]["basis"] == "derived"
    assert set(answer["limbs"]["right"]["findings"][0]) >= {"code", "severity", "message", "about", "source"}


def test_every_link_of_the_answer_makes_its_document_of_the_same_request(client: FlaskClient) -> None:
    links = client.post(PREVIEW, json=request_of("E1")).json["links"]
    begins = {"summary": b"", "summary_rtf": rb"{\rtf"}
    assert list(links) == [*DOCUMENTS, *begins]
    for name, path in links.items():
        made = client.post(path, json=request_of("E1"))
        assert made.status_code == 200, name
        assert made.data.startswith(begins.get(name, b"%PDF-")), name
    below = client.post(PREVIEW, json=request_of("E1"), base_url="http://localhost/afofit").json["links"]
    assert below == {name: f"/afofit{path}" for name, path in links.items()}


def test_inches_and_pounds_give_the_same_numbers(client: FlaskClient) -> None:
    metric = request_of("E1")
    imperial = json.loads(json.dumps(metric))
    imperial["units"] = {"length": "in", "mass": "lb"}
    imperial["patient"]["weight"] = metric["patient"]["weight"] / 0.45359237
    limb = imperial["limbs"]["right"]
    for name in limb:
        if not name.startswith("dorsiflexion"):
            limb[name] /= 25.4
    for group, names in (
        ("shoe", ("heel_sole_differential", "insole_thickness")),
        ("prescription", ("shell_thickness", "liner_thickness", "sock_thickness")),
    ):
        for name in names:
            imperial[group][name] /= 25.4
    values = [
        {one["name"]: one["value"] for one in client.post(PREVIEW, json=sent).json["limbs"]["right"]["dimensions"]}
        for sent in (metric, imperial)
    ]
    assert values[1] == pytest.approx(values[0], abs=1e-9)


@pytest.mark.hazard("H09")
@pytest.mark.parametrize(
    "sign",
    [
        "calf_pain_swelling",
        "new_back_pain_with_foot_drop",
        "saddle_numbness",
        "bladder_bowel_change",
        "recent_trauma",
        "rapidly_progressive_weakness",
        "hot_swollen_foot",
    ],
)
def test_an_urgent_sign_stops_and_leaves_no_number_of_a_brace(client: FlaskClient, sign: str) -> None:
    sent = request_of("E1")
    sent["clinical"]["urgent_signs"] = [sign]
    limb = client.post(PREVIEW, json=sent).json["limbs"]["right"]
    assert limb["verdict"] == "stop"
    assert limb["design"]["code"] is None
    assert limb["dimensions"] == []
    assert limb["shoe"] == {}
    assert limb["wear_plan"] is None
    assert "urgent_referral" in {one["code"] for one in limb["findings"]}


def bad(change: Any) -> dict[str, Any]:
    sent = request_of("E1")
    change(sent)
    return sent


def put(*path: str, value: Any) -> Any:
    def change(document: dict[str, Any]) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (put("limbs", "right", "foot_length", value=True), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_length", value="270"), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_length", value=27), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_length", value=1e400), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_length", value=10**400), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_length", value={"readings": [270, "x"]}), "/limbs/right/foot_length/readings/1"),
        (put("limbs", "right", "foot_length", value={"readings": []}), "/limbs/right/foot_length"),
        (put("limbs", "right", "foot_lenght", value=270), "/limbs/right/foot_lenght"),
        (put("limbs", "middle", value={}), "/limbs/middle"),
        (put("limbs", value={}), "/limbs"),
        (put("limbs", value=[]), "/limbs"),
        (put("units", value={"length": "mm"}), "/units/mass"),
        (put("units", value={"length": "ell", "mass": "kg"}), "/units/length"),
        (put("units", "mass", value=None), "/units/mass"),
        (put("limbs", "right", "lateral_ball_length", value=-1e9), "/limbs/right/lateral_ball_length"),
        (put("limbs", "right", "calf_circumference_height", value=0), "/limbs/right/calf_circumference_height"),
        (put("patient", "weight", value=None), "/patient/weight"),
        (put("patient", "weight", value=400), "/patient/weight"),
        (put("patient", "age_years", value=None), "/patient/age_years"),
        (put("patient", "age_years", value=-1), "/patient/age_years"),
        (put("patient", "birth_date", value="2026-02-30"), "/patient/birth_date"),
        (put("patient", "birth_date", value="2990-01-01"), "/patient/birth_date"),
        (put("patient", "birth_date", value="1990-01-01"), "/patient/age_years"),
        (put("clinical", "ashworth", value="5"), "/clinical/ashworth"),
        (put("clinical", "ashworth", value=1), "/clinical/ashworth"),
        (put("clinical", "quadriceps_grade", value=6), "/clinical/quadriceps_grade"),
        (put("clinical", "quadriceps_grade", value=3.5), "/clinical/quadriceps_grade"),
        (put("clinical", "ambulant", value="yes"), "/clinical/ambulant"),
        (put("clinical", "urgent_signs", value=["headache"]), "/clinical/urgent_signs/0"),
        (put("clinical", "urgent_signs", value="none"), "/clinical/urgent_signs"),
        (
            put("clinical", "cleared", value=[{"code": "hot_swollen_foot", "by": "A", "date": "2026-11-01"}]),
            "/clinical/cleared/0/code",
        ),
        (put("clinical", "cleared", value=[{"code": "recent_trauma"}]), "/clinical/cleared/0/by"),
        (put("shoe", "size", value=99), "/shoe/size"),
        (put("shoe", "system", value=None), "/shoe/size"),
        (put("shoe", "heel_sole_differential", value=61), "/shoe/heel_sole_differential"),
        (put("prescription", "design", value="SOLID"), "/prescription/design"),
        (put("prescription", "shell_thickness", value=8.001), "/prescription/shell_thickness"),
        (put("limbs", "right", "ball_length", value=271), "/limbs/right/ball_length"),
        (put("limbs", "right", "lateral_ball_length", value=200), "/limbs/right/lateral_ball_length"),
        (put("limbs", "right", "calf_circumference_height", value=455), "/limbs/right/calf_circumference_height"),
        (put("limbs", "right", "dorsiflexion_knee_extended", value=46), "/limbs/right/dorsiflexion_knee_extended"),
        (put("patient", "name", value="a\nb"), "/patient/name"),
        (put("patient", "name", value="\ud800"), "/patient/name"),
        (put("\ud800", value=1), "/\ud800"),
    ],
)
def test_each_fault_is_named_with_what_came_and_what_is_allowed(client: FlaskClient, change: Any, pointer: str) -> None:
    answer = client.post(PREVIEW, data=json.dumps(bad(change)), content_type="application/json")
    assert answer.status_code == 422, answer.json
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == 422
    entry = next((one for one in answer.json["errors"] if one["pointer"] == pointer), None)
    assert entry is not None, answer.json["errors"]
    assert set(entry) == {"pointer", "message", "received", "unit", "allowed"}
    assert entry["message"].endswith((".", "?"))


def test_all_faults_come_at_once(client: FlaskClient) -> None:
    sent = request_of("E1")
    sent["limbs"]["right"].update(foot_length="x", heel_width=2, calf_circumference=None)
    sent["patient"]["weight"] = 0
    sent["shoe"]["base_length"] = 1000
    sent["extra"] = 1
    pointers = {one["pointer"] for one in client.post(PREVIEW, json=sent).json["errors"]}
    assert pointers == {
        "/limbs/right/foot_length",
        "/limbs/right/heel_width",
        "/limbs/right/calf_circumference",
        "/patient/weight",
        "/shoe/base_length",
        "/extra",
    }


def test_without_units_what_is_missing_is_still_named(client: FlaskClient) -> None:
    sent = request_of("E1")
    del sent["units"], sent["limbs"]["right"]["heel_width"]
    pointers = [one["pointer"] for one in client.post(PREVIEW, json=sent).json["errors"]]
    assert pointers == ["/units", "/limbs/right/heel_width"]


def test_limits_are_told_in_the_unit_that_was_typed(client: FlaskClient) -> None:
    sent = request_of("E1")
    sent["units"]["length"] = "cm"
    for name, value in sent["limbs"]["right"].items():
        if not name.startswith("dorsiflexion"):
            sent["limbs"]["right"][name] = value / 10
    for group in ("shoe", "prescription"):
        sent[group] = {key: value for key, value in sent[group].items() if key in ("system", "size", "design")}
    sent["limbs"]["right"]["forefoot_width"] = 1.02
    (entry,) = client.post(PREVIEW, json=sent).json["errors"]
    assert entry["received"] == 1.02
    assert entry["unit"] == "cm"
    assert entry["allowed"] == {"minimum": 5.5, "maximum": 16}
    assert entry["message"] == "Right leg, forefoot width: 1.02 cm is below 5.5 cm. Did you mean 10.2 cm?"


@pytest.mark.parametrize("path", [PREVIEW, SHEET])
@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 200_000, "application/json", 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "application/json", 400),
        (b'"\\ud800"', "application/json", 422),
        (b"null", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"NaN", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"{}", "", 415),
        (b" " * 1_000_001, "application/json", 413),
    ],
)
def test_nonsense_is_refused_in_one_shape(
    client: FlaskClient, path: str, body: bytes, content_type: str, status: int
) -> None:
    answer = client.post(path, data=body, content_type=content_type)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert {"type", "title", "status", "detail", "errors"} <= set(answer.json)


def test_nan_names_its_field(client: FlaskClient) -> None:
    sent = json.dumps(bad(put("patient", "weight", value=float("nan"))))
    answer = client.post(PREVIEW, data=sent, content_type="application/json")
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json["errors"]] == ["/patient/weight"]


def test_wrong_method_keeps_allow_and_unknown_paths_are_told(client: FlaskClient) -> None:
    answer = client.get(PREVIEW)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.content_type == "application/problem+json"
    assert client.get("/api/v1/nothing").content_type == "application/problem+json"


def test_our_own_bug_is_a_500_in_the_same_shape(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Settings())

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Jane Doe")

    monkeypatch.setattr("afofit.api.routes.fit", broken)
    answer = app.test_client().post(PREVIEW, json=request_of("E1"))
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "Jane" not in answer.text
    # The name of a patient in an exception must not reach our own log line.
    assert all("Jane" not in record.getMessage() for record in caplog.records if record.name == "afofit")


@pytest.mark.parametrize("paper", ["a4", "letter", None])
def test_the_sheet_is_a_pdf(client: FlaskClient, paper: str | None) -> None:
    answer = client.post(SHEET, json=request_of("E1"), query_string={"paper": paper} if paper else {})
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")


def test_another_paper_is_refused(client: FlaskClient) -> None:
    answer = client.post(SHEET, json=request_of("E1"), query_string={"paper": "a5"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["allowed"] == ["a4", "letter"]


def test_declarations_and_health(client: FlaskClient) -> None:
    declared = client.get("/api/v1/measurements").json
    names = [one["name"] for one in declared["measurements"]]
    assert names[0] == "fibular_head_height"
    assert len(names) == len(set(names)) == 19
    assert declared["measurements"][0]["refused_outside"]["adult"] == {"minimum": 280, "maximum": 600}
    assert client.get("/health").json["status"] == "ok"


def test_every_response_carries_the_safe_headers(client: FlaskClient) -> None:
    for path in ("/", "/health", "/api/v1/measurements", "/nothing"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_a_document_that_is_only_what_belongs_into_a_measurement_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/fittings/preview", json={"readings": [388, 391]})
    assert answer.status_code == 422
    assert "/readings" in {one["pointer"] for one in answer.get_json()["errors"]}
