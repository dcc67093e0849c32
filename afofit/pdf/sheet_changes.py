"""What the orthotist changed on one leg: the computed and the chosen value, why, who and when."""

from dataclasses import replace

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.result import LimbFitting
from afofit.pdf import fonts
from afofit.pdf.layout import BODY, SMALL, Sheet, Style, fitted, wrap
from afofit.pdf.paint import SIDE_COLOURS
from afofit.pdf.table import PAD, Cell, Column, Table
from afofit.words import changes, numbers

TEXT = replace(BODY, size=8.0, leading=10.0)
STRONG = replace(TEXT, strong=True)
REASON_WIDTH, BY_WIDTH = 176.0, 76.0
REASON_LINES, BY_LINES = 40, 8
"""Lines kept of what was typed, so that a row stays on one page."""
EXPLAINED = "What builds on a changed value was worked out from the chosen one; everything else stays as computed."


def changes_block(sheet: Sheet, limb: LimbFitting) -> None:
    """A table of the changed dimensions; nothing where none was changed."""
    if not limb.overridden:
        return
    side = limb.limb.side
    sheet.heading(f"{side.upper()} brace, {changes.HEADING.lower()}", 2, keep=60, shade=SIDE_COLOURS[side][0])
    columns = [
        Column(29, "Code"),
        Column(0, "Dimension", heads_row=True),
        Column(58, "Computed", "right"),
        Column(58, "Chosen", "right"),
        Column(REASON_WIDTH, "Reason", breakable=True),
        Column(BY_WIDTH, "By", breakable=True),
        Column(52, "When"),
    ]
    table = Table(sheet, columns, style=TEXT, lowest=14.2)
    for name, one in limb.overridden.items():
        override = one.override
        table.row(
            Cell(BY_NAME[name].code, STRONG),
            BY_NAME[name].label,
            changes.shown(one.computed),
            Cell(changes.chosen(one), STRONG),
            _kept(override.reason, TEXT, REASON_WIDTH, REASON_LINES),
            _kept(override.by, TEXT, BY_WIDTH, BY_LINES),
            numbers.moment(override.at),
        )
    table.end(3)
    sheet.paragraph(EXPLAINED, SMALL, after=6)


def _kept(text: str, style: Style, width: float, most: int) -> str:
    """Typed text as lines of a cell; beyond so many it ends in an ellipsis."""
    room = width - 2 * PAD
    rows = wrap(fonts.printable(text), style, room, breakable=True)
    if len(rows) > most:
        rows = [*rows[: most - 1], fitted(" ".join(rows[most - 1 :]), style, room)]
    return "\n".join(rows)
