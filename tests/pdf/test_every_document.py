"""Every document over every design, adults and children, one leg and two: sound files, tagged, with nothing missing."""

import copy
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import pdfua
import pikepdf
import pypdfium2
import pytest
import zxingcpp

from afofit.documents import DOCUMENTS, document
from afofit.fitting.plan import fit
from afofit.fitting.vocabulary import DESIGNS
from afofit.pdf.measuring_form import measuring_form
from afofit.pdf.sheet import fitting_sheet
from afofit.schemas.printing import Printing
from afofit.schemas.request import read
from tests.examples import request_of

TODAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[2]
PAINTING = {"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "INLINE IMAGE"}
CLAIM = "UA-28-004"
"""The one warning that stays: the files are tagged and pass these checks, but claim no conformance."""


def prescribed(key: str, design: str, **patient: Any) -> dict[str, Any]:
    asked = request_of(key)
    asked["prescription"] = {"design": design, "footplate": "engine"}
    asked["patient"].update(patient)
    return asked


def both_legs(design: str) -> dict[str, Any]:
    asked = prescribed("S01", design, name="Maximiliane-Alexandrina Freifrau von und zu Hohenlohe-Langenburg-Öhringen")
    asked["limbs"]["left"]["partial_foot"] = "none"
    return asked


def bare() -> dict[str, Any]:
    """Only what is required: no shoe, no optional measurement, nothing of the clinical picture but what decides."""
    asked = request_of("E1")
    for name in ("medial_malleolus_tip_height", "lateral_ball_length"):
        del asked["limbs"]["right"][name]
    del asked["shoe"], asked["prescription"]
    asked["clinical"] = {"ashworth": "0", "knee": "stable", "mediolateral_instability": "none"}
    return asked


def cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for design, _ in DESIGNS:
        yield f"adult-{design}", prescribed("E2", design)
        yield f"child-{design}", prescribed("E4", design)
    yield "both-solid", both_legs("solid")
    yield "both-engine", both_legs("engine")
    yield "bare", bare()
    yield "partial-foot", request_of("S05")


CASES = dict(cases())


def made(kind: str, asked: dict[str, Any], printing: Printing | None = None) -> bytes:
    fitting = fit(read(asked, today=TODAY), today=TODAY)
    return document(kind, fitting, asked, printing or Printing())  # type: ignore[arg-type]


def check(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert str(opened.Root.ViewerPreferences.PrintScaling) == "/None"
        assert str(opened.Root.Lang)
        for page in opened.pages:
            for font in page.Resources.Font.values():
                assert "/FontFile2" in font.FontDescriptor
            depth = 0
            for _, operator in pikepdf.parse_content_stream(page):
                depth += (str(operator) in ("BDC", "BMC")) - (str(operator) == "EMC")
                assert depth in (0, 1)
                if str(operator) in PAINTING:
                    assert depth == 1, f"{operator} outside marked content"
            assert depth == 0
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        report = pdfua.validate(file.name)
    assert {finding.rule_id for finding in report.findings} <= {CLAIM}, list(report.findings)


@pytest.mark.parametrize("kind", list(DOCUMENTS))
@pytest.mark.parametrize("case", list(CASES))
def test_the_file_is_sound_and_everything_painted_is_tagged(case: str, kind: str) -> None:
    check(made(kind, CASES[case]))


def test_so_is_large_print_in_another_language_and_the_blank_form() -> None:
    check(made("patient", CASES["both-solid"], Printing(paper="letter", language="es", large=True)))
    check(measuring_form(paper="letter"))


def test_the_check_sees_what_is_wrong() -> None:
    good = made("sheet", CASES["bare"])
    with pikepdf.open(BytesIO(good)) as opened:
        page = opened.pages[0]
        page.Contents = opened.make_stream(page.Contents.read_bytes() + b" 0 0 m 9 9 l S")
        unmarked = BytesIO()
        opened.save(unmarked)
    with pytest.raises(AssertionError, match="outside marked content"):
        check(unmarked.getvalue())


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_equal_bytes_in_threads_and_in_another_process(kind: str) -> None:
    here = made(kind, CASES["both-solid"])
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: made(kind, copy.deepcopy(CASES["both-solid"])), range(8))) == {here}
    program = (
        "import sys; from tests.pdf.test_every_document import CASES, made;"
        f"sys.stdout.buffer.write(made({kind!r}, CASES['both-solid']))"
    )
    there = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True).stdout
    assert there == here


@pytest.mark.parametrize("link", [None, "https://clinic.example/fittings/7f3a"])
def test_the_qr_code_reads_at_300_dpi_and_holds_no_patient_data(link: str | None) -> None:
    asked = copy.deepcopy(CASES["adult-solid"])
    asked["patient"].update(name="Jane Roe", reference="A-1027")
    sheet = fitting_sheet(fit(read(asked, today=TODAY), today=TODAY), paper="a4", link=link)
    pages = pypdfium2.PdfDocument(sheet)
    for page in (pages[0], pages[len(pages) - 1]):
        picture = page.render(scale=300 / 72).to_pil().convert("L")
        (code,) = zxingcpp.read_barcodes(picture)
        assert "Jane" not in code.text
        assert "1027" not in code.text
        assert code.text == link if link else re.search(r"[0-9a-f]{16}", code.text)


def test_a_reader_of_structure_finds_the_text_in_order() -> None:
    program = shutil.which("pdfinfo")
    if program is None:
        pytest.skip("left out: pdfinfo (poppler-utils) is not on this machine")
    run = subprocess.run(
        [program, "-struct-text", "-"], input=made("sheet", CASES["adult-solid"]), capture_output=True, check=True
    )
    assert b"rror" not in run.stderr
    text = " ".join(run.stdout.decode().split())
    order = [text.index(part) for part in ("findings: review", "Measurements", "dimensions: solid", "Signatures")]
    assert order == sorted(order)
