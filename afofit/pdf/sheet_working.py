"""The working of each value: its formula, the same with the numbers, and where it comes from."""

import re
from collections.abc import Mapping
from dataclasses import replace

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.result import Fitting
from afofit.fitting.values import Side, Value
from afofit.pdf.layout import BODY, SMALL, Sheet
from afofit.pdf.table import Cell, Column, Table
from afofit.words import changes, numbers
from afofit.words.sheet import INTENDED_USE, LIMITS, NOT_FOR
from afofit.words.working import NAME, computed, origin, signs, with_numbers

UNIT = re.compile(r"_(mm|kg|deg|nm|nm_per_deg)$")
CALLS = {"clamp", "min", "max", "pi", "degrees", "radians", "atan", "tan", "step_up"}
TEXT = replace(BODY, size=7.5, leading=9.2)
SHOE_LABELS = {
    "size_length_mm": "Shoe: length to be sized",
    "length_increase_mm": "Shoe: length increase",
    "inside_length_mm": "Shoe: inside length",
    "width_in_brace_mm": "Shoe: width in the brace",
    "extra_depth_mm": "Shoe: extra depth",
    "limb_raise_mm": "Shoe: limb raise",
    "limb_raise_with_build_up_mm": "Shoe: limb raise with build-up",
}


def working_pages(sheet: Sheet, fitting: Fitting) -> None:
    """One row a value as the rule gave it; both legs under the same formula."""
    dimensions = _gathered(fitting, shoe=False)
    if not dimensions:
        return
    # A table of forty rows begins on a page of its own, or where half of one is free.
    sheet.room((sheet.top - sheet.bottom) / 2)
    sheet.heading("Working", 2, keep=60)
    sheet.paragraph(
        "clamp(x, low, high) holds x between low and high. Inputs as measured, prescribed or set by the protocol; "
        "results rounded only here.",
        SMALL,
    )
    columns = [
        Column(29, "Code"),
        Column(142, "Dimension", heads_row=True),
        Column(0, "Formula, and the same with the numbers"),
        Column(30, "Rule", "centre"),
        Column(38, "Source", "centre"),
        Column(22, "Ev.", "centre"),
    ]
    table = Table(sheet, columns, style=TEXT, lowest=12.0)
    sources: dict[str, int] = {}
    for dimension in DIMENSIONS:
        if dimension.name in dimensions:
            values, replaced = dimensions[dimension.name], _replaced(fitting, dimension.name)
            _row(table, dimension.code, dimension.label, dimension.unit, values, sources, replaced)
    for name, values in _gathered(fitting, shoe=True).items():
        _row(table, "", SHOE_LABELS.get(name, name), "mm", values, sources)
    table.end()
    _sources(sheet, sources)


def _sources(sheet: Sheet, sources: Mapping[str, int]) -> None:
    """Every source once, numbered as in the table."""
    sheet.heading("Sources", 3, keep=24)
    for text, number in sources.items():
        sheet.paragraph(f"{number}  {text}", SMALL, after=1)


def limits(sheet: Sheet) -> None:
    """For whom the sheet is, what it is not for, and what it cannot know."""
    sheet.heading("Intended use and known limits", 3, keep=24)
    for words in (f"{INTENDED_USE} {NOT_FOR}", *LIMITS):
        sheet.paragraph(words, SMALL, after=1)


def _gathered(fitting: Fitting, *, shoe: bool) -> dict[str, dict[Side, Value]]:
    gathered: dict[str, dict[Side, Value]] = {}
    for side, limb in fitting.limbs.items():
        values = {**limb.dimensions, **{name: one.computed for name, one in limb.overridden.items()}}
        if shoe:
            values = {**limb.shoe.values} if limb.shoe else {}
        for name, value in values.items():
            gathered.setdefault(name, {})[side] = value
    return gathered


def _replaced(fitting: Fitting, name: str) -> tuple[str, ...]:
    """A line for each leg on which the orthotist replaced what the rule gave."""
    legs = ((side, limb.overridden[name]) for side, limb in fitting.limbs.items() if name in limb.overridden)
    lines = [(side, f"replaced by {changes.chosen(one)}, chosen by the orthotist") for side, one in legs]
    if len(fitting.limbs) > 1:
        return tuple(f"{side.capitalize()}: {words}" for side, words in lines)
    return tuple(f"{words[0].upper()}{words[1:]}" for _, words in lines)


def _row(
    table: Table,
    code: str,
    label: str,
    unit: str,
    values: Mapping[Side, Value],
    sources: dict[str, int],
    replaced: tuple[str, ...] = (),
) -> None:
    value = next(iter(values.values()))
    if len(values) == 1:
        lines = [" = ".join(filter(None, (formula(value), result(value, unit))))]
    else:
        lines = [text for text in dict.fromkeys(formula(one) for one in values.values()) if text]
        lines += [f"{side.capitalize()}: {result(one, unit)}" for side, one in values.items()]
    table.row(
        Cell(code, replace(TEXT, strong=True)),
        Cell(label, TEXT),
        "\n".join((*lines, *replaced)),
        value.clause.removeprefix("shoe "),
        str(sources.setdefault(value.source.text, len(sources) + 1)),
        value.source.grade,
    )


def formula(value: Value) -> str:
    """The formula in words and signs that people write; empty where there is none."""
    return signs(NAME.sub(lambda found: _word(found[0]), value.formula)) if computed(value) else ""


def result(value: Value, unit: str) -> str:
    """The formula with the number of each input, and the result as it is shown."""
    shown = numbers.dimension(value.name, value.magnitude, unit)
    if not computed(value):
        return f"{origin(value)}: {shown}"
    return f"{with_numbers(value)} = {shown}{' (estimated)' if value.estimated else ''}"


def _word(name: str) -> str:
    return name if name in CALLS else UNIT.sub("", name).replace("_", " ")
