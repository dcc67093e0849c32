"""The sheet by ReportLab's platypus: flowables, embedded fonts registered once, styles kept, no structure.

Twice: with plain strings in the cells where they fit on a line, which is the fastest, and with a
paragraph in each cell, which is how its guide has text wrapped in a table.
"""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import PageBreak as NewPage
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

import afofit.pdf
from afofit.fitting.drawing_shapes import Curve, Ellipse, Label, Polyline, Shape, Style, Tag, flat
from bench.peers.content import (
    FOOT,
    GAP,
    HEAD,
    MARGIN,
    PAD,
    Block,
    Cell,
    Column,
    Content,
    Finding,
    Heading,
    PageBreak,
    Paragraph,
    Rgb,
    Table,
    Views,
    Words,
    drawings,
    hexadecimal,
)

FONTS = Path(afofit.pdf.__file__).parent / "fonts"
INK, BLUE, GROUND = Color(0.08, 0.13, 0.17), Color(0.04, 0.31, 0.42), Color(0.94, 0.95, 0.96)
EDGE, RULE, CREAM = Color(0.35, 0.42, 0.47), Color(0.8, 0.84, 0.86), Color(1, 0.95, 0.84)
SHELL = Color(0.81, 0.87, 0.9)
Look = tuple[Color | None, Color | None, float, tuple[float, ...]]
LOOKS: dict[Style, Look] = {
    "limb": (GROUND, EDGE, 0.6, ()),
    "thin": (None, EDGE, 0.5, ()),
    "dashed": (None, EDGE, 0.5, (3, 2)),
    "shell": (SHELL, BLUE, 1.4, ()),
    "shell_back": (None, BLUE, 1.1, (3, 2)),
    "strap": (None, BLUE, 0.7, ()),
    "line": (None, INK, 0.5, ()),
    "extension": (None, EDGE, 0.35, ()),
    "dot": (INK, None, 0.5, ()),
    "joint": (None, INK, 0.8, ()),
    "relief": (None, INK, 0.5, (1.5, 1.5)),
    "ground": (None, EDGE, 0.6, ()),
}
FRAME = {"leftPadding": 0, "rightPadding": 0, "topPadding": 0, "bottomPadding": 0}


@cache
def _fonts() -> None:
    for name, file in (("Peer", "Regular"), ("Peer-Bold", "Bold")):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"AtkinsonHyperlegible-{file}.ttf"))


def _face(words: Words) -> str:
    return "Peer-Bold" if words.strong else "Peer"


@cache
def _colour(colour: Rgb) -> Color:
    return Color(*colour)


@cache
def _style(size: float, strong: bool, colour: Rgb, align: str) -> ParagraphStyle:
    name = f"{size}{strong}{colour}{align}"
    face = "Peer-Bold" if strong else "Peer"
    places = {"left": 0, "center": 1, "right": 2}
    return ParagraphStyle(
        name, fontName=face, fontSize=size, leading=1.25 * size, textColor=_colour(colour), alignment=places[align]
    )


def _text(words: Words, align: str = "left") -> Text:
    return Text(escape(words.text), _style(words.size, words.strong, words.colour, align))


def platypus_sheet(content: Content) -> bytes:
    """The sheet as an untagged PDF, strings in the cells."""
    return _made(content, paragraphs=False)


def paragraph_sheet(content: Content) -> bytes:
    """The sheet as an untagged PDF, a paragraph in each cell."""
    return _made(content, paragraphs=True)


