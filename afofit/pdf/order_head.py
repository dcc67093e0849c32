"""What stands on every page of an order form: who, which side, whether approved, which rules, which page."""

from collections.abc import Callable
from dataclasses import replace

from afofit.pdf import fonts
from afofit.pdf.layout import MARGIN, SMALL, STRONG, Sheet, Style, fitted
from afofit.pdf.paint import (
    BRAND,
    CAUTION,
    CAUTION_EDGE,
    CAUTION_TINT,
    EDGE,
    READY,
    READY_TINT,
    filled,
    line,
    rectangle,
)
from afofit.pdf.record import grouped
from afofit.pdf.sheet_head import Identity
from afofit.pdf.template_page import side_mark
from afofit.words.sheet import DRAFT, STARTING_SPECIFICATION

HEAD_HEIGHT, FOOT_HEIGHT = 80.0, 26.0
SIDE_WIDTH, SIDE_HEIGHT = 132.0, 50.0


def furniture(who: Identity) -> Callable[[Sheet, int, int], None]:
    """Paints head and foot of one page."""

    def paint(sheet: Sheet, page: int, pages: int) -> None:
        with sheet.on_page(page):
            _head(sheet, replace(who, sides=sheet.pages[page].sides or who.sides))
            _foot(sheet, who, page, pages)

    return paint


def _head(sheet: Sheet, who: Identity) -> None:
    top = sheet.height - MARGIN
    room = sheet.inner - SIDE_WIDTH - 10
    name = next(
        (style for size in (15.0, 13.0, 11.0) if _holds(who.name, style := Style(size, size, True), room)), None
    )
    name = name or Style(9, 9, True)
    second = f"Reference {who.second}" if who.second else ""
    sheet.artifact(
        sheet.text(sheet.left, top - 8, "ORDER FORM", Style(8, 10, True, BRAND)),
        sheet.text(sheet.left + 58, top - 8, "Central fabrication, ankle-foot orthosis", SMALL),
        sheet.text(sheet.left, top - 25, fitted(who.name, name, room), name),
        sheet.text(sheet.left, top - 37, fitted(who.born, Style(8.5), room), Style(8.5)),
        sheet.text(sheet.left, top - 48, fitted(second, Style(8.5), room), Style(8.5)),
        kind="Pagination/Subtype/Header",
    )
    for side in who.sides:
        mark = side_mark(sheet, side, sheet.right - SIDE_WIDTH, top - SIDE_HEIGHT, SIDE_WIDTH, SIDE_HEIGHT)
        sheet.artifact(*mark, kind="Pagination/Subtype/Header")
    _state(sheet, who, top - 73)


def _holds(text: str, style: Style, room: float) -> bool:
    return fonts.width(text, style.face, style.size) <= room


def _state(sheet: Sheet, who: Identity, y: float) -> None:
    draft = who.approved_by is None
    shade, tint, edge = (CAUTION, CAUTION_TINT, CAUTION_EDGE) if draft else (READY, READY_TINT, READY)
    strong, plain = replace(STRONG, size=9.5, colour=shade), Style(8, 8)
    sentence = fonts.width(STARTING_SPECIFICATION, plain.face, plain.size) + 22
    words = fitted(DRAFT if draft else f"Approved by {who.approved_by}", strong, sheet.inner - sentence)
    frame = rectangle(sheet.left + 0.5, y + 0.5, sheet.inner - 1, 16)
    sheet.artifact(
        filled(sheet.left, y, sheet.inner, 17, tint),
        f"q {'[4 2]' if draft else '[]'} 0 d {edge.stroke} 1 w {frame} S Q",
        sheet.text(sheet.left + 7, y + 5.3, words, strong),
        sheet.placed(sheet.left, sheet.inner - 7, y + 5.6, STARTING_SPECIFICATION, plain, "right"),
        kind="Pagination/Subtype/Header",
    )


def _foot(sheet: Sheet, who: Identity, page: int, pages: int) -> None:
    y = MARGIN
    sheet.artifact(
        line(sheet.left, y + 20, sheet.right, y + 20, EDGE, 0.6),
        sheet.text(sheet.left, y + 10, who.versions, SMALL),
        sheet.text(sheet.left, y + 1, f"Computed {who.computed}. Content {grouped(who.mark)}", SMALL),
        sheet.placed(sheet.left, sheet.inner, y + 1, f"Page {page + 1} of {pages}", replace(STRONG, size=8.5), "right"),
        kind="Pagination/Subtype/Footer",
    )
