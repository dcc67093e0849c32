"""The template measured: rulers, outlines and overlaps on the raster of a printer, and the words on each page."""

import math
import os
import re
import shutil
import subprocess
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from afofit.fitting.vocabulary import DESIGNS
from afofit.pdf.layout import SIZES, Paper
from afofit.pdf.template import NothingToCut, template
from afofit.pdf.template_page import BAND_MM, BORDER_MM, COLUMN_MM, GAP_MM
from afofit.pdf.template_shapes import OVERLAP_MM, count, tiles
from afofit.words.sheet import DRAFT, STARTING_SPECIFICATION
from tests.examples import request_of
from tests.fitting.people import document, fitted
from tests.pdf.reading import inked_margins, pages_of
from tests.pdf.tagged import bookmarks, elements, faults

DPI = 600
PIXELS = DPI / 25.4
"""Pixels for a millimetre."""
PAPERS: tuple[Paper, ...] = ("a4", "letter")
SENTENCE = "Print at 100 %. If the line is not 100 mm, do not cut."


@pytest.fixture(autouse=True)
def _large_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)


@cache
def made(design: str, paper: Paper, footplate: str = "engine", side: str = "right", child: bool = False) -> bytes:
    asked = document(child=child, side=side, prescription={"design": design, "footplate": footplate})  # type: ignore[arg-type]
    return template(fitted(asked), paper=paper)


def raster(data: bytes, page: int) -> Image.Image:
    """A page as a printer sees it: grey, 600 dots to the inch."""
    program = shutil.which("pdftoppm")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdftoppm is missing: the true size of the template was not measured")
        pytest.skip("PDFTOPPM IS MISSING: THE TRUE SIZE OF THE TEMPLATE WAS NOT MEASURED")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "t.pdf"
        file.write_bytes(data)
        number = str(page + 1)
        flags = ["-r", str(DPI), "-gray", "-f", number, "-l", number, "-singlefile"]
        subprocess.run([program, *flags, str(file), str(Path(folder) / "t")], check=True)
        picture = Image.open(Path(folder) / "t.pgm")
        picture.load()
    return picture


def dark(picture: Image.Image) -> Image.Image:
    return picture.point([255 if level < 128 else 0 for level in range(256)])


def straight(picture: Image.Image, low: float, high: float) -> list[tuple[float, float, float]]:
    """Level dark lines of a length between two limits: their row, start and length (mm), one for each line."""
    wide, tall = picture.size
    bits = dark(picture).tobytes()
    found: list[tuple[float, float, float]] = []
    long = re.compile(rb"\xff{%d,}" % math.ceil(low * PIXELS))
    for row in range(tall):
        for run in long.finditer(bits[row * wide : (row + 1) * wide]):
            at, length = run.start() / PIXELS, (run.end() - run.start()) / PIXELS
            same = found and row / PIXELS - found[-1][0] < 0.3 and abs(found[-1][1] - at) < 2
            if length <= high and not same:
                found.append((row / PIXELS, at, length))
    return found


def field(picture: Image.Image, side: str, lift: float = BAND_MM) -> Image.Image:
    """The part of the page where shapes lie, above the level ruler."""
    wide, tall = picture.size
    border, column = BORDER_MM - 1, COLUMN_MM + GAP_MM - 1 + BORDER_MM
    left, right = (border, column) if side == "right" else (column, border)
    bottom = BORDER_MM + lift - 1
    box = (left * PIXELS, border * PIXELS, wide - right * PIXELS, tall - bottom * PIXELS)
    return picture.crop(tuple(round(edge) for edge in box))  # type: ignore[arg-type]


def extent(picture: Image.Image) -> tuple[float, float]:
    """Width and height (mm) of all that is dark, from the middle of the outermost lines."""
    box = dark(picture).getbbox()
    assert box is not None
    line = 0.7 / 72 * 25.4
    return (box[2] - box[0]) / PIXELS - line, (box[3] - box[1]) / PIXELS - line


