"""The units switch after values exist: asked, then converted or kept, never by itself."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
SWITCHED = {"units.length": "in", "entered_in": "mm", "entered_in_mass": "kg"}


@pytest.mark.hazard("H03")
def test_a_switch_with_values_is_asked_about_and_nothing_is_changed(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", SWITCHED))
    page = Page(answer.text)
    assert answer.status_code == 422
    # Ten lengths of the leg, two of the shoe, three of the prescription; no height, and the angle is no length.
    assert "You entered 15 values in mm." in page.text("div", id="ask")
    assert page.shown()["limbs.right.fibular_head_height"] == ["455"]
    assert [own["value"] for own in page.all("button", name="units_answer")] == ["convert", "keep"]


def test_convert_gives_the_same_lengths_in_the_new_unit(client: FlaskClient, filled: Filled) -> None:
    typed = filled("E1", {**SWITCHED, "units_answer": "convert", "limbs.right.calf_circumference": "17 7/8"})
    shown = Page(client.post("/", data=typed).text).shown()
    # 455 / 25.4 = 17.91338…; 17.875 / 25.4 = 0.70374…; 82 kg and 8 degrees are no lengths.
    assert shown["limbs.right.fibular_head_height"] == ["17.9134"]
    assert shown["limbs.right.calf_circumference"] == ["0.7037"]
    assert shown["patient.weight"] == ["82"]
    assert shown["limbs.right.dorsiflexion_knee_extended"] == ["8"]
    assert shown["entered_in"] == ["in"]


def test_keep_leaves_the_numbers_and_asks_no_more(client: FlaskClient, filled: Filled) -> None:
    typed = filled("E1", {**SWITCHED, "units_answer": "keep"})
    page = Page(client.post("/", data=typed).text)
    assert page.shown()["limbs.right.fibular_head_height"] == ["455"]
    assert page.shown()["entered_in"] == ["in"]
    assert not page.all("button", name="units_answer")


def test_what_is_no_number_stays_as_it_was_typed(client: FlaskClient, filled: Filled) -> None:
    typed = filled("E1", {**SWITCHED, "units_answer": "convert", "limbs.right.heel_width": "about 7"})
    assert Page(client.post("/", data=typed).text).shown()["limbs.right.heel_width"] == ["about 7"]


def test_pounds_are_asked_about_too(client: FlaskClient, filled: Filled) -> None:
    typed = filled("E1", {"units.mass": "lb", "entered_in": "mm", "entered_in_mass": "kg"})
    assert "You entered 1 value in kg." in Page(client.post("/", data=typed).text).text("div", id="ask")
    shown = Page(client.post("/", data={**typed, "units_answer": "convert"}).text).shown()
    # 82 / 0.45359237 = 180.7790…
    assert shown["patient.weight"] == ["180.7791"]
    assert shown["limbs.right.fibular_head_height"] == ["455"]


def test_without_a_switch_nothing_is_asked(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", {"entered_in": "mm", "entered_in_mass": "kg"}))
    assert answer.status_code == 200


def test_the_question_keeps_the_unit_that_the_values_were_typed_in(client: FlaskClient, filled: Filled) -> None:
    """The answer to the question is only right while the page still knows the unit before the switch."""
    shown = Page(client.post("/", data=filled("E1", SWITCHED)).text).shown()
    assert shown["entered_in"] == ["mm"]
    answered = Page(client.post("/", data={**shown, "units_answer": "convert"}).text).shown()
    # 270 / 25.4 = 10.62992…
    assert answered["limbs.right.foot_length"] == ["10.6299"]


def test_a_switch_before_any_value_is_not_asked_about(client: FlaskClient) -> None:
    shown = Page(client.post("/", data={"units.length": "mm", "units.mass": "kg", "legs": "left"}).text).shown()
    assert "entered_in" not in shown
