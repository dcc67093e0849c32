"""The dimensions of a fitting as rows over the legs: rounded, in words, each with its working."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from afofit.fitting.dimensions import BY_NAME, DIMENSIONS, Dimension
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.stance import stances
from afofit.fitting.values import Side, Value
from afofit.web.working import Working, workings
from afofit.words import changes, numbers
from afofit.words.alignment import BUILT_UP_LABEL, DERIVED
from afofit.words.tongue import N_, _

ALIGNMENT = (
    "ankle_angle_deg",
    "shank_to_vertical_angle_deg",
    "shoe_pitch_deg",
    "base_length_mm",
    "heel_sole_differential_needed_mm",
    "heel_build_up_mm",
)
"""Dimensions of the alignment card: the two angles of ankle and shank first and always together."""
SHANK = "shank_to_vertical_angle_deg"
LABELS = {"shank_to_vertical_angle_deg": N_("Shank to vertical")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of one leg as people see it."""

    shown: str
    tolerance: str = ""
    estimated: bool = False
    outer: str = ""
    changed: tuple[str, ...] = ()
    """What the rule gave, who chose instead and when, and why; empty where nothing was changed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dimension over the legs."""

    code: str
    name: str
    label: str
    grade: str
    cells: Mapping[Side, Cell | None]
    working: tuple[Working, ...]


def brace_rows(fitting: Fitting) -> tuple[Row, ...]:
    """Everything about the brace itself, in the order of the codes."""
    return _rows(fitting, (one for one in DIMENSIONS if one.name not in ALIGNMENT))


def alignment_rows(fitting: Fitting) -> tuple[Row, ...]:
    """Ankle, shank, shoe and heel; ankle and shank first."""
    rows = _rows(fitting, (BY_NAME[name] for name in ALIGNMENT))
    if not rows or any(row.name == SHANK for row in rows):
        return rows
    # Nobody may take the one angle for the other: the shank stands beside the ankle even where it is not given.
    none: dict[Side, Cell | None] = dict.fromkeys(computed_sides(fitting))
    return rows[0], Row(BY_NAME[SHANK].code, SHANK, _(LABELS[SHANK]), "", none, ()), *rows[1:]


def computed_sides(fitting: Fitting) -> tuple[Side, ...]:
    """The legs with dimensions."""
    return tuple(side for side, limb in fitting.limbs.items() if limb.dimensions)


def derived_rows(fitting: Fitting) -> tuple[Row, ...]:
    """What is worked out for this page only and is no dimension of the answer: the lean with the build-up."""
    values = {
        side: next((one.shank for one in stances(fitting.limbs[side]) if one.kind == "built_up"), None)
        for side in computed_sides(fitting)
    }
    given = {side: value for side, value in values.items() if value}
    if not given:
        return ()
    shown = {side: numbers.lean(value.magnitude) for side, value in given.items()}
    cells = {side: Cell(shown[side], tolerance="3°") if side in shown else None for side in values}
    label = f"{_(BUILT_UP_LABEL)} ({_(DERIVED)})"
    return (Row("", "", label, "D", cells, workings(given, shown)),)


def _rows(fitting: Fitting, wanted: Iterable[Dimension]) -> tuple[Row, ...]:
    limbs = {side: fitting.limbs[side] for side in computed_sides(fitting)}
    rows = (_row(one, limbs) for one in wanted)
    return tuple(row for row in rows if row)


def _row(dimension: Dimension, limbs: Mapping[Side, LimbFitting]) -> Row | None:
    values = {side: limb.dimensions.get(dimension.name) for side, limb in limbs.items()}
    given = {side: value for side, value in values.items() if value}
    if not given:
        return None
    worked_out = {side: _worked_out(limbs[side], value) for side, value in given.items()}
    return Row(
        code=dimension.code,
        name=dimension.name,
        label=_(LABELS.get(dimension.name, dimension.label)),
        # Of two legs with different rules the weaker evidence is shown; the working names both.
        grade=max(value.source.grade for value in given.values()),
        cells={side: _cell(dimension, value, limbs[side]) if value else None for side, value in values.items()},
        working=workings(worked_out, {side: _shown(dimension, value) for side, value in worked_out.items()}),
    )


def _worked_out(limb: LimbFitting, value: Value) -> Value:
    """The value as the rule gave it, whose working is shown even where another was chosen."""
    one = limb.overridden.get(value.name)
    return one.computed if one else value


def _shown(dimension: Dimension, value: Value) -> str:
    return numbers.dimension(dimension.name, value.magnitude, dimension.unit)


def _cell(dimension: Dimension, value: Value, limb: LimbFitting) -> Cell:
    outer = limb.outer(dimension.name) if dimension.is_height else None
    tolerance = "" if value.tolerance is None else numbers.plain(value.tolerance, 1)
    return Cell(
        shown=_shown(dimension, value),
        tolerance=f"{tolerance}°" if tolerance and dimension.unit == "deg" else tolerance,
        estimated=value.estimated,
        outer="" if outer is None else numbers.length(outer),
        changed=_changed(limb, dimension),
    )


def _changed(limb: LimbFitting, dimension: Dimension) -> tuple[str, ...]:
    one = limb.overridden.get(dimension.name)
    return (changes.computed(one), changes.signed(one.override), one.override.reason) if one else ()
