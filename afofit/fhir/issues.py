"""DetectedIssue: every finding of a leg as something a clinician must read."""

from collections.abc import Mapping, Sequence

from afofit.fhir.chart import Chart, engine, notice, resource
from afofit.fhir.codes import FINDING
from afofit.fhir.elements import Json, coding, concept, instant, narrative
from afofit.fhir.observing import Place
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Finding
from afofit.words.findings import message, title
from afofit.words.sheet import SEVERITIES

SEVERITY: Mapping[str, str] = {"stop": "high", "caution": "moderate", "advice": "low"}
"""Our severities as those of FHIR."""


def detected_issues(
    fitting: Fitting, fitted: LimbFitting, chart: Chart, *, references: Mapping[Place, Json] | None = None
) -> list[Json]:
    """An issue for each finding of a leg; ``references`` says where the measurements it speaks of stand."""
    places = references or {}
    return [
        _issue(fitting, fitted, finding, chart, _implicated(fitted, finding, places), number)
        for number, finding in enumerate(fitted.findings, start=1)
    ]


def _implicated(fitted: LimbFitting, finding: Finding, places: Mapping[Place, Json]) -> list[Json]:
    """The measurements that a finding is about, else the result of the leg."""
    side = fitted.limb.side
    about = [places[place] for name in finding.about for place in ((side, name), ("patient", name)) if place in places]
    result = places.get((side, "result"))
    return about or ([result] if result else [])


def _issue(
    fitting: Fitting, fitted: LimbFitting, finding: Finding, chart: Chart, implicated: Sequence[Json], number: int
) -> Json:
    side = fitted.limb.side
    words = f"{side.capitalize()} leg: {title(finding)}"
    source = f"Source: {finding.source.text}."
    text = narrative(f"{SEVERITIES[finding.severity]}. {words}", message(finding), source, notice(fitting))
    made = resource("DetectedIssue", fitting, chart, f"{side}/finding/{number}", text)
    made |= {
        "status": chart.status,
        "code": concept(coding(FINDING, finding.code, title(finding)), text=words),
        "severity": SEVERITY[finding.severity],
        "patient": chart.patient,
        "identifiedDateTime": instant(chart.at),
        "author": {"type": "Device", "display": engine(fitting)},
        "detail": f"{words}. {message(finding)} {source} {notice(fitting)}",
    }
    if implicated:
        made["implicated"] = list(implicated)
    return made
