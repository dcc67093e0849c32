"""Charts as files: TOML for one chart, CSV for several; every fault with its line and column."""

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any

from afofit.fitting.chart import LENGTHS, MEASURES, SHOE, Chart, Range
from afofit.fitting.chart_check import OPEN, SOURCE_TEXTS, BrokenChart, ChartFault, Path, checked
from afofit.fitting.shoe_sizes import RESTART_AFTER, RESTART_BY, SYSTEMS

OF_UNITS = {"length_unit": "length", "mass_unit": "mass"}
OF_SOURCE = {f"source_{name}": name for name in (*SOURCE_TEXTS, "date")}
OF_ROW = ("size", "row_side", "row_weight_limit", *MEASURES)
OF_CHART = ("maker", "model", "version", "design", "worn", "side", "grade", "hcpcs", "weight_limit", "note", "no_chart")
OF_CHART_TOO = ("holes", "recheck", "invented")
COLUMNS = (*OF_CHART, *OF_CHART_TOO, *OF_UNITS, *OF_SOURCE, *OF_ROW)
"""The columns of a CSV file: those of the chart are repeated in, or given by the first of, the rows of its sizes."""
IDENTITY = ("maker", "model", "version")
_NUMBER = r"\d+(?:\.\d+)?[CcYy]?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|–|to|\.\.)\s*({_NUMBER})")
_OPEN = re.compile(rf"({_NUMBER})\s*\+")
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
        self.faults = tuple(sorted(faults, key=lambda one: (one.line, one.column)))


