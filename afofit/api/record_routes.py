"""REST for what is stored: fittings with keys, from the first request to the approved sheet."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import PreconditionFailed

from afofit import messages, records
from afofit.access import actor, bearer, store
from afofit.api.bodies import Unreadable, read_json, retry_key
from afofit.api.negotiation import JSON, NOTE_FORMS, NoSuchForm, no_such_form, wanted
from afofit.api.paging import limit_of
from afofit.api.problems import conflict, json_response, problem_response, refused
from afofit.api.summaries import FORMS, Ending, summary
from afofit.documents import DOCUMENTS, Kind
from afofit.records import Record
from afofit.schemas.deeds import read_approval, read_withdrawal
from afofit.schemas.printing import read_printing
from afofit.schemas.problems import Problem, Refused
from afofit.store import fittings
from afofit.store.database import Desk
from afofit.store.errors import Conflict, Forbidden, Missing
from afofit.store.fittings import STATES, Place, Retry
from afofit.words.problems import sentence, shown

blueprint = Blueprint("records", __name__, url_prefix="/api/v1")
blueprint.register_error_handler(Refused, refused)
blueprint.register_error_handler(Conflict, conflict)
blueprint.register_error_handler(NoSuchForm, no_such_form)
blueprint.register_error_handler(Missing, lambda _: problem_response(404, "There is no such resource."))
blueprint.register_error_handler(Forbidden, lambda error: problem_response(403, str(error)))
blueprint.register_error_handler(
    Unreadable, lambda error: problem_response(400, "The body cannot be read.", error.problems)
)

USUAL_PAGE, MOST_A_PAGE = 50, 200


DEEDS = ("approve", "withdraw", "recompute")


def links(record: Record) -> dict[str, str]:
    """Where the record, its documents and what can be done with it are: addresses below its own (a test holds them)."""
    here = url_for("records.one", fitting_id=record.id)
    documents = {kind: f"{here}/{kind}.pdf" for kind in DOCUMENTS}
    notes = {"summary": f"{here}/summary.txt", "summary_rtf": f"{here}/summary.rtf"}
    deeds = {deed: f"{here}/{deed}" for deed in DEEDS}
    message = {"hl7": f"{here}/message.hl7"}
    return {"self": here, **documents, **notes, **message, **deeds, "revise": f"{here}/revisions"}


def _answered(desk: Desk, record: Record, status: int = 200) -> Response:
    return _written(record, records.before(desk, record), status)


def _written(record: Record, previous: Record | None, status: int) -> Response:
    response = json_response(records.answer(record, links(record), previous), status)
    response.set_etag(record.etag)
    return response


def _retry(given: object) -> Retry | None:
    key = retry_key(request)
    return None if key is None else Retry(key, records.body_hash([request.path, given]))


def _stored(previous_id: UUID | None = None) -> Response:
    given = read_json(request)
    record, new = records.take(store(), actor(), given, retry=_retry(given), previous_id=previous_id)
    if record.stored.previous_id is None:
        response = _written(record, None, 201)
    else:
        with store().reading(actor()) as desk:
            response = _answered(desk, record, 201)
    response.headers["Location"] = url_for("records.one", fitting_id=record.id)
    if not new:
        response.headers["Idempotent-Replayed"] = "true"
    return response


@blueprint.post("/fittings")
@bearer("fittings:write")
def create() -> Response:
    """Compute a fitting and keep it as a draft."""
    return _stored()


@blueprint.post("/fittings/<uuid:fitting_id>/revisions")
@bearer("fittings:write")
def revise(fitting_id: UUID) -> Response:
    """Keep a changed request as the next revision of a fitting."""
    return _stored(fitting_id)


@blueprint.get("/fittings/<uuid:fitting_id>")
@bearer("fittings:read")
def one(fitting_id: UUID) -> Response:
    """One stored fitting: whole as JSON, or its summary for the note as plain text or RTF, by ``Accept``."""
    form = wanted(request, NOTE_FORMS)
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        response = _answered(desk, record) if form == JSON else _summary(record, form)
    response.vary.add("Accept")
    return response.make_conditional(request)  # type: ignore[return-value]


@blueprint.get("/fittings/<uuid:fitting_id>/summary.<any(txt, rtf):ending>")
@bearer("fittings:read")
def summarised(fitting_id: UUID, ending: Ending) -> Response:
    """The summary of a stored fitting for the note, at an address of its own."""
    with store().reading(actor()) as desk:
        response = _summary(records.find(desk, fitting_id), FORMS[ending])
    return response.make_conditional(request)  # type: ignore[return-value]


def _summary(record: Record, form: str) -> Response:
    response = summary(record.fitting, form, records.standing(record))
    # Another form of the same state is another answer, and a strong tag must tell them apart.
    response.set_etag(f"{record.etag}-{form.replace('/', '-')}")
    return response


@blueprint.get("/fittings")
@bearer("fittings:read")
def many() -> Response:
    """The fittings of the clinic, newest first, a page at a time; ``Link`` leads to the next page."""
    wanted = _wanted()
    with store().reading(actor()) as desk:
        rows = fittings.listed(desk, **wanted)  # type: ignore[arg-type]
    response = json_response({"fittings": [_line(row) for row in rows]})
    if len(rows) == wanted["limit"]:
        query = {**request.args, "cursor": _cursor((rows[-1].created_at, rows[-1].id))}
        response.headers["Link"] = f'<{url_for("records.many")}?{urlencode(query)}>; rel="next"'
    return response


def _line(row: fittings.Listed) -> dict[str, object]:
    return {
        "id": str(row.id),
        "created_at": row.created_at.isoformat(),
        "state": row.state,
        "replaced": row.replaced,
        "revision": row.revision,
        "kind": row.kind,
        "patient": {"id": str(row.patient_id)},
        **row.facts,
        "links": {"self": url_for("records.one", fitting_id=row.id)},
    }


def _wanted() -> dict[str, object]:
    """What the query asks for; Refused with everything that is wrong with it."""
    said, state, patient, cursor = (request.args.get(name) for name in ("limit", "state", "patient", "cursor"))
    limit, problems = limit_of(said, USUAL_PAGE, MOST_A_PAGE)
    wanted: dict[str, object] = {"limit": limit, "state": state, "patient_id": None, "after": None}
    if state is not None and state not in STATES:
        text = sentence("not_a_choice", where="state", received=shown(state[:20]), allowed=", ".join(STATES))
        problems.append(Problem(("state",), text, state[:20], None, list(STATES)))
    for name, given, made in (("patient_id", patient, UUID), ("after", cursor, _place)):
        try:
            wanted[name] = made(given) if given is not None else None
        except ValueError:
            said = "patient" if name == "patient_id" else "cursor"
            text = sentence("not_given_here", where=said, received=shown((given or "")[:60]))
            problems.append(Problem((said,), text, (given or "")[:60]))
    if problems:
        raise Refused(tuple(problems))
    return wanted


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(orjson.dumps([place[0].isoformat(), str(place[1])])).decode()


def _place(cursor: str) -> Place:
    at, fitting_id = orjson.loads(urlsafe_b64decode(cursor))
    place = (datetime.fromisoformat(str(at)), UUID(str(fitting_id)))
    if place[0].tzinfo is None:
        raise ValueError("a moment needs its zone")
    return place


@blueprint.post("/fittings/<uuid:fitting_id>/approve")
@bearer("fittings:approve")
def approve(fitting_id: UUID) -> Response:
    """Approve a draft in the name of the key's orthotist, with the code of every caution as read."""
    with store().writing(actor()) as desk:
        record = records.find(desk, fitting_id)
        codes = read_approval(read_json(request))
        records.approve(desk, _unchanged(record), codes)
        return _answered(desk, records.find(desk, fitting_id))


