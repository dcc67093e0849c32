"""Size charts as JSON Schema (2020-12): the document that is sent, and what is answered about it."""

from typing import get_args

from afofit.fitting.chart import DESIGN_CODES, MEASURES, Worn
from afofit.fitting.chart_check import (
    LARGEST,
    LENGTH_MM,
    LONGEST,
    LONGEST_NAME,
    MASS_KG,
    MOST_PARTS,
    MOST_SIZES,
    OPEN,
    SOURCE_TEXTS,
)
from afofit.fitting.shoe_sizes import SYSTEMS
from afofit.fitting.values import SIDES, Grade
from afofit.schemas.described import Json, or_null, ref
from afofit.schemas.described_answer import DAY, FLAG, TEXT, WHOLE, answered, codes, listed, mapped, said

_NAME: Json = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
_WORDS: Json = {"type": "string", "minLength": 1, "maxLength": LONGEST}
_NUMBER: Json = {"type": "number", "exclusiveMinimum": 0, "maximum": LARGEST}
_CHILDS: Json = {"type": "string", "pattern": "^[0-9]{1,2}(\\.[0-9]{1,2})?[CcYy]$"}
CHILDREN = tuple(f"shoe_{system}" for system, one in SYSTEMS.items() if one.restarts)


def chart_schemas() -> dict[str, Json]:
    """Everything about size charts as components."""
    ranges = {
        "SizeRange": _range(_NUMBER, "lengths in the length unit of the chart"),
        "ChildSizeRange": _range(_CHILDS, "each with the letter C or Y, because the numbers begin again"),
    }
    return ranges | {"SizeChartDocument": _document()} | _answers()


def _strict(description: str, needed: dict[str, Json], more: dict[str, Json] | None = None) -> Json:
    made = answered(description, needed, more)
    return made | {"additionalProperties": False}


def _range(end: Json, about: str) -> Json:
    return {
        "type": "array",
        "description": f"From low to high, both included, {about}; `{OPEN}` in place of high: no upper end.",
        "items": {"anyOf": [end, codes((OPEN,))]},
        "minItems": 2,
        "maxItems": 2,
    }


def _document() -> Json:
    ranges = {measure: ref("ChildSizeRange" if measure in CHILDREN else "SizeRange") for measure in MEASURES}
    limit = or_null(said(_NUMBER, "In the mass unit of the chart."))
    size = _strict(
        "One row: a size with what it fits.",
        {"size": _NAME},
        {"side": or_null(codes(SIDES)), "weight_limit": limit} | ranges,
    )
    part = _strict(
        "Something that is ordered differently beyond a measure.",
        {"measure": codes(("foot_length", "calf_circumference")), "above": _NUMBER, "part": _NAME},
    )
    source = dict.fromkeys(SOURCE_TEXTS, _WORDS) | {"date": said(DAY, "The day on which it was read.")}
    units = {"length": or_null(codes(tuple(LENGTH_MM))), "mass": or_null(codes(tuple(MASS_KG)))}
    return _strict(
        "The size chart of a ready-made brace, as its TOML file says it. What a chart does not state is left out.",
        {
            "maker": _NAME,
            "model": _NAME,
            "version": said(_NAME, "The maker's own."),
            "design": codes(DESIGN_CODES),
            "worn": codes(get_args(Worn)),
            "side": codes(("either", *SIDES)),
            "grade": said(codes(get_args(Grade)), "How strong the source is."),
            "source": _strict("Where it was read.", source),
        },
        {
            "hcpcs": or_null(_NAME),
            "weight_limit": limit,
            "note": or_null(_WORDS),
            "no_chart": said(or_null(_WORDS), "Why it is never matched."),
            "holes": said(or_null(_WORDS), "That holes between the rows are printed so."),
            "stated_note": said(or_null(_WORDS), "Why the text and the table of the maker differ."),
            "recheck": said(
                or_null(FLAG), "Whether the maker's own page has to be looked at before an order; true if left out."
            ),
            "invented": said(or_null(FLAG), "Made up for trying."),
            "units": or_null(_strict("Needed for what has one; none is assumed.", {}, units)),
            "stated": or_null(_strict("What the text of the maker says of the reach of the table.", {}, dict(ranges))),
            "parts": or_null(listed(part) | {"maxItems": MOST_PARTS}),
            "sizes": or_null(listed(size) | {"maxItems": MOST_SIZES}),
        },
    )


def _answers() -> dict[str, Json]:
    chart = {
        "id": said(TEXT, "Of a chart of the program its name, of a clinic's its id."),
        "built_in": said(FLAG, "Whether it comes with the program."),
        "in_use": said(FLAG, "Whether new fittings are held against it."),
        "revision": said(or_null(WHOLE), "The clinic's own count; null where it comes with the program."),
        "created": or_null(ref("Deed")),
        "ended": or_null(ref("Deed")),
        "chart": ref("SizeChartDocument"),
        "links": mapped({"type": "string", "format": "uri-reference"}),
    }
    return {
        "SizeChart": answered("A size chart, and whether it is in use.", chart),
        "SizeChartList": answered("Size charts.", {"charts": listed(ref("SizeChart"))}),
    }
