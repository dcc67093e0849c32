"""The working of one dimension: its formula, the same with the numbers of this leg, and where they come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from afofit.fitting.dimensions import BY_NAME as DIMENSIONS
from afofit.fitting.values import Side, Value
from afofit.words import sides
from afofit.words.numbers import plain
from afofit.words.sheet import GRADES
from afofit.words.tongue import LIST_MARKS, _, language
from afofit.words.working import DECIMALS, LETTERS, computed, lettered, origin, signs, with_numbers


@dataclass(frozen=True, slots=True)
class Working:
    """How one number came about on the legs that share formula and source, ready to be shown."""

    formula: str
    numbers: tuple[str, ...]
    inputs: tuple[str, ...]
    source: str
    grade: str
    grade_words: str
    clause: str


def workings(values: Mapping[Side, Value], shown: Mapping[Side, str]) -> tuple[Working, ...]:
    """The working of one dimension over the legs; ``shown`` is each result as people read it."""
    groups: dict[tuple[str, str, str], list[Side]] = {}
    for side, value in values.items():
        groups.setdefault((value.formula, value.source.text, value.clause), []).append(side)
    both = len(values) > 1
    return tuple(_working({side: values[side] for side in legs}, shown, both=both) for legs in groups.values())


def _working(values: Mapping[Side, Value], shown: Mapping[Side, str], *, both: bool) -> Working:
    first = next(iter(values.values()))
    worked_out = computed(first)
    return Working(
        formula=signs(first.formula) if worked_out else "",
        numbers=tuple(
            (f"{sides.alone(side)}: " if both else "") + _numbers(value, shown[side]) for side, value in values.items()
        ),
        inputs=tuple(_inputs(values)) if worked_out else (),
        source=first.source.text,
        grade=first.source.grade,
        grade_words=_(GRADES[first.source.grade]),
        clause=first.clause,
    )


def _numbers(value: Value, shown: str) -> str:
    return f"{with_numbers(value)} = {_result(value, shown)}" if computed(value) else f"{origin(value)}: {shown}"


def _result(value: Value, shown: str) -> str:
    exact = plain(value.magnitude, DECIMALS)
    return shown if shown.startswith(f"{exact} ") else _("{exact}, shown as {shown}").format(exact=exact, shown=shown)


def _inputs(values: Mapping[Side, Value]) -> Iterator[str]:
    """Each input once, with its number, by leg where the legs differ, and where it was taken from."""
    found: dict[tuple[str, str], dict[Side, str]] = {}
    for side, value in values.items():
        for one in value.inputs:
            found.setdefault((one.name, _where(one)), {})[side] = plain(one.magnitude, DECIMALS)
    for (name, where), numbers in found.items():
        same = len(set(numbers.values())) == 1 and len(numbers) == len(values)
        by_leg = LIST_MARKS[language()].join(
            f"{sides.alone(side).lower()} {number}" for side, number in numbers.items()
        )
        yield f"{name} = {next(iter(numbers.values())) if same else by_leg} ({where})"


def _where(value: Value) -> str:
    """Where an input was taken from."""
    if value.name in LETTERS:
        said = _("{measurement}, estimated") if value.estimated else _("{measurement}, measured")
        return said.format(measurement=lettered(value.name))
    if value.name in DIMENSIONS and value.formula:
        return f"{DIMENSIONS[value.name].code} {_(DIMENSIONS[value.name].label)}"
    return _(value.source.text)
