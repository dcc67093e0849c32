"""The order form read back: one page for each braced leg, nothing given left out, nothing invented."""

import re
from datetime import date
from typing import Any

import pytest

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.vocabulary import DESIGNS, ORDER
from afofit.pdf.layout import MARGIN, Paper
from afofit.pdf.order import FOLDED, HINGE_ONLY, NothingToOrder, order_form, trimline
from afofit.words import choices, coding, numbers
from afofit.words.sheet import DRAFT, STARTING_SPECIFICATION
from tests.examples import request_of
from tests.fitting.people import document, fitted, leg
from tests.pdf.reading import inked_margins, pages_of
from tests.pdf.tagged import bookmarks, elements, faults

PAPERS: tuple[Paper, ...] = ("a4", "letter")
ORDERED: dict[str, Any] = {
    "practitioner": "Anna Kowalczyk CPO",
    "facility": "Northern Orthotics",
    "order_number": "2026-1123",
    "quantity": 2,
    "date_needed": "2026-12-10",
    "material": "polypropylene_homopolymer",
    "liner_material": "polyethylene_foam",
    "liner_extent": "calf",
    "colour": "Dinosaurs, green",
    "joint_type": "flexure",
    "plantarflexion_stop": "fixed",
    "dorsiflexion_stop": "free",
    "correction_strap": "varus",
    "correction_strap_side": "lateral",
    "metatarsal_pad": True,
    "closure_side": "medial",
    "one_handed": "left",
    "heel_posting_side": "medial",
    "heel_posting_angle": 4,
    "forefoot_posting_side": "lateral",
    "forefoot_posting_angle": 3,
    "arch_fill": False,
    "ribs": True,
    "cast_reference": "Scan 77",
    "casting_angle": -3,
    "allergies": ["latex", "nickel"],
    "previous_brace": "Leaf spring of 2023",
    "previous_brace_failure": "cracked behind the ankle",
    "note": "Call before vacuum forming",
}
PRINTED = (
    "Anna Kowalczyk CPO",
    "Northern Orthotics",
    "2026-1123",
    "Quantity 2",
    "10 Dec 2026",
    "Polypropylene, homopolymer",
    "Closed-cell polyethylene foam",
    "Calf",
    "Dinosaurs, green",
    "Flexure",
    "Fixed",
    "Free",
    "Against varus, Lateral (outer)",
    "Metatarsal pad Yes",
    "Medial (inner)",
    "Left hand",
    "Medial (inner), 4°",
    "Lateral (outer), 3°",
    "Arch fill No",
    "Ribs Yes",
    "Scan 77",
    "3° plantarflexed",
    "Latex, Nickel",
    "Leaf spring of 2023",
    "cracked behind the ankle",
    "Call before vacuum forming",
)


def ordered(change: dict[str, Any] | None = None, **how: Any) -> dict[str, Any]:
    return document(**how) | {"order": ORDERED | (change or {})}


def text_of(data: bytes, page: int = 0) -> str:
    return re.sub(r"\s+", " ", pages_of(data)[page])


def test_the_test_gives_every_field() -> None:
    assert set(ORDERED) == {field.name for field in ORDER}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_detail_of_the_order_is_printed(paper: Paper) -> None:
    data = order_form(fitted(ordered(prescription={"design": "hinged"})), paper=paper)
    assert len(pages_of(data)) == 1
    text = text_of(data)
    for words in PRINTED:
        assert words in text, words
    for field in ORDER:
        if field.name not in FOLDED.values():
            assert field.label in text, field.label


def test_what_was_not_given_is_a_line_to_write_on() -> None:
    text = text_of(order_form(fitted(document()), paper="a4"))
    for field in ORDER:
        if field.name not in (*FOLDED.values(), *HINGE_ONLY):
            assert field.label in text, field.label
    assert "Yes" not in text
    assert "Allergies None" not in text


def test_asked_and_without_allergy_is_not_the_same_as_not_asked() -> None:
    assert "Allergies None" in text_of(order_form(fitted(ordered({"allergies": []})), paper="a4"))


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("design", [code for code, _ in DESIGNS])
def test_every_dimension_and_measurement_stands_on_the_page_of_its_leg(paper: Paper, design: str) -> None:
    fitting = fitted(document(other={"calf_circumference": 380}, prescription={"design": design}))
    data = order_form(fitting, paper=paper)
    assert len(pages_of(data)) == 2
    assert faults(data) == []
    assert inked_margins(data, MARGIN - 3) == []
    for page, (side, limb) in enumerate(fitting.limbs.items()):
        text = text_of(data, page)
        assert side.upper() in text
        assert ("RIGHT" if side == "left" else "LEFT") not in text
        for dimension in DIMENSIONS:
            if dimension.name in limb.dimensions:
                value = limb.dimensions[dimension.name]
                shown = numbers.dimension(dimension.name, value.magnitude, dimension.unit)
                assert re.search(rf"{dimension.code} {re.escape(dimension.label)}[^0-9]* {re.escape(shown)}", text), (
                    dimension.code
                )
            else:
                assert dimension.code not in text
        for one in MEASUREMENTS:
            if one.quantity in limb.measured and one.unit == "mm":
                assert f"{one.letter} {one.label} {numbers.length(limb.measured[one.quantity].magnitude)}" in text
        assert choices.label("design", design) in text


