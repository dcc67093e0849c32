"""The patient sheet read back, on paper and on the phone: what stands on it, how large, and for whom."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from flask import render_template
from pypdf import PdfReader

from afofit.app import create_app
from afofit.fitting.dimensions import DIMENSIONS
from afofit.pdf.layout import MARGIN, SIZES, Paper
from afofit.pdf.patient import patient_sheet
from afofit.settings import Settings
from afofit.words.patient import Contact, Language, NothingToRelease, Section, content
from tests.examples import request_of
from tests.fitting.people import document, fitted
from tests.pdf.reading import pages_of, text_of
from tests.words.test_patient import ENGLISH_WORDS, NOT_FOR_PATIENTS

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "afofit" / "static"
SAMPLE = {
    "en": "Sample. Ask your orthotist to approve it.",
    "es": "Muestra. Pida a su técnico ortopédico que la apruebe.",
}
CLINIC = Contact("Clínica Ruiz", "+34 600 123 456", "Calle Mayor 3\n28013 Madrid")
LONG = Contact(
    "Centro Interprovincial de Ortopedia, Rehabilitación y Ayudas Técnicas Nuestra Señora del Perpetuo Socorro " * 2,
    "+34 600 123 456, +34 600 123 457, +34 600 123 458, +34 600 123 459",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft 1234567890 " * 3,
)
PEOPLE: dict[str, dict[str, Any]] = {
    "adult, normal": document(patient={"name": "Ana Ejemplo"}),
    "adult, slow": document(
        patient={"name": "Ana Ejemplo"},
        clinical={"sensation": "reduced", "self_check": "nobody"},
        prescription={"design": "solid"},
    ),
    "child, two legs": document(child=True, other={"foot_length": 210, "ball_length": 154}),
    "child, slow": document(child=True, other={"braced": False}, clinical={"sensation": "absent"}),
    "two plans": document(other={"clinical": {"sensation": "reduced"}}),
}
EVERY = [*product(PEOPLE, ("a4", "letter"), ("en", "es"), (False, True))]


@cache
def made(who: str, paper: Paper, language: Language, large: bool = False, approved_by: str | None = None) -> bytes:
    return patient_sheet(
        fitted(PEOPLE[who]), paper=paper, language=language, large=large, approved_by=approved_by, contact=CLINIC
    )


def said_by(section: Section) -> list[str]:
    rows = [text for row in section.rows for text in (row.label, row.text)]
    own = [section.heading, *section.paragraphs, *rows, *section.bullets, *section.closing]
    return [text for text in own if text] + [text for part in section.parts for text in said_by(part)]


def joined(text: str) -> str:
    """The text without any space, since a line may end anywhere between two words."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(("who", "paper", "language", "large"), EVERY)
def test_every_word_of_the_content_stands_on_paper(who: str, paper: Paper, language: Language, large: bool) -> None:
    text = joined("".join(pages_of(made(who, paper, language, large))))
    said = content(fitted(PEOPLE[who]), language, contact=CLINIC)
    for section in said.sections:
        for words in said_by(section):
            assert joined(words) in text, words


@pytest.mark.hazard("H22")
@pytest.mark.parametrize(("who", "paper", "language", "large"), EVERY)
def test_a_sample_is_marked_on_every_page(who: str, paper: Paper, language: Language, large: bool) -> None:
    sample, approved = (made(who, paper, language, large, name) for name in (None, "Dra. Ruiz"))
    assert all(SAMPLE[language] in page for page in pages_of(sample))
    assert not any(SAMPLE[language] in page for page in pages_of(approved))
    assert "Dra. Ruiz" in pages_of(approved)[0]


@pytest.mark.hazard("H02")
@pytest.mark.parametrize("language", ["en", "es"])
def test_name_leg_and_page_stand_on_every_page(language: Language) -> None:
    pages = pages_of(made("adult, slow", "a4", language))
    leg, number = {"en": ("right leg", "Page {} of {}"), "es": ("pierna derecha", "Página {} de {}")}[language]
    for place, page in enumerate(pages, start=1):
        assert "Ana Ejemplo" in page
        assert leg in page
        assert number.format(place, len(pages)) in page


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("who", PEOPLE)
def test_no_english_on_the_spanish_sheet(who: str, large: bool) -> None:
    data = made(who, "a4", "es", large)
    reader = PdfReader(BytesIO(data))
    titles = " ".join(str(entry["/Title"]) for entry in reader.outline if isinstance(entry, dict))
    text = text_of(data) + titles + str(reader.metadata.title if reader.metadata else "")
    assert re.findall(rf"\b(?:{ENGLISH_WORDS})\b", text, re.IGNORECASE) == []
    assert re.search(r"\d\.\d", text) is None


