"""What every tagged document must keep, for the tests."""

from io import BytesIO
from typing import Any

from pypdf import PdfReader

PAINTING = {b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*", b"sh", b"Do", b"Tj", b"TJ", b"'", b'"'}
PAINTING.add(b"INLINE IMAGE")


def elements(data: bytes) -> list[Any]:
    """Every element of the structure."""
    tree = PdfReader(BytesIO(data)).trailer["/Root"]["/StructTreeRoot"].get_object()
    return _below(tree["/K"].get_object())


def _below(node: Any) -> list[Any]:
    found = [node]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            found.extend(_below(kid))
    return found


def faults(data: bytes) -> list[str]:
    """What is painted outside of marked content, which font is not embedded, which page has no structure."""
    found = []
    reader = PdfReader(BytesIO(data))
    root = reader.trailer["/Root"]
    if root["/Lang"] != "en" or root["/ViewerPreferences"].get_object()["/PrintScaling"] != "/None":
        found.append("language or print scaling")
    for place, page in enumerate(reader.pages):
        depth = 0
        contents = page.get_contents()
        assert contents is not None
        for _, operator in contents.operations:
            depth += (operator == b"BDC") - (operator == b"EMC")
            if depth not in (0, 1) or (operator in PAINTING and depth != 1):
                found.append(f"page {place}: {operator!r} at depth {depth}")
        if page["/StructParents"] != place:
            found.append(f"page {place} has no structure")
        for font in page["/Resources"]["/Font"].values():
            if "/FontFile2" not in font.get_object()["/FontDescriptor"].get_object():
                found.append(f"page {place}: font not embedded")
    return found


def bookmarks(data: bytes) -> dict[str, int]:
    """Page of each bookmark."""
    reader = PdfReader(BytesIO(data))
    places: dict[str, int] = {}
    for entry in reader.outline:
        assert isinstance(entry, dict)
        page = reader.get_destination_page_number(entry)  # type: ignore[arg-type]
        assert page is not None
        places[str(entry["/Title"])] = page
    return places
