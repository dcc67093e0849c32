"""The fitting sheet read back: what must stand on it, where, and what must not."""

import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from pypdf import PdfReader

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.vocabulary import DESIGNS
from afofit.pdf.layout import MARGIN, SIZES, Paper
from afofit.pdf.record import content_hash
from afofit.pdf.sheet import fitting_sheet
from afofit.words import numbers
from afofit.words.findings import message, title
from afofit.words.sheet import DRAFT, GRADES, STARTING_SPECIFICATION
from tests.examples import EXAMPLES, STORIES, request_of
from tests.fitting.people import GONE, document, fitted
from tests.pdf.reading import inked_margins, kept, pages_of, rows_of, sheet, text_of

KEYS = [example["name"].split()[0] for example in EXAMPLES] + [story["id"] for story in STORIES]
LONG = "Maximiliane-Theodora von und zu Hohenstein-Schwarzenberg-Lichtenfels und Österreich-Este " * 3
REFUSED = {"S04", "S08", "S11", "S12"}
COMPUTED = [key for key in KEYS if key not in REFUSED]


def stopped() -> dict[str, Any]:
    return document(clinical={"skin": "wound", "urgent_signs": ["calf_pain_swelling"]})


@pytest.mark.parametrize("key", COMPUTED)
def test_every_measurement_stands_beside_its_letter(key: str) -> None:
    fitting = fitted(request_of(key))
    data = kept(key)
    for one in MEASUREMENTS:
        if one.unit == "deg":
            continue
        for limb in fitting.limbs.values():
            if one.name in limb.limb.measurements:
                row = " ".join(rows_of(data, one.letter))
                assert f"{numbers.plain(limb.limb.measurements[one.name], 1)} mm" in row, one.name


@pytest.mark.parametrize("key", COMPUTED)
def test_every_dimension_stands_beside_its_code(key: str) -> None:
    fitting = fitted(request_of(key))
    data = kept(key)
    for limb in fitting.limbs.values():
        for dimension in DIMENSIONS:
            if dimension.name in limb.dimensions:
                value = limb.dimensions[dimension.name]
                shown = numbers.dimension(dimension.name, value.magnitude, dimension.unit)
                rows = rows_of(data, dimension.code)
                assert any(shown in row for row in rows), (dimension.code, shown, rows)


def test_the_numbers_of_the_first_example() -> None:
    # expected values from the worked example, rounded by hand
    data = kept("E1")
    for code, shown in (
        ("D02", "A − 38 417 mm 421 mm 6 D"),
        ("D04", "B + 9 397 mm 10 D"),
        ("D06", "211 mm 10 D"),
        ("D10", "57 mm 5 D"),
        ("D12", "M − 12 188 mm 4 D"),
        ("D15", "as K 72 mm 4 D"),
        ("D16", "D02 − 25 392 mm 396 mm 10 D"),
        ("D22", "90° 2° D"),
        ("D24", "4° 1° D"),
        ("D28", "1.05 Nm D"),
    ):
        assert any(row.endswith(shown) for row in rows_of(data, code)), (code, rows_of(data, code))


@pytest.mark.hazard("H02", "H17")
@pytest.mark.parametrize("key", COMPUTED)
def test_identity_side_draft_and_page_stand_on_every_page(key: str) -> None:
    pages = pages_of(kept(key))
    fitting = fitted(request_of(key))
    name = fitting.request.patient.name or fitting.request.patient.reference or "No name, no reference"
    for place, page in enumerate(pages, start=1):
        assert DRAFT in page
        assert STARTING_SPECIFICATION in page
        assert name in page
        assert "Date of birth" in page
        assert f"Page {place} of {len(pages)}" in page
        assert any(side.upper() in page for side in fitting.limbs)


def test_a_page_about_one_leg_names_only_its_side() -> None:
    asked = document(other={}, prescription={"design": "solid"})
    pages = pages_of(sheet(asked))
    left, right = (next(page for page in pages if f"{side} brace, drawing" in page) for side in ("LEFT", "RIGHT"))
    assert "RIGHT" not in left
    assert "LEFT" not in right
    assert pages.index(left) < pages.index(right)
    assert "LEFT and RIGHT" in pages[0]


def test_approved_sheets_say_by_whom_and_no_longer_draft() -> None:
    pages = pages_of(sheet(document(), approved_by="Dr Anna Kowalczyk"))
    assert all("Approved by Dr Anna Kowalczyk" in page and DRAFT not in page for page in pages)
    assert all(STARTING_SPECIFICATION in page for page in pages)


