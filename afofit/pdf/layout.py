"""Text, boxes and pages in points: a small layout layer that refuses what does not fit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Literal

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfgen.canvas import Canvas

from afofit.fitting.values import Side
from afofit.pdf import file, fontobjects, fonts, metadata
from afofit.pdf.fonts import Face, bold, regular
from afofit.pdf.paint import INK, SOFT, Colour, number
from afofit.pdf.tags import Element, Tree

Paper = Literal["a4", "letter"]
Align = Literal["left", "centre", "right"]
SIZES: dict[Paper, tuple[float, float]] = {"a4": (595.2756, 841.8898), "letter": (612.0, 792.0)}
MARGIN = 36.0
"""Free border (points, 12.7 mm) on every side."""


class Overflow(ValueError):
    """Something is wider or higher than the room it was given."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a text looks: size and leading in points."""

    size: float = 8.5
    leading: float = 11.0
    strong: bool = False
    colour: Colour = INK

    @property
    def face(self) -> Face:
        """The font of the style."""
        return bold() if self.strong else regular()


BODY = Style()
STRONG = Style(strong=True)
SMALL = Style(7.5, 9.5, colour=SOFT)
HEAD = Style(7.5, 9.5, strong=True, colour=SOFT)


class Page:
    """The painting operators of one page, and the side that it is about if it is only one."""

    __slots__ = ("operators", "sides")

    def __init__(self, sides: tuple[Side, ...] = ()) -> None:
        self.operators: list[str] = []
        self.sides = sides


