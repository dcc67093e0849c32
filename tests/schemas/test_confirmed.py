"""A confirmed value: recorded with who and when, refused where it is not the one entered, and no number moves."""

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from afofit.differences import differences
from afofit.fitting.request import Confirmation
from afofit.fitting.values import Finding
from afofit.schemas.form import Asked
from afofit.schemas.form import read as read_form
from afofit.schemas.frozen import freeze, thaw
from afofit.schemas.problems import Problem, Refused
from afofit.web.fill import flatten
from afofit.words.findings import message
from tests.fitting.people import TODAY, answered, document, fitted, request_of

AT = "2026-09-12T14:32+02:00"
MOMENT = datetime(2026, 9, 12, 14, 32, tzinfo=timezone(timedelta(hours=2)))
CALF = 525
"""mm; contract 1.1 warns above 520 and refuses above 700."""


def confirming(*rows: dict[str, Any], **limb: Any) -> dict[str, Any]:
    """A leg with an unusual calf and these confirmations."""
    return document(limb={"calf_circumference": CALF, **limb, "confirmed": list(rows)})


def row(field: str = "calf_circumference", value: object = CALF, **more: Any) -> dict[str, Any]:
    return {"field": field, "value": value, **more}


def found(asked: dict[str, Any], code: str, side: str = "right") -> Finding:
    limb = fitted(asked).limbs[side]  # type: ignore[index]
    return next(one for one in limb.findings if one.code == code)


def problems(asked: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as refused:
        request_of(asked)
    return refused.value.problems


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"by": "N. Meier", "at": AT}, "Measured again and confirmed by N. Meier on 12 Sep 2026 12:32 UTC."),
        ({"by": "N. Meier"}, "Measured again and confirmed by N. Meier."),
        ({"at": AT}, "Measured again and confirmed on 12 Sep 2026 12:32 UTC."),
        ({}, "Measured again and confirmed."),
    ],
)
def test_the_caution_stays_and_says_who_confirmed_and_when(more: dict[str, str], words: str) -> None:
    bare, said = found(confirming(), "measurement_unusual"), found(confirming(row(**more)), "measurement_unusual")
    assert (said.code, said.severity, said.about, said.source) == (bare.code, bare.severity, bare.about, bare.source)
    assert "Measure again" in message(bare)
    assert message(said).endswith(words)
    assert "525 mm" in message(said)


def test_a_confirmation_moves_no_number_and_no_verdict() -> None:
    bare, said = answered(confirming()), answered(confirming(row(by="N.", at=AT)))
    for part in ("verdict", "design", "dimensions", "shoe", "wear_plan"):
        assert said["limbs"]["right"][part] == bare["limbs"]["right"][part]
    assert [one["code"] for one in said["limbs"]["right"]["findings"]] == [
        one["code"] for one in bare["limbs"]["right"]["findings"]
    ]


def test_the_answer_carries_it_in_mm() -> None:
    asked = confirming(row(by="N.", at=AT))
    asked["units"]["length"] = "cm"
    for place in (asked["limbs"]["right"], asked["patient"], asked["shoe"]):
        for name, value in place.items():
            if name in ("weight", "age_years") or not isinstance(value, int) or name.startswith("dorsi"):
                continue
            place[name] = value / 10
    asked["limbs"]["right"]["confirmed"][0]["value"] = 52.5
    answer = answered(asked)
    assert answer["inputs"]["normalised"]["limbs"]["right"]["confirmed"] == [
        {"field": "calf_circumference", "value": 525, "by": "N.", "at": "2026-09-12T14:32:00+02:00"}
    ]
    assert answer["inputs"]["given"]["limbs"]["right"]["confirmed"] == [row(value=52.5, by="N.", at=AT)]


def test_readings_apart_and_sides_that_differ_are_confirmed_too() -> None:
    apart = document(limb={"calf_circumference": {"readings": [380, 396]}, "confirmed": [row(value=388, by="N.")]})
    assert message(found(apart, "reading_spread")).endswith("Measured again and confirmed by N. The mean was used.")
    two = document(
        limb={"confirmed": [row(value=388, by="N."), row("ankle_circumference", 228)]},
        other={"calf_circumference": 350, "ankle_circumference": 210, "foot_length": 260},
    )
    said = message(found(two, "sides_differ"))
    assert "Calf circumference, measured again and confirmed by N.; ankle circumference, measured again" in said
    assert "Measure the others again." in said, "the foot length was not confirmed"
    other = message(found(two, "sides_differ", "left"))
    assert "confirmed" not in other, "each leg is confirmed for itself"


def test_a_confirmation_of_another_field_says_nothing() -> None:
    said = found(confirming(row("heel_width", 72, by="N.")), "measurement_unusual")
    assert "confirmed" not in message(said)


