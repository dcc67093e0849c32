"""What one field of a request may be, before units and limits are looked at."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import ValidationError, fields, missing

UNKNOWN = "unknown"
LONGEST_TEXT = 200
LONGEST_SIZE = 8
PLAIN_TEXT = r"^[^\u0000-\u001f]*$"
DATE = r"^\d{4}-\d{2}-\d{2}$"
MOMENT = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$"
INSTANT = MOMENT.replace(")?$", ")$")
"""How texts, dates and moments are written: the description of the service says the same to other systems."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value: a code for the words, and what would be right."""

    code: str
    allowed: object = None
    at: tuple[str | int, ...] = ()


def fault(code: str, allowed: object = None, at: tuple[str | int, ...] = ()) -> ValidationError:
    """The error that carries a Fault through marshmallow."""
    return ValidationError([Fault(code, allowed, at)])


class Own(fields.Field[Any]):
    """A field that may be null (left out) and tells faults instead of sentences."""

    def __init__(self, *, required: bool = False, unknown: bool = False) -> None:
        super().__init__(required=required, allow_none=not required)
        self.unknown = unknown

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """What a document holds here: left out, null, unknown, or a value to read.

        Takes the place of marshmallow's general way, which looks for validators and defaults that no
        field here has; a request has a hundred fields.
        """
        if value is missing:
            if self.required:
                raise fault("missing")
            return missing
        if value is None:
            if not self.allow_none:
                raise fault("missing")
            return None
        if self.unknown and value == UNKNOWN:
            return None
        return self.read(value)

    def read(self, value: Any) -> Any:
        """The value, or a fault; anything is right unless a kind of field says what is."""
        return value


def read_number(value: Any, at: tuple[str | int, ...] = ()) -> float:
    """A finite number; true, false, text, NaN and infinity are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("not_a_number", "a number", at)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise fault("not_finite", "a number", at)
    return number


class Number(Own):
    """A finite number."""

    def read(self, value: Any) -> float:
        """The number, or a fault."""
        return read_number(value)


class Whole(Own):
    """A whole number, such as a muscle grade."""

    def read(self, value: Any) -> int:
        """The number, or a fault."""
        number = read_number(value)
        if number != int(number):
            raise fault("not_whole", "a whole number")
        return int(number)


class Reading(Own):
    """A measurement: one number, or {"readings": [two or three numbers]}."""

    def read(self, value: Any) -> tuple[float, ...]:
        """The readings, or a fault."""
        if not isinstance(value, Mapping):
            return (read_number(value),)
        readings = value.get("readings")
        if set(value) != {"readings"} or not isinstance(readings, list) or not 1 <= len(readings) <= 3:
            raise fault("not_readings", '{"readings": [1 to 3 numbers]}')
        return tuple(read_number(one, ("readings", place)) for place, one in enumerate(readings))


class Choice(Own):
    """One of the declared codes."""

    def __init__(
        self, values: tuple[str, ...], *, required: bool = False, unknown: bool = False, wrong: str = "not_a_choice"
    ) -> None:
        super().__init__(required=required, unknown=unknown)
        self.values = values
        self.wrong = wrong

    def read(self, value: Any) -> str:
        """The code, or a fault."""
        if not isinstance(value, str) or value not in self.values:
            raise fault(self.wrong, [*self.values, *([UNKNOWN] if self.unknown else [])])
        return value


class Choices(Own):
    """A list of declared codes, each once; an empty list means asked, none present."""

    def __init__(self, values: tuple[str, ...]) -> None:
        super().__init__(unknown=True)
        self.values = values

    def read(self, value: Any) -> tuple[str, ...]:
        """The codes in the order of their declaration, or a fault."""
        if not isinstance(value, list):
            raise fault("not_a_list", list(self.values))
        for place, one in enumerate(value):
            if not isinstance(one, str) or one not in self.values:
                raise fault("not_a_choice", list(self.values), (place,))
        return tuple(code for code in self.values if code in value)


class Flag(Own):
    """true or false."""

    def read(self, value: Any) -> bool:
        """The flag, or a fault."""
        if not isinstance(value, bool):
            raise fault("not_a_flag", [True, False, *([UNKNOWN] if self.unknown else [])])
        return value


class Text(Own):
    """A short line of text without control characters."""

    def read(self, value: Any) -> str | None:
        """The text without spaces around it, None if nothing is left, or a fault."""
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or any(map(_unprintable, value)):
            raise fault("not_text", f"text of at most {LONGEST_TEXT} letters")
        return value.strip() or None


def _unprintable(letter: str) -> bool:
    """Control characters, and halves of letters."""
    return ord(letter) < 32 or 0xD800 <= ord(letter) <= 0xDFFF


def _written(value: Any, how: str) -> str:
    """The text, where it is written in that way; raises ValueError."""
    if not isinstance(value, str) or not re.search(how, value, re.ASCII):
        raise ValueError(how)
    return value


class Day(Own):
    """A date as YYYY-MM-DD."""

    def read(self, value: Any) -> date:
        """The date, or a fault."""
        try:
            return date.fromisoformat(_written(value, DATE))
        except ValueError:
            raise fault("not_a_date", "YYYY-MM-DD") from None


class Moment(Own):
    """A date and time as YYYY-MM-DDTHH:MM."""

    def read(self, value: Any) -> datetime:
        """The date and time, or a fault."""
        try:
            return datetime.fromisoformat(_written(value, MOMENT))
        except ValueError:
            raise fault("not_a_moment", "YYYY-MM-DDTHH:MM") from None


class Instant(Moment):
    """A date and time with its zone, so that it is one moment everywhere."""

    def read(self, value: Any) -> datetime:
        """The moment, or a fault."""
        moment = super().read(value)
        if moment.tzinfo is None:
            raise fault("no_zone", "YYYY-MM-DDTHH:MM+HH:MM")
        return moment


class Size(Own):
    """A shoe size: a number, or text such as 13.5, 1C, 1Y."""

    def read(self, value: Any) -> str | float:
        """The size as printed, or a fault."""
        if isinstance(value, str) and value.strip() and len(value) <= LONGEST_SIZE:
            text = value.strip()
            return float(text) if re.fullmatch(r"\d+(\.\d*)?", text, re.ASCII) else text
        return read_number(value)
