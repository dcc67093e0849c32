"""How numbers are shown: rounded here and nowhere else."""

import math
from datetime import UTC, date, datetime

from afofit.words.tongue import N_, _, decimal

UNITS = {"mm": "mm", "deg": "°", "Nm": "Nm", "Nm/deg": "Nm/°", "cm": "cm", "in": "in", "kg": "kg", "lb": "lb"}
_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
MINUS = "−"


def plain(number: float, decimals: int = 2) -> str:
    """A number with at most so many decimals, no trailing zeros, and a true minus sign: "12.5", in Spanish "12,5"."""
    text = typed(number, decimals)
    return decimal(f"{MINUS}{text[1:]}" if text.startswith("-") else text)


def typed(number: float, decimals: int = 2) -> str:
    """The same number as it stands in a field or a machine reads it: always with a point and a plain minus."""
    text = f"{number:.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def whole(number: float) -> str:
    """A number rounded to the nearest whole, halves up, with a true minus sign."""
    rounded = math.floor(abs(number) + 0.5 + 1e-9)
    return f"{MINUS}{rounded}" if number < 0 and rounded else str(rounded)


def length(number_mm: float) -> str:
    """A length in whole millimetres: "417 mm"."""
    return f"{whole(number_mm)} mm"


def thickness(number_mm: float) -> str:
    """A sheet, liner or sock thickness, which needs its decimal: "4.8 mm"."""
    return f"{plain(number_mm, 1)} mm"


def mass(number_kg: float) -> str:
    """A body weight: "82 kg", "16.5 kg"."""
    return f"{plain(number_kg, 1)} kg"


def angle(number_deg: float) -> str:
    """An angle in whole degrees: "4°"."""
    return f"{whole(number_deg)}°"


def ankle(number_deg: float) -> str:
    """An ankle angle in words: "90°" only at the right angle itself, else "12° plantarflexed"."""
    if number_deg == 0:
        return "90°"
    size = abs(number_deg)
    return turned(number_deg, whole(size) if size >= 1 else plain(size, 1))


def turned(number_deg: float, size: str) -> str:
    """An ankle angle whose size is given as text, with its direction: "3° dorsiflexed"."""
    return (_("{size}° dorsiflexed") if number_deg > 0 else _("{size}° plantarflexed")).format(size=size)


def leaned(number_deg: float, size: str) -> str:
    """A lean of the shank whose size is given as text, with its direction: "3° forward"."""
    return (_("{size}° forward") if number_deg > 0 else _("{size}° backward")).format(size=size)


def reach(number_deg: float) -> str:
    """A passive range in words: "8° past 90°", "3° short of 90°", "just to 90°"."""
    if number_deg == 0:
        return _("just to 90°")
    words = _("{size}° past 90°") if number_deg > 0 else _("{size}° short of 90°")
    return words.format(size=plain(abs(number_deg), 1))


def quantity(number: float, unit: str) -> str:
    """A number as entered, with its unit: "10.1 mm", "17.25 in", "8°"."""
    decimals = 3 if unit == "in" else 1 if unit in ("mm", "deg") else 2
    sign = UNITS.get(unit, unit)
    return f"{plain(number, decimals)}{sign}" if unit == "deg" else f"{plain(number, decimals)} {sign}".rstrip()


def day(value: date) -> str:
    """A date that reads the same everywhere: "23 Nov 2026"."""
    return f"{value.day} {_(_MONTHS[value.month - 1])} {value.year}"


def moment(value: datetime) -> str:
    """A moment that reads the same everywhere: "23 Nov 2026 10:30 UTC"."""
    there = value.astimezone(UTC)
    return f"{day(there.date())} {there:%H:%M} UTC"


def lean(number_deg: float) -> str:
    """The lean of the shank in words: "5° forward", "4° backward", "upright"."""
    size = whole(abs(number_deg))
    if size == "0":
        return _("upright")
    return leaned(number_deg, size)


def edge(number_mm: float) -> str:
    """The ankle edge in words: "6 mm behind", "6 mm before", "through them"."""
    if number_mm == 0:
        return _("through them")
    words = _("{distance} before") if number_mm > 0 else _("{distance} behind")
    return words.format(distance=length(abs(number_mm)))


def dimension(name: str, number: float, unit: str) -> str:
    """A result as people see it: whole millimetres and degrees, thickness to a tenth, moments to a hundredth."""
    if name == "ankle_angle_deg":
        return ankle(number)
    if name == "shank_to_vertical_angle_deg":
        return lean(number)
    if name == "ankle_trim_offset_mm":
        return edge(number)
    if name == "shell_thickness_mm":
        return thickness(number)
    if unit == "mm":
        return length(number)
    if unit == "deg":
        return angle(number)
    return f"{plain(number)} {UNITS[unit]}"
