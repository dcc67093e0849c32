"""One tap confirms an unusual value: the form comes back with who and when, focused there, and stays so."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from afofit.web import confirm
from tests.web.conftest import Fields, Page

Filled = Callable[..., Fields]
CALF = "limbs.right.calf_circumference"
NOTED = "limbs.right.confirmed.calf_circumference"


def test_the_tap_notes_value_name_and_moment() -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    typed = MultiDict([(CALF, "525"), ("confirm", f"{CALF}=525"), ("clinical.urgent_signs", "a")])
    typed.add("clinical.urgent_signs", "b")
    after, name = confirm.confirmed(typed, typed["confirm"], "N. Meier")
    assert name == CALF
    assert "confirm" not in after
    assert after.getlist("clinical.urgent_signs") == ["a", "b"]
    assert (after[f"{NOTED}.value"], after[f"{NOTED}.by"]) == ("525", "N. Meier")
    assert before <= datetime.fromisoformat(after[f"{NOTED}.at"]) <= datetime.now(UTC)


def test_a_second_tap_replaces_the_first() -> None:
    typed = MultiDict([(CALF, "530"), (f"{NOTED}.value", "525"), (f"{NOTED}.by", "A.")])
    after, _ = confirm.confirmed(typed, f"{CALF}=530", "B.")
    assert after.getlist(f"{NOTED}.value") == ["530"]
    assert after.getlist(f"{NOTED}.by") == ["B."]


def test_nothing_but_a_measurement_of_a_leg_is_noted() -> None:
    for asked in (
        "patient.weight=82",
        "limbs.right=1",
        "limbs.middle.heel_width=7",
        "limbs.right.shoe.size=9",
        "",
        "=",
    ):
        after, _ = confirm.confirmed(MultiDict(), asked, "N.")
        assert not after, asked


def test_the_form_comes_back_focused_at_the_value(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", {CALF: "525", "confirm": f"{CALF}=525"}))
    assert answer.status_code == 200
    page = Page(answer.text)
    (box,) = page.all("input", name=CALF)
    assert "autofocus" in box
    assert box["value"] == "525"


def test_with_a_fault_elsewhere_the_form_says_so(client: FlaskClient, filled: Filled) -> None:
    answer = client.post("/", data=filled("E1", {CALF: "525", "patient.weight": "", "confirm": f"{CALF}=525"}))
    assert answer.status_code == 422


def test_the_result_prints_who_confirmed(client: FlaskClient, filled: Filled) -> None:
    noted = {f"{NOTED}.value": "525", f"{NOTED}.by": "N. Meier", f"{NOTED}.at": "2026-09-12T14:32+02:00"}
    said = "Measured again and confirmed by N. Meier on 12 Sep 2026 12:32 UTC."
    assert said in client.post("/", data=filled("E1", {CALF: "525"} | noted)).text
    assert said not in client.post("/", data=filled("E1", {CALF: "526"} | noted)).text
