"""An EHR that the tests run themselves: its sign-in on Authlib, its FHIR server on Medplum's router, its charts."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests import npm
from tests.serving import serving
from tests.smart.ehr import RESOURCE_SERVER, SignIn

Json = dict[str, Any]
RECENT = (date.today() - timedelta(days=40)).isoformat()
LONG_AGO = (date.today() - timedelta(days=900)).isoformat()
TAKES_ALL: Json = {"creates": ["Observation", "DocumentReference"]}
LOINC, UCUM, ICD = "http://loinc.org", "http://unitsofmeasure.org", "http://hl7.org/fhir/sid/icd-10-cm"


@dataclass
class Ehr:
    """Both servers, and how a test talks to them behind the back of the service."""

    sign_in: SignIn
    fhir: str

    def holds(self, resources: list[Json] | None = None, **policy: Any) -> None:
        """Put charts there in place of what was there, and say what the server takes."""
        given = TAKES_ALL | policy
        self._test("PUT", "", given if resources is None else given | {"resources": resources})

    def kept(self, kind: str) -> list[Json]:
        """Every resource of a kind that the server holds."""
        found: list[Json] = self._test("GET", f"?kind={kind}")
        return found

    def _test(self, method: str, query: str, body: Any = None) -> Any:
        address = self.fhir.removesuffix("/fhir") + "/_test" + query
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(address, data, method=method)  # noqa: S310 - a server of our own
        with urllib.request.urlopen(asked) as answer:  # noqa: S310
            return json.load(answer)


@contextmanager
def running() -> Iterator[Ehr]:
    """Start both servers; they end with the block."""
    npm.needed()
    sign_in = SignIn()
    with serving(sign_in.app) as address:
        sign_in.address = address
        command = ["node", "fhir-server.mjs", address, *RESOURCE_SERVER]
        with subprocess.Popen(command, cwd=npm.FOLDER, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            sign_in.fhir = process.stdout.readline().strip()
            assert sign_in.fhir.startswith("http"), "the FHIR server did not start"
            try:
                yield Ehr(sign_in, sign_in.fhir)
            finally:
                process.kill()


def person(
    key: str = "kim", name: str = "Kim Doe", born: str = "1980-02-28", number: str = "A-1027", **more: Any
) -> Json:
    """A Patient with a record number."""
    role = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
    given, _, family = name.partition(" ")
    return {
        "resourceType": "Patient",
        "id": key,
        "name": [{"use": "official", "given": [given], "family": family}],
        "birthDate": born,
        "gender": "female",
        "identifier": [{"type": role, "system": "urn:example:mrn", "value": number}],
    } | more


def measured(code: str, value: float, unit: str, on: str | None = RECENT, *, of: str = "kim", **more: Any) -> Json:
    """An Observation of a height or weight."""
    made: Json = {
        "resourceType": "Observation",
        "status": "final",
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": f"Patient/{of}"},
        "valueQuantity": {"value": value, "unit": unit.strip("[]").partition("_")[0], "system": UCUM, "code": unit},
    }
    return made | ({"effectiveDateTime": on} if on else {}) | more


def problem(code: str, words: str, *, of: str = "kim", status: str = "active", system: str = ICD, **more: Any) -> Json:
    """A Condition of the problem list."""
    clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"system": clinical, "code": status}]},
        "code": {"coding": [{"system": system, "code": code, "display": words}]},
        "subject": {"reference": f"Patient/{of}"},
    } | more


HEIGHT, WEIGHT = "8302-2", "29463-7"
KIM = [
    person(),
    measured(HEIGHT, 172, "cm"),
    measured(WEIGHT, 70.5, "kg"),
    measured(WEIGHT, 66, "kg", LONG_AGO),
    problem("M21.371", "Foot drop, right foot"),
    problem("G57.31", "Lesion of lateral popliteal nerve, right lower limb"),
    problem("I10", "Essential (primary) hypertension"),
]
LEE = [
    person("lee", "Lee Poe", "1955-11-02", "B-2"),
    measured(HEIGHT, 160, "cm", of="lee"),
    measured(WEIGHT, 88, "kg", of="lee"),
]
