"""REST for size charts of ready-made braces: those of the program for everybody, a clinic's own with a key.

A scope of its own lets a system keep charts: one that only stores fittings cannot change what they are held against.
"""

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from afofit.access import actor, bearer, either, store, visitor
from afofit.api.bodies import read_json
from afofit.api.negotiation import JSON, wanted
from afofit.api.problems import json_response, problem_response
from afofit.api.record_routes import blueprint
from afofit.fitting.chart_check import Document
from afofit.fitting.chart_export import as_csv, as_toml
from afofit.fitting.chart_file import documents_built_in
from afofit.schemas.problems import Problem
from afofit.schemas.size_chart import NoFile, read_document, read_file
from afofit.schemas.table import CSV
from afofit.store import charts
from afofit.store.charts import Own
from afofit.store.errors import Missing

TOML = "application/toml"
FORMS = (JSON, TOML, CSV)
KINDS = {TOML: "toml", CSV: "csv"}
OPEN_WHY = "what makers print, the same for everybody; a clinic's own with its key only"
Json = dict[str, Any]

blueprint.register_error_handler(
    NoFile, lambda error: problem_response(400, "The body cannot be read.", error.problems)
)


@blueprint.get("/charts")
@either("fittings:read", OPEN_WHY)
def size_charts() -> Response:
    """The charts that come with the program; with a key, also the clinic's own in use, and which of all are used."""
    return _conditional(json_response({"charts": _all()}))


def _all() -> list[Json]:
    if visitor() is None:
        return [_built_in(name, in_use=True) for name in documents_built_in()]
    with store().reading(actor()) as desk:
        own, off = charts.listed(desk, in_use=True), charts.left_out(desk)
    named = charts.built_in_of(off, [one.chart for one in own])
    return [*map(_own, own), *(_built_in(name, in_use=in_use) for name, (_chart, in_use) in named.items())]


@blueprint.get("/charts/<chart_id>")
@either("fittings:read", OPEN_WHY)
def size_chart(chart_id: str) -> Response:
    """One chart: as JSON, or as a file that reads back the same, TOML or CSV, by ``Accept``."""
    form = wanted(request, FORMS)
    found = _found(chart_id)
    if form == JSON:
        response = json_response(found)
    else:
        text = as_toml(found["chart"]) if form == TOML else as_csv([found["chart"]])
        response = Response(text, content_type=form if form == TOML else f"{CSV}; charset=utf-8")
    response.vary.add("Accept")
    return _conditional(response)


def _found(chart_id: str) -> Json:
    """A chart of the program by its name, or one of the clinic that asks by its id. Raises Missing."""
    if chart_id in documents_built_in():
        return next(one for one in _all() if one["id"] == chart_id)
    try:
        own_id = UUID(chart_id)
    except ValueError:
        raise Missing("chart") from None
    if visitor() is None:
        raise Missing("chart")
    with store().reading(actor()) as desk:
        return _own(charts.find(desk, own_id))


@blueprint.post("/charts")
@bearer("charts:write")
def keep_size_charts() -> Response:
    """Keep charts of the clinic, all that are sent or none: one as JSON or TOML, one or several as CSV.

    A chart of a maker and model that is there already becomes its next revision; the same again changes nothing.
    """
    documents = _sent()
    if isinstance(documents, Response):
        return documents
    with store().writing(actor()) as desk:
        saved = charts.save(desk, documents)
        kept = [charts.find(desk, one.id) for one in saved]
    response = json_response({"charts": [_own(one) for one in kept]}, 201 if any(one.new for one in saved) else 200)
    single = len(kept) == 1
    response.headers["Location"] = _address(str(kept[0].id)) if single else url_for("records.size_charts")
    return response


def _sent() -> list[Document] | Response:
    """What was sent, found sound; or why its form cannot be read."""
    if request.is_json:
        return [read_document(read_json(request))]
    if request.mimetype not in KINDS:
        return problem_response(415, f"Send the chart as one of: {', '.join(FORMS)}.")
    try:
        text = request.get_data(cache=False).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        said = f"The body is not UTF-8: byte {error.start + 1} cannot be read."
        raise NoFile((Problem((), said, None, None, "UTF-8"),)) from None
    return read_file(text, KINDS[request.mimetype])


def _built_in(name: str, *, in_use: bool) -> Json:
    return {
        "id": name,
        "built_in": True,
        "in_use": in_use,
        "revision": None,
        "created": None,
        "ended": None,
        "chart": documents_built_in()[name],
        "links": {"self": _address(name)},
    }


def _own(one: Own) -> Json:
    ended = {"by": one.ended_by, "at": one.ended_at.isoformat()} if one.ended_at else None
    return {
        "id": str(one.id),
        "built_in": False,
        "in_use": one.in_use,
        "revision": one.number,
        "created": {"by": one.made_by, "at": one.made_at.isoformat()},
        "ended": ended,
        "chart": one.document,
        "links": {"self": _address(str(one.id))},
    }


def _address(chart_id: str) -> str:
    return url_for("records.size_chart", chart_id=chart_id)


def _conditional(response: Response) -> Response:
    response.add_etag()
    return response.make_conditional(request)  # type: ignore[return-value]


__all__ = ["blueprint"]
