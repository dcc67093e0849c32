"""What is embedded of the fonts: what ReportLab itself would write, cut once for what every sheet needs."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from afofit.pdf import fontobjects, fonts
from afofit.pdf.fonts import Face
from afofit.pdf.layout import BODY, STRONG, Sheet
from afofit.pdf.patient import patient_sheet
from afofit.pdf.sheet import fitting_sheet
from tests.examples import request_of
from tests.fitting.people import TODAY, fitted
from tests.pdf.reading import sheet, text_of

FACES = [fonts.regular(), fonts.bold()]


def written(*texts: str) -> bytes:
    paper = Sheet(paper="a4", title="t", created=TODAY, head=0, foot=0, furniture=lambda *_: None)
    for text in texts:
        paper.paragraph(text, BODY)
    return paper.finish()


def embedded(data: bytes) -> dict[str, dict[str, Any]]:
    """The font objects of every page by their name in the page."""
    found: dict[str, dict[str, Any]] = {}
    for page in PdfReader(BytesIO(data)).pages:
        found.update({name: font.get_object() for name, font in page["/Resources"]["/Font"].items()})  # type: ignore[index]
    return found


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The letters of every subset that is cut."""
    made: list[list[int]] = []
    for face in (*FACES, fonts.wide()):
        inner = face.font.face
        cut = inner.makeSubset

        def counted(letters: list[int], cut: Any = cut) -> bytes:
            made.append(letters)
            return bytes(cut(letters))

        monkeypatch.setattr(inner, "makeSubset", counted)
    return made


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads change places as often as they can."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.parametrize("face", FACES, ids=lambda face: face.name)
def test_the_parts_are_those_that_reportlab_writes(face: Face) -> None:
    canvas = Canvas(BytesIO(), initialFontName=face.name, pageCompression=0)
    canvas.setFont(face.name, 9)
    canvas.drawString(50, 500, fontobjects.SIGNS)
    theirs = embedded(canvas.getpdfdata())
    style = replace(BODY, strong=face is fonts.bold())
    paper = Sheet(paper="a4", title="t", created=TODAY, head=0, foot=0, furniture=lambda *_: None)
    paper.marked(paper.element("P"), paper.text(50, 500, "A", style))
    (ours,) = embedded(paper.finish()).values()
    (other,) = (font for font in theirs.values() if font["/Subtype"] == "/TrueType")
    assert ours["/BaseFont"] == other["/BaseFont"]
    assert (ours["/FirstChar"], ours["/LastChar"]) == (other["/FirstChar"], other["/LastChar"])
    assert [float(one) for one in ours["/Widths"]] == pytest.approx([float(one) for one in other["/Widths"]], abs=1e-4)
    assert ours["/ToUnicode"].get_object().get_data() == other["/ToUnicode"].get_object().get_data()
    mine, yours = ours["/FontDescriptor"].get_object(), other["/FontDescriptor"].get_object()
    assert mine["/FontFile2"].get_object().get_data() == yours["/FontFile2"].get_object().get_data()
    assert mine["/FontFile2"].get_object()["/Length1"] == len(yours["/FontFile2"].get_object().get_data())
    assert mine.keys() == yours.keys()
    for key in mine.keys() - {"/FontFile2", "/FontBBox"}:
        assert mine[key] == pytest.approx(yours[key], abs=1e-4) if key != "/FontName" else mine[key] == yours[key]
    assert [float(one) for one in mine["/FontBBox"]] == pytest.approx([float(one) for one in yours["/FontBBox"]])


def test_both_fonts_have_every_known_sign() -> None:
    assert len(set(fontobjects.SIGNS)) == len(fontobjects.SIGNS)
    for face in FACES:
        assert face.has(fontobjects.SIGNS)


@pytest.mark.parametrize("key", ["E1", "E2", "E3", "E4", "E5", "S01"])
def test_our_own_words_need_no_further_letter(key: str, cuts: list[list[int]]) -> None:
    written("A")
    fitting = fitted(request_of(key))
    person = replace(fitting.request.patient, name="Ann", reference="1")
    plain = replace(fitting, request=replace(fitting.request, patient=person))
    for _ in range(2):
        cuts.clear()
        fitting_sheet(plain, paper="a4")
        for language in ("en", "es"):
            patient_sheet(plain, paper="a4", language=language)
    assert cuts == []


def test_letters_of_a_name_are_cut_for_it_alone_and_not_kept(cuts: list[list[int]]) -> None:
    written("A")
    asked = request_of("E2")
    asked.setdefault("patient", {})["name"] = "Łucja Жук"
    for _ in range(2):
        cuts.clear()
        text = text_of(sheet(asked))
        assert "Łucja" in text
        assert "Жук" in text
        assert {letter for letters in cuts for letter in letters} >= set(map(ord, "ŁЖук"))
    cuts.clear()
    assert "Ann" in text_of(written("Ann"))
    assert cuts == []


def test_letters_beyond_the_first_subset_are_read_back() -> None:
    letters = [chr(code) for code in sorted(fonts.wide().advances) if 0x0370 <= code < 0x0530 and chr(code).isalpha()]
    words = ["".join(letters[place : place + 20]) for place in range(0, len(letters), 20)]
    assert len(letters) > 256 - 96, "the first subset has room for fewer letters than these"
    data = written(*words)
    assert len([font for font in embedded(data).values() if "DejaVu" in font["/BaseFont"]]) > 1
    text = text_of(data)
    assert all(word in text for word in words)


def test_equal_bytes_where_threads_cut_at_the_same_time(hurried: None) -> None:
    names = ["Łucja Żółć", "Ångström Ærø", "Жуковский", "Παπαδόπουλος", "Ćwiąkała", "Đặng Nguyễn"] * 3
    alone = {name: written(name) for name in names}
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(written, names))
    assert together == [alone[name] for name in names]


@given(st.text("".join(chr(code) for code in range(32, 127)), max_size=60), st.sampled_from([BODY, STRONG]))
def test_widths_are_those_of_reportlab(text: str, style: Any) -> None:
    assert fonts.width(text, style.face, style.size) == style.face.font.stringWidth(text, style.size)


def test_the_width_of_a_mixed_text_is_that_of_its_parts() -> None:
    parts = fonts.width("Anna ", fonts.regular(), 10) + fonts.width("Жук", fonts.wide(), 10)
    assert fonts.width("Anna Жук", fonts.regular(), 10) == pytest.approx(parts)


def test_a_font_is_loaded_once_where_threads_ask_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(name: str, file: str) -> Face:
        time.sleep(0.02)
        return Face(name, None, {}, {})

    monkeypatch.setattr(fonts, "_loaded", {})
    monkeypatch.setattr(fonts, "_read", slow)
    with ThreadPoolExecutor(8) as pool:
        faces = set(pool.map(lambda _: fonts._load("Spare", "spare.ttf"), range(8)))
    assert len(faces) == 1
