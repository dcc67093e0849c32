"""What an EMR gets, judged by four validators that know nothing of us, and loaded into a FHIR server."""

from base64 import b64decode
from dataclasses import replace
from typing import Any

import pytest

from afofit.documents import document as printed
from afofit.fhir import ucum
from afofit.fhir.bundle import bundle_of
from afofit.fhir.capability import capability_statement
from afofit.fhir.elements import UNITS
from afofit.fhir.filing import File
from afofit.fhir.outcome import of_issues, of_status
from afofit.fhir.published import published
from afofit.fhir.reading import read_call
from afofit.fhir.told import Unfit
from afofit.schemas.printing import Printing
from tests.fhir.fittings import CHART, bundles
from tests.fhir.outside import Json, ask, complaints
from tests.fhir.planted import PLANTS, planted
from tests.fhir.senders import parameters, response
from tests.fitting.people import TODAY, document, fitted

ASKED = document(other={}, patient={"birth_date": "1980-02-28"})
NO_UNITS = ("furlong", "inch", "lb", "degrees", "")


def definitions() -> dict[str, Json]:
    """Everything that describes what can be sent and what is answered."""
    made = {f"{kind}/{name}": one for kind, of_kind in published().items() for name, one in of_kind.items()}
    made["metadata"] = capability_statement("https://afo.example/fhir/R4", open_to_all=True)
    made["metadata of a closed service"] = capability_statement("https://afo.example/fhir/R4", open_to_all=False)
    return made


def broken() -> list[Json]:
    """Resources with many faults."""
    wrong = parameters(document(limb={"calf_circumference": 3.88, "heel_width": None}, clinical={"skin": "pink"}))
    wrong["parameter"][1]["part"][3]["valueQuantity"] = {"value": 1}
    wrong["parameter"] += [{"name": "nonsense", "valueString": "x"}, {"name": "limb"}, {"name": "patient", "part": []}]
    answers = response(document(limb={"calf_circumference": 3.88, "foot_length": {"readings": [270, 27]}}))
    answers["item"][1]["item"].append({"linkId": "limb.nonsense", "answer": [{"valueBoolean": True}]})
    return [wrong, answers]


def faults(resource: Json) -> Json:
    """The OperationOutcome of a broken resource."""
    with pytest.raises(Unfit) as refused:
        read_call(resource, today=TODAY)
    return of_issues(refused.value.issues)


def printed_bundle() -> tuple[Json, bytes]:
    """A transaction with a real document, and its bytes."""
    fitting = fitted(ASKED)
    content = printed("sheet", fitting, ASKED, Printing())
    file = File(kind="sheet", title="Fitting sheet", content_type="application/pdf", content=content)
    return bundle_of(fitting, ASKED, CHART, transaction=True, files=[file]), content


def recorded() -> Json:
    """A transaction of a stored fitting, whose resources have identifiers."""
    asked = document()
    return bundle_of(fitted(asked), asked, replace(CHART, record="0193-7"), transaction=True)


class Judged:
    """Everything that is judged, asked in one call of Node."""

    def __init__(self) -> None:
        self.answers = dict(bundles())
        self.definitions = definitions()
        self.broken = broken()
        self.outcomes = {f"outcome {number}": faults(one) for number, one in enumerate(self.broken)}
        self.outcomes |= {
            f"status {status}": of_status(status, "x") for status in (400, 401, 404, 405, 406, 413, 415, 429, 500)
        }
        self.transaction, self.pdf = printed_bundle()
        self.planted = planted(
            next(one for name, one in self.answers.items() if name.startswith("solid, right, child"))
        )
        self.all = self.answers | self.definitions | self.outcomes | {"transaction": self.transaction} | self.planted
        outcomes = [self.outcomes[f"outcome {number}"] for number in range(len(self.broken))]
        paths = [
            {"name": str(number), "resource": sent, "expressions": [one["expression"][0] for one in told["issue"]]}
            for number, (sent, told) in enumerate(zip(self.broken, outcomes, strict=True))
        ]
        self.said = ask(
            validate=[{"name": name, "resource": one} for name, one in self.all.items()],
            paths=paths,
            route=[{"name": "transaction", "bundle": self.transaction}, {"name": "of a record", "bundle": recorded()}]
            + [{"name": name, "bundle": one} for name, one in self.answers.items() if "right, child (trans" in name],
            units=[*ucum.READ, *(code for _, code in UNITS.values()), *NO_UNITS],
        )
        self.complaints = complaints(self.all, self.said["validate"])


@pytest.fixture(scope="module")
def judged() -> Judged:
    return Judged()


def test_no_judge_has_anything_against_any_answer_or_definition(judged: Judged) -> None:
    assert len(judged.answers) > 60
    assert len(judged.definitions) > 40
    bad = {name: said for name, said in judged.complaints.items() if said and name not in judged.planted}
    assert bad == {}


@pytest.mark.hazard("H01")
def test_the_same_judges_catch_every_planted_defect(judged: Judged) -> None:
    assert len(PLANTS) >= 20
    assert [name for name in PLANTS if not judged.complaints[name]] == []


def test_an_expression_leads_into_what_was_sent(judged: Judged) -> None:
    for told in judged.said["paths"]:
        assert len(told["counts"]) > 3
        assert all(count >= 1 for count in told["counts"]), told


def test_ucum_knows_every_unit_that_is_read_or_written(judged: Judged) -> None:
    known = [*([True] * (len(ucum.READ) + len(UNITS))), *([False] * len(NO_UNITS))]
    assert judged.said["units"] == known


def test_a_server_takes_a_transaction_whole_and_gives_the_document_back_byte_for_byte(judged: Judged) -> None:
    for answer in judged.said["route"]:
        assert answer["outcome"] == "ok"
        assert set(answer["statuses"]) == {"201"}
    first = judged.said["route"][0]
    assert len(first["stored"]) == len(judged.transaction["entry"])
    stored = {f"{one['resourceType']}/{one['id']}": one for one in first["stored"]}
    references = list(referred(first["stored"]))
    assert len(references) > 60
    assert not [one for one in references if one.startswith("urn:")]
    assert {one for one in references if one != "Patient/p1"} <= set(stored)
    (filed,) = [one for one in first["stored"] if one["resourceType"] == "DocumentReference"]
    assert b64decode(filed["content"][0]["attachment"]["data"]) == judged.pdf


def test_a_stored_fitting_that_is_sent_twice_is_filed_once(judged: Judged) -> None:
    again = {one["name"]: one["repeated"] for one in judged.said["route"]}
    assert set(again["of a record"]) == {"200"}
    assert set(again["transaction"]) == {"201"}


def referred(value: Any) -> list[str]:
    """Every address in a Reference."""
    if isinstance(value, list):
        return [found for one in value for found in referred(one)]
    if not isinstance(value, dict):
        return []
    own = [value["reference"]] if isinstance(value.get("reference"), str) else []
    return own + [found for one in value.values() for found in referred(one)]
