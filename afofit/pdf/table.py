"""Tables whose rows stay whole and whose columns refuse what is too wide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from afofit.pdf import fonts
from afofit.pdf.layout import BODY, HEAD, Align, Overflow, Sheet, Style, wrap
from afofit.pdf.paint import EDGE, GROUND, PAPER, RULE, Colour, filled, framed, line
from afofit.pdf.tags import Element

PAD = 3.0
"""Free room (points) left and right in a cell."""
GROUP_HEIGHT = 13.0
"""Height (points) of the row that names groups of columns."""
COLUMN_HEAD = "/O/Table/Scope/Column"
ROW_HEAD = "/O/Table/Scope/Row"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: width in points, what stands at its head, and the group that it belongs to."""

    width: float
    head: str = ""
    align: Align = "left"
    group: str = ""
    shade: Colour = GROUND
    heads_row: bool = False
    breakable: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a look of its own."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True)
class Box:
    """An empty frame to be written in by hand."""


BOX = Box()
Content = str | Cell | Box


def flexible(columns: Sequence[Column], width: float) -> list[Column]:
    """The columns with the one of width 0 taking what is left of the width."""
    spare = width - sum(column.width for column in columns)
    if spare < -0.01:
        raise Overflow(f"columns are {-spare:.0f} points wider than the page")
    return [column if column.width else replace(column, width=spare) for column in columns]


class Table:
    """One table on the sheet; rows are added one by one."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Sequence[Column],
        *,
        style: Style = BODY,
        lowest: float = 13.0,
        x: float | None = None,
        width: float | None = None,
    ) -> None:
        self.sheet = sheet
        self.x = sheet.left if x is None else x
        self.columns = flexible(columns, sheet.inner if width is None else width)
        self.style = style
        self.lowest = lowest
        self.element = sheet.element("Table")
        self.headed = False
        self.named = any(column.head for column in columns)
        self.grouped = any(column.group for column in columns)
        edges = [self.x]
        for column in self.columns:
            edges.append(edges[-1] + column.width)
        self.edges = edges

    def row(self, *contents: Content, keep: float = 0.0) -> None:
        """One row; it goes to the next page as a whole, under a repeated head."""
        lines = [self._lines(column, content) for column, content in zip(self.columns, contents, strict=True)]
        height = max(self.lowest, max(len(rows) * style.leading for rows, style in lines) + 2 * PAD - 1)
        sheet = self.sheet
        head = 0.0 if self.headed or not (self.named or self.grouped) else self._head_height()
        page = len(sheet.pages)
        sheet.room(height + head + keep)
        if (self.named or self.grouped) and (not self.headed or len(sheet.pages) > page):
            self._head(repeated=self.headed)
        self.headed = True
        top = sheet.y
        element = sheet.element("TR", self.element)
        for place, (column, content) in enumerate(zip(self.columns, contents, strict=True)):
            self._cell(element, place, column, content, lines[place], top, height)
        sheet.y = top - height
        sheet.artifact(line(self.edges[0], sheet.y, self.edges[-1], sheet.y, RULE, 0.5))

    def end(self, after: float = 6.0) -> None:
        """Leave room below the table."""
        self.sheet.y -= after

    def _lines(self, column: Column, content: Content) -> tuple[list[str], Style]:
        if isinstance(content, Box):
            return [], self.style
        text, style = (content.text, content.style) if isinstance(content, Cell) else (content, self.style)
        room = column.width - 2 * PAD
        if "\n" not in text and fonts.width(text, style.face, style.size) <= room:
            return [text], style
        return wrap(text, style, room, breakable=column.breakable), style

    def _cell(
        self,
        row: Element,
        place: int,
        column: Column,
        content: Content,
        lines: tuple[list[str], Style],
        top: float,
        height: float,
    ) -> None:
        sheet, x = self.sheet, self.edges[place]
        heads = column.heads_row
        element = sheet.element("TH" if heads else "TD", row, attributes=ROW_HEAD if heads else "")
        if isinstance(content, Box):
            sheet.artifact(framed(x + 1.5, top - height + 1.5, column.width - 3, height - 3, EDGE, 0.5))
            return
        rows, style = lines
        if not any(rows):
            return
        block = len(rows) * style.leading
        y = top - (height - block) / 2 if block + 2 * PAD <= self.lowest else top - PAD + 0.5
        operators = []
        for text in rows:
            y -= style.leading
            place_y = y + 0.27 * style.size
            operators.append(sheet.placed(x + PAD, column.width - 2 * PAD, place_y, text, style, column.align))
        sheet.marked(element, *operators)

    def _head_lines(self) -> list[list[str]]:
        return [wrap(column.head, HEAD, column.width - 2 * PAD) for column in self.columns]

    def _head_height(self) -> float:
        names = max(len(rows) for rows in self._head_lines()) * HEAD.leading + 5 if self.named else 0.0
        return names + (GROUP_HEIGHT if self.grouped else 0.0)

    def _head(self, *, repeated: bool) -> None:
        sheet = self.sheet
        top = sheet.y
        height = self._head_height()
        bottom = top - height
        sheet.artifact(filled(self.edges[0], bottom, self.edges[-1] - self.edges[0], height, GROUND))
        if self.grouped:
            self._groups(top, repeated=repeated)
        if self.named:
            self._names(bottom, repeated=repeated)
        sheet.y = bottom
        sheet.artifact(line(self.edges[0], bottom, self.edges[-1], bottom, EDGE, 0.8))

    def _names(self, bottom: float, *, repeated: bool) -> None:
        """The row of a head that names each column."""
        sheet = self.sheet
        row = None if repeated else sheet.element("TR", self.element)
        for place, rows in enumerate(self._head_lines()):
            column, x = self.columns[place], self.edges[place] + PAD
            operators = []
            y = bottom + 3 + len(rows) * HEAD.leading
            for text in rows:
                y -= HEAD.leading
                operators.append(sheet.placed(x, column.width - 2 * PAD, y + 2, text, HEAD, column.align))
            self._paint_head(row, operators, COLUMN_HEAD)

    def _paint_head(self, row: Element | None, operators: list[str], attributes: str) -> None:
        sheet = self.sheet
        if row is None:
            sheet.artifact(*operators)
        else:
            sheet.marked(sheet.element("TH", row, attributes=attributes), *operators)

    def _groups(self, top: float, *, repeated: bool) -> None:
        """The upper row of a head of two rows; each group spans its columns on its own shade."""
        sheet = self.sheet
        row = None if repeated else sheet.element("TR", self.element)
        place = 0
        while place < len(self.columns):
            column = self.columns[place]
            last = place
            while last + 1 < len(self.columns) and self.columns[last + 1].group == column.group:
                last += 1
            span = last - place + 1
            left, right = self.edges[place], self.edges[last + 1]
            attributes = f"/O/Table/Scope/Column/ColSpan {span}" if span > 1 else COLUMN_HEAD
            if column.group:
                style = replace(HEAD, colour=PAPER)
                sheet.artifact(filled(left + 0.5, top - GROUP_HEIGHT, right - left - 1, GROUP_HEIGHT, column.shade))
                operators = [sheet.placed(left, right - left, top - 9.5, column.group, style, "centre")]
                self._paint_head(row, operators, attributes)
            elif row is not None:
                sheet.element("TH", row, attributes=attributes)
            place = last + 1
