"""A fitting that is kept: computed and stored in one go, opened again exactly as it was, approved, changed, printed."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from afofit import rules
from afofit.differences import Difference, differences
from afofit.documents import Approved, Kind, document
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.protocol import Protocol, default_text
from afofit.fitting.request import Request
from afofit.fitting.result import Fitting
from afofit.schemas.answer import write
from afofit.schemas.frozen import freeze, thaw
from afofit.schemas.printing import Printing
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.request import read
from afofit.store import clinics, fittings, patients, protocols, releases
from afofit.store.actors import Actor
from afofit.store.database import Desk, Overtaken, Store
from afofit.store.errors import Conflict, Forbidden
from afofit.store.fittings import Retry, Snapshot, Stored
from afofit.store.patients import Identity
from afofit.words import sides
from afofit.words.findings import titled
from afofit.words.note import Standing
from afofit.words.patient import Contact
from afofit.words.problems import sentence, shown
from afofit.words.tongue import _

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored revision, opened: the request as it was given, the overrides, and the result as it was computed."""

    stored: Stored
    given: Mapping[str, Any]
    overrides: tuple[Override, ...]
    fitting: Fitting

    @property
    def id(self) -> UUID:
        """The id of the revision."""
        return self.stored.id

    @property
    def etag(self) -> str:
        """What changes when anything that the record's answer says changes."""
        return f"{self.stored.snapshot.digest.hex()[:32]}-{self.stored.state}"

    @property
    def cautions(self) -> tuple[str, ...]:
        """The codes that have to be acknowledged before approval, in the order in which they are read."""
        found = (each for limb in self.fitting.limbs.values() for each in limb.findings)
        return tuple(dict.fromkeys(each.code for each in found if each.severity == "caution"))

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why it cannot be approved whatever is acknowledged; empty where it can."""
        said = []
        for side, limb in self.fitting.limbs.items():
            if limb.verdict == "stop":
                said.append(sentence("stopped_leg", where=sides.leg(side)))
            elif limb.limb.braced and limb.limb.clinical.urgent_signs is None:
                said.append(sentence("signs_not_asked", where=sides.leg(side)))
        return tuple(said)


def take(
    store: Store,
    actor: Actor,
    given: Any,
    *,
    retry: Retry | None = None,
    patient_id: UUID | None = None,
    previous_id: UUID | None = None,
    overrides: Sequence[Override] = (),
    today: date | None = None,
) -> tuple[Record, bool]:
    """Compute a request and keep it; True where it is new, False where the same try was kept before.

    Raises Refused with everything that is wrong with the request, Conflict where it does not fit what is stored.
    """
    today = today or date.today()
    with store.reading(actor) as desk:
        known = fittings.earlier(desk, retry) if retry else None
        if known is not None:
            return find(desk, known), False
        current = rules.current(desk)
    request = read(given, today=today)
    fitting = fit(request, today=today, protocol=current.protocol, overrides=overrides, charts=current.charts)
    content = (_request_bytes(given, overrides), freeze(fitting))
    made = _Made(
        request, fitting, tuple(overrides), *content, fittings.sealed(store.vault, *content), current.protocol_id
    )
    try:
        return _keep(store, actor, made, retry, patient_id, previous_id), True
    except Overtaken:
        # Another writer was first, with the same key or the same new patient: what it wrote is there now.
        with store.reading(actor) as desk:
            known = fittings.earlier(desk, retry) if retry else None
            if known is not None:
                return find(desk, known), False
        return _keep(store, actor, made, retry, patient_id, previous_id), True


@dataclass(frozen=True, slots=True)
class _Made:
    """What was computed, in every form in which it is needed, before the transaction that others wait for begins."""

    request: Request
    fitting: Fitting
    overrides: tuple[Override, ...]
    request_bytes: bytes
    result_bytes: bytes
    sealed: fittings.Sealed
    protocol_id: UUID | None


def _keep(
    store: Store,
    actor: Actor,
    made: _Made,
    retry: Retry | None,
    patient_id: UUID | None,
    previous_id: UUID | None,
) -> Record:
    fitting = made.fitting
    with store.writing(actor) as desk:
        previous = fittings.find(desk, previous_id) if previous_id else None
        patient = patients.resolve(desk, _identity(made.request), previous.patient_id if previous else patient_id)
        snapshot = Snapshot(
            request=made.request_bytes,
            result=made.result_bytes,
            computed_on=fitting.computed_on,
            engine_version=fitting.engine_version,
            base_digest=protocols.base(desk, default_text()),
            protocol_id=made.protocol_id,
            facts=_facts(fitting),
        )
        kind = _kind(previous, made.request_bytes)
        fitting_id = fittings.save(
            desk, snapshot, patient.id, sealing=made.sealed, kind=kind, previous=previous, retry=retry
        )
        now = desk.now
        stored = Stored(
            id=fitting_id,
            patient_id=patient.id,
            series_id=previous.series_id if previous else fitting_id,
            revision=fittings.last_revision(desk, previous.series_id) if previous else 1,
            kind=kind,
            previous_id=previous_id,
            created_at=now,
            made_by=actor.name,
            snapshot=snapshot,
        )
    # Not opened anew: what thaws is equal to what was frozen.
    given = orjson.loads(made.request_bytes)["given"]
    return Record(stored=stored, given=given, overrides=made.overrides, fitting=fitting)


def _kind(previous: Stored | None, request: bytes) -> fittings.Kind:
    if previous is None:
        return "original"
    if previous.state == "draft":
        return "change"
    return "exact_reorder" if previous.snapshot.request == request else "reorder_with_changes"


def _identity(request: Request) -> Identity:
    person = request.patient
    return Identity(person.reference, person.name, person.birth_date)


def _facts(fitting: Fitting) -> Json:
    return {
        "verdicts": {side: limb.verdict for side, limb in fitting.limbs.items()},
        "designs": {side: limb.design.code for side, limb in fitting.limbs.items()},
    }


def _request_bytes(given: Any, overrides: Sequence[Override]) -> bytes:
    chosen = [
        {
            "side": one.side,
            "dimension": one.dimension,
            "chosen": one.chosen,
            "reason": one.reason,
            "by": one.by,
            "at": one.at.isoformat(),
        }
        for one in overrides
    ]
    return orjson.dumps({"given": given, "overrides": chosen}, option=orjson.OPT_SORT_KEYS)


def body_hash(given: Any) -> bytes:
    """What tells one request from another under the same key."""
    try:
        text = orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # Halves of letters and numbers beyond 64 bit: what holds them is refused later, with their place.
        text = json.dumps(given, sort_keys=True).encode("ascii")
    return hashlib.sha256(text).digest()


def find(desk: Desk, fitting_id: UUID) -> Record:
    """One record of the clinic, opened. Raises Missing."""
    return _opened(fittings.find(desk, fitting_id))


def _opened(stored: Stored) -> Record:
    document = orjson.loads(stored.snapshot.request)
    overrides = tuple(Override(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in document["overrides"])
    return Record(stored=stored, given=document["given"], overrides=overrides, fitting=thaw(stored.snapshot.result))


def of_patient(desk: Desk, patient_id: UUID) -> list[Record]:
    """Every record of one patient, oldest first."""
    return [_opened(stored) for stored in fittings.of_patient(desk, patient_id)]


def recomputed(desk: Desk, record: Record) -> Fitting:
    """The same request computed again: protocol and size charts of the record, rules of this program."""
    day = record.stored.snapshot.computed_on
    return fit(
        read(record.given, today=day),
        today=day,
        protocol=protocol_of(desk, record),
        overrides=record.overrides,
        charts=rules.charts_of(desk, record.fitting),
    )


def protocol_of(desk: Desk, record: Record) -> Protocol:
    """The protocol that a record was computed with."""
    return rules.protocol_of(desk, record.stored.snapshot)


def same_numbers(desk: Desk, record: Record) -> bool:
    """Whether the record, computed again, gives the same result to the last digit."""
    again = replace(recomputed(desk, record), engine_version=record.fitting.engine_version)
    known = {one.product for limb in again.limbs.values() for one in limb.stock}
    limbs = {
        side: replace(limb, stock=tuple(one for one in limb.stock if one.product in known))
        for side, limb in record.fitting.limbs.items()
    }
    # What is stored may be of a version whose fittings had fewer fields.
    return freeze(again) == freeze(replace(record.fitting, limbs=limbs))


def approve(desk: Desk, record: Record, acknowledged: Sequence[str]) -> None:
    """Approve a draft. Raises Forbidden, Conflict, or Refused with every reason why it cannot be given."""
    if not desk.actor.orthotist:
        raise Forbidden(_("Only an orthotist can approve a fitting."))
    if record.stored.state != "draft":
        raise Conflict(record.stored.state, _(fittings.ALREADY[record.stored.state]))
    if fittings.last_revision(desk, record.stored.series_id) > record.stored.revision:
        raise Conflict("replaced", _("A later revision of this fitting is there. Approve that one."))
    problems = [Problem((), said) for said in record.obstacles]
    problems += list(_unread(record, acknowledged))
    if problems:
        raise Refused(tuple(problems))
    fittings.approve(desk, record.stored, acknowledged)
    if record.stored.kind != "exact_reorder":
        # The patient's links to what this one replaces would show numbers that no longer hold.
        releases.revoke_all(desk, series_id=record.stored.series_id)


def _unread(record: Record, acknowledged: Sequence[str]) -> Iterator[Problem]:
    cautions = record.cautions
    for code in cautions:
        if code not in acknowledged:
            text = sentence("unread_caution", caution=code, title=titled(code))
            yield Problem(("acknowledged",), text, list(acknowledged), None, list(cautions))
    for code in acknowledged:
        if code not in cautions:
            text = sentence("no_such_caution", received=shown(code))
            yield Problem(("acknowledged",), text, code, None, list(cautions))


def withdraw(desk: Desk, record: Record, reason: str) -> None:
    """Take a fitting back: its documents and its patient links end. Raises Forbidden, Conflict, Refused."""
    if not desk.actor.orthotist:
        raise Forbidden(_("Only an orthotist can withdraw a fitting."))
    if not reason.strip():
        raise Refused((Problem(("reason",), sentence("no_reason")),))
    fittings.withdraw(desk, record.stored, reason.strip())
    releases.revoke_all(desk, fitting_id=record.id)


def printed(desk: Desk, record: Record, kind: Kind, printing: Printing, *, link: str | None = None) -> bytes:
    """A document of the record. Raises Conflict of one that was withdrawn, and of a patient's sheet not approved."""
    stored = record.stored
    if stored.state == "withdrawn":
        raise Conflict("withdrawn", _("This fitting was withdrawn: nothing is printed of it."))
    if kind == "patient" and stored.approval is None:
        raise Conflict("not_approved", _("Patients see approved fittings only. Approve it first."))
    clinic = clinics.clinic(desk)
    return document(
        kind,
        record.fitting,
        record.given,
        printing,
        approved=Approved(stored.approval.name, stored.approval.at) if stored.approval else None,
        link=link,
        contact=Contact(clinic.name, clinic.phone),
    )