BIG: dict[str, Any] = {
    "foot_length": 325,
    "ball_length": 240,
    "lateral_ball_length": 205,
    "forefoot_width": 124,
    "heel_width": 88,
    "calf_circumference": 640,
    "ankle_circumference": 380,
}


@cache
def big(paper: Paper) -> bytes:
    asked = document(limb=BIG, patient={"weight": 118}, prescription={"design": "solid"})
    return template(fitted(asked), paper=paper)


@pytest.mark.hazard("H21")
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("which", ["single", "tiled", "strap", "left"])
def test_both_rulers_are_true_in_both_directions(paper: Paper, which: str) -> None:
    data, page = {
        "single": (made("solid", paper, "sulcus"), 0),
        "tiled": (big(paper), 1),
        "strap": (made("solid", paper), -1),
        "left": (made("solid", paper, "sulcus", "left"), 0),
    }[which]
    page = page if page >= 0 else len(pages_of(data)) - 1
    picture = raster(data, page)
    for direction in (picture, picture.transpose(Image.Transpose.ROTATE_270)):
        lengths = sorted(length for _, _, length in straight(direction, 95, 105))
        assert lengths == pytest.approx([100.0, 101.6], abs=0.1)


@pytest.mark.hazard("H21")
@pytest.mark.parametrize("paper", PAPERS)
def test_a_bank_card_fits_its_frame(paper: Paper) -> None:
    # ISO/IEC 7810 ID-1: 85.60 × 53.98 mm, corners of 3.18 mm, so 79.24 mm of each long side are straight
    picture = raster(made("posterior_leaf_spring", paper), 0).transpose(Image.Transpose.ROTATE_270)
    sides = straight(picture, 78.5, 81.5)
    assert sides[-1][0] - sides[0][0] == pytest.approx(53.98, abs=0.1)
    frame = dark(picture).crop((0, round((sides[0][0] - 0.5) * PIXELS), picture.width, round((sides[-1][0]) * PIXELS)))
    tops = frame.transpose(Image.Transpose.ROTATE_90)
    ends = [row for row, _, _ in straight(tops.convert("L").point([255 - level for level in range(256)]), 46, 49.5)]
    assert ends[-1] - ends[0] == pytest.approx(85.60, abs=0.1)


# Man of the worked examples: ball 200 and 170, forefoot 102, heel 72, foot 270 (all mm).
# Three-quarter: 200 − 12; sulcus: 200 + 0.07 · 270; full: 270 + 3. Width 102 + 4. Child: ball 149, foot 203, width 78.
LENGTHS = [
    ("posterior_leaf_spring", "three_quarter", "right", False, 188.0, 106.0),
    ("posterior_leaf_spring", "three_quarter", "left", False, 188.0, 106.0),
    ("semi_solid", "sulcus", "left", False, 218.9, 106.0),
    ("solid", "full", "right", True, 211.0, 82.0),
    ("hinged", "sulcus", "left", True, 163.21, 82.0),
]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(("design", "footplate", "side", "child", "length", "width"), LENGTHS)
def test_the_outline_has_the_computed_size(
    paper: Paper, design: str, footplate: str, side: str, child: bool, length: float, width: float
) -> None:
    picture = field(raster(made(design, paper, footplate, side, child), 0), side)
    assert extent(picture) == pytest.approx((width, length), abs=0.3)


def test_a_full_plate_uses_the_length_of_a4_and_is_tiled_on_letter() -> None:
    # 270 + 3 = 273 mm: within the 277 mm of A4, beyond the 259 mm of Letter
    on_a4, on_letter = made("carbon_anterior", "a4"), made("carbon_anterior", "letter")
    assert len(pages_of(on_a4)) == 1
    assert len(pages_of(on_letter)) == 2
    picture = raster(on_a4, 0)
    wide, tall = picture.size
    # left of the level ruler, which begins 102 mm from the border on the right
    shape = picture.crop((round(9 * PIXELS), round(9 * PIXELS), wide - round(115.5 * PIXELS), tall))
    assert extent(shape)[1] == pytest.approx(273, abs=0.3)


