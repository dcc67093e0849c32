"""The floor: the bytes of a plain PDF written by hand, the core fonts, no structure, no measuring of text.

Every text stands in its place, line by line, cut where a count of letters says so.
"""

import zlib
from collections.abc import Iterable

from afofit.fitting.drawing_shapes import Curve, Ellipse, Label, Polyline, Shape, Style, Tag, flat
from bench.peers.content import (
    FOOT,
    GAP,
    HEAD,
    MARGIN,
    PAD,
    Block,
    Column,
    Content,
    Finding,
    Heading,
    PageBreak,
    Paragraph,
    Table,
    Views,
    Words,
    drawings,
)

LETTER = 0.48
"""Width of a letter as a share of the size, on average."""
DIFFERENCES = "−≤≥πŁł…"
NAMES = "/minus/lessequal/greaterequal/pi/Lslash/lslash/ellipsis"
CODES = {letter: chr(place) for place, letter in enumerate(DIFFERENCES, start=1)}
ESCAPES = str.maketrans({"(": r"\(", ")": r"\)", "\\": r"\\", **CODES})
LOOKS: dict[Style, str] = {
    "limb": "0.94 g 0.35 G 0.6 w [] 0 d",
    "shell": "0.81 0.87 0.9 rg 0.04 0.31 0.42 RG 1.4 w [] 0 d",
    "shell_back": "0.04 0.31 0.42 RG 1.1 w [3 2] 0 d",
    "strap": "0.04 0.31 0.42 RG 0.7 w [] 0 d",
    "dashed": "0.35 G 0.5 w [3 2] 0 d",
    "relief": "0 G 0.5 w [1.5 1.5] 0 d",
    "extension": "0.35 G 0.35 w [] 0 d",
}
FILLED = frozenset({"limb", "shell"})


