"""The pieces that are cut out: their edge, the lines inside, and the words that stay on them after cutting."""

from dataclasses import dataclass

from afofit.fitting.drawing_shapes import Curve, Point
from afofit.fitting.values import Side
from afofit.pdf import fonts
from afofit.pdf.layout import Sheet, Style, fitted, wrap
from afofit.pdf.paint import CAUTION, EDGE, INK, PAPER, SOFT, TINT, Colour, circle, number, rectangle
from afofit.pdf.sheet_head import Identity
from afofit.pdf.template_page import MM
from afofit.pdf.template_shapes import OVERLAP_MM, Plate, Tile, outline
from afofit.words.numbers import length
from afofit.words.sheet import DRAFT

CUT = 0.7
"""Thickness (points) of the line to cut along; the number is at its middle."""
LEAST_MM = 14.0
"""A place narrower than this carries no words about the person."""
ARM_MM = 4.0
"""Arm of a registration cross."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What is written inside a piece, so that it is still known after cutting."""

    side: Side
    what: str
    who: Identity


@dataclass(frozen=True, slots=True)
class Window:
    """A tile on the page: ``x`` and ``y`` (points) are where the lower left corner of its box lies."""

    tile: Tile
    x: float
    y: float

    def at(self, point: Point) -> Point:
        """The place on the page (points) of a point of the shape (mm)."""
        left, bottom, _, _ = self.tile.box
        return self.x + (point[0] - left) * MM, self.y + (point[1] - bottom) * MM

    @property
    def size(self) -> Point:
        """Width and height (points)."""
        left, bottom, right, top = self.tile.box
        return (right - left) * MM, (top - bottom) * MM

    @property
    def clip(self) -> str:
        """The path that keeps the shape inside, half a line wider so that no edge is halved."""
        width, height = self.size
        return rectangle(self.x - CUT / 2, self.y - CUT / 2, width + CUT, height + CUT)

    @property
    def bounds(self) -> str:
        """The attribute that tells a reader where the figure lies."""
        width, height = self.size
        return f"/O/Layout/BBox[{self.x:.0f} {self.y:.0f} {self.x + width:.0f} {self.y + height:.0f}]"


def plate_piece(sheet: Sheet, plate: Plate, cut: Cut, window: Window) -> list[str]:
    """The operators of the footplate within one window."""
    edge = _path(outline(plate, right=cut.side == "right"), window)
    return [
        f"q {window.clip} W n",
        f"{TINT.fill} {edge} f",
        *_plate_lines(plate, cut.side, window),
        f"{INK.stroke} {number(CUT)} w [] 0 d 1 j {edge} S",
        "Q",
        *_joints(sheet, window),
        *_plate_words(sheet, plate, cut, window),
    ]


def strip_piece(sheet: Sheet, cut: Cut, window: Window) -> list[str]:
    """The operators of one strip of a strap, its words along it."""
    left, bottom, right, top = window.tile.box
    width, height = window.size
    middle = window.at(((left + right) / 2, (bottom + top) / 2))
    free = height - 2 * (OVERLAP_MM + 2) * MM
    scale = min(1.0, width / 84)
    edge = rectangle(window.x, window.y, width, height)
    sides = [((left, bottom), (left, top)), ((right, bottom), (right, top))]
    tile = window.tile
    sides += [((left, top), (right, top))] if tile.row == 1 else []
    sides += [((left, bottom), (right, bottom))] if tile.row == tile.rows else []
    paths = " ".join(f"{_pair(window.at(start))} m {_pair(window.at(end))} l" for start, end in sides)
    return [
        f"{TINT.fill} {edge} f",
        f"{INK.stroke} {number(CUT)} w [] 0 d 2 J {paths} S 0 J",
        *_joints(sheet, window),
        f"q 0 1 -1 0 {_pair(middle)} cm",
        *_block(sheet, cut, (0.0, 0.0), free, scale),
        "Q",
    ]


