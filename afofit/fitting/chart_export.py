"""A chart written as a file that reads back as the same chart: TOML, and CSV with one row a size."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import Any

from afofit.fitting.chart import LENGTHS, SHOE, Chart, Range, Size
from afofit.fitting.chart_check import OPEN, SAID, SOURCE_TEXTS, TEXTS, Document
from afofit.fitting.chart_file import (
    COLUMNS,
    FORMULA,
    IDENTITY,
    OF_CHART,
    OF_CHART_TOO,
    OF_PART,
    OF_ROW,
    OF_SOURCE,
    OF_STATED,
    OF_UNITS,
)
from afofit.fitting.shoe_sizes import RESTART_AFTER, RESTART_BY, SYSTEMS

HEAD = (*OF_CHART, *OF_CHART_TOO)
PARTS = ("units", "source", "stated")
LISTS = ("parts", "sizes")


def as_document(chart: Chart) -> Document:
    """The chart as a document: lengths in mm, masses in kg."""
    one = chart.product
    texts = (*TEXTS, "design", "worn", "grade", *SAID)
    document: Document = {name: value for name in texts if (value := getattr(one, name)) is not None}
    document |= {"side": chart.side, "recheck": one.recheck, "invented": one.invented}
    # What was checked once may lie apart as it was printed: the reader must not ask again.
    document |= {"holes": "as printed"} if chart.sizes else {}
    document |= {"weight_limit": chart.weight_limit_kg} if chart.weight_limit_kg is not None else {}
    document["units"] = {"length": "mm", "mass": "kg"}
    document["source"] = {name: getattr(one, name) for name in SOURCE_TEXTS} | {"date": one.read_on.isoformat()}
    if chart.parts:
        document["parts"] = [{"measure": each.measure, "above": each.above, "part": each.part} for each in chart.parts]
    if chart.sizes:
        document["sizes"] = [_size(size) for size in chart.sizes]
    return document


def _size(size: Size) -> Document:
    side = {"side": size.side} if size.side else {}
    limit = {"weight_limit": size.weight_limit_kg} if size.weight_limit_kg is not None else {}
    return {"size": size.code} | side | limit | {name: ends(name, one) for name, one in size.ranges.items()}


def ends(measure: str, one: Range) -> list[object]:
    """A range as a document holds it: a child's size with its letter, an open end as a word."""
    return [_end(measure, one.low), _end(measure, one.high)]


def _end(measure: str, end: float) -> object:
    if end == inf:
        return OPEN
    system = SYSTEMS.get(measure.removeprefix(SHOE)) if measure not in LENGTHS else None
    if system is None or not system.restarts:
        return end
    return f"{_plain(end - RESTART_BY)}Y" if end > RESTART_AFTER else f"{_plain(end)}C"


def as_toml(document: Mapping[str, Any]) -> str:
    """A document, which was found sound, as a TOML file."""
    return "\n".join(_toml(document)) + "\n"


def _toml(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _lines({name: document.get(name) for name in HEAD})
    for name in PARTS:
        if document.get(name):
            yield from ("", f"[{name}]", *_lines(document[name]))
    for name in LISTS:
        for row in document.get(name) or ():
            yield from ("", f"[[{name}]]", *_lines(row))


def _lines(values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in values.items():
        if value is not None:
            # A date is written as TOML writes one; everything else that is a text stands between quotation marks.
            yield f"{name} = {value if name == 'date' else _value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return _quoted(value) if isinstance(value, str) else _plain(value)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 32 or ord(one) == 127 else one for one in escaped) + '"'


def _plain(number: float) -> str:
    return repr(int(number)) if number == int(number) else repr(number)


def as_csv(documents: Iterable[Mapping[str, Any]]) -> str:
    """Documents, which were found sound, as one CSV file with the columns that they need."""
    rows = [row for document in documents for row in _rows(document)]
    used = [name for name in COLUMNS if any(name in row for row in rows)]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(used)
    writer.writerows([_kept_from_formulas(row.get(name, "")) for name in used] for row in rows)
    return text.getvalue()


def _rows(document: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """A row for each size, and for each part; what is about the whole chart stands in the first."""
    chart = {name: cell(document[name]) for name in HEAD if document.get(name) is not None}
    for part, columns in (("units", OF_UNITS), ("source", OF_SOURCE), ("stated", OF_STATED)):
        given = document.get(part) or {}
        chart |= {column: cell(given[name]) for column, name in columns.items() if given.get(name) is not None}
    sizes, parts = list(document.get("sizes") or ()), list(document.get("parts") or ())
    for place in range(max(len(sizes), len(parts), 1)):
        row = chart if place == 0 else {name: chart[name] for name in IDENTITY}
        for rows, columns in ((sizes, OF_ROW), (parts, OF_PART)):
            given = rows[place] if place < len(rows) else {}
            row = row | {column: cell(given[name]) for column, name in columns.items() if given.get(name) is not None}
        yield row


def cell(value: Any) -> str:
    """A value as a cell holds it: "8-11", "12+", "true"."""
    if isinstance(value, list | tuple):
        low, high = map(cell, value)
        return f"{low}+" if high == OPEN else f"{low}-{high}"
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(value.split()) if isinstance(value, str) else _plain(value)


def _kept_from_formulas(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; the reader takes the apostrophe away again."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


__all__ = ["as_csv", "as_document", "as_toml", "cell", "ends"]
