"""Reading finished sheets back, for the tests."""

import re
from functools import cache
from typing import Any

import pypdfium2

from afofit.pdf.layout import Paper
from afofit.pdf.sheet import fitting_sheet
from tests.examples import request_of
from tests.fitting.people import fitted


@cache
def pages_of(data: bytes) -> tuple[str, ...]:
    """The text of each page, a line of the page a line."""
    document = pypdfium2.PdfDocument(data)
    return tuple(page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document)


def text_of(data: bytes) -> str:
    """The text of all pages with single spaces."""
    return re.sub(r"\s+", " ", " ".join(pages_of(data)))


def rows_of(data: bytes, first: str) -> list[str]:
    """Every line of text that begins with a word."""
    return [line for page in pages_of(data) for line in page.splitlines() if line.startswith(f"{first} ")]


def inked_margins(data: bytes, margin: float) -> list[tuple[int, str]]:
    """Page and edge wherever anything is painted nearer to the edge than the margin (points)."""
    found = []
    for place, page in enumerate(pypdfium2.PdfDocument(data)):
        picture = page.render(scale=1).to_pil().convert("L")
        wide, high = picture.size
        free = int(margin)
        bands = {
            "left": (0, 0, free, high),
            "top": (0, 0, wide, free),
            "right": (wide - free, 0, wide, high),
            "bottom": (0, high - free, wide, high),
        }
        found += [(place, edge) for edge, band in bands.items() if picture.crop(band).getextrema()[0] < 255]
    return found


def sheet(asked: dict[str, Any], paper: Paper = "a4", **how: Any) -> bytes:
    """The sheet of a request document."""
    return fitting_sheet(fitted(asked), paper=paper, **how)


@cache
def kept(key: str) -> bytes:
    """The sheet of an example or a story, made once for the tests that only look at it."""
    return sheet(request_of(key))
