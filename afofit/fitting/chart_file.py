"""Charts as files: TOML for one chart, CSV for several; every fault with its line and column."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from afofit.fitting.chart import MEASURES, Chart
from afofit.fitting.chart_check import OPEN, SOURCE_TEXTS, Document, checked
from afofit.fitting.chart_fault import MOST_FAULTS, BrokenChart, ChartFault, Path

OF_UNITS = {"length_unit": "length", "mass_unit": "mass"}
OF_SOURCE = {f"source_{name}": name for name in (*SOURCE_TEXTS, "date")}
OF_STATED = {f"stated_{name}": name for name in MEASURES}
OF_ROW = {"size": "size", "row_side": "side", "row_weight_limit": "weight_limit", **{name: name for name in MEASURES}}
OF_PART = {"part_measure": "measure", "part_above": "above", "part": "part"}
OF_CHART = ("maker", "model", "version", "design", "worn", "side", "grade", "hcpcs", "weight_limit", "note", "no_chart")
OF_CHART_TOO = ("holes", "recheck", "invented", "stated_note")
COLUMNS = (*OF_CHART, *OF_CHART_TOO, *OF_UNITS, *OF_SOURCE, *OF_ROW, *OF_PART, *OF_STATED)
"""The columns of a CSV file: those of the chart are repeated in, or given by the first of, the rows of its sizes."""
IDENTITY = ("maker", "model", "version")
FORMULA = ("=", "+", "-", "@", "'")
"""What a cell must not begin with in a spreadsheet."""
_DIGITS = r"\d+(?:\.\d+|,\d{1,2})?"
"""A comma before three digits may stand between thousands: it is refused, not guessed."""
_PLAIN = re.compile(_DIGITS, re.ASCII)
_NUMBER = rf"{_DIGITS}[CcYy]?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|–|to|\.\.)\s*({_NUMBER})", re.ASCII)
_OPEN = re.compile(rf"({_NUMBER})\s*\+", re.ASCII)
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z_]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z_0-9]+)\s*=\s*")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Placed:
    """A fault with its place in the file, both counted from 1; in a CSV file the column is the number of the cell."""

    line: int
    column: int
    fault: ChartFault


class BrokenFile(Exception):
    """A chart file with everything that is wrong with it, in the order of the file."""

    def __init__(self, faults: Sequence[Placed]) -> None:
        super().__init__(f"{len(faults)} faults")
        ordered = tuple(sorted(faults, key=lambda one: (one.line, one.column)))
        self.faults = ordered[:MOST_FAULTS]
        if len(ordered) > MOST_FAULTS:
            more = ChartFault((), "more_faults", {"count": len(ordered) - MOST_FAULTS})
            self.faults += (Placed(ordered[MOST_FAULTS].line, ordered[MOST_FAULTS].column, more),)


def read_toml(text: str) -> Chart:
    """The chart of a TOML file. Raises BrokenFile with every fault; of a file that is no TOML, with the first."""
    return checked(toml_document(text))


def toml_document(text: str) -> Document:
    """What a TOML file says of its chart, checked. Raises BrokenFile as ``read_toml`` does."""
    text = text.removeprefix("\ufeff")
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # A number of thousands of digits is a ValueError, endless nesting a RecursionError.
        said = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        found = _AT.search(said)
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        fault = ChartFault((), "not_toml", {"detail": _AT.sub("", said).strip()})
        raise BrokenFile([Placed(line, column, fault)]) from None
    try:
        return _document(document)
    except BrokenChart as broken:
        places = dict(_places(text))
        raise BrokenFile([_placed(fault, places) for fault in broken.faults]) from None


def _document(document: Document) -> Document:
    """A document that was found sound, with its date as text: it is kept as JSON. Raises BrokenChart."""
    read_on = checked(document).product.read_on
    return document | {"source": document["source"] | {"date": read_on.isoformat()}}


def _placed(fault: ChartFault, places: Mapping[Path, tuple[int, int]]) -> Placed:
    """At its own place, or at that of the part that lacks it."""
    for depth in range(len(fault.path), -1, -1):
        if fault.path[:depth] in places:
            return Placed(*places[fault.path[:depth]], fault)
    return Placed(1, 1, fault)


def _places(text: str) -> Iterator[tuple[Path, tuple[int, int]]]:
    """Where each table and each value stands."""
    part: Path = ()
    counts: dict[str, int] = {}
    yield (), (1, 1)
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            name = header[2]
            part = (name,)
            if header[1] == "[[":
                if name not in counts:
                    yield (name,), (number, line.index("[") + 1)
                part = (name, counts.get(name, 0))
                counts[name] = counts.get(name, 0) + 1
            yield part, (number, line.index("[") + 1)
        elif key:
            yield (*part, key[1]), (number, key.end() + 1)


def read_csv(text: str) -> tuple[Chart, ...]:
    """The charts of a CSV file, one row a size. Raises BrokenFile with every fault of all of them."""
    return tuple(checked(document) for document in csv_documents(text))


def csv_documents(text: str) -> tuple[Document, ...]:
    """What a CSV file says of its charts, checked. Raises BrokenFile as ``read_csv`` does."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    # Where a comma is the decimal sign, spreadsheets part the cells by semicolons.
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        head = [name.strip() for name in next(rows, [])]
        faults = list(_of_head(head))
        groups = _grouped(rows, head, faults)
    except csv.Error as error:
        fault = ChartFault((), "not_csv", {"detail": str(error)})
        raise BrokenFile([Placed(max(rows.line_num, 1), 1, fault)]) from None
    if not groups and not faults:
        faults.append(Placed(1, 1, ChartFault((), "no_rows")))
    if faults:
        raise BrokenFile(faults)
    documents: dict[str, Document] = {}
    for group in groups:
        try:
            document = _of_rows(group, head)
        except BrokenFile as broken:
            faults += broken.faults
            continue
        product = checked(document).product
        if product.key in documents:
            faults.append(Placed(group[0][0], 1, ChartFault(("model",), "twice", {"size": product.name})))
        documents[product.key] = document
    if faults:
        raise BrokenFile(faults)
    return tuple(documents.values())


