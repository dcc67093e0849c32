"""A fitting as a summary for the note of a chart: plain text, and RTF for systems that refuse PDF."""

import textwrap
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import category

from afofit.fitting.result import Fitting
from afofit.words.note import Heading, Item, Note, Piece, Row, Said, Standing, note

WIDTH = 78
"""The most letters of a line of plain text: what old systems show without breaking it again."""
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of everything after them: a name that holds one would turn the numbers of the note."""
UNPAIRED = "\ufffd"
LABEL_TWIPS, TABLE_TWIPS = 4200, 9600
"""Where the columns of a table end, in twentieths of a point."""
SIZES = {1: 28, 2: 24, 3: 20}
"""The size of a heading by its level, in half points."""


def as_text(fitting: Fitting, standing: Standing | None = None) -> str:
    """The summary as plain text: lines of at most 78 letters, each ended by a line feed."""
    lines: list[str] = []
    before: Piece | None = None
    for piece in note(fitting, standing or Standing()):
        if before is not None and _apart(before, piece):
            lines.append("")
        lines += _lines(piece)
        before = piece
    return "\n".join(lines) + "\n"


def _apart(before: Piece, piece: Piece) -> bool:
    """Whether an empty line parts two pieces: headings, tables and lists begin and end with one."""
    if isinstance(piece, Heading):
        return not isinstance(before, Heading)
    return not isinstance(before, Heading) and type(before) is not type(piece)


def _lines(piece: Piece) -> list[str]:
    match piece:
        case Heading(text, level):
            return _wrapped(clean(text) if level == 3 else clean(text).upper())
        case Said(text):
            return _wrapped(clean(text))
        case Item(name, text):
            return _wrapped(f"- {clean(name)}. {clean(text)}", "  ")
        case Row(label, text):
            return _wrapped(f"{clean(label)}: {clean(text)}", "  ")


def _wrapped(text: str, indent: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=indent, break_on_hyphens=False) or [""]


def clean(text: str) -> str:
    """Typed text on one line: without control characters, marks that turn the direction, and halves of letters."""
    kept = (UNPAIRED if category(one) == "Cs" else " " if category(one) == "Cc" else one for one in text)
    return " ".join("".join(one for one in kept if one not in TURNING).split())


def as_rtf(fitting: Fitting, standing: Standing | None = None) -> bytes:
    """The summary as RTF 1.9, every byte of it ASCII: headings bold, dimensions in tables of two columns."""
    return "\n".join(_document(note(fitting, standing or Standing()))).encode("ascii")


def _document(pieces: Note) -> Iterator[str]:
    yield r"{\rtf1\ansi\ansicpg1252\deff0\uc1{\fonttbl{\f0\fswiss\fcharset0 Arial;}}"
    yield r"\paperw11906\paperh16838\margl1134\margr1134\margt1134\margb1134\f0\fs20"
    for piece, after in pairwise((*pieces, None)):
        if piece is not None:
            yield _rtf(piece)
            if isinstance(piece, Row) and not isinstance(after, Row):
                # A paragraph ends the table: two tables that touch are one to some readers.
                yield r"\pard\sa60\par"
    yield "}"


def _rtf(piece: Piece) -> str:
    match piece:
        case Heading(text, level):
            return rf"\pard\keepn\sb{160 if level < 3 else 100}\sa60{{\b\fs{SIZES[level]} {escaped(text)}}}\par"
        case Said(text, strong):
            said = rf"{{\b {escaped(text)}}}" if strong else escaped(text)
            return rf"\pard\sa60 {said}\par"
        case Item(name, text):
            return rf"\pard\fi-240\li240\sa60 - {{\b {escaped(name)}.}} {escaped(text)}\par"
        case Row(label, text):
            edges = rf"\cellx{LABEL_TWIPS}\cellx{TABLE_TWIPS}"
            return rf"\trowd\trgaph60{edges}\pard\intbl {escaped(label)}\cell {{\b {escaped(text)}}}\cell\row"


def escaped(text: str) -> str:
    """Text for RTF: its three signs escaped, every letter beyond ASCII as its UTF-16 units with "?" for old readers."""
    return "".join(_letter(one) for one in clean(text))


def _letter(letter: str) -> str:
    if letter in "\\{}":
        return f"\\{letter}"
    if letter.isascii():
        return letter
    units = letter.encode("utf-16-le")
    numbers = (int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2))
    return "".join(f"\\u{number}?" for number in numbers)
