"""A size chart as a form: its fields are named as the places of a chart's document, and so are its faults."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from afofit.fitting.chart import MEASURES
from afofit.fitting.chart_check import CHOICES, LENGTH_MM, MASS_KG, MOST_PARTS, MOST_SIZES, Document, checked
from afofit.fitting.chart_export import cell
from afofit.fitting.chart_fault import BrokenChart, ChartFault, Path
from afofit.fitting.chart_file import chart_value, row_value
from afofit.web.plain_form import PlainForm
from afofit.words import charts as words
from afofit.words import stock
from afofit.words.sheet import GRADES
from afofit.words.tongue import N_, _

ABOUT: Mapping[str, str] = {
    "maker": N_("Maker"),
    "model": N_("Model"),
    "version": N_("Version of the maker's chart"),
    "hcpcs": N_("HCPCS code, where the maker states one"),
    "weight_limit": N_("Weight limit"),
    "note": N_("Note"),
}
SOURCE: Mapping[str, str] = {
    "source.document": N_("Document"),
    "source.page": N_("Page"),
    "source.address": N_("Address"),
    "source.licence": N_("Licence"),
    "source.date": N_("Day on which it was read"),
}
MORE: Mapping[str, str] = {
    "no_chart": N_("Never match it, because"),
    "holes": N_("Holes between the rows are printed so"),
    "stated_note": N_("Why text and table differ"),
}
CHOSEN: Mapping[str, str] = {
    "design": N_("Kind of brace"),
    "worn": N_("Worn"),
    "side": N_("Side"),
    "grade": N_("Evidence"),
}
UNITS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "units.length": (N_("Unit of lengths"), tuple(LENGTH_MM)),
    "units.mass": (N_("Unit of weights"), tuple(MASS_KG)),
}
SIDES = {"either": N_("either"), "left": N_("left"), "right": N_("right")}
WORN = {"inside": N_("in the shoe"), "outside": N_("outside the shoe")}
OF_SIZE = {
    "size": N_("Name of the size"),
    "side": N_("Only for the side"),
    "weight_limit": N_("Weight limit of the size"),
}
OF_PART = {"measure": N_("Measure"), "above": N_("Above"), "part": N_("Order with it")}
FEWEST_ROWS = 3
MEASURED = "measures"
_ROW = re.compile(r"(sizes|parts)\.(\d{1,3})\.(\w+)")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a choice, with its words."""

    value: str
    words: str


