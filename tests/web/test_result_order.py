"""The order of the result page, what stands where a finding stops, and the alignment pictures with their reasons."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.fitting.values import Finding, derived
from afofit.web.fill import flatten
from afofit.words.stops import CALL_EMERGENCY, CALLS, whom_to_call
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
SHORT = "limbs.right.dorsiflexion_knee_extended_direction"
SOLID = {"prescription.design": "solid", "prescription.footplate": "engine"}


def test_the_parts_stand_in_the_order_of_reading(client: FlaskClient, filled: Filled) -> None:
    text = client.post("/", data=filled("E1")).text
    parts = (
        'class="patient"',
        'class="banner"',
        'id="finding-right"',
        'id="dimensions-h"',
        'id="alignment-h"',
        'id="drawing-right"',
        'id="shoes-h"',
        'id="documents-h"',
        'id="entries"',
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("changes", [{}, SOLID], ids=["leaf spring", "solid"])
def test_the_two_angles_are_always_named_together(client: FlaskClient, filled: Filled, changes: dict[str, str]) -> None:
    names = [own.get("data-dimension") for own in Page(client.post("/", data=filled("E1", changes)).text).all("tr")]
    place = names.index("ankle_angle_deg")
    following = [name for name in names[place + 1 :] if name]
    assert following[0] == "shank_to_vertical_angle_deg"


def test_three_pictures_show_how_a_rigid_brace_stands(client: FlaskClient, filled: Filled) -> None:
    """E1 as solid: 11° planned, atan(10 / 144.45) = 4° in the shoe, 18 mm built up gives 11° again."""
    page = Page(client.post("/", data=filled("E1", SOLID)).text)
    pictures = [own["aria-label"] for own in page.all("svg", role="img") if own["data-view"] in KINDS]
    assert [("11° forward" in said, "4° forward" in said) for said in pictures] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    captions = page.text("div", class_="stancerow")
    assert "With the heel build-up" in captions
    assert "18 mm of it built up" in captions


KINDS = ("planned", "shoe", "built_up")


def test_the_lean_with_the_build_up_is_said_to_be_derived(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1", SOLID)).text)
    table = page.text("table", class_="dims stack")
    text = page.text("main")
    assert "derived, not a dimension of the brace" in text
    assert "derived, not a dimension" not in table
    # degrees(atan((10 + 18.0782) ÷ 144.45)) + 0 = 11
    assert "degrees(atan((10 + 18.0782) ÷ 144.45)) + 0" in text


def test_a_brace_that_moves_and_a_shoe_not_measured_say_why_there_is_no_picture(
    client: FlaskClient, filled: Filled
) -> None:
    spring = client.post("/", data=filled("E1")).text
    assert "no picture, because this brace lets the ankle move" in spring
    unknown = client.post("/", data=filled("E1", SOLID | {"shoe.heel_sole_differential": ""})).text
    assert "Measure the shoe at heel and ball: the heel-sole differential is missing" in unknown
    for text in (spring, unknown):
        assert not [own for own in Page(text).all("svg", role="img") if own["data-view"] in KINDS]


def test_a_stop_says_who_to_call_and_can_be_saved_and_printed(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/", data=filled("E1", {"clinical.urgent_signs": ["saddle_numbness"]})).text)
    large = page.text("li", class_="find stop large")
    assert "Who to call" in large
    assert CALL_EMERGENCY in large
    assert page.all("button", formaction="/sheet.pdf")
    assert len(page.all("button", data_print="")) == 1
    assert page.all("table", class_="dims stack") == []


def test_every_finding_that_can_stop_has_somebody_to_call() -> None:
    source = derived("made up")
    for code in CALLS:
        assert whom_to_call(Finding(code, "stop", (), source, {"signs": ()}))
        assert whom_to_call(Finding(code, "caution", (), source)) == ""
    trauma = Finding("urgent_referral", "stop", (), source, {"signs": ("recent_trauma",)})
    assert whom_to_call(trauma) == CALLS["urgent_referral"]


@pytest.mark.hazard("H09")
@pytest.mark.parametrize(
    "changes",
    [
        {"clinical.skin": "wound"},
        {"clinical.circulation": "critical"},
        {"clinical.urgent_signs": ["recent_trauma"]},
        {"limbs.right.dorsiflexion_knee_extended": "21", SHORT: "short"},
        {"limbs.right.dorsiflexion_knee_extended": "3", SHORT: "short", "prescription.design": "hinged"},
    ],
)
def test_every_way_to_a_stop_has_its_call(client: FlaskClient, filled: Filled, changes: dict[str, Any]) -> None:
    answer = client.post("/", data=filled("E1", changes))
    assert answer.status_code == 200
    assert "Who to call" in Page(answer.text).text("li", class_="find stop large")


def test_one_leg_stopped_leaves_the_other_its_numbers(client: FlaskClient, stories: dict[str, Any]) -> None:
    fields = flatten(stories["S01"]["request"]) | {"limbs.left.clinical.skin": ["wound"]}
    page = Page(client.post("/", data=fields).text)
    assert page.text("span", class_="chip stop") == "Stop"
    heads = [own for own in page.all("td") if "data-side" in own]
    assert {own["data-side"] for own in heads} == {"Right"}