@pytest.mark.parametrize("key", COMPUTED)
def test_findings_come_first_in_words(key: str) -> None:
    fitting = fitted(request_of(key))
    text = text_of(kept(key))
    start = text.index("Measurements")
    for limb in fitting.limbs.values():
        for finding in limb.findings:
            at = text.index(f"{finding.severity.capitalize()}: {title(finding)}")
            assert at < start
            assert re.sub(r"\s+", " ", message(finding)) in text


@pytest.mark.parametrize("asked", [stopped(), document(clinical={"ambulant": False}), request_of("S06")])
def test_without_a_brace_there_is_no_number_of_one(asked: dict[str, Any]) -> None:
    text = text_of(sheet(asked))
    assert "No brace is computed for this leg" in text
    for dimension in DIMENSIONS:
        assert dimension.code not in text
        assert dimension.label not in text
    assert "Working" not in text
    assert "drawing" not in text


def test_a_stop_hides_what_was_prescribed_in_millimetres() -> None:
    asked = document(clinical={"skin": "wound"}, prescription={"design": "solid", "shell_thickness": 5.7})
    assert "5.7" not in text_of(sheet(asked))


def test_plantarflexed_is_said_in_words() -> None:
    asked = document(limb={"dorsiflexion_knee_extended": -12}, prescription={"design": "solid"})
    data = sheet(asked)
    (row,) = (row for row in rows_of(data, "D22") if row.endswith("2° D"))
    assert row == "D22 Ankle in the brace 12° plantarflexed 2° D"
    assert any("D22" in page and "12° plantarflexed" in page for page in pages_of(data) if "brace, drawing" in page)


def test_estimated_is_said_in_words() -> None:
    text = text_of(sheet(document(limb={"lateral_ball_length": GONE})))
    assert "not measured 170 mm estimated" in text  # min(0.63 · 270, 0.88 · 200) = 170.1
    assert "Footplate length, outer edge (estimated)" in text


def test_readings_are_shown_as_given() -> None:
    asked = document(limb={"calf_circumference": {"readings": [388, 391]}})
    (row, *_) = rows_of(sheet(asked), "B")
    assert row.endswith("388, 391 mm 390 mm")  # mean 389.5, half up


@pytest.mark.hazard("H17")
def test_whole_millimetres_except_sheet_thickness() -> None:
    asked = request_of("E2")
    text = text_of(sheet(asked))
    tables = text[text.index("brace, dimensions") : text.index("Working")]
    decimals = set(re.findall(r"\d+\.\d+ mm", tables))
    assert decimals <= {"4.8 mm"}, decimals
    assert "4.8 mm" in decimals


def test_an_unbraced_leg_has_its_shoe_only() -> None:
    other = {"braced": False, "foot_length": 268, "forefoot_width": 101}
    asked = document(prescription={"design": "solid"})
    asked["limbs"]["left"] = other
    pages = pages_of(sheet(asked))
    text = " ".join(pages)
    assert "No brace: measured for the shoe" in text
    assert "LEFT brace" not in text
    assert "RIGHT brace" in text
    assert "No brace is computed" not in text


@pytest.mark.hazard("H17")
def test_grades_are_explained_and_boxes_left_to_fill_in() -> None:
    text = text_of(kept("E1"))
    for grade, words in GRADES.items():
        assert f"{grade} {words}" in text
    for head in ("As made", "Initials", "In shoe", "Orthotist", "Technician", "Side checked"):
        assert head in text


def test_working_shows_formula_numbers_and_source() -> None:
    text = text_of(kept("E1"))
    assert "fibular head height − proximal trim offset = 455 − 38 = 417 mm" in text
    assert "calf circumference + 2 × π × (sock thickness + liner thickness) = 388 + 2 × π × (1.5 + 0) = 397 mm" in text
    fitting = fitted(request_of("E1"))
    for value in fitting.limbs["right"].dimensions.values():
        assert re.sub(r"\s+", " ", value.source.text) in text


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_paper_size(paper: Paper) -> None:
    for page in PdfReader(BytesIO(sheet(document(), paper))).pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=0.01)


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("design", [code for code, _ in DESIGNS])
def test_nothing_outside_the_margins(paper: Paper, design: str) -> None:
    asked = document(
        other={},
        prescription={"design": design},
        patient={"name": LONG[:200], "reference": "W" * 60},
        clinical={"ashworth": "2", "mediolateral_instability": "flexible", "sensation": "reduced"},
    )
    assert inked_margins(sheet(asked, paper), MARGIN - 3) == []


