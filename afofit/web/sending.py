"""Sending an approved fitting into the chart it came from: what can go there, what went, and nothing twice."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from afofit import records
from afofit.access import actor, member, settings, store, wire
from afofit.fhir.chart import Chart as Place
from afofit.fhir.filing import File, document_reference
from afofit.fhir.observing import measurement_observations, result_observations, sent_in
from afofit.fhir.wishes import TITLES
from afofit.fitting.values import SIDES
from afofit.records import Record
from afofit.schemas.printing import read_printing
from afofit.schemas.problems import Problem, Refused
from afofit.smart import writing
from afofit.smart.reading import Ended
from afofit.smart.wire import Unreached
from afofit.smart.writing import Kind, Outcome
from afofit.store import launches, origins, patients
from afofit.store.database import Desk
from afofit.store.errors import Conflict
from afofit.store.origins import Sent
from afofit.summary import as_rtf, as_text
from afofit.web.from_chart import FromChart
from afofit.web.kept import SEE_OTHER
from afofit.web.launch_pages import blueprint
from afofit.web.launched import Opened, from_chart, of_chart, opened, with_token
from afofit.words.tongue import _, speaking

DOCUMENT = "document"
SECONDS = 12.0
"""How long one press sends; what is left goes with the next."""
SAME_MM, SAME_KG = 1.3, 0.05
"""How far a height or weight may lie from the chart's and still be the one that was taken from there: half a tenth of
an inch, half a tenth of a kilogram, to which they are filled in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the page of a fitting says of sending it."""

    sent: Sequence[Sent]
    lacks: Mapping[str, str] = field(default_factory=dict)
    """By kind of resource, why the EHR cannot take it."""
    left: int = 0
    """How many resources are still to be sent."""
    unreached: str = ""
    """Why the EHR's own description could not be read."""
    approved: bool = False


def sending_part(held: Opened, record: Record) -> tuple[Opened, Part]:
    """What can be sent of a fitting, by the EHR's own description, which is read once a launch; and what was."""
    approved = record.stored.state == "approved"
    with store().reading(actor()) as desk:
        done = origins.sent(desk, record.id, held.ehr.id)
    if not approved:
        return held, Part(sent=done)
    try:
        held = _described(held)
    except Unreached as error:
        return held, Part(sent=done, unreached=str(error), approved=True)
    lacks = _lacks(held)
    open_ = {one.item for one in done if one.state == "written"}
    left = sum(item not in open_ and kind not in lacks for item, kind in _items(held, record))
    return held, Part(sent=done, lacks=lacks, left=left, approved=True)


def _described(held: Opened) -> Opened:
    if held.launch.content["creates"] is not None:
        return held
    return held.kept(creates=writing.offers(wire(), held.base))


def _lacks(held: Opened) -> dict[str, str]:
    found = {kind: writing.offer(held.launch.content["creates"], held.granted, kind) for kind in KINDS}
    return {kind: one.lack for kind, one in found.items() if one.lack}


KINDS: tuple[Kind, ...] = ("DocumentReference", "Observation")


def _items(held: Opened, record: Record) -> Iterator[tuple[str, Kind]]:
    """Everything that is sent of a fitting, the document first."""
    yield DOCUMENT, "DocumentReference"
    for name in (*_measured(held, record), *_results(held, record, {})):
        yield name, "Observation"


def _place(held: Opened, record: Record) -> Place:
    """Whose chart the resources stand in. The fitting is approved: what it says is final."""
    encounter = held.encounter
    return Place(
        at=record.stored.created_at,
        subject={"reference": f"Patient/{held.patient}"},
        approved=True,
        record=str(record.id),
        encounter={"reference": f"Encounter/{encounter}"} if encounter else None,
        snomed=settings().snomed,
        document_type=settings().document_type,
    )


def _measured(held: Opened, record: Record) -> dict[str, dict[str, Any]]:
    """The measurements taken here, by name."""
    with speaking("en"):
        found = measurement_observations(record.fitting, _place(held, record), sent=sent_in(record.given))
    return {"/".join(one.place): one.resource for one in found if not _of_chart(held, record, one.place)}


