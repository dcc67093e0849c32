"""The shoe over the brace: sizes, width, depth, what to look for, and the shoe worn now."""

from collections.abc import Callable
from dataclasses import replace

from afofit.fitting.result import CurrentShoe, Fitting, ShoeFit
from afofit.fitting.values import Side
from afofit.pdf.layout import BODY, Sheet
from afofit.pdf.paint import SIDE_COLOURS
from afofit.pdf.table import Cell, Column, Content, Table
from afofit.words import numbers, shoes

TEXT = replace(BODY, size=8.0, leading=10.0)
VALUES: tuple[tuple[str, str, Callable[[float], str]], ...] = (
    ("inside_length_mm", "Inside length to look for", numbers.length),
    ("length_increase_mm", "Longer than for the bare foot", numbers.length),
    ("width_in_brace_mm", "Width in the brace", numbers.length),
    ("extra_depth_mm", "Depth above an ordinary shoe", numbers.length),
    ("limb_raise_mm", "The brace raises the leg by", numbers.length),
    ("limb_raise_with_build_up_mm", "The same with the heel build-up", numbers.length),
)
CURRENT = {True: "takes the brace", False: "does not take the brace", None: "cannot be judged"}


def shoe_block(sheet: Sheet, fitting: Fitting) -> None:
    """One table for both feet: sizes first, then what the shoe must have."""
    fits = {side: limb.shoe for side, limb in fitting.limbs.items() if limb.shoe is not None}
    if not fits:
        return
    sheet.heading("Shoe", 2, keep=170 if len(fits) == 1 else 80)
    if len(fits) == 1:
        start, share = sheet.y, 0.46 * sheet.inner
        _size_table(sheet, fits, share, 84)
        lower, sheet.y = sheet.y, start
        _needs(sheet, fits, sheet.inner - share - 16, sheet.left + share + 16)
        sheet.y = min(lower, sheet.y) - 2
    else:
        _size_table(sheet, fits, sheet.inner, 150)
        _needs(sheet, fits, sheet.inner, sheet.left)
    sheet.paragraph(f"{shoes.STARTING_SIZE} {shoes.pair(fitting.pair.reason)}", TEXT, after=3)
    for side, fit in fits.items():
        if fit.features:
            words = "; ".join(shoes.feature(code) for code in fit.features)
            sheet.paragraph(f"{side.capitalize()} shoe, look for: {words}.", TEXT, after=3)


def _sizes(fit: ShoeFit, system: str) -> tuple[Content, Content]:
    """The size over the bare foot and over the brace, the width where the scale has letters."""
    bare = shoes.size_label(system, fit.bare[system]) if system in fit.bare else "–"
    width = fit.widths.get(system)
    letter = f", width {width.width}" if width else ""
    if not fit.braced:
        return f"{bare}{letter}", "–"
    braced = shoes.size_label(system, fit.braced[system]) if system in fit.braced else "–"
    return bare, Cell(f"{braced}{letter}", replace(TEXT, strong=True))


def _size_table(sheet: Sheet, fits: dict[Side, ShoeFit], width: float, labels: float) -> None:
    share = (width - labels) / len(fits)
    columns = [Column(labels, "Size system", heads_row=True)]
    for side in fits:
        shade = SIDE_COLOURS[side][0]
        columns += [
            Column(share * 0.42, "bare foot", "right", side.upper(), shade),
            Column(share * 0.58, "in the brace", "right", side.upper(), shade),
        ]
    table = Table(sheet, columns, style=TEXT, lowest=12.0, width=width)
    for system in dict.fromkeys(system for fit in fits.values() for system in fit.bare):
        table.row(shoes.system(system), *[cell for fit in fits.values() for cell in _sizes(fit, system)])
    table.end(2)


def side_column(side: Side, width: float) -> Column:
    """A column of right-aligned values under the name of a side."""
    return Column(width, align="right", group=side.upper(), shade=SIDE_COLOURS[side][0])


def _needs(sheet: Sheet, fits: dict[Side, ShoeFit], width: float, x: float) -> None:
    labels = 150.0 if len(fits) > 1 else 140.0
    share = (width - labels) / len(fits)
    columns = [Column(labels, heads_row=True), *(side_column(side, share) for side in fits)]
    table = Table(sheet, columns, style=TEXT, lowest=12.0, width=width, x=x)
    for name, label, show in VALUES:
        if any(name in fit.values for fit in fits.values()):
            given = (fit.values.get(name) for fit in fits.values())
            table.row(label, *(show(value.magnitude) if value else "–" for value in given))
    if any(fit.depth_class for fit in fits.values()):
        table.row("Depth", *(shoes.depth(fit.depth_class) if fit.depth_class else "–" for fit in fits.values()))
    if any(fit.current for fit in fits.values()):
        table.row("Shoe worn now", *(_current(fit.current) for fit in fits.values()))
    table.end(4)


def _current(current: CurrentShoe | None) -> str:
    if current is None:
        return "–"
    reasons = ", ".join(shoes.current_reason(code) for code in current.reasons)
    return f"{CURRENT[current.fits]}: {reasons}" if reasons else CURRENT[current.fits]