class _Pages:
    """The operators of the pages, and how far down the current one is filled (points from its top)."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.pages: list[list[str]] = []
        self.turn()

    def turn(self) -> None:
        """Go to a new page."""
        self.operators: list[str] = []
        self.pages.append(self.operators)
        self.y = MARGIN + HEAD

    def room(self, height: float) -> None:
        """Go to a new page unless so much height is left."""
        if self.y + height > self.content.height - MARGIN - FOOT:
            self.turn()

    def line(self, x: float, y: float, text: str, words: Words) -> None:
        """One line at a point (from the top)."""
        red, green, blue = words.colour
        self.operators.append(
            f"BT /{'B' if words.strong else 'R'} {words.size} Tf {red:.3f} {green:.3f} {blue:.3f} rg "
            f"{x:.2f} {self.content.height - y:.2f} Td ({text.translate(ESCAPES)}) Tj ET"
        )

    def text(self, x: float, width: float, words: Words) -> None:
        """Lines cut to a width, below each other."""
        for row in _cut(words.text, int(width / (LETTER * words.size))):
            self.room(1.2 * words.size)
            self.y += 1.2 * words.size
            self.line(x, self.y, row, words)


def _cut(text: str, letters: int) -> Iterable[str]:
    while len(text) > letters:
        place = text.rfind(" ", 0, letters)
        if place <= 0:
            break
        yield text[:place]
        text = text[place + 1 :]
    yield text


def floor_sheet(content: Content) -> bytes:
    """The sheet as a PDF without structure."""
    pages = _Pages(content)
    for block in content.blocks:
        _block(pages, block)
    body, total = pages.pages, len(pages.pages)
    furniture, page = _furniture(pages), content.furniture.page
    written = []
    for place, operators in enumerate(body, start=1):
        number = f"Page {place} of {total}"
        pages.operators = operators
        pages.line(page.x - LETTER * page.words.size * len(number), page.y, number, page.words)
        written.append("\n".join([furniture, *operators]))
    return _file(content, written)


def _block(pages: _Pages, block: Block) -> None:
    match block:
        case PageBreak():
            pages.turn()
        case Heading():
            pages.room(60)
            pages.text(MARGIN, pages.content.inner, block.words)
            pages.y += 3
        case Paragraph():
            for run in block.runs:
                pages.text(MARGIN, pages.content.inner, run)
            pages.y += 3
        case Table():
            _table(pages, block)
        case Views():
            _views(pages, block)
        case _:
            for finding in block:
                _finding(pages, finding)


def _finding(pages: _Pages, finding: Finding) -> None:
    pages.room(40)
    top = pages.y
    place = len(pages.operators)
    for run in finding.runs:
        pages.text(MARGIN + 22, pages.content.inner - 27, run)
    if pages.y > top:
        y = pages.content.height - pages.y - 4
        box = f"0.98 0.96 0.9 rg {MARGIN} {y:.2f} {pages.content.inner:.2f} {pages.y - top + 4:.2f} re f"
        pages.operators.insert(place, box)
    pages.y += 6


def _table(pages: _Pages, table: Table) -> None:
    right = MARGIN + sum(column.width for column in table.columns)
    for row in table.rows:
        pages.room(30)
        top, x, low, place = pages.y, MARGIN, pages.y + 11, 0
        for cell in row:
            column = table.columns[place]
            place += cell.span
            if cell.words is not None:
                pages.y = top
                pages.text(_start(x, column, cell.words), column.width - 2 * PAD, cell.words)
                low = max(low, pages.y + 3.5)
            elif cell.framed:
                y = pages.content.height - top - 11
                pages.operators.append(f"0.35 G 0.5 w {x + 1.5:.2f} {y:.2f} {column.width - 3:.2f} 10 re S")
            x += column.width
        pages.y = low
        y = pages.content.height - low
        pages.operators.append(f"0.8 G 0.5 w {MARGIN} {y:.2f} m {right:.2f} {y:.2f} l S")
    pages.y += 6


def _start(x: float, column: Column, words: Words) -> float:
    if column.align == "left":
        return x + PAD
    spare = column.width - 2 * PAD - LETTER * words.size * len(words.text)
    return x + PAD + max(0.0, spare if column.align == "right" else spare / 2)


def _views(pages: _Pages, block: Views) -> None:
    drawn, scale = drawings(pages.content.limbs[block.side], pages.content.inner)
    above = max(drawing.box[3] for drawing in drawn) * scale
    below = -min(drawing.box[1] for drawing in drawn) * scale
    pages.room(above + below + 20)
    x = MARGIN
    for drawing, caption in zip(drawn, block.captions, strict=True):
        left, _, right, _ = drawing.box
        across, up = x - left * scale, pages.content.height - pages.y - above
        for shape in flat(drawing.shapes):
            pages.operators.append(_shape(shape, scale, across, up))
        pages.line(x, pages.y + above + below + 12, caption.text, caption)
        x += (right - left) * scale + GAP
    pages.y += above + below + 20


def _shape(shape: Shape, scale: float, across: float, up: float) -> str:
    def pair(point: tuple[float, float]) -> str:
        return f"{across + point[0] * scale:.2f} {up + point[1] * scale:.2f}"

    match shape:
        case Curve():
            pieces = " ".join(f"{pair(one)} {pair(two)} {pair(end)} c" for one, two, end in shape.pieces)
            path = f"{pair(shape.start)} m {pieces}"
        case Polyline():
            path = f"{pair(shape.points[0])} m {' '.join(f'{pair(point)} l' for point in shape.points[1:])}"
        case Ellipse():
            (x, y), wide, high = shape.centre, 0.5523 * shape.radius_x, 0.5523 * shape.radius_y
            left, right, low, top = x - shape.radius_x, x + shape.radius_x, y - shape.radius_y, y + shape.radius_y
            path = (
                f"{pair((right, y))} m {pair((right, y + high))} {pair((x + wide, top))} {pair((x, top))} c "
                f"{pair((x - wide, top))} {pair((left, y + high))} {pair((left, y))} c "
                f"{pair((left, y - high))} {pair((x - wide, low))} {pair((x, low))} c "
                f"{pair((x + wide, low))} {pair((right, y - high))} {pair((right, y))} c"
            )
            return f"{LOOKS.get(shape.style, '0 G 0.5 w [] 0 d')} {path} {'f' if shape.style == 'dot' else 'S'}"
        case Label() | Tag():
            size = shape.size * scale
            x, y = across + shape.at[0] * scale, up + shape.at[1] * scale
            half = LETTER * size * len(shape.text) / 2
            upright = isinstance(shape, Label) and shape.turn_deg
            matrix = f"0 1 -1 0 {x + 0.35 * size:.2f} {y - half:.2f}" if upright else f"1 0 0 1 {x - half:.2f} {y:.2f}"
            return f"BT /B {size:.2f} Tf 0 g {matrix} Tm ({shape.text.translate(ESCAPES)}) Tj ET"
        case _:
            return ""
    ending = "B" if shape.style in FILLED else "S"
    return f"{LOOKS.get(shape.style, '0 G 0.5 w [] 0 d')} {path} {'h ' if shape.closed else ''}{ending}"


def _furniture(pages: _Pages) -> str:
    """What every page repeats, but for its number."""
    furniture, height = pages.content.furniture, pages.content.height
    boxes = []
    for box in furniture.boxes:
        path = f"{box.x:.2f} {height - box.y - box.height:.2f} {box.width:.2f} {box.height:.2f} re"
        if box.fill:
            boxes.append("{:.3f} {:.3f} {:.3f} rg".format(*box.fill) + f" {path} f")
        if box.stroke:
            boxes.append("{:.3f} {:.3f} {:.3f} RG".format(*box.stroke) + f" {path} S")
    pages.operators = boxes
    for placed in furniture.lines:
        pages.line(placed.x, placed.y, placed.words.text, placed.words)
    code, side = furniture.code, len(furniture.modules)
    rows = "".join(f"{int(row.ljust(-(-side // 8) * 8, '0'), 2):0{-(-side // 8) * 2}X}" for row in furniture.modules)
    pages.operators.append(
        f"q 0 g {code.width} 0 0 {code.height} {code.x} {height - code.y - code.height:.2f} cm "
        f"BI /W {side} /H {side} /BPC 1 /IM true /D [1 0] /F /AHx ID\n{rows}>\nEI Q"
    )
    return "\n".join(pages.operators)


def _file(content: Content, pages: list[str]) -> bytes:
    """Catalogue, page tree, the two fonts, their encoding, then each page and its operators."""
    first = 7
    kids = " ".join(f"{first + 2 * place} 0 R" for place in range(len(pages)))
    font = "<</Type/Font/Subtype/Type1/BaseFont/{}/Encoding 5 0 R>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>".encode(),
        font.format("Helvetica").encode(),
        font.format("Helvetica-Bold").encode(),
        f"<</Type/Encoding/BaseEncoding/WinAnsiEncoding/Differences[1{NAMES}]>>".encode(),
        f"<</Title<FEFF{content.title.encode('utf-16-be').hex()}>>>".encode(),
    ]
    for place, operators in enumerate(pages):
        box = f"[0 0 {content.width:.2f} {content.height:.2f}]"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources<</Font<</R 3 0 R/B 4 0 R>>>>"
            f"/Contents {first + 2 * place + 1} 0 R>>".encode()
        )
        packed = zlib.compress(operators.encode("cp1252", "replace"), 6)
        objects.append(b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed))
    parts, offset, offsets = [b"%PDF-1.4\n"], 9, []
    for number, body in enumerate(objects, start=1):
        part = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        offsets.append(offset)
        offset += len(part)
        parts.append(part)
    rows = b"".join(b"%010d 00000 n \n" % one for one in offsets)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    parts.append(b"trailer<</Size %d/Root 1 0 R/Info 6 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, offset))
    return b"".join(parts)
