"""Unusual values that somebody confirmed: each must be about a measurement of its leg, as it is entered."""

from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from typing import Any

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import Limb
from afofit.fitting.values import Side
from afofit.schemas.problems import Path, Problem, where
from afofit.schemas.units import Units
from afofit.words.numbers import plain
from afofit.words.problems import sentence, shown

SAME = 1e-9
"""How far, of their size, two numbers may lie apart and be the same number after a conversion."""


def unit_kind(field: str) -> str:
    """The kind of unit in which a measurement is typed: a length, or degrees."""
    return "length" if field in BY_NAME and BY_NAME[field].unit == "mm" else "deg"


def same(confirmed: float, entered: float) -> bool:
    """Whether a confirmed number is still the one that is entered (both in one unit)."""
    return isclose(confirmed, entered, rel_tol=SAME, abs_tol=SAME)


def check_confirmed(
    side: Side, rows: Sequence[Mapping[str, Any]], given: Mapping[str, Any], limb: Limb, units: Units
) -> Iterator[Problem]:
    """What is wrong with the confirmations of one limb; ``given`` is the limb as it came."""
    seen: set[str] = set()
    for place, row in enumerate(rows):
        path: Path = ("limbs", side, "confirmed", place)
        field = row["field"] or ""
        if field not in BY_NAME:
            text = sentence("not_a_measurement", where=where((*path, "field")), received=shown(field))
            yield Problem((*path, "field"), text, field, None, list(BY_NAME))
            continue
        about = where(("limbs", side, field))
        if field in seen:
            twice = sentence(
                "confirmed_twice", where=about, received=_exact(row["value"], units.name(unit_kind(field)))
            )
            yield Problem((*path, "field"), twice, field)
        seen.add(field)
        yield from _of_value((*path, "value"), about, row["value"], limb.measurements.get(field), given, field, units)


def _exact(number: float, unit: str | None) -> str:
    """A number with every digit that can make it another one."""
    return f"{plain(number, 6)}°" if unit == "deg" else f"{plain(number, 6)} {unit}"


def _of_value(
    path: Path,
    about: str,
    confirmed: float,
    entered: float | None,
    given: Mapping[str, Any],
    field: str,
    units: Units,
) -> Iterator[Problem]:
    kind = unit_kind(field)
    unit, factor = units.name(kind), units.factor(kind)
    received = _exact(confirmed, unit)
    if entered is None:
        # A value that is there but cannot be read has its own problem.
        if given.get(field) is None:
            yield Problem(path, sentence("confirmed_nothing", where=about, received=received), confirmed, unit)
        return
    if not same(confirmed * factor, entered):
        typed = round(entered / factor, 6)
        text = sentence("confirmed_other", where=about, received=received, entered=_exact(typed, unit))
        yield Problem(path, text, confirmed, unit, typed)
