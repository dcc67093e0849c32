"""The UCUM units that are read: what they measure, and what one is in millimetres, kilograms, degrees or years."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: what it measures, its name in a request document (None: it has none there), its size in mm or kg."""

    kind: str
    name: str | None
    size: Decimal


READ: Final[Mapping[str, Unit]] = MappingProxyType(
    {
        "mm": Unit("length", "mm", Decimal(1)),
        "cm": Unit("length", "cm", Decimal(10)),
        "m": Unit("length", None, Decimal(1000)),
        "[in_i]": Unit("length", "in", Decimal("25.4")),
        "kg": Unit("mass", "kg", Decimal(1)),
        "g": Unit("mass", None, Decimal("0.001")),
        "[lb_av]": Unit("mass", "lb", Decimal("0.45359237")),
        "deg": Unit("angle", "deg", Decimal(1)),
        "a": Unit("years", None, Decimal(1)),
    }
)
"""By UCUM code. Inch and pound are those of 1959: [in_i], [lb_av]."""
SHOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{code: code for code in READ},
        **dict.fromkeys(("in", "in.", "inch", "inches", '"'), "[in_i]"),
        **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "[lb_av]"),
        **dict.fromkeys(("millimeter", "millimetre", "millimeters", "millimetres"), "mm"),
        **dict.fromkeys(("centimeter", "centimetre", "centimeters", "centimetres"), "cm"),
        **dict.fromkeys(("meter", "metre", "meters", "metres"), "m"),
        **dict.fromkeys(("kilogram", "kilograms"), "kg"),
        **dict.fromkeys(("gram", "grams"), "g"),
        **dict.fromkeys(("°", "degree", "degrees"), "deg"),
        **dict.fromkeys(("year", "years", "yr"), "a"),
    }
)
"""What people read as a unit, and the code that it says: where both are sent, they must agree."""


def codes(kind: str) -> list[str]:
    """The codes that measure this kind of thing; "measured" is whatever a limb measurement can be."""
    kinds = ("length", "angle") if kind == "measured" else (kind,)
    return [code for code, unit in READ.items() if unit.kind in kinds]


def converted(value: float, code: str, to: Decimal) -> float:
    """A number of a unit in another one of that size, without the dust of a binary multiplication.

    Returns the number itself where it is none that can be converted (NaN, infinity, more than a float holds): what
    is wrong with it is said where its limits are looked at.
    """
    factor = READ[code].size / to
    if factor == 1:
        return value
    try:
        return float(Decimal(repr(value)) * factor)
    except (ArithmeticError, ValueError, OverflowError):
        return value