def _results(held: Opened, record: Record, places: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The result of each leg, which refers to those measurements that stand in the chart."""
    derived = {
        side: [{"reference": place} for name, place in places.items() if name.startswith((f"{side}/", "patient/"))]
        for side in SIDES
    }
    with speaking("en"):
        found = result_observations(record.fitting, _place(held, record), derived_from=derived)
    return {"/".join(one.place): one.resource for one in found}


def _of_chart(held: Opened, record: Record, place: tuple[str, ...]) -> bool:
    """Whether a height or weight is the chart's own: what came from there is not sent back as if measured here."""
    if place[0] != "patient" or held.chart is None:
        return False
    person = record.fitting.request.patient
    own, near = (person.height_mm, SAME_MM) if place[1] == "height" else (person.weight_kg, SAME_KG)
    facts = held.chart.of("height" if place[1] == "height" else "weight")
    return any(own is not None and isinstance(one.value, float) and abs(one.value - own) <= near for one in facts)


@blueprint.post("/<uuid:launch_id>/fittings/<uuid:fitting_id>/send")
@member("orthotist")
def send(launch_id: UUID, fitting_id: UUID) -> ResponseReturnValue:
    """Send the fitting into the chart: what is there already is not sent again."""
    held = opened(launch_id)
    with store().reading(actor()) as desk:
        record = of_chart(desk, held, fitting_id)
        _check(desk, record, from_chart(held))
        documents = _documents(desk, record)
    try:
        held = _described(held)
        with_token(held, lambda now, token: _Sending(now, record, token).run(documents))
    except Unreached as error:
        raise Conflict("unreached", _("{ehr} does not answer: {why}.").format(ehr=held.ehr.name, why=error)) from None
    except Ended:
        with store().writing(actor()) as desk:
            launches.end(desk, held.id)
        said = _("The permission of the chart has ended. Open the chart again: the fitting stands there to be sent.")
        raise Conflict("ended", said) from None
    return redirect(url_for("smart.stored", launch_id=launch_id, fitting_id=fitting_id, _anchor="send-h"), SEE_OTHER)


def _check(desk: Desk, record: Record, chart: FromChart) -> None:
    """Only what is approved is sent, and only into the chart of the very person. Raises Conflict and Refused."""
    if record.stored.state != "approved":
        raise Conflict("not_approved", _("Only an approved fitting is sent to the chart."))
    who = patients.find(desk, record.stored.patient_id).identity
    born = who.birth_date.isoformat() if who.birth_date else None
    against = chart.contradicted({"patient": {"reference": who.reference, "name": who.name, "birth_date": born}})
    if against:
        raise Refused(tuple(Problem((), one.message) for one in against))


def _documents(desk: Desk, record: Record) -> list[File]:
    """The fitting as a document: PDF first, then the forms that systems take which refuse it."""
    with speaking("en"):
        pdf = records.printed(desk, record, "sheet", read_printing({}))
        standing = records.standing(record)
        rtf, plain = as_rtf(record.fitting, standing), as_text(record.fitting, standing).encode()
    return [
        File(kind="sheet", title=TITLES["sheet"], content_type=form, content=content)
        for form, content in (("application/pdf", pdf), ("application/rtf", rtf), ("text/plain; charset=utf-8", plain))
    ]


class _Stop(Exception):
    """No more is sent now: the EHR does not let this program, or asks it to wait."""


class _Sending:
    """One press of the button: each resource is claimed, sent and settled by itself."""

    def __init__(self, held: Opened, record: Record, token: str) -> None:
        self.held, self.record, self.token = held, record, token
        self.until = time.monotonic() + SECONDS
        self.counts = {"written": 0, "refused": 0}
        with store().reading(actor()) as desk:
            self.before = {one.item: one for one in origins.sent(desk, record.id, held.ehr.id)}
        self.places = {name: one.place for name, one in self.before.items() if one.state == "written"}

    def run(self, documents: Sequence[File]) -> None:
        """Send what is still to be sent, as long as one press may last."""
        lacks = _lacks(self.held)
        try:
            if "DocumentReference" not in lacks:
                forms = [
                    document_reference(self.record.fitting, one, _place(self.held, self.record)) for one in documents
                ]
                self._one(DOCUMENT, "DocumentReference", forms)
            if "Observation" not in lacks:
                self._measurements()
        except _Stop:
            pass
        finally:
            if any(self.counts.values()):
                with store().writing(actor()) as desk:
                    origins.concluded(desk, self.record.id, self.held.ehr.id, **self.counts)

    def _measurements(self) -> None:
        for name, resource in _measured(self.held, self.record).items():
            self._one(name, "Observation", [resource])
        there = {name: place for name, place in self.places.items() if name != DOCUMENT}
        for name, resource in _results(self.held, self.record, there).items():
            self._one(name, "Observation", [resource])

    def _one(self, name: str, kind: Kind, forms: Sequence[dict[str, Any]]) -> None:
        if name in self.places:
            return
        if time.monotonic() > self.until:
            raise _Stop
        if not self._free(name, forms[0]):
            return
        if not origins.claim(store(), actor(), self.record.id, self.held.ehr.id, name):
            return
        try:
            outcome = self._sent(kind, forms)
        except Ended:
            self._settle(name, Outcome("refused", said=_("the permission of the chart has ended")))
            raise
        self._settle(name, outcome)
        if outcome.status in (writing.FORBIDDEN, writing.TOO_MANY):
            raise _Stop

    def _free(self, name: str, resource: Mapping[str, Any]) -> bool:
        """Whether a resource may be sent: of one whose answer never came, the EHR is asked whether it has it."""
        before = self.before.get(name)
        if before is None or before.state != "sending":
            return True
        place = writing.look_for(wire(), self.held.base, self.token, resource)
        if place:
            self._settle(name, Outcome("written", place))
        elif place == "":
            self._settle(name, Outcome("refused", said=_("it did not arrive")), counted=False)
        return place == ""

    def _sent(self, kind: Kind, forms: Sequence[dict[str, Any]]) -> Outcome:
        """Send the first form that the EHR takes; what it said to those before stands with it."""
        conditional = writing.offer(self.held.launch.content["creates"], self.held.granted, kind).conditional
        refused: list[str] = []
        for resource in forms:
            outcome = writing.create(wire(), self.held.base, self.token, resource, conditional=conditional)
            if not outcome.of_form or resource is forms[-1]:
                said = "; ".join([*refused, outcome.said]) if outcome.said else "; ".join(refused)
                return Outcome(outcome.state, outcome.place, said, outcome.status)
            refused.append(f"{_form_of(resource)}: {outcome.said}")
        raise AssertionError("there is at least one form")

    def _settle(self, name: str, outcome: Outcome, *, counted: bool = True) -> None:
        state = "sending" if outcome.state == "unknown" else outcome.state
        with store().writing(actor()) as desk:
            origins.settle(desk, self.record.id, self.held.ehr.id, name, state, place=outcome.place, said=outcome.said)
        if outcome.state == "written":
            self.places[name] = outcome.place
        if counted and state in self.counts:
            self.counts[state] += 1


def _form_of(resource: Mapping[str, Any]) -> str:
    """The kind of content of a document, as the EHR was told."""
    content = resource.get("content")
    return str(content[0]["attachment"]["contentType"]) if content else ""
