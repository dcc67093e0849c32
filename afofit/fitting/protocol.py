"""Allowances as data: every number of the rules with its source, grade and bounds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from afofit.fitting.values import Basis, Grade, Known, Source, Value

ALLOWED_SHARE = 0.5
"""A clinic may move a value by this share of the default, never past zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One number of the protocol: its value by case, its origin and how far a clinic may move it."""

    name: str
    clause: str
    values: Mapping[str, float]
    bounds: Mapping[str, tuple[float, float]]
    source: Source

    def value(self, *cases: str) -> Value | None:
        """The Value for the first of the cases that it knows, or None."""
        for case in cases:
            if case in self.values:
                return Value(self.name, self.values[case], self.source, clause=self.clause)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WearStep:
    """Days (first, last) with the minutes to wear, or the minutes more than the day before."""

    days: tuple[int, int]
    minutes: tuple[int, int] | None = None
    more_each_day_minutes: tuple[int, int] | None = None
    sessions: int = 1
    checks_each_wear: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ThicknessTable:
    """Sheet thickness (mm) by weight (kg, upper ends not included); none beyond the last weight."""

    source: Source
    weight_kg: tuple[float, ...]
    thickness_mm: Mapping[str, tuple[float, ...]]

    def look_up(self, design: str, weight_kg: float) -> Value | None:
        """The thickness (mm) for a design and a body weight, or None where the table ends."""
        row = self.thickness_mm.get(design, self.thickness_mm["others"])
        for upper, thickness in zip(self.weight_kg, row, strict=True):
            if weight_kg < upper:
                return Value("table_thickness_mm", thickness, self.source, clause="R11")
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A named, versioned set of numbers; every fitting keeps the name and version it used."""

    name: str
    version: int
    parameters: Mapping[str, Parameter]
    thickness: ThicknessTable
    review_months: Mapping[str, int]
    wear_plans: Mapping[str, tuple[WearStep, ...]]
    wear_source: Source
    call_after_min: int
    stop_after_min: int
    _numbers: dict[str, float] = field(default_factory=dict)
    _known: dict[tuple[str, ...], Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._numbers.update({name: one.values["all"] for name, one in self.parameters.items() if "all" in one.values})

    def number(self, name: str) -> float:
        """The value of a parameter that has one value for all cases."""
        return self._numbers[name]

    def source(self, name: str) -> Source:
        """Where a parameter comes from."""
        return self.parameters[name].source

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


def _bounds(value: float, given: tuple[float, float] | None) -> tuple[float, float]:
    if given is not None:
        return given
    ends = (value * (1 - ALLOWED_SHARE), value * (1 + ALLOWED_SHARE))
    return (min(ends), max(ends))


def _parameter(row: Mapping[str, Any]) -> Parameter:
    values = {case: float(value) for case, value in row["values"].items()}
    given = row.get("bounds", {})
    grade: Grade = row.get("grade", "D")
    basis: Basis = row.get("basis", "derived")
    return Parameter(
        name=row["name"],
        clause=row["clause"],
        values=values,
        bounds={case: _bounds(value, tuple(given[case]) if case in given else None) for case, value in values.items()},
        source=Source(row["source"], grade, basis),
    )


def _wear_step(row: Mapping[str, Any]) -> WearStep:
    arguments: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return WearStep(**arguments)


def load(text: str) -> Protocol:
    """A protocol from its TOML text."""
    data = tomllib.loads(text)
    thickness = data["thickness"]
    wear = data["wear_plan"]
    rows = {name: tuple(row) for name, row in thickness.items() if name not in ("source", "weight_kg")}
    parameters = [_parameter(row) for row in data["parameter"]]
    by_name = {parameter.name: parameter for parameter in parameters}
    if len(by_name) != len(parameters):
        raise ValueError("a parameter stands twice in the protocol")
    for name, low in by_name.items():
        high = by_name.get(name.replace("_min_", "_max_"))
        if high not in (None, low) and any(low.values[case] > high.values[case] for case in low.values):
            raise ValueError(f"{name} lies above its maximum")
    return Protocol(
        name=data["name"],
        version=data["version"],
        parameters=by_name,
        thickness=ThicknessTable(
            source=Source(thickness["source"], "D", "derived"),
            weight_kg=tuple(thickness["weight_kg"]),
            thickness_mm=rows,
        ),
        review_months={key: value for key, value in data["review_months"].items() if key != "source"},
        wear_plans={name: tuple(_wear_step(row) for row in wear[name]) for name in ("normal", "slow")},
        wear_source=Source(wear["source"], "D", "derived"),
        call_after_min=wear["call_after_min"],
        stop_after_min=wear["stop_after_min"],
    )


@cache
def default() -> Protocol:
    """The protocol that a fitting uses where no other is named."""
    return load(files("afofit.fitting").joinpath("tables", "protocol_default.toml").read_text("utf-8"))