@pytest.mark.parametrize("paper", PAPERS)
def test_tiles_overlap_by_twenty_millimetres_and_meet(paper: Paper) -> None:
    # strap: 0.6 · girth leaves 0.4 · (640 + 2π(1.5 + 3) + 2π · 6) + 70 = 352.4 mm; weight 118 kg: 50 mm wide
    data = big(paper)
    place = bookmarks(data)["RIGHT calf strap"]
    picture = field(raster(data, place), "right")
    box = dark(picture).getbbox()
    assert box is not None
    middle = round((box[0] + box[2]) / 2)
    strips = [picture.crop((0, 0, middle, picture.height)), picture.crop((middle, 0, picture.width, picture.height))]
    heights = [extent(strip) for strip in strips]
    assert [width for width, _ in heights] == pytest.approx([50, 50], abs=0.3)
    assert sum(height for _, height in heights) - 20 == pytest.approx(352.4, abs=0.6)


@pytest.mark.parametrize("paper", PAPERS)
def test_a_tiled_outline_goes_on_where_it_was_cut(paper: Paper) -> None:
    data = made("solid", "letter") if paper == "letter" else big("a4")
    pages = [place for place, text in enumerate(pages_of(data)) if "footplate, seen from above" in text]
    columns = 2 if paper == "a4" else 1
    upper, lower = (dark(field(raster(data, pages[place]), "right")) for place in (0, columns))
    # the cross stands 10 mm inside the lower edge of the upper page and the upper edge of the lower page
    boxes = [upper.getbbox(), lower.getbbox()]
    assert boxes[0] is not None
    assert boxes[1] is not None
    for shift in (-6, 0.0, 6):
        rows = [round(boxes[0][3] - (10 + shift) * PIXELS), round(boxes[1][1] + (10 - shift) * PIXELS)]
        edges = []
        for picture, row in zip((upper, lower), rows, strict=True):
            line = picture.crop((0, row - 3, picture.width, row + 4)).getbbox()
            assert line is not None
            # with two columns the right-hand edge of the window is the dashed limit of the overlap
            edges.append([line[0] / PIXELS, line[2] / PIXELS][: 3 - columns])
        assert edges[0] == pytest.approx(edges[1], abs=0.3), shift
    total = sum((box[3] - box[1]) / PIXELS for box in boxes if box) - OVERLAP_MM
    wanted = 273.0 if paper == "letter" else 328.0  # 270 + 3, 325 + 3
    assert total == pytest.approx(wanted, abs=0.6)


@pytest.mark.parametrize(("length", "room", "wanted"), [(245, 245, 1), (245.1, 245, 2), (470, 245, 2), (470.1, 245, 3)])
def test_how_many_tiles(length: float, room: float, wanted: int) -> None:
    # n tiles of 245 with an overlap of 20 reach n · 225 + 20
    assert count(length, room) == wanted


def test_windows_cover_the_shape_and_share_their_crosses() -> None:
    found = tiles((-40, 0, 110, 400), 117, 263)
    assert [(tile.row, tile.column) for tile in found] == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert min(tile.box[0] for tile in found) == -40
    assert max(tile.box[2] for tile in found) == 110
    assert max(tile.box[3] for tile in found) == 400
    assert min(tile.box[1] for tile in found) == pytest.approx(0)
    first, beside, below = found[0], found[1], found[2]
    assert first.box[2] - beside.box[0] == pytest.approx(20)
    assert below.box[3] - first.box[1] == pytest.approx(20)
    shared = {(round(x, 6), round(y, 6)) for x, y in first.crosses}
    assert len(shared & {(round(x, 6), round(y, 6)) for x, y in below.crosses}) == 2


