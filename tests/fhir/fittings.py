"""Every kind of answer: all designs, both sides, adults and children, stops, two legs, the worked examples."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from afofit.fhir.bundle import bundle_of
from afofit.fhir.chart import Chart
from afofit.fhir.filing import File
from afofit.fitting.vocabulary import DESIGNS
from tests.examples import EXAMPLES, STORIES
from tests.fitting.people import HEALTHY, document, fitted

Json = dict[str, Any]
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CHART = Chart(at=AT, subject={"reference": "Patient/p1"})
PDF = b"%PDF-1.7 \x00\xff not a real one"
FILE = File(kind="sheet", title="Fitting sheet", content_type="application/pdf", content=PDF)
ORDER: Json = {
    "practitioner": "A. Nyström",
    "order_number": "4711",
    "quantity": 1,
    "date_needed": "2026-12-24",
    "material": "polypropylene_copolymer",
    "joint_type": "flexure",
    "metatarsal_pad": True,
    "heel_posting_side": "medial",
    "heel_posting_angle": 4,
    "allergies": ["latex", "nickel"],
    "note": "2 < 3 & so on",
}


def requests() -> Iterator[tuple[str, Json]]:
    """Requests by name, in mm and kg but where the example is in inches."""
    for one in EXAMPLES:
        yield one["name"], one["request"]
    for one in STORIES:
        if one["expect"]["http"] == 200:
            yield f"{one['id']} {one['title']}", one["request"]
    for design, _ in DESIGNS:
        for side in ("left", "right"):
            for child in (False, True):
                name = f"{design}, {side}, {'child' if child else 'adult'}"
                yield name, document(prescription={"design": design}, child=child, side=side)  # type: ignore[arg-type]
    everything = document(
        patient={"reference": "A-1", "birth_date": "1980-02-28", "age_years": 46},
        other={"braced": True, "partial_foot": "toes", "foot_loading": "seated", "measured_at": "2026-11-20T10:00"},
        limb={"calf_circumference": {"readings": [388, 391]}, "measured_at": "2026-11-20T10:00+01:00"},
        clinical={"diagnosis": "stroke", "affected_sides": ["right"]},
        shoe={"system": "us_men", "size": 10, "width": "D"},
    )
    yield "everything that can be said", everything | {"order": ORDER}
    cleared = {"code": "recent_trauma", "by": "Dr Olsen", "date": "2026-11-01", "note": "X-ray seen"}
    confirmed = {"field": "calf_circumference", "value": 525, "by": "A. Nyström", "at": "2026-11-20T10:00:00+01:00"}
    yield (
        "a sign cleared and a value confirmed",
        document(
            clinical={"urgent_signs": ["recent_trauma"], "cleared": [cleared]},
            limb={"calf_circumference": 525, "confirmed": [confirmed]},
        ),
    )
    yield "a stop on one leg", document(clinical={"urgent_signs": ["hot_swollen_foot"]}, other={})
    yield "nothing known of the picture", document(clinical=dict.fromkeys(HEALTHY, "unknown"))


def bundles() -> Iterator[tuple[str, Json]]:
    """Every answer as a collection and as a transaction, with and without SNOMED CT, as draft and approved."""
    for number, (name, asked) in enumerate(requests()):
        chart = replace(CHART, snomed=number % 2 == 0, approved=number % 3 == 0, taken=AT if number % 5 else None)
        chart = replace(chart, record="0193-7" if number % 4 == 0 else None)
        for transaction in (False, True):
            made = bundle_of(fitted(asked), asked, chart, transaction=transaction, files=[FILE])
            yield f"{name} ({made['type']})", made
