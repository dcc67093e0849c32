"""The answers about batches and protocols as JSON Schema (2020-12)."""

from afofit.schemas.described import Json, or_null, ref
from afofit.schemas.described_answer import FLAG, ID, MOMENT, NUMBER, TEXT, WHOLE, answered, codes, listed, mapped, said

BATCH_STATES = ("waiting", "running", "finished", "cancelled")
_ADDRESSES = mapped({"type": "string", "format": "uri-reference"})


def exchange_schemas() -> dict[str, Json]:
    """Every answer about batches and protocols as a component."""
    return _batches() | _protocols()


def _batches() -> dict[str, Json]:
    batch = {
        "id": ID,
        "state": codes(BATCH_STATES),
        "created_at": MOMENT,
        "finished_at": or_null(MOMENT),
        "cancelled_at": or_null(MOMENT),
        "total": said(WHOLE, "Rows of the batch."),
        "done": said(WHOLE, "Rows that have an outcome."),
        "failed": said(WHOLE, "Rows of which no fitting came."),
        "links": _ADDRESSES,
    }
    row = {
        "row": said(WHOLE, "Counts from 1; of CSV without the head."),
        "status": said(WHOLE, "As of a single request."),
    }
    return {
        "Batch": answered("How far a batch is.", batch),
        "BatchOutcome": answered(
            "What came of each row; of what was stored beside how far the batch is.",
            {"total": WHOLE, "done": WHOLE, "failed": WHOLE, "results": listed(ref("RowOutcome"))},
            {name: schema for name, schema in batch.items() if name not in ("total", "done", "failed")},
        ),
        "RowOutcome": answered(
            "What came of one row: a fitting, or a problem document.",
            row,
            {
                "id": said(ID, "The stored fitting."),
                "links": _ADDRESSES,
                "fitting": said(ref("Fitting"), "Where nothing was to be stored."),
                "problem": ref("Problem"),
            },
        ),
    }


def _protocols() -> dict[str, Json]:
    number = {
        "key": said(TEXT, "Name and case, by which a version changes it."),
        "name": TEXT,
        "case": TEXT,
        "label": TEXT,
        "case_label": TEXT,
        "unit": TEXT,
        "value": NUMBER,
        "default": NUMBER,
        "bounds": said(
            {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}, "Between which it may be set."
        ),
        "allowed": said(listed(NUMBER), "Where only some values may be chosen."),
        "whole": FLAG,
        "rule": TEXT,
        "evidence": ref("Evidence"),
    }
    whole = {
        "id": TEXT,
        "name": TEXT,
        "version": WHOLE,
        "used": said(FLAG, "Whether new fittings are computed with it."),
        "numbers": listed(ref("ProtocolNumber")),
        "wear_plans": mapped(listed({"type": "object"})),
        "links": _ADDRESSES,
    }
    own = {
        "id": ID,
        "name": TEXT,
        "version": WHOLE,
        "used": FLAG,
        "changes": said(mapped(NUMBER), "What it sets, by key."),
        "reason": TEXT,
        "created": ref("Deed"),
        "released": or_null(ref("Deed")),
        "links": _ADDRESSES,
    }
    listed_default = {name: schema for name, schema in whole.items() if name != "used"}
    return {
        "Deed": answered("Who, and when.", {"by": TEXT, "at": MOMENT}),
        "ProtocolNumber": answered("A number of the rules with its bounds and source.", number),
        "Protocol": answered(
            "A protocol with every number; of a version of the clinic's also who wrote and who released it.",
            whole,
            {name: schema for name, schema in own.items() if name not in whole},
        ),
        "OwnProtocolRow": answered("A version of the clinic's.", own),
        "ProtocolList": answered(
            "The default, the clinic's own versions, and which is used.",
            {
                "used": said(TEXT, "The id of the one in use, or `default`."),
                "default": answered("The default with every number.", listed_default),
                "own": listed(ref("OwnProtocolRow")),
            },
        ),
    }
