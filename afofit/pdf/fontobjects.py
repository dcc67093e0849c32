"""The fonts of a document as ready bytes: the letters that every sheet needs are cut and packed once.

A font is cut down to the letters of the document. Cutting and packing takes longer than laying out a
page, so each document begins with the same letters, and what they give is kept. A document with further
letters is cut for itself and not kept: the order of its letters could tell a name.
"""

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from reportlab.lib.rl_accel import escapePDF
from reportlab.pdfbase.ttfonts import FF_NONSYMBOLIC, FF_SYMBOLIC, SUBSETN, makeToUnicodeCMap

from afofit.pdf.file import Packed, packed
from afofit.pdf.fonts import Face, bold, regular
from afofit.pdf.tags import Raw

SIGNS = "".join(map(chr, range(32, 127))) + "°±·×÷π−–’“”…•¿¡áéíóúüñÁÉÍÓÚÜÑ"
"""What the words of the sheets are written with, English and Spanish."""
LEVEL = 9
"""The highest level of zlib: paid once, and every document is smaller."""

_KNOWN = frozenset((*map(ord, SIGNS), *range(128)))
"""Code points of what may be kept; ReportLab begins every font with those below 128."""
_ESCAPED = tuple(escapePDF(bytes((code,))) for code in range(256))
_cutting = Lock()
"""A font is cut by moving through its one buffer, so only one subset is cut at a time."""


@dataclass(frozen=True, slots=True)
class Subset:
    """One subset of a font: its name in the file and its parts, ready to be written."""

    name: str
    outlines: bytes
    to_unicode: bytes
    widths: str
    descriptor: str


def first_codes(face: Face, document: Any) -> dict[str, str]:
    """Begin a font in a document with the known signs: the code of each, ready for a string of the page."""
    if face not in (regular(), bold()):
        return {}
    ((_, codes),) = face.font.splitString(SIGNS, document)
    return {letter: _ESCAPED[code] for letter, code in zip(SIGNS, codes, strict=True)}


def further_code(face: Face, letter: str, document: Any) -> tuple[int, str]:
    """The subset and the code of a letter, which is added to the font of the document."""
    ((subset, code),) = face.font.splitString(letter, document)
    return subset, _ESCAPED[code[0]]


def add(document: Any) -> None:
    """Put every font that the document uses into it; no letter can be added afterwards."""
    for font in document.delayedFonts:
        state = font.state[document]
        state.frozen = 1
        for place, letters in enumerate(state.subsets):
            _write(document, font.getSubsetInternalName(place, document)[1:], _subset(font, place, tuple(letters)))
        del font.state[document]


def _write(document: Any, name: str, subset: Subset) -> None:
    outlines = _reference(document, Packed(subset.outlines), f"Outlines{subset.name}")
    to_unicode = _reference(document, Packed(subset.to_unicode), f"ToUnicode{subset.name}")
    descriptor = _reference(
        document, Raw(f"{subset.descriptor}/FontFile2 {outlines}>>".encode()), f"Descriptor{subset.name}"
    )
    font = Raw(
        f"<</Type/Font/Subtype/TrueType/Name/{name}/BaseFont/{subset.name}{subset.widths}"
        f"/ToUnicode {to_unicode}/FontDescriptor {descriptor}>>".encode()
    )
    document.idToObject["BasicFonts"].dict[name] = document.Reference(font, name)


def _reference(document: Any, content: Raw, name: str) -> str:
    reference: bytes = document.Reference(content, name).format(document)
    return reference.decode()


def _subset(font: Any, place: int, letters: tuple[int, ...]) -> Subset:
    """One subset of a font; kept only where it holds nothing but the known signs."""
    return _kept(font, place, letters) if _KNOWN.issuperset(letters) else _made(font, place, letters)


def _made(font: Any, place: int, letters: tuple[int, ...]) -> Subset:
    face = font.face
    name = (SUBSETN(place) + b"+" + face.name + face.subfontNameX).decode("ascii")
    with _cutting:
        outlines: bytes = face.makeSubset(list(letters))
    widths = " ".join([_plain(face.getCharWidth(letter)) for letter in letters])
    box = " ".join([_plain(edge) for edge in face.bbox])
    return Subset(
        name,
        packed(b"/Length1 %d" % len(outlines), outlines, LEVEL),
        packed(b"", makeToUnicodeCMap(name, list(letters)).encode(), LEVEL),
        f"/FirstChar 0/LastChar {len(letters) - 1}/Widths[{widths}]",
        f"<</Type/FontDescriptor/FontName/{name}/Flags {face.flags & ~FF_NONSYMBOLIC | FF_SYMBOLIC}/FontBBox[{box}]"
        f"/ItalicAngle {_plain(face.italicAngle)}/Ascent {_plain(face.ascent)}/Descent {_plain(face.descent)}"
        f"/CapHeight {_plain(face.capHeight)}/StemV {_plain(face.stemV)}/MissingWidth {_plain(face.defaultWidth)}",
    )


_kept = lru_cache(maxsize=8)(_made)


def _plain(value: float) -> str:
    """A number of the font (thousandths of the size) to four decimals, without needless digits."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
