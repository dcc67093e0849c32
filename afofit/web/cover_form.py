"""The forms of cover and plan: which charts, which people, which share."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser

from afofit.fitting.chart import Chart
from afofit.fitting.chart_check import LENGTH_MM, MASS_KG
from afofit.schemas.numbers import Unreadable, read_number
from afofit.words import numbers
from afofit.words.tongue import _

if TYPE_CHECKING:
    from afofit.cover.table import Feet, Table, Units

LARGEST_BYTES, MOST_ROWS = 10_000_000, 100_000
"""What is read of a table on the page; the command reads tables of any size."""
MOST_MONTHS, MOST_BRACE_MM = 120, 30
ENDINGS = (".csv", ".txt", ".tsv")
"""How the name of a table may end. What is in it is read cell by cell, whatever its name."""
OWN, TABLE = "own", "table"


class InMemory(FormDataParser):
    """Reads a posted form without a file on disk: nothing of a table of people is written down."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named | {"stream_factory": _memory})


def _memory(*_: object, **__: object) -> IO[bytes]:
    return BytesIO()


@dataclass(slots=True)
class Asked:
    """What a form asks for, and what is wrong with it by field."""

    typed: MultiDict[str, str]
    charts: tuple[Chart, ...]
    """Those in use in the clinic."""
    faults: dict[str, str]

    def text(self, name: str, otherwise: str = "") -> str:
        """What was typed into a field."""
        return self.typed.get(name, otherwise).strip()

    @property
    def offered(self) -> tuple[Chart, ...]:
        """The charts that can be held against people."""
        return tuple(chart for chart in self.charts if chart.product.no_chart is None)

    @property
    def ticked(self) -> frozenset[str]:
        """The names of the charts that are chosen; all of them while nothing was sent."""
        return frozenset(self.typed.getlist("chart") if self.sent else (chart.product.name for chart in self.offered))

    def chosen(self) -> tuple[Chart, ...]:
        """The charts that are chosen, at least one."""
        chosen = tuple(chart for chart in self.offered if chart.product.name in self.ticked)
        if not chosen:
            self.faults["chart"] = _("Choose at least one chart.")
        return chosen

    @property
    def sent(self) -> bool:
        """Whether the form was sent, and not only opened."""
        return bool(self.typed)

    def number(self, name: str, least: float, most: float, *, unit: str | None = None) -> float | None:
        """A number, or None where the field is empty or wrong."""
        text = self.text(name)
        if not text:
            return None
        try:
            number = read_number(text, unit)
        except Unreadable:
            number = most + 1
        if not least <= number <= most:
            low, high = numbers.plain(least), numbers.plain(most)
            self.faults[name] = _("Enter a number from {low} to {high}.").format(low=low, high=high)
            return None
        return number

    def months(self) -> int | None:
        """How many months back; None: all."""
        number = self.number("months", 1, MOST_MONTHS)
        if number is not None and number != int(number):
            self.faults["months"] = _("Enter a whole number of months.")
            return None
        return None if number is None else int(number)

    def feet(self) -> "Feet | None":
        """Whether and how shoe sizes are worked out where none is given."""
        from afofit.cover.table import Feet

        brace_mm = self.number("brace_mm", 0, MOST_BRACE_MM, unit="mm")
        if self.text("shoes_from_feet"):
            return Feet(brace_mm)
        if brace_mm is not None:
            self.faults["brace_mm"] = _(
                "This says something only where shoe sizes are worked out: tick it, or empty this."
            )
        return None

    def units(self) -> "Units":
        """The units of columns whose head does not say theirs."""
        from afofit.cover.table import Units

        length, mass = self.text("length_unit"), self.text("mass_unit")
        return Units(length if length in LENGTH_MM else None, mass if mass in MASS_KG else None)

    def table(self) -> "Table | None":
        """The table that was sent, not read yet; None where none was."""
        from afofit.cover.table import Table

        file = request.files.get("people")
        feet = self.feet()
        if file is None or not file.filename:
            self.faults["people"] = _("Choose a table, a file of the kind CSV.")
            return None
        if not file.filename.lower().endswith(ENDINGS):
            said = _("{name} is no table of the kind CSV. Save it as CSV and send that file.")
            self.faults["people"] = said.format(name=file.filename)
            return None
        return Table(_lines(file.stream), self.units(), feet, most=MOST_ROWS)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    for line in stream:
        yield line.decode("utf-8")
