"""The result: the numbers of the worked examples in words, findings first, no table beside a stop."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.fitting.dimensions import DIMENSIONS
from afofit.web.fill import flatten
from tests.web.conftest import GOLDEN, Fields, Page

Filled = Callable[..., Fields]
UNITS = {one.name: one.unit for one in DIMENSIONS}
CASES = json.loads((GOLDEN / "examples.json").read_text("utf-8"))["examples"]


def inside(page: Page, place: int, tag: str) -> list[int]:
    return [
        child
        for child, (name, _) in enumerate(page.elements)
        if name == tag and place in page.parents[child] and child > place
    ]


def numbers(page: Page) -> dict[str, dict[str, str]]:
    """By dimension and side: the number as it is shown."""
    shown: dict[str, dict[str, str]] = {}
    for place, (tag, own) in enumerate(page.elements):
        if tag != "tr" or "data-dimension" not in own:
            continue
        for cell in inside(page, place, "td"):
            for value in inside(page, cell, "b"):
                side = page.elements[cell][1]["data-side"].lower()
                shown.setdefault(own["data-dimension"], {})[side] = page.texts[value]
    return shown


def working_of(page: Page, name: str) -> str:
    """The text of the row below a dimension."""
    rows = [place for place, (tag, _) in enumerate(page.elements) if tag == "tr"]
    place = next(place for place in rows if page.elements[place][1].get("data-dimension") == name)
    return " ".join(page.texts[rows[rows.index(place) + 1]].split())


def in_words(name: str, value: float) -> str:
    """How contract and guide say that a result is read: whole mm and degrees, sheets to a tenth, 90° in words."""
    whole = str(math.floor(abs(value) + 0.5))
    signed = f"−{whole}" if value < 0 and whole != "0" else whole
    if name == "ankle_angle_deg":
        return "90°" if value == 0 else f"{whole}° plantarflexed"
    if name == "shank_to_vertical_angle_deg":
        return f"{whole}° {'forward' if value > 0 else 'backward'}" if whole != "0" else "upright"
    if name == "ankle_trim_offset_mm":
        return f"{whole} mm {'before' if value > 0 else 'behind'}" if value else "through them"
    if name == "shell_thickness_mm":
        return f"{value:g} mm"
    if UNITS[name] in ("mm", "deg"):
        return f"{signed}°" if UNITS[name] == "deg" else f"{signed} mm"
    return f"{value:.2f}".rstrip("0") + (" Nm" if UNITS[name] == "Nm" else " Nm/°")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].split()[0])
def test_the_table_shows_every_number_of_the_worked_example(client: FlaskClient, case: dict[str, Any]) -> None:
    answer = client.post("/", data=flatten(case["request"]))
    assert answer.status_code == 200
    expected = case["expected"]["dimensions"]
    shown = numbers(Page(answer.text))
    assert {name: by_side[case["side"]] for name, by_side in shown.items()} == {
        name: in_words(name, value) for name, value in expected.items()
    }


def test_both_legs_stand_side_by_side_and_left_comes_first(client: FlaskClient, stories: dict[str, Any]) -> None:
    """S01: top edges at 376.805 mm (left) and 370.26 mm (right); right only: inner width 84 mm."""
    page = Page(client.post("/", data=flatten(stories["S01"]["request"])).text)
    shown = numbers(page)
    assert list(shown["proximal_trim_height_mm"].items()) == [("left", "377 mm"), ("right", "370 mm")]
    assert shown["malleolar_inner_width_mm"] == {"right": "84 mm"}
    assert page.text("h1") == "Fitting for both legs"


def test_a_height_also_stands_from_the_outside_of_the_sole(client: FlaskClient, filled: Filled) -> None:
    """E1: 417 mm from the skin, shell 4 mm and no liner under the heel: 421 mm."""
    page = Page(client.post("/", data=filled("E1")).text)
    row = page.text("tr", data_dimension="proximal_trim_height_mm")
    assert "417 mm ± 6" in row
    assert "outside 421 mm" in row


def test_the_working_can_be_followed_by_hand(client: FlaskClient, filled: Filled) -> None:
    """E1: 388 + 2π(1.5 + 0) = 397.4248."""
    page = Page(client.post("/", data=filled("E1")).text)
    row = working_of(page, "calf_shell_girth_mm")
    assert "calf_circumference_mm + 2 × π × (sock_thickness_mm + liner_thickness_mm)" in row
    assert "388 + 2 × π × (1.5 + 0) = 397.4248, shown as 397 mm" in row
    assert "B Calf circumference, measured" in row
    assert "Protocol “default”, version 1, rule R3." in row
    assert "derived here by geometry or judgement, not published" in row


def test_the_working_of_both_legs_says_once_what_they_share(client: FlaskClient, stories: dict[str, Any]) -> None:
    """S01, D02: left 403 − 26.195 = 376.805, right 396 − 25.74 = 370.26; offsets 0.065 of the height."""
    page = Page(client.post("/", data=flatten(stories["S01"]["request"])).text)
    row = working_of(page, "proximal_trim_height_mm")
    assert row.count("Formula") == 1
    assert "Left: 403 − 26.195 = 376.805, shown as 377 mm" in row
    assert "Right: 396 − 25.74 = 370.26, shown as 370 mm" in row
    assert "fibular_head_height_mm = left 403, right 396 (A Fibular head height, measured)" in row


def test_legs_of_different_design_have_their_own_working(client: FlaskClient, stories: dict[str, Any]) -> None:
    """S01: a three-quarter plate on the left (174 − 12 = 162), a full one on the right (224 + 3 = 227)."""
    page = Page(client.post("/", data=flatten(stories["S01"]["request"])).text)
    row = working_of(page, "footplate_length_medial_mm")
    assert row.count("Formula") == 2
    assert "Left: 174 − 12 = 162 mm" in row
    assert "Right: 224 + 3 = 227 mm" in row


def test_all_working_opens_without_script(client: FlaskClient, filled: Filled) -> None:
    def opened(fields: Fields) -> int:
        page = Page(client.post("/", data=fields).text)
        tables = [place for place, (tag, own) in enumerate(page.elements) if own.get("class") == "dims stack"]
        details = [child for place in tables for child in inside(page, place, "details")]
        assert details
        return sum("open" in page.elements[child][1] for child in details)

    assert opened(filled("E1")) == 0
    # Every dimension of E1 has its working; the hand count is the number of expected dimensions.
    assert opened(filled("E1", {"working": "all"})) == len(CASES[0]["expected"]["dimensions"])


def test_ankle_and_shank_stand_together(client: FlaskClient, filled: Filled) -> None:
    """E2: ankle at 90°, shoe pitch atan(12 / 131.61) = 5.2°, so the shank leans 5°."""
    page = Page(client.post("/", data=filled("E2")).text)
    names = [own["data-dimension"] for own in page.all("tr") if "data-dimension" in own]
    place = names.index("ankle_angle_deg")
    assert names[place + 1] == "shank_to_vertical_angle_deg"
    assert numbers(page)["shank_to_vertical_angle_deg"] == {"left": "5° forward"}


def test_a_leaf_spring_says_why_there_is_no_shank_angle(client: FlaskClient, filled: Filled) -> None:
    assert "Shank to vertical is given for rigid braces only" in client.post("/", data=filled("E1")).text


@pytest.mark.hazard("H09")
def test_an_urgent_sign_gives_no_table_but_the_finding_in_large(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", {"clinical.urgent_signs": ["saddle_numbness"]}))
    page = Page(answer.text)
    assert answer.status_code == 200
    assert numbers(page) == {}
    assert page.all("li", class_="find stop large")
    assert "Refer today" in page.text("li", class_="find stop large")
    assert page.text("span", class_="chip stop") == "Stop"
    assert not page.all("svg", data_view="lateral")


def test_findings_stand_before_the_dimensions_with_a_word_and_a_source(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1")).text)
    kinds = [own["class"] for _, own in page.elements if own.get("class") in ("find caution", "dims stack")]
    assert kinds[0] == "find caution"
    caution = page.text("li", class_="find caution")
    assert caution.startswith("Caution: Nerve under the top edge")
    # E1: the lowered edge lies clamp(0.085 · 455, 20, 38) = 38 mm below the apex.
    assert "38 mm below the apex" in caution
    assert "Evidence A." in caution


def test_design_says_who_chose_and_why(client: FlaskClient, filled: Filled) -> None:
    text = Page(client.post("/", data=filled("E1", {"prescription.design": "engine"})).text).text("p", class_="design")
    assert text == "Posterior leaf spring, three-quarter footplate chosen by the rules, line 12 of the decision"
    text = Page(client.post("/", data=filled("E1")).text).text("p", class_="design")
    assert text == "Posterior leaf spring, three-quarter footplate chosen by the prescriber"


def test_it_is_a_draft_and_nothing_is_stored(client: FlaskClient, filled: Filled) -> None:
    banner = Page(client.post("/", data=filled("E1")).text).text("div", class_="banner")
    assert "Draft, not approved." in banner
    assert "Nothing is stored." in banner


def test_the_shoe_in_the_brace(client: FlaskClient, filled: Filled) -> None:
    """E1: 270 + 4 mm: US men 10.5 D, UK 9.5, EU 43; inside 289 mm; the foot alone wears a 10."""
    shoe = Page(client.post("/", data=filled("E1")).text).text("section", class_="shoe")
    for said in ("US men 10.5, width D", "UK 9.5", "EU 43", "Inside length to look for 289 mm", "Depth ordinary"):
        assert said in shoe
    assert "Without a brace: US men 10, UK 9, EU 42.5" in shoe


def test_a_childs_size_carries_its_letter(client: FlaskClient, filled: Filled, worked: dict[str, Any]) -> None:
    """E4: sizes of children restart at 1 after 13.5; from there on they are printed with a Y."""
    assert worked["E4"]["expected"]["shoe"]["braced"]["us_child"] == 2.0
    assert "US child 2Y" in Page(client.post("/", data=filled("E4")).text).text("section", class_="shoe")


def test_the_wear_plan_follows_the_skin(client: FlaskClient, filled: Filled) -> None:
    assert "Normal wear plan, right leg" in client.post("/", data=filled("E1")).text
    slow = client.post("/", data=filled("E1", {"clinical.sensation": "reduced"})).text
    assert "Slow wear plan, right leg" in slow
    assert "15–30 min" in slow


def test_a_stand_in_is_marked_as_estimated(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1", {"limbs.right.lateral_ball_length": ""})).text)
    # min(0.63 · 270, 0.88 · 200) = 170.1, less 12: 158.1
    assert "158 mm ± 4 estimated" in page.text("tr", data_dimension="footplate_length_lateral_mm")
    assert "estimated" not in page.text("tr", data_dimension="footplate_length_medial_mm")


APART: dict[str, str | list[str]] = {"limbs.right.calf_circumference.2": "400", "two_readings": "on"}


def test_readings_are_echoed_with_their_mean_and_a_third_is_asked_for(client: FlaskClient, filled: Filled) -> None:
    """388 and 400 mm: mean 394, 12 mm apart where 6 are allowed."""
    page = Page(client.post("/", data=filled("E1", APART | {"change": ""})).text)
    assert page.text("p", class_="echo") == "uses 394 mm · 12 mm apart"
    assert len([own for own in page.all("div") if own.get("class") == "again third"]) == 1


def test_inches_are_echoed_in_millimetres(client: FlaskClient, stories: dict[str, Any]) -> None:
    """S09 is measured in inches; 1 in = 25.4 mm."""
    request = stories["S09"]["request"]
    inches = request["limbs"]["right"]["fibular_head_height"]
    page = Page(client.post("/", data=flatten(request) | {"change": [""]}).text)
    assert page.text("p", class_="echo") == f"= {round(inches * 25.4, 1):g} mm"


def test_the_sheet_buttons_post_the_values_of_this_result(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1")).text)
    form = next(place for place, (_, own) in enumerate(page.elements) if own.get("id") == "again")
    hidden = [page.elements[child][1] for child in inside(page, form, "input")]
    posted: Fields = {}
    for own in hidden:
        posted.setdefault(own["name"], []).append(own["value"])
    assert posted == filled("E1")
    wishes = [page.elements[child][1]["name"] for child in inside(page, form, "select")]
    assert wishes == ["paper", "lang", "size", "attach"]
    actions = [page.elements[child][1].get("formaction") for child in inside(page, form, "button")]
    assert actions == ["/sheet.pdf", "/order.pdf", "/template.pdf", "/patient.pdf", "/patient"]


def test_the_sheet_is_a_pdf_to_download(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/sheet.pdf", data=filled("E1", {"paper": "letter"}))
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert "afofit-draft-sheet.pdf" in answer.headers["Content-Disposition"]


def test_a_sheet_of_wrong_values_is_the_form_with_its_errors(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/sheet.pdf", data=filled("E1", {"limbs.right.foot_length": "2700"}))
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert Page(answer.text).shown()["limbs.right.foot_length"] == ["2700"]


def test_a_leg_without_a_brace_gets_its_shoe_only(client: FlaskClient, filled: Filled) -> None:
    other = {"limbs.left.braced": "false", "limbs.left.foot_length": "268", "limbs.left.forefoot_width": "101"}
    page = Page(client.post("/", data=filled("E1", {"legs": "both", **other})).text)
    assert {side for by_side in numbers(page).values() for side in by_side} == {"right"}
    assert "Left foot" in page.text("section", class_="shoe")


@pytest.mark.parametrize("design", ["carbon_anterior", "ground_reaction", "hinged", "semi_solid"])
def test_every_design_has_a_page_with_its_drawing(client: FlaskClient, filled: Filled, design: str) -> None:
    changes = {"prescription.design": design, "prescription.footplate": "engine"}
    page = Page(client.post("/", data=filled("E1", changes)).text)
    assert numbers(page)["ankle_angle_deg"] == {"right": "90°"}
    assert page.all("svg", data_view="lateral")


ASKED, SENT = "Nothing was changed.", "Nothing was stored. What you typed is still in the page before this one"


@pytest.mark.parametrize(
    ("path", "method", "status", "safe"),
    [("/nowhere", "GET", 404, ASKED), ("/sheet.pdf", "GET", 405, ASKED), ("/nowhere", "POST", 404, SENT)],
)
def test_an_error_page_says_what_is_safe_and_what_to_do(
    client: FlaskClient, path: str, method: str, status: int, safe: str
) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert safe in answer.text
    assert "Open the form" in answer.text


def test_a_huge_form_is_refused_with_a_page(client: FlaskClient) -> None:
    answer = client.post("/", data={"patient.name": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "larger than this service reads" in answer.text


def test_a_mistake_of_ours_shows_a_reference_and_nothing_typed(app, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(typed: object) -> None:
        raise ZeroDivisionError("secret-name")

    monkeypatch.setattr("afofit.web.pages.computed", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = app.test_client().post("/", data={"patient.name": "secret-name"})
    assert answer.status_code == 500
    assert "secret-name" not in answer.text
    assert "Reference number: " in answer.text


def test_a_partial_foot_without_the_other_has_a_result_without_a_drawing(client: FlaskClient, filled: Filled) -> None:
    """Plate and shoe follow the other foot: without it there is no plate to draw, and the page says what lacks."""
    answer = client.post("/", data=filled("E5", {"limbs.left.partial_foot": "transmetatarsal"}))
    assert answer.status_code == 200
    page = Page(answer.text)
    assert "Footplate length" not in answer.text
    assert "foot length" in page.text("main")
