"""Allowances as data: every number of the rules with its source, grade and bounds."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal

from afofit.fitting.parameter import Numbers, OutOfBounds, Pair, Parameter, bounds_of, by_key, check, crossed
from afofit.fitting.values import SHEETS_MM, Basis, Grade, Known, Source, Value

ASCENDING = (
    ("build_up_large_mm/all", "build_up_refer_mm/all"),
    ("build_up_refer_mm/all", "build_up_withheld_mm/all"),
    ("size_increase_note_mm/all", "size_increase_cap_mm/all"),
    ("wear_plan/call_after_min", "wear_plan/stop_after_min"),
)
"""What is never above what, besides every minimum and its maximum, and a sheet and that for more weight."""

THICKNESS = "thickness/"


@dataclass(frozen=True, slots=True, kw_only=True)
class WearStep:
    """Days (first, last) with the minutes to wear, or the minutes more than the day before."""

    days: tuple[int, int]
    minutes: tuple[int, int] | None = None
    more_each_day_minutes: tuple[int, int] | None = None
    sessions: int = 1
    checks_each_wear: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """How a brace is worn in: the plans by name, and after how many minutes a mark on the skin counts."""

    plans: Mapping[str, tuple[WearStep, ...]]
    call_after_min: int
    stop_after_min: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThicknessTable:
    """Sheet thickness (mm) by weight (kg, upper ends not included); none beyond the last weight.

    A row is a design; its cases are the upper ends of the weights.
    """

    weight_kg: tuple[float, ...]
    rows: Mapping[str, Parameter]

    def look_up(self, design: str, weight_kg: float) -> Value | None:
        """The thickness (mm) for a design and a body weight, or None where the table ends."""
        row = self.rows.get(design, self.rows["others"])
        for upper in self.weight_kg:
            if weight_kg < upper:
                value = row.value(_column(upper))
                return value and value._replace(name="table_thickness_mm")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A named, versioned set of numbers; every fitting keeps the name and version it used."""

    name: str
    version: int
    parameters: Mapping[str, Parameter]
    thickness: ThicknessTable
    review: Parameter
    marks: Parameter
    wear_plans: Mapping[str, tuple[WearStep, ...]]
    _numbers: dict[str, float] = field(init=False, repr=False, compare=False, default_factory=dict)
    _known: dict[tuple[str, ...], Known] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers.update({name: one.values["all"] for name, one in self.parameters.items() if "all" in one.values})

    def number(self, name: str) -> float:
        """The value of a parameter that has one value for all cases."""
        return self._numbers[name]

    @property
    def review_months(self) -> Mapping[str, int]:
        """Months until a child is measured again, by age."""
        return {age: int(months) for age, months in self.review.values.items()}

    @property
    def wear(self) -> Wear:
        """How a brace is worn in."""
        minutes = {name: int(value) for name, value in self.marks.values.items()}
        return Wear(plans=self.wear_plans, **minutes)

    @property
    def numbers(self) -> Numbers:
        """Every number that a clinic may change: parameter and case by key, "fibular_relief_mm/all"."""
        return by_key((*self.parameters.values(), *self.thickness.rows.values(), self.review, self.marks))

    def changed(self, name: str, version: int, changes: Mapping[str, float]) -> "Protocol":
        """A clinic's own protocol: this one with some numbers changed, by key.

        Raises OutOfBounds with everything that is wrong; the bounds are those of the default.
        """
        numbers = self.numbers
        check(numbers, _ascending(numbers), changes)
        return replace(
            self,
            name=name,
            version=version,
            parameters=_changed(self.parameters, changes),
            thickness=replace(self.thickness, rows=_changed(self.thickness.rows, changes)),
            review=_with(self.review, changes),
            marks=_with(self.marks, changes),
        )

    def known(
        self,
        *,
        design: str,
        age: Literal["adult", "child"],
        edge: Literal["standard", "lowered"],
        diagnosis: str | None,
        heavy: bool,
    ) -> Known:
        """Every parameter that has a value for this limb, by name. The design wins over the age."""
        cases = ("heavy" if heavy else age, design, diagnosis or "", age, edge, "all")
        known = self._known.get(cases)
        if known is None:
            found = ((name, one.value(*cases)) for name, one in self.parameters.items())
            known = {name: value for name, value in found if value is not None}
            self._known[cases] = known
        return known


