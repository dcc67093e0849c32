"""The numbers of a protocol as people read them: what each is called, its unit, what is allowed."""

from collections.abc import Mapping

from afofit.fitting.parameter import BoundsFault, Parameter
from afofit.words import numbers
from afofit.words.numbers import UNITS, plain
from afofit.words.tongue import LIST_MARKS, N_, _, language

RULES: Mapping[str, str] = {
    "R1": "Top edge",
    "R2": "Top edge at the back",
    "R3": "Shell, sock and liner",
    "R5": "Edge at the ankle",
    "R6": "Leaf",
    "R8": "Footplate length",
    "R9": "Footplate width",
    "R10": "Straps",
    "R11": "Sheet thickness",
    "R13": "Ankle angle",
    "R14": "Shank lean and heel",
    "R15": "Stiffness in swing",
    "R16": "Reliefs and flare",
    "1.1": "Where a measurement is missing",
    "3.1": "Choice of the design",
    "3.2": "Findings and review",
    "shoe": "Shoe",
    "": "Wearing in",
}
"""What the numbers of a rule are about."""

_ENDINGS = (
    ("_mm_per_month", N_("mm a month")),
    ("_mm", "mm"),
    ("_kg", "kg"),
    ("_deg", "deg"),
    ("_months", N_("months")),
)
_WORDS = {"min": "minimum", "max": "maximum", "cap": "at most"}
NAMED = {
    "thickness/posterior_leaf_spring": ("Sheet of a posterior leaf spring", "mm"),
    "thickness/others": ("Sheet of every other design", "mm"),
    "wear_plan": ("Mark on the skin", "minutes"),
    "split_pair_sizes": ("Split pair", "sizes"),
}
_CASES = {
    "all": "every case",
    "standard": "standard edge",
    "lowered": "lowered edge",
    "under_5": "under 5 years",
    "to_12": "5 to 12 years",
    "over_12": "over 12 years",
    "call_after_min": "call the clinic after",
    "stop_after_min": "stop wearing after",
}
_DECIMALS = 8


def rule_words(clause: str) -> str:
    """The rule with what it is about: "R1 Top edge", "Section 3.2 Findings and review"."""
    words = _(RULES.get(clause, ""))
    if clause[:1].isdigit():
        return _("Section {clause} {words}").format(clause=clause, words=words).rstrip()
    return f"{clause} {words}".strip() if clause.startswith("R") else words or clause


def label(parameter: Parameter) -> str:
    """What a number is called: "Proximal trim offset maximum"."""
    if parameter.name in NAMED:
        return _(NAMED[parameter.name][0])
    name = parameter.name
    for ending in dict(_ENDINGS):
        name = name.removesuffix(ending)
    return _(" ".join(_WORDS.get(word, word) for word in name.split("_")).capitalize())


def unit(parameter: Parameter) -> str:
    """The unit by which numbers are read: "mm", "deg"; "share" where it is a part of something."""
    if parameter.name in NAMED:
        return NAMED[parameter.name][1]
    return next((unit for ending, unit in _ENDINGS if parameter.name.endswith(ending)), "share")


def case_words(parameter: Parameter, case: str) -> str:
    """For what a number holds: "lowered edge", "under 25 kg"."""
    if parameter.name.startswith("thickness/"):
        return _("under {weight} kg").format(weight=case)
    return _(_CASES.get(case, case.replace("_", " ")))


def typed(number: float) -> str:
    """A number as it stands in a field."""
    return numbers.typed(number, _DECIMALS)


def shown(number: float) -> str:
    """A number as it stands in a sentence."""
    return plain(number, _DECIMALS)


def quantity(parameter: Parameter, number: float) -> str:
    """A number with its unit: "38 mm", "−5°", "0.085"."""
    return shown(number) + _after(parameter)


def allowed(parameter: Parameter, case: str) -> str:
    """What a clinic may set: "19 to 57 mm", "3, 4 or 4.8 mm"."""
    low, high = parameter.bounds[case]
    if parameter.allowed:
        each = [shown(one) for one in parameter.allowed if low <= one <= high]
        if not each[1:]:
            return each[0] + _after(parameter)
        return _("{several} or {last}").format(
            several=LIST_MARKS[language()].join(each[:-1]), last=each[-1] + _after(parameter)
        )
    if low == high:
        return _("{number} only").format(number=quantity(parameter, low))
    words = _("a whole number, {low} to {high}") if parameter.whole else _("{low} to {high}")
    return words.format(low=shown(low), high=quantity(parameter, high))


def fault(parameter: Parameter, case: str, one: BoundsFault) -> str:
    """Why a number cannot stand, and what can."""
    where = f"{label(parameter)}, {case_words(parameter, case)}"
    said = quantity(parameter, one.value)
    if one.kind == "crossed" and one.low is not None and one.high is not None:
        words = _("{where}: {said} does not fit the other numbers; with these, {low} to {high} is allowed.")
        return words.format(where=where, said=said, low=shown(one.low), high=quantity(parameter, one.high))
    words = _("{where}: {said} is not allowed; allowed is {allowed}.")
    return words.format(where=where, said=said, allowed=allowed(parameter, case))


def unreadable(parameter: Parameter, case: str, code: str, received: str) -> str:
    """Why what was typed is no number of this kind."""
    where = f"{label(parameter)}, {case_words(parameter, case)}"
    cut = f"“{received if len(received) <= 40 else received[:39] + '…'}”"
    words = {
        "unclear_comma": _(
            "{where}: {received} is unclear: one thousand or a decimal? Write it with a point. Allowed is {allowed}."
        ),
        "other_unit": _("{where}: {received} is typed in another unit. Leave the unit out. Allowed is {allowed}."),
    }.get(code, _("{where}: {received} is not a number. Allowed is {allowed}."))
    return words.format(where=where, received=cut, allowed=allowed(parameter, case))


def _after(parameter: Parameter) -> str:
    name = unit(parameter)
    if name == "share":
        return ""
    return UNITS[name] if name == "deg" else f" {UNITS.get(name) or _(name)}"
