"""The live check of a form that is being filled: each leg by itself, messages beside filled fields, nothing stored."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from afofit.app import create_app
from afofit.fitting.measurements import BY_NAME, MEASUREMENTS
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage
from afofit.web.live import look
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
CALF, FOREFOOT = "limbs.right.calf_circumference", "limbs.right.forefoot_width"


@pytest.fixture
def both(stories: dict[str, Any]) -> Callable[..., Fields]:
    """S01, a child's two legs, some fields changed."""

    def fill(**changes: str) -> Fields:
        fields = flatten(stories["S01"]["request"])
        return fields | {name.replace("__", "."): [text] for name, text in changes.items()}

    return fill


def preview(client: FlaskClient, fields: object) -> Page:
    answer = client.post("/fittings/preview", data=fields)
    assert answer.status_code == 200
    return Page(f"<main>{answer.text}</main>")


def status(page: Page) -> str:
    (now,) = page.all("div", id="now")
    return now["data-status"]


def beside(page: Page, target: str) -> str:
    """The text beside one field; empty where nothing is said of it."""
    return page.text("div", data_of=target) if page.all("div", data_of=target) else ""


def test_the_empty_form_waits_and_complains_of_nothing(client: FlaskClient) -> None:
    page = preview(client, {})
    assert status(page) == "Waiting for the first entries"
    assert page.text("p", id="counted").startswith("0 of 23 entered")
    assert not page.all("div", class_="msg")
    assert [own["href"] for own in page.all("a")][:3] == ["#units-length-1", "#units-mass-1", "#legs-1"]


def test_a_leg_waits_for_what_is_missing_and_names_it_as_links(client: FlaskClient, filled: Filled) -> None:
    page = preview(client, filled("E1", {"limbs.right.heel_width": "", "limbs.right.foot_length": ""}))
    assert status(page) == "Right leg: waiting, 2 missing"
    assert [own["href"] for own in page.all("a")] == ["#limbs-right-foot_length", "#limbs-right-heel_width"]
    assert page.text("p", id="counted") == "12 of 14 entered"


def test_never_a_message_for_an_empty_field(client: FlaskClient, filled: Filled) -> None:
    empty = {one["name"] if isinstance(one, dict) else one: "" for one in filled("E1") if "limbs.right" in one}
    page = preview(client, filled("E1", empty | {FOREFOOT: "102"}))
    assert not page.all("div", class_="msg")
    assert not page.all("div", data_of="limbs-right-heel_width")


def test_a_complete_leg_has_findings_first_dimensions_and_a_drawing(client: FlaskClient, filled: Filled) -> None:
    """E1: 455 − clamp(0.085 · 455, 20, 38) = 417 mm; over a peroneal injury the nerve is a caution."""
    page = preview(client, filled("E1"))
    assert "Right leg: review" in status(page)
    text = page.text("div", id="now")
    assert "417 mm" in text
    assert "Caution: Nerve under the top edge" in text
    assert page.all("svg", data_view="lateral")
    assert page.text("p", id="counted") == "14 of 14 entered"


def test_a_stop_says_so_and_gives_no_dimensions(client: FlaskClient, filled: Filled) -> None:
    page = preview(client, filled("E1", {"clinical.urgent_signs": "calf_pain_swelling"}))
    assert status(page) == "Right leg: stop"
    assert page.all("span", class_="chip stop")
    assert "Refer today" in page.text("div", id="now")
    assert not page.all("table")


def test_a_leg_without_flags() -> None:
    """A leg of which only the shoe is measured, with nothing against it."""
    typed = {
        "units.length": "mm",
        "units.mass": "kg",
        "legs": "left",
        "patient.age_years": "46",
        "patient.weight": "82",
        "limbs.left.braced": "false",
        "limbs.left.foot_length": "268",
        "limbs.left.forefoot_width": "101",
    }
    (leg,) = look(MultiDict(typed)).legs
    assert (leg.state, leg.findings, leg.numbers) == ("no_flags", (), ())


@pytest.mark.hazard("H01")
def test_one_bad_field_blocks_its_leg_only(client: FlaskClient, both: Callable[..., Fields]) -> None:
    """10.1 mm is below the least of 55 mm (35 mm for a child): the left leg waits, the right one is computed."""
    page = preview(client, both(limbs__left__forefoot_width="10.1"))
    assert status(page).startswith("Left leg: waiting, 1 to correct. Right leg: review")
    assert "10.1 mm is below" in beside(page, "limbs-left-forefoot_width")
    assert len(page.all("table")) == 1
    assert page.text("p", id="counted") == "23 of 23 entered · 1 to correct"


def test_the_other_leg_is_computed_as_if_it_had_been_measured_alone(both: Callable[..., Fields]) -> None:
    fields = both(limbs__left__forefoot_width="10.1")
    together = look(MultiDict(fields)).legs[1]
    alone = look(MultiDict(fields | {"legs": ["right"]})).legs[0]
    assert together.numbers == alone.numbers
    assert together.state == alone.state == "review"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("patient.weight", "8OO"),
        ("patient.weight", ""),
        ("clinical.knee_flexion_contracture", "200"),
        ("shoe.insole_thickness", "x"),
    ],
)
def test_what_holds_for_both_legs_blocks_both(
    client: FlaskClient, both: Callable[..., Fields], name: str, text: str
) -> None:
    page = preview(client, both(**{name.replace(".", "__"): text}))
    assert status(page).count("waiting") == 2
    assert not page.all("table")


