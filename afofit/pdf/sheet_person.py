"""The person: what brace was chosen, what was measured, what was found."""

from dataclasses import replace

from afofit.fitting.measurements import MEASUREMENTS, Measurement
from afofit.fitting.request import Limb
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Side
from afofit.fitting.vocabulary import CLINICAL, LIMB, ORDER, PRESCRIPTION, SHOE, Field
from afofit.pdf import fonts
from afofit.pdf.layout import BODY, HEAD, SMALL, STRONG, Sheet
from afofit.pdf.paint import SIDE_COLOURS, SOFT
from afofit.pdf.table import Cell, Column, Content, Table
from afofit.words import choices, numbers
from afofit.words.reasons import reason
from afofit.words.sheet import CHOSEN_BY
from afofit.words.wear import NAMES

NOT_MEASURED = "not measured"
TEXT = replace(BODY, size=8.0, leading=10.0)


def brace_summary(sheet: Sheet, fitting: Fitting) -> None:
    """Design and footplate, who chose them and why, and the wear plan."""
    sheet.heading("Brace", 2, keep=60)
    columns = [Column(92, heads_row=True), *(_side_column(side, 0.0) for side in fitting.limbs)]
    columns = _even(columns, sheet.inner)
    table = Table(sheet, columns, style=TEXT, lowest=12.5)
    limbs = list(fitting.limbs.values())
    rows: list[tuple[str, list[str]]] = [
        ("Design", [_design(limb) for limb in limbs]),
        ("Chosen by", [_chosen(limb) for limb in limbs]),
        ("Wear plan", [NAMES[limb.wear_plan] if limb.wear_plan else "–" for limb in limbs]),
    ]
    rows = [(label, cells) for label, cells in rows if set(cells) != {"–"}]
    for label, cells in rows:
        strong = replace(TEXT, strong=True)
        looks: list[Content] = [Cell(text, strong) if label == "Design" else text for text in cells]
        table.row(Cell(label, HEAD), *looks)
    table.end()


def _has(limb: LimbFitting) -> bool:
    return limb.design.code is not None


def _design(limb: LimbFitting) -> str:
    if not limb.limb.braced:
        return "No brace: measured for the shoe"
    if not _has(limb):
        return "None"
    design = choices.label("design", limb.design.code)
    return f"{design}, {choices.label('footplate', limb.design.footplate).lower()} footplate"


def _chosen(limb: LimbFitting) -> str:
    why = " ".join(_sentence(reason(one)) for one in limb.design.reasons)
    if not limb.limb.braced or not _has(limb):
        return why or "–"
    line = f", line {limb.design.rule} of the decision" if limb.design.rule else ""
    who = CHOSEN_BY[limb.design.chosen_by].removeprefix("chosen by ").capitalize()
    return f"{who}{line}. {why}"


def _sentence(text: str) -> str:
    text = f"{text[0].upper()}{text[1:]}"
    return text if text.endswith(".") else f"{text}."


def _side_column(side: Side, width: float) -> Column:
    return Column(width, group=side.upper(), shade=SIDE_COLOURS[side][0], breakable=True)


def _even(columns: list[Column], width: float) -> list[Column]:
    """The columns of width 0 share what the others leave."""
    spare = width - sum(column.width for column in columns)
    open_columns = sum(1 for column in columns if not column.width)
    return [replace(column, width=column.width or spare / open_columns) for column in columns]


def measurement_table(sheet: Sheet, fitting: Fitting) -> None:
    """What was measured, left and right side by side: as given and as used."""
    sheet.heading("Measurements", 2, keep=60)
    columns = [Column(26, "", "centre"), Column(0, "Measurement", heads_row=True)]
    alone = len(fitting.limbs) == 1
    if alone:
        columns = [columns[0], Column(132, "Measurement", heads_row=True), Column(0, "Landmark")]
    for side in fitting.limbs:
        shade = SIDE_COLOURS[side][0]
        columns += [
            Column(96, "as given", "right", side.upper(), shade),
            Column(84, "as used", "right", side.upper(), shade),
        ]
    table = Table(sheet, columns, style=TEXT, lowest=12.0)
    for one in MEASUREMENTS:
        if not any(_known(limb, one) for limb in fitting.limbs.values()):
            continue
        cells: list[Content] = []
        for limb in fitting.limbs.values():
            cells += [Cell(_given(limb.limb, one), TEXT), Cell(_used(limb, one), replace(TEXT, strong=True))]
        hint = [Cell(one.hint, replace(TEXT, colour=SOFT))] if alone else []
        table.row(Cell(one.letter, STRONG), one.label, *hint, *cells)
    table.end()


def _known(limb: LimbFitting, one: Measurement) -> bool:
    return one.name in limb.limb.measurements or one.quantity in limb.measured


