"""The answers of the service as JSON Schema (2020-12), with the codes that the declarations know."""

from typing import Any, get_args

from afofit.fitting.chart import DESIGN_CODES, MEASURES, Worn
from afofit.fitting.dimensions import DIMENSIONS, Unit
from afofit.fitting.result import Status, Verdict, WearPlan
from afofit.fitting.values import Basis, Grade
from afofit.fitting.vocabulary import DEPTHS, DESIGNS, FOOTPLATES, GROUPS, SHOE_SYSTEMS
from afofit.schemas.described import Json, or_null, ref, side_map
from afofit.words.findings import TITLES
from afofit.words.shoes import CURRENT, FEATURES

TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}
WHOLE: Json = {"type": "integer"}
FLAG: Json = {"type": "boolean"}
ID: Json = {"type": "string", "format": "uuid"}
MOMENT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
ANYTHING: Json = {"description": "As it was received, or as it is allowed: a number, a text, a list or a range."}
SEVERITIES = ("stop", "caution", "advice")
STATES = ("draft", "approved", "withdrawn")
KINDS = ("original", "change", "reorder_with_changes", "exact_reorder")


def codes(values: tuple[str, ...]) -> Json:
    """One of these codes."""
    return {"type": "string", "enum": list(values)}


def listed(items: Json) -> Json:
    """A list of these."""
    return {"type": "array", "items": items}


def mapped(values: Json) -> Json:
    """An object whose names are data."""
    return {"type": "object", "additionalProperties": values}


def answered(description: str, needed: dict[str, Any], more: dict[str, Any] | None = None) -> Json:
    """An object that always has the first members and may have the others. New members may come within version 1."""
    return {
        "type": "object",
        "description": description,
        "required": list(needed),
        "properties": {**needed, **(more or {})},
    }


def said(schema: Json, description: str) -> Json:
    """The same with a description."""
    return schema | {"description": description}