def test_left_mirrors_right() -> None:
    right = dark(field(raster(made("semi_solid", "a4"), 0), "right"))
    left = dark(field(raster(made("semi_solid", "a4", side="left"), 0), "left"))
    mirrored = left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    pictures = [picture.crop(picture.getbbox()) for picture in (right, mirrored)]
    assert pictures[0].size == pytest.approx(pictures[1].size, abs=2)
    for share in (0.05, 0.2, 0.4, 0.6, 0.8, 0.95):
        edges = []
        for picture in pictures:
            row = round(share * picture.height)
            box = picture.crop((0, row, picture.width, row + 1)).getbbox()
            assert box is not None
            edges.append((box[0], box[2]))
        assert edges[0] == pytest.approx(edges[1], abs=3)


@pytest.mark.parametrize(("side", "inner"), [("right", "left"), ("left", "right")])
def test_the_inner_side_lies_where_it_is_seen_from_above(side: str, inner: str) -> None:
    # seen from above, toes up, the big toe of the right foot is on the left: the inner edge is the longer one
    data = made("semi_solid", "a4", side=side)
    picture = dark(field(raster(data, 0), side))
    box = picture.getbbox()
    assert box is not None
    top = picture.crop((0, box[1], picture.width, box[1] + 3)).getbbox()
    assert top is not None
    middle = (box[0] + box[2]) / 2
    assert ((top[0] + top[2]) / 2 < middle) == (inner == "left")
    (figure,) = [one for one in elements(data) if one["/S"] == "/Figure" and "footplate" in one["/Alt"]]
    assert f"inner side on the {inner}" in figure["/Alt"]
    assert side.upper() in figure["/Alt"]


@pytest.mark.hazard("H21", "H26")
@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("design", [code for code, _ in DESIGNS])
def test_what_stands_on_every_page(paper: Paper, design: str) -> None:
    asked = document(
        other={}, patient={"name": "Anna Kowalczyk", "reference": "A-1027"}, prescription={"design": design}
    )
    data = template(fitted(asked), paper=paper)
    pages = pages_of(data)
    for place, text in enumerate(pages, start=1):
        words = " ".join(text.split())
        side, other = ("LEFT", "RIGHT") if "LEFT" in text else ("RIGHT", "LEFT")
        assert f"{side} · Page {place} of {len(pages)}" in words
        assert other not in words
        for wanted in (DRAFT, STARTING_SPECIFICATION, "Anna Kowalczyk", "A-1027", "Date of birth", SENTENCE):
            assert wanted in words, wanted
        for wanted in ("100 mm", "4 in", "85.60 × 53.98 mm", "A bank card"):
            assert wanted in words, wanted
    assert all(page.count("100 mm") >= 3 for page in pages)
    assert faults(data) == []
    assert inked_margins(data, BORDER_MM / 25.4 * 72 - 1.5) == []
    straps = {"ground_reaction", "carbon_anterior"}
    assert ("calf strap" in " ".join(pages)) == (design not in straps)


def test_a_cut_piece_still_says_whose_it_is() -> None:
    asked = document(patient={"name": "Anna Kowalczyk", "reference": "A-1027"})
    plate, strap = pages_of(template(fitted(asked), paper="a4"))
    for words in ("Anna Kowalczyk", DRAFT, "A-1027"):
        assert plate.count(words) == 2  # in the margin and on the piece
        assert strap.count(words) == 3  # in the margin and on both strips of 281 mm
    assert "HEEL" in pages_of(made("solid", "a4"))[0]
    assert "TOES" in pages_of(made("solid", "a4"))[0]
    for word in ("MEDIAL", "LATERAL"):
        assert word in pages_of(made("semi_solid", "letter"))[0]


