"""What stands on every page: who, which side, whether approved, which rules, which page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from afofit.fitting.request import Patient
from afofit.fitting.result import Fitting
from afofit.fitting.values import SIDES, Side
from afofit.pdf import fonts, qr
from afofit.pdf.layout import MARGIN, SMALL, STRONG, Sheet, Style, fitted
from afofit.pdf.paint import (
    BRAND,
    CAUTION,
    CAUTION_EDGE,
    CAUTION_TINT,
    EDGE,
    INK,
    PAPER,
    READY,
    READY_TINT,
    SIDE_COLOURS,
    filled,
    framed,
    line,
    rectangle,
)
from afofit.pdf.record import grouped
from afofit.words import choices, numbers
from afofit.words.sheet import DRAFT, STARTING_SPECIFICATION

HEAD = 86.0
"""Height (points) of the head of a page."""
FOOT = 46.0
"""Height (points) of the foot of a page."""
STATE_HEIGHT = 17.0
"""Height (points) of the band that says draft or approved."""
BOX_WIDTH, BOX_HEIGHT = 66.0, 46.0
NAME = Style(15.0, 18.0, True)


@dataclass(frozen=True, slots=True)
class Identity:
    """The words of head and foot."""

    name: str
    second: str
    born: str
    sides: tuple[Side, ...]
    approved_by: str | None
    approved_at: str
    versions: str
    computed: str
    mark: str
    qr: str

    @property
    def side_words(self) -> str:
        """The sides spelled out."""
        return " and ".join(side.upper() for side in self.sides)


def identity(
    fitting: Fitting, *, approved_by: str | None, approved_at: datetime | None, link: str | None, mark: str
) -> Identity:
    """Who and what the sheet is about, ready to be printed."""
    patient = fitting.request.patient
    protocol = f"protocol {fitting.protocol_name}, version {fitting.protocol_version}"
    preview = f"afofit {fitting.engine_version}; {protocol}; content {mark}"
    return Identity(
        name=fonts.printable(patient.name or patient.reference or "No name, no reference"),
        second=fonts.printable(patient.reference) if patient.name and patient.reference else "",
        born=_born(patient),
        sides=tuple(side for side in SIDES if side in fitting.limbs),
        approved_by=fonts.printable(approved_by) if approved_by else None,
        approved_at=numbers.moment(approved_at) if approved_at else "",
        versions=f"afofit {fitting.engine_version}, {fonts.printable(protocol)}",
        computed=numbers.day(fitting.computed_on),
        mark=mark,
        qr=link or preview,
    )


def state_more(who: Identity) -> float:
    """What the band needs beyond its height (points) where name and moment take a line of their own."""
    return 11.0 if who.approved_at else 0.0


def state(who: Identity, style: Style, room: float) -> str:
    """Draft, or who approved it and when, on one line; a long name is cut, never the moment."""
    if who.approved_by is None:
        return fitted(DRAFT, style, room)
    after = f", {who.approved_at}" if who.approved_at else ""
    return f"{_approver(who.approved_by, style, room, after)}{after}"


def approval(who: Identity, style: Style, room: float) -> list[str]:
    """Who approved it, and below when, where one line does not hold both."""
    if not who.approved_at:
        return [_approver(who.approved_by or "", style, room)]
    return [f"{_approver(who.approved_by or '', style, room, ',')},", who.approved_at]


def _approver(name: str, style: Style, room: float, after: str = "") -> str:
    before = "Approved by "
    free = room - fonts.width(f"{before}{after}", style.face, style.size)
    return f"{before}{fitted(name, style, free)}"


def _born(patient: Patient) -> str:
    born = f"Date of birth {numbers.day(patient.birth_date)}" if patient.birth_date else "Date of birth not given"
    years = str(int(patient.age_years)) if patient.age_years >= 6 else f"{int(patient.age_years * 10) / 10:g}"
    height = f", {numbers.length(patient.height_mm)}" if patient.height_mm else ""
    sex = "" if patient.sex == "unspecified" else f", {choices.label('sex', patient.sex).lower()}"
    return f"{born} · {years} years{sex}{height}, {numbers.mass(patient.weight_kg)}"


def furniture(who: Identity) -> Callable[[Sheet, int, int], None]:
    """Paints head and foot of one page."""

    def paint(sheet: Sheet, page: int, pages: int) -> None:
        here = replace(who, sides=sheet.pages[page].sides or who.sides)
        with sheet.on_page(page):
            _head(sheet, here)
            state_band(sheet, here, sheet.height - MARGIN - 60)
            _foot(sheet, here, page, pages)

    return paint


def _head(sheet: Sheet, who: Identity) -> None:
    top = sheet.height - MARGIN
    right = sheet.right
    for side in reversed(who.sides):
        _side_box(sheet, side, right - BOX_WIDTH, top - BOX_HEIGHT)
        right -= BOX_WIDTH + 6
    room = right - sheet.left - 6
    rows = [
        sheet.text(sheet.left, top - 8, "FITTING SHEET", Style(8, 10, True, BRAND)),
        sheet.text(sheet.left + 66, top - 8, "Ankle-foot orthosis and shoe", SMALL),
        sheet.text(sheet.left, top - 26, _sized(who.name, room), _size(who.name, room)),
        sheet.text(sheet.left, top - 39, fitted(who.born, Style(8.5), room), Style(8.5)),
    ]
    if who.second:
        reference = fitted(f"Reference {who.second}", Style(8.5), room)
        rows.append(sheet.text(sheet.left, top - 50, reference, Style(8.5)))
    sheet.artifact(*rows, kind="Pagination/Subtype/Header")


def _size(text: str, room: float) -> Style:
    """The largest size, down to 9 points, at which the name stands on one line."""
    for size in (15.0, 13.0, 11.0, 9.0):
        style = replace(NAME, size=size)
        if fonts.width(text, style.face, size) <= room:
            return style
    return style


def _sized(text: str, room: float) -> str:
    return fitted(text, _size(text, room), room)


def _side_box(sheet: Sheet, side: Side, x: float, y: float) -> None:
    shade, tint = SIDE_COLOURS[side]
    letter, word = Style(24, 24, True, shade), Style(10, 10, True, shade)
    sheet.artifact(
        filled(x, y, BOX_WIDTH, BOX_HEIGHT, tint),
        framed(x + 1, y + 1, BOX_WIDTH - 2, BOX_HEIGHT - 2, shade, 2),
        sheet.placed(x, BOX_WIDTH, y + 20, side[0].upper(), letter, "centre"),
        sheet.placed(x, BOX_WIDTH, y + 7, side.upper(), word, "centre"),
        kind="Pagination/Subtype/Header",
    )


def state_band(sheet: Sheet, who: Identity, top: float) -> None:
    """Whether a clinician has approved it, and that it is only where making starts; below a height of the page."""
    draft, two_lines = who.approved_by is None, bool(who.approved_at)
    shade, tint, edge = (CAUTION, CAUTION_TINT, CAUTION_EDGE) if draft else (READY, READY_TINT, READY)
    x, width, height = sheet.left, sheet.inner, STATE_HEIGHT + state_more(who)
    y = top - height
    strong, plain = replace(STRONG, size=9.5, colour=shade), Style(8, 8, colour=INK)
    beside = 0.0 if two_lines else fonts.width(STARTING_SPECIFICATION, plain.face, plain.size) + 8
    frame = rectangle(x + 0.5, y + 0.5, width - 1, height - 1)
    sheet.artifact(
        filled(x, y, width, height, tint),
        f"q {'[4 2]' if draft else '[]'} 0 d {edge.stroke} 1 w {frame} S Q",
        sheet.text(x + 7, top - 11.7, state(who, strong, width - beside - 14), strong),
        sheet.placed(x + 7, width - 14, y + 5.6, STARTING_SPECIFICATION, plain, "left" if two_lines else "right"),
        kind="Pagination/Subtype/Header",
    )


def _foot(sheet: Sheet, who: Identity, page: int, pages: int) -> None:
    y = MARGIN
    side = 40.0
    text = sheet.left + side + 6
    sheet.artifact(
        line(sheet.left, y + side + 2, sheet.right, y + side + 2, EDGE, 0.6),
        filled(sheet.left, y, side, side, PAPER),
        qr.code(who.qr, sheet.left, y, side),
        sheet.text(text, y + 27, who.versions, SMALL),
        sheet.text(text, y + 17, f"Computed {who.computed}. Content {grouped(who.mark)}", SMALL),
        sheet.text(text, y + 7, _short(who, sheet), SMALL),
        sheet.placed(text, sheet.right - text, y + 27, who.side_words, replace(STRONG, size=8.5), "right"),
        sheet.placed(
            text, sheet.right - text, y + 7, f"Page {page + 1} of {pages}", replace(STRONG, size=8.5), "right"
        ),
        kind="Pagination/Subtype/Footer",
    )


def _short(who: Identity, sheet: Sheet) -> str:
    words = f"{who.name} · {who.second}" if who.second else who.name
    return fitted(words, SMALL, sheet.inner - 130)