def test_the_numbers_of_the_first_example() -> None:
    # worked example: 455 − 38; the same from outside + 4; 0.25 · 228; leaf spring: edge 6 mm behind the malleoli
    text = text_of(order_form(fitted(request_of("E1")), paper="letter"))
    for words in (
        "D02 Top edge, sides 417 mm 421 mm 6 D",
        "D10 Leaf width, narrowest (no published rule) 57 mm 5 D",
        "D20 Shell thickness 4 mm D",
        "D22 Ankle in the brace 90° 2 D",
        "Trimline at the ankle 6 mm behind the malleoli",
        "Footplate Three-quarter",
        "Liner thickness 0 mm",
        "A Fibular head height 455 mm",
    ):
        assert words in text, words
    assert "D derived here by geometry or judgement, not published" in text


def test_ninety_degrees_only_where_the_ankle_is_there() -> None:
    straight = text_of(order_form(fitted(document(prescription={"design": "solid"})), paper="a4"))
    assert "D22 Ankle in the brace 90°" in straight
    asked = document(limb={"dorsiflexion_knee_extended": -0.4}, prescription={"design": "solid"})
    short = text_of(order_form(fitted(asked), paper="a4"))
    assert "D22 Ankle in the brace 0.4° plantarflexed" in short
    assert "D22 Ankle in the brace 90°" not in short


@pytest.mark.parametrize(
    ("design", "words"),
    [
        ("posterior_leaf_spring", "6 mm behind the malleoli"),
        ("semi_solid", "over the malleoli"),
        ("solid", "6 mm in front of the malleoli"),
        ("hinged", "at the joint"),
        ("carbon_anterior", ""),
    ],
)
def test_trimline_in_words(design: str, words: str) -> None:
    assert trimline(leg(document(prescription={"design": design}))) == words


def test_a_joint_is_placed_on_the_model() -> None:
    text = text_of(order_form(fitted(document(prescription={"design": "hinged"})), paper="a4"))
    assert "D11 Joint axis (place it on the model) 70 mm" in text


def test_cautions_are_named() -> None:
    asked = document(clinical={"ashworth": "3"}, prescription={"design": "solid"})
    assert "Cautions Spasticity; Severe spasticity" in text_of(order_form(fitted(asked), paper="a4"))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_fullest_order_stays_on_one_page(paper: Paper) -> None:
    long = {
        name: "W" * 200
        for name, value in ORDERED.items()
        if isinstance(value, str) and name in {field.name for field in ORDER if field.kind == "text"}
    }
    asked = ordered(
        long,
        limb={
            "dorsiflexion_knee_extended": -12,
            "calf_circumference_height": 318,
            "lateral_malleolus_apex_height": 70,
            "ball_girth": 250,
            "heel_instep_girth": 340,
            "navicular_height": 45,
            "toe_out": 8,
            "dorsiflexion_knee_flexed": 4,
        },
        other={},
        patient={"weight": 121, "name": "W" * 200, "reference": "W" * 60},
        clinical={"sensation": "absent", "mediolateral_instability": "fixed", "knee": "crouch", "quadriceps_grade": 2},
        prescription={"design": "hinged", "shell_thickness": 6},
    )
    for asked_design in ("hinged", "solid", "ground_reaction"):
        asked["prescription"]["design"] = asked_design
        asked["limbs"]["right"]["dorsiflexion_knee_extended"] = 3 if asked_design == "hinged" else -12
        data = order_form(fitted(asked), paper=paper, approved_by="W" * 200)
        pages = pages_of(data)
        assert len(pages) == 2
        assert all("Orthotist" in page and "Coding aid, not billing advice." in page for page in pages)
        assert inked_margins(data, MARGIN - 3) == []


@pytest.mark.parametrize("paper", PAPERS)
def test_typed_text_of_usual_length_is_never_cut(paper: Paper) -> None:
    words = "a word or two more about it, in forty"
    change = {field.name: words for field in ORDER if field.kind == "text"}
    data = order_form(fitted(ordered(change, prescription={"design": "solid"})), paper=paper)
    assert len(pages_of(data)) == 1
    assert text_of(data).count("in forty") == len(change)