class Sheet:
    """A document while it is laid out: pages, the place reached on the page, and the structure."""

    def __init__(
        self,
        *,
        paper: Paper,
        title: str,
        created: date,
        head: float,
        foot: float,
        furniture: Callable[["Sheet", int, int], None],
        language: str = "en",
    ) -> None:
        self.width, self.height = SIZES[paper]
        self.left, self.right = MARGIN, self.width - MARGIN
        self.title, self.created, self.language = title, created, language
        self.top, self.bottom = self.height - MARGIN - head, MARGIN + foot
        self.furniture = furniture
        self.canvas = Canvas(
            BytesIO(),
            pagesize=(self.width, self.height),
            invariant=1,
            pageCompression=0,
            lang=language,
            pdfVersion=(1, 7),
            initialFontName=regular().name,
        )
        self.canvas._doc.defaultStreamFilters = [file.Deflate]
        self.tree = Tree()
        self.section: Element = self.tree.root
        self.pages: list[Page] = []
        self.outlines: list[tuple[str, int, int, float]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self.sides: tuple[Side, ...] = ()
        self.y = 0.0
        self.new_page()

    @property
    def inner(self) -> float:
        """Width (points) between the margins."""
        return self.right - self.left

    @property
    def operators(self) -> list[str]:
        """Where painting operators of the current page go."""
        return self.pages[-1].operators

    def new_page(self) -> None:
        """Go to the top of a new page."""
        self.pages.append(Page(self.sides))
        self.tree.open_page()
        self.y = self.top

    def room(self, height: float) -> None:
        """Go to a new page unless so much height (points) is left on this one."""
        if height > self.top - self.bottom:
            raise Overflow(f"{height:.0f} points are higher than a page")
        if self.y - height < self.bottom:
            self.new_page()

    def element(self, kind: str, parent: Element | None = None, *, alt: str = "", attributes: str = "") -> Element:
        """A new element of the structure, in the current section unless a parent is named."""
        return Element(kind, parent or self.section, alt=alt, attributes=attributes)

    @contextmanager
    def inside(self, element: Element) -> Iterator[Element]:
        """What is laid out within belongs to the element."""
        outer, self.section = self.section, element
        try:
            yield element
        finally:
            self.section = outer

    def marked(self, element: Element, *operators: str) -> None:
        """Paint as content of an element."""
        self.operators.extend((self.tree.mark(element), *operators, "EMC"))

    def artifact(self, *operators: str, kind: str = "Layout") -> None:
        """Paint what a reader should pass over: rules, boxes, running heads."""
        self.operators.extend((f"/Artifact<</Type/{kind}>>BDC", *operators, "EMC"))

    def text(self, x: float, y: float, text: str, style: Style) -> str:
        """The operators that write one line at a point."""
        return f"BT {style.colour.operands} rg {x:.2f} {y:.2f} Td {self._line(text, style)} ET"

    def turned(self, x: float, y: float, text: str, style: Style, cosine: float, sine: float) -> str:
        """The operators that write one line at a point along a direction."""
        matrix = f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {number(x)} {number(y)}"
        return f"BT {style.colour.fill} {matrix} Tm {self._line(text, style)} ET"

    def _line(self, text: str, style: Style) -> str:
        face = style.face
        codes = self._codes.get(face.name, {})
        try:
            letters = "".join(map(codes.__getitem__, text))
        except KeyError:
            return " ".join([self._shown(part, piece, style.size) for part, piece in fonts.runs(text, face)])
        return f"{self._names[face.name]} {style.size:.2f} Tf ({letters})Tj" if letters else ""

    def _shown(self, face: Face, piece: str, size: float) -> str:
        codes = self._codes.get(face.name)
        if codes is None:
            codes = self._begin(face)
        try:
            letters = "".join([codes[letter] for letter in piece])
        except KeyError:
            if not self._learn(face, codes, piece):
                return self._in_subsets(face, piece, size)
            letters = "".join([codes[letter] for letter in piece])
        return f"{self._names[face.name]} {number(size)} Tf ({letters})Tj"

    def _begin(self, face: Face) -> dict[str, str]:
        """Take up a font, which is embedded only now that something is written with it."""
        document = self.canvas._doc
        codes = self._codes[face.name] = fontobjects.first_codes(face, document)
        self._names[face.name] = face.font.getSubsetInternalName(0, document)
        return codes

    def _learn(self, face: Face, codes: dict[str, str], piece: str) -> bool:
        """Code of each new letter in the first subset of the font; False where a letter lies beyond it."""
        document = self.canvas._doc
        for letter in piece:
            if letter not in codes:
                subset, code = fontobjects.further_code(face, letter, document)
                if subset:
                    return False
                codes[letter] = code
        return True

    def _in_subsets(self, face: Face, piece: str, size: float) -> str:
        document = self.canvas._doc
        return " ".join(
            f"{face.font.getSubsetInternalName(subset, document)} {number(size)} Tf ({escapePDF(letters)})Tj"
            for subset, letters in face.font.splitString(piece, document)
        )

    def placed(self, x: float, width: float, y: float, text: str, style: Style, align: Align = "left") -> str:
        """One line within a width, at its left, middle or right."""
        if align == "left":
            return self.text(x, y, text, style)
        spare = width - fonts.width(text, style.face, style.size)
        return self.text(x + (spare if align == "right" else spare / 2), y, text, style)

    def paragraph(
        self,
        text: str,
        style: Style = BODY,
        *,
        kind: str = "P",
        x: float | None = None,
        width: float | None = None,
        after: float = 4.0,
    ) -> None:
        """Wrapped text at the place reached; the place moves below it."""
        start = self.left if x is None else x
        rows = wrap(text, style, width or self.right - start)
        self.room(len(rows) * style.leading)
        operators = []
        for row in rows:
            self.y -= style.leading
            operators.append(self.text(start, self.y + 0.25 * style.size, row, style))
        self.marked(self.element(kind), *operators)
        self.y -= after

    def heading(
        self, text: str, level: Literal[1, 2, 3] = 2, *, keep: float = 40.0, shade: Colour | None = None
    ) -> None:
        """A heading, kept on the page of what follows, with a bookmark."""
        style = Style({1: 15.0, 2: 11.5, 3: 9.5}[level], {1: 20.0, 2: 18.0, 3: 14.0}[level], True, shade or INK)
        self.room(style.leading + keep)
        self.y -= style.leading
        element = self.element(f"H{level}")
        self.marked(element, self.text(self.left, self.y + 0.3 * style.size, text, style))
        self.outlines.append((text, level, len(self.pages) - 1, self.y + style.leading))
        self.y -= 1.0

    def finish(self) -> bytes:
        """The finished document; running heads and feet are painted now that the number of pages is known."""
        total = len(self.pages)
        for place in range(total):
            self.furniture(self, place, total)
        canvas = self.canvas
        canvas._preamble = ""
        for page in self.pages:
            canvas._code.extend(page.operators)
            canvas.showPage()
        document = canvas._doc
        elements = metadata.write(
            document, self.tree, self.outlines, title=self.title, created=self.created, language=self.language
        )
        fontobjects.add(document)
        return file.assemble(document, elements)

    @contextmanager
    def about(self, side: Side, *, fresh: bool = True) -> Iterator[None]:
        """Pages begun within are about one side only, and say so; the first at once where ``fresh``."""
        self.sides = (side,)
        if fresh:
            self.new_page()
        try:
            yield
        finally:
            self.sides = ()

    @contextmanager
    def on_page(self, place: int) -> Iterator[None]:
        """Paint on an earlier page; only artifacts, since its structure is closed."""
        later = self.pages[place + 1 :]
        del self.pages[place + 1 :]
        try:
            yield
        finally:
            self.pages.extend(later)


def wrap(text: str, style: Style, width: float, *, breakable: bool = False) -> list[str]:
    """The lines of a text; a word wider than the line is cut if ``breakable``, else raises Overflow."""
    face, size = style.face, style.size
    rows: list[str] = []
    for part in text.split("\n"):
        row, used = "", 0.0
        space = face.width(" ", size)
        for word in part.split(" "):
            room = fonts.width(word, face, size)
            if row and used + space + room <= width:
                row, used = f"{row} {word}", used + space + room
                continue
            if row:
                rows.append(row)
            if room > width + 0.01:
                if not breakable:
                    raise Overflow(f"{word!r} needs {room:.1f} of {width:.1f} points")
                *whole, word = _cut(word, face, size, width)
                rows.extend(whole)
                room = fonts.width(word, face, size)
            row, used = word, room
        rows.append(row)
    return rows


def _cut(word: str, face: Face, size: float, width: float) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and fonts.width(piece + letter, face, size) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def fitted(text: str, style: Style, width: float) -> str:
    """The text on one line, cut with an ellipsis where it is wider than the room."""
    face, size = style.face, style.size
    if fonts.width(text, face, size) <= width:
        return text
    while text and fonts.width(f"{text}…", face, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"