def standing(record: Record) -> Standing:
    """What the record adds to its note for the chart. Raises Conflict of one that was withdrawn."""
    stored = record.stored
    if stored.state == "withdrawn":
        raise Conflict("withdrawn", _("This fitting was withdrawn: there is no summary of it."))
    return Standing(
        record=stored.id,
        revision=stored.revision,
        approved_by=stored.approval.name if stored.approval else None,
        approved_at=stored.approval.at if stored.approval else None,
    )


def before(desk: Desk, record: Record) -> Record | None:
    """What the record was made from; None of the first."""
    return find(desk, record.stored.previous_id) if record.stored.previous_id else None


def changed(record: Record, previous: Record | None) -> tuple[Difference, ...]:
    """What differs from the record that it was made from; nothing of the first."""
    return differences(previous.fitting, record.fitting) if previous else ()


def answer(record: Record, links: Mapping[str, str], previous: Record | None = None) -> Json:
    """The record as the service answers it: the result as it was computed, and what has happened since."""
    stored = record.stored
    return {
        "id": str(stored.id),
        "created_at": stored.created_at.isoformat(),
        "state": stored.state,
        "revision": stored.revision,
        "kind": stored.kind,
        "previous": str(stored.previous_id) if stored.previous_id else None,
        "patient": {"id": str(stored.patient_id)},
        "approval": None
        if stored.approval is None
        else {
            "by": stored.approval.name,
            "at": stored.approval.at.isoformat(),
            "acknowledged": list(stored.approval.acknowledged),
        },
        "withdrawal": None
        if stored.withdrawal is None
        else {
            "by": stored.withdrawal.name,
            "at": stored.withdrawal.at.isoformat(),
            "reason": stored.withdrawal.reason,
        },
        "changes": [
            {"pointer": one.pointer, "label": one.where, "before": one.before, "after": one.after}
            for one in changed(record, previous)
        ],
        **write(record.fitting, record.given, links=links),
    }
