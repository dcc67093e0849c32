"""Every operation of the REST service, by endpoint. A test holds this list against the routes."""

from afofit.api.negotiation import OTHER_RTF, RTF, TEXT
from afofit.api.operation import BINARY, JSON, PDF, PRINTED, SAME, Answer, Operation, named, one
from afofit.api.operations_exchange import BATCHES, CHARTS, PROTOCOLS
from afofit.api.operations_exchange import PARAMETERS as EXCHANGE
from afofit.schemas.deeds import APPROVAL, WITHDRAWAL
from afofit.schemas.described import Json, ref
from afofit.schemas.described_answer import ID
from afofit.store.fittings import STATES

REQUEST = {JSON: ref("FittingRequest")}
TAGS = {
    "fittings": "Compute a fitting, keep it, approve it, change it, print it.",
    "batches": "Many fittings at once: rows in, an outcome for each row out.",
    "protocols": "The numbers that fittings are computed with.",
    "size charts": "Which size of which ready-made brace: what makers print.",
    "declarations": "What can be sent, in which units and within which limits.",
}
_ONE: Json = {
    name: {"operationId": name, "parameters": {"fitting_id": "$response.body#/id"}}
    for name in ("getFitting", "approveFitting", "withdrawFitting", "recomputeFitting", "getFittingDocument")
}
_PDF = one("The document.", BINARY, content=PDF)
_NOTE = {TEXT: {"type": "string"}, RTF: {"type": "string"}}
_NOTES = _NOTE | {OTHER_RTF: {"type": "string"}}
HL7 = "application/hl7-v2"
_SUMMARY = Answer(description="The summary for the note of a chart.", content=_NOTE)
_STORED = Answer(
    description="Stored as a draft, or stored before under the same Idempotency-Key.",
    content={JSON: ref("StoredFitting")},
    headers=("Location", "ETag", "Idempotent-Replayed"),
    links=_ONE,
)
_DONE = named("The record as it is now.", "StoredFitting", "ETag")

FITTINGS: dict[str, Operation] = {
    "api.preview": Operation(
        name="previewFitting",
        tag="fittings",
        body=REQUEST,
        examples=True,
        answers={
            200: Answer(
                description="The fitting, or its summary for the note. Nothing was stored.",
                content={JSON: ref("Fitting"), **_NOTES},
            )
        },
        problems=(406, 422),
    ),
    "api.preview_summary": Operation(
        name="previewSummary",
        tag="fittings",
        body=REQUEST,
        examples=True,
        answers={200: _SUMMARY},
        problems=(422,),
    ),
    "api.preview_document": Operation(
        name="previewDocument",
        tag="fittings",
        body=REQUEST,
        examples=True,
        parameters=PRINTED,
        answers={200: _PDF},
        problems=(422,),
    ),
    "api.blank_form": Operation(
        name="getMeasuringForm", tag="declarations", parameters=("paper",), answers={200: _PDF}, problems=(422,)
    ),
    "api.measurements": Operation(
        name="getDeclarations", tag="declarations", answers={200: named("The declarations.", "Declarations")}
    ),
    "records.create": Operation(
        name="createFitting",
        tag="fittings",
        body=REQUEST,
        examples=True,
        parameters=("Idempotency-Key",),
        answers={201: _STORED},
        problems=(409, 422),
    ),
    "records.revise": Operation(
        name="reviseFitting",
        tag="fittings",
        body=REQUEST,
        examples=True,
        parameters=("Idempotency-Key",),
        answers={201: _STORED},
        problems=(409, 422),
    ),
    "records.one": Operation(
        name="getFitting",
        tag="fittings",
        parameters=("If-None-Match",),
        answers={
            200: Answer(
                description="The record, or its summary for the note.",
                content={JSON: ref("StoredFitting"), **_NOTES},
                headers=("ETag",),
            ),
            304: SAME,
        },
        problems=(406, 409),
    ),
    "records.summarised": Operation(
        name="getFittingSummary",
        tag="fittings",
        parameters=("If-None-Match",),
        answers={
            200: Answer(description="The summary for the note of a chart.", content=_NOTE, headers=("ETag",)),
            304: SAME,
        },
        problems=(409,),
    ),
    "records.many": Operation(
        name="listFittings",
        tag="fittings",
        parameters=("limit", "state", "patient", "cursor"),
        answers={200: named("A page of fittings.", "FittingList", "Link")},
        problems=(422,),
    ),
    "records.approve": Operation(
        name="approveFitting",
        tag="fittings",
        body={JSON: APPROVAL},
        parameters=("If-Match",),
        answers={200: _DONE},
        problems=(409, 412, 422),
    ),
    "records.withdraw": Operation(
        name="withdrawFitting",
        tag="fittings",
        body={JSON: WITHDRAWAL},
        parameters=("If-Match",),
        answers={200: _DONE},
        problems=(409, 412, 422),
    ),
    "records.recompute": Operation(
        name="recomputeFitting", tag="fittings", answers={200: named("Whether every number is the same.", "Recomputed")}
    ),
    "records.message": Operation(
        name="getFittingMessage",
        tag="fittings",
        parameters=(*PRINTED, "If-None-Match"),
        answers={
            200: one("The message, segments ended by carriage returns.", {"type": "string"}, "ETag", content=HL7),
            304: SAME,
        },
        problems=(409, 422),
    ),
    "records.printed": Operation(
        name="getFittingDocument",
        tag="fittings",
        parameters=PRINTED,
        answers={200: _PDF},
        problems=(409, 422),
    ),
}
OPERATIONS = FITTINGS | BATCHES | PROTOCOLS | CHARTS
MORE_PARAMETERS: dict[str, Json] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "How many a page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    },
    "state": {
        "name": "state",
        "in": "query",
        "description": "Only those in this state.",
        "schema": {"type": "string", "enum": list(STATES)},
    },
    "patient": {
        "name": "patient",
        "in": "query",
        "description": "Only those of this patient, by the id that the fittings carry.",
        "schema": ID,
    },
    "cursor": {
        "name": "cursor",
        "in": "query",
        "description": "Where the page begins: follow the Link header rather than making one up.",
        "schema": {"type": "string"},
    },
}
MORE_PARAMETERS |= EXCHANGE
