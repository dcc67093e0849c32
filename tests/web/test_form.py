"""The form: every declared field, once, labelled; what was typed is kept."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape

import pytest
from flask.testing import FlaskClient

from afofit.examples import examples
from afofit.fitting.measurements import MEASUREMENTS
from afofit.fitting.values import SIDES
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, CLINICAL, LIMB, ORDER, PATIENT, PRESCRIPTION, SHOE
from afofit.web.entry import Entry
from afofit.web.form_page import FormPage
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
PARTS = {"birth_date": ("day", "month", "year")}


def field_names() -> list[str]:
    """Every name that the form must offer, written from the declarations of the domain alone."""
    names = ["units.length", "units.mass", "legs", "two_readings"]
    names += [f"patient.{one.name}" for one in PATIENT if one.name != "birth_date"]
    names += [f"patient.birth_date.{part}" for part in ("day", "month", "year")]
    shared = {"clinical": CLINICAL, "shoe": SHOE, "prescription": PRESCRIPTION}
    cleared = [f"clinical.cleared.{sign}.{part}" for sign in CLEARABLE_SIGNS for part in ("by", "date", "note")]
    names += [f"{group}.{one.name}" for group, fields in shared.items() for one in fields] + cleared
    names += [f"order.{one.name}" for one in ORDER if one.name != "date_needed"]
    names += [f"order.date_needed.{part}" for part in ("day", "month", "year")] + ["order.casting_angle_direction"]
    for side in SIDES:
        start = f"limbs.{side}"
        names += [f"{start}.{one.name}" for one in LIMB]
        # Affected sides speak of both legs, so they cannot differ on one of them.
        names += [
            f"{start}.{group}.{one.name}"
            for group, fields in shared.items()
            for one in fields
            if one.name != "affected_sides"
        ]
        names += [f"{start}.{name}" for name in cleared]
        # Who orders, and when, is one for both legs.
        common = ("practitioner", "facility", "order_number", "quantity", "date_needed")
        names += [f"{start}.order.{one.name}" for one in ORDER if one.name not in common]
        names.append(f"{start}.order.casting_angle_direction")
        for one in MEASUREMENTS:
            names += [f"{start}.{one.name}{part}" for part in ("", ".2")]
            names += [f"{start}.{one.name}_direction"] if one.unit == "deg" else []
    return names


ON_DEMAND = {"clinical": "skin", "shoe": "size", "prescription": "design", "order": "material"}
"""A field that may differ on one leg, by section: its row is shown when it is asked for."""


def test_every_declared_field_stands_on_the_form_once(client: FlaskClient) -> None:
    page = Page(client.post("/", data={"show": "workshop"}).text)
    offered = [own["value"] for own in page.all("option") if own["value"].partition(".")[0] in ON_DEMAND]
    page = Page(client.post("/", data={"differ": offered, "show": "workshop"}).text)
    assert not page.all("select", name="differ")
    controls = page.controls()
    groups = [one for one in controls if one.get("type") in ("radio", "checkbox")]
    once = Counter([one["name"] for one in controls if one not in groups] + list({one["name"] for one in groups}))
    assert set(once) == set(field_names())
    assert set(once.values()) == {1}
    repeated = Counter((one["name"], one["value"]) for one in groups if "value" in one)
    assert set(repeated.values()) == {1}


def test_every_control_has_its_own_label(client: FlaskClient) -> None:
    page = Page(client.get("/").text)
    labelled = {own["for"] for own in page.all("label") if "for" in own}
    names = {own["id"]: page.texts[place] for place, (_, own) in enumerate(page.elements) if "id" in own}
    spoken = []
    for place, (tag, own) in enumerate(page.elements):
        if tag in ("input", "select") and own.get("type") != "hidden":
            wrapped = any(page.elements[parent][0] == "label" for parent in page.parents[place])
            by_others = " ".join(names[name] for name in own.get("aria-labelledby", "").split())
            assert wrapped or own["id"] in labelled or by_others, own
            spoken += [" ".join(by_others.split())] if by_others else []
    # The second readings: named as the first, and as the second one.
    assert "BCalf circumference, right leg , second reading" in spoken
    assert len(spoken) == len(set(spoken)) == 2 * len(MEASUREMENTS)


def test_ids_are_unique_and_descriptions_exist(client: FlaskClient, filled: Filled) -> None:
    for text in (
        client.get("/").text,
        client.post("/", data=filled("E1", {"limbs.right.heel_width": "x", "patient.weight": ""})).text,
        client.post("/", data=filled("E1")).text,
    ):
        page = Page(text)
        ids = Counter(own["id"] for _, own in page.elements if "id" in own)
        assert [name for name, count in ids.items() if count > 1] == []
        for _, own in page.elements:
            for name in ("aria-describedby", "aria-labelledby", "for"):
                for target in own.get(name, "").split():
                    assert target in ids, (name, own)
            if own.get("href", "").startswith("#"):
                assert own["href"][1:] in ids, own


@pytest.mark.parametrize("section", [*ON_DEMAND, "workshop"])
def test_what_is_rarely_needed_comes_when_it_is_asked_for_and_stays(client: FlaskClient, section: str) -> None:
    """The button posts the form; nothing that was typed is lost, and what was asked for has the focus."""
    asked = "" if section == "workshop" else f"{section}.{ON_DEMAND[section]}"
    start = f"limbs.left.{asked}" if asked else "order."
    blank = Page(client.get("/").text)
    assert [own["value"] for own in blank.all("button", name="show") if own["value"] == section] or section == "order"
    assert not [own for own in blank.controls() if own["name"].startswith(start)]
    typed = {"patient.reference": "A-1", "limbs.left.heel_width": "70"}
    page = Page(client.post("/", data=typed | {"show": section, "differ": ["", asked]}).text)
    assert page.shown()["patient.reference"] == ["A-1"]
    assert page.shown()["limbs.left.heel_width"] == ["70"]
    assert "Error" not in page.text("title")
    (first,) = [own for own in page.controls() if "autofocus" in own]
    assert first["name"].startswith(start)
    again = Page(client.post("/", data=page.shown()).text)
    assert [own for own in again.controls() if own["name"].startswith(start)]
    assert not [own for own in again.all("option") if own["value"] == asked and asked]


def test_a_second_row_is_added_to_the_first(client: FlaskClient) -> None:
    page = Page(client.post("/", data={"differ": ["clinical.skin", "clinical.oedema"], "show": "clinical"}).text)
    assert page.all("select", name="limbs.right.clinical.skin")
    assert [own["name"] for own in page.controls() if "autofocus" in own] == ["limbs.left.clinical.oedema"]


def test_a_part_that_is_filled_is_shown(client: FlaskClient) -> None:
    page = Page(client.post("/", data={"limbs.right.shoe.size": "9", "order.practitioner": "N. Meier"}).text)
    assert page.shown()["limbs.right.shoe.size"] == ["9"]
    assert page.shown()["order.practitioner"] == ["N. Meier"]


def test_a_third_box_stands_there_when_it_is_filled(client: FlaskClient) -> None:
    name = "limbs.right.calf_circumference.3"
    assert not Page(client.get("/").text).all("input", name=name)
    assert Page(client.post("/", data={name: "388"}).text).shown()[name] == ["388"]


def test_nothing_is_preselected_but_what_leaving_out_means(client: FlaskClient) -> None:
    shown = Page(client.get("/").text).shown()
    assert shown == {
        "prescription.design": ["engine"],
        "prescription.footplate": ["engine"],
        "shoe.insole_removable": ["true"],
        **{f"limbs.{side}.braced": ["true"] for side in SIDES},
        **{f"limbs.{side}.partial_foot": ["none"] for side in SIDES},
    }


def test_urgent_signs_come_before_any_other_question_about_the_patient(client: FlaskClient) -> None:
    names = [one["name"] for one in Page(client.get("/").text).controls()]
    assert names[names.index("two_readings") + 1] == "clinical.urgent_signs"


def test_the_legs_stand_limb_by_limb_from_knee_to_toe(client: FlaskClient) -> None:
    """Guide 4 and 6: seated A to F, then G, then J K M N P; the left leg of a step before its right leg."""
    names = [one["name"] for one in Page(client.get("/").text).controls()]
    letters = {one.name: one.letter for one in MEASUREMENTS}
    walked = [
        f"{side[0]}{letters[field]}"
        for name in names
        for _, side, field in re.findall(r"^(limbs)\.(left|right)\.([a-z_]+)$", name)
        if field in letters
    ]
    main = [one for one in walked if one[1] in "ABCDEFGJKMNP"]
    assert main == [
        *("lA", "lB", "lC", "lD", "lE", "lF", "rA", "rB", "rC", "rD", "rE", "rF"),
        *("lG", "rG", "lJ", "lK", "lM", "lN", "lP", "rJ", "rK", "rM", "rN", "rP"),
    ]


def test_only_the_chosen_leg_is_rendered_once_it_is_posted(client: FlaskClient, filled: Filled) -> None:
    names = {one["name"] for one in Page(client.post("/", data=filled("E1", {"change": ""})).text).controls()}
    assert "limbs.right.foot_length" in names
    assert not [name for name in names if name.startswith("limbs.left")]


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_an_example_fills_the_form_with_all_it_says(client: FlaskClient, example) -> None:
    from afofit.web.fill import flatten

    shown = Page(client.get(f"/?example={example.key}").text).shown()
    for name, values in flatten(example.request).items():
        assert shown[name] == values


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_an_example_computes_from_the_form_as_it_is_shown(client: FlaskClient, example) -> None:
    shown = Page(client.get(f"/?example={example.key}").text).shown()
    assert client.post("/", data=shown).status_code == 200


def test_an_unknown_example_leaves_the_form_empty(client: FlaskClient) -> None:
    answer = client.get("/?example=nothing")
    assert answer.status_code == 200
    assert "patient.reference" not in Page(answer.text).shown()


def test_what_was_typed_is_kept_exactly_and_all_problems_come_at_once(client: FlaskClient, filled: Filled) -> None:
    typed = filled("E1", {"limbs.right.calf_circumference": "38O", "limbs.right.heel_width": " ", "patient.weight": ""})
    answer = client.post("/", data=typed)
    page = Page(answer.text)
    assert answer.status_code == 422
    assert page.text("title").startswith("Error: ")
    assert page.text("h2", id="errors-h") == "There are 3 problems"
    assert page.all("div", role="alert", tabindex="-1")
    assert page.shown()["limbs.right.calf_circumference"] == ["38O"]
    wrong = [own for own in page.controls() if own.get("aria-invalid") == "true"]
    assert {own["name"] for own in wrong} >= {
        "limbs.right.calf_circumference",
        "limbs.right.heel_width",
        "patient.weight",
    }
    assert all(own["aria-describedby"].endswith("-msg") for own in wrong)
    for own in page.all("a"):
        if own.get("href", "").startswith("#limbs-right-calf"):
            break
    else:
        pytest.fail("the summary does not lead to the calf circumference")


def test_a_problem_opens_the_closed_part_that_it_is_in(client: FlaskClient, filled: Filled) -> None:
    name = "limbs.right.navicular_height"
    page = Page(client.post("/", data=filled("E1", {name: "x"})).text)
    place = next(place for place, (_, own) in enumerate(page.elements) if own.get("name") == name)
    around = [page.elements[parent] for parent in page.parents[place] if page.elements[parent][0] == "details"]
    assert around
    assert all("open" in own for _, own in around)


def test_an_offered_value_is_taken_by_its_button(client: FlaskClient, filled: Filled) -> None:
    """10.1 mm is 10.1 cm typed in the wrong unit: 101 mm."""
    typed = filled("E1", {"limbs.right.forefoot_width": "10.1"})
    offered = Page(client.post("/", data=typed).text).all("button", name="apply")
    assert [own["value"] for own in offered] == ["limbs.right.forefoot_width=101"]
    answer = client.post("/", data={**typed, "apply": offered[0]["value"]})
    page = Page(answer.text)
    assert answer.status_code == 200
    assert page.shown()["limbs.right.forefoot_width"] == ["101"]
    assert [own["name"] for own in page.controls() if "autofocus" in own] == ["limbs.right.forefoot_width"]


@pytest.mark.hazard("H04")
def test_the_sign_of_an_ankle_angle_is_said_in_words(client: FlaskClient, filled: Filled) -> None:
    """E1 reaches 8 degrees past the right angle; without the choice 8 alone says nothing."""
    name = "limbs.right.dorsiflexion_knee_extended"
    unsaid = Page(client.post("/", data=filled("E1", {f"{name}_direction": ""})).text)
    assert "Say whether the foot passes 90°" in unsaid.text("div", id="errors")
    short = client.post("/", data=filled("E1", {name: "3", f"{name}_direction": "short"})).text
    assert "3° plantarflexed" in short
    typed = client.post("/", data=filled("E1", {name: "-3", f"{name}_direction": ""})).text
    assert "3° plantarflexed" in typed


HOSTILE = '"><script>alert(1)</script><img src=x onerror="alert(1)">'


@pytest.mark.parametrize("name", ["patient.reference", "limbs.right.foot_length", "shoe.size", "patient.name"])
def test_typed_markup_is_only_text(client: FlaskClient, filled: Filled, name: str) -> None:
    text = client.post("/", data=filled("E1", {name: HOSTILE})).text
    form = client.post("/", data=filled("E1", {name: HOSTILE, "change": name})).text
    for shown in (text, form):
        assert "<script>alert" not in shown
        assert "<img" not in shown
    assert Page(form).shown()[name] == [HOSTILE]


def test_nothing_is_styled_or_scripted_inline(client: FlaskClient, filled: Filled) -> None:
    for text in (client.get("/").text, client.post("/", data=filled("E1")).text, client.get("/nowhere").text):
        page = Page(text)
        assert not page.all("style")
        assert all("src" in own for own in page.all("script"))
        for _, own in page.elements:
            assert not [name for name in own if name == "style" or name.startswith("on")], own


def test_no_field_hinders_typing(client: FlaskClient) -> None:
    for own in Page(client.get("/").text).controls():
        assert not {"pattern", "required", "min", "max", "placeholder"} & set(own)
        assert own.get("type") != "number"


def test_the_first_submit_button_is_compute(client: FlaskClient) -> None:
    """Enter presses the first button of a form; it must not be one that changes a value."""
    page = Page(client.get("/").text)
    form = next(place for place, (_, own) in enumerate(page.elements) if own.get("id") == "fitting")
    buttons = [place for place, (tag, _) in enumerate(page.elements) if tag == "button" and form in page.parents[place]]
    first = page.elements[buttons[0]][1]
    assert page.texts[buttons[0]] == "Compute"
    assert first.get("tabindex") == "-1"
    assert "name" not in first


def test_it_says_what_it_is_for_what_not_and_that_nothing_is_stored(client: FlaskClient) -> None:
    text = unescape(client.get("/").text)
    assert "For qualified orthotists" in text
    assert "Not for diagnosis, self-fitting" in text
    assert "Nothing is stored." in text


def test_a_hinge_asks_for_its_axis() -> None:
    from werkzeug.datastructures import MultiDict

    def tip(design: str) -> Entry:
        entries = FormPage(MultiDict({"legs": "left", "prescription.design": design})).entries
        return next(one for one in entries if one.name == "limbs.left.medial_malleolus_tip_height")

    assert tip("solid").optional
    assert not tip("hinged").optional


def test_a_new_form_says_nothing_of_what_was_there_before(client: FlaskClient) -> None:
    assert "data-was" not in client.get("/?example=E1").text
