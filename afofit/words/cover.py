"""Whom charts serve, in words: shares, why somebody is left outside, what is wrong with a table of people."""

from collections.abc import Mapping, Sequence

from afofit.words import stock
from afofit.words.numbers import plain
from afofit.words.tongue import N_, _, gettext, ngettext

MEASURES = {
    "shoe": N_("shoe size"),
    "brace_height": N_("top edge that the leg takes"),
    "footplate_length": N_("room in the shoe"),
}
"""Measures of people; the others are called as in the reasons of one leg."""
WAYS = {
    "small": N_("{measure}: below every size"),
    "large": N_("{measure}: above every size"),
    "between": N_("{measure}: between two sizes"),
    "none": N_("no size for the side of the leg"),
}
TOGETHER = N_("each measure has a size, but no size takes all of them")
MIXED = N_("different measures in different charts")
NOT_KNOWN = N_("not known: nothing that a chart goes by, or not for which side")
NO_CHART = N_("None of these products has a chart that can be matched.")
FAULTS: Mapping[str, str] = {
    "not_csv": N_("The table cannot be read here: {detail}. Correct it; what follows was not read."),
    "not_utf8": N_("This line is not UTF-8. Save the table as UTF-8; what follows was not read."),
    "no_rows": N_("There is no person in the table. Add a row for each."),
    "too_many": N_("The table has more than {most} rows. Divide it, or use the command: flask charts cover."),
    "not_commas": N_(
        "The columns are parted by semicolons or tabs. Part them by commas, and write decimals with a point."
    ),
    "twice": N_("The column “{name}” is there a second time. Keep one of them."),
    "side_twice": N_("The columns of limbs.left and limbs.right say the side already. Take this column out."),
    "no_column": N_("No column is known here. Name them as the fields are called: {known}."),
    "no_unit": N_("“{name}” has no unit, and none is assumed. Write it in the head, or give one of {allowed}."),
    "other_unit": N_("“{name}” is in {received}, not in one of {allowed}. Convert it."),
    "cells": N_("This row has {received} cells, the head has {expected}. Check commas and quotation marks."),
    "not_a_choice": N_("“{name}” is {received}, not one of {allowed}. Correct it, or leave it empty: not known."),
    "not_a_number": N_("“{name}” is {received}, not a number. Write it with digits and a point, or leave it empty."),
    "outside": N_(
        "“{name}” is {received}, read as {value} {unit}; possible is {low} to {high}. Check number and unit."
    ),
    "no_system": N_("The shoe size {received} has no size system, and none is assumed. Write it in “shoe_system”."),
    "no_suffix": N_(
        "The shoe size {received} needs its letter, 13.5C or 1Y, or a foot length: children's numbers begin again."
    ),
    "not_a_size": N_("{received} is not a size of {system} ({low} to {high}). Check size and system."),
}
"""Every sentence says what stands there and what to do."""
UNITS = {"weight": "kg", "age_years": N_("years")}


def measure(code: str) -> str:
    """A measure of people, inside a sentence."""
    return _(MEASURES[code]) if code in MEASURES else stock.measure(code)


def outside(code: str, way: str) -> str:
    """Why people are left outside: "foot length: above every size"."""
    if code == "weight":
        return _("body weight: above every limit")
    return _(WAYS[way]).format(measure=measure(code))


def people(count: int) -> str:
    """A number of people: "1 person", "412 people"."""
    return ngettext("{count} person", "{count} people", count).format(count=whole(count))


def whole(count: int) -> str:
    """A count with a thin space between thousands, which no language takes for a decimal mark."""
    return f"{count:,}".replace(",", "\u202f")


def percent(count: int, of: int) -> str:
    """A share: "41.2 %"; of nobody a dash."""
    if of == 0:
        return "–"
    share = 100 * count / of
    # Some are never said to be none, and not quite all never to be all.
    if 0 < share < 0.1:
        return _("under {share} %").format(share=plain(0.1, 1))
    if 99.9 < share < 100:
        return _("over {share} %").format(share=plain(99.9, 1))
    return f"{plain(share, 1)} %"


def share(count: int, of: int) -> str:
    """A count with its share: "412 (41.2 %)"."""
    return f"{whole(count)} ({percent(count, of)})"


def fault(
    line: int, column: int, code: str, facts: Mapping[str, object], also: Sequence[int] = (), more: int = 0
) -> str:
    """What is wrong with a table, with its place: "Line 7, column 3: …"; and where it stands again."""
    unit = gettext(UNITS[str(facts["name"])]) if facts.get("name") in UNITS else "mm"
    said = gettext(FAULTS[code]).format(unit=unit, **{name: _shown(value) for name, value in facts.items()})
    said = _("Line {line}, column {column}: {fault}").format(line=line, column=column, fault=said)
    again = ", ".join(map(str, also))
    if more:
        again = _("{lines} and {count} more").format(lines=again, count=whole(more))
    return _("{fault} The same in lines {lines}.").format(fault=said, lines=again) if also else said


def _shown(value: object) -> str:
    if isinstance(value, float | int):
        return plain(value, 2)
    text = " ".join(str(value).split())
    return text if len(text) <= 300 else f"{text[:300]}…"


def more_faults(count: int) -> str:
    """How many faults there are besides those that were told."""
    return ngettext("and {count} fault more", "and {count} faults more", count).format(count=whole(count))
