"""The operations for many fittings at once, for protocols and for size charts, by endpoint."""

from afofit.api.batch_answers import MOST_A_PAGE, MOST_ROWS, USUAL_PAGE
from afofit.api.operation import JSON, SAME, Answer, Operation, named
from afofit.schemas.described import Json, ref
from afofit.schemas.table import CSV, NDJSON

_TEXT: Json = {"type": "string"}
_LIST: Json = {
    "type": "array",
    "minItems": 1,
    "items": {"description": "A FittingRequest. What is wrong with a row is answered in its place and stops no other."},
}
_ROWS: Json = {
    "oneOf": [
        _LIST,
        {"type": "object", "required": ["rows"], "properties": {"rows": _LIST}, "additionalProperties": False},
    ]
}
_NOT_YET: Answer = named(
    "Taken; the address says how far it is.", "Batch", "Location", "Retry-After", "Preference-Applied"
)
_LINKS: Json = {
    name: {"operationId": name, "parameters": {"batch_id": "$response.body#/id"}}
    for name in ("getBatch", "getBatchResults", "cancelBatch")
}

BATCHES: dict[str, Operation] = {
    "batches.create": Operation(
        name="createBatch",
        tag="batches",
        body={JSON: _ROWS, NDJSON: _TEXT, CSV: _TEXT},
        parameters=("store", "Prefer", "Idempotency-Key"),
        answers={
            200: named("The outcome of every row.", "BatchOutcome"),
            202: named(
                "Taken; the address says how far it is.",
                "Batch",
                *("Location", "Retry-After", "Preference-Applied"),
                links=_LINKS,
            ),
        },
        problems=(409, 422),
    ),
    "batches.one": Operation(
        name="getBatch", tag="batches", answers={200: named("The batch as it stands.", "Batch", links=_LINKS)}
    ),
    "batches.results": Operation(
        name="getBatchResults",
        tag="batches",
        parameters=("batch_cursor", "batch_limit"),
        answers={
            200: Answer(
                description="The rows that are done, in the order of the batch.",
                content={JSON: ref("BatchOutcome"), NDJSON: _TEXT, CSV: _TEXT},
                headers=("Link",),
            )
        },
        problems=(406, 422),
    ),
    "batches.cancel": Operation(
        name="cancelBatch",
        tag="batches",
        answers={200: named("The batch as it stands now.", "Batch")},
        problems=(409,),
    ),
}
PROTOCOLS: dict[str, Operation] = {
    "records.protocols": Operation(
        name="listProtocols",
        tag="protocols",
        parameters=("If-None-Match",),
        answers={200: named("The default and the clinic's own.", "ProtocolList", "ETag"), 304: SAME},
    ),
    "records.default_protocol": Operation(
        name="getDefaultProtocol",
        tag="protocols",
        parameters=("If-None-Match",),
        answers={200: named("The default.", "Protocol", "ETag"), 304: SAME},
    ),
    "records.protocol": Operation(
        name="getProtocol",
        tag="protocols",
        parameters=("If-None-Match",),
        answers={200: named("An own version.", "Protocol", "ETag"), 304: SAME},
    ),
}
_TOML = "application/toml"
_KEPT = named("The charts as they are kept.", "SizeChartList", "Location")
CHARTS: dict[str, Operation] = {
    "records.size_charts": Operation(
        name="listSizeCharts",
        tag="size charts",
        parameters=("If-None-Match",),
        answers={200: named("The charts.", "SizeChartList", "ETag"), 304: SAME},
    ),
    "records.size_chart": Operation(
        name="getSizeChart",
        tag="size charts",
        parameters=("If-None-Match",),
        answers={
            200: Answer(
                description="The chart, or the file of it.",
                content={JSON: ref("SizeChart"), _TOML: _TEXT, CSV: _TEXT},
                headers=("ETag",),
            ),
            304: SAME,
        },
        problems=(406,),
    ),
    "records.keep_size_charts": Operation(
        name="keepSizeCharts",
        tag="size charts",
        body={JSON: ref("SizeChartDocument"), _TOML: _TEXT, CSV: _TEXT},
        answers={
            200: _KEPT,
            201: named(
                "Kept, and in use from now on.",
                "SizeChartList",
                "Location",
                links={
                    "getSizeChart": {
                        "operationId": "getSizeChart",
                        "parameters": {"chart_id": "$response.body#/charts/0/id"},
                    }
                },
            ),
        },
        problems=(409, 422),
    ),
}
PARAMETERS: dict[str, Json] = {
    "store": {
        "name": "store",
        "in": "query",
        "description": "Whether the fittings are stored, or only computed and answered.",
        "schema": {"type": "string", "enum": ["true", "false"], "default": "true"},
    },
    "Prefer": {
        "name": "Prefer",
        "in": "header",
        "description": "`respond-async`: do not wait, answer 202. More than 200 rows are always answered so.",
        "schema": {"type": "string", "examples": ["respond-async"]},
    },
    "batch_cursor": {
        "name": "cursor",
        "in": "query",
        "description": "After which row the page begins: follow the Link header.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_ROWS},
    },
    "batch_limit": {
        "name": "limit",
        "in": "query",
        "description": f"How many rows a page; of JSON {USUAL_PAGE}, of the other forms all, where it is not said.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST_A_PAGE},
    },
}