def _with(parameter: Parameter, changes: Mapping[str, float]) -> Parameter:
    numbers = {case: changes[parameter.key(case)] for case in parameter.values if parameter.key(case) in changes}
    return parameter.changed(numbers) if numbers else parameter


def _changed(parameters: Mapping[str, Parameter], changes: Mapping[str, float]) -> Mapping[str, Parameter]:
    return {name: _with(parameter, changes) for name, parameter in parameters.items()}


def _column(weight_kg: float) -> str:
    return f"{weight_kg:g}"


def _ascending(numbers: Numbers) -> Iterator[Pair]:
    """The pairs of numbers of which the first is never above the second."""
    yield from (pair for pair in ASCENDING if numbers.keys() >= set(pair))
    for key in numbers:
        above = key.replace("_min_", "_max_")
        if above != key and above in numbers:
            yield key, above
    for (key, (row, _)), (heavier, (same, _)) in pairwise(numbers.items()):
        if row is same and row.name.startswith(THICKNESS):
            yield key, heavier


def _parameter(row: Mapping[str, Any]) -> Parameter:
    values = {case: float(value) for case, value in row["values"].items()}
    given = row.get("bounds", {})
    grade: Grade = row.get("grade", "D")
    basis: Basis = row.get("basis", "derived")
    return Parameter(
        name=row["name"],
        clause=row["clause"],
        values=values,
        bounds={
            case: bounds_of(value, tuple(given[case]) if case in given else None) for case, value in values.items()
        },
        source=Source(row["source"], grade, basis),
    )


def _wear_step(row: Mapping[str, Any]) -> WearStep:
    arguments: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return WearStep(**arguments)


def _table(name: str, clause: str, source: str, values: Mapping[str, float], **more: Any) -> Parameter:
    return Parameter(
        name=name,
        clause=clause,
        values={case: float(value) for case, value in values.items()},
        bounds={case: bounds_of(value) for case, value in values.items()},
        source=Source(source, "D", "derived"),
        **more,
    )


def _thickness(data: Mapping[str, Any]) -> ThicknessTable:
    weight_kg = tuple(data["weight_kg"])
    columns = [_column(upper) for upper in weight_kg]
    return ThicknessTable(
        weight_kg=weight_kg,
        rows={
            design: _table(
                THICKNESS + design, "R11", data["source"], dict(zip(columns, row, strict=True)), allowed=SHEETS_MM
            )
            for design, row in data.items()
            if design not in ("source", "weight_kg")
        },
    )


def load(text: str) -> Protocol:
    """A protocol from its TOML text."""
    data = tomllib.loads(text)
    wear, months = data["wear_plan"], data["review_months"]
    parameters = [_parameter(row) for row in data["parameter"]]
    by_name = {parameter.name: parameter for parameter in parameters}
    if len(by_name) != len(parameters):
        raise ValueError("a parameter stands twice in the protocol")
    marks = {name: wear[name] for name in ("call_after_min", "stop_after_min")}
    protocol = Protocol(
        name=data["name"],
        version=data["version"],
        parameters=by_name,
        thickness=_thickness(data["thickness"]),
        review=_table(
            "review_months",
            "3.2",
            months["source"],
            {age: value for age, value in months.items() if age != "source"},
            whole=True,
        ),
        marks=_table("wear_plan", "", wear["source"], marks, whole=True),
        wear_plans={name: tuple(_wear_step(row) for row in wear[name]) for name in ("normal", "slow")},
    )
    numbers = protocol.numbers
    faults = tuple(crossed(numbers, _ascending(numbers), {}))
    if faults:
        raise OutOfBounds(faults)
    return protocol


@cache
def default_text() -> str:
    """The TOML text of the default protocol; kept with a record, it rebuilds the numbers with ``load``."""
    return files("afofit.fitting").joinpath("tables", "protocol_default.toml").read_text("utf-8")


@cache
def default() -> Protocol:
    """The protocol that a fitting uses where no other is named."""
    return load(default_text())
