"""What stands on every page of an order form: who, which side, whether approved, which rules, which page."""

from collections.abc import Callable
from dataclasses import replace

from afofit.pdf import fonts
from afofit.pdf.layout import MARGIN, SMALL, STRONG, Sheet, Style, fitted
from afofit.pdf.paint import BRAND, EDGE, line
from afofit.pdf.record import grouped
from afofit.pdf.sheet_head import Identity, state_band
from afofit.pdf.template_page import side_mark

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
    state_band(sheet, who, top - 56)


def _holds(text: str, style: Style, room: float) -> bool:
    return fonts.width(text, style.face, style.size) <= room


def _foot(sheet: Sheet, who: Identity, page: int, pages: int) -> None:
    y = MARGIN
    sheet.artifact(
        line(sheet.left, y + 20, sheet.right, y + 20, EDGE, 0.6),
        sheet.text(sheet.left, y + 10, who.versions, SMALL),
        sheet.text(sheet.left, y + 1, f"Computed {who.computed}. Content {grouped(who.mark)}", SMALL),
        sheet.placed(sheet.left, sheet.inner, y + 1, f"Page {page + 1} of {pages}", replace(STRONG, size=8.5), "right"),
        kind="Pagination/Subtype/Footer",
    )