def read_toml(text: str) -> Chart:
    """The chart of a TOML file. Raises BrokenFile with every fault; of a file that is no TOML, with the first."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (text.count("\n") + 1, 1)
        said = _AT.sub("", str(error)).strip()
        raise BrokenFile([Placed(line, column, ChartFault((), "not_toml", {"detail": said}))]) from None
    try:
        return checked(document)
    except BrokenChart as broken:
        places = dict(_places(text))
        raise BrokenFile([_placed(fault, places) for fault in broken.faults]) from None


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
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    head = [name.strip() for name in next(rows, [])]
    faults = list(_of_head(head))
    groups: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(head):
            facts = {"received": len(cells), "expected": len(head)}
            faults.append(Placed(rows.line_num, len(cells) + 1, ChartFault((), "cells", facts)))
            continue
        row = {name: cell.strip() for name, cell in zip(head, cells, strict=True) if cell.strip()}
        groups.setdefault(tuple(row.get(name, "") for name in IDENTITY), []).append((rows.line_num, row))
    if not groups and not faults:
        faults.append(Placed(1, 1, ChartFault((), "no_rows")))
    if faults:
        raise BrokenFile(faults)
    charts = []
    for group in groups.values():
        try:
            charts.append(_of_rows(group, head))
        except BrokenFile as broken:
            faults += broken.faults
    if faults:
        raise BrokenFile(faults)
    return tuple(charts)


def _of_head(head: Sequence[str]) -> Iterator[Placed]:
    for column, name in enumerate(head, start=1):
        if name not in COLUMNS:
            facts = {"key": name, "known": ", ".join(COLUMNS)}
            yield Placed(1, column, ChartFault((name,), "unknown_key", facts))
        elif name in head[: column - 1]:
            yield Placed(1, column, ChartFault((name,), "twice", {"size": name}))


def _of_rows(rows: Sequence[tuple[int, dict[str, str]]], head: Sequence[str]) -> Chart:
    document: dict[str, Any] = {}
    places: dict[Path, tuple[int, int]] = {(): (rows[0][0], 1)}
    faults = []
    for line, row in rows:
        for name, cell in row.items():
            if name in OF_ROW:
                continue
            path = _path(name)
            before = _reach(document, path)
            if before is None:
                _put(document, path, _of_chart(name, cell))
                places[path] = (line, head.index(name) + 1)
            elif before != _of_chart(name, cell):
                facts = {"key": name, "received": cell, "before": before}
                faults.append(Placed(line, head.index(name) + 1, ChartFault(path, "differs", facts)))
    sized = [(line, row) for line, row in rows if any(name in row for name in OF_ROW)]
    document["sizes"] = [{_of_size(name): _cell(name, row[name]) for name in OF_ROW if name in row} for _, row in sized]
    for place, (line, row) in enumerate(sized):
        places[("sizes", place)] = (line, 1)
        places |= {("sizes", place, _of_size(name)): (line, head.index(name) + 1) for name in OF_ROW if name in row}
    try:
        chart = checked(document)
    except BrokenChart as broken:
        raise BrokenFile([*faults, *(_placed(fault, places) for fault in broken.faults)]) from None
    if faults:
        raise BrokenFile(faults)
    return chart


def _path(column: str) -> Path:
    if column in OF_UNITS:
        return ("units", OF_UNITS[column])
    return ("source", OF_SOURCE[column]) if column in OF_SOURCE else (column,)


def _reach(document: Mapping[str, Any], path: Path) -> Any:
    found: Any = document
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _put(document: dict[str, Any], path: Path, value: object) -> None:
    for step in path[:-1]:
        document = document.setdefault(str(step), {})
    document[str(path[-1])] = value


def _of_size(column: str) -> str:
    return column.removeprefix("row_")


def _of_chart(name: str, cell: str) -> object:
    if name in ("recheck", "invented"):
        return {"true": True, "yes": True, "false": False, "no": False}.get(cell.lower(), cell)
    return _number(cell) if name == "weight_limit" else cell


def _number(cell: str) -> object:
    try:
        return float(cell)
    except ValueError:
        return cell


def _cell(name: str, cell: str) -> object:
    if name in ("size", "row_side"):
        return cell
    if name == "row_weight_limit":
        return _number(cell)
    closed, opened = _RANGE.fullmatch(cell), _OPEN.fullmatch(cell)
    if closed:
        return [_number(closed[1]), _number(closed[2])]
    return [_number(opened[1]), OPEN] if opened else cell


def as_toml(chart: Chart) -> str:
    """The chart as a TOML file that reads back as the same chart: lengths in mm, masses in kg."""
    one = chart.product
    texts = ("maker", "model", "version", "design", "worn", "grade", "hcpcs", "no_chart", "note")
    lines = [f"{name} = {_quoted(value)}" for name in texts if (value := getattr(one, name)) is not None]
    lines += [f"side = {_quoted(chart.side)}"]
    lines += [f"recheck = {str(one.recheck).lower()}", f"invented = {str(one.invented).lower()}"]
    # What was checked once may lie apart as it was printed: the reader must not ask again.
    lines += ['holes = "as printed"'] if chart.sizes else []
    lines += [f"weight_limit = {_plain(chart.weight_limit_kg)}"] if chart.weight_limit_kg is not None else []
    lines += ["", "[units]", 'length = "mm"', 'mass = "kg"', "", "[source]"]
    lines += [f"{name} = {_quoted(getattr(one, name))}" for name in SOURCE_TEXTS]
    lines += [f"date = {one.read_on.isoformat()}"]
    for part in chart.parts:
        lines += ["", "[[parts]]", f"measure = {_quoted(part.measure)}", f"above = {_plain(part.above)}"]
        lines += [f"part = {_quoted(part.part)}"]
    for size in chart.sizes:
        lines += ["", "[[sizes]]", f"size = {_quoted(size.code)}"]
        lines += [f"side = {_quoted(size.side)}"] if size.side else []
        lines += [f"weight_limit = {_plain(size.weight_limit_kg)}"] if size.weight_limit_kg is not None else []
        lines += [f"{measure} = {_range(measure, each)}" for measure, each in size.ranges.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 32 or ord(one) == 127 else one for one in escaped) + '"'


def _plain(number: float) -> str:
    return repr(int(number)) if number == int(number) else repr(number)


def _range(measure: str, one: Range) -> str:
    return f"[{printed(measure, one.low)}, {printed(measure, one.high)}]"


def printed(measure: str, end: float) -> str:
    """An end of a range as a file holds it: a child's size with its letter, an open end as a word."""
    if end == inf:
        return _quoted(OPEN)
    system = SYSTEMS.get(measure.removeprefix(SHOE)) if measure not in LENGTHS else None
    if system is None or not system.restarts:
        return _plain(end)
    return _quoted(f"{_plain(end - RESTART_BY)}Y" if end > RESTART_AFTER else f"{_plain(end)}C")


@cache
def built_in() -> tuple[Chart, ...]:
    """The charts that come with the program, by maker and model."""
    folder = files("afofit.fitting").joinpath("tables", "charts")
    found = (read_toml(one.read_text("utf-8")) for one in folder.iterdir() if one.name.endswith(".toml"))
    return tuple(sorted(found, key=lambda chart: chart.product.name))
