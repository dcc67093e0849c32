"""REST for many fittings at once: a batch in, an outcome for each row out."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from afofit.access import actor, bearer, settings, store
from afofit.api.batch_answers import RESULT_FORMS, computed, described, outcome, page, written
from afofit.api.bodies import retry_key
from afofit.api.negotiation import JSON, NoSuchForm, no_such_form, wanted
from afofit.api.problems import conflict, json_response, problem_response, refused
from afofit.batches import work
from afofit.batches.queue import Queue
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.table import CSV, FORMS, NDJSON, NotRead, Row, TooMany, rows_of
from afofit.store import batches
from afofit.store.errors import Conflict, Missing
from afofit.store.fittings import Retry
from afofit.words.problems import sentence, shown

blueprint = Blueprint("batches", __name__, url_prefix="/api/v1")
blueprint.register_error_handler(Refused, refused)
blueprint.register_error_handler(Conflict, conflict)
blueprint.register_error_handler(NoSuchForm, no_such_form)
blueprint.register_error_handler(Missing, lambda _: problem_response(404, "There is no such resource."))
blueprint.register_error_handler(
    NotRead, lambda error: problem_response(400, "The body cannot be read.", error.problems)
)
blueprint.register_error_handler(
    TooMany,
    lambda error: problem_response(413, f"A batch has at most {error.most} rows here. Send the rest as another batch."),
)
blueprint.register_error_handler(
    RequestEntityTooLarge,
    lambda _: problem_response(413, f"The body of a batch is read up to {settings().batch_limit_bytes} bytes."),
)
blueprint.register_error_handler(
    UnsupportedMediaType, lambda _: problem_response(415, f"Send the rows as one of: {', '.join(FORMS)}, in UTF-8.")
)

AT_ONCE = 200
"""The most rows that are answered at once."""
RETRY_SECONDS = "2"
UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii"})
BOTH = {"true": True, "false": False}


def queue() -> Queue:
    """The way to the worker."""
    return cast(Queue, current_app.extensions["afofit_batches"])


@blueprint.post("/batches")
@bearer("fittings:write")
def create() -> Response:
    """Store a fitting of each row (CSV, JSON or JSON lines), or only compute them; one bad row stops no other.

    Up to 200 rows are answered at once, unless ``Prefer: respond-async`` asks not to wait; more are worked on later.
    """
    stored = _stores()
    form = _form()
    key = retry_key(request)
    request.max_content_length = settings().batch_limit_bytes
    body = request.get_data(cache=False)
    rows = rows_of(body, form, most=settings().batch_rows)
    if not stored:
        return _computed(rows)
    waits = len(rows) > AT_ONCE or _prefers_later()
    retry = None if key is None else Retry(key, batches.body_hash(body, request.path, form))
    batch_id, new = work.accept(store(), actor(), rows, retry=retry, waits=waits)
    response = _accepted(batch_id) if _waits(batch_id, waits) else _answered(batch_id)
    if waits:
        response.headers["Preference-Applied"] = "respond-async"
    if not new:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _stores() -> bool:
    """What the query says of storing. Raises Refused where that is neither."""
    said = request.args.get("store", "true")
    if said not in BOTH:
        text = sentence("not_a_flag", where="store", received=shown(said[:20]))
        raise Refused((Problem(("store",), text, said[:20], None, list(BOTH)),))
    return BOTH[said]


def _form() -> str:
    """The form of the body. Raises UnsupportedMediaType of another one, and of another encoding."""
    if request.mimetype_params.get("charset", "").lower() not in UTF8:
        raise UnsupportedMediaType
    if request.is_json:
        return JSON
    if request.mimetype not in (CSV, NDJSON):
        raise UnsupportedMediaType
    return request.mimetype


def _prefers_later() -> bool:
    wishes = ",".join(request.headers.getlist("Prefer")).replace(";", ",").split(",")
    return "respond-async" in (wish.strip().lower() for wish in wishes)


def _computed(rows: tuple[Row, ...]) -> Response:
    if len(rows) > AT_ONCE:
        text = f"store: without storing, at most {AT_ONCE} rows are computed at once. Send the rest as another batch."
        raise Refused((Problem(("store",), text, len(rows), "rows", AT_ONCE),))
    found = [computed(one) for one in work.compute(store(), actor(), rows)]
    failed = sum("problem" in one for one in found)
    return written(found, JSON, {"total": len(found), "done": len(found), "failed": failed})


def _waits(batch_id: UUID, waits: bool) -> bool:
    """Whether the answer does not wait; a second try without the wish to wait finds the first one that had it."""
    if waits:
        return True
    with store().reading(actor()) as desk:
        return batches.find(desk, batch_id).waits


def _accepted(batch_id: UUID) -> Response:
    """202, and where to look."""
    queue().send(actor().clinic_id, batch_id)
    queue().start()
    with store().reading(actor()) as desk:
        batch = batches.find(desk, batch_id)
    response = json_response(described(batch), 202)
    response.headers["Location"] = url_for("batches.one", batch_id=batch_id)
    response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _answered(batch_id: UUID) -> Response:
    """200 with the outcome of every row. Raises Conflict while another try is being worked on."""
    work.work(store(), actor().clinic_id, batch_id, queue().node)
    with store().reading(actor()) as desk:
        batch = batches.find(desk, batch_id)
        rows = batches.results(desk, batch_id)
    if batch.state in ("waiting", "running"):
        raise Conflict("in_flight", "This batch is being worked on for another request with the same Idempotency-Key.")
    response = written([outcome(row) for row in rows], JSON, described(batch))
    response.headers["Location"] = url_for("batches.one", batch_id=batch_id)
    return response


@blueprint.get("/batches/<uuid:batch_id>")
@bearer("fittings:write")
def one(batch_id: UUID) -> Response:
    """How far a batch is."""
    with store().reading(actor()) as desk:
        batch = batches.find(desk, batch_id)
    response = json_response(described(batch))
    if batch.waits and batch.state in ("waiting", "running"):
        queue().start()
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


@blueprint.get("/batches/<uuid:batch_id>/results")
@bearer("fittings:write")
def results(batch_id: UUID) -> Response:
    """What came of the rows that are done: JSON a page at a time, or all of it as JSON lines or CSV, by ``Accept``."""
    form = wanted(request, RESULT_FORMS)
    after, limit = page(request.args, form)
    with store().reading(actor()) as desk:
        batch = batches.find(desk, batch_id)
        rows = batches.results(desk, batch_id, after=after, limit=limit)
    response = written([outcome(row) for row in rows], form, described(batch))
    response.vary.add("Accept")
    if len(rows) == limit:
        query = {**request.args, "cursor": rows[-1].number}
        response.headers["Link"] = f'<{url_for("batches.results", batch_id=batch_id)}?{urlencode(query)}>; rel="next"'
    return response


@blueprint.delete("/batches/<uuid:batch_id>")
@bearer("fittings:write")
def cancel(batch_id: UUID) -> Response:
    """Stop a batch: the fittings that are stored stay, the rows that are not done are forgotten."""
    with store().writing(actor()) as desk:
        return json_response(described(batches.cancel(desk, batch_id)))
