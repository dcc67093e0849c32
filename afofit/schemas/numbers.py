"""Numbers as people type them: 388, 388.5, 388,5, 388 mm, 17 7/8, 17-7/8"."""

import re

MINUS_SIGNS = "−–"
UNIT_WORDS = {
    "mm": "mm",
    "cm": "cm",
    "in": "in",
    "inch": "in",
    "inches": "in",
    '"': "in",
    "″": "in",
    "”": "in",
    "kg": "kg",
    "lb": "lb",
    "lbs": "lb",
    "°": "deg",
    "deg": "deg",
    "degrees": "deg",
    "years": "years",
    "y": "years",
}
_UNIT = re.compile(r'\s*(mm|cm|inches|inch|in|kg|lbs|lb|degrees|deg|years|y|["″”°])$', re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_FRACTION = re.compile(r"([+-]?)(?:(\d+)(?:\s+|\s*-\s*))?(\d+)\s*/\s*(\d+)", re.ASCII)
LONGEST = 40


def whole(text: str, most: int, *, least: int = 0) -> int | None:
    """The whole number from ``least`` to ``most`` that a text is in plain digits; None where it is anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST):
        return None
    return int(text) if least <= int(text) <= most else None


class Unreadable(ValueError):
    """A text that is no number; ``code`` says why, for the words."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def read_number(text: str, unit: str | None) -> float:
    """The number that was typed, in the unit chosen; raises Unreadable. A comma is a decimal comma."""
    rest = text.strip()
    if len(rest) > LONGEST:
        raise Unreadable("not_a_number")
    for sign in MINUS_SIGNS:
        rest = rest.replace(sign, "-")
    found = _UNIT.search(rest)
    if found:
        typed = UNIT_WORDS[found[1].lower()]
        if unit is not None and typed != unit:
            raise Unreadable("other_unit", typed=typed, unit=unit)
        rest = rest[: found.start()].strip()
    fraction = _FRACTION.fullmatch(rest)
    if fraction:
        return _fraction(fraction)
    if "," in rest:
        if "." in rest or rest.count(",") > 1 or re.search(r",\d{3}$", rest):
            raise Unreadable("unclear_comma")
        rest = rest.replace(",", ".")
    if not rest.isascii() or not _PLAIN.fullmatch(rest):
        raise Unreadable("letter_o" if _PLAIN.fullmatch(rest.upper().replace("O", "0")) else "not_a_number")
    return float(rest)


def _fraction(found: re.Match[str]) -> float:
    sign, whole, above, below = found.groups()
    if int(below) == 0:
        raise Unreadable("not_a_number")
    number = int(whole or 0) + int(above) / int(below)
    return -number if sign == "-" else number


def has_sign(text: str) -> bool:
    """Whether a sign was typed before the number."""
    return text.strip()[:1] in ("+", "-", *MINUS_SIGNS)
