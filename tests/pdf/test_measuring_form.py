"""The blank form: nothing that is declared is missing on it, and it stays on two pages."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.vocabulary import CLINICAL, LIMB, PATIENT, PRESCRIPTION, SHOE, URGENT_SIGNS, Field
from afofit.pdf.layout import MARGIN, SIZES, Paper
from afofit.pdf.measuring_form import POSTURES, NoWords, _form, measuring_form
from afofit.words.sheet import STARTING_SPECIFICATION
from tests.pdf.reading import inked_margins, pages_of
from tests.pdf.tagged import bookmarks, elements, faults

PAPERS: tuple[Paper, ...] = ("a4", "letter")


def page(paper: Paper, place: int) -> str:
    return re.sub(r"\s+", " ", pages_of(measuring_form(paper=paper))[place])


@pytest.mark.parametrize("paper", PAPERS)
def test_two_pages_inside_the_margins(paper: Paper) -> None:
    data = measuring_form(paper=paper)
    assert len(pages_of(data)) == 2
    assert inked_margins(data, MARGIN - 3) == []
    assert faults(data) == []
    size = PdfReader(BytesIO(data)).pages[0].mediabox
    assert (float(size.width), float(size.height)) == pytest.approx(SIZES[paper], abs=0.01)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_measurement_has_its_letter_landmark_and_two_boxes(paper: Paper) -> None:
    text = page(paper, 0)
    data = measuring_form(paper=paper)
    rows = [one for one in elements(data) if one["/S"] == "/TR"]
    for one in MEASUREMENTS:
        star = r"\*" if one.required else ""
        assert re.search(rf"\b{one.letter}{star} {re.escape(one.label)} {re.escape(one.hint)}", text), one.name
    # two rows of heads for each posture at most; every other row has letter, name, landmark, left, right
    full = [row for row in rows if [cell.get_object()["/S"] for cell in row["/K"]] == ["/TD", "/TH", *["/TD"] * 3]]
    assert len(full) == len(MEASUREMENTS)
    assert text.count("LEFT") >= len(POSTURES)
    assert text.count("RIGHT") >= len(POSTURES)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("field", [*CLINICAL, *LIMB, *SHOE, *PRESCRIPTION, *PATIENT], ids=lambda field: field.name)
def test_every_field_stands_on_the_form_with_its_choices(paper: Paper, field: Field) -> None:
    text = page(paper, 0 if field in PATIENT or field.name == "urgent_signs" else 1)
    if field.kind in ("choice", "choices"):
        choices = [label for _, label in field.choices]
    else:
        choices = {"flag": ["Yes", "No"], "grade": ["0", "1", "2", "3", "4", "5"]}.get(field.kind, [])
    if field.unknown and choices and field.name != "urgent_signs":
        choices.append("Unknown")
    wanted = re.escape(field.label) + (
        "" if field.name == "urgent_signs" else "".join(f" {re.escape(c)}" for c in choices)
    )
    assert re.search(wanted, text), wanted
    assert all(choice in text for choice in choices)


@pytest.mark.parametrize("paper", PAPERS)
def test_urgent_signs_come_first(paper: Paper) -> None:
    text = page(paper, 0)
    last = max(text.index(label) for _, label in URGENT_SIGNS)
    assert last < text.index("Patient and units") < text.index("Fibular head height")
    for words in ("None of these", "Not asked", "cleared by", "a medical opinion comes before a brace"):
        assert words in text[: text.index("Patient and units")]


@pytest.mark.parametrize("paper", PAPERS)
def test_units_signs_and_signature(paper: Paper) -> None:
    first, second = page(paper, 0), page(paper, 1)
    assert "Unit of every length mm cm in" in first
    assert "Unit of every mass kg lb" in first
    # the direction is ticked in words for both legs and both knee positions, so that no sign is forgotten
    assert first.count("past 90° short") == 4
    assert first.count("out in") >= 2
    assert "Measured by Signature Date and time" in second
    for text in (first, second):
        assert STARTING_SPECIFICATION in text
        assert "Name or reference" in text


def test_the_postures_follow_the_order_of_measuring() -> None:
    text = page("a4", 0)
    titles = [text.index(f" {title} ") for _, title, _ in POSTURES]
    assert titles == sorted(titles)
    assert {posture for posture, _, _ in POSTURES} == {one.posture for one in MEASUREMENTS}
    assert {"Urgent signs", "Seated", "Standing", "Clinical picture"} <= set(bookmarks(measuring_form(paper="a4")))


def test_the_drawings_carry_the_letters() -> None:
    figures = [one for one in elements(measuring_form(paper="a4")) if one["/S"] == "/Figure"]
    assert len(figures) == 3
    assert all("marked by letter" in one["/Alt"] or "goniometer" in one["/Alt"] for one in figures)
    text = f" {page('a4', 0)} "
    for one in MEASUREMENTS:
        assert len(re.findall(rf"(?<=\W){one.letter}(?=\W)", text)) >= 2, one.letter


def test_equal_bytes_and_other_languages() -> None:
    # past the cache, so that the form is laid out twice
    assert measuring_form(paper="a4", language="en") == _form.__wrapped__("a4")
    assert measuring_form(paper="a4") != measuring_form(paper="letter")
    with pytest.raises(NoWords):
        measuring_form(paper="a4", language="tlh")
