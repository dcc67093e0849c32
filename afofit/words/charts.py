"""What is wrong with a chart file, in words: where, what stands there, what to do."""

from collections.abc import Mapping
from math import inf

from afofit.fitting.chart_check import LARGEST
from afofit.fitting.chart_fault import ChartFault
from afofit.fitting.chart_file import Placed
from afofit.words.numbers import plain
from afofit.words.tongue import N_, _, gettext

FAULTS: Mapping[str, str] = {
    "not_csv": N_("This is not readable CSV: {detail}. Correct it; what follows could not be read."),
    "not_toml": N_("This is not readable TOML: {detail}. Correct it; what follows could not be read."),
    "missing": N_("“{key}” is missing. A chart without it cannot be traced. Add it."),
    "not_text": N_("“{key}” is {received}, not a text. Write it between quotation marks."),
    "not_printable": N_("“{key}” has a character that cannot be printed. Write it again."),
    "too_long": N_("“{key}” has {received} characters; at most {most} are allowed. Shorten it."),
    "too_many": N_("“{key}” has {received} rows; at most {most} are allowed. Take some out."),
    "more_faults": N_("And {count} more. Correct these first."),
    "not_a_choice": N_("“{key}” is {received}, not one of {allowed}. Choose one of them."),
    "not_a_flag": N_("This is {received}, neither true nor false. Write one of them."),
    "not_a_date": N_("“date” is {received}, not a date. Write the day it was read as 2026-11-23."),
    "not_a_number": N_("“{key}” is {received}, not a number above 0, and at most 100,000. Write it with digits."),
    "not_a_range": N_(
        "“{key}” is {received}, not a range. Write two numbers from low to high, or “open” as the second."
    ),
    "not_ascending": N_("“{key}” is {received}: the second end is not above the first. Correct it."),
    "not_a_table": N_("“{key}” is not a table with names and values. Write [{key}] and a line for each."),
    "not_rows": N_("“{key}” is not a list of rows. Write [[{key}]] before each."),
    "no_unit": N_("“{key}” has no unit, and none is assumed. Write one of {allowed}."),
    "no_suffix": N_(
        "“{key}” is {received}: a child's size needs its letter, 13.5C or 1Y, because the numbers begin again."
    ),
    "no_rows": N_("There is no size. Add one, or say in “no_chart” why the product has none."),
    "empty_row": N_("The size {size} has no measure. Add one, or take the row out."),
    "unknown_key": N_("“{key}” is not known here. Known are: {known}."),
    "twice": N_("“{size}” stands here a second time. Take one of them out."),
    "out_of_order": N_(
        "The size {size} begins no higher than {before}, which stands before it. Put the rows in order."
    ),
    "hole": N_(
        'Between {low} and {high} of “{key}” there is no size. If it is printed so, say holes = "as printed"; '
        "else correct the row."
    ),
    "overlap": N_(
        "The sizes {other} and {size} overlap by more than one end ({keys}): the chart contradicts itself. Correct it, "
        "or keep it with “no_chart” and the reason."
    ),
    "text_against_table": N_(
        "The text says {text} for “{key}”, the table {table}. Correct it, explain it in “stated_note”, or keep the "
        "chart with “no_chart” and the reason."
    ),
    "cells": N_("This row has {received} cells, the head has {expected}. Check commas and quotation marks."),
    "differs": N_("“{key}” is {received} here and {before} in an earlier row of the same chart. Make them alike."),
}
"""Every sentence says what stands there and what to do."""


def fault(one: Placed) -> str:
    """A fault with its place: "Line 7, column 12: …"."""
    return _("Line {line}, column {column}: {fault}").format(line=one.line, column=one.column, fault=said(one.fault))


def said(one: ChartFault, labels: Mapping[str, str] | None = None) -> str:
    """A fault without a place, for forms and JSON, which have their own; ``labels`` say how a form calls the keys."""
    # A form says a range as it was typed, a file as it stands there.
    facts = {
        name: shown(tuple(value) if labels and isinstance(value, list) else value) for name, value in one.facts.items()
    }
    if labels and facts.get("key") in labels:
        facts["key"] = labels[facts["key"]]
    return gettext(FAULTS[one.code]).format(**facts)


def shown(value: object) -> str:
    """What was received, short enough to be said."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, float | int) and abs(value) <= LARGEST:
        return plain(value, 6)
    if isinstance(value, int):
        return _("a very large number")
    if isinstance(value, tuple):
        return "–".join("∞" if end == inf else shown(end) for end in value)
    text = " ".join(str(value).split())
    return text if len(text) <= 80 else f"{text[:80]}…"
