"""The delivery list: what is checked on the person before the brace leaves the building."""

from afofit.fitting.result import Fitting
from afofit.pdf.layout import BODY, SMALL, Sheet
from afofit.pdf.paint import SIDE_COLOURS
from afofit.pdf.table import BOX, Column, Content, Table
from afofit.words.delivery import CHECKS, EXPLAINED, MEASURED

BOX_WIDTH = 92.0


def delivery_checks(sheet: Sheet, fitting: Fitting) -> None:
    """One row a check, one box a braced leg; then the angles as made and in the shoe, and the review date."""
    sides = [side for side, limb in fitting.limbs.items() if limb.dimensions]
    if not sides:
        return
    rows = (*CHECKS, *MEASURED)
    sheet.heading("Delivery", 2, keep=14.0 * len(rows) + 40)
    columns = [Column(0, "Checked on the person", heads_row=True)]
    columns += [Column(BOX_WIDTH, "", "centre", side.upper(), SIDE_COLOURS[side][0]) for side in sides]
    table = Table(sheet, columns, style=BODY, lowest=14.0)
    for row in rows:
        boxes: list[Content] = [BOX for _ in sides]
        table.row(row, *boxes)
    table.end(3)
    sheet.paragraph(EXPLAINED, SMALL)