def test_the_margin_check_sees_ink() -> None:
    assert (0, "left") in inked_margins(sheet(document()), MARGIN + 20)


@pytest.mark.parametrize("name", [LONG[:200], "W" * 200, "Łucja Żółć", "Жуков Σωκράτης Nguyễn", "שלום"])
def test_long_and_foreign_names(name: str) -> None:
    data = sheet(document(patient={"name": name, "reference": "X" * 60}))
    text = pages_of(data)[0]
    assert name.split()[0][:12] in text or name[::-1] in text


def test_letters_that_no_font_has_are_named() -> None:
    text = pages_of(sheet(document(patient={"name": "張 Wei"})))[0]
    assert "[U+5F35] Wei" in text


@pytest.mark.parametrize("key", ["E1", "E3", "S01", "S06"])
def test_all_fonts_are_embedded(key: str) -> None:
    names = set()
    for page in PdfReader(BytesIO(kept(key))).pages:
        for font in page["/Resources"]["/Font"].values():
            described = font.get_object()
            assert "/FontFile2" in described["/FontDescriptor"].get_object()
            assert "/ToUnicode" in described
            names.add(described["/BaseFont"].split("+")[1])
    assert names == {"AtkinsonHyperlegible-Regular", "AtkinsonHyperlegible-Bold"}


PAINTING = {
    b"S",
    b"s",
    b"f",
    b"F",
    b"f*",
    b"B",
    b"B*",
    b"b",
    b"b*",
    b"sh",
    b"Do",
    b"Tj",
    b"TJ",
    b"'",
    b'"',
    b"INLINE IMAGE",
}


@pytest.mark.parametrize("key", ["E1", "E3", "S01", "S06"])
def test_everything_painted_is_marked_once(key: str) -> None:
    for page in PdfReader(BytesIO(kept(key))).pages:
        depth = 0
        contents = page.get_contents()
        assert contents is not None
        for _, operator in contents.operations:
            depth += (operator == b"BDC") - (operator == b"EMC")
            assert depth in (0, 1)
            if operator in PAINTING:
                assert depth == 1, operator
        assert depth == 0


def _elements(node: Any) -> list[Any]:
    found = [node]
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(kid, dict) and "/S" in kid:
            found.extend(_elements(kid))
    return found


@pytest.mark.parametrize("key", ["E2", "S01"])
def test_the_structure_tree_holds_every_marked_content(key: str) -> None:
    reader = PdfReader(BytesIO(kept(key)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"].get_object()["/Marked"] is True or root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"].get_object()["/DisplayDocTitle"]
    assert root["/ViewerPreferences"].get_object()["/PrintScaling"] == "/None"
    tree = root["/StructTreeRoot"].get_object()
    elements = _elements(tree["/K"].get_object())
    kinds = {element["/S"] for element in elements}
    assert {"/Document", "/H2", "/H3", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure", "/L", "/LI", "/LBody"} <= kinds
    figures = [element for element in elements if element["/S"] == "/Figure"]
    fitting = fitted(request_of(key))
    assert len(figures) == 3 * sum(1 for limb in fitting.limbs.values() if limb.dimensions)
    assert all("leg" in figure["/Alt"] for figure in figures)
    parents = tree["/ParentTree"].get_object()["/Nums"]
    by_page = dict(zip(parents[::2], parents[1::2], strict=True))
    for place, page in enumerate(reader.pages):
        assert page["/StructParents"] == place
        contents = page.get_contents()
        assert contents is not None
        marks = [
            operands[1]["/MCID"]
            for operands, operator in contents.operations
            if operator == b"BDC" and "/MCID" in operands[1]
        ]
        assert marks == list(range(len(by_page[place])))
        for mark, owner in enumerate(by_page[place]):
            kids = owner.get_object()["/K"]
            kids = kids if isinstance(kids, list) else [kids]
            assert mark in kids


def test_table_rows_have_as_many_cells_as_columns() -> None:
    tree = PdfReader(BytesIO(kept("E2"))).trailer["/Root"]["/StructTreeRoot"].get_object()
    for table in [one for one in _elements(tree["/K"].get_object()) if one["/S"] == "/Table"]:
        rows = (
            [row.get_object() for row in table["/K"]] if isinstance(table["/K"], list) else [table["/K"].get_object()]
        )
        widths = set()
        for row in rows:
            cells = (
                [cell.get_object() for cell in row["/K"]] if isinstance(row["/K"], list) else [row["/K"].get_object()]
            )
            widths.add(
                sum(int(cell.get("/A", {}).get_object().get("/ColSpan", 1)) if "/A" in cell else 1 for cell in cells)
            )
        assert len(widths) == 1


def test_bookmarks_lead_to_the_headings() -> None:
    reader = PdfReader(BytesIO(kept("E1")))
    titles = [entry["/Title"] for entry in reader.outline if isinstance(entry, dict)]
    assert "Measurements" in titles
    assert "RIGHT brace, drawing" in titles
    assert "Working" in titles
    at = {entry["/Title"]: reader.get_destination_page_number(entry) for entry in reader.outline}  # type: ignore[arg-type,index]
    for heading, page in at.items():
        assert page is not None
        assert heading in pages_of(kept("E1"))[page]


def test_metadata_and_title() -> None:
    asked = document(patient={"name": "Łucja Żółć"})
    data = sheet(asked)
    reader = PdfReader(BytesIO(data))
    assert reader.metadata is not None
    assert reader.metadata.title == "Fitting sheet, Łucja Żółć, RIGHT"
    assert reader.metadata["/CreationDate"] == "D:20261123000000Z"
    xmp = reader.xmp_metadata
    assert xmp is not None
    assert xmp.dc_title["x-default"] == reader.metadata.title


def test_equal_bytes_in_threads_and_another_process() -> None:
    asked = request_of("S01")
    fitting = fitted(asked)
    here = fitting_sheet(fitting, paper="a4")
    fitting_sheet(fitted(request_of("E3")), paper="letter")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: fitting_sheet(fitting, paper="a4"), range(8))) == {here}
    program = (
        "import sys; from tests.fitting.people import fitted; from tests.examples import request_of;"
        "from afofit.pdf.sheet import fitting_sheet;"
        "sys.stdout.buffer.write(fitting_sheet(fitted(request_of('S01')), paper='a4'))"
    )
    root = Path(__file__).parents[2]
    there = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, check=True).stdout
    assert there == here


