"""The patient sheet on paper: large letters, the dangers first, the shoe card, in the patient's language."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from afofit.fitting.result import Fitting
from afofit.pdf import fonts
from afofit.pdf.layout import MARGIN, Paper, Sheet, Style, fitted, wrap
from afofit.pdf.paint import (
    CAUTION,
    CAUTION_EDGE,
    CAUTION_TINT,
    EDGE,
    INK,
    PAPER,
    RULE,
    SOFT,
    STOP,
    STOP_TINT,
    Colour,
    filled,
    framed,
    line,
    number,
    polygon,
)
from afofit.pdf.table import PAD, Cell, Column, Table
from afofit.pdf.tags import Element
from afofit.words.patient import Contact, Language, PatientContent, Section, content

BODY_PT, LARGE_PT = 14.0, 18.0
"""Size (points) of ordinary and of large print, after the guidance for clear print."""
FOOT = 34.0
SAMPLE_HEAD = 40.0
BOXED = frozenset({"stop_and_call", "emergency"})
CARDS = frozenset({"shoe_card"})
BOX_PAD = 10.0
CARD_GAP = 8.0
SHORT_SHARE = 0.4
"""A section shorter than this share of a page is not split."""


@dataclass(frozen=True, slots=True)
class _Looks:
    """The styles of one print size."""

    body: Style
    strong: Style
    title: Style
    heading: Style
    part: Style

    @property
    def indent(self) -> float:
        """Room (points) for the mark of a point or the number of a step."""
        return 1.5 * self.body.size


def _looks(size: float) -> _Looks:
    body = Style(size, 1.34 * size)
    return _Looks(
        body=body,
        strong=replace(body, strong=True),
        title=Style(1.65 * size, 2.0 * size, True),
        heading=Style(1.25 * size, 1.6 * size, True),
        part=Style(1.05 * size, 1.4 * size, True),
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Lines of one element with the room that they take."""

    kind: str
    rows: tuple[str, ...]
    style: Style
    mark: str = ""
    indent: float = 0.0
    before: float = 0.0
    after: float = 0.0

    @property
    def height(self) -> float:
        return self.before + len(self.rows) * self.style.leading + self.after


def patient_sheet(
    fitting: Fitting,
    *,
    paper: Paper,
    language: Language,
    large: bool = False,
    approved_by: str | None = None,
    contact: Contact | None = None,
) -> bytes:
    """The patient sheet of a fitting as a PDF, equal bytes for equal input.

    ``approved_by`` names the orthotist; without it every page says that this is a sample. Raises
    NothingToRelease if there is no brace to advise on.
    """
    said = content(fitting, language, contact=contact)
    looks = _looks(LARGE_PT if large else BODY_PT)
    sheet = Sheet(
        paper=paper,
        language=language,
        title=said.title,
        created=fitting.computed_on,
        head=0.0 if approved_by else SAMPLE_HEAD,
        foot=FOOT,
        furniture=_furniture(said, looks, sample=not approved_by),
    )
    if not approved_by:
        _sample(sheet, said, looks, sheet.element("P"))
    _opening(sheet, said, looks, approved_by)
    for section in said.sections:
        if section.code in BOXED:
            _boxed(sheet, section, looks, last=_call(said) if section.code == "stop_and_call" else "")
        else:
            _section(sheet, section, looks)
    return sheet.finish()


def _furniture(said: PatientContent, looks: _Looks, *, sample: bool) -> Callable[[Sheet, int, int], None]:
    """Paints the foot of every page, and the mark of a sample on every page after the first, where it is read."""
    who = fonts.printable(said.who)
    legs = f" · {said.legs}" if who else said.title

    def paint(sheet: Sheet, page: int, pages: int) -> None:
        with sheet.on_page(page):
            if sample and page:
                _sample(sheet, said, looks, None)
            style = Style(0.78 * looks.body.size, looks.body.size, colour=SOFT)
            place = said.labels["number"].format(page=page + 1, pages=pages)
            room = sheet.inner - fonts.width(place, style.face, style.size) - 16
            room -= fonts.width(legs, style.face, style.size)
            sheet.artifact(
                line(sheet.left, MARGIN + 18, sheet.right, MARGIN + 18, EDGE, 0.8),
                sheet.text(sheet.left, MARGIN + 4, f"{fitted(who, style, room)}{legs}", style),
                sheet.placed(sheet.left, sheet.inner, MARGIN + 4, place, replace(style, strong=True), "right"),
                kind="Pagination/Subtype/Footer",
            )

    return paint


