"""Ready-made braces: which size of which product may fit, why, and from which chart."""

from collections.abc import Iterator
from dataclasses import replace

from afofit.fitting.result import Fitting, LimbFitting, Stock
from afofit.fitting.stock import computed
from afofit.pdf import fonts
from afofit.pdf.layout import BODY, SMALL, Sheet, Style, wrap
from afofit.pdf.paint import SIDE_COLOURS
from afofit.words import stock
from afofit.words.stock import Told

TEXT = replace(BODY, size=8.0, leading=10.0)
STRONG = replace(TEXT, strong=True)
SMALLER = replace(SMALL, size=7.0, leading=8.5)
MOST_LINES = 30
"""A chart of a clinic may name sizes without end: what is longer goes on as a paragraph of its own."""


def stock_block(sheet: Sheet, fitting: Fitting) -> None:
    """The products that may fit each leg, and in a line how many others were looked at; nothing where none was."""
    limbs = {side: limb for side, limb in fitting.limbs.items() if limb.stock}
    if not limbs:
        return
    sheet.heading("Ready-made braces", 2, keep=70)
    _write(sheet, stock.NOTICE, SMALLER)
    told = {side: stock.told(limb.stock) for side, limb in limbs.items()}
    others = {side: " ".join(_others(told[side], limb.stock)) for side, limb in limbs.items()}
    if len(set(others.values())) == 1 and not any(one.fits for found in told.values() for one in found):
        _write(sheet, next(iter(others.values())), TEXT, after=3)
        return
    for side, limb in limbs.items():
        if len(fitting.limbs) > 1:
            sheet.heading(f"{side.capitalize()} leg", 3, keep=40, shade=SIDE_COLOURS[side][0])
        _leg(sheet, limb, [one for one in told[side] if one.fits])
        if others[side]:
            _write(sheet, others[side], TEXT, after=3)


def _leg(sheet: Sheet, limb: LimbFitting, fitting: list[Told]) -> None:
    beside = stock.computed(computed(limb.dimensions, limb.shoe))
    if fitting and beside:
        _write(sheet, beside, TEXT)
    for one in fitting:
        _product(sheet, one)


def _product(sheet: Sheet, one: Told) -> None:
    sheet.room(4 * TEXT.leading)
    _write(sheet, f"{one.product}: size {one.sizes}. {one.status}.", STRONG, after=0)
    beside = [f"{label}: {said}." for label, said in one.beside]
    _write(sheet, " ".join([f"{one.kind}.", *one.reasons, *beside]), TEXT, after=0)
    _write(sheet, " ".join([one.source, one.chart, *one.notes]), SMALLER, after=3)


def _others(told: tuple[Told, ...], found: tuple[Stock, ...]) -> Iterator[str]:
    """What was looked at and does not fit, or cannot be said to."""
    for code, said in (
        ("outside", "Outside the chart: {}."),
        ("unsuited", "A finding speaks against: {}."),
        ("no_chart", "Not enough is known of the leg for the chart of: {}."),
    ):
        named = [
            f"{one.product} (nearest {one.nearest})" if one.nearest else one.product for one in told if one.code == code
        ]
        if named:
            yield said.format("; ".join(named))
    count = sum(1 for one in found if one.product.no_chart is not None)
    if count:
        yield f"No usable chart was found for {count} other product{'' if count == 1 else 's'}: ask the supplier."


def _write(sheet: Sheet, text: str, style: Style, after: float = 2.0) -> None:
    """A paragraph of any length; a word that is wider than the page is cut."""
    lines = wrap(fonts.printable(text), style, sheet.inner, breakable=True)
    for start in range(0, len(lines), MOST_LINES):
        rows = lines[start : start + MOST_LINES]
        sheet.room(len(rows) * style.leading)
        operators = []
        for row in rows:
            sheet.y -= style.leading
            operators.append(sheet.text(sheet.left, sheet.y + 0.25 * style.size, row, style))
        sheet.marked(sheet.element("P"), *operators)
    sheet.y -= after