@pytest.mark.hazard("H22")
@pytest.mark.parametrize("key", ["E1", "E2", "E3", "E4", "E5"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_of_the_brace_stands_on_paper(key: str, language: Language) -> None:
    fitting = fitted(request_of(key))
    text = text_of(patient_sheet(fitting, paper="a4", language=language))
    assert NOT_FOR_PATIENTS.findall(text) == []
    for dimension in DIMENSIONS:
        assert dimension.label not in text
    inside = {f"{limb.shoe.values['inside_length_mm'].magnitude:.0f}" for limb in fitting.limbs.values() if limb.shoe}
    assert set(re.findall(r"([\d.,]+) ?mm", text)) == inside


@pytest.mark.parametrize(("large", "body"), [(False, 14.0), (True, 18.0)])
@pytest.mark.parametrize("language", ["en", "es"])
def test_print_is_as_large_as_promised(large: bool, body: float, language: Language) -> None:
    with pdfplumber.open(BytesIO(made("adult, slow", "letter", language, large))) as opened:
        for page in opened.pages:
            foot = page.height - MARGIN - 20
            sizes = {round(float(char["size"]), 1) for char in page.chars if char["bottom"] < foot}
            assert min(sizes) == 14.0 if not large else min(sizes - {14.0}) == body
            band = [char for char in page.chars if char["bottom"] < foot and round(float(char["size"]), 1) < body]
            assert joined("".join(char["text"] for char in band)) in ("", joined(SAMPLE[language]))


@pytest.mark.parametrize(("who", "paper", "language", "large"), EVERY)
def test_nothing_outside_the_margins(who: str, paper: Paper, language: Language, large: bool) -> None:
    with pdfplumber.open(BytesIO(made(who, paper, language, large))) as opened:
        for page in opened.pages:
            assert (float(page.width), float(page.height)) == pytest.approx(SIZES[paper], abs=0.01)
            for thing in (*page.chars, *page.rects, *page.lines, *page.curves):
                assert thing["x0"] >= MARGIN - 8
                assert thing["x1"] <= page.width - MARGIN + 8
                assert thing["top"] >= MARGIN - 1
                assert thing["bottom"] <= page.height - MARGIN + 1


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", ["W" * 200, "Łucja Żółć", "Жуков Σωκράτης", "שלום", "張 Wei", "<b>&amp;</b>"])
def test_long_and_foreign_names_and_clinics(name: str, large: bool) -> None:
    fitting = fitted(document(patient={"name": name}))
    data = patient_sheet(fitting, paper="letter", language="es", large=large, contact=LONG, approved_by=name)
    text = joined("".join(pages_of(data)))
    assert joined(LONG.name) in text
    assert joined(LONG.address) in text
    expected = {"張 Wei": "[U+5F35]Wei"}.get(name, joined(name))
    assert expected in text
    assert all("pierna derecha" in page for page in pages_of(data))


def test_without_a_contact_there_are_lines_to_write_on() -> None:
    data = patient_sheet(fitted(document()), paper="a4", language="en")
    with pdfplumber.open(BytesIO(data)) as opened:
        page = opened.pages[0]
        (label,) = (word for word in page.extract_words() if word["text"] == "Address")
        below = [one for one in page.lines if 0 < one["top"] - label["top"] < 40 and one["width"] > 200]
    assert below
    assert "Call " not in pages_of(data)[0].replace("Call us", "")


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_language_title_bookmarks_and_structure(who: str, language: Language) -> None:
    data = made(who, "a4", language)
    reader = PdfReader(BytesIO(data))
    said = content(fitted(PEOPLE[who]), language, contact=CLINIC)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"].get_object()["/Marked"]
    assert root["/ViewerPreferences"].get_object()["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == said.title
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_language == [language]
    titles = [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)]
    assert titles[0] == said.title
    assert [title for title in titles if title in {section.heading for section in said.sections}] == [
        section.heading for section in said.sections
    ]


def _kinds(node: Any) -> list[str]:
    kids = node.get("/K", [])
    found = [str(node["/S"])]
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            found += _kinds(kid)
    return found


def test_everything_painted_is_marked_and_in_the_tree() -> None:
    reader = PdfReader(BytesIO(made("child, two legs", "a4", "es")))
    tree = reader.trailer["/Root"]["/StructTreeRoot"].get_object()
    kinds = _kinds(tree["/K"].get_object())
    said = content(fitted(PEOPLE["child, two legs"]), "es")
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(said.sections)
    assert {"/H3", "/P", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/TR", "/TH", "/TD"} <= set(kinds)
    painting = {b"S", b"f", b"Tj", b"TJ", b"B"}
    for page in reader.pages:
        depth = 0
        contents = page.get_contents()
        assert contents is not None
        for _, operator in contents.operations:
            depth += (operator == b"BDC") - (operator == b"EMC")
            assert depth in (0, 1)
            assert depth == 1 or operator not in painting
        fonts = page["/Resources"]["/Font"].values()
        assert all("/FontFile2" in font.get_object()["/FontDescriptor"].get_object() for font in fonts)


def test_equal_bytes_here_and_in_another_process() -> None:
    here = patient_sheet(fitted(request_of("E4")), paper="a4", language="es", large=True)
    program = (
        "import sys; from tests.fitting.people import fitted; from tests.examples import request_of;"
        "from afofit.pdf.patient import patient_sheet;"
        "sys.stdout.buffer.write(patient_sheet(fitted(request_of('E4')), paper='a4', language='es', large=True))"
    )
    there = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True).stdout
    assert there == here
    assert here == patient_sheet(fitted(request_of("E4")), paper="a4", language="es", large=True)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("large", [False, True])
def test_qpdf_finds_no_fault(language: Language, large: bool, tmp_path: Path) -> None:
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("qpdf is not on this machine")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(made("child, slow", "a4", language, large))
    done = subprocess.run([program, "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.hazard("H22")
def test_no_paper_with_a_stop() -> None:
    with pytest.raises(NothingToRelease):
        patient_sheet(fitted(document(clinical={"skin": "wound"})), paper="a4", language="en")


class Reader(HTMLParser):
    """Text, ids, links and tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.append(tag)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if tag == "a" else []

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(who: str, language: Language, *, contact: Contact | None = CLINIC, name: str | None = None, **how: Any) -> str:
    fitting = fitted(PEOPLE[who])
    if name:
        patient = replace(fitting.request.patient, name=name)
        fitting = replace(fitting, request=replace(fitting.request, patient=patient))
    with create_app(Settings()).test_request_context():
        return render_template("patient.html", content=content(fitting, language, contact=contact), **how)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_page_says_what_the_paper_says(who: str, language: Language) -> None:
    html = page(who, language)
    text = joined("".join(read(html).text))
    for section in content(fitted(PEOPLE[who]), language, contact=CLINIC).sections:
        for words in said_by(section):
            if section.code != "contact":
                assert joined(words) in text, words
    assert f'<html lang="{language}">' in html
    assert SAMPLE[language] in html
    assert SAMPLE[language] not in page(who, language, approved_by="Dra. Ruiz")
    if language == "es":
        assert re.findall(rf"\b(?:{ENGLISH_WORDS})\b", " ".join(read(html).text), re.IGNORECASE) == []


def test_danger_comes_first_and_anchors_lead_to_sections() -> None:
    reader = read(page("adult, normal", "en", sheet_url="/sheet.pdf"))
    headings = [one for one in reader.ids if one not in ("main", "contents")]
    assert headings[:2] == ["stop_and_call", "emergency"]
    anchors = [link.removeprefix("#") for link in reader.links if link.startswith("#")]
    assert anchors[0] == "main"
    assert set(anchors) <= set(reader.ids)
    assert set(anchors[1:]) == set(headings[2:])
    assert "tel:+34600123456" in reader.links
    assert "/sheet.pdf" in reader.links
    assert len(reader.ids) == len(set(reader.ids))


def test_the_page_is_light_and_works_without_script() -> None:
    html = page("child, two legs", "es", sheet_url="/sheet.pdf", large_url="/large.pdf")
    style = (STATIC / "patient.css").read_text("utf-8")
    assert len(html.encode()) + len(style.encode()) < 40_000
    assert "script" not in read(html).tags
    assert "style=" not in html
    assert re.findall(r"https?://", html + style) == []
    assert "font-size:118.75%" in style  # 1.1875 · 16 px = 19 px
    for name in re.findall(r"url\((.*?)\)", style):
        assert (STATIC / name).is_file(), name


def test_names_are_escaped() -> None:
    clinic = Contact('<script>alert("x")</script>', "5550100", "<b>")
    html = page("adult, normal", "en", contact=clinic, name="<img src=x onerror=alert(1)>", approved_by="<i>A</i>")
    assert {"script", "img", "b", "i"}.isdisjoint(read(html).tags)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_an_empty_contact_leaves_no_empty_box_on_the_phone() -> None:
    reader = read(page("adult, normal", "en", contact=None))
    assert "contact" not in reader.ids
    assert not any(link.startswith("tel:") for link in reader.links)