def _sample(sheet: Sheet, said: PatientContent, looks: _Looks, element: Element | None) -> None:
    """The band that says that nobody has approved this; read once, painted on every page."""
    height = SAMPLE_HEAD - 12
    y = sheet.height - MARGIN - height
    words = said.labels["sample"]
    style = replace(looks.strong, colour=CAUTION)
    if fonts.width(words, style.face, style.size) > sheet.inner - 16:
        style = replace(style, size=BODY_PT)
    frame = f"q [5 3] 0 d {framed(sheet.left + 0.5, y + 0.5, sheet.inner - 1, height - 1, CAUTION_EDGE, 1.2)} Q"
    text = sheet.placed(sheet.left, sheet.inner, y + 9, fitted(words, style, sheet.inner - 16), style, "centre")
    sheet.artifact(filled(sheet.left, y, sheet.inner, height, CAUTION_TINT), frame)
    if element is None:
        sheet.artifact(text, kind="Pagination/Subtype/Header")
    else:
        sheet.marked(element, text)


def _opening(sheet: Sheet, said: PatientContent, looks: _Looks, approved_by: str | None) -> None:
    """What it is, for whom, and who checked it."""
    _paint(sheet, [_lines("H1", said.title, looks.title, sheet.inner)], bookmark=1)
    checked = said.labels["checked"].format(name=approved_by) if approved_by else ""
    for text in (said.who, checked, said.made):
        if text:
            _paint(sheet, [_lines("P", fonts.printable(text), looks.body, sheet.inner)])
    sheet.y -= 0.5 * looks.body.size


def _lines(
    kind: str, text: str, style: Style, width: float, *, before: float = 0.0, after: float = 0.0, mark: str = "",
    indent: float = 0.0,
) -> _Piece:  # fmt: skip
    rows = tuple(wrap(text, style, width - indent, breakable=True))
    return _Piece(kind, rows, style, mark, indent, before, after)


def _paragraphs(texts: Sequence[str], looks: _Looks, width: float) -> list[_Piece]:
    after = 0.35 * looks.body.size
    return [_lines("P", text, looks.body, width, after=after) for text in texts]


def _points(section: Section, looks: _Looks, width: float) -> list[_Piece]:
    marks = [f"{place}." if section.numbered else "•" for place in range(1, len(section.bullets) + 1)]
    return [
        _lines("LI", text, looks.body, width, mark=mark, indent=looks.indent, after=0.2 * looks.body.size)
        for text, mark in zip(section.bullets, marks, strict=True)
    ]


def _paint(sheet: Sheet, pieces: Sequence[_Piece], *, x: float | None = None, bookmark: int = 0) -> None:
    """Pieces one below the other, each whole, the last never alone on a page; points become one list."""
    start = sheet.left if x is None else x
    listed = sheet.element("L") if pieces and pieces[0].kind == "LI" else None
    for place, piece in enumerate(pieces):
        ends = place == len(pieces) - 2
        sheet.room(piece.height + (pieces[-1].height if ends else 0.0))
        sheet.y -= piece.before
        if bookmark:
            sheet.outlines.append((" ".join(piece.rows), bookmark, len(sheet.pages) - 1, sheet.y))
        first = sheet.y - piece.style.leading + 0.28 * piece.style.size
        operators = [
            sheet.text(start + piece.indent, first - row * piece.style.leading, text, piece.style)
            for row, text in enumerate(piece.rows)
        ]
        if listed is None:
            sheet.marked(sheet.element(piece.kind), *operators)
        else:
            point = sheet.element("LI", listed)
            strong = replace(piece.style, strong=True)
            sheet.marked(sheet.element("Lbl", point), sheet.text(start + 2, first, piece.mark, strong))
            sheet.marked(sheet.element("LBody", point), *operators)
        sheet.y -= piece.height - piece.before


def _height(*groups: Sequence[_Piece]) -> float:
    return sum(piece.height for group in groups for piece in group)


def _call(said: PatientContent) -> str:
    phone = said.contact.phone.strip()
    return fonts.printable(said.labels["call"].format(phone=phone)) if phone else ""


def _boxed(sheet: Sheet, section: Section, looks: _Looks, *, last: str = "") -> None:
    """A danger in a frame of its own, whole on one page, with a word and a symbol, never by colour alone."""
    inset = BOX_PAD + 2
    width = sheet.inner - 2 * inset
    symbol = 1.7 * looks.heading.size
    heading = [_lines("H2", section.heading, replace(looks.heading, colour=STOP), width, indent=symbol, after=2)]
    points = _points(section, looks, width)
    ending = [
        _lines("P", text, looks.strong, width, before=0.2 * looks.body.size)
        for text in (*section.closing, last)
        if text
    ]
    height = _height(heading, points, ending) + 2 * BOX_PAD
    sheet.room(height + 8)
    top = sheet.y
    middle = top - BOX_PAD - 0.5 * looks.heading.leading
    sheet.artifact(
        filled(sheet.left, top - height, sheet.inner, height, STOP_TINT),
        framed(sheet.left + 1, top - height + 1, sheet.inner - 2, height - 2, STOP, 2),
        *_stop_sign(sheet.left + inset + 0.55 * looks.heading.size, middle, 0.55 * looks.heading.size),
    )
    sheet.y -= BOX_PAD
    with sheet.inside(sheet.element("Sect")):
        _paint(sheet, heading, x=sheet.left + inset, bookmark=2)
        _paint(sheet, points, x=sheet.left + inset)
        _paint(sheet, ending, x=sheet.left + inset)
    sheet.y = top - height - 12


