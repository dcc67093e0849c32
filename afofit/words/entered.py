"""Numbers said back in the unit in which they were typed: an entry in inches is answered in inches."""

from collections.abc import Mapping
from typing import Any

from afofit.fitting.units import LENGTHS_MM, MASSES_KG
from afofit.words.numbers import plain, quantity
from afofit.words.tongue import _

DOMAIN = {"length": "mm", "mass": "kg"}


def _typed(number: float, unit: str, facts: Mapping[str, Any]) -> tuple[float, str]:
    """A number of the domain (mm, kg, deg) in the unit that was typed, without the dust of the conversion."""
    typed_in: Mapping[str, str] = facts.get("typed_in", DOMAIN)
    if unit == "mm":
        unit = typed_in["length"]
        return round(number / LENGTHS_MM[unit], 6), unit
    if unit == "kg":
        unit = typed_in["mass"]
        return round(number / MASSES_KG[unit], 6), unit
    return number, unit


def entered(number: float, unit: str, facts: Mapping[str, Any]) -> str:
    """A number as it was entered, with its unit: "388.5 mm", "15.25 in"; ``facts`` are those of the finding."""
    return quantity(*_typed(number, unit, facts))


def several(numbers: tuple[float, ...], unit: str, facts: Mapping[str, Any]) -> list[str]:
    """Numbers as they were entered, without their unit."""
    return [plain(_typed(one, unit, facts)[0], 3) for one in numbers]


def limit(number: float, unit: str, facts: Mapping[str, Any]) -> str:
    """A limit in the unit that was typed, to a whole mm or a tenth of another unit."""
    typed, said = _typed(number, unit, facts)
    return quantity(round(typed, 0 if said == "mm" else 1), said)


def span(low: float, high: float, unit: str, facts: Mapping[str, Any]) -> str:
    """A range in the unit that was typed: "270 to 520 mm"."""
    typed, said = _typed(low, unit, facts)
    decimals = 0 if said == "mm" else 1
    return _("{low} to {high}").format(low=plain(round(typed, decimals), 1), high=limit(high, unit, facts))
