"""What stands on a fitting sheet, of no file format: blocks in reading order, and what every page repeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.drawing import views
from afofit.fitting.drawing_shapes import Drawing
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Side, Value
from afofit.words import numbers

Align = Literal["left", "center", "right"]
Rgb = tuple[float, float, float]
PAD = 3.0
"""Free room (points) left and right in a cell."""
HEAD, FOOT, MARGIN = 86.0, 46.0, 36.0
"""Room (points) of what every page repeats above and below, and the free border."""
GAP = 14.0
"""Free room (points) between two views of a leg."""
HIGHEST = 330.0
"""Greatest height (points) of a view."""
POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Words:
    """A text with its look: size in points, colour channels from 0 to 1."""

    text: str
    size: float = 8.0
    strong: bool = False
    colour: Rgb = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a level from 1 to 3."""

    level: int
    words: Words


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Runs of text, one after the other."""

    runs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """A boxed finding: its first run is the title, the rest the message."""

    runs: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; one without words may be a frame to be written in by hand."""

    words: Words | None
    heads: bool = False
    span: int = 1
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column: width in points, and where its text stands."""

    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its rows, of which the first are heads to be repeated on a new page."""

    columns: tuple[Column, ...]
    heads: int
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Views:
    """The three drawings of a braced leg beside each other, with what stands under each."""

    side: Side
    alternatives: tuple[str, ...]
    captions: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


Block = Heading | Paragraph | tuple[Finding, ...] | Table | Views | PageBreak


@dataclass(frozen=True, slots=True)
class Placed:
    """A line at its place: points from the left and from the top of the page to its baseline."""

    x: float
    y: float
    words: Words


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: points from the left and from the top, with its fill and its line."""

    x: float
    y: float
    width: float
    height: float
    fill: Rgb | None
    stroke: Rgb | None


@dataclass(frozen=True, slots=True)
class Furniture:
    """What every page repeats; ``page`` is the place where "Page 1 of 2" ends."""

    lines: tuple[Placed, ...]
    boxes: tuple[Box, ...]
    page: Placed
    modules: tuple[str, ...]
    """The rows of the QR code, 1 for a dark module."""
    code: Box


@dataclass(frozen=True, slots=True)
class Content:
    """All of a sheet: size of its paper in points, what repeats, the blocks, and the legs to be drawn."""

    title: str
    width: float
    height: float
    furniture: Furniture
    blocks: tuple[Block, ...]
    limbs: Mapping[Side, LimbFitting]

    @property
    def inner(self) -> float:
        """Width (points) between the margins."""
        return self.width - 2 * MARGIN


def caption(code: str, value: Value) -> str:
    """The code of a dimension with its number."""
    shown = numbers.dimension(value.name, value.magnitude, BY_NAME[value.name].unit)
    return f"{code}  {shown.removesuffix(' mm')}"


def drawings(limb: LimbFitting, inner: float) -> tuple[tuple[Drawing, ...], float]:
    """The views of a leg, and points for a mm at which they fit beside each other in a width (points)."""
    drawn = views(limb, caption)
    wide = sum(drawing.box[2] - drawing.box[0] for drawing in drawn)
    high = max(drawing.box[3] - drawing.box[1] for drawing in drawn)
    return drawn, min((inner - GAP * (len(drawn) - 1)) / wide, HIGHEST / high)


def hexadecimal(colour: Rgb) -> str:
    """A colour as six hexadecimal digits."""
    return "".join(f"{round(channel * 255):02x}" for channel in colour)