def _given(limb: Limb, one: Measurement) -> str:
    readings = limb.readings.get(one.name) or ()
    if not readings:
        if one.name not in limb.measurements:
            return NOT_MEASURED
        readings = (limb.measurements[one.name],)
    if one.unit == "deg":
        return ", ".join(_angle(one, reading) for reading in readings)
    return f"{', '.join(numbers.plain(reading, 1) for reading in readings)} mm"


def _used(limb: LimbFitting, one: Measurement) -> str:
    value = limb.measured.get(one.quantity)
    if value is None:
        return "not used" if one.name in limb.limb.measurements else "–"
    shown = _angle(one, value.magnitude) if one.unit == "deg" else numbers.length(value.magnitude)
    return f"{shown} estimated" if value.estimated else shown


def _angle(one: Measurement, angle_deg: float) -> str:
    if one.name == "toe_out":
        return f"{numbers.plain(abs(angle_deg), 1)}° {'out' if angle_deg >= 0 else 'in'}"
    return numbers.reach(angle_deg)


def clinical_picture(sheet: Sheet, fitting: Fitting) -> None:
    """Clinical picture, prescription and shoe worn now, in short; sides named where they differ.

    Where no brace is computed, only the design asked for is named, no number of it.
    """
    limbs = {side: limb.limb for side, limb in fitting.limbs.items()}
    asked = PRESCRIPTION if any(limb.dimensions for limb in fitting.limbs.values()) else PRESCRIPTION[:2]
    for title, holder, fields in (
        ("Clinical picture", "clinical", CLINICAL),
        ("Prescription", "prescription", asked),
        ("Shoe worn now", "shoe", SHOE),
        ("Leg", "", LIMB),
        ("Order", "order", ORDER if asked is PRESCRIPTION else ()),
    ):
        pairs = [(field.label, _shared(limbs, holder, field)) for field in fields]
        pairs = [(label, text) for label, text in pairs if text]
        if pairs:
            _grid(sheet, title, pairs)


def _grid(sheet: Sheet, title: str, pairs: list[tuple[str, str]]) -> None:
    """Three pairs of label and value in a row."""
    sheet.heading(title, 3, keep=26)
    share = sheet.inner / 3
    columns = [
        column
        for _ in range(3)
        for column in (
            Column(0.47 * share, heads_row=True),
            Column(0.53 * share, breakable=True),
        )
    ]
    table = Table(sheet, columns, style=replace(TEXT, strong=True), lowest=11.5)
    label_style = replace(SMALL, leading=9.0)
    rows = -(-len(pairs) // 3)
    for row in range(rows):
        cells: list[Content] = []
        for place in range(3):
            at = row + place * rows
            label, text = pairs[at] if at < len(pairs) else ("", "")
            cells += [Cell(label, label_style), text]
        table.row(*cells)
    table.end(3)


def _shared(limbs: dict[Side, Limb], holder: str, field: Field) -> str:
    """One text for both legs, or each leg named; empty where nothing was said of a field that may be left out."""
    texts = {side: _text(getattr(limb, holder) if holder else limb, field) for side, limb in limbs.items()}
    known = set(texts.values())
    if known == {""}:
        return "unknown" if field.unknown and holder == "clinical" and field.name in ALWAYS else ""
    if len(known) == 1:
        return known.pop()
    return "; ".join(f"{side.capitalize()}: {text or ('unknown' if holder else '–')}" for side, text in texts.items())


ALWAYS = frozenset(
    {
        "urgent_signs",
        "diagnosis",
        "skin",
        "circulation",
        "sensation",
        "oedema",
        "ashworth",
        "mediolateral_instability",
        "knee",
        "quadriceps_grade",
        "plantarflexor_grade",
        "ambulant",
    }
)
"""Clinical fields whose being unknown must be seen."""


def _text(holder: object, field: Field) -> str:
    value = getattr(holder, field.quantity if hasattr(holder, field.quantity) else f"{field.name}_deg")
    if value is None or (field.name == "partial_foot" and value == "none") or field.name == "braced":
        return ""
    if field.kind == "choices":
        return ", ".join(choices.label(field.name, code) for code in value) or "None"
    if field.kind == "choice":
        return "By the rules" if value == "engine" else choices.label(field.name, value)
    if field.kind == "flag":
        return "Yes" if value else "No"
    if field.kind == "length":
        return f"{numbers.plain(value, 1)} mm"
    if field.kind == "date":
        return numbers.day(value)
    if field.name == "casting_angle":
        return numbers.ankle(value)
    if field.kind == "angle":
        return f"{numbers.plain(value, 1)}°"
    if field.kind == "moment":
        return f"{numbers.day(value.date())}, {value:%H:%M}"
    return fonts.printable(numbers.plain(value, 1) if isinstance(value, float) else str(value))
