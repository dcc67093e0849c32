"""Defects planted into good answers: each must be caught by the judges that the good ones pass."""

import copy
from collections.abc import Callable
from typing import Any

from tests.fhir.outside import Json

Plant = Callable[[Json], None]


def entry(bundle: Json, kind: str, place: int = 0) -> Json:
    """A resource of a Bundle by its kind."""
    found: Json = [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind][place]
    return found


def set_to(kind: str, path: str, value: Any) -> Plant:
    """Plant a value at a path of the first resource of a kind ("" is the Bundle); None takes what is there away."""

    def plant(bundle: Json) -> None:
        holder: Any = entry(bundle, kind) if kind else bundle
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in steps:
            holder = holder[step]
        if value is None:
            del holder[last]
        else:
            holder[last] = value

    return plant


OBSERVATION, REQUEST, ISSUE, FILED = "Observation", "DeviceRequest", "DetectedIssue", "DocumentReference"
PLANTS: dict[str, Plant] = {
    "a unit that UCUM does not know": set_to(OBSERVATION, "valueQuantity.code", "millimeters"),
    "a unit of another system": set_to(OBSERVATION, "valueQuantity.system", "urn:units"),
    "a number without a unit code": set_to(OBSERVATION, "valueQuantity.code", None),
    "a number as text": set_to(OBSERVATION, "valueQuantity.value", "82"),
    "no status": set_to(OBSERVATION, "status", None),
    "a status that there is not": set_to(OBSERVATION, "status", "done"),
    "no code": set_to(OBSERVATION, "code", None),
    "a code without a system": set_to(OBSERVATION, "code.coding.0.system", None),
    "a code that is in no table": set_to(OBSERVATION, "code.coding.0.code", "29463-8"),
    "a code that means something else": set_to(OBSERVATION, "code.coding.0.display", "Body temperature"),
    "an unknown element": set_to(OBSERVATION, "valueLength", {"value": 1}),
    "a text where a list belongs": set_to(OBSERVATION, "note", "seen"),
    "an object where a list belongs": set_to(OBSERVATION, "category", {"text": "exam"}),
    "no category on a vital sign": set_to(OBSERVATION, "category", None),
    "an invalid date": set_to(OBSERVATION, "effectiveDateTime", "2026-13-01"),
    "a date in another order": set_to(OBSERVATION, "effectiveDateTime", "23/11/2026"),
    "two values at once": set_to(OBSERVATION, "valueString", "82 kg"),
    "a reference to a thing of the wrong kind": set_to(OBSERVATION, "subject.reference", "Medication/1"),
    "a reference that is no text": set_to(OBSERVATION, "subject.reference", 7),
    "a side that is none": set_to(
        OBSERVATION, "bodySite", {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}
    ),
    "no subject of a proposal": set_to(REQUEST, "subject", None),
    "no intent": set_to(REQUEST, "intent", None),
    "an intent that there is not": set_to(REQUEST, "intent", "wish"),
    "no code of what is proposed": set_to(REQUEST, "codeCodeableConcept", None),
    "parameters that are no list": set_to(REQUEST, "parameter", {"valueBoolean": True}),
    "a time without a zone": set_to(REQUEST, "authoredOn", "2026-11-23T09:30:00"),
    "a truth value as text": set_to(REQUEST, "parameter.0", {"valueBoolean": "true"}),
    "a severity that there is not": set_to(ISSUE, "severity", "bad"),
    "no status of a finding": set_to(ISSUE, "status", None),
    "a document without content": set_to(FILED, "content", []),
    "a document without an attachment": set_to(FILED, "content.0.attachment", None),
    "data that are not base64": set_to(FILED, "content.0.attachment.data", "%PDF"),
    "a negative size": set_to(FILED, "content.0.attachment.size", -1),
    "a moment that is only a day": set_to(FILED, "date", "2026-11-23"),
    "a narrative without a div": set_to(FILED, "text.div", None),
    "a narrative status that there is not": set_to(FILED, "text.status", "made"),
    "no type of the Bundle": set_to("", "type", None),
    "a type of Bundle that there is not": set_to("", "type", "pile"),
    "an entry of no kind": set_to("", "entry.0.resource.resourceType", "Measurement"),
    "an empty note": set_to(OBSERVATION, "note", [{}]),
}


def planted(good: Json) -> dict[str, Json]:
    """A copy of a good Bundle for each defect."""
    made = {}
    for name, plant in PLANTS.items():
        made[name] = copy.deepcopy(good)
        plant(made[name])
    return made
