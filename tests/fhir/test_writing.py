"""What is written: every measurement, every dimension, every finding, with its side, its version and its state."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha1
from typing import Any

import pytest

from afofit import __version__
from afofit.fhir.bundle import bundle_of
from afofit.fhir.chart import Chart
from afofit.fhir.codes import HCPCS, MEASURE, RESULT, SIDE, SIDE_OF, SNOMED
from afofit.fhir.elements import UNITS, date_time, narrative
from afofit.fhir.filing import File, document_reference
from afofit.fhir.observing import measurement_observations, sent_in
from afofit.fhir.proposing import device_request
from afofit.fitting.dimensions import BY_NAME as DIMENSIONS
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.words.findings import message
from tests.fhir.fittings import AT, CHART, FILE, ORDER, PDF, requests
from tests.fitting.people import TODAY, document, fitted, request_of

Json = dict[str, Any]
REQUESTS = dict(requests())


def made(asked: Json, chart: Chart = CHART, **more: Any) -> dict[str, list[Json]]:
    """The resources of a fitting by their kind."""
    found: dict[str, list[Json]] = {}
    for entry in bundle_of(fitted(asked), asked, chart, **more)["entry"]:
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def parameters(request: Json) -> dict[str, Json]:
    return {one["code"]["coding"][0]["code"]: one for one in request["parameter"]}


@pytest.mark.parametrize("name", list(REQUESTS))
def test_every_measurement_and_every_dimension_is_there_with_its_number(name: str) -> None:
    asked = REQUESTS[name]
    fitting = fitted(asked)
    found = made(asked)
    values = {
        (one["code"]["coding"][-1]["code"], side_of(one)): one["valueQuantity"]["value"]
        for one in found["Observation"]
        if "valueQuantity" in one
    }
    for side, limb in fitting.request.limbs.items():
        for measurement, value in limb.measurements.items():
            assert values[measurement, side] == value
    assert values["weight", None] == fitting.request.patient.weight_kg
    braced = [leg for leg in fitting.limbs.values() if leg.dimensions and leg.limb.braced]
    proposals = found.get("DeviceRequest", [])
    assert len(proposals) == len(braced)
    for leg, proposal in zip(braced, proposals, strict=True):
        given = parameters(proposal)
        for dimension, value in leg.dimensions.items():
            quantity = given[dimension]["valueQuantity"]
            assert quantity["value"] == value.magnitude
            assert quantity["code"] == UNITS[DIMENSIONS[dimension].unit][1]


def side_of(resource: Json) -> str | None:
    """The side that every code of a body site says."""
    sides = {SIDE_OF[one["system"], one["code"]] for one in resource.get("bodySite", {}).get("coding", ())}
    assert len(sides) < 2
    return sides.pop() if sides else None


@pytest.mark.hazard("H01")
@pytest.mark.parametrize("side", ["left", "right"])
def test_every_word_and_code_about_a_leg_says_its_side(side: str) -> None:
    other = {"left": "right", "right": "left"}[side]
    asked = document(side=side, clinical={"sensation": "reduced"}, prescription={"design": "solid"})  # type: ignore[arg-type]
    found = made(asked, files=[FILE])
    (proposal,) = found["DeviceRequest"]
    of_leg = [one for one in found["Observation"] if "bodySite" in one]
    assert {side_of(one) for one in of_leg} == {side}
    sited = parameters(proposal)["side"]["valueCodeableConcept"]
    assert {SIDE_OF[one["system"], one["code"]] for one in sited["coding"]} == {side}
    for one in (*of_leg, proposal, *found["DetectedIssue"]):
        said = json.dumps(one).lower()
        assert side in said
        assert f"{other} " not in said.replace("right angle", "")


def test_a_proposal_is_never_an_order() -> None:
    for asked in REQUESTS.values():
        for chart in (CHART, replace(CHART, approved=True)):
            for proposal in made(asked, chart).get("DeviceRequest", ()):
                assert (proposal["status"], proposal["intent"]) == ("draft", "proposal")


def test_a_proposal_leads_to_what_it_rests_on() -> None:
    bundle = bundle_of(fitted(document(other={})), document(other={}), CHART, files=[FILE])
    kinds = {one["fullUrl"]: one["resource"] for one in bundle["entry"]}
    proposals = [one for one in kinds.values() if one["resourceType"] == "DeviceRequest"]
    assert len(proposals) == 2
    for proposal in proposals:
        led = [kinds[one["reference"]] for one in proposal["supportingInfo"]]
        assert [one["resourceType"] for one in led].count("DocumentReference") == 1
        side = parameters(proposal)["side"]["valueCodeableConcept"]["coding"][-1]["code"]
        assert {side_of(one) for one in led} == {side, None}
        assert {"height", "weight"} <= {one["code"]["coding"][-1]["code"] for one in led if "code" in one}


@pytest.mark.hazard("H09")
def test_a_stop_gives_no_number_of_a_brace() -> None:
    found = made(document(clinical={"urgent_signs": ["hot_swollen_foot"]}), files=[FILE])
    assert "DeviceRequest" not in found
    (result,) = [one for one in found["Observation"] if "valueCodeableConcept" in one]
    assert result["valueCodeableConcept"]["coding"][0]["code"] == "stop"
    assert "component" not in result
    codes = {one["code"]["coding"][0]["code"] for one in found["Observation"]}
    assert not codes & set(DIMENSIONS)
    assert found["DetectedIssue"][0]["severity"] == "high"


def test_every_finding_is_an_issue_and_a_note_in_the_words_of_rest() -> None:
    asked = document(clinical={"sensation": "absent", "ashworth": "3"}, limb={"dorsiflexion_knee_extended": -8})
    fitting, found = fitted(asked), made(asked)
    findings = fitting.limbs["right"].findings
    assert len(findings) > 3
    severity = {"stop": "high", "caution": "moderate", "advice": "low"}
    for finding, issue in zip(findings, found["DetectedIssue"], strict=True):
        assert issue["code"]["coding"][0]["code"] == finding.code
        assert issue["severity"] == severity[finding.severity]
        assert message(finding) in issue["detail"]
        assert finding.source.text in issue["detail"]
        assert issue["implicated"]
        for one in (found["Observation"][-1], found["DeviceRequest"][0]):
            assert any(message(finding) in note["text"] for note in one["note"])


def test_engine_and_protocol_stand_on_everything() -> None:
    for kind, resources in made(REQUESTS["everything that can be said"], files=[FILE]).items():
        for one in resources:
            tags = [tag["code"] for tag in one["meta"]["tag"]]
            assert tags == [__version__, "default 1"], kind
            # Some servers keep no meta: the words say it too.
            without = json.dumps({name: value for name, value in one.items() if name not in ("meta", "text")})
            assert f"afofit {__version__}, protocol default version 1" in without, kind


def test_only_what_an_orthotist_approved_is_final() -> None:
    for approved, status in ((False, "preliminary"), (True, "final")):
        found = made(document(), replace(CHART, approved=approved), files=[FILE])
        assert {one["status"] for one in (*found["Observation"], *found["DetectedIssue"])} == {status}
        assert found["DocumentReference"][0]["docStatus"] == status


def test_snomed_can_be_left_out() -> None:
    for snomed in (True, False):
        text = json.dumps(made(REQUESTS["everything that can be said"], replace(CHART, snomed=snomed)))
        assert (SNOMED in text) is snomed
        assert SIDE in text


def test_a_time_that_nobody_told_is_not_made_up() -> None:
    def times(chart: Chart, asked: Json) -> list[str | None]:
        return [one.get("effectiveDateTime") for one in made(asked, chart)["Observation"] if "valueQuantity" in one]

    assert set(times(CHART, document())) == {None}
    weight = made(document())["Observation"][1]
    assert weight["_effectiveDateTime"]["extension"][0]["valueCode"] == "unknown"
    assert set(times(replace(CHART, taken=date(2026, 11, 20)), document())) == {"2026-11-20"}
    own = times(CHART, document(limb={"measured_at": "2026-11-19T10:00"}))
    assert set(own) == {None, "2026-11-19"}
    assert date_time(datetime(2026, 11, 19, 10, tzinfo=UTC)) == "2026-11-19T10:00:00Z"
    with pytest.raises(ValueError, match="time zone"):
        Chart(at=datetime(2026, 11, 19))


def test_who_is_not_named_is_said_to_be_unknown() -> None:
    (proposal,) = made(document(), Chart(at=AT))["DeviceRequest"]
    assert proposal["subject"] == {"display": "Patient not identified"}
    chart = Chart(
        at=AT,
        subject={"reference": "Patient/1"},
        encounter={"reference": "Encounter/2"},
        author={"reference": "Practitioner/3"},
    )
    found = made(document(), chart, files=[FILE])
    for one in (*found["Observation"], found["DeviceRequest"][0]):
        assert one["subject"] == {"reference": "Patient/1"}
        assert one["encounter"] == {"reference": "Encounter/2"}
    assert found["Observation"][0]["performer"] == found["DocumentReference"][0]["author"] == [chart.author]
    assert found["DocumentReference"][0]["context"]["encounter"] == [chart.encounter]
    assert found["DeviceRequest"][0]["requester"] == chart.author
    assert {one["patient"]["reference"] for one in found["DetectedIssue"]} == {"Patient/1"}


def test_a_document_has_its_content_size_hash_and_title() -> None:
    filed = document_reference(fitted(document()), FILE, replace(CHART, document_type="34108-1"))
    attachment = filed["content"][0]["attachment"]
    assert b64decode(attachment["data"]) == PDF
    assert attachment["size"] == len(PDF)
    assert b64decode(attachment["hash"]) == sha1(PDF, usedforsecurity=False).digest()
    assert (attachment["contentType"], attachment["title"]) == ("application/pdf", "Fitting sheet")
    assert filed["type"]["coding"] == [{"system": "http://loinc.org", "code": "34108-1"}]
    note = File(kind="summary", title="Summary", content_type="text/plain", content=b"x")
    usual = document_reference(fitted(document()), note, CHART)
    assert usual["type"]["coding"][0]["display"] == "Progress note"


def test_what_the_workshop_is_told_stands_on_the_proposal() -> None:
    (proposal,) = made(document() | {"order": ORDER})["DeviceRequest"]
    given = parameters(proposal)
    assert given["material"]["valueCodeableConcept"]["coding"][0]["code"] == "polypropylene_copolymer"
    assert given["metatarsal_pad"]["valueBoolean"] is True
    assert given["heel_posting_angle"]["valueQuantity"]["code"] == "deg"
    assert given["quantity"]["valueQuantity"] == {
        "value": 1,
        "unit": "1",
        "system": "http://unitsofmeasure.org",
        "code": "1",
    }
    assert given["note"]["valueCodeableConcept"]["text"] == "2 < 3 & so on"
    assert proposal["occurrenceDateTime"] == "2026-12-24"
    latex = [
        one["valueCodeableConcept"]["coding"][0]["code"]
        for one in proposal["parameter"]
        if "allergies" in str(one["code"])
    ]
    assert latex == ["latex", "nickel"]
    assert proposal["reasonCode"][0]["coding"][0]["code"] == "other"


def test_billing_codes_are_candidates_with_their_date_and_only_that() -> None:
    (proposal,) = made(document(prescription={"design": "solid"}))["DeviceRequest"]
    candidates = [one for one in proposal["parameter"] if one["code"]["coding"][0] == CANDIDATE]
    assert candidates
    for one in candidates:
        assert "Coding aid, not billing advice. Codes as of 2025-04-01." in one["code"]["text"]
        assert one["valueCodeableConcept"]["coding"][0]["system"] == HCPCS
    assert HCPCS not in json.dumps(proposal["codeCodeableConcept"])


CANDIDATE = {"system": RESULT, "code": "hcpcs_candidate", "display": "HCPCS candidate"}


def test_a_chosen_value_stands_with_the_computed_one_and_its_reason() -> None:
    override = Override(
        side="right",
        dimension="calf_strap_width_mm",
        chosen=45.0,
        reason="broad calf",
        by="A. Nyström",
        at=datetime(2026, 11, 22, tzinfo=UTC),
    )
    fitting = fit(request_of(document()), today=TODAY, overrides=[override])
    proposal = device_request(fitting, fitting.limbs["right"], CHART)
    assert parameters(proposal)["calf_strap_width_mm"]["valueQuantity"]["value"] == 45.0
    assert any("computed 38 mm" in one["text"] and "broad calf" in one["text"] for one in proposal["note"])


def test_a_stored_fitting_is_filed_once_however_often_it_is_sent() -> None:
    bundle = bundle_of(fitted(document()), document(), replace(CHART, record="r-1"), transaction=True, files=[FILE])
    sent = [one["request"]["ifNoneExist"] for one in bundle["entry"]]
    assert len(set(sent)) == len(sent)
    assert "identifier=urn:afofit:fhir:NamingSystem:fitting|r-1/right/calf_circumference" in sent
    plain = bundle_of(fitted(document()), document(), CHART, transaction=True)
    assert all(set(one["request"]) == {"method", "url"} for one in plain["entry"])
    addresses = [one["fullUrl"] for one in plain["entry"]]
    assert len(set(addresses)) == len(addresses)
    assert all(one.startswith("urn:uuid:") for one in addresses)


def test_readings_stand_beside_their_mean() -> None:
    asked = document(limb={"calf_circumference": {"readings": [388, 391]}})
    found = measurement_observations(fitted(asked), CHART, sent=sent_in(asked))
    calf = next(one.resource for one in found if one.place == ("right", "calf_circumference"))
    assert calf["valueQuantity"]["value"] == 389.5
    assert [one["valueQuantity"]["value"] for one in calf["component"]] == [388, 391]
    assert {one["code"]["coding"][0]["code"] for one in calf["component"]} == {"reading"}
    assert calf["code"]["coding"][0] == {
        "system": MEASURE,
        "code": "calf_circumference",
        "display": "Calf circumference",
    }


def test_words_of_others_cannot_break_a_narrative() -> None:
    said = narrative("<script>alert(1)</script> & 2 < 3", rows=[("<td>", "x")])["div"]
    assert "<script>" not in said
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; 2 &lt; 3" in said
    assert "<tr><td>&lt;td&gt;</td>" in said


def test_whether_the_feet_need_two_sizes_is_unknown_where_one_was_measured() -> None:
    def pair(asked: Json) -> Json:
        result = next(one for one in made(asked)["Observation"] if "component" in one and "valueCodeableConcept" in one)
        return next(one for one in result["component"] if one["code"]["coding"][0]["code"] == "split_pair")

    assert pair(document())["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    assert pair(document(other={}))["valueBoolean"] is False
    assert (
        pair(document(other={"foot_length": 240, "ball_length": 178, "lateral_ball_length": 150}))["valueBoolean"]
        is True
    )
