"""Findings first: boxed, each with a word and a symbol."""

from dataclasses import replace

from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Finding, Severity
from afofit.pdf import fonts
from afofit.pdf.layout import BODY, STRONG, Sheet, Style, wrap
from afofit.pdf.paint import (
    BRAND,
    CAUTION,
    CAUTION_EDGE,
    CAUTION_TINT,
    PAPER,
    SIDE_COLOURS,
    STOP,
    STOP_TINT,
    TINT,
    Colour,
    circle,
    filled,
    number,
    polygon,
)
from afofit.words import findings as words
from afofit.words.sheet import SEVERITIES, VERDICTS

SHADES: dict[Severity, tuple[Colour, Colour, Colour]] = {
    "stop": (STOP, STOP, STOP_TINT),
    "caution": (CAUTION, CAUTION_EDGE, CAUTION_TINT),
    "advice": (BRAND, BRAND, TINT),
}
STOPPED = "No brace is computed for this leg. Nothing on this sheet is a specification for making one."
NO_DESIGN = frozenset({"no_engine_design", "positioning_device"})
NONE_FOUND = "Nothing stands out for this leg."


def findings_block(sheet: Sheet, fitting: Fitting) -> None:
    """The findings of each limb; with a stop they are all that is said, and large."""
    for side, limb in fitting.limbs.items():
        shade, _ = SIDE_COLOURS[side]
        title = f"{side.capitalize()} leg, findings: {VERDICTS[limb.verdict].lower()}"
        sheet.heading(title, 2, keep=34, shade=shade)
        if limb.limb.braced and limb.design.code is None:
            sheet.paragraph(STOPPED, Style(11, 14, True, STOP), after=3)
        if not limb.findings:
            sheet.paragraph(NONE_FOUND)
            continue
        _list(sheet, limb)
        sheet.y -= 4


def _list(sheet: Sheet, limb: LimbFitting) -> None:
    with sheet.inside(sheet.element("L")):
        for finding in limb.findings:
            _box(
                sheet,
                finding,
                large=limb.design.code is None and (finding.severity == "stop" or finding.code in NO_DESIGN),
            )


def _box(sheet: Sheet, finding: Finding, *, large: bool) -> None:
    shade, edge, tint = SHADES[finding.severity]
    strong = replace(STRONG, colour=shade, size=13.0 if large else 8.5, leading=17.0 if large else 10.5)
    body = replace(BODY, size=11.0 if large else 8.0, leading=14.0 if large else 10.0)
    x = sheet.left + (30 if large else 22)
    width = sheet.right - x - 5
    title = f"{SEVERITIES[finding.severity]}: {words.title(finding)}"
    message = fonts.printable(words.message(finding))
    heads = wrap(title, strong, width)
    rows = wrap(message, body, width)
    height = len(heads) * strong.leading + len(rows) * body.leading + 6
    sheet.room(height + 2)
    top = sheet.y - 1
    bottom = top - height
    size = 8.0 if large else 5.2
    symbol = _symbol(finding.severity, sheet.left + (15 if large else 12), top - 3 - strong.leading / 2, size, shade)
    sheet.artifact(
        filled(sheet.left, bottom, sheet.inner, height, tint), filled(sheet.left, bottom, 3, height, edge), *symbol
    )
    operators, y = [], top - 2
    for text, style in [*((row, strong) for row in heads), *((row, body) for row in rows)]:
        y -= style.leading
        operators.append(sheet.text(x, y + 0.28 * style.size, text, style))
    sheet.marked(sheet.element("LBody", sheet.element("LI")), *operators)
    sheet.y = bottom - 2


def _symbol(severity: Severity, x: float, y: float, size: float, shade: Colour) -> tuple[str, ...]:
    """Octagon with a bar, triangle with an exclamation mark, or disc with an i."""
    stroke = f"{PAPER.stroke} {number(size * 0.28)} w"
    match severity:
        case "stop":
            cut = 0.42 * size
            corners = [
                (x - cut, y + size), (x + cut, y + size), (x + size, y + cut), (x + size, y - cut),
                (x + cut, y - size), (x - cut, y - size), (x - size, y - cut), (x - size, y + cut),
            ]  # fmt: skip
            bar = f"{stroke} {number(x - 0.5 * size)} {number(y)} m {number(x + 0.5 * size)} {number(y)} l S"
            return f"{shade.fill} {polygon(corners)} f", bar
        case "caution":
            corners = [(x, y + size), (x + 1.08 * size, y - 0.86 * size), (x - 1.08 * size, y - 0.86 * size)]
            return f"{shade.fill} {polygon(corners)} f", _strokes(x, y, ((0.38, -0.22), (-0.42, -0.66)), size, stroke)
        case "advice":
            disc = f"{shade.fill} {circle(x, y, size, size)} f"
            return disc, _strokes(x, y, ((0.6, 0.34), (0.12, -0.6)), size, stroke)


def _strokes(x: float, y: float, pieces: tuple[tuple[float, float], ...], size: float, stroke: str) -> str:
    lines = [
        f"{number(x)} {number(y + high * size)} m {number(x)} {number(y + low * size)} l S" for high, low in pieces
    ]
    return f"{stroke} {' '.join(lines)}"