def test_the_mark_changes_with_the_content_but_not_with_the_person() -> None:
    plain, named = fitted(document()), fitted(document(patient={"name": "Anna", "reference": "7"}))
    other = fitted(document(limb={"calf_circumference": 389}))
    assert content_hash(plain) == content_hash(named)
    assert content_hash(plain) != content_hash(other)
    assert re.fullmatch(r"[0-9a-f]{16}", content_hash(plain))


def test_two_pages_stay_small() -> None:
    data = sheet(stopped())
    assert len(pages_of(data)) <= 2
    assert len(data) <= 60_000


@pytest.mark.parametrize("key", COMPUTED)
def test_qpdf_finds_no_fault(key: str, tmp_path: Path) -> None:
    program = shutil.which("qpdf")
    if program is None:
        pytest.skip("qpdf is not on this machine")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(kept(key))
    done = subprocess.run([program, "--check", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_table_of_two_legs_names_the_sides_left_before_right() -> None:
    page = pages_of(kept("S01"))[0]
    lines = page.splitlines()
    brace = lines.index("Brace")
    assert lines[brace + 1].split() == ["LEFT", "RIGHT"]
    assert lines[brace + 2].startswith("Design Posterior leaf spring")  # S01: the left is the milder leg
    shoe = next(page for page in pages_of(kept("S01")) if "Inside length to look for" in page).splitlines()
    # Two tables of the shoe and the delivery list.
    assert [line for line in shoe if line == "LEFT RIGHT"] == ["LEFT RIGHT"] * 3


@pytest.mark.parametrize("key", ["E1", "E3", "E4", "S01", "S03", "S07"])
def test_the_codes_of_the_drawing_are_large_enough_to_read(key: str) -> None:
    with pdfplumber.open(BytesIO(kept(key))) as opened:
        page = next(page for place, page in enumerate(opened.pages) if "brace, drawing" in pages_of(kept(key))[place])
        level = [
            char for char in page.chars if char["matrix"][1] == 0 < char["matrix"][0] and "Bold" in char["fontname"]
        ]
        sizes = {round(char["size"], 2) for char in level if char["size"] < 7.4}
    assert sizes
    assert min(sizes) >= 6.3


def test_who_confirmed_an_unusual_value_is_printed_with_it() -> None:
    row = {"field": "calf_circumference", "value": 525, "by": "N. Meier", "at": "2026-09-12T14:32+02:00"}
    text = text_of(sheet(document(limb={"calf_circumference": 525, "confirmed": [row]})))
    assert "Measured again and confirmed by N. Meier on 12 Sep 2026 12:32 UTC." in " ".join(text.split())