def _stop_sign(x: float, y: float, size: float) -> tuple[str, str]:
    """An octagon with a bar."""
    cut = 0.42 * size
    corners = [
        (x - cut, y + size), (x + cut, y + size), (x + size, y + cut), (x + size, y - cut),
        (x + cut, y - size), (x - cut, y - size), (x - size, y - cut), (x - size, y + cut),
    ]  # fmt: skip
    ends = f"{number(x - 0.5 * size)} {number(y)} m {number(x + 0.5 * size)} {number(y)} l S"
    return f"{STOP.fill} {polygon(corners)} f", f"{PAPER.stroke} {number(0.28 * size)} w {ends}"


def _section(sheet: Sheet, section: Section, looks: _Looks, *, level: int = 2) -> None:
    """A heading with what stands below it; the heading never stands alone at the foot of a page."""
    style = looks.heading if level == 2 else looks.part
    heading = [_lines(f"H{level}", section.heading, style, sheet.inner, before=0.55 * looks.body.size, after=2)]
    paragraphs = _paragraphs(section.paragraphs, looks, sheet.inner)
    points = _points(section, looks, sheet.inner)
    closing = _paragraphs(section.closing, looks, sheet.inner)
    sheet.room(_kept(sheet, section, looks, heading, paragraphs, points, closing))
    with sheet.inside(sheet.element("Sect")):
        if section.code in CARDS and sheet.y < sheet.top:
            sheet.y -= CARD_GAP
        top = sheet.y
        _paint(sheet, heading, bookmark=level)
        _paint(sheet, paragraphs)
        _rows(sheet, section, looks)
        if section.code in CARDS:
            _frame(sheet, top)
        _paint(sheet, points)
        _paint(sheet, closing)
        for part in section.parts:
            _section(sheet, part, looks, level=3)
    sheet.y -= 0.4 * looks.body.size


def _kept(
    sheet: Sheet,
    section: Section,
    looks: _Looks,
    heading: Sequence[_Piece],
    paragraphs: Sequence[_Piece],
    points: Sequence[_Piece],
    closing: Sequence[_Piece],
) -> float:
    """Height (points) of what stays on one page: a table or a short section whole, else the first lines."""
    page = sheet.top - sheet.bottom
    start = _height(heading) + (CARD_GAP if section.code in CARDS else 0.0)
    if section.rows:
        return min(start + _height(paragraphs) + _rows_height(sheet, section, looks), page)
    whole = _height(paragraphs, points, closing)
    first = _height(paragraphs[:1] or points[:2] or closing[:1]) or 4 * looks.body.leading
    return min(start + (max(whole, first) if whole < SHORT_SHARE * page else first), page)


def _frame(sheet: Sheet, top: float) -> None:
    sheet.artifact(framed(sheet.left - 6, sheet.y, sheet.inner + 12, top - sheet.y, INK, 1.4))
    sheet.y -= 6


def _label_width(sheet: Sheet, section: Section, looks: _Looks) -> float:
    """As wide as the longest label needs, up to half of the page."""
    style = looks.body
    widest = max(fonts.width(row.label, style.face, style.size) for row in section.rows)
    return min(widest + 4 * PAD, 0.5 * sheet.inner)


def _writing(looks: _Looks) -> float:
    """Height (points) of a row to be written in by hand."""
    return 2.1 * looks.body.size


def _printable(text: str) -> str:
    """The text with the line ends that its writer chose."""
    return "\n".join(fonts.printable(part) for part in text.splitlines())


def _rows_height(sheet: Sheet, section: Section, looks: _Looks) -> float:
    if not section.rows:
        return 0.0
    label = _label_width(sheet, section, looks)
    height = 0.0
    for row in section.rows:
        left = wrap(row.label, looks.body, label - 2 * PAD, breakable=True)
        right = wrap(_printable(row.text), looks.strong, sheet.inner - label - 2 * PAD, breakable=True)
        lowest = _writing(looks) if not row.text else 0.0
        height += max(lowest, max(len(left), len(right)) * looks.body.leading + 2 * PAD - 1)
    return height + 0.6 * looks.body.size


def _rows(sheet: Sheet, section: Section, looks: _Looks) -> None:
    """Rows as a table whose first column heads them; an empty text leaves a line to write on."""
    if not section.rows:
        return
    columns = [
        Column(_label_width(sheet, section, looks), heads_row=True, breakable=True),
        Column(0, breakable=True),
    ]
    table = Table(sheet, columns, style=looks.body, lowest=0.0)
    for row in section.rows:
        table.lowest = 0.0 if row.text else _writing(looks)
        table.row(row.label, Cell(_printable(row.text), looks.strong))
        shade: Colour = RULE if row.text else EDGE
        sheet.artifact(line(table.edges[0 if row.text else 1], sheet.y, table.edges[-1], sheet.y, shade, 0.8))
    table.end(0.6 * looks.body.size)
