"""The brace of one leg: dimensions, alignment and the dimensioned drawing."""

from collections.abc import Mapping
from dataclasses import replace

from afofit.fitting.dimensions import BY_NAME, DIMENSIONS, Dimension
from afofit.fitting.drawing import TEXT_SHARE, VIEW_WORDS, views
from afofit.fitting.drawing_shapes import Drawing
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Value
from afofit.pdf.drawing import Placement, operators, size_of
from afofit.pdf.layout import BODY, SMALL, Sheet
from afofit.pdf.paint import SIDE_COLOURS
from afofit.pdf.table import BOX, Cell, Column, Content, Table
from afofit.words import changes, choices, numbers
from afofit.words.sheet import GRADES

LETTERS = {one.quantity: one.letter for one in MEASUREMENTS}
ALIGNMENT = (
    "ankle_angle_deg",
    "base_length_mm",
    "shoe_pitch_deg",
    "shank_to_vertical_angle_deg",
    "heel_sole_differential_needed_mm",
    "heel_build_up_mm",
)
"""Dimensions that stand in the alignment block."""
ADDS_TO = frozenset(
    {
        "proximal_trim_height_mm",
        "posterior_edge_height_mm",
        "calf_shell_girth_mm",
        "ankle_shell_girth_mm",
        "malleolar_inner_width_mm",
        "joint_axis_height_mm",
        "footplate_length_medial_mm",
        "footplate_length_lateral_mm",
        "footplate_width_mm",
        "heel_seat_width_mm",
        "calf_strap_height_mm",
        "calf_strap_length_mm",
        "overall_height_mm",
    }
)
"""Dimensions that are a measurement, or another dimension, and an allowance."""
TEXT = replace(BODY, size=8.0, leading=10.0)
CODE = replace(TEXT, strong=True)
RESULT = replace(BODY, size=9.0, leading=11.0, strong=True)
GRADE_LINE = "Evidence: " + "; ".join(f"{grade} {words}" for grade, words in GRADES.items()) + "."
HIGHEST = 330.0
"""Greatest height (points) of a view."""
GAP = 14.0
"""Least distance (points) between two views."""
SMALLEST_TEXT = 7.2
"""Text of a drawing (points) below which it is drawn again with larger text."""
MOST_ENLARGED = 1.5
MADE = "As made: measured on the finished brace. Outside: the same height from the outside of the sole."


def dimension_table(sheet: Sheet, limb: LimbFitting) -> None:
    """Every computed dimension but those of the alignment, with room for what was made."""
    side = limb.limb.side
    shade, _ = SIDE_COLOURS[side]
    design = choices.label("design", limb.design.code).lower()
    footplate = choices.label("footplate", limb.design.footplate).lower()
    sheet.heading(f"{side.upper()} brace, dimensions: {design}, {footplate} footplate", 2, keep=60, shade=shade)
    columns = [
        Column(29, "Code"),
        Column(0, "Dimension", heads_row=True),
        Column(58, "Allowance", "right"),
        Column(64, "Result", "right", side.upper(), shade),
        Column(46, "Outside", "right", side.upper(), shade),
        Column(30, "±", "right", side.upper(), shade),
        Column(24, "Ev.", "centre"),
        Column(56, "As made", "centre"),
        Column(40, "Initials", "centre"),
    ]
    table = Table(sheet, columns, style=TEXT, lowest=14.2)
    for dimension in DIMENSIONS:
        value = limb.dimensions.get(dimension.name)
        if value is not None and dimension.name not in ALIGNMENT:
            table.row(
                Cell(dimension.code, CODE),
                changes.labelled(limb, dimension.name),
                allowance(value, limb.dimensions),
                Cell(numbers.dimension(dimension.name, value.magnitude, dimension.unit), RESULT),
                _outer(limb, dimension),
                _tolerance(value, dimension),
                value.source.grade,
                BOX,
                BOX,
            )
    table.end(3)
    sheet.paragraph(f"{GRADE_LINE} {MADE}", SMALL, after=6)


def allowance(value: Value, dimensions: Mapping[str, Value]) -> str:
    """What was added to the measurement, by its letter, or to the dimension, by its code: "A − 38"."""
    if value.name not in ADDS_TO:
        return ""
    for given in value.inputs:
        base = LETTERS.get(given.name) or (BY_NAME[given.name].code if given.name in dimensions else "")
        if base:
            added = value.magnitude - given.magnitude
            if abs(added) < 0.05:
                return f"as {base}"
            sign = "+" if added > 0 else "−"
            return f"{base} {sign} {numbers.whole(abs(added))}"
    return ""


def _outer(limb: LimbFitting, dimension: Dimension) -> str:
    outer = limb.outer(dimension.name) if dimension.is_height else None
    return "" if outer is None else numbers.length(outer)


