"""Reads the content of our own finished sheet back, so that every peer is given exactly its words."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import Any

import pdfplumber
import segno

from afofit.fitting.result import Fitting
from afofit.pdf.record import content_hash
from afofit.pdf.sheet_head import identity
from bench.peers.content import (
    FOOT,
    HEAD,
    MARGIN,
    PAD,
    Align,
    Block,
    Box,
    Cell,
    Column,
    Content,
    Finding,
    Furniture,
    Heading,
    PageBreak,
    Paragraph,
    Placed,
    Rgb,
    Table,
    Views,
    Words,
)
from bench.peers.structure import Node, structure

Letters = list[dict[str, Any]]
STEADY = 0.4
"""Edges of texts (points) nearer than this are in one line."""
LIGHT, DARK = 0.9, (0.1, 0.1, 0.1)
CODE = Box(MARGIN, 0.0, 40.0, 40.0, None, None)


def content_of(sheet: bytes, fitting: Fitting) -> Content:
    """The content of a finished sheet of the fitting. Raises ValueError where it has no structure to follow."""
    with pdfplumber.open(BytesIO(sheet)) as document:
        return _Reader(document.pages).content(structure(sheet), document.metadata["Title"], fitting)


class _Reader:
    """One document while it is read."""

    def __init__(self, pages: list[Any]) -> None:
        self.pages = pages
        self.marked: dict[tuple[int, int], Letters] = {}
        for page in pages:
            for letter in page.chars:
                if letter["mcid"] is not None:
                    self.marked.setdefault((page.page_number, letter["mcid"]), []).append(letter)

    def content(self, root: Node, title: str, fitting: Fitting) -> Content:
        """Everything on the sheet."""
        first = self.pages[0]
        who = identity(fitting, approved_by=None, approved_at=None, link=None, mark=content_hash(fitting))
        return Content(
            title=title,
            width=float(first.width),
            height=float(first.height),
            furniture=_furniture(first, who.qr),
            blocks=tuple(self._blocks(root.children, list(fitting.limbs))),
            limbs={side: limb for side, limb in fitting.limbs.items() if limb.dimensions},
        )

    def _blocks(self, nodes: list[Node], sides: list[Any]) -> Iterable[Block]:
        last, drawn = 1, 0
        braced = iter(sides)
        for place, node in enumerate(nodes):
            if node.kind == "H2" and node.page > last:
                yield PageBreak()
                last = node.page
            if node.kind == "Figure":
                drawn += 1
                if drawn % 3 == 0:
                    yield self._views(nodes[place - 2 : place + 1], next(braced))
            else:
                yield self._block(node)

    def _block(self, node: Node) -> Block:
        match node.kind:
            case "H1" | "H2" | "H3":
                return Heading(int(node.kind[1]), self._words(node))
            case "L":
                return tuple(Finding(tuple(_runs(self._letters(item)))) for item in node.children)
            case "Table":
                return self._table(node)
            case _:
                return Paragraph(tuple(_runs(self._letters(node))))

    def _views(self, nodes: list[Node], side: Any) -> Views:
        captions = tuple(self._words(node.children[0]) for node in nodes)
        return Views(side, tuple(node.alternative for node in nodes), captions)

    def _letters(self, node: Node) -> Letters:
        own = [letter for mark in node.marks for letter in self.marked.get(mark, ())]
        return own + [letter for child in node.children for letter in self._letters(child)]

    def _words(self, node: Node) -> Words:
        letters = self._letters(node)
        return Words(_text(letters), *_look(letters[0]))

    def _table(self, node: Node) -> Table:
        grid = [[self._letters(cell) for cell in row.children] for row in node.children]
        spans = [[cell.span for cell in row.children] for row in node.children]
        count = max(sum(row) for row in spans)
        heads = sum(1 for row in node.children if all(cell.kind == "TH" for cell in row.children))
        plain = [row for row, wide in zip(grid, spans, strict=True) if len(wide) == count]
        upper, body = [row for row in plain if row in grid[:heads]], grid[heads:]
        edges = _edges(upper, body, self._extent(grid))
        aligns = [_align([row[place] for row in body if row[place]]) for place in range(count)]
        columns = tuple(
            Column(right - left, align) for left, right, align in zip(edges, edges[1:], aligns, strict=False)
        )
        rows = []
        for nodes, cells, wide in zip(node.children, grid, spans, strict=True):
            frames = self._frames(cells, edges) if len(wide) == count else set()
            rows.append(
                tuple(
                    Cell(
                        Words(_text(letters), *_look(letters[0])) if letters else None,
                        cell.kind == "TH",
                        span,
                        place in frames,
                    )
                    for place, (cell, letters, span) in enumerate(zip(nodes.children, cells, wide, strict=True))
                )
            )
        return Table(columns, heads, tuple(rows))

    def _page(self, letters: Letters) -> Any:
        return self.pages[letters[0]["page_number"] - 1]

    def _extent(self, grid: list[list[Letters]]) -> tuple[float, float]:
        """Left and right end of the rule under the last row."""
        letters = next(cell for cell in grid[-1] if cell)
        low = max(letter["bottom"] for cell in grid[-1] for letter in cell)
        start = letters[0]["x0"]
        rules = [line for line in self._page(letters).lines if line["x0"] <= start <= line["x1"]]
        rule = min((line for line in rules if line["top"] > low - 6), key=lambda line: line["top"])
        return rule["x0"], rule["x1"]

    def _frames(self, cells: list[Letters], edges: list[float]) -> set[int]:
        """Columns of a row that hold a frame to be written in."""
        letters = next(cell for cell in cells if cell)
        middle = (letters[0]["top"] + letters[0]["bottom"]) / 2
        found = set()
        for place, cell in enumerate(cells):
            if not cell:
                centre = (edges[place] + edges[place + 1]) / 2
                found |= {
                    place
                    for rect in self._page(letters).rects
                    if rect["x0"] < centre < rect["x1"] and rect["top"] < middle < rect["bottom"] and not rect["fill"]
                }
        return found


def _rows(letters: Letters) -> list[Letters]:
    """The letters line by line."""
    rows: list[Letters] = []
    for letter in letters:
        if rows and abs(rows[-1][-1]["matrix"][5] - letter["matrix"][5]) < STEADY:
            rows[-1].append(letter)
        else:
            rows.append([letter])
    return rows


def _text(letters: Letters) -> str:
    return " ".join("".join([letter["text"] for letter in row]).strip() for row in _rows(letters))


def _look(letter: Mapping[str, Any]) -> tuple[float, bool, Rgb]:
    """Size, weight and colour; white text, which needs a ground, is made dark."""
    colour = _colour(letter["non_stroking_color"])
    return round(letter["size"], 1), "Bold" in letter["fontname"], DARK if min(colour) > LIGHT else colour


def _colour(channels: tuple[float, ...]) -> Rgb:
    red, green, blue = channels if len(channels) == 3 else channels[:1] * 3
    return red, green, blue


def _pieces(letters: Letters) -> Iterable[Letters]:
    """The letters cut where the line, the look or the place changes."""
    for row in _rows(letters):
        start = 0
        for place in range(1, len(row) + 1):
            if (
                place == len(row)
                or _look(row[place]) != _look(row[start])
                or row[place]["x0"] > row[place - 1]["x1"] + 3
            ):
                yield row[start:place]
                start = place


def _runs(letters: Letters) -> Iterable[Words]:
    """Runs of one look each."""
    text, look = "", None
    for piece in _pieces(letters):
        part = "".join([letter["text"] for letter in piece]).strip()
        if look == _look(piece[0]):
            text = f"{text} {part}"
            continue
        if look is not None:
            yield Words(text, *look)
        text, look = part, _look(piece[0])
    if look is not None:
        yield Words(text, *look)


def _edges(heads: list[list[Letters]], body: list[list[Letters]], extent: tuple[float, float]) -> list[float]:
    """The edges of the columns: beside what steadily begins or ends there, else halfway."""
    count = len(body[0])
    columns = [[row[place] for row in body if row[place]] for place in range(count)]
    columns = [column or [row[place] for row in heads if row[place]] for place, column in enumerate(columns)]
    aligns = [_align(column) for column in columns]
    edges: list[float | None] = [extent[0], *(None for _ in columns)]
    for place in range(1, count):
        before, after = columns[place - 1], columns[place]
        if after and aligns[place] == "left":
            edges[place] = min(cell[0]["x0"] for cell in after) - PAD
        elif before and aligns[place - 1] == "right":
            edges[place] = _end(before) + PAD
        elif before and after:
            edges[place] = (_end(before) + min(row[0]["x0"] for cell in after for row in _rows(cell))) / 2
    edges[count] = extent[1]
    return _filled(edges)


def _end(cells: list[Letters]) -> float:
    return max(float(letter["x1"]) for cell in cells for letter in cell)


def _filled(edges: list[float | None]) -> list[float]:
    """The edges with those that nothing shows spread evenly between their neighbours."""
    filled: list[float] = []
    for place, edge in enumerate(edges):
        if edge is None:
            end = next(one for one in range(place, len(edges)) if edges[one] is not None)
            last = edges[end]
            edge = filled[-1] + ((last or 0.0) - filled[-1]) / (end - place + 1)
        filled.append(edge)
    return filled


def _align(cells: list[Letters]) -> Align:
    rows = [row for cell in cells for row in _rows(cell)]
    starts = [row[0]["x0"] for row in rows]
    ends = [row[-1]["x1"] for row in rows]
    if not rows or max(starts) - min(starts) < STEADY:
        return "left"
    return "right" if max(ends) - min(ends) < STEADY else "center"


def _furniture(page: Any, coded: str) -> Furniture:
    top, bottom = MARGIN + HEAD, float(page.height) - MARGIN - FOOT
    letters = [one for one in page.chars if one["mcid"] is None and not top < one["bottom"] < bottom]
    lines, number = [], None
    for piece in _pieces(letters):
        text = "".join([letter["text"] for letter in piece]).strip()
        base = float(page.height) - piece[0]["matrix"][5]
        placed = Placed(piece[0]["x0"], base, Words(text, *_look(piece[0])))
        if text.startswith("Page 1 of "):
            number = Placed(piece[-1]["x1"], base, placed.words)
        else:
            lines.append(placed)
    if number is None:
        raise ValueError("the sheet does not number its pages")
    boxes = tuple(
        Box(
            rect["x0"],
            rect["top"],
            rect["width"],
            rect["height"],
            _colour(rect["non_stroking_color"]) if rect["fill"] else None,
            _colour(rect["stroking_color"]) if rect["stroke"] else None,
        )
        for rect in page.rects
        if rect["bottom"] <= top
    )
    code = Box(CODE.x, float(page.height) - MARGIN - CODE.height, CODE.width, CODE.height, None, None)
    return Furniture(tuple(lines), boxes, number, _modules(coded), code)


def _modules(text: str) -> tuple[str, ...]:
    matrix = segno.make(text, error="m", micro=False, boost_error=False).matrix
    return tuple("".join(str(module & 1) for module in row) for row in matrix)
