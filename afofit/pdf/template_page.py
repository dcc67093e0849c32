"""The page of a template: rulers and bank card to prove the print, side, person and state in a margin column.

The column stands on the outer side of the leg, so that a left and a right page differ at a glance.
"""

from dataclasses import dataclass, replace

from afofit.fitting.values import Side
from afofit.pdf.layout import SMALL, STRONG, Overflow, Sheet, Style, fitted, wrap
from afofit.pdf.paint import (
    CAUTION,
    CAUTION_EDGE,
    CAUTION_TINT,
    EDGE,
    INK,
    READY,
    READY_TINT,
    SIDE_COLOURS,
    STOP,
    filled,
    framed,
    line,
    number,
    rectangle,
)
from afofit.pdf.record import grouped
from afofit.pdf.sheet_head import Identity, approval
from afofit.pdf.table import Cell, Column, Table
from afofit.words.sheet import DRAFT, GRADES, STARTING_SPECIFICATION

MM = 72 / 25.4
"""Points for a millimetre."""
BORDER_MM = 10.0
"""Free border of the paper: A4 keeps 277 mm of its length, US Letter 259 mm."""
COLUMN_MM = 70.0
GAP_MM = 3.0
RULER_MM = 100.0
RULER_IN_MM = 4 * 25.4
BAND_MM = 14.0
"""Height that the level ruler takes at the foot of a page."""
BASE_MM = BAND_MM + 12.5
"""Where the upright ruler and the card stand above the border."""
BAND_REACH_MM = RULER_IN_MM + 3.5
"""Width that the level ruler takes from the outer border."""
CARD_MM = (53.98, 85.60)
"""A bank card upright (ISO/IEC 7810 ID-1)."""
CARD_CORNER_MM = 3.18
STROKE = 0.4
"""Thickness (points) of the strokes of a ruler."""
CHECK = "Print at 100 %. If the line is not 100 mm, do not cut."
Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What one page shows: title, where among the tiles, its numbers, and what to mind."""

    side: Side
    title: str
    place: str
    joining: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The rooms of a page (points): the field for the shape and the margin column."""

    field_left: float
    field_width: float
    bottom: float
    height: float
    column_left: float
    column_right: float
    outer_right: bool

    @classmethod
    def of(cls, sheet: Sheet, side: Side) -> "Frame":
        """The frame for a side: the column on the outer side of the leg as seen from above."""
        border, column = BORDER_MM * MM, COLUMN_MM * MM
        width = sheet.width - 2 * border
        right = side == "right"
        field = width - column - GAP_MM * MM
        column_left = sheet.width - border - column if right else border
        return cls(
            field_left=border if right else border + column + GAP_MM * MM,
            field_width=field,
            bottom=border,
            height=sheet.height - 2 * border,
            column_left=column_left,
            column_right=column_left + column,
            outer_right=right,
        )

    @property
    def width_mm(self) -> float:
        """Width (mm) of the field for the shape."""
        return self.field_width / MM

    @property
    def height_mm(self) -> float:
        """Height (mm) of the field, the band of the level ruler included."""
        return self.height / MM


def margin_column(sheet: Sheet, who: Identity, part: Part, frame: Frame) -> None:
    """Everything beside the shape, from the side box down to the rulers."""
    sheet.left, sheet.right = frame.column_left, frame.column_right
    sheet.y = frame.bottom + frame.height
    mark = side_mark(sheet, part.side, frame.column_left, sheet.y - 46, frame.column_right - frame.column_left, 46)
    sheet.marked(sheet.element("P"), *mark)
    sheet.y -= 48
    sheet.outlines.append((part.title, 2, len(sheet.pages) - 1, frame.bottom + frame.height))
    _lines(sheet, part.title, Style(12, 14.5, True, SIDE_COLOURS[part.side][0]), kind="H2", most=2)
    _lines(sheet, who.name, Style(11, 13, True), most=2)
    _lines(sheet, who.born, Style(7.5, 9.2), most=2)
    if who.second:
        _lines(sheet, f"Reference {who.second}", Style(7.5, 9.2), most=1)
    _state(sheet, who)
    if part.place:
        _lines(sheet, part.place, replace(STRONG, size=9.5, leading=12), most=2)
        _lines(sheet, part.joining, replace(SMALL, leading=9.0), most=3)
    _numbers(sheet, part)
    if sheet.y < frame.bottom + (BASE_MM + RULER_IN_MM) * MM:
        raise Overflow("the margin column is higher than the page")
    _proof(sheet, part, frame)
    _versions(sheet, who, frame)


def side_mark(sheet: Sheet, side: Side, x: float, y: float, width: float, height: float) -> list[str]:
    """The operators of the side in a large box: letter and word, never colour alone."""
    shade, tint = SIDE_COLOURS[side]
    letter, word = Style(0.8 * height, height, True, shade), Style(0.5 * height, height, True, shade)
    return [
        filled(x, y, width, height, tint),
        framed(x + 1, y + 1, width - 2, height - 2, shade, 2),
        sheet.text(x + 0.22 * height, y + 0.22 * height, side[0].upper(), letter),
        sheet.placed(x, width - 0.22 * height, y + 0.3 * height, side.upper(), word, "right"),
    ]