@pytest.mark.hazard("H02")
@pytest.mark.parametrize("weight", ["", "8OO"])
def test_a_doubt_does_not_wait_for_the_weight(client: FlaskClient, filled: Filled, weight: str) -> None:
    """An adult's calf is unusual above 520 mm (contract 1.1), whatever the weight."""
    fields = filled("E1", {CALF: "540", "patient.weight": weight})
    for page in (preview(client, fields), Page(client.post("/", data=fields).text)):
        assert [own["value"] for own in page.all("button", name="confirm")] == [f"{CALF}=540"]


def test_a_refused_value_offers_what_was_meant(client: FlaskClient, filled: Filled) -> None:
    page = preview(client, filled("E1", {FOREFOOT: "10.1"}))
    assert [own["value"] for own in page.all("button", name="apply")] == [f"{FOREFOOT}=101"]
    (said,) = page.all("div", id="limbs-right-forefoot_width-msg")
    assert said["data-state"] == "bad"


@pytest.mark.hazard("H02")
def test_a_doubt_is_said_while_the_leg_is_still_incomplete(client: FlaskClient, filled: Filled) -> None:
    """A calf of 530 mm is above the usual 520 mm; heel and forefoot are not measured yet."""
    page = preview(client, filled("E1", {CALF: "530", FOREFOOT: "", "limbs.right.heel_width": ""}))
    assert "waiting" in status(page)
    assert "unusual" in beside(page, "limbs-right-calf_circumference")
    assert [own["value"] for own in page.all("button", name="confirm")] == [f"{CALF}=530"]


def test_each_doubt_stands_beside_its_own_field(client: FlaskClient, both: Callable[..., Fields]) -> None:
    """Girths of 352 and 388 mm differ by 36 mm, 9.7 % of their mean (more than 6 %)."""
    page = preview(client, both(limbs__left__calf_circumference="352", limbs__right__calf_circumference="388"))
    assert "36 mm less than the right leg" in beside(page, "limbs-left-calf_circumference")
    assert "36 mm more than the left leg" in beside(page, "limbs-right-calf_circumference")


def test_readings_are_echoed_and_a_third_box_opens_when_they_are_apart(client: FlaskClient, filled: Filled) -> None:
    """388 and 391 mm: mean 389.5, 3 apart, within 6; 388 and 399 are 11 apart."""
    near = preview(client, filled("E1", {CALF: "388", f"{CALF}.2": "391"}))
    assert "uses 389.5 mm · 3 mm apart" in beside(near, "limbs-right-calf_circumference")
    assert not near.all("input", name=f"{CALF}.3")
    apart = preview(client, filled("E1", {CALF: "388", f"{CALF}.2": "399"}))
    assert "11 mm apart (limit 6 mm)" in beside(apart, "limbs-right-calf_circumference")
    assert apart.all("input", name=f"{CALF}.3")


@pytest.mark.parametrize("typed", ["15 1/2", '15-1/2"', "15.5", "15,5"])
def test_inches_are_said_back_in_millimetres(client: FlaskClient, typed: str) -> None:
    """15.5 in · 25.4 = 393.7 mm."""
    fields = {"units.length": "in", "units.mass": "kg", "legs": "right", CALF: typed}
    assert beside(preview(client, fields), "limbs-right-calf_circumference") == "= 393.7 mm"


def test_the_other_leg_stands_faintly_beside_an_empty_box(client: FlaskClient) -> None:
    fields = {"units.length": "mm", "units.mass": "kg", "legs": "both", "limbs.left.calf_circumference": "391"}
    page = preview(client, fields)
    assert beside(page, "limbs-right-calf_circumference") == "other leg 391 mm"
    assert beside(page, "limbs-left-calf_circumference") == ""
    whole = Page(client.post("/", data=fields).text)
    assert [
        whole.texts[place] for place, (_, own) in enumerate(whole.elements) if own.get("class") == "beside other"
    ] == ["other leg 391 mm"]
    assert "limbs.right.calf_circumference" not in whole.shown()


def test_a_wrong_value_is_not_shown_to_the_other_leg(client: FlaskClient, both: Callable[..., Fields]) -> None:
    page = preview(client, both(limbs__left__forefoot_width="10.1"))
    assert "other leg" not in beside(page, "limbs-right-forefoot_width")


