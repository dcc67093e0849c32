"""What is answered of a batch: how far it is, and what came of each row, as JSON, JSON lines or CSV."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, url_for

from afofit.api.negotiation import JSON
from afofit.api.paging import limit_of
from afofit.api.problems import counted, document, json_bytes, json_response
from afofit.batches.work import Computed
from afofit.schemas.numbers import whole
from afofit.schemas.problems import Problem, Refused
from afofit.schemas.table import CSV, NDJSON
from afofit.store.batches import Batch, Done
from afofit.words.problems import sentence, shown

RESULT_FORMS = (JSON, NDJSON, CSV)
COLUMNS = ("row", "status", "id", "fitting", "problems")
ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute instead of show."""
USUAL_PAGE, MOST_A_PAGE = 200, 1000
MOST_ROWS = 999_999_999
Json = dict[str, Any]


def page(query: Mapping[str, str], form: str) -> tuple[int, int | None]:
    """After which row, and how many: all of them where they are not asked for as JSON. Raises Refused."""
    cursor = query.get("cursor", "0")
    after = whole(cursor, MOST_ROWS)
    limit, problems = limit_of(query.get("limit"), USUAL_PAGE if form == JSON else None, MOST_A_PAGE)
    if after is None:
        text = sentence("not_given_here", where="cursor", received=shown(cursor[:60]))
        problems.append(Problem(("cursor",), text, cursor[:60]))
    if problems:
        raise Refused(tuple(problems))
    return after or 0, limit


def described(batch: Batch) -> Json:
    """A batch as it stands."""
    here = url_for("batches.one", batch_id=batch.id)
    return {
        "id": str(batch.id),
        "state": batch.state,
        "created_at": batch.created_at.isoformat(),
        "finished_at": batch.finished_at.isoformat() if batch.finished_at else None,
        "cancelled_at": batch.cancelled_at.isoformat() if batch.cancelled_at else None,
        "total": batch.total,
        "done": batch.done,
        "failed": batch.failed,
        "links": {"self": here, "results": f"{here}/results"},
    }


def outcome(done: Done) -> Json:
    """What came of one row: the fitting and where it is, or a problem document."""
    if done.fitting_id is None:
        return _failed(done.number, done.status, json.loads(done.problems or b"[]"))
    here = url_for("records.one", fitting_id=done.fitting_id)
    links = {"self": here, "sheet": f"{here}/sheet.pdf", "summary": f"{here}/summary.txt"}
    return {"row": done.number, "status": done.status, "id": str(done.fitting_id), "links": links}


def computed(one: Computed) -> Json:
    """What would come of one row: the answer of a preview, or a problem document."""
    if one.answer is None:
        return _failed(one.number, one.status, [problem.as_json() for problem in one.problems])
    return {"row": one.number, "status": one.status, "fitting": one.answer}


def _failed(number: int, status: int, errors: list[Json]) -> Json:
    detail = counted(len(errors)) if len(errors) != 1 else str(errors[0]["message"])
    return {"row": number, "status": status, "problem": document(status, detail, errors)}


def written(rows: Sequence[Json], form: str, beside: Mapping[str, Any]) -> Response:
    """Outcomes in one of their forms; ``beside`` is what the JSON form says of the batch."""
    if form == JSON:
        return json_response({**beside, "results": list(rows)})
    if form == NDJSON:
        return Response(b"".join(json_bytes(row) + b"\n" for row in rows), content_type=NDJSON)
    return Response(_table(rows), content_type=f"{CSV}; charset=utf-8; header=present")


def _table(rows: Sequence[Json]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        errors = row.get("problem", {}).get("errors", ())
        said = "\n".join(f"{one['pointer'] or '/'}: {one['message']}" for one in errors)
        cells = (row["row"], row["status"], row.get("id", ""), row.get("links", {}).get("self", ""), said)
        writer.writerow([harmless(str(cell)) for cell in cells])
    return text.getvalue()


def harmless(cell: str) -> str:
    """A cell that every spreadsheet shows as text."""
    return f"'{cell}" if cell.startswith(ACTIVE) else cell