def _joints(sheet: Sheet, window: Window) -> list[str]:
    """Where the neighbouring windows overlap: the limits of the overlap, the crosses and the words."""
    tile = window.tile
    left, bottom, right, top = tile.box
    limits: list[tuple[Point, Point]] = []
    words: list[str] = []
    small = Style(6.5, 7, True, SOFT)
    for joined, edge, inner, row in (
        (tile.row > 1, top, top - OVERLAP_MM, tile.row - 1),
        (tile.row < tile.rows, bottom, bottom + OVERLAP_MM, tile.row + 1),
    ):
        if joined:
            limits += [((left, edge), (right, edge)), ((left, inner), (right, inner))]
            at = window.at(((left + right) / 2, (edge + inner) / 2 + (3.5 if right - left >= 2 * OVERLAP_MM else 7)))
            text = f"overlap 20 mm with row {row}" if right - left >= 2 * OVERLAP_MM else f"20 mm, row {row}"
            words += _haloed(sheet, text, at, small, PAPER)
    for joined, edge, inner, column in (
        (tile.column > 1, left, left + OVERLAP_MM, tile.column - 1),
        (tile.column < tile.columns, right, right - OVERLAP_MM, tile.column + 1),
    ):
        if joined:
            limits += [((edge, bottom), (edge, top)), ((inner, bottom), (inner, top))]
            at = window.at(((edge + inner) / 2, bottom + 0.7 * (top - bottom)))
            words.append(_upright_words(sheet, f"overlap 20 mm with column {column}", at, small))
    paths = " ".join(f"{_pair(window.at(start))} m {_pair(window.at(end))} l" for start, end in limits)
    lines = [f"{SOFT.stroke} 0.4 w [4 3] 0 d {paths} S [] 0 d"] if limits else []
    return [*lines, *words, *[_cross(window.at(point)) for point in tile.crosses]]


def _cross(at: Point) -> str:
    arm, (x, y) = ARM_MM * MM, at
    n = number
    return (
        f"{INK.stroke} 0.4 w {n(x - arm)} {n(y)} m {n(x + arm)} {n(y)} l {n(x)} {n(y - arm)} m {n(x)} {n(y + arm)} l "
        f"{circle(x, y, arm / 2, arm / 2)} S"
    )


def _path(curve: Curve, window: Window) -> str:
    steps = [f"{_pair(window.at(curve.start))} m"]
    steps += [" ".join([_pair(window.at(point)) for point in piece]) + " c" for piece in curve.pieces]
    return " ".join([*steps, "h"])


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _plate_lines(plate: Plate, side: Side, window: Window) -> list[str]:
    """The line of the foot, the heel line and the ball line, thin: none of them is cut."""
    turn = -1 if side == "right" else 1
    half, station = plate.heel_width / 2, plate.heel_station
    lines = [
        ((0.0, 0.0), (0.0, plate.length)),
        ((-half, station), (half, station)),
        ((turn * plate.inner_edge, plate.inner_full), (-turn * plate.outer_edge, plate.outer_full)),
    ]
    paths = [f"{_pair(window.at(start))} m {_pair(window.at(end))} l" for start, end in lines]
    return [f"{EDGE.stroke} 0.35 w [3 2] 0 d {' '.join(paths)} S"]


