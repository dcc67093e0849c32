"""The order form for a central fabrication lab: one page for each braced leg."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from afofit.fitting.dimensions import DIMENSIONS, Dimension
from afofit.fitting.measurements import MEASUREMENTS, Measurement
from afofit.fitting.request import Order
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import ORDER, Field
from afofit.pdf import fonts
from afofit.pdf.layout import SMALL, STRONG, Paper, Sheet, Style, fitted
from afofit.pdf.order_head import FOOT_HEIGHT, HEAD_HEIGHT, furniture
from afofit.pdf.paint import (
    EDGE,
    SIDE_COLOURS,
    SOFT,
    STOP,
    framed,
    line,
)
from afofit.pdf.record import content_hash
from afofit.pdf.sheet_head import Identity, identity, state_more
from afofit.pdf.table import PAD, Cell, Column, Content, Table
from afofit.words import changes, choices, coding, numbers
from afofit.words.findings import title
from afofit.words.sheet import GRADES

SIGN_HEIGHT = 30.0
SIZES = (8.0, 7.5, 7.0, 6.5, 6.0)
"""Text sizes (points), the largest at which a leg stays on one page being used."""
LONGEST = (1000, 150, 110, 80, 50, 30)
"""Letters kept of what was typed, tried when even the smallest size does not hold it."""
WRITTEN = ("practitioner", "facility", "order_number", "date_needed", "quantity", "cast_reference")
"""Order fields at the head of the form."""
TOLD = ("previous_brace", "previous_brace_failure", "note")
"""Order fields that may be long: a line of their own."""
FOLDED = {
    "correction_strap": "correction_strap_side",
    "heel_posting_side": "heel_posting_angle",
    "forefoot_posting_side": "forefoot_posting_angle",
}
"""Order fields that stand on the line of another."""
HINGE_ONLY = ("joint_type", "plantarflexion_stop", "dorsiflexion_stop")
ON_THE_MODEL = {"joint_axis_height_mm": ("place it on the model",), "leaf_width_mm": ("no published rule",)}
CUSTOM = "Custom codes need making over a model of this leg; nothing computed here makes an item custom fabricated."


class NothingToOrder(ValueError):
    """No leg has a computed brace: a finding stops it, or no design was chosen."""


@dataclass(frozen=True, slots=True)
class Density:
    """How closely a page is set: text size and leading (points), and how much typed text is kept."""

    size: float
    longest: int = LONGEST[0]

    @property
    def text(self) -> Style:
        """Plain text."""
        return Style(self.size, self.size)

    @property
    def label(self) -> Style:
        """The name of a field."""
        return replace(self.text, strong=True, colour=SOFT)

    @property
    def lowest(self) -> float:
        """Height (points) of a row of one line."""
        return 1.3 * self.size

    def kept(self, text: str) -> str:
        """Typed text as it is printed."""
        shown = fonts.printable(text)
        return shown if len(shown) <= self.longest else f"{shown[: self.longest].rstrip()}…"


def order_form(
    fitting: Fitting, *, paper: Paper, approved_by: str | None = None, approved_at: datetime | None = None
) -> bytes:
    """The order form as a PDF, equal bytes for equal input; one page for each leg with a computed brace.

    ``approved_by`` names the orthotist; without it every page says that this is a draft. Raises
    NothingToOrder when no limb has a brace.
    """
    limbs = [fitting.limbs[side] for side in SIDES if side in fitting.limbs and fitting.limbs[side].dimensions]
    if not limbs:
        raise NothingToOrder("no leg has a brace that could be ordered")
    mark = content_hash(fitting)
    who = identity(fitting, approved_by=approved_by, approved_at=approved_at, link=None, mark=mark)
    densities = [_density(fitting, who, limb, paper) for limb in limbs]
    sheet = _sheet(fitting, replace(who, sides=tuple(limb.limb.side for limb in limbs)), paper)
    for place, (limb, density) in enumerate(zip(limbs, densities, strict=True)):
        if place:
            sheet.new_page()
        _limb_page(sheet, limb, who, density)
    return sheet.finish()


def _density(fitting: Fitting, who: Identity, limb: LimbFitting, paper: Paper) -> Density:
    """The loosest setting that keeps the leg on one page."""
    settings = [Density(size) for size in SIZES] + [Density(SIZES[-1], longest) for longest in LONGEST[1:]]
    for density in settings[:-1]:
        sheet = _sheet(fitting, who, paper)
        _limb_page(sheet, limb, who, density)
        if len(sheet.pages) == 1:
            return density
    return settings[-1]


def _sheet(fitting: Fitting, who: Identity, paper: Paper) -> Sheet:
    return Sheet(
        paper=paper,
        title=f"Order form, {who.name}, {who.side_words}",
        created=fitting.computed_on,
        head=HEAD_HEIGHT + state_more(who),
        foot=FOOT_HEIGHT,
        furniture=furniture(who),
    )


def _limb_page(sheet: Sheet, limb: LimbFitting, who: Identity, density: Density) -> None:
    side = limb.limb.side
    sheet.pages[-1].sides = (side,)
    with sheet.about(side, fresh=False):
        sheet.heading(f"{side.upper()} ankle-foot orthosis, order", 2, keep=40, shade=SIDE_COLOURS[side][0])
        _written(sheet, limb.limb.order, density)
        _making(sheet, limb, density)
        _told(sheet, limb, density)
        _dimensions(sheet, limb, density)
        _measurements(sheet, limb, density)
        _codes(sheet, limb, density)
        _signature(sheet, side, who.approved_by)


def _fields(names: Iterable[str]) -> list[Field]:
    declared = {field.name: field for field in ORDER}
    return [declared[name] for name in names]


def _written(sheet: Sheet, order: Order, density: Density) -> None:
    """Who orders, what number, when: pairs of label and line to be written on."""
    share = sheet.inner / 2
    label = 92.0
    columns = [Column(label, heads_row=True), Column(share - label, breakable=True)] * 2
    table = Table(sheet, columns, style=density.text, lowest=density.lowest + 3)
    fields = _fields(WRITTEN)
    for place in range(0, len(fields), 2):
        row: list[Content] = []
        for field in fields[place : place + 2]:
            row += [
                Cell(field.label, density.label),
                Cell(_given(order, field, density), replace(density.text, strong=True)),
            ]
        table.row(*row)
    table.end(2)


def _given(order: Order, field: Field, density: Density) -> str:
    """What was given for a field of the order, empty where nothing was."""
    value = getattr(order, f"{field.name}_deg" if field.kind == "angle" else field.quantity)
    if value is None:
        return ""
    if field.kind == "choice":
        return choices.label(field.name, value)
    if field.kind == "choices":
        return ", ".join(choices.label(field.name, code) for code in value) or "None"
    if field.kind == "flag":
        return "Yes" if value else "No"
    if field.kind == "angle":
        return numbers.ankle(value) if field.name == "casting_angle" else numbers.quantity(value, "deg")
    if field.kind == "date":
        return numbers.day(value)
    return density.kept(str(value))


def _dimensions(sheet: Sheet, limb: LimbFitting, density: Density) -> None:
    """Every computed dimension with its code, in two halves; heights also from the outside of the sole."""
    known = [dimension for dimension in DIMENSIONS if dimension.name in limb.dimensions]
    sheet.heading("Dimensions in mm and degrees", 3, keep=60)
    half, gap, start = -(-len(known) // 2), 12.0, sheet.y
    width = (sheet.inner - gap) / 2
    lowest = start
    for place, some in enumerate((known[:half], known[half:])):
        sheet.y = start
        _dimension_table(sheet, limb, some, density, sheet.left + place * (width + gap), width)
        lowest = min(lowest, sheet.y)
    sheet.y = lowest


def _dimension_table(
    sheet: Sheet, limb: LimbFitting, some: Iterable[Dimension], density: Density, x: float, width: float
) -> None:
    leans = limb.dimensions.get("ankle_angle_deg")
    columns = [
        Column(27, "Code"),
        Column(0, "Dimension", heads_row=True),
        Column(64 if leans is not None and leans.magnitude else 50, "Value", "right"),
        Column(41, "Outside", "right"),
        Column(18, "±", "right"),
        Column(21, "Ev.", "centre"),
    ]
    table = Table(sheet, columns, style=density.text, lowest=density.lowest, x=x, width=width)
    strong = replace(density.text, strong=True)
    for dimension in some:
        value = limb.dimensions[dimension.name]
        outer = limb.outer(dimension.name) if dimension.is_height else None
        table.row(
            Cell(dimension.code, strong),
            changes.labelled(limb, dimension.name, *ON_THE_MODEL.get(dimension.name, ())),
            Cell(numbers.dimension(dimension.name, value.magnitude, dimension.unit), strong),
            "" if outer is None else numbers.length(outer),
            "" if value.tolerance is None else numbers.plain(value.tolerance, 1),
            value.source.grade,
        )
    table.end(2)


def _making(sheet: Sheet, limb: LimbFitting, density: Density) -> None:
    """Design, trimline and what the workshop is told, three to a row; empty where nothing was given."""
    strong = replace(density.text, strong=True)
    pairs = [(words, text, strong) for words, text in _design(limb)]
    hinged = limb.design.code == "hinged"
    for field in ORDER:
        if field.name in (*WRITTEN, *TOLD, *FOLDED.values()):
            continue
        fields = _fields([field.name, *([FOLDED[field.name]] if field.name in FOLDED else [])])
        text = ", ".join(filter(None, (_given(limb.limb.order, one, density) for one in fields)))
        if text or hinged or field.name not in HINGE_ONLY:
            alarm = field.name == "allergies" and bool(limb.limb.order.allergies)
            pairs.append((field.label, text, replace(strong, colour=STOP if alarm else strong.colour)))
    sheet.heading("Making", 3, keep=30)
    share = sheet.inner / 3
    columns = [Column(0.46 * share, heads_row=True), Column(0.54 * share, breakable=True)] * 3
    table = Table(sheet, columns, style=density.text, lowest=density.lowest + 1)
    plain = replace(density.text, colour=SOFT)
    rows = -(-len(pairs) // 3)
    for row in range(rows):
        cells: list[Content] = []
        for place in range(row, 3 * rows, rows):
            words, text, style = pairs[place] if place < len(pairs) else ("", "", strong)
            cells += [Cell(words, plain), Cell(text, style)]
        table.row(*cells)
    table.end(2)


def _design(limb: LimbFitting) -> list[tuple[str, str]]:
    rows = [
        ("Design", choices.label("design", limb.design.code)),
        ("Footplate", choices.label("footplate", limb.design.footplate)),
        ("Trimline at the ankle", trimline(limb)),
    ]
    shell = limb.dimensions.get("shell_thickness_mm")
    if shell is not None:
        rows.append(("Shell thickness", numbers.thickness(shell.magnitude)))
    if shell is not None and limb.sole_thickness_mm is not None:
        rows.append(("Liner thickness", numbers.thickness(limb.sole_thickness_mm - shell.magnitude)))
    if limb.design.code == "carbon_anterior":
        rows = [row for row in rows if row[0] != "Trimline at the ankle"]
    return rows


def trimline(limb: LimbFitting) -> str:
    """The ankle edge in words; a hinged brace has none of its own."""
    value = limb.dimensions.get("ankle_trim_offset_mm")
    if value is None:
        return "at the joint" if limb.design.code == "hinged" else ""
    if value.magnitude == 0:
        return "over the malleoli"
    place = "in front of" if value.magnitude > 0 else "behind"
    return f"{numbers.length(abs(value.magnitude))} {place} the malleoli"


def _told(sheet: Sheet, limb: LimbFitting, density: Density) -> None:
    """What may be long, across the page; and what the fitting asks to mind."""
    table = Table(
        sheet,
        [Column(92, heads_row=True), Column(0, breakable=True)],
        style=density.text,
        lowest=density.lowest + 1,
    )
    strong = replace(density.text, strong=True)
    for field in _fields(TOLD):
        table.row(Cell(field.label, density.label), Cell(_given(limb.limb.order, field, density), strong))
    cautions = "; ".join(title(finding) for finding in limb.findings if finding.severity == "caution")
    table.row(Cell("Cautions", density.label), cautions or "None")
    if limb.overridden:
        table.row(Cell(changes.HEADING, density.label), changes.listed(limb.overridden.values()))
    table.end(2)


def _measurements(sheet: Sheet, limb: LimbFitting, density: Density) -> None:
    """What was measured, as used, three to a row."""
    known = [(one, limb.measured[one.quantity]) for one in MEASUREMENTS if one.quantity in limb.measured]
    sheet.heading("Measurements", 3, keep=24)
    share = sheet.inner / 3
    columns = [Column(18, "", "centre"), Column(share - 78, heads_row=True), Column(60, "", "right")] * 3
    table = Table(sheet, columns, style=density.text, lowest=density.lowest)
    strong = replace(density.text, strong=True)
    rows = -(-len(known) // 3)
    for row in range(rows):
        cells: list[Content] = []
        for place in range(row, 3 * rows, rows):
            if place < len(known):
                one, value = known[place]
                label = f"{one.label} (estimated)" if value.estimated else one.label
                cells += [Cell(one.letter, strong), label, Cell(_shown(one, value.magnitude), strong)]
            else:
                cells += ["", "", ""]
        table.row(*cells)
    table.end(2)


def _shown(one: Measurement, magnitude: float) -> str:
    if one.name == "toe_out":
        return f"{numbers.plain(abs(magnitude), 1)}° {'out' if magnitude >= 0 else 'in'}"
    return numbers.reach(magnitude) if one.unit == "deg" else numbers.length(magnitude)


def _codes(sheet: Sheet, limb: LimbFitting, density: Density) -> None:
    """Codes that come into question, with the date of the list and what they are not."""
    listed = coding.code_list()
    sheet.heading(f"HCPCS candidates (US), list of {numbers.day(listed.as_of)}", 3, keep=24)
    columns = [Column(36, heads_row=True), Column(0)] * 2
    columns = [replace(column, width=column.width or sheet.inner / 2 - 36) for column in columns]
    table = Table(sheet, columns, style=density.text, lowest=density.lowest)
    strong = replace(density.text, strong=True)
    found = coding.candidates(limb)
    for place in range(0, len(found), 2):
        cells: list[Content] = []
        for one in found[place : place + 2]:
            cells += [Cell(one.code, strong), one.sentence]
        table.row(*cells, *([""] * (4 - len(cells))))
    small = replace(SMALL, size=min(7.0, density.size), leading=1.2 * min(7.0, density.size))
    sheet.y -= 2
    sheet.paragraph(f"{listed.statement} {CUSTOM}", small, after=1)
    grades = sorted({value.source.grade for value in limb.dimensions.values()})
    sheet.paragraph(f"Evidence: {'; '.join(f'{grade} {GRADES[grade]}' for grade in grades)}.", small, after=0)


def _signature(sheet: Sheet, side: str, approved_by: str | None) -> None:
    """One line for the orthotist, with a box that the side was checked."""
    sheet.room(SIGN_HEIGHT)
    y = sheet.y - SIGN_HEIGHT + 3
    operators = [sheet.text(sheet.left, y + 8, "Orthotist", STRONG)]
    x, free = sheet.left + 46, sheet.inner - 46 - 92
    if approved_by:
        name = fitted(fonts.printable(approved_by), STRONG, 0.38 * free - 12)
        operators.append(sheet.text(x, y + 10, name, STRONG))
    for label, part in (("Name", 0.38), ("Signature", 0.40), ("Date", 0.22)):
        sheet.artifact(line(x, y + 8, x + free * part - 8, y + 8, EDGE, 0.7))
        operators.append(sheet.text(x, y, label, SMALL))
        x += free * part
    sheet.artifact(framed(x, y + 4, 11, 11, EDGE, 0.9))
    operators.append(sheet.text(x + 11 + PAD, y + 6, f"{side.upper()} checked", STRONG))
    sheet.marked(sheet.element("P"), *operators)
    sheet.y = y
