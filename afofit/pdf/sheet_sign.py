"""Who checked and who made: lines to be signed by hand."""

from afofit.fitting.result import Fitting
from afofit.pdf import fonts
from afofit.pdf.layout import BODY, SMALL, STRONG, Sheet, fitted
from afofit.pdf.paint import EDGE, framed, line
from afofit.pdf.table import PAD

ROLES = ("Orthotist", "Technician")
"""Without a brace there is nothing for the technician to make."""
TALL = 26.0


def signatures(sheet: Sheet, fitting: Fitting, *, approved_by: str | None) -> None:
    """A line for orthotist and technician each: name, signature, date, and a box that the side was checked."""
    sheet.heading("Signatures", 2, keep=2 * TALL + 6)
    sides = " and ".join(side.upper() for side in fitting.limbs)
    parts = (("Name", 0.28), ("Signature", 0.28), ("Date", 0.16))
    braced = any(limb.dimensions for limb in fitting.limbs.values())
    for role in ROLES if braced else ROLES[:1]:
        sheet.room(TALL)
        y = sheet.y - TALL
        element = sheet.element("P")
        operators = [sheet.text(sheet.left, y + 8, role, STRONG)]
        x = sheet.left + 64
        free = sheet.inner - 64
        if approved_by and role == "Orthotist":
            name = fitted(fonts.printable(approved_by), BODY, free * parts[0][1] - 10)
            operators.append(sheet.text(x, y + 10, name, BODY))
        for label, share in parts:
            sheet.artifact(line(x, y + 8, x + free * share - 8, y + 8, EDGE, 0.7))
            operators.append(sheet.text(x, y, label, SMALL))
            x += free * share
        sheet.artifact(framed(x, y + 5, 11, 11, EDGE, 0.9))
        operators.append(sheet.text(x + 11 + PAD, y + 8, "Side checked:", SMALL))
        operators.append(sheet.text(x + 11 + PAD, y - 1, sides, STRONG))
        sheet.marked(element, *operators)
        sheet.y = y - 4
    sheet.y -= 6
