"""The card for the shop: sizes and measures of both feet in plain words, and nothing about health."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from afofit.web.card_page import shop_card
from afofit.web.fill import flatten
from tests.fitting.people import GONE, document, fitted
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]


def rows(asked: Any) -> dict[str, tuple[str, ...]]:
    return {row.label: row.cells for row in shop_card(fitted(asked)).rows}


def test_the_sizes_and_measures_of_the_worked_example(client: FlaskClient, filled: Filled) -> None:
    """E1: 270 + 4 = 274 mm: US men 10.5 D, UK 9.5, EU 43; inside 274 + 15 = 289 mm; heel 10 mm, 7 to 13 will do."""
    text = Page(client.post("/card", data=filled("E1")).text).text("article")
    for said in (
        "US men 10.5, width D",
        "UK 9.5",
        "EU 43",
        "Length inside the shoe 289 mm",
        "Depth ordinary",
        "10 mm; from 7 to 13 mm will do",
        "DRAFT, NOT APPROVED",
        "Put the brace on first",
        "Try both shoes",
        "in the evening",
    ):
        assert said in text


def test_both_feet_stand_on_one_card_and_left_comes_first(client: FlaskClient, stories: dict[str, Any]) -> None:
    """S01: left foot 235 mm + 4 mm of brace, right a full plate; one size and two widths apart."""
    page = Page(client.post("/card", data=flatten(stories["S01"]["request"])).text)
    table = page.text("table")
    assert table.index("Left foot") < table.index("Right foot")
    assert "US women 7.5, width B 6.5, width 2E" in table
    assert "split pair" in page.text("article")


def test_the_card_says_nothing_about_health_and_no_name(client: FlaskClient, filled: Filled) -> None:
    changes = {"patient.reference": "A-1027", "patient.name": "Kim Doe"}
    text = Page(client.post("/card", data=filled("E1", changes)).text).text("article")
    assert "A-1027" in text
    for said in ("Kim", "eroneal", "Caution", "46 years", "82 kg", "leaf spring"):
        assert said not in text


def test_what_both_shoes_need_stands_once() -> None:
    """A solid brace on the right asks for a rocker sole; the left leg is not braced."""
    asked = document(
        prescription={"design": "solid", "footplate": "engine"},
        other={"braced": False},
    )
    card = shop_card(fitted(asked))
    lists = {one.shoe: one.words for one in card.features}
    said = [words for shoe in lists.values() for words in shoe]
    assert len(said) == len(set(said))
    assert any("rocker" in words for words in lists["right shoe"])


def test_a_heel_that_was_not_measured_asks_for_the_shoe_of_the_fitting() -> None:
    found = rows(document(shoe={"heel_sole_differential": GONE}))
    assert found["Heel, higher than under the ball"] == (
        "not measured: take the shoe along in which the brace was tried",
    )


def test_a_build_up_is_named_and_a_heel_too_high_is_not_one() -> None:
    """144.45 · tan 11° = 28.08, less 10 mm: 18 mm."""
    solid = {"design": "solid", "footplate": "engine"}
    assert rows(document(prescription=solid))["Added under the heel by the clinic"] == ("18 mm",)
    high = rows(document(prescription=solid, shoe={"heel_sole_differential": 40}))
    assert "Added under the heel by the clinic" not in high


def test_a_leg_without_a_brace_keeps_its_size_and_no_heel() -> None:
    found = rows(document(prescription={"design": "solid"}, other={"braced": False}))
    assert len(found["UK"]) == 2
    assert found["Heel, higher than under the ball"][0] == "–"


@pytest.mark.hazard("H09")
def test_a_stop_tells_the_shop_nothing(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/card", data=filled("E1", {"clinical.urgent_signs": ["saddle_numbness"]})).text)
    assert page.all("table") == []
    assert "nothing to tell a shop yet" in page.text("article")


def test_the_way_back_posts_the_values_again(client: FlaskClient, filled: Filled) -> None:
    page = Page(client.post("/card", data=filled("E1")).text)
    assert page.all("form", action="/")
    sent = {own["name"] for own in page.all("input", type="hidden")}
    assert {"limbs.right.foot_length", "patient.weight"} <= sent
