"""How HL7 v2 is written: segments of numbered fields, the signs that part them, and how text keeps apart from them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from unicodedata import category

FIELD, COMPONENT, REPETITION, ESCAPE, SUBCOMPONENT = "|", "^", "~", "\\", "&"
END = "\r"
"""What ends every segment."""
SIGNS = f"{COMPONENT}{REPETITION}{ESCAPE}{SUBCOMPONENT}"
ESCAPED = {sign: f"{ESCAPE}{letter}{ESCAPE}" for sign, letter in zip("|^~\\&", "FSRET", strict=True)}
NEW_LINE = f"{ESCAPE}.br{ESCAPE}"
LINE_ENDS = ("\r\n", "\r", "\n", "\u2028", "\u2029")
UNPAIRED = "\ufffd"

Fields = Mapping[int, str]
"""What stands in a segment, by the number that the standard gives each field; what is not there is empty."""


def segment(name: str, fields: Fields) -> str:
    """One segment with its end. Of MSH, whose first field is the sign between fields, fields begin with the third."""
    first = 3 if name == "MSH" else 1
    said = [fields.get(number, "") for number in range(first, max(fields) + 1)]
    head = [name, SIGNS] if name == "MSH" else [name]
    # A bar within a field is escaped: these are of fields that are empty.
    return FIELD.join([*head, *said]).rstrip(FIELD) + END


def text(typed: str) -> str:
    """Text as it stands in a field: what parts fields and lines is escaped, and so is every control character."""
    lines = typed
    for end in LINE_ENDS:
        lines = lines.replace(end, "\n")
    return "".join(_letter(one) for one in lines)


def _letter(letter: str) -> str:
    if letter == "\n":
        return NEW_LINE
    if letter in ESCAPED:
        return ESCAPED[letter]
    kind = category(letter)
    if kind == "Cc":
        # Among them the bytes that begin and end a message on the wire.
        return f"{ESCAPE}X{letter.encode().hex().upper()}{ESCAPE}"
    return UNPAIRED if kind == "Cs" else letter


def components(*parts: str) -> str:
    """Parts of a field, each escaped; those that are empty at the end are left out."""
    return COMPONENT.join(text(one) for one in parts).rstrip(COMPONENT)


def moment(when: datetime | date | None) -> str:
    """A day, or a moment to the second with its zone; one that was told without a zone stays without."""
    if when is None:
        return ""
    if not isinstance(when, datetime):
        return f"{when:%Y%m%d}"
    if when.utcoffset() is None:
        return f"{when:%Y%m%d%H%M%S}"
    return f"{when.astimezone(UTC):%Y%m%d%H%M%S}+0000"