Rows = list[tuple[int, dict[str, str]]]
"""The rows of one chart: the line and the cells that are not empty, by column."""


def _grouped(rows: Any, head: Sequence[str], faults: list[Placed]) -> list[Rows]:
    groups: dict[tuple[str, ...], Rows] = {}
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            facts = {"received": len(cells), "expected": len(head)}
            faults.append(Placed(rows.line_num, len(cells) + 1, ChartFault((), "cells", facts)))
            continue
        row = {name: _bare(cell.strip()) for name, cell in zip(head, cells, strict=True) if cell.strip()}
        groups.setdefault(tuple(row.get(name, "") for name in IDENTITY), []).append((rows.line_num, row))
    return list(groups.values())


def _bare(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA else cell


def _of_head(head: Sequence[str]) -> Iterator[Placed]:
    for column, name in enumerate(head, start=1):
        if name not in COLUMNS:
            facts = {"key": name, "known": ", ".join(COLUMNS)}
            yield Placed(1, column, ChartFault((name,), "unknown_key", facts))
        elif name in head[: column - 1]:
            yield Placed(1, column, ChartFault((name,), "twice", {"size": name}))


def _of_rows(rows: Rows, head: Sequence[str]) -> Document:
    document: Document = {}
    places: dict[Path, tuple[int, int]] = {(): (rows[0][0], 1)}
    faults = []
    for line, row in rows:
        for name, cell in row.items():
            if name in OF_ROW or name in OF_PART:
                continue
            path, value = _path(name), chart_value(name, cell)
            before = _reach(document, path)
            if before is None:
                _put(document, path, value)
                places[path] = (line, head.index(name) + 1)
            elif before != value:
                facts = {"key": name, "received": cell, "before": before}
                faults.append(Placed(line, head.index(name) + 1, ChartFault(path, "differs", facts)))
    document["sizes"] = list(_listed("sizes", OF_ROW, rows, head, places))
    document["parts"] = list(_listed("parts", OF_PART, rows, head, places))
    if not document["parts"]:
        del document["parts"]
    try:
        sound = _document(document)
    except BrokenChart as broken:
        raise BrokenFile([*faults, *(_placed(fault, places) for fault in broken.faults)]) from None
    if faults:
        raise BrokenFile(faults)
    return sound


def _listed(
    name: str, columns: Mapping[str, str], rows: Rows, head: Sequence[str], places: dict[Path, tuple[int, int]]
) -> Iterator[dict[str, object]]:
    """The rows that have one of the columns, by the names of the document; their places are noted."""
    having = [(line, row) for line, row in rows if any(column in row for column in columns)]
    for place, (line, row) in enumerate(having):
        places[(name, place)] = (line, 1)
        given = {column: key for column, key in columns.items() if column in row}
        places |= {(name, place, key): (line, head.index(column) + 1) for column, key in given.items()}
        yield {key: row_value(column, row[column]) for column, key in given.items()}


def _path(column: str) -> Path:
    for part, columns in (("units", OF_UNITS), ("source", OF_SOURCE), ("stated", OF_STATED)):
        if column in columns:
            return (part, columns[column])
    return (column,)


def _reach(document: Mapping[str, Any], path: Path) -> Any:
    found: Any = document
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(document: dict[str, Any], path: Path, value: object) -> None:
    for step in path[:-1]:
        document = document.setdefault(str(step), {})
    document[str(path[-1])] = value


def chart_value(column: str, cell: str) -> object:
    """What a cell about the whole chart says; as it stands where it cannot be read."""
    if column in ("recheck", "invented"):
        return {"true": True, "yes": True, "false": False, "no": False}.get(cell.lower(), cell)
    if column in OF_STATED:
        return _range(cell)
    return _number(cell) if column == "weight_limit" else cell


def row_value(column: str, cell: str) -> object:
    """What a cell about a size or a part says; as it stands where it cannot be read."""
    if column in ("row_weight_limit", "part_above"):
        return _number(cell)
    return _range(cell) if column in MEASURES else cell


def _number(cell: str) -> object:
    if not _PLAIN.fullmatch(cell):
        return cell
    return float(cell.replace(",", "."))


def _end(cell: str) -> object:
    return cell if cell[-1] in "CcYy" else _number(cell)


def _range(cell: str) -> object:
    closed, opened = _RANGE.fullmatch(cell), _OPEN.fullmatch(cell)
    if closed:
        return [_end(closed[1]), _end(closed[2])]
    return [_end(opened[1]), OPEN] if opened else cell


@cache
def documents_built_in() -> Mapping[str, Document]:
    """What the charts that come with the program say, by the name of the file, in the order of maker and model."""
    folder = files("afofit.fitting").joinpath("tables", "charts")
    found = {
        # nosemgrep: file-opened-in-another-room  What came with the program.
        one.name.removesuffix(".toml"): toml_document(one.read_text("utf-8"))
        for one in folder.iterdir()
        if one.name.endswith(".toml")
    }
    return dict(sorted(found.items(), key=lambda one: (one[1]["maker"], one[1]["model"])))


@cache
def built_in_by_name() -> Mapping[str, Chart]:
    """The charts that come with the program, by the name of the file."""
    return {name: checked(document) for name, document in documents_built_in().items()}


@cache
def built_in() -> tuple[Chart, ...]:
    """The charts that come with the program, by maker and model."""
    return tuple(built_in_by_name().values())