@blueprint.post("/fittings/<uuid:fitting_id>/withdraw")
@bearer("fittings:approve")
def withdraw(fitting_id: UUID) -> Response:
    """Withdraw a fitting for good, with the reason."""
    with store().writing(actor()) as desk:
        record = records.find(desk, fitting_id)
        reason = read_withdrawal(read_json(request))
        records.withdraw(desk, _unchanged(record), reason)
        return _answered(desk, records.find(desk, fitting_id))


@blueprint.get("/fittings/<uuid:fitting_id>/recompute")
@bearer("fittings:read")
def recompute(fitting_id: UUID) -> Response:
    """Compute the stored request again with its protocol: whether every number is the same."""
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        same = records.same_numbers(desk, record)
    return json_response({"id": str(fitting_id), "same": same, "engine_version": record.fitting.engine_version})


@blueprint.get("/fittings/<uuid:fitting_id>/<any(sheet, patient, template, order):kind>.pdf")
@bearer("fittings:read")
def printed(fitting_id: UUID, kind: Kind) -> Response:
    """One document of a stored fitting; the patient's only of an approved one."""
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        pdf = records.printed(desk, record, kind, read_printing(request.args))
    return Response(pdf, content_type="application/pdf")


@blueprint.get("/fittings/<uuid:fitting_id>/message.hl7")
@bearer("fittings:read")
def message(fitting_id: UUID) -> Response:
    """A stored fitting as an HL7 v2 result (ORU^R01) with its sheet in it; preliminary until it is approved."""
    with store().reading(actor()) as desk:
        content = messages.result(desk, records.find(desk, fitting_id), read_printing(request.args))
    response = Response(content, content_type=messages.MEDIA_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="afofit-message.hl7"'
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


def _unchanged(record: Record) -> Record:
    """The record, unless If-Match says that the client looked at another state of it."""
    if request.if_match and record.etag not in request.if_match:
        raise PreconditionFailed
    return record
