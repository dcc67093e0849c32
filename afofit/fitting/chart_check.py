"""What is wrong with a chart: every fault at once, each with its place in the file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from math import inf, isfinite
from typing import Any, get_args

from afofit.fitting.chart import (
    DESIGN_CODES,
    LENGTHS,
    MEASURES,
    SHOE,
    SHOES,
    Chart,
    Part,
    Product,
    Range,
    Size,
    Worn,
)
from afofit.fitting.shoe_sizes import RESTART_BY, SYSTEMS
from afofit.fitting.values import EPSILON, SIDES, Grade

Path = tuple[str | int, ...]
LENGTH_MM = {"mm": 1.0, "cm": 10.0, "in": 25.4}
MASS_KG = {"kg": 1.0, "lb": 0.45359237}
OPEN = "open"
TEXTS = ("maker", "model", "version")
OPTIONAL_TEXTS = ("hcpcs", "no_chart", "note", "holes", "stated_note")
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
HOLE = {f"{SHOE}{system}": one.step for system, one in SYSTEMS.items()} | {f"{SHOE}eu": 1.0, f"{SHOE}eu_child": 1.0}
"""How far apart the ends of neighbouring rows may lie: sizes come in steps, lengths do not."""


@dataclass(frozen=True, slots=True)
class ChartFault:
    """One thing wrong with a chart; ``code`` and ``facts`` are for the words."""

    path: Path
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class BrokenChart(Exception):
    """A chart with everything that is wrong with it."""

    def __init__(self, faults: Sequence[ChartFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)


def checked(document: Mapping[str, Any]) -> Chart:
    """The chart of a document (as TOML gives it). Raises BrokenChart with every fault."""
    reader = _Reader(document)
    reader.read()
    if reader.faults:
        raise BrokenChart(reader.faults)
    return reader.chart()


class _Reader:
    """Reads one document, collecting faults; makes the chart when there are none."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.faults: list[ChartFault] = []
        self.sizes: list[Size] = []
        self.parts: list[Part] = []
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
        # A chart that is kept and never matched may contradict itself: that is why it is kept so.
        if not self.faults and not self.document.get("no_chart"):
            self.table()

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
        else:
            try:
                return date.fromisoformat(str(given))
            except ValueError:
                self.fault(path, "not_a_date", received=given)
        return None

    def units(self) -> None:
        units = self.document.get("units")
        used = {name for row in self.listed("sizes") for name in row} | {
            str(part.get("measure")) for part in self.listed("parts")
        }
        weighed = "weight_limit" in used or "weight_limit" in self.document
        needed = {"length": used & set(LENGTHS), "mass": weighed}
        given = units if isinstance(units, Mapping) else {}
        self.unknown(given, set(needed), ("units",))
        for name, scale in (("length", LENGTH_MM), ("mass", MASS_KG)):
            if name not in given:
                if needed[name]:
                    self.fault(("units", name), "no_unit", key=name, allowed=", ".join(scale))
            elif given[name] not in scale:
                self.fault(("units", name), "not_a_choice", key=name, received=given[name], allowed=", ".join(scale))
        self.length = LENGTH_MM.get(str(given.get("length")), 1.0)
        self.mass = MASS_KG.get(str(given.get("mass")), 1.0)

    def listed(self, name: str) -> list[Mapping[str, Any]]:
        rows = self.document.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            if ChartFault((name,), "not_rows", {"key": name}) not in self.faults:
                self.fault((name,), "not_rows", key=name)
            return []
        return rows

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
        if not rows and not self.document.get("no_chart") and not self.faults:
            self.fault(("sizes",), "no_rows")
        for place, row in enumerate(rows):
            path: Path = ("sizes", place)
            self.unknown(row, OF_SIZE, path)
            self.text(row, (*path, "size"), needed=True)
            if row.get("side", "left") not in SIDES:
                self.fault((*path, "side"), "not_a_choice", key="side", received=row["side"], allowed=", ".join(SIDES))
            limit = self.weight(row, (*path, "weight_limit"))
            ranges = {name: self.range(row[name], (*path, name)) for name in MEASURES if name in row}
            if not ranges:
                self.fault(path, "empty_row", size=row.get("size"))
            self.sizes.append(
                Size(
                    code=str(row.get("size", "")).strip(),
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
        for place, row in enumerate(self.listed("parts")):
            path: Path = ("parts", place)
            self.unknown(row, OF_PART, path)
            self.choice(row, (*path, "measure"), ("foot_length", "calf_circumference"))
            self.text(row, (*path, "part"), needed=True)
            if not _positive(row.get("above")):
                self.fault((*path, "above"), "not_a_number", key="above", received=row.get("above"))
            else:
                measure, part = str(row.get("measure")), str(row.get("part"))
                self.parts.append(Part(measure=measure, above=row["above"] * self.length, part=part))

    def table(self) -> None:
        """What the rows say together: in order, no two alike, no holes, and as the text says."""
        for side in SIDES:
            rows = [(place, size) for place, size in enumerate(self.sizes) if size.side in (None, side)]
            for fault in (*_twice(rows), *_order(rows), *_overlaps(rows), *self.holes(rows), *self.against_text(rows)):
                if fault not in self.faults:
                    self.faults.append(fault)

    def holes(self, rows: Sequence[tuple[int, Size]]) -> Iterator[ChartFault]:
        if self.document.get("holes"):
            return
        for measure in (*SHOES, "foot_length", "calf_circumference"):
            having = sorted(
                {
                    (size.ranges[measure].low, size.ranges[measure].high, place)
                    for place, size in rows
                    if measure in size.ranges
                }
            )
            end = -inf
            for low, high, place in having:
                if end > -inf and low - end > HOLE.get(measure, 0.0) + EPSILON:
                    yield ChartFault(("sizes", place, measure), "hole", {"key": measure, "low": end, "high": low})
                end = max(end, high)

    def against_text(self, rows: Sequence[tuple[int, Size]]) -> Iterator[ChartFault]:
        stated = self.document.get("stated", {})
        if not isinstance(stated, Mapping):
            yield ChartFault(("stated",), "not_a_table", {"key": "stated"})
            return
        for measure, given in stated.items():
            if measure not in MEASURES:
                yield ChartFault(("stated", measure), "unknown_key", {"key": measure, "known": ", ".join(MEASURES)})
                continue
            said = self.range(given, ("stated", measure))
            ranges = [size.ranges[measure] for _, size in rows if measure in size.ranges]
            if said is None or not ranges or self.document.get("stated_note"):
                continue
            table = Range(min(one.low for one in ranges), max(one.high for one in ranges))
            if abs(said.low - table.low) > EPSILON or (
                said.high != table.high and abs(said.high - table.high) > EPSILON
            ):
                facts = {"key": measure, "text": tuple(said), "table": tuple(table)}
                yield ChartFault(("stated", measure), "text_against_table", facts)

    def chart(self) -> Chart:
        """The chart; call it only when there are no faults."""
        given, source = self.document, self.document["source"]
        assert self.read_on is not None  # noqa: S101
        product = Product(
            **{name: given[name].strip() for name in TEXTS},
            **{name: source[name].strip() for name in SOURCE_TEXTS},
            design=given["design"],
            worn=given["worn"],
            grade=given["grade"],
            hcpcs=given.get("hcpcs"),
            no_chart=given.get("no_chart"),
            note=given.get("note"),
            read_on=self.read_on,
            recheck=given.get("recheck", True),
            invented=given.get("invented", False),
        )
        return Chart(
            product=product,
            side=given["side"],
            sizes=tuple(self.sizes),
            weight_limit_kg=self.limit,
            parts=tuple(self.parts),
        )


def _positive(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and isfinite(given) and given > 0


def _childs(given: object) -> float | None:
    """A child's size with its letter, "13.5C" or "1Y", counted on past the restart."""
    text = given.strip().upper() if isinstance(given, str) else ""
    try:
        number = float(text[:-1])
    except ValueError:
        return None
    if not isfinite(number) or number < 0:
        return None
    return {"C": number, "Y": number + RESTART_BY}.get(text[-1:])


def _twice(rows: Sequence[tuple[int, Size]]) -> Iterator[ChartFault]:
    seen: set[str] = set()
    for place, size in rows:
        if size.code in seen:
            yield ChartFault(("sizes", place, "size"), "twice", {"size": size.code})
        seen.add(size.code)


def _lows(size: Size) -> tuple[float, ...]:
    return tuple(size.ranges[measure].low for measure in MEASURES if measure in size.ranges)


def _order(rows: Sequence[tuple[int, Size]]) -> Iterator[ChartFault]:
    """Rows of the same measures must ascend: a row out of order is a slip of the hand."""
    for (_, first), (place, second) in pairwise(rows):
        if list(first.ranges) == list(second.ranges) and _lows(second) <= _lows(first):
            yield ChartFault(("sizes", place), "out_of_order", {"size": second.code, "before": first.code})


def _overlaps(rows: Sequence[tuple[int, Size]]) -> Iterator[ChartFault]:
    """Two rows may share an end, never more: else the chart does not say which size is meant."""
    for at, (_, first) in enumerate(rows):
        for place, second in rows[at + 1 :]:
            person = [
                name
                for name in first.ranges
                if name in second.ranges and name not in ("brace_height", "footplate_length", "footplate_width")
            ]
            shoes = [name for name in person if name in SHOES]
            others = [name for name in person if name not in SHOES]
            groups = [any(first.ranges[name].overlaps(second.ranges[name]) for name in shoes)] if shoes else []
            groups += [first.ranges[name].overlaps(second.ranges[name]) for name in others]
            if groups and all(groups):
                facts = {"size": second.code, "other": first.code, "keys": ", ".join(person)}
                yield ChartFault(("sizes", place), "overlap", facts)