class SizeChartForm(PlainForm):
    """The form of one chart: how many rows it has, which measures they have, and what its document is."""

    def __init__(self, document: Document | None = None, *, press: str = "") -> None:
        super().__init__(**dict(_fields(document or {})))
        ticked = request.form.getlist(MEASURED)
        filled = {name.rpartition(".")[2] for name, text in self.values.items() if text and name not in SOURCE}
        self.measures = tuple(name for name in MEASURES if name in ticked or name in filled)
        self.rows = min(max(self._last("sizes"), FEWEST_ROWS) + (press == "row"), MOST_SIZES)
        self.parts = min(self._last("parts") + (press == "part"), MOST_PARTS)

    def _last(self, rows: str) -> int:
        """How many rows of a kind there are, filled or shown before."""
        found = (_ROW.fullmatch(name) for name in self.values)
        return max((int(one[2]) + 1 for one in found if one and one[1] == rows), default=0)

    @property
    def more(self) -> bool:
        """Whether anything seldom needed is filled in, or wrong."""
        names = (*MORE, *(name for name in self.values if name.startswith(("parts.", "stated."))))
        return any(self.values.get(name) or name in self.faults for name in names)

    def read(self) -> Document:
        """The document of what was typed; everything that is wrong stands in ``faults``, each at its field."""
        document, places = self._document()
        try:
            checked(document)
        except BrokenChart as broken:
            for fault in broken.faults:
                self._note(fault, places)
        return document

    def _document(self) -> tuple[Document, dict[Path, Path]]:
        document: Document = {"source": {}}
        for name in (*ABOUT, *CHOSEN, *MORE):
            if text := self._text(name):
                document[name] = chart_value(name, text)
        for name in (*SOURCE, *UNITS):
            part, _dot, key = name.partition(".")
            if text := self._text(name):
                document.setdefault(part, {})[key] = text
        document["recheck"], document["invented"] = "recheck" in self.values, "invented" in self.values
        stated = {name: text for name in self.measures if (text := self._text(f"stated.{name}"))}
        if stated:
            document["stated"] = {name: chart_value(f"stated_{name}", text) for name, text in stated.items()}
        places: dict[Path, Path] = {}
        for rows, count in (("sizes", self.rows), ("parts", self.parts)):
            document[rows] = list(self._rows(rows, count, places))
        if not document["parts"]:
            del document["parts"]
        return document, places

    def _text(self, name: str) -> str:
        return " ".join(self.values.get(name, "").split())

    def _rows(self, rows: str, count: int, places: dict[Path, Path]) -> Iterator[Document]:
        """The rows with something in them; ``places`` tells which row of the form each is."""
        columns = (*OF_SIZE, *self.measures) if rows == "sizes" else tuple(OF_PART)
        made = 0
        for place in range(count):
            given = {name: text for name in columns if (text := self._text(f"{rows}.{place}.{name}"))}
            if given:
                places[(rows, made)] = (rows, place)
                made += 1
                yield {name: row_value(_column(rows, name), text) for name, text in given.items()}

    def _note(self, fault: ChartFault, places: Mapping[Path, Path]) -> None:
        path = places.get(fault.path[:2], fault.path[:2]) + fault.path[2:]
        name = _field(path)
        said = words.said(fault, labels())
        row = _("Row {number}: {fault}")
        if path[0:1] == ("sizes",) and len(path) > 1 and isinstance(path[1], int):
            said = row.format(number=path[1] + 1, fault=said)
        self.faults[name] = f"{self.faults[name]} {said}" if name in self.faults else said


def _column(rows: str, name: str) -> str:
    """The column of a CSV file that holds the same, by which a cell is read."""
    if rows == "parts":
        return "part" if name == "part" else f"part_{name}"
    return f"row_{name}" if name in ("side", "weight_limit") else name


def _field(path: Path) -> str:
    """The field at which a fault is shown: its own, or the first of its row."""
    if path[0:1] in (("sizes",), ("parts",)) and len(path) == 2:
        path = (*path, "size" if path[0] == "sizes" else "measure")
    return ".".join(map(str, path)) or "maker"


def _fields(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of the form filled with a document."""
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", cell(one)) for key, one in value.items() if one is not None)
        elif isinstance(value, list):
            for place, row in enumerate(value):
                yield from ((f"{name}.{place}.{key}", cell(one)) for key, one in row.items() if one is not None)
        elif value is True:
            yield name, "true"
        elif value is not None and value is not False:
            yield name, cell(value)


def labels() -> dict[str, str]:
    """What the keys of a document are called in the form."""
    pairs = {**ABOUT, **CHOSEN, **MORE, **OF_SIZE, **OF_PART}
    pairs |= {name.rpartition(".")[2]: label for name, label in SOURCE.items()}
    pairs |= {name.rpartition(".")[2]: label for name, (label, _units) in UNITS.items()}
    return {key: _(label) for key, label in pairs.items()} | {name: stock.measure(name) for name in MEASURES}


def choices(name: str) -> tuple[Choice, ...]:
    """The answers of a choice of the form."""
    if name == "design":
        return tuple(Choice(code, stock.design(code)) for code in CHOICES["design"])
    if name == "grade":
        return tuple(Choice(grade, f"{grade}: {_(GRADES[grade])}") for grade in CHOICES["grade"])
    return tuple(Choice(code, _(said)) for code, said in (SIDES if name == "side" else WORN).items())


def measures() -> tuple[Choice, ...]:
    """Every measure that a row can have."""
    return tuple(Choice(name, stock.measure(name)) for name in MEASURES)


def of_parts() -> tuple[Choice, ...]:
    """The measures on which a part can depend."""
    return tuple(Choice(name, stock.measure(name)) for name in ("foot_length", "calf_circumference"))
