"""How a value came about, as people read it: its formula with signs and numbers, or where it was taken from."""

import re

from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.override import CHOSEN
from afofit.fitting.values import Value
from afofit.words.numbers import plain
from afofit.words.tongue import LIST_MARKS, _, decimal, language

NAME = re.compile(r"[A-Za-z_][A-Za-z_0-9]*")
LETTERS = {one.quantity: one for one in MEASUREMENTS}
DECIMALS = 4
POINT = re.compile(r"(?<=\d)\.(?=\d)")


def computed(value: Value) -> bool:
    """Whether a formula made the value, rather than a measurement, a prescription or the protocol alone."""
    return bool(value.inputs) and not (len(value.inputs) == 1 and value.formula == value.inputs[0].name)


def signs(formula: str) -> str:
    """A formula text with the signs that people write; a comma between arguments gives way to a decimal comma."""
    text = formula.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", " − ").replace("(-", "(−")
    text = re.sub(r"\bpi\b", "π", text)
    if decimal(".") != ".":
        text = POINT.sub(decimal("."), text.replace(", ", LIST_MARKS[language()]))
    return text


def with_numbers(value: Value) -> str:
    """The formula with each name replaced by its number."""
    given = {one.name: plain(one.magnitude, DECIMALS) for one in value.inputs}
    return NAME.sub(lambda found: given.get(found[0], found[0]), signs(value.formula))


def origin(value: Value) -> str:
    """What a value is that no formula made."""
    given = value.inputs[0] if value.inputs else value
    if given.name in LETTERS:
        return _("As measured, {measurement}").format(measurement=lettered(given.name))
    if given.source.text == CHOSEN.text:
        return _("As chosen by the orthotist")
    return _("As prescribed") if given.name.startswith("prescribed_") else _("Set by the protocol")


def lettered(quantity: str) -> str:
    """A measurement with its letter: "B Calf circumference"."""
    return f"{LETTERS[quantity].letter} {_(LETTERS[quantity].label)}"