@pytest.mark.parametrize(
    ("rows", "pointer", "words"),
    [
        (
            [row(value=388)],
            "0/value",
            "calf circumference: 388 mm was confirmed, but 525 mm is entered. Confirm again.",
        ),
        ([row(value=525.000001)], "0/value", "525.000001 mm was confirmed, but 525 mm is entered."),
        ([row("dorsiflexion_knee_extended", -8)], "0/value", "−8° was confirmed, but 8° is entered."),
        ([row("navicular_height", 40)], "0/value", "40 mm was confirmed, but nothing is entered."),
        ([row("weight", 82)], "0/field", "“weight” is not a measurement of a leg"),
        ([row("calf", 388)], "0/field", "“calf” is not a measurement of a leg"),
        ([row(), row()], "1/field", "calf circumference: 525 mm is confirmed twice"),
        ([row(value="525")], "0/value", "not a number"),
        ([row(by="x" * 201)], "0/by", "at most 200"),
        ([row(at="2026-09-12T14:32")], "0/at", "no time zone"),
        ([row(at="yesterday")], "0/at", "not a date and time"),
        ([row(who="N.")], "0/who", "“who” is not a field of a request"),
        ([{"field": "calf_circumference"}], "0/value", "needed"),
    ],
)
def test_what_is_wrong_with_a_confirmation_is_said(rows: list[dict[str, Any]], pointer: str, words: str) -> None:
    (problem,) = problems(confirming(*rows))
    assert problem.pointer == f"/limbs/right/confirmed/{pointer}"
    assert words in problem.message
    assert problem.message.startswith("Right leg, ")


def test_a_value_that_cannot_be_read_has_one_problem() -> None:
    (problem,) = problems(confirming(row(), calf_circumference="5 25"))
    assert problem.pointer == "/limbs/right/calf_circumference"


def test_an_inch_is_compared_as_it_was_typed() -> None:
    asked = confirming()
    for place in (asked["limbs"]["right"], asked["patient"], asked["shoe"]):
        for name, value in place.items():
            if isinstance(value, int) and name not in ("weight", "age_years") and not name.startswith("dorsi"):
                place[name] = value / 25.4
    asked["units"]["length"] = "in"
    asked["limbs"]["right"]["calf_circumference"] = 20.7
    asked["limbs"]["right"]["confirmed"] = [row(value=20.7)]
    (one,) = request_of(asked).limbs["right"].confirmed
    assert one.value == pytest.approx(20.7 * 25.4)
    asked["limbs"]["right"]["confirmed"] = [row(value=20.5)]
    (problem,) = problems(asked)
    assert "20.5 in was confirmed, but 20.7 in is entered" in problem.message


def form(changes: dict[str, str], **limb: Any) -> Asked:
    fields: MultiDict[str, str] = MultiDict(flatten(document(limb={"calf_circumference": CALF, **limb})))
    for name, text in changes.items():
        fields[f"limbs.right.{name}"] = text
    return read_form(fields, today=date(2026, 11, 23))


def test_hidden_fields_of_the_form_say_the_same() -> None:
    start = "confirmed.calf_circumference"
    got = form({f"{start}.value": "525 mm", f"{start}.by": "N. Meier", f"{start}.at": AT})
    assert got.problems == ()
    assert got.request is not None
    assert got.request.limbs["right"].confirmed == (
        Confirmation(field="calf_circumference", value=525, by="N. Meier", at=MOMENT),
    )
    assert got.request == request_of(confirming(row(by="N. Meier", at=AT)))


@pytest.mark.parametrize(
    "changes",
    [
        {"confirmed.calf_circumference.value": ""},
        {"confirmed.calf_circumference.by": "N.", "confirmed.calf_circumference.at": AT},
        {"confirmed.calf_circumference.value": "388"},
        {"confirmed.calf_circumference.value": "many"},
        {"confirmed.calf_circumference.value": "525", "calf_circumference": "526"},
        {"confirmed.calf_circumference.value": "525", "calf_circumference.2": "527"},
        {"confirmed.navicular_height.value": "40"},
        {"confirmed.weight.value": "82"},
    ],
)
def test_the_form_drops_what_no_longer_holds(changes: dict[str, str]) -> None:
    got = form(changes)
    assert got.problems == ()
    assert got.request is not None
    assert got.request.limbs["right"].confirmed == ()


def test_an_angle_is_confirmed_with_its_sign() -> None:
    got = form({"confirmed.dorsiflexion_knee_extended.value": "-3"}, dorsiflexion_knee_extended=-3)
    assert got.request is not None
    (one,) = got.request.limbs["right"].confirmed
    assert one.value == -3


@pytest.mark.parametrize("readings", [[388, 391, 390], [387.9371]])
def test_a_fitting_comes_back_into_the_form_with_its_confirmation(readings: list[float]) -> None:
    mean = sum(readings) / len(readings)
    asked = document(
        limb={"calf_circumference": {"readings": readings}, "confirmed": [row(value=mean, by="N.", at=AT)]}
    )
    got = read_form(MultiDict(flatten(asked)), today=TODAY)
    assert got.request is not None
    (one,) = got.request.limbs["right"].confirmed
    assert (one.by, one.at) == ("N.", MOMENT)
    assert one.value == pytest.approx(mean)


def test_a_snapshot_keeps_it() -> None:
    fitting = fitted(confirming(row(by="N.", at=AT)))
    thawed = thaw(freeze(fitting))
    assert thawed.request.limbs["right"].confirmed == fitting.request.limbs["right"].confirmed
    again = next(one for one in thawed.limbs["right"].findings if one.code == "measurement_unusual")
    assert "confirmed by N." in message(again)


def test_what_was_confirmed_since_is_a_difference() -> None:
    (change,) = differences(fitted(confirming()), fitted(confirming(row(by="N."))))
    assert (change.where, change.before, change.after) == (
        "Right confirmed values",
        "none",
        "calf circumference, N.",
    )