def _lines(sheet: Sheet, text: str, style: Style, *, kind: str = "P", most: int) -> None:
    """Text in the column, on so many lines at most; a longer one ends in an ellipsis."""
    width = sheet.inner
    rows = wrap(text, style, width, breakable=True)
    if len(rows) > most:
        rows = [*rows[: most - 1], fitted(" ".join(rows[most - 1 :]), style, width)]
    operators = []
    for row in rows:
        sheet.y -= style.leading
        operators.append(sheet.text(sheet.left, sheet.y + 0.28 * style.size, row, style))
    sheet.marked(sheet.element(kind), *operators)
    sheet.y -= 1.5


def _state(sheet: Sheet, who: Identity) -> None:
    """Whether a clinician has approved it, and that it is only where making starts."""
    draft = who.approved_by is None
    shade, tint, edge = (CAUTION, CAUTION_TINT, CAUTION_EDGE) if draft else (READY, READY_TINT, READY)
    strong, plain = replace(STRONG, size=9.0, colour=shade), Style(7, 8.4)
    room = sheet.inner - 10
    words = [DRAFT] if draft else approval(who, strong, room)
    rows = wrap(STARTING_SPECIFICATION, plain, room)
    first = 3 + 11 * len(words)
    height = first + len(rows) * plain.leading + 3
    sheet.y -= 2
    bottom = sheet.y - height
    dash = "[4 2] 0 d" if draft else "[] 0 d"
    frame = rectangle(sheet.left + 0.5, bottom + 0.5, sheet.inner - 1, height - 1)
    sheet.artifact(filled(sheet.left, bottom, sheet.inner, height, tint), f"q {dash} {edge.stroke} 1 w {frame} S Q")
    sheet.marked(
        sheet.element("P"),
        *[sheet.text(sheet.left + 5, sheet.y - 10.5 - place * 11, row, strong) for place, row in enumerate(words)],
        *[
            sheet.text(sheet.left + 5, sheet.y - first - 6 - place * plain.leading, row, plain)
            for place, row in enumerate(rows)
        ],
    )
    sheet.y = bottom - 3


def _numbers(sheet: Sheet, part: Part) -> None:
    """The numbers that the shape was drawn from."""
    style = Style(7.5, 8.6)
    columns = [
        Column(26, "Code"),
        Column(0, "Dimension", heads_row=True),
        Column(40, "Value", "right"),
        Column(18, "±", "right"),
        Column(20, "Ev.", "centre"),
    ]
    table = Table(sheet, columns, style=style, lowest=10.5, x=sheet.left, width=sheet.inner)
    strong = replace(style, strong=True)
    for code, label, value, tolerance, grade in part.rows:
        table.row(Cell(code, strong), label, Cell(value, strong), tolerance, grade)
    table.end(2)
    grades = sorted({row[4] for row in part.rows if row[4]})
    words = "; ".join(f"{grade}: {GRADES[grade]}" for grade in grades)
    _lines(sheet, f"± in mm. Evidence {words}.", Style(6.5, 7.6, colour=SMALL.colour), most=4)


def _proof(sheet: Sheet, part: Part, frame: Frame) -> None:
    """What proves the print before anything is cut: the sentence, upright ruler, bank card, level ruler."""
    column = frame.column_left
    base = frame.bottom + BASE_MM * MM
    card_wide, card_high = CARD_MM[0] * MM, CARD_MM[1] * MM
    ruler_at = column + 6.3 * MM if frame.outer_right else frame.column_right - 6.3 * MM
    card_at = frame.column_right - card_wide - 0.5 if frame.outer_right else column + 0.5
    top = base + RULER_IN_MM * MM
    warning = Style(9.5, 11.5, True, STOP)
    rows = wrap(CHECK, warning, card_wide)
    operators = [sheet.text(card_at, top - 8 - place * warning.leading, row, warning) for place, row in enumerate(rows)]
    sheet.marked(sheet.element("P"), *operators)
    _ruler(sheet, ruler_at, base, upright=True)
    _card(sheet, part, card_at, base, card_wide, card_high)
    reach = RULER_IN_MM * MM
    start = frame.column_right - reach - 2.6 * MM if frame.outer_right else column + 0.6 * MM
    _ruler(sheet, start, frame.bottom + 5.6 * MM, upright=False)


def _card(sheet: Sheet, part: Part, x: float, y: float, width: float, height: float) -> None:
    words = Style(7.5, 9.2)
    sentences = ("A bank card laid here covers the frame exactly (85.60 × 53.98 mm).", *part.notes)
    operators, at = [], y + height - 9
    for sentence in sentences:
        for row in wrap(sentence, words, width - 14):
            at -= words.leading
            operators.append(sheet.text(x + 7, at, row, words))
        at -= 4
    if at < y + 2:
        raise Overflow("the notes are longer than the card")
    element = sheet.element("Figure", alt="Outline of a bank card, 85.60 × 53.98 mm")
    element.attributes = _bounds(x, y, x + width, y + height)
    sheet.marked(element, f"q {EDGE.stroke} 0.5 w {_rounded(x, y, width, height, CARD_CORNER_MM * MM)} S Q")
    sheet.marked(sheet.element("P"), *operators)