def _tolerance(value: Value, dimension: Dimension) -> str:
    if value.tolerance is None:
        return ""
    return f"{numbers.plain(value.tolerance, 1)}{'°' if dimension.unit == 'deg' else ''}"


def alignment(sheet: Sheet, limb: LimbFitting) -> None:
    """Planned angles beside empty boxes: most finished braces miss the planned angle by more than 2°."""
    side = limb.limb.side
    shade, _ = SIDE_COLOURS[side]
    sheet.heading(f"{side.upper()} brace, alignment", 2, keep=110, shade=shade)
    columns = [
        Column(29, "Code"),
        Column(0, "Angle or height", heads_row=True),
        Column(96, "Planned", "right", side.upper(), shade),
        Column(30, "±", "right", side.upper(), shade),
        Column(24, "Ev.", "centre"),
        Column(62, "As made", "centre"),
        Column(62, "In shoe", "centre"),
        Column(40, "Initials", "centre"),
    ]
    table = Table(sheet, columns, style=TEXT, lowest=15.5)
    differential = limb.limb.shoe.heel_sole_differential_mm
    given = "not known" if differential is None else f"{numbers.plain(differential, 1)} mm"
    for name in ALIGNMENT:
        value, dimension = limb.dimensions.get(name), BY_NAME[name]
        if value is None:
            continue
        shown = numbers.dimension(name, value.magnitude, dimension.unit)
        made: Content = BOX if name not in ("base_length_mm", "heel_sole_differential_needed_mm") else ""
        table.row(
            Cell(dimension.code, CODE),
            changes.labelled(limb, name),
            Cell(shown, RESULT),
            _tolerance(value, dimension),
            value.source.grade,
            made if name == "ankle_angle_deg" else "",
            made,
            made,
        )
    table.row("", "Heel-sole differential of the shoe, as given", given, "", "", "", BOX, BOX)
    table.end(8)


def brace_drawing(sheet: Sheet, limb: LimbFitting) -> None:
    """The braced limb from the outer side, from behind and from below, to one scale."""
    side = limb.limb.side
    shade, _ = SIDE_COLOURS[side]
    drawings, scale = _scaled(sheet, limb, TEXT_SHARE)
    small = SMALLEST_TEXT / (drawings[0].text_size * scale)
    if small > 1:
        drawings, scale = _scaled(sheet, limb, TEXT_SHARE * min(small, MOST_ENLARGED))
    sizes = [size_of(drawing) for drawing in drawings]
    above = max(drawing.box[3] for drawing in drawings) * scale
    below = -min(drawing.box[1] for drawing in drawings) * scale
    sheet.heading(f"{side.upper()} brace, drawing", 2, keep=above + below + 36, shade=shade)
    spare = sheet.inner - scale * sum(width for width, _ in sizes)
    x, floor = sheet.left, sheet.y - 4 - above
    base = floor - below
    for drawing, (width, _) in zip(drawings, sizes, strict=True):
        left, bottom, _, top = drawing.box
        placement = Placement(scale, x - left * scale, floor)
        box = f"{x:.0f} {floor + bottom * scale:.0f} {x + width * scale:.0f} {floor + top * scale:.0f}"
        figure = sheet.element("Figure", alt=drawing.sentence, attributes=f"/O/Layout/BBox[{box}]")
        sheet.marked(figure, *operators(sheet, drawing, placement))
        words = f"{side.capitalize()} leg {VIEW_WORDS[drawing.view]}"
        caption = sheet.placed(x, width * scale, base - 12, words, SMALL, "centre")
        sheet.marked(sheet.element("Caption", figure), caption)
        x += width * scale + spare / (len(drawings) - 1)
    sheet.y = base - 20
    sheet.paragraph(
        f"Drawn 1 : {numbers.plain(72 / 25.4 / scale, 1)} from the measurements; read the numbers, do not measure "
        "the paper. Heights in mm from the skin of the bare heel.",
        SMALL,
        after=6,
    )


def _scaled(sheet: Sheet, limb: LimbFitting, text_share: float) -> tuple[tuple[Drawing, ...], float]:
    """The views, and the one scale (points for a millimetre) at which they stand side by side."""
    drawings = views(limb, _caption, text_share=text_share)
    sizes = [size_of(drawing) for drawing in drawings]
    widest = sheet.inner - GAP * (len(drawings) - 1)
    scale = min(widest / sum(width for width, _ in sizes), HIGHEST / max(height for _, height in sizes))
    return drawings, scale


def _caption(code: str, value: Value) -> str:
    dimension = BY_NAME[value.name]
    if value.name == "ankle_trim_offset_mm":
        # The drawing shows on which side of the malleoli the edge runs.
        return f"{code}  {numbers.whole(abs(value.magnitude))}"
    return f"{code}  {numbers.dimension(value.name, value.magnitude, dimension.unit).removesuffix(' mm')}"
