"""A blank form for pen and paper, built from the declared fields: what is asked on the screen, on two pages."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from afofit.fitting.drawing_measuring import MARKS, measuring_drawing
from afofit.fitting.measurements import MEASUREMENTS, Measurement, Posture
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, CLINICAL, LIMB, PATIENT, PRESCRIPTION, SHOE, Field
from afofit.pdf import fonts
from afofit.pdf.drawing import Placement, operators, size_of
from afofit.pdf.layout import MARGIN, SIZES, SMALL, STRONG, Paper, Sheet, Style, fitted
from afofit.pdf.paint import (
    BRAND,
    EDGE,
    PAPER,
    RULE,
    SIDE_COLOURS,
    STOP,
    STOP_TINT,
    filled,
    framed,
    line,
)
from afofit.pdf.table import BOX, Cell, Column, Table
from afofit.words import choices, numbers
from afofit.words.sheet import STARTING_SPECIFICATION

EDITION = date(2026, 11, 23)
"""When the form last changed; the date of the document, so that equal forms have equal bytes."""
HEAD_HEIGHT, FOOT_HEIGHT = 24.0, 24.0
TEXT = Style(8.0, 9.6)
HINT = replace(SMALL, size=6.6, leading=8.0)
LINE = 13.4
"""Height (points) of a line to tick or to write on."""
TICK = 8.6
LABEL = 140.0
"""Width (points) of the name of a field before its boxes."""
PICTURE = 136.0
ROWS: dict[float, float] = {SIZES["a4"][1]: 21.0, SIZES["letter"][1]: 18.4}
"""Height (points) of a row to write in, by the height of the paper: what fits on the first page."""
BLANKS = 3
"""Lines to write on side by side."""
SIGN_COLUMNS = 3
POSTURES: tuple[tuple[Posture, str, str], ...] = (
    ("seated", "Seated", "hip and knee at 90°, foot flat on the board; rod, tape and caliper"),
    ("lying", "Lying, or sitting with the leg out", "goniometer along shank and sole"),
    ("standing", "Standing", "equal weight on both feet, on the foot board"),
)
"""The order of measuring."""
NEEDED = "* needed for a brace; without a brace only foot length and forefoot width."
ENTER = "Enter the numbers as written, in the unit ticked."
WHERE_LEGS_DIFFER = "tick; where the legs differ, write L or R in the box"
DIRECTIONS = {"toe_out": ("out", "in")}
UNITS = (("length", ("mm", "cm", "in")), ("mass", ("kg", "lb")))


class NoWords(ValueError):
    """The form is not written in this language."""


def measuring_form(*, paper: Paper, language: str = "en") -> bytes:
    """The blank form as a PDF of two pages, equal bytes for equal input. Raises NoWords."""
    if language != "en":
        raise NoWords(f"the measuring form is not written in {language!r}")
    return _form(paper)


@lru_cache(maxsize=2)
def _form(paper: Paper) -> bytes:
    sheet = Sheet(
        paper=paper,
        title="Measuring form",
        created=EDITION,
        head=HEAD_HEIGHT,
        foot=FOOT_HEIGHT,
        furniture=_furniture,
    )
    _urgent(sheet)
    _patient(sheet)
    for posture, title, note in POSTURES:
        _posture(sheet, posture, title, note)
    sheet.new_page()
    for title, fields in (
        ("Clinical picture", [field for field in CLINICAL if field.name != "urgent_signs"]),
        ("Leg", LIMB),
        ("Shoe worn now", SHOE),
        ("Prescription; what stays empty follows the rules", PRESCRIPTION),
    ):
        _section(sheet, title, fields)
    _signature(sheet)
    return sheet.finish()


def _urgent(sheet: Sheet) -> None:
    """The urgent signs before everything else, each with its box."""
    signs = next(field for field in CLINICAL if field.name == "urgent_signs")
    top = sheet.y
    options = [*(label for _, label in signs.choices), "None of these", "Not asked"]
    rows = -(-len(options) // SIGN_COLUMNS)
    height = 18 + rows * 13 + 2 * LINE + 2
    sheet.artifact(
        filled(sheet.left, top - height, sheet.inner, height, STOP_TINT),
        framed(sheet.left + 0.5, top - height + 0.5, sheet.inner - 1, height - 1, STOP, 1.2),
    )
    sheet.y = top - 14
    head = Style(11, 14, True, STOP)
    title = f"{signs.label}: {signs.hint}, before measuring"
    sheet.marked(sheet.element("H2"), sheet.text(sheet.left + 7, sheet.y + 1, title, head))
    sheet.outlines.append((signs.label, 2, len(sheet.pages) - 1, top))
    painted, boxes = [], []
    for place, option in enumerate(options):
        column, row = divmod(place, rows)
        x, y = sheet.left + 7 + column * (sheet.inner - 6) / SIGN_COLUMNS, sheet.y - 12 - row * 13
        boxes += _box(x, y)
        style = Style(7.4, 9, place >= len(signs.choices))
        painted.append(sheet.text(x + TICK + 3, y + 1.8, option, style))
    sheet.artifact(*boxes)
    sheet.marked(sheet.element("P"), *painted)
    sheet.y -= 3 + rows * 13
    clearable = " or ".join(f"“{choices.label('urgent_signs', code)}”" for code in CLEARABLE_SIGNS)
    sentence = f"Any sign: a medical opinion comes before a brace. Only {clearable} can be cleared here:"
    sheet.y -= LINE - 2
    sheet.marked(sheet.element("P"), sheet.text(sheet.left + 7, sheet.y + 2, sentence, HINT))
    _blanks_line(sheet, ("which", "cleared by", "date", "note"), sheet.left + 7, sheet.inner - 14)
    sheet.y = top - height - 4


def _patient(sheet: Sheet) -> None:
    """Who, in which units."""
    _title(sheet, "Patient and units", "")
    _written(sheet, [field for field in PATIENT if field.kind != "choice"], hints=False)
    groups = [(field.label, tuple(_options(field))) for field in PATIENT if field.kind == "choice"]
    groups += [(f"Unit of every {quantity}", units) for quantity, units in UNITS]
    sheet.y -= LINE + 3
    words, boxes = [], []
    strong = replace(TEXT, strong=True)
    for place, (label, options) in enumerate(groups):
        x = sheet.left + place * sheet.inner / len(groups)
        words.append(sheet.text(x, sheet.y + 3.6, label, strong))
        x += fonts.width(label, strong.face, strong.size) + 8
        for option in options:
            boxes += _box(x, sheet.y + 2)
            words.append(sheet.text(x + TICK + 3, sheet.y + 3.6, option, TEXT))
            x += TICK + 10 + fonts.width(option, TEXT.face, TEXT.size)
    sheet.artifact(*boxes)
    sheet.marked(sheet.element("P"), *words)


def _posture(sheet: Sheet, posture: Posture, title: str, note: str) -> None:
    """The measurements of one posture in their order, boxes for both legs, the drawing beside them."""
    ones = [one for one in MEASUREMENTS if one.posture == posture]
    _title(sheet, title, f"{note}. {NEEDED if posture == 'seated' else ''}")
    start = sheet.y
    width = sheet.inner - PICTURE - 8
    columns = [
        Column(20, "", "centre"),
        Column(110, "", heads_row=True),
        Column(0),
        Column(66, group="LEFT", shade=SIDE_COLOURS["left"][0]),
        Column(66, group="RIGHT", shade=SIDE_COLOURS["right"][0]),
    ]
    table = Table(sheet, columns, style=TEXT, lowest=ROWS[sheet.height], width=width)
    for one in ones:
        letter = f"{one.letter}*" if one.required else one.letter
        label = Cell(one.label, replace(TEXT, strong=one.required))
        table.row(Cell(letter, STRONG), label, Cell(one.hint, HINT), BOX, BOX)
        _in_the_box(sheet, one, table.edges[3:5])
    if posture == "lying":
        sheet.y -= 2
        _how(sheet, ones[0], width)
    lower = sheet.y
    _picture(sheet, posture, start, start - lower)
    sheet.y = min(lower, sheet.y) - 4


def _how(sheet: Sheet, one: Measurement, width: float) -> None:
    sheet.paragraph(one.how, HINT, width=width, after=1)


def _in_the_box(sheet: Sheet, one: Measurement, edges: Sequence[float]) -> None:
    """The unit of an angle, and which way it goes: words instead of a sign."""
    if one.unit != "deg":
        return
    toward = DIRECTIONS.get(one.name, ("past 90°", "short"))
    tiny = replace(HINT, size=5.5)
    middle = sheet.y + ROWS[sheet.height] / 2
    for edge in edges:
        operators, boxes = [], []
        for place, word in enumerate(toward):
            y = middle + 1.3 - place * 6.3
            boxes.append(framed(edge + 33, y - 0.6, 4.8, 4.8, EDGE, 0.5))
            operators.append(sheet.text(edge + 39.5, y, word, tiny))
        operators.append(sheet.text(edge + 26, middle - 2.3, "°", TEXT))
        sheet.artifact(*boxes)
        sheet.marked(sheet.element("P"), *operators)


def _picture(sheet: Sheet, posture: Posture, top: float, height: float) -> None:
    """The drawing of the screen, right leg."""
    drawing = measuring_drawing(posture, tuple(MARKS[posture]), side="right")
    wide, high = size_of(drawing)
    scale = min(PICTURE / wide, max(height, 90.0) / high)
    left, bottom, _, _ = drawing.box
    x = sheet.right - PICTURE + (PICTURE - wide * scale) / 2
    y = top - high * scale
    placement = Placement(scale, x - left * scale, y - bottom * scale)
    box = f"{x:.0f} {y:.0f} {x + wide * scale:.0f} {y + high * scale:.0f}"
    figure = sheet.element("Figure", alt=drawing.sentence, attributes=f"/O/Layout/BBox[{box}]")
    sheet.marked(figure, *operators(sheet, drawing, placement))
    sheet.y = min(sheet.y, y)


def _section(sheet: Sheet, title: str, fields: Sequence[Field]) -> None:
    """The fields of one group: boxes to tick where there are choices, lines to write on where not."""
    _title(sheet, title, WHERE_LEGS_DIFFER)
    for field in fields:
        if options := _options(field):
            _ticks(sheet, field.label, options, field.hint)
    _written(sheet, [field for field in fields if not _options(field)])
    sheet.y -= 3


def _options(field: Field) -> list[str]:
    """The boxes of a field; none where something is written."""
    if field.kind in ("choice", "choices"):
        options = [label for _, label in field.choices]
    elif field.kind == "flag":
        options = ["Yes", "No"]
    elif field.kind == "grade":
        options = [str(grade) for grade in range(int(field.low or 0), int(field.high or 0) + 1)]
    else:
        return []
    return [*options, "Unknown"] if field.unknown else options


def _box(x: float, y: float) -> list[str]:
    return [filled(x, y, TICK, TICK, PAPER), framed(x, y, TICK, TICK, EDGE, 0.8)]


def _ticks(sheet: Sheet, label: str, options: Sequence[str], hint: str) -> None:
    """A name and its boxes, on as many lines as they need."""
    start = sheet.left + LABEL
    sheet.room(LINE)
    sheet.y -= LINE
    strong = replace(TEXT, strong=True)
    words = [sheet.text(sheet.left, sheet.y + 3.6, fitted(label, strong, LABEL - 4), strong)]
    boxes, x = [], start
    for option in options:
        room = TICK + 4 + fonts.width(option, TEXT.face, TEXT.size)
        if x + room > sheet.right:
            x = start
            sheet.y -= LINE - 1.5
        boxes += _box(x, sheet.y + 2)
        words.append(sheet.text(x + TICK + 4, sheet.y + 3.6, option, TEXT))
        x += room + 11
    if hint and x + fonts.width(hint, HINT.face, HINT.size) <= sheet.right:
        words.append(sheet.placed(x, sheet.right - x, sheet.y + 3.6, hint, HINT, "right"))
    sheet.artifact(*boxes, line(sheet.left, sheet.y, sheet.right, sheet.y, RULE, 0.4))
    sheet.marked(sheet.element("P"), *words)


def _written(sheet: Sheet, fields: Sequence[Field], *, hints: bool = True) -> None:
    """Names with a line to write on, three to a row."""
    for first in range(0, len(fields), BLANKS):
        some = fields[first : first + BLANKS]
        sheet.room(LINE + 4)
        sheet.y -= 4
        labels = [f"{field.label}{' °' if field.kind == 'angle' else ''}" for field in some]
        notes = [field.hint if hints else "" for field in some]
        _blanks_line(sheet, labels, sheet.left, sheet.inner * len(some) / BLANKS, hints=notes)


def _blanks_line(sheet: Sheet, labels: Sequence[str], x: float, width: float, hints: Sequence[str] = ()) -> None:
    sheet.y -= LINE
    share = width / len(labels)
    words, rules = [], []
    strong = replace(TEXT, strong=True)
    for place, label in enumerate(labels):
        at = x + place * share
        room = fonts.width(label, strong.face, strong.size) + 4
        words.append(sheet.text(at, sheet.y + 3.6, label, strong))
        rules.append(line(at + room, sheet.y + 2, at + share - 8, sheet.y + 2, EDGE, 0.6))
        hint = hints[place] if hints else ""
        if hint:
            words.append(sheet.text(at, sheet.y - 4.6, fitted(hint, HINT, share - 8), replace(HINT, size=6.2)))
    if any(hints):
        sheet.y -= 6
    sheet.artifact(*rules)
    sheet.marked(sheet.element("P"), *words)


def _title(sheet: Sheet, title: str, note: str) -> None:
    """A heading with a note on the same line."""
    sheet.room(40)
    head = Style(10.5, 15, True)
    sheet.y -= head.leading
    words = sheet.text(sheet.left, sheet.y + 4, title, head)
    sheet.marked(sheet.element("H2"), words)
    sheet.outlines.append((title, 2, len(sheet.pages) - 1, sheet.y + head.leading))
    if note.strip():
        start = sheet.left + fonts.width(title, head.face, head.size) + 8
        sheet.marked(sheet.element("P"), sheet.text(start, sheet.y + 4, fitted(note, HINT, sheet.right - start), HINT))


def _signature(sheet: Sheet) -> None:
    sheet.room(LINE + 8)
    sheet.y -= 6
    _blanks_line(sheet, ("Measured by", "Signature", "Date and time"), sheet.left, sheet.inner)


def _furniture(sheet: Sheet, page: int, pages: int) -> None:
    top, y = sheet.height - MARGIN, MARGIN
    with sheet.on_page(page):
        person = "Name or reference"
        start = sheet.right - 250
        room = fonts.width(person, STRONG.face, STRONG.size) + 5
        sheet.artifact(
            sheet.text(sheet.left, top - 11, "Measuring form", Style(14, 16, True, BRAND)),
            sheet.text(sheet.left + 112, top - 11, "ankle-foot orthosis and shoe", SMALL),
            sheet.text(start, top - 11, person, STRONG),
            line(start + room, top - 12.5, sheet.right, top - 12.5, EDGE, 0.6),
            kind="Pagination/Subtype/Header",
        )
        sheet.artifact(
            line(sheet.left, y + 19, sheet.right, y + 19, EDGE, 0.6),
            sheet.text(sheet.left, y + 9, STARTING_SPECIFICATION, SMALL),
            sheet.text(sheet.left, y, f"Edition {numbers.day(EDITION)}. {ENTER}", SMALL),
            sheet.placed(sheet.left, sheet.inner, y, f"Page {page + 1} of {pages}", replace(STRONG, size=8.5), "right"),
            kind="Pagination/Subtype/Footer",
        )
