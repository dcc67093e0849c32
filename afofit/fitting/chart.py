"""Size charts of ready-made braces: what a maker prints, as data with its provenance.

Lengths are in mm, masses in kg; shoe sizes are in their own system, counted on past the children's restart. What a
chart does not state is missing, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import inf
from typing import Literal, NamedTuple

from afofit.fitting.shoe_sizes import BARLEYCORN_MM, SYSTEMS
from afofit.fitting.values import EPSILON, SIDES, Grade, Side
from afofit.fitting.vocabulary import DESIGNS

Worn = Literal["inside", "outside"]
DESIGN_CODES = (*(code for code, _ in DESIGNS), "external", "other")
"""What a ready-made brace may be: a design of the contract, a frame outside of the shoe, or another kind."""
LENGTHS = ("foot_length", "calf_circumference", "brace_height", "footplate_length", "footplate_width")
SHOE = "shoe_"
SHOES = tuple(f"{SHOE}{system}" for system in SYSTEMS)
MEASURES = (*SHOES, *LENGTHS)
"""Every measure a row can have, in the order in which they decide and are told."""
OF_THE_BRACE = ("brace_height", "footplate_length", "footplate_width")
"""Measures of the brace itself; the others are of the person."""
OF_THE_PERSON = (*SHOES, "foot_length", "calf_circumference")
COMPARED = ("foot_length", "calf_circumference", "brace_height", "footplate_length")
"""Measures beside the shoe that decide; the width of a footplate is told and not judged: it is cut or not as made."""
SIZE_MM = {
    f"{SHOE}{system}": {"eu": 1 / 0.15, "eu_child": 1 / 0.162, "mondopoint": 1.0, "jp": 10.0}.get(system, BARLEYCORN_MM)
    for system in SYSTEMS
}
"""How much foot (mm) one size is, so that distances in sizes and in mm can be compared."""


class Range(NamedTuple):
    """From low to high, both included; an open end is infinite."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies inside or on an end."""
        return self.beyond(value) == 0

    def beyond(self, value: float) -> float:
        """How far a value lies below (negative) or above the range; 0 inside."""
        if value < self.low - EPSILON:
            return value - self.low
        return value - self.high if value > self.high + EPSILON else 0.0

    @property
    def open_high(self) -> float | None:
        """The upper end; None where there is none."""
        return None if self.high == inf else self.high

    def overlaps(self, other: "Range") -> bool:
        """Whether the two have more in common than one end."""
        return min(self.high, other.high) - max(self.low, other.low) > EPSILON


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One row of a chart: a size with what it fits."""

    code: str
    ranges: Mapping[str, Range]
    side: Side | None = None
    """The side of this row, where the chart has rows of its own for each."""
    weight_limit_kg: float | None = None


class Held(NamedTuple):
    """A range ready to be held against a value: fits from ``least`` to ``most``, which lie a rounding apart from it."""

    measure: str
    least: float
    most: float
    """Of a measure of the brace infinite: it may be lower than the edge, its plate shorter than the shoe."""
    low: float
    high: float
    foot_mm: float
    """How much foot (mm) one unit of the measure is."""
    told_high: float | None
    """The upper end as it is told; None where there is none."""


class Row(NamedTuple):
    """A size ready to be held against people."""

    size: Size
    shoes: tuple[Held, ...]
    others: tuple[Held, ...]
    measures: tuple[Held, ...]
    """Both, in the order in which they are told."""
    brace: tuple[tuple[str, Range], ...]
    """What it says of the brace itself."""
    limit_kg: float | None
    """Its own weight limit, else that of the chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A ready-made brace and where its chart was read: what is kept with a fitting that was held against it."""

    maker: str
    model: str
    version: str
    design: str
    worn: Worn
    hcpcs: str | None = None
    document: str
    page: str
    address: str
    licence: str
    read_on: date
    grade: Grade
    recheck: bool = True
    """Whether the maker's own page has still to be looked at before an order."""
    invented: bool = False
    """Made up for trying and testing: said wherever it is shown."""
    no_chart: str | None = None
    """Why it is never matched; its sizes, where it has any, are kept all the same."""
    note: str | None = None
    revision: int | None = None
    """The clinic's own count of this chart; None where it comes with the program."""

    @property
    def name(self) -> str:
        """Maker and model."""
        return f"{self.maker} {self.model}"

    @property
    def key(self) -> str:
        """What tells one product from another, however its name is capitalised."""
        return f"{self.maker}\n{self.model}".casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that is ordered differently beyond a measure: a girth that changes the joints."""

    measure: str
    above: float
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A product with its sizes."""

    product: Product
    side: Literal["either", "left", "right"]
    sizes: tuple[Size, ...] = ()
    weight_limit_kg: float | None = None
    parts: tuple[Part, ...] = ()
    measures: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """The measures that its rows have, in order."""
    shoes: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those of them that are shoe sizes."""
    compared: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those beside the shoe that decide."""
    choosing: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those of which one must be known at least: weight and height alone choose no size."""
    rows: tuple[Row, ...] = field(init=False, repr=False, compare=False)
    """Its sizes, ready to be held against people."""
    _rows: Mapping[Side | None, tuple[Row, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        used = {measure for size in self.sizes for measure in size.ranges}
        object.__setattr__(self, "measures", tuple(measure for measure in MEASURES if measure in used))
        object.__setattr__(self, "shoes", tuple(measure for measure in SHOES if measure in used))
        object.__setattr__(self, "compared", tuple(measure for measure in COMPARED if measure in used))
        object.__setattr__(self, "choosing", tuple(measure for measure in OF_THE_PERSON if measure in used))
        made = tuple(self._row(size) for size in self.sizes)
        object.__setattr__(self, "rows", made)
        rows: dict[Side | None, tuple[Row, ...]] = {
            side: tuple(row for row in made if row.size.side in (None, side))
            for side in SIDES
            if self.side in ("either", side)
        }
        if rows.get("left") == rows.get("right"):
            rows[None] = rows["left"]
        object.__setattr__(self, "_rows", rows)

    def _row(self, size: Size) -> Row:
        shoes = tuple(_held(name, size.ranges[name]) for name in SHOES if name in size.ranges)
        others = tuple(_held(name, size.ranges[name]) for name in COMPARED if name in size.ranges)
        brace = tuple((name, size.ranges[name]) for name in OF_THE_BRACE if name in size.ranges)
        limit = self.weight_limit_kg if size.weight_limit_kg is None else size.weight_limit_kg
        return Row(size, shoes, others, shoes + others, brace, limit)

    def rows_of(self, side: Side | None) -> tuple[Row, ...]:
        """The rows for a side; none where the product is of the other, or the side matters and is not known."""
        return self._rows.get(side, ())

    def sizes_of(self, side: Side) -> tuple[Size, ...]:
        """The sizes for a side; none where the product is of the other."""
        return tuple(row.size for row in self.rows_of(side))


def _held(measure: str, one: Range) -> Held:
    most = inf if measure in OF_THE_BRACE else one.high + EPSILON
    return Held(measure, one.low - EPSILON, most, one.low, one.high, SIZE_MM.get(measure, 1.0), one.open_high)
