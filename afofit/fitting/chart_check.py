"""What is wrong with a chart: every fault at once, each with its place in the file."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import inf
from typing import Any, get_args

from afofit.fitting.chart import (
    DESIGN_CODES,
    LENGTHS,
    MEASURES,
    SHOE,
    Chart,
    Part,
    Product,
    Range,
    Size,
    Worn,
)
from afofit.fitting.chart_fault import BrokenChart, ChartFault, Path
from afofit.fitting.chart_table import contradictions
from afofit.fitting.shoe_sizes import RESTART_BY, SYSTEMS
from afofit.fitting.values import EPSILON, SIDES, Grade

Document = dict[str, Any]
"""A chart as its file says it, in the units of the file."""
LARGEST = 100_000
LONGEST, LONGEST_NAME = 1_000, 120
"""Letters of a text, and of one that stands in every answer."""
MOST_SIZES, MOST_PARTS = 200, 20
LENGTH_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
MASS_KG = {"kg": 1.0, "lb": 0.45359237}
OPEN = "open"
TEXTS = ("maker", "model", "version")
OPTIONAL_TEXTS = ("hcpcs", "no_chart", "note", "holes", "stated_note")
NAMES = (*TEXTS, "hcpcs", "size", "part")
SAID = ("hcpcs", "no_chart", "note")
"""Optional texts that a product keeps; the others are about the file."""
SOURCE_TEXTS = ("document", "page", "address", "licence")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "design": DESIGN_CODES,
    "worn": get_args(Worn),
    "side": ("either", *SIDES),
    "grade": get_args(Grade),
}
KNOWN = {
    *TEXTS,
    *OPTIONAL_TEXTS,
    *CHOICES,
    *("recheck", "invented", "weight_limit", "units", "source", "stated", "sizes", "parts"),
}
OF_SIZE = {"size", "side", "weight_limit", *MEASURES}
OF_PART = {"measure", "above", "part"}


def checked(document: object, *, revision: int | None = None) -> Chart:
    """The chart of a document (as TOML or JSON gives it). Raises BrokenChart with every fault."""
    if not isinstance(document, Mapping):
        raise BrokenChart((ChartFault((), "not_a_table", {"key": "chart"}),))
    reader = _Reader(document)
    reader.read()
    if reader.faults:
        raise BrokenChart(reader.faults)
    return reader.chart(revision)


class _Reader:
    """Reads one document, collecting faults; makes the chart when there are none."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.faults: list[ChartFault] = []
        self.sizes: list[Size] = []
        self.parts: list[Part] = []
        self.said: dict[str, Range] = {}
        self.read_on: date | None = None
        self.length = self.mass = 1.0
        self.limit: float | None = None

    def fault(self, path: Path, code: str, **facts: object) -> None:
        self.faults.append(ChartFault(path, code, facts))

    def read(self) -> None:
        """Everything, part by part."""
        self.unknown(self.document, KNOWN, ())
        for name in TEXTS:
            self.text(self.document, (name,), needed=True)
        for name in OPTIONAL_TEXTS:
            self.text(self.document, (name,), needed=False)
        for name, allowed in CHOICES.items():
            self.choice(self.document, (name,), allowed)
        for name in ("recheck", "invented"):
            if not isinstance(self.document.get(name, True), bool):
                self.fault((name,), "not_a_flag", received=self.document[name])
        self.source()
        self.units()
        self.limit = self.weight(self.document, ("weight_limit",))
        self.rows()
        self.parts_of()
        self.stated()
        # A chart that is kept and never matched may contradict itself: that is why it is kept so.
        if not self.faults and not self.document.get("no_chart"):
            printed, explained = bool(self.document.get("holes")), bool(self.document.get("stated_note"))
            said = {} if explained else self.said
            self.faults += contradictions(self.sizes, holes_printed=printed, said=said)

    def unknown(self, part: Mapping[str, Any], known: set[str], path: Path) -> None:
        for name in part:
            if name not in known:
                self.fault((*path, name), "unknown_key", key=name, known=", ".join(sorted(known)))

    def text(self, part: Mapping[str, Any], path: Path, *, needed: bool) -> None:
        given = part.get(str(path[-1]))
        if given is None:
            if needed:
                self.fault(path, "missing", key=path[-1])
        elif not isinstance(given, str) or not given.strip():
            self.fault(path, "not_text", key=path[-1], received=given)
        elif not _one_line(given).isprintable():
            self.fault(path, "not_printable", key=path[-1])
        elif len(given) > (longest := LONGEST_NAME if path[-1] in NAMES else LONGEST):
            self.fault(path, "too_long", key=path[-1], received=len(given), most=longest)

    def choice(self, part: Mapping[str, Any], path: Path, allowed: tuple[str, ...]) -> None:
        given = part.get(str(path[-1]))
        if given is None:
            self.fault(path, "missing", key=path[-1])
        elif given not in allowed:
            self.fault(path, "not_a_choice", key=path[-1], received=given, allowed=", ".join(allowed))

    def source(self) -> None:
        source = self.document.get("source")
        if not isinstance(source, Mapping):
            self.fault(("source",), "missing", key="source")
            return
        self.unknown(source, {*SOURCE_TEXTS, "date"}, ("source",))
        for name in SOURCE_TEXTS:
            self.text(source, ("source", name), needed=True)
        self.read_on = self.day(source.get("date"))

    def day(self, given: object) -> date | None:
        path = ("source", "date")
        if given is None:
            self.fault(path, "missing", key="date")
        elif isinstance(given, date) and not isinstance(given, datetime):
            return given
        elif (found := _day(given)) is not None:
            return found
        else:
            self.fault(path, "not_a_date", received=given)
        return None

    def units(self) -> None:
        units = self.document.get("units")
        used = {name for row in self.listed("sizes") for name in row} | {
            str(part.get("measure")) for part in self.listed("parts", MOST_PARTS)
        }
        stated = self.document.get("stated")
        used |= set(stated) if isinstance(stated, Mapping) else set()
        weighed = "weight_limit" in used or "weight_limit" in self.document
        needed = {"length": used & set(LENGTHS), "mass": weighed}
        given = units if isinstance(units, Mapping) else {}
        if not isinstance(units, Mapping | None):
            self.fault(("units",), "not_a_table", key="units")
        self.unknown(given, set(needed), ("units",))
        for name, scale in (("length", LENGTH_MM), ("mass", MASS_KG)):
            if name not in given:
                if needed[name]:
                    self.fault(("units", name), "no_unit", key=name, allowed=", ".join(scale))
            elif given[name] not in tuple(scale):
                self.fault(("units", name), "not_a_choice", key=name, received=given[name], allowed=", ".join(scale))
        self.length = LENGTH_MM.get(str(given.get("length")), 1.0)
        self.mass = MASS_KG.get(str(given.get("mass")), 1.0)

    def listed(self, name: str, most: int = MOST_SIZES) -> list[Mapping[str, Any]]:
        rows: Any = self.document.get(name, [])
        fault = None
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            fault = ChartFault((name,), "not_rows", {"key": name})
        elif len(rows) > most:
            fault = ChartFault((name,), "too_many", {"key": name, "received": len(rows), "most": most})
        if fault is None:
            return list(rows)
        if fault not in self.faults:
            self.faults.append(fault)
        return []

    def weight(self, part: Mapping[str, Any], path: Path) -> float | None:
        given = part.get("weight_limit")
        if given is None:
            return None
        if not _positive(given):
            self.fault(path, "not_a_number", key="weight_limit", received=given)
            return None
        return float(given) * self.mass

    def rows(self) -> None:
        rows = self.listed("sizes")
        if not self.document.get("sizes") and not self.document.get("no_chart"):
            self.fault(("sizes",), "no_rows")
        for place, row in enumerate(rows):
            path: Path = ("sizes", place)
            self.unknown(row, OF_SIZE, path)
            self.text(row, (*path, "size"), needed=True)
            if row.get("side") not in (None, *SIDES):
                self.fault((*path, "side"), "not_a_choice", key="side", received=row["side"], allowed=", ".join(SIDES))
            limit = self.weight(row, (*path, "weight_limit"))
            ranges = {name: self.range(row[name], (*path, name)) for name in MEASURES if name in row}
            if not ranges:
                self.fault(path, "empty_row", size=row.get("size"))
            self.sizes.append(
                Size(
                    code=_one_line(str(row.get("size", ""))),
                    ranges={name: one for name, one in ranges.items() if one is not None},
                    side=row.get("side"),
                    weight_limit_kg=limit,
                )
            )

    def range(self, given: object, path: Path) -> Range | None:
        measure = str(path[-1])
        if not isinstance(given, list) or len(given) != 2:
            self.fault(path, "not_a_range", key=measure, received=given)
            return None
        ends = [inf if end == OPEN and place else self.end(end, measure, path) for place, end in enumerate(given)]
        if None in ends:
            return None
        low, high = (float(end or 0) for end in ends)
        if high <= low + EPSILON:
            self.fault(path, "not_ascending", key=measure, received=given)
            return None
        factor = self.length if measure in LENGTHS else 1.0
        return Range(low * factor, high * factor)

    def end(self, given: object, measure: str, path: Path) -> float | None:
        system = SYSTEMS.get(measure.removeprefix(SHOE))
        if system is not None and system.restarts:
            size = _childs(given)
            if size is None:
                self.fault(path, "no_suffix", key=measure, received=given)
            return size
        if not _positive(given):
            self.fault(path, "not_a_number", key=measure, received=given)
            return None
        return float(given)  # type: ignore[arg-type]

    def parts_of(self) -> None:
        for place, row in enumerate(self.listed("parts", MOST_PARTS)):
            path: Path = ("parts", place)
            self.unknown(row, OF_PART, path)
            self.choice(row, (*path, "measure"), ("foot_length", "calf_circumference"))
            self.text(row, (*path, "part"), needed=True)
            if not _positive(row.get("above")):
                self.fault((*path, "above"), "not_a_number", key="above", received=row.get("above"))
            else:
                measure, part = str(row.get("measure")), str(row.get("part"))
                self.parts.append(Part(measure=measure, above=row["above"] * self.length, part=_one_line(part)))

    def stated(self) -> None:
        """What the text beside the table says of its reach."""
        stated = self.document.get("stated", {})
        if not isinstance(stated, Mapping):
            self.fault(("stated",), "not_a_table", key="stated")
            return
        self.unknown(stated, set(MEASURES), ("stated",))
        for measure, given in stated.items():
            said = self.range(given, ("stated", measure)) if measure in MEASURES else None
            if said is not None:
                self.said[measure] = said

    def chart(self, revision: int | None) -> Chart:
        """The chart; call it only when there are no faults."""
        given, source = self.document, self.document["source"]
        assert self.read_on is not None  # noqa: S101
        product = Product(
            **{name: _one_line(given[name]) for name in TEXTS},
            **{name: _one_line(source[name]) for name in SOURCE_TEXTS},
            **{name: _one_line(given[name]) for name in SAID if given.get(name) is not None},
            design=given["design"],
            worn=given["worn"],
            grade=given["grade"],
            read_on=self.read_on,
            recheck=given.get("recheck", True),
            invented=given.get("invented", False),
            revision=revision,
        )
        return Chart(
            product=product,
            side=given["side"],
            sizes=tuple(self.sizes),
            weight_limit_kg=self.limit,
            parts=tuple(self.parts),
        )


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CHILDS = re.compile(r"(\d{1,2}(?:\.\d{1,2})?)([CcYy])", re.ASCII)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _positive(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 0 < given <= LARGEST


def _day(given: object) -> date | None:
    """A day as text, 2026-11-23; no other way of writing it."""
    if not isinstance(given, str) or not _DAY.fullmatch(given):
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        return None


def _childs(given: object) -> float | None:
    """A child's size with its letter, "13.5C" or "1Y", counted on past the restart."""
    found = _CHILDS.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return None
    number = float(found[1])
    return number if found[2] in "Cc" else number + RESTART_BY