def _made(content: Content, *, paragraphs: bool) -> bytes:
    _fonts()
    written = BytesIO()
    document = BaseDocTemplate(
        written, pagesize=(content.width, content.height), title=content.title, pageCompression=1, invariant=1
    )
    frame = Frame(MARGIN, MARGIN + FOOT, content.inner, content.height - 2 * MARGIN - HEAD - FOOT, **FRAME)
    document.addPageTemplates(PageTemplate("sheet", [frame]))
    story = [flowable for block in content.blocks for flowable in _flowables(block, content, paragraphs)]
    document.build(story, canvasmaker=lambda *args, **options: _Numbered(content, *args, **options))
    return written.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]
    """A canvas that writes head and foot when the number of pages is known."""

    def __init__(self, content: Content, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.content = content
        self.kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        """Keep the page."""
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages."""
        for place, state in enumerate(self.kept, start=1):
            kept = self.kept
            self.__dict__.update(state)
            self.kept = kept
            self.furniture(f"Page {place} of {len(kept)}")
            super().showPage()
        super().save()

    def furniture(self, number: str) -> None:
        """Head and foot of a page."""
        furniture, high = self.content.furniture, self.content.height
        for box in furniture.boxes:
            if box.fill:
                self.setFillColor(_colour(box.fill))
            if box.stroke:
                self.setStrokeColor(_colour(box.stroke))
            low = high - box.y - box.height
            self.rect(box.x, low, box.width, box.height, stroke=bool(box.stroke), fill=bool(box.fill))
        for placed in furniture.lines:
            self.setFont(_face(placed.words), placed.words.size)
            self.setFillColor(_colour(placed.words.colour))
            self.drawString(placed.x, high - placed.y, placed.words.text)
        page = furniture.page
        self.setFont(_face(page.words), page.words.size)
        self.drawRightString(page.x, high - page.y, number)
        code, side = furniture.code, len(furniture.modules)
        path, module = self.beginPath(), code.width / side
        for row, modules in enumerate(furniture.modules):
            for column, dark in enumerate(modules):
                if dark == "1":
                    top = high - code.y - (row + 1) * module
                    path.rect(code.x + column * module, top, module, module)
        self.setFillColor(INK)
        self.drawPath(path, stroke=0, fill=1)


def _flowables(block: Block, content: Content, paragraphs: bool) -> list[Flowable]:
    match block:
        case PageBreak():
            return [NewPage()]
        case Heading():
            return [CondPageBreak(60), _text(block.words), Spacer(0, 3)]
        case Paragraph():
            return [_runs(block.runs), Spacer(0, 2 if len(block.runs) == 1 else 12)]
        case Table():
            return [_grid(block, paragraphs), Spacer(0, 6)]
        case Views():
            return [KeepTogether(_Drawing(block, content))]
        case _:
            return [*(_finding(one, content.inner) for one in block), Spacer(0, 4)]


def _runs(runs: tuple[Words, ...]) -> Text:
    first = runs[0]
    if len(runs) == 1:
        return _text(first)
    marked = " ".join(
        f'<font name="{_face(run)}" size="{run.size}" color="#{hexadecimal(run.colour)}">{escape(run.text)}</font>'
        for run in runs
    )
    return Text(marked, _style(first.size, first.strong, first.colour, "left"))


def _finding(finding: Finding, width: float) -> Grid:
    look: list[tuple[Any, ...]] = [("BACKGROUND", (0, 0), (-1, -1), CREAM), ("LEFTPADDING", (0, 0), (-1, -1), 22)]
    look += [("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]
    look += [("LINEBELOW", (0, 0), (-1, -1), 2, Color(1, 1, 1))]
    return Grid([[[_text(run) for run in finding.runs]]], colWidths=[width], style=look)


def _grid(table: Table, paragraphs: bool) -> Grid:
    commands: list[tuple[Any, ...]] = [
        ("LEFTPADDING", (0, 0), (-1, -1), PAD),
        ("RIGHTPADDING", (0, 0), (-1, -1), PAD),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    if table.heads:
        commands.append(("BACKGROUND", (0, 0), (-1, table.heads - 1), GROUND))
    commands += [("ALIGN", (place, 0), (place, -1), column.align.upper()) for place, column in enumerate(table.columns)]
    rows: list[list[Any]] = []
    for row, cells in enumerate(table.rows):
        contents: list[Any] = []
        for cell in cells:
            place = len(contents)
            contents += [
                _content(cell, table.columns[place], (place, row), commands, paragraphs),
                *[""] * (cell.span - 1),
            ]
        rows.append(contents)
    widths = [column.width for column in table.columns]
    return Grid(rows, colWidths=widths, repeatRows=table.heads, style=commands, hAlign="LEFT")


def _content(
    cell: Cell, column: Column, at: tuple[int, int], commands: list[tuple[Any, ...]], paragraphs: bool
) -> Text | str:
    """A paragraph, or a string with commands for its look."""
    here = at, (at[0] + cell.span - 1, at[1])
    align = column.align
    if cell.span > 1:
        align = "center"
        commands += [("SPAN", *here), ("ALIGN", *here, "CENTER")]
    words = cell.words
    if words is None:
        if cell.framed:
            commands.append(("BOX", *here, 0.5, EDGE))
        return ""
    wide = cell.span == 1 and stringWidth(words.text, _face(words), words.size) > column.width - 2 * PAD
    if paragraphs or wide:
        return _text(words, align)
    commands.append(("FONT", *here, _face(words), words.size, 1.25 * words.size))
    commands.append(("TEXTCOLOR", *here, _colour(words.colour)))
    return words.text


class _Drawing(Flowable):  # type: ignore[misc]
    """The views of a leg beside each other."""

    def __init__(self, block: Views, content: Content) -> None:
        super().__init__()
        self.block = block
        self.drawn, self.scale = drawings(content.limbs[block.side], content.inner)
        self.above = max(drawing.box[3] for drawing in self.drawn) * self.scale
        self.below = 16 - min(drawing.box[1] for drawing in self.drawn) * self.scale

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """The room that it takes."""
        return width, self.above + self.below

    def draw(self) -> None:
        """Paint on the canvas."""
        canvas, x = self.canv, 0.0
        for drawing, caption in zip(self.drawn, self.block.captions, strict=True):
            left, _, right, _ = drawing.box
            canvas.saveState()
            canvas.translate(x - left * self.scale, self.below)
            for shape in flat(drawing.shapes):
                _paint(canvas, shape, self.scale)
            canvas.restoreState()
            canvas.setFont(_face(caption), caption.size)
            canvas.setFillColor(_colour(caption.colour))
            canvas.drawCentredString(x + (right - left) * self.scale / 2, 4, caption.text)
            x += (right - left) * self.scale + GAP


def _paint(canvas: Any, shape: Shape, scale: float) -> None:
    match shape:
        case Label() | Tag():
            _letter(canvas, shape, scale)
        case Ellipse():
            fill, stroke = _pen(canvas, shape.style)
            (x, y), wide, high = shape.centre, shape.radius_x, shape.radius_y
            corners = (x - wide) * scale, (y - high) * scale, (x + wide) * scale, (y + high) * scale
            canvas.ellipse(*corners, stroke=stroke, fill=fill)
        case Curve() | Polyline():
            fill, stroke = _pen(canvas, shape.style)
            canvas.drawPath(_path(canvas, shape, scale), stroke=stroke, fill=fill)


def _path(canvas: Any, shape: Curve | Polyline, scale: float) -> Any:
    path = canvas.beginPath()
    if isinstance(shape, Curve):
        path.moveTo(shape.start[0] * scale, shape.start[1] * scale)
        for piece in shape.pieces:
            path.curveTo(*[part * scale for point in piece for part in point])
    else:
        path.moveTo(shape.points[0][0] * scale, shape.points[0][1] * scale)
        for point in shape.points[1:]:
            path.lineTo(point[0] * scale, point[1] * scale)
    if shape.closed:
        path.close()
    return path


def _pen(canvas: Any, style: Style) -> tuple[bool, bool]:
    fill, stroke, thickness, dash = LOOKS[style]
    if fill:
        canvas.setFillColor(fill)
    if stroke:
        canvas.setStrokeColor(stroke)
    canvas.setLineWidth(thickness)
    canvas.setDash(*(dash or ([],)))
    return fill is not None, stroke is not None


def _letter(canvas: Any, shape: Label | Tag, scale: float) -> None:
    size = shape.size * scale
    canvas.saveState()
    canvas.translate(shape.at[0] * scale, shape.at[1] * scale)
    if isinstance(shape, Label):
        canvas.rotate(shape.turn_deg)
    half = stringWidth(shape.text, "Peer-Bold", size) / 2
    canvas.setFillColor(Color(1, 1, 1))
    canvas.rect(-half - 1, -0.5 * size, 2 * half + 2, size, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.setFont("Peer-Bold", size)
    canvas.drawString(-half, -0.35 * size, shape.text)
    canvas.restoreState()