def test_the_numbers_of_the_first_example() -> None:
    # worked example: 200 − 12, 170 − 12, 102 + 4, 72; strap 210.9 + 70
    text = " ".join(" ".join(pages_of(template(fitted(request_of("E1")), paper="a4"))).split())
    for row in ("D12 Footplate length, inner edge 188 mm 4 D", "D13 Footplate length, outer edge 158 mm 4 D"):
        assert row in text
    for row in ("D14 Footplate width, inside 106 mm 4 D", "D15 Heel seat width, inside 72 mm 4 D"):
        assert row in text
    assert "D17 Calf strap length 281 mm 10 D" in text
    assert "D: derived here by geometry or judgement, not published" in text


def test_approved_templates_say_by_whom() -> None:
    for page in pages_of(template(fitted(document()), paper="letter", approved_by="Dr Anna Kowalczyk")):
        assert "Approved by Dr Anna Kowalczyk" in page
        assert DRAFT not in page


def test_tiles_are_named() -> None:
    texts = [" ".join(page.split()) for page in pages_of(big("letter"))]
    for row in (1, 2):
        for column in (1, 2):
            assert any(f"Row {row} of 2, column {column} of 2" in text for text in texts)
    assert "overlap 20 mm with row 2" in texts[0]
    assert "overlap 20 mm" in texts[-1]
    assert all("RIGHT" in text for text in texts)


@pytest.mark.parametrize("asked", [document(clinical={"skin": "wound"}), document(clinical={"ambulant": False})])
def test_without_a_brace_nothing_is_cut(asked: dict[str, Any]) -> None:
    with pytest.raises(NothingToCut):
        template(fitted(asked), paper="a4")


def test_only_the_braced_leg_is_cut() -> None:
    asked = document()
    asked["limbs"]["left"] = {"braced": False, "foot_length": 268, "forefoot_width": 101}
    assert not any("LEFT" in page for page in pages_of(template(fitted(asked), paper="a4")))


def test_a_plate_of_unknown_length_leaves_the_strap() -> None:
    asked = document(limb={"partial_foot": "toes"}, prescription={"design": "solid"})
    pages = pages_of(template(fitted(asked), paper="a4"))
    assert len(pages) == 1
    assert "calf strap" in pages[0]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    "name", ["W" * 200, "Maximiliane-Theodora von und zu Hohenstein " * 4, "Жуков Σωκράτης", "張 Wei"]
)
def test_long_names_stay_inside(paper: Paper, name: str) -> None:
    asked = document(other={}, patient={"name": name, "reference": "W" * 60}, prescription={"design": "solid"})
    data = template(fitted(asked), paper=paper, approved_by=name)
    assert inked_margins(data, BORDER_MM / 25.4 * 72 - 1.5) == []
    assert faults(data) == []


def test_children_from_the_smallest_foot_on_have_a_page() -> None:
    small = {
        "fibular_head_height": 130,
        "calf_circumference": 150,
        "ankle_circumference": 110,
        "malleolar_width": 36,
        "medial_malleolus_tip_height": 22,
        "foot_length": 105,
        "ball_length": 74,
        "lateral_ball_length": 64,
        "forefoot_width": 46,
        "heel_width": 33,
    }
    asked = document(
        child=True,
        limb=small,
        patient={"age_years": 1.6, "height": 800, "weight": 11},
        prescription={"design": "solid"},
    )
    data = template(fitted(asked), paper="a4")
    assert extent(field(raster(data, 0), "right")) == pytest.approx((50, 113), abs=0.3)  # 46 + 4, 105 + 8


def test_equal_bytes_paper_and_bookmarks() -> None:
    asked = document(other={})
    data = template(fitted(asked), paper="a4")
    assert data == template(fitted(asked), paper="a4")
    assert bookmarks(data)["LEFT footplate, seen from above"] == 0
    assert {"RIGHT footplate, seen from above", "LEFT calf strap", "RIGHT calf strap"} <= set(bookmarks(data))
    for paper in PAPERS:
        page = PdfReader(BytesIO(template(fitted(asked), paper=paper))).pages[0]
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(SIZES[paper], abs=0.01)
