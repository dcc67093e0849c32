"""The vendored fonts, registered once, and a wider one for the letters that they lack."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
RIGHT_TO_LEFT = frozenset({"R", "AL"})

_lock = Lock()


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """One font: its name, the font itself and the advance of each letter (thousandths of the size).

    The advances stand by code point and once more by letter, which is twice as fast to add up as to ask
    ReportLab, and gives the same to the last digit. No width is kept by its text: names and notes are the
    patient's and must not stay in memory.
    """

    name: str
    font: Any
    advances: dict[int, float]
    by_letter: dict[str, float]

    def width(self, text: str, size: float) -> float:
        """Width (points) of a text; raises KeyError where the font lacks a letter."""
        return sum(map(self.by_letter.__getitem__, text)) * 0.001 * size

    def has(self, text: str) -> bool:
        """Whether the font has every letter of the text."""
        advances = self.advances
        return all(ord(letter) in advances for letter in text)


def _load(name: str, file: str) -> Face:
    """The font by its name, loaded once even where threads ask at the same moment."""
    with _lock:
        if name not in _loaded:
            _loaded[name] = _read(name, file)
        return _loaded[name]


def _read(name: str, file: str) -> Face:
    font = TTFont(name, FOLDER / file)
    pdfmetrics.registerFont(font)
    letters = font.face.charToGlyph
    widths = font.face.charWidths
    advances = {code: widths[code] for code in letters if code in widths and code >= 32}
    return Face(name, font, advances, {chr(code): advance for code, advance in advances.items()})


_loaded: dict[str, Face] = {}


@cache
def regular() -> Face:
    """Atkinson Hyperlegible."""
    return _load("Atkinson", "AtkinsonHyperlegible-Regular.ttf")


@cache
def bold() -> Face:
    """Atkinson Hyperlegible, bold."""
    return _load("Atkinson-Bold", "AtkinsonHyperlegible-Bold.ttf")


@cache
def wide() -> Face:
    """DejaVu Sans, for Greek, Cyrillic, Hebrew, Arabic and other letters of a name."""
    return _load("DejaVu", "DejaVuSans-Subset.ttf")


def printable(text: str) -> str:
    """The text with every letter that no font has written as its code point, so that nothing prints as a box."""
    face = regular().advances
    if all(ord(letter) in face for letter in text):
        return text
    other = wide().advances
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        letter if ord(letter) in face or ord(letter) in other else _substitute(letter) for letter in composed
    )


def _substitute(letter: str) -> str:
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in ("Cc", "Cf", "Mn"):
        return ""
    return f"[U+{ord(letter):04X}]"


def runs(text: str, face: Face) -> Iterator[tuple[Face, str]]:
    """The text cut where the font must change; letters written from the right are put in printing order."""
    if face.has(text):
        yield face, text
        return
    start, current = 0, face
    text = _visual(text)
    for place, letter in enumerate(text):
        wanted = face if ord(letter) in face.advances else wide()
        if wanted is not current:
            if place > start:
                yield current, text[start:place]
            start, current = place, wanted
    yield current, text[start:]


def _visual(text: str) -> str:
    """Hebrew and Arabic words in the order of print; letters are not joined."""
    if not any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text):
        return text
    words = text.split(" ")
    turned = [
        word[::-1] if any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in word) else word
        for word in words
    ]
    if all(word != before for word, before in zip(turned, words, strict=True)):
        turned.reverse()
    return " ".join(turned)


def width(text: str, face: Face, size: float) -> float:
    """Width (points) of a text, with the wider font where it is needed."""
    try:
        return sum(map(face.by_letter.__getitem__, text)) * 0.001 * size
    except KeyError:
        return sum(part.width(piece, size) for part, piece in runs(text, face))