def _plate_words(sheet: Sheet, plate: Plate, cut: Cut, window: Window) -> list[str]:
    """Side, person and direction inside the piece."""
    tile = window.tile
    left, bottom, right, top = tile.box
    low = plate.heel_station + 6
    middle = min(max((bottom + top) / 2, low), max(plate.inner_full - 8, low))
    scale = min(max(plate.heel_width / 72, 0.45), 1.1)
    turn = -1 if cut.side == "right" else 1
    edges = turn * (plate.waist[0] - 4.5 * scale), -turn * (plate.heel_width / 2 - 4.5 * scale)
    operators = []
    for word, across in zip(("MEDIAL · inner", "LATERAL · outer"), edges, strict=True):
        if tile.holds((across, middle), 2):
            operators.append(_upright_words(sheet, word, window.at((across, middle)), Style(8 * scale, 9, True)))
    start, end = max(min(edges) + 3.8, left + 2), min(max(edges) - 3.8, right - 2)
    if tile.holds(((start + end) / 2, middle)) and end - start > LEAST_MM * scale:
        operators += _block(sheet, cut, window.at(((start + end) / 2, middle)), (end - start) * MM, scale)
    for word, point, style in _places(plate, turn, scale):
        if tile.holds(point, 4):
            operators += _haloed(sheet, word, window.at(point), style)
    return operators


def _places(plate: Plate, turn: int, scale: float) -> list[tuple[str, Point, Style]]:
    """Heel, toes and the lengths to check with a ruler, each where it is read."""
    large, small = Style(9 * scale, 10, True), Style(7 * scale, 8, True, SOFT)
    inner, outer = f"D12 {length(plate.inner_end)}", f"D13 {length(plate.outer_end or 0.0)}"
    if plate.outer_end is None:
        at = 0.04 * plate.width * turn
        ends = [("TOES", (at, 0.915 * plate.inner_end), large), (inner, (at, 0.945 * plate.inner_end), small)]
    else:
        ends = [
            ("TOE END", (0.0, plate.end_on_line - 14 * scale), large),
            (inner, (turn * (0.93 * plate.inner_edge - 9 * scale), plate.inner_end - 8 * scale), small),
            (outer, (-turn * (0.93 * plate.outer_edge - 9 * scale), plate.outer_end - 4 * scale), small),
        ]
    return [("HEEL", (0.0, 0.35 * plate.heel_station), large), *ends]


def _block(sheet: Sheet, cut: Cut, at: Point, width: float, scale: float) -> list[str]:
    """The lines about side, person and state, one below the other around a point."""
    who = cut.who
    approved = f"Approved by {who.approved_by}{',' if who.approved_at else ''}"
    state = (DRAFT, CAUTION) if who.approved_by is None else (approved, SOFT)
    asked: list[tuple[str, float, bool, Colour]] = [
        (cut.side.upper(), 24, True, INK),
        (who.name, 9.5, True, INK),
        (f"Reference {who.second}" if who.second else "", 7.5, False, INK),
        (cut.what, 7.5, False, INK),
        (state[0], 7, True, state[1]),
        (who.approved_at, 7, True, SOFT),
        (who.computed, 7, False, INK),
    ]
    lines = []
    for text, size, strong, colour in asked:
        style = Style(size * scale, 1.22 * size * scale, strong, colour)
        rows = wrap(text, style, width, breakable=True) if text else []
        rows = rows if len(rows) < 3 else [rows[0], fitted(" ".join(rows[1:]), style, width)]
        lines += [(row, style) for row in rows]
    x, y = at[0], at[1] + sum(style.leading for _, style in lines) / 2
    operators = []
    for row, style in lines:
        y -= style.leading
        operators += _haloed(sheet, row, (x, y + 0.5 * style.size), style)
    return operators


def _haloed(sheet: Sheet, text: str, at: Point, style: Style, shade: Colour = TINT) -> list[str]:
    """One line centred at a point, on a ground that keeps lines away from it."""
    width = fonts.width(text, style.face, style.size)
    x, y = at[0] - width / 2, at[1] - 0.35 * style.size
    ground = f"{shade.fill} {rectangle(x - 2, y - 0.2 * style.size, width + 4, 1.15 * style.size)} f"
    return [ground, sheet.text(x, y, text, style)]


def _upright_words(sheet: Sheet, text: str, at: Point, style: Style) -> str:
    width = fonts.width(text, style.face, style.size)
    return sheet.turned(at[0] + 0.35 * style.size, at[1] - width / 2, text, style, 0.0, 1.0)