def _firsts(choices: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return tuple(code for code, _ in choices)


_WORKING = {
    "value": said(NUMBER, "Unrounded, in the unit of the name."),
    "tolerance": or_null(NUMBER),
    "rule": said(TEXT, "The clause of the contract."),
    "formula": TEXT,
    "inputs": said(mapped(NUMBER), "What the formula was given, by name with unit."),
    "evidence": ref("Evidence"),
    "estimated": said(FLAG, "Whether a stand-in for a missing measurement was used."),
}
_FITTING = {
    "created_on": said(DAY, "The day on which it was computed; ages count to it."),
    "engine_version": TEXT,
    "protocol": answered("The protocol that was used.", {"name": TEXT, "version": WHOLE}),
    "notice": said(TEXT, "What the result is, and is not."),
    "inputs": answered(
        "What was sent, and what it means in mm, kg and degrees; null is unknown.",
        {"given": {"type": "object"}, "normalised": {"type": "object"}},
    ),
    "limbs": side_map(ref("LimbFitting")),
    "pair": answered("Whether one pair of shoes serves both feet.", {"split_pair": FLAG, "reason": TEXT}),
    "links": said(mapped({"type": "string", "format": "uri-reference"}), "Addresses of documents and deeds."),
}
_ROW = {
    "id": ID,
    "created_at": MOMENT,
    "state": codes(STATES),
    "revision": said(WHOLE, "Counts from 1 within the fitting."),
    "kind": codes(KINDS),
    "patient": answered("The patient in this service.", {"id": ID}),
}
_BY = {"by": TEXT, "at": MOMENT}
_SYSTEMS = codes(_firsts(SHOE_SYSTEMS))


def _by_system(values: Json) -> Json:
    return {"type": "object", "propertyNames": _SYSTEMS, "additionalProperties": values}


def answer_schemas() -> dict[str, Json]:
    """Every answer as a component."""
    return _fittings() | _parts() | _declarations() | _problems()


def _fittings() -> dict[str, Json]:
    approval = answered("Who approved.", _BY | {"acknowledged": listed(codes(tuple(TITLES)))})
    withdrawal = answered("Who withdrew it and why.", _BY | {"reason": TEXT})
    change = {"pointer": said(TEXT, "JSON Pointer into the answer."), "label": TEXT, "before": TEXT, "after": TEXT}
    return {
        "Fitting": answered("A fitting that was computed and not stored.", _FITTING),
        "StoredFitting": answered(
            "A stored revision of a fitting: the result as it was computed, and what has happened since.",
            _ROW
            | {
                "previous": said(or_null(ID), "The revision it was made from."),
                "approval": or_null(ref("Approval")),
                "withdrawal": or_null(ref("Withdrawal")),
                "changes": listed(ref("Change")),
            }
            | _FITTING,
        ),
        "Approval": approval,
        "Withdrawal": withdrawal,
        "Change": answered("One thing that differs from the record it was made from, as people read it.", change),
        "FittingRow": answered(
            "One line of the list of fittings.",
            _ROW
            | {
                "replaced": said(FLAG, "Whether a later revision was approved."),
                "verdicts": side_map(codes(get_args(Verdict))),
                "designs": side_map(or_null(codes(_firsts(DESIGNS)))),
                "links": mapped({"type": "string", "format": "uri-reference"}),
            },
        ),
        "FittingList": answered("A page of fittings, newest first.", {"fittings": listed(ref("FittingRow"))}),
        "Recomputed": answered(
            "Whether the stored request, computed again, gives the same numbers.",
            {"id": ID, "same": FLAG, "engine_version": TEXT},
        ),
    }


def _parts() -> dict[str, Json]:
    names = tuple(one.name for one in DIMENSIONS)
    return {
        "LimbFitting": answered(
            "The result for one leg. With a stop, or without a design, it has findings only.",
            {
                "verdict": codes(get_args(Verdict)),
                "design": ref("Design"),
                "dimensions": listed(ref("Dimension")),
                "shoe": ref("ShoeAdvice"),
                "wear_plan": or_null(codes(get_args(WearPlan))),
                "findings": listed(ref("Finding")),
                "stock": said(listed(ref("Stock")), "Ready-made braces held against this leg, best first."),
            },
        ),
        "Stock": _stock(),
        "Design": answered(
            "The design of the brace and who chose it.",
            {
                "code": or_null(codes(_firsts(DESIGNS))),
                "footplate": or_null(codes(_firsts(FOOTPLATES))),
                "chosen_by": codes(("prescriber", "engine")),
                "rule": said(or_null(TEXT), "The line of contract 3.1 that matched."),
                "reasons": listed(TEXT),
            },
        ),
        "Dimension": answered(
            "One dimension of the brace with its working.",
            {"name": codes(names), "code": TEXT, "label": TEXT, "unit": codes(get_args(Unit)), **_WORKING},
            {
                "outer_value": said(NUMBER, "A height read from the outside of the sole instead of the skin."),
                "override": answered(
                    "What the orthotist chose instead of the computed value.",
                    {"computed": NUMBER, "reason": TEXT} | _BY,
                ),
                "computed_working": answered("The working of the computed value.", _WORKING),
            },
        ),
        "Evidence": answered(
            "How well the number is founded; grade D is derived.",
            {"grade": codes(get_args(Grade)), "basis": codes(get_args(Basis)), "source": TEXT},
        ),
        "Finding": answered(
            "Something a clinician must read.",
            {
                "code": codes(tuple(TITLES)),
                "severity": codes(SEVERITIES),
                "title": TEXT,
                "message": TEXT,
                "about": listed(TEXT),
                "source": TEXT,
            },
        ),
        "ShoeAdvice": answered(
            "The shoe over this foot. Lengths in mm. Empty where nothing can be said.",
            {},
            {
                "bare": said(_by_system(NUMBER), "Sizes of the foot alone."),
                "bare_labels": _by_system(TEXT),
                "braced": said(_by_system(NUMBER), "Sizes over the brace."),
                "braced_labels": _by_system(TEXT),
                "widths": said(
                    mapped(answered("A width.", {"letters_above_standard": WHOLE, "width": TEXT})), "By width scale."
                ),
                "depth_class": codes(_firsts(DEPTHS)),
                "features": listed(codes(tuple(FEATURES))),
                "current_shoe": answered(
                    "Whether the shoe worn now takes the brace; null: it cannot be told.",
                    {"fits": or_null(FLAG), "reasons": listed(codes(tuple(CURRENT)))},
                ),
                "working": listed(answered("A length with its working.", {"name": TEXT, **_WORKING})),
            },
        ),
    }


def _stock() -> Json:
    measured = {
        "measure": codes((*MEASURES, "weight")),
        "size": TEXT,
        "value": NUMBER,
        "low": NUMBER,
        "high": said(or_null(NUMBER), "Null: the range has no upper end."),
        "beyond": said(NUMBER, "How far the value lies below (negative) or above; 0 where it fits."),
    }
    beside = {"measure": TEXT, "size": TEXT, "low": NUMBER, "high": or_null(NUMBER), "computed": NUMBER}
    source = {"document": TEXT, "page": TEXT, "address": TEXT, "date": DAY, "grade": codes(get_args(Grade))}
    return answered(
        "A ready-made brace held against the leg by the maker's chart. Lengths in mm, masses in kg.",
        {
            "maker": TEXT,
            "model": TEXT,
            "version": TEXT,
            "design": codes(DESIGN_CODES),
            "worn": codes(get_args(Worn)),
            "hcpcs": said(or_null(TEXT), "As the chart states it: coding aid, not billing advice."),
            "note": or_null(TEXT),
            "recheck": said(FLAG, "Whether the maker's own page has to be looked at before an order."),
            "invented": FLAG,
            "revision": said(
                or_null(WHOLE), "The clinic's own count of the chart; null where it comes with the program."
            ),
            "source": answered("Where the chart was read.", source),
            "status": codes(get_args(Status)),
            "sizes": said(listed(TEXT), "Every size that fits by what is known."),
            "nearest": said(or_null(TEXT), "The nearest other size."),
            "reasons": said(listed(TEXT), "The same in sentences."),
            "measures": listed(answered("A measure of a size held against the leg.", measured)),
            "unknown": said(listed(TEXT), "What the chart does not state or nobody measured."),
            "against": said(listed(codes(tuple(TITLES))), "Findings that speak against it."),
            "parts": said(listed(TEXT), "What a girth or length makes to be ordered differently."),
            "beside": said(listed(answered("A measure.", beside)), "The ready-made beside the computed brace (mm)."),
        },
    )


def _declarations() -> dict[str, Json]:
    limits = or_null(ref("Range"))
    measurement = {
        "name": TEXT,
        "code": TEXT,
        "letter": TEXT,
        "label": TEXT,
        "landmark": TEXT,
        "how": TEXT,
        "tool": TEXT,
        "posture": TEXT,
        "unit": codes(("mm", "deg")),
        "required": FLAG,
        "refused_outside": answered("Inclusive limits.", {"adult": limits, "any_age": limits}),
        "unusual_outside_adult": limits,
        "repeat_limit": NUMBER,
        "uncertainty": NUMBER,
    }
    field = {
        "name": TEXT,
        "label": TEXT,
        "kind": TEXT,
        "unit": or_null(TEXT),
        "values": or_null(listed(TEXT)),
        "may_be_unknown": FLAG,
        "minimum": or_null(NUMBER),
        "maximum": or_null(NUMBER),
    }
    dimension = {"name": TEXT, "code": TEXT, "label": TEXT, "unit": TEXT}
    return {
        "Range": answered("Inclusive limits.", {"minimum": NUMBER, "maximum": NUMBER}),
        "Declarations": answered(
            "What can be sent and what comes back. Limits in mm, kg and degrees.",
            {
                "measurements": listed(answered("A measurement of the leg.", measurement)),
                "fields": {
                    "type": "object",
                    "propertyNames": codes(tuple(GROUPS)),
                    "additionalProperties": listed(answered("Another field.", field)),
                },
                "clearable_urgent_signs": listed(TEXT),
                "dimensions": listed(answered("A dimension of the brace.", dimension)),
            },
        ),
    }


def _problems() -> dict[str, Json]:
    return {
        "Problem": answered(
            "RFC 9457 problem details: everything that is wrong, at once.",
            {
                "type": {"type": "string", "format": "uri-reference"},
                "title": TEXT,
                "status": WHOLE,
                "detail": TEXT,
                "errors": listed(ref("Fault")),
            },
            {"reference": said(TEXT, "The id of the request, as in X-Request-ID: the log of the service has it too.")},
        ),
        "Fault": answered(
            "One thing that is wrong.",
            {
                "pointer": said(TEXT, "JSON Pointer (RFC 6901) into what was sent; empty: the whole."),
                "message": TEXT,
                "received": ANYTHING,
                "unit": or_null(TEXT),
                "allowed": ANYTHING,
            },
        ),
    }
