"""The layout layer refuses what does not fit, keeps rows whole and writes what it is told."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.drawing_shapes import text_width
from afofit.pdf import fonts, qr
from afofit.pdf.layout import BODY, STRONG, Overflow, Sheet, fitted, wrap
from afofit.pdf.paint import circle, colour, number
from afofit.pdf.table import BOX, Column, Table
from afofit.pdf.tags import text_string
from tests.fitting.people import TODAY


def empty(head: float = 0, foot: float = 0) -> Sheet:
    return Sheet(paper="a4", title="t", created=TODAY, head=head, foot=foot, furniture=lambda *_: None)


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), min_size=1, max_size=30))
def test_wrap_keeps_every_word_and_the_width(words: list[str]) -> None:
    rows = wrap(" ".join(words), BODY, 90)
    assert " ".join(rows).split() == words
    assert all(fonts.width(row, BODY.face, BODY.size) <= 90.01 for row in rows)


def test_a_word_that_is_too_wide_is_refused_or_cut() -> None:
    with pytest.raises(Overflow):
        wrap("Donaudampfschifffahrt", BODY, 40)
    rows = wrap("Donaudampfschifffahrt", BODY, 40, breakable=True)
    assert "".join(rows) == "Donaudampfschifffahrt"
    assert len(rows) > 1


def test_fitted_cuts_with_an_ellipsis() -> None:
    assert fitted("short", BODY, 200) == "short"
    cut = fitted("much too long for this", BODY, 60)
    assert cut.endswith("…")
    assert fonts.width(cut, BODY.face, BODY.size) <= 60


def test_columns_wider_than_the_page_are_refused() -> None:
    with pytest.raises(Overflow):
        Table(empty(), [Column(300), Column(300)])


def test_a_row_higher_than_a_page_is_refused() -> None:
    table = Table(empty(), [Column(60), Column(0)])
    with pytest.raises(Overflow):
        table.row("x", "\n".join("line" for _ in range(200)))


def test_rows_stay_whole_and_the_head_returns() -> None:
    sheet = empty()
    table = Table(sheet, [Column(80, "Code"), Column(0, "Text")])
    for place in range(40):
        table.row(f"row{place}", f"first{place}\nsecond{place}\nthird{place}")
    pages = [page.extract_text() for page in PdfReader(BytesIO(sheet.finish())).pages]
    assert len(pages) > 1
    assert all("Code" in page for page in pages)
    for place in range(40):
        holding = [page for page in pages if f"first{place}\n" in page]
        assert len(holding) == 1
        assert f"third{place}" in holding[0]


def test_a_heading_is_not_left_alone_at_the_foot() -> None:
    sheet = empty()
    sheet.y = sheet.bottom + 45
    sheet.heading("Title", 2, keep=40)
    assert len(sheet.pages) == 2


def test_boxes_stay_empty() -> None:
    sheet = empty()
    Table(sheet, [Column(60), Column(60), Column(0)]).row("a", BOX, "b")
    assert PdfReader(BytesIO(sheet.finish())).pages[0].extract_text().split() == ["a", "b"]


@given(st.floats(-2000, 2000))
def test_coordinates_are_plain_numbers(value: float) -> None:
    text = number(value)
    assert float(text) == pytest.approx(value, abs=0.0051)
    assert re.fullmatch(r"-?\d+\.\d\d", text)


def test_a_value_just_below_zero_is_a_zero() -> None:
    assert float(number(-0.001)) == 0


def test_circle_has_its_radius() -> None:
    places = [float(word) for word in re.findall(r"-?\d+\.\d\d", circle(10, 20, 5, 3))]
    corners = list(zip(places[0::2], places[1::2], strict=True))[0::3]
    assert corners == [(15, 20), (10, 23), (5, 20), (10, 17), (15, 20)]


def test_a_sheet_tells_its_language() -> None:
    sheet = Sheet(paper="a4", title="t", created=TODAY, head=0, foot=0, furniture=lambda *_: None, language="es")
    sheet.paragraph("Hola")
    reader = PdfReader(BytesIO(sheet.finish()))
    assert str(reader.root_object["/Lang"]) == "es"
    assert reader.xmp_metadata is not None
    assert reader.xmp_metadata.dc_language == ["es"]


@pytest.mark.parametrize("named", ["A leg (left)", "Noga, lewa: ż"])
def test_an_element_of_one_piece_keeps_its_alternative(named: str) -> None:
    sheet = empty()
    sheet.marked(sheet.element("Figure", alt=named), sheet.text(50, 500, "drawn", BODY))
    root = PdfReader(BytesIO(sheet.finish())).root_object["/StructTreeRoot"]["/K"].get_object()  # type: ignore[index]
    read = root["/K"].get_object()
    assert (read["/S"], read["/Alt"], read["/K"]) == ("/Figure", named, 0)


def test_an_element_keeps_its_alternative_and_its_parent() -> None:
    sheet = empty()
    figure = sheet.element("Figure", alt="A leg (left)")
    sheet.marked(figure, sheet.text(50, 500, "drawn", BODY))
    sheet.marked(sheet.element("Caption", figure), sheet.text(50, 480, "named", BODY))
    sheet.new_page()
    sheet.marked(figure, sheet.text(50, 500, "drawn on", BODY))
    root = PdfReader(BytesIO(sheet.finish())).root_object["/StructTreeRoot"]["/K"].get_object()  # type: ignore[index]
    assert root["/S"] == "/Document"
    read = root["/K"].get_object()
    assert (read["/S"], read["/Alt"]) == ("/Figure", "A leg (left)")
    first, caption, second = (kid.get_object() for kid in read["/K"])
    assert first == 0
    assert (caption["/S"], caption["/K"], caption["/P"].get_object()["/S"]) == ("/Caption", 1, "/Figure")
    assert (second["/Type"], second["/MCID"]) == ("/MCR", 0)


def test_colour() -> None:
    assert colour("ff0080").fill == "1 0 0.502 rg"


def test_strings_of_dictionaries() -> None:
    assert text_string("plain") == "(plain)"
    assert text_string("a(b") == f"<FEFF{'a(b'.encode('utf-16-be').hex().upper()}>"
    assert text_string("ż") == "<FEFF017C>"


def test_the_room_kept_for_a_code_holds_it() -> None:
    for dimension in BY_NAME.values():
        for text in (dimension.code, f"{dimension.code}  888"):
            assert fonts.width(text, STRONG.face, 10) <= text_width(text, 10)


def test_fonts_change_only_where_they_must() -> None:
    parts = list(fonts.runs("Anna Жук", fonts.regular()))
    assert [(face.name, text) for face, text in parts] == [("Atkinson", "Anna "), ("DejaVu", "Жук")]


def test_hebrew_is_put_in_the_order_of_print() -> None:
    assert [text for _, text in fonts.runs("שלום", fonts.regular())] == ["שלום"[::-1]]


@given(st.text(max_size=40))
def test_what_is_printable_has_a_letter_in_some_font(text: str) -> None:
    shown = fonts.printable(text)
    assert all(ord(letter) in fonts.regular().advances or ord(letter) in fonts.wide().advances for letter in shown)


def test_control_letters_vanish_and_unknown_ones_are_named() -> None:
    assert fonts.printable("a\u200db\n張") == "ab [U+5F35]"


def test_qr_code_has_a_fixed_size_for_a_text() -> None:
    assert qr.code("afofit", 0, 0, 40) == qr.code("afofit", 0, 0, 40)
    assert qr.code("afofit", 0, 0, 40) != qr.code("afofix", 0, 0, 40)