@pytest.mark.parametrize("approved_by", [None, "Dr Anna Kowalczyk"])
def test_state_identity_and_page(approved_by: str | None) -> None:
    asked = document(other={}, patient={"name": "Łucja Żółć", "reference": "A-1027"})
    data = order_form(fitted(asked), paper="letter", approved_by=approved_by)
    for place in range(2):
        text = text_of(data, place)
        for words in ("Łucja Żółć", "Reference A-1027", STARTING_SPECIFICATION, f"Page {place + 1} of 2"):
            assert words in text
        assert (DRAFT in text) == (approved_by is None)
        assert ("Approved by Dr Anna Kowalczyk" in text) == (approved_by is not None)
        assert f"{('LEFT', 'RIGHT')[place]} checked" in text
    assert data == order_form(fitted(asked), paper="letter", approved_by=approved_by)
    assert set(bookmarks(data)) >= {"LEFT ankle-foot orthosis, order", "RIGHT ankle-foot orthosis, order"}
    assert {"/H2", "/H3", "/Table", "/TR", "/TH", "/TD", "/P"} <= {one["/S"] for one in elements(data)}


@pytest.mark.parametrize("asked", [document(clinical={"skin": "wound"}), document(clinical={"ambulant": False})])
def test_without_a_brace_nothing_is_ordered(asked: dict[str, Any]) -> None:
    with pytest.raises(NothingToOrder):
        order_form(fitted(asked), paper="a4")


# Clinical reference 6.3: PLS custom L1940 or prefabricated L1930, solid L1960, hinged L1970 with L2210 or L2220 a
# joint, floor reaction L1945, ventral carbon L1932 or L1933, liner L2820; semi-solid is judgement.
@pytest.mark.parametrize(
    ("design", "liner", "codes"),
    [
        ("posterior_leaf_spring", 0, ["L1930", "L1940"]),
        ("posterior_leaf_spring", 3, ["L1930", "L1940", "L2820"]),
        ("semi_solid", 0, ["L1940", "L1960"]),
        ("solid", 3, ["L1960", "L2820"]),
        ("hinged", 0, ["L1970", "L2210", "L2220"]),
        ("ground_reaction", 3, ["L1945", "L2820"]),
        ("carbon_anterior", 3, ["L1932", "L1933"]),
    ],
)
def test_codes_by_design(design: str, liner: float, codes: list[str]) -> None:
    asked = document(prescription={"design": design, "liner_thickness": liner})
    assert [one.code for one in coding.candidates(leg(asked))] == codes
    text = text_of(order_form(fitted(asked), paper="a4"))
    for code in codes:
        assert code in text
    assert set(re.findall(r"L\d{4}", text)) == set(codes)
    assert "HCPCS candidates (US), list of 1 Apr 2025" in text
    assert "Coding aid, not billing advice." in text


def test_codes_of_additions_wait_for_the_addition() -> None:
    plain = document(prescription={"design": "solid", "liner_thickness": 0})
    assert [one.code for one in coding.candidates(leg(plain))] == ["L1960"]
    asked = plain | {"order": {"correction_strap": "valgus", "material": "carbon_composite"}}
    assert [one.code for one in coding.candidates(leg(asked))] == ["L1960", "L2270", "L2275", "L2755"]
    asked = plain | {"order": {"correction_strap": "none"}}
    assert [one.code for one in coding.candidates(leg(asked))] == ["L1960"]


def test_without_a_design_there_is_no_code() -> None:
    assert coding.candidates(leg(document(clinical={"skin": "wound"}, prescription={"design": "solid"}))) == ()


def test_every_code_says_where_it_comes_from() -> None:
    listed = coding.code_list()
    assert listed.as_of == date(2025, 4, 1)
    assert {design for one in listed.codes for design in one.designs} == {code for code, _ in DESIGNS}
    for one in listed.codes:
        assert re.fullmatch(r"L\d{4}", one.code)
        assert one.source
        assert (coding.CONFIRM in one.sentence) == (one.provenance == "recalled")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('source = "cms_2025"', 'source = "hearsay"'),
        ('needs = "liner"', 'needs = "luck"'),
        ('provenance = "recalled"', 'provenance = "maybe"'),
        ('designs = ["solid"]', "designs = []"),
    ],
)
def test_an_entry_that_is_not_understood_is_refused(old: str, new: str) -> None:
    from importlib.resources import files

    text = files("afofit.fitting").joinpath("tables", "hcpcs.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(ValueError, match="code"):
        coding.read(text.replace(old, new, 1))
