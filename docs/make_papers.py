"""Pictures of the printed documents of two worked examples, for the README: python -m docs.make_papers."""

from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image

from afofit.documents import Kind, document
from afofit.fitting.plan import fit
from afofit.schemas.printing import Language, Printing
from afofit.schemas.request import read
from tests.examples import request_of

FOLDER = Path(__file__).parent / "pictures"
GAP, BETWEEN = 14, "#7a858c"
"""Pixels between two pages, and their colour."""
QUALITY = 70
SHEET_PAGES = (0, 2)
"""Findings and measurements; alignment and drawing."""


def of(key: str, reference: str, name: str) -> dict[str, Any]:
    """The request of an example for an invented person."""
    asked = request_of(key)
    asked["patient"] |= {"reference": reference, "name": name}
    return asked


ADULT, CHILD = of("E2", "A-1031", "Mara Holt"), of("E4", "A-1036", "Leo Marsh")


def pages(kind: Kind, asked: dict[str, Any], wide: int, *which: int, language: Language = "en") -> list[Image.Image]:
    """Pages of a document, so many pixels wide."""
    today = date.today()
    pdf = document(kind, fit(read(asked, today=today), today=today), asked, Printing(language=language))
    opened = pypdfium2.PdfDocument(pdf)
    return [opened[place].render(scale=wide / opened[place].get_width()).to_pil() for place in which or (0,)]


def beside(*rows: list[Image.Image]) -> Image.Image:
    """Pages beside and under one another."""
    wide = max(sum(page.width + GAP for page in row) for row in rows) - GAP
    high = sum(max(page.height for page in row) + GAP for row in rows) - GAP
    whole = Image.new("RGB", (wide, high), BETWEEN)
    top = 0
    for row in rows:
        left = 0
        for page in row:
            whole.paste(page, (left, top))
            left += page.width + GAP
        top += max(page.height for page in row) + GAP
    return whole


def all_of(asked: dict[str, Any], language: Language) -> list[Image.Image]:
    """The documents of a fitting."""
    wide = 440
    return [
        *pages("sheet", asked, wide, *SHEET_PAGES),
        *pages("patient", asked, wide, language=language),
        *pages("template", asked, wide),
        *pages("order", asked, wide),
    ]


def main() -> None:
    """Make both pictures."""
    beside(pages("sheet", ADULT, 760, *SHEET_PAGES)).save(FOLDER / "sheet.webp", quality=QUALITY, method=6)
    documents = beside(all_of(ADULT, "en"), all_of(CHILD, "es"))
    documents.save(FOLDER / "documents.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