def _rounded(x: float, y: float, width: float, height: float, corner: float) -> str:
    """The path of a rectangle with round corners."""
    n, handle = number, 0.4477 * corner
    right, top = x + width, y + height
    return (
        f"{n(x + corner)} {n(y)} m {n(right - corner)} {n(y)} l "
        f"{n(right - handle)} {n(y)} {n(right)} {n(y + handle)} {n(right)} {n(y + corner)} c "
        f"{n(right)} {n(top - corner)} l "
        f"{n(right)} {n(top - handle)} {n(right - handle)} {n(top)} {n(right - corner)} {n(top)} c "
        f"{n(x + corner)} {n(top)} l "
        f"{n(x + handle)} {n(top)} {n(x)} {n(top - handle)} {n(x)} {n(top - corner)} c "
        f"{n(x)} {n(y + corner)} l "
        f"{n(x)} {n(y + handle)} {n(x + handle)} {n(y)} {n(x + corner)} {n(y)} c h"
    )


def _bounds(left: float, bottom: float, right: float, top: float) -> str:
    return f"/O/Layout/BBox[{left:.0f} {bottom:.0f} {right:.0f} {top:.0f}]"


def _ruler(sheet: Sheet, x: float, y: float, *, upright: bool) -> None:
    """Two scales on one ruler: 100 mm and 4 in, from the same zero.

    The base lines end where the scales end, and the end strokes lie inside them, so that the outer
    edges are 100 mm and 4 in apart.
    """
    turn = "0 1 -1 0" if upright else "1 0 0 1"
    mm = _scale(RULER_MM, 1.0, 1, {10: 9.0, 5: 6.5, 1: 4.0})
    inches = _scale(RULER_IN_MM, 25.4 / 16, -1, {16: 8.0, 8: 6.0, 1: 3.2})
    small = Style(5.5, 6, True, INK)
    words = [sheet.text(0.8, 11.5, "0", small)]
    for step in range(1, 10):
        words.append(sheet.placed(step * 10 * MM - 10, 20, 11.5, str(step * 10), small, "centre"))
    words.append(sheet.placed(RULER_MM * MM - 20, 40, 11.5, "100 mm", replace(small, size=6), "centre"))
    words += [sheet.placed(step * 25.4 * MM - 10, 20, -14.5, str(step), small, "centre") for step in (1, 2, 3)]
    words.append(sheet.placed(0, RULER_IN_MM * MM, -15, "4 in", replace(small, size=6.5), "right"))
    direction = "upright" if upright else "level"
    across, along = 16.0, RULER_IN_MM * MM
    box = (x - across, y, x + across, y + along) if upright else (x, y - across, x + along, y + across)
    element = sheet.element("Figure", alt=f"Ruler, {direction}: 100 mm and 4 in", attributes=_bounds(*box))
    sheet.marked(
        element,
        f"q {turn} {number(x)} {number(y)} cm {INK.stroke} {number(STROKE)} w 0 J",
        f"{mm} S {inches} S",
        *words,
        "Q",
    )


def _scale(length: float, step: float, direction: int, tall: dict[int, float]) -> str:
    """The path of a base line and its strokes (mm); a stroke is as tall as the largest unit that divides it."""
    base, half = direction * 1.5, STROKE / 2
    paths = [f"0 {number(base)} m {number(length * MM)} {number(base)} l"]
    for place in range(round(length / step) + 1):
        at = number(min(max(place * step * MM, half), length * MM - half))
        reach = next(height for unit, height in tall.items() if place % unit == 0)
        paths.append(f"{at} {number(base)} m {at} {number(base + direction * reach)} l")
    return " ".join(paths)


def _versions(sheet: Sheet, who: Identity, frame: Frame) -> None:
    y = frame.bottom + (BAND_MM + 8.5) * MM
    small = Style(6.5, 7.8, colour=SMALL.colour)
    rows = (who.versions, f"Computed {who.computed}. Content {grouped(who.mark)}")
    sheet.artifact(
        line(frame.column_left, y + 8, frame.column_right, y + 8, EDGE, 0.5),
        *[
            sheet.text(frame.column_left, y - place * small.leading, fitted(row, small, sheet.inner), small)
            for place, row in enumerate(rows)
        ],
        kind="Pagination/Subtype/Footer",
    )


def page_number(sheet: Sheet, side: Side, page: int, pages: int) -> None:
    """Page x of y beside the level ruler; painted last, when the number of pages is known."""
    frame = Frame.of(sheet, side)
    y = frame.bottom + (BAND_MM + 0.8) * MM
    width = frame.column_right - frame.column_left
    sheet.artifact(
        sheet.placed(
            frame.column_left,
            width,
            y,
            f"{side.upper()} · Page {page + 1} of {pages}",
            replace(STRONG, size=8.0),
            "right" if frame.outer_right else "left",
        ),
        kind="Pagination/Subtype/Footer",
    )
