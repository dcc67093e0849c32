"""The finished file: ReportLab's objects in compressed object streams, which halves a tagged document."""

import struct
import zlib
from hashlib import sha256
from itertools import accumulate
from typing import Any

from reportlab.pdfbase import pdfdoc

from afofit.pdf.tags import Raw

HEADER = b"%PDF-1.7\n%\x93\x8c\x8b\x9e\n"
PACKED = 200
"""Objects in one object stream."""
LEVEL = 4
"""Level of zlib: a third less time than the usual 6 would need, for a fortieth more room."""

_row = struct.Struct(">BIH").pack
"""One row of the cross-reference stream: kind, place, generation or place in an object stream."""


class Packed(Raw):
    """A stream with its dictionary, packed before, which is written as it is."""


class Deflate:
    """The filter of what ReportLab writes as a stream, the pages above all."""

    pdfname = "FlateDecode"

    @staticmethod
    def encode(content: str) -> bytes:
        """The operators of a page, packed."""
        return zlib.compress(content.encode("ascii"), LEVEL)


def assemble(document: Any, elements: list[tuple[int, bytes]]) -> bytes:
    """The bytes of a document whose pages, fonts and catalogue are complete, with its structure elements."""
    document.Reference(document.Catalog)
    document.Reference(document.info)
    streams, plain = _formatted(document)
    following = document.objectcounter
    plain += elements
    parts = [HEADER]
    length = len(HEADER)
    entries: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    packs = [plain[place : place + PACKED] for place in range(0, len(plain), PACKED)]
    for pack in packs:
        following += 1
        entries.update({number: (2, following, place) for place, (number, _) in enumerate(pack)})
        streams.append((following, _object_stream(pack)))
    for number, body in streams:
        entries[number] = (1, length, 0)
        part = b"%d 0 obj\n%s\nendobj\n" % (number, body)
        parts.append(part)
        length += len(part)
    entries[following + 1] = (1, length, 0)
    parts.append(_cross_references(document, following + 1, entries, parts, length))
    return b"".join(parts)


def _formatted(document: Any) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]]]:
    """Every object by number: streams, and the rest. Formatting an object may register new ones."""
    streams: list[tuple[int, bytes]] = []
    plain: list[tuple[int, bytes]] = []
    number = 0
    while (number := number + 1) in document.numberToId:
        content = document.idToObject[document.numberToId[number]]
        body = pdfdoc.format(content, document, toplevel=1).rstrip(b"\n")
        (streams if isinstance(content, pdfdoc.PDFStream | Packed) else plain).append((number, body))
    return streams, plain


def _object_stream(pack: list[tuple[int, bytes]]) -> bytes:
    bodies = [body for _, body in pack]
    offsets = accumulate([len(body) + 1 for body in bodies], initial=0)
    index = b"".join([b"%d %d " % (number, offset) for (number, _), offset in zip(pack, offsets, strict=False)])
    return packed(b"/Type/ObjStm/N %d/First %d" % (len(pack), len(index)), index + b"\n".join(bodies))


def packed(dictionary: bytes, content: bytes, level: int = LEVEL) -> bytes:
    """A stream with its dictionary, to which the filter and the length are added."""
    inside = zlib.compress(content, level)
    return b"<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(inside), inside)


def _cross_references(
    document: Any, number: int, entries: dict[int, tuple[int, int, int]], parts: list[bytes], start: int
) -> bytes:
    """The cross-reference stream with the trailer's entries."""
    ordered = sorted(entries)
    rows = b"".join([_row(*entries[one]) for one in ordered])
    index = b"0 %d" % (number + 1)
    if len(ordered) > number + 1:
        index += b" %d %d" % (ordered[number + 1], len(ordered) - number - 1)
    root = document.Reference(document.Catalog).format(document)
    info = document.Reference(document.info).format(document)
    mark = sha256(b"".join(parts)).hexdigest()[:32].encode()
    size = ordered[-1] + 1
    dictionary = b"/Type/XRef/Size %d/Index[%s]/W[1 4 2]" % (size, index)
    dictionary += b"/Root %s/Info %s/ID[<%s><%s>]" % (root, info, mark, mark)
    return b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, packed(dictionary, rows), start)