def test_one_tap_confirms_and_a_changed_value_drops_it(client: FlaskClient, filled: Filled) -> None:
    page = preview(client, filled("E1", {CALF: "530", "confirm": f"{CALF}=530"}))
    assert "Confirmed: measured twice" in beside(page, "limbs-right-calf_circumference")
    assert not page.all("button", name="confirm")
    hidden = {own["name"]: own["value"] for own in page.all("input", type="hidden")}
    assert hidden["limbs.right.confirmed.calf_circumference.value"] == "530"
    kept = preview(client, filled("E1", {CALF: "530"} | hidden))
    assert "Confirmed" in beside(kept, "limbs-right-calf_circumference")
    changed = preview(client, filled("E1", {CALF: "531"} | hidden))
    assert "Confirmed" not in beside(changed, "limbs-right-calf_circumference")
    assert changed.all("button", name="confirm")
    assert not changed.all("input", type="hidden")


def test_who_confirmed_is_said(client: FlaskClient, filled: Filled) -> None:
    start = "limbs.right.confirmed.calf_circumference"
    noted = {f"{start}.value": "530", f"{start}.by": "N. Meier", f"{start}.at": "2026-09-12T14:32+02:00"}
    page = preview(client, filled("E1", {CALF: "530"} | noted))
    said = "Confirmed: measured twice, 12 Sep 2026 12:32 UTC, by N. Meier"
    assert said in beside(page, "limbs-right-calf_circumference")


def test_without_script_doubts_stand_beside_their_fields(client: FlaskClient, filled: Filled) -> None:
    """The finding leads into the form, which carries the messages of the live check and the button that confirms."""
    result = Page(client.post("/", data=filled("E1", {CALF: "530"})).text)
    assert CALF in [own["value"] for own in result.all("button", name="change")]
    page = Page(client.post("/", data=filled("E1", {CALF: "530", "change": CALF})).text)
    assert [own["value"] for own in page.all("button", name="confirm")] == [f"{CALF}=530"]
    field = next(own for _, own in page.elements if own.get("data-for") == "calf_circumference")
    assert "doubt" in field["class"].split()
    (box,) = page.all("input", id="limbs-right-calf_circumference")
    assert "limbs-right-calf_circumference-msg" in box["aria-describedby"]
    assert "aria-invalid" not in box
    assert "autofocus" in box


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Flask, Path]:
    monkeypatch.setenv("AFOFIT_DATA", str(tmp_path))
    return create_app(), tmp_path


def test_nothing_is_stored(stored: tuple[Flask, Path], filled: Filled) -> None:
    """No database is so much as opened, and no file holds a word of what was typed."""
    app, folder = stored
    answer = app.test_client().post("/fittings/preview", data=filled("E1", {"patient.reference": "REF-777"}))
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    for path in folder.rglob("*"):
        assert not path.is_file() or b"REF-777" not in path.read_bytes()
    assert not [path for path in folder.rglob("*.sqlite*") if sqlite3.connect(path).execute("select 1").fetchone()]


def test_what_was_typed_is_posted_and_never_part_of_an_address(client: FlaskClient, filled: Filled) -> None:
    assert client.get("/fittings/preview").status_code in (404, 405)
    page = preview(client, filled("E1", {"patient.reference": "REF-777"}))
    addresses = [value for _, own in page.elements for name, value in own.items() if name in ("href", "src", "action")]
    assert all(address.startswith("#") for address in addresses)


def test_typed_markup_is_only_text(client: FlaskClient, filled: Filled) -> None:
    hostile = '"><script>alert(1)</script>'
    answer = client.post("/fittings/preview", data=filled("E1", {CALF: hostile, "patient.reference": hostile}))
    assert "<script" not in answer.text


def test_every_link_of_the_preview_leads_to_a_control_of_the_form(
    client: FlaskClient, both: Callable[..., Fields]
) -> None:
    ids = {own["id"] for _, own in Page(client.get("/").text).elements if "id" in own}
    for fields in ({}, {"legs": "both"}, both(limbs__left__forefoot_width="10.1", patient__weight="")):
        page = preview(client, fields)
        assert {own["href"][1:] for own in page.all("a")} <= ids
        assert {own["data-of"] for own in page.all("div") if "data-of" in own} <= ids


def test_one_leg_takes_few_fields_and_no_scrolling_back(client: FlaskClient) -> None:
    """At most 16 fields are required of one leg; the page goes knee to toe, posture by posture, and never back."""
    page = FormPage(MultiDict({"legs": "right"}))
    walked = [entry for entry in page.entries if entry.measures]
    assert sum(not entry.optional for entry in walked) <= 16
    order = ("seated", "lying", "standing")
    postures = [order.index(BY_NAME[entry.measures].posture) for entry in walked]
    assert postures == sorted(postures)
    assert {entry.measures for entry in walked} == {one.name for one in MEASUREMENTS}
    required = [BY_NAME[entry.measures].letter for entry in walked if not entry.optional]
    assert required == ["A", "B", "D", "E", "G", "J", "K", "M", "P"]


def test_the_page_is_light(client: FlaskClient) -> None:
    """Form for both legs with all it loads but the fonts: at most 150 kB."""
    text = client.get("/").text
    page = Page(text)
    loaded = [own["href"] for own in page.all("link")] + [own["src"] for own in page.all("script")]
    weights = {address: len(client.get(address).data) for address in loaded}
    assert len(text.encode()) + sum(weights.values()) <= 150_000, (len(text), weights)
