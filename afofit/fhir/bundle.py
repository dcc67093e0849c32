"""A whole fitting as one Bundle: a collection to read, or a transaction to put into a chart."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from afofit.fhir.chart import Chart
from afofit.fhir.elements import Json, instant
from afofit.fhir.filing import File, document_reference
from afofit.fhir.issues import detected_issues
from afofit.fhir.observing import Place, Sent, measurement_observations, result_observations, sent_in
from afofit.fhir.proposing import device_request, has_brace
from afofit.fitting.result import Fitting


class _Entries:
    """The entries of a Bundle, each with an address of its own by which the others refer to it."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Json]] = []
        self.references: dict[Place, Json] = {}

    def add(self, place: Place, resource: Json) -> None:
        """Put a resource in, and remember where."""
        address = f"urn:uuid:{uuid4()}"
        self.made.append((address, resource))
        self.references[place] = {"reference": address}

    def of(self, places: Iterable[Place]) -> list[Json]:
        """References to those of the places that are there."""
        return [self.references[place] for place in places if place in self.references]


def bundle_of(
    fitting: Fitting,
    given: Mapping[str, Any],
    chart: Chart,
    *,
    transaction: bool = False,
    files: Sequence[File] = (),
    sent: Sent | None = None,
    remark: str = "",
) -> Json:
    """Everything about a fitting: measurements, results, findings, the proposed brace of each leg, documents.

    ``given`` is the request document; ``sent`` the quantities as they came, where they came in units of their own.
    ``remark`` is said on the result of each leg.
    """
    entries = _Entries()
    came = sent_in(given) if sent is None else sent
    for observed in measurement_observations(fitting, chart, sent=came):
        entries.add(observed.place, observed.resource)
    bases = {
        side: entries.of(place for place in entries.references if place[0] in (side, "patient"))
        for side in fitting.limbs
    }
    # Results name no measurements here: validators take an address that is still to be given for none of the types
    # that derivedFrom may lead to. The proposal and the findings name them.
    for observed in result_observations(fitting, chart, remark=remark):
        entries.add(observed.place, observed.resource)
    for file in files:
        entries.add(("document", file.kind), document_reference(fitting, file, chart))
    for side, fitted in fitting.limbs.items():
        for number, issue in enumerate(detected_issues(fitting, fitted, chart, references=entries.references)):
            entries.add((side, "finding", str(number)), issue)
        if has_brace(fitted):
            documents = entries.of(("document", file.kind) for file in files)
            supporting = [*bases[side], *entries.of([(side, "result")]), *documents]
            entries.add((side, "brace"), device_request(fitting, fitted, chart, supporting=supporting))
    return {
        "resourceType": "Bundle",
        "type": "transaction" if transaction else "collection",
        "timestamp": instant(chart.at),
        "entry": [_entry(address, resource, transaction=transaction) for address, resource in entries.made],
    }


def _entry(address: str, resource: Json, *, transaction: bool) -> Json:
    made: Json = {"fullUrl": address, "resource": resource}
    if not transaction:
        return made
    made["request"] = {"method": "POST", "url": resource["resourceType"]}
    for one in resource.get("identifier", ()):
        # Sent twice, a resource of a stored fitting is still filed once.
        made["request"]["ifNoneExist"] = f"identifier={one['system']}|{one['value']}"
    return made
