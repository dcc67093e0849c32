"""The numbers of a protocol by rule, for pages, and the form in which a clinic changes some."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from afofit.fitting.parameter import OutOfBounds, Parameter
from afofit.fitting.protocol import Protocol
from afofit.fitting.values import EPSILON
from afofit.schemas.numbers import Unreadable, read_number
from afofit.web.plain_form import PlainForm
from afofit.words import protocol as words
from afofit.words.tongue import _

NAME_LONGEST, REASON_LONGEST = 60, 500
RESERVED = "default"
_ZERO_COMMA = re.compile(r"^([+\-−–]?0),")


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one case, as a page shows it."""

    parameter: Parameter
    case: str

    @property
    def key(self) -> str:
        """What the number is called in forms and records."""
        return self.parameter.key(self.case)

    @property
    def case_words(self) -> str:
        """For what it holds."""
        return words.case_words(self.parameter, self.case)

    @property
    def value(self) -> str:
        """The number with its unit."""
        return words.quantity(self.parameter, self.parameter.values[self.case])

    @property
    def default(self) -> str:
        """What stands where the clinic has set nothing."""
        return words.quantity(self.parameter, self.parameter.default(self.case))

    @property
    def allowed(self) -> str:
        """What the clinic may set."""
        return words.allowed(self.parameter, self.case)

    @property
    def changed(self) -> bool:
        """Whether the clinic has set it."""
        return self.case in self.parameter.set_by_clinic


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter with all its cases."""

    parameter: Parameter
    label: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The numbers of one rule."""

    heading: str
    rows: tuple[Row, ...]

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number of the rule."""
        return tuple(number for row in self.rows for number in row.numbers)


def groups(protocol: Protocol) -> list[Group]:
    """Every number, by rule in the order of the rules."""
    by_clause: dict[str, dict[str, Parameter]] = {clause: {} for clause in words.RULES}
    for parameter in (one for one, case in protocol.numbers.values()):
        by_clause.setdefault(parameter.clause, {})[parameter.name] = parameter
    return [
        Group(words.rule_words(clause), tuple(_row(one) for one in parameters.values()))
        for clause, parameters in by_clause.items()
        if parameters
    ]


def changed(protocol: Protocol) -> list[tuple[str, str, Number]]:
    """What a clinic's protocol has set, with its rule and its label."""
    rows = ((group.heading, row) for group in groups(protocol) for row in group.rows)
    return [(heading, row.label, number) for heading, row in rows for number in row.numbers if number.changed]


def _row(parameter: Parameter) -> Row:
    return Row(parameter, words.label(parameter), tuple(Number(parameter, case) for case in parameter.values))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks to keep."""

    name: str
    reason: str
    changes: Mapping[str, float]


def shown(name: str, reason: str, changes: Mapping[str, float]) -> dict[str, str]:
    """The fields of the form that starts from an own version."""
    return {"name": name, "reason": reason} | {key: words.typed(number) for key, number in changes.items()}


def read(form: PlainForm, protocol: Protocol) -> Asked:
    """The form; everything that is wrong stands in it, each at its field."""
    name = _line(form, "name", _("Name: enter a name for the protocol."), NAME_LONGEST)
    if name.casefold() == RESERVED:
        form.faults["name"] = _("Name: “default” is the protocol of the program. Choose another name.")
    reason = _line(form, "reason", _("Reason: say why the numbers are changed; it is needed."), REASON_LONGEST)
    changes: dict[str, float] = {}
    faults: dict[str, str] = {}
    for key, text, number in _typed(form, protocol):
        try:
            value = read_number(_ZERO_COMMA.sub(r"\1.", text), words.unit(number.parameter))
        except Unreadable as error:
            faults[key] = words.unreadable(number.parameter, number.case, error.code, text)
        else:
            if abs(value - number.parameter.values[number.case]) > EPSILON:
                changes[key] = value
    try:
        protocol.changed(name, 1, changes)
    except OutOfBounds as error:
        for one in error.faults:
            parameter, case = protocol.numbers[one.key]
            faults[one.key] = words.fault(parameter, case, one)
    form.faults |= {key: faults[key] for key in protocol.numbers if key in faults}
    if not changes and not faults:
        form.faults[""] = _("Nothing is changed: set at least one number that differs from the default.")
    return Asked(name, reason, changes)


def _line(form: PlainForm, name: str, missing: str, longest: int) -> str:
    text = form.text(name, missing, longest=longest)
    label = missing.partition(":")[0]
    if len(text) > longest:
        said = _("{label}: {count} characters are too many; at most {longest} are allowed.")
        form.faults[name] = said.format(label=label, count=len(text), longest=longest)
    elif not text.isprintable():
        form.faults[name] = _("{label}: it has a character that cannot be printed. Write it again.").format(label=label)
    return text


def _typed(form: PlainForm, protocol: Protocol) -> Iterator[tuple[str, str, Number]]:
    for key, (parameter, case) in protocol.numbers.items():
        text = form.values.get(key, "").strip()
        if text:
            yield key, text, Number(parameter, case)
