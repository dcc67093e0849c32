"""The form makes the same request as the API, and names all that is wrong at once."""

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from afofit.fitting.plan import fit
from afofit.fitting.request import Request
from afofit.schemas.form import Asked, read
from afofit.schemas.request import read as read_document
from tests.examples import EXAMPLES, STORIES, request_of

TODAY = date(2026, 11, 23)
FLAGS = {True: "true", False: "false"}


def typed(document: dict[str, Any]) -> "MultiDict[str, str]":
    """A request document as a person would type it; angles by word and size."""
    form: MultiDict[str, str] = MultiDict()
    sides = list(document["limbs"])
    form["legs"] = "both" if len(sides) == 2 else sides[0]

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                walk(f"{path}.{key}" if path else key, below)
        elif isinstance(value, list):
            for one in value or ["none"]:
                form.add(path, one)
        elif isinstance(value, bool):
            form[path] = FLAGS[value]
        elif value is not None:
            angle = path.rsplit(".", 1)[-1].startswith(("dorsiflexion_knee", "toe_out", "casting_angle"))
            if angle:
                form[f"{path}_direction"] = "past" if value >= 0 else "short"
            form[path] = str(abs(value) if angle else value)

    walk("", document)
    return form


def asked(document: dict[str, Any], **changes: str) -> Asked:
    form = typed(document)
    for name, value in changes.items():
        form[name.replace("__", ".")] = value
    return read(form, today=TODAY)


def with_order() -> dict[str, Any]:
    """A request with every kind of order detail, common and of one leg."""
    document = request_of("E4")
    document["order"] = {
        "practitioner": "A. Kowalczyk",
        "quantity": 1,
        "date_needed": "2026-12-24",
        "material": "polypropylene_copolymer",
        "plantarflexion_stop": "fixed",
        "metatarsal_pad": True,
        "ribs": False,
        "heel_posting_side": "medial",
        "heel_posting_angle": 4,
        "casting_angle": -3,
        "allergies": ["latex", "nickel"],
        "note": "thin edges",
    }
    document["limbs"]["right"]["order"] = {"correction_strap": "varus", "allergies": []}
    return document


REQUESTS = [with_order()] + [one["request"] for one in EXAMPLES] + [one["request"] for one in STORIES]


@pytest.mark.parametrize("document", REQUESTS)
def test_the_form_makes_the_same_request_as_the_api(document: dict[str, Any]) -> None:
    got = asked(document)
    assert got.problems == ()
    assert isinstance(got.request, Request)
    assert got.request == read_document(document, today=TODAY)


@pytest.mark.hazard("H04")
@pytest.mark.parametrize(
    ("text", "direction", "angle"),
    [
        ("8", "past", 8),
        ("8", "short", -8),
        ("-3", "", -3),
        ("+8", "", 8),
        ("−3", "short", -3),
        ("0", "", 0),
        ("0", "short", 0),
    ],
)
def test_the_sign_of_an_angle_is_a_word_or_typed(text: str, direction: str, angle: float) -> None:
    name = "limbs__right__dorsiflexion_knee_extended"
    got = asked(request_of("E1"), **{name: text, f"{name}_direction": direction})
    assert got.problems == ()
    assert got.request is not None
    assert got.request.limbs["right"].measurements["dorsiflexion_knee_extended"] == angle


@pytest.mark.hazard("H04")
@pytest.mark.parametrize(
    ("text", "direction", "words"),
    [("8", "", "passes 90°"), ("-8", "past", "contradict"), ("+8", "short", "contradict")],
)
def test_an_angle_without_a_direction_or_with_two_is_asked(text: str, direction: str, words: str) -> None:
    name = "limbs__right__dorsiflexion_knee_extended"
    got = asked(request_of("E1"), **{name: text, f"{name}_direction": direction})
    (problem,) = got.problems
    assert problem.field == "limbs.right.dorsiflexion_knee_extended"
    assert words in problem.message
    assert got.request is None


def test_readings_make_a_mean() -> None:
    got = asked(request_of("E1"), **{"limbs__right__calf_circumference__2": "392"})
    assert got.request is not None
    limb = got.request.limbs["right"]
    assert limb.measurements["calf_circumference"] == 390
    assert limb.readings["calf_circumference"] == (388, 392)


def test_what_cannot_be_read_is_not_also_missing_and_all_comes_at_once() -> None:
    form = typed(request_of("E1"))
    form["limbs.right.heel_width"] = "7O"
    form["limbs.right.foot_length"] = ""
    form["patient.weight"] = "82 lb"
    form["patient.age_years"] = ""
    got = read(form, today=TODAY)
    assert [problem.field for problem in got.problems] == [
        "patient.weight",
        "patient.age_years",
        "limbs.right.foot_length",
        "limbs.right.heel_width",
    ]


def test_nothing_is_assumed_of_an_empty_form() -> None:
    got = read(MultiDict(), today=TODAY)
    assert got.request is None
    assert {"units.length", "units.mass", "legs", "patient.weight", "patient.age_years"} <= {
        problem.field for problem in got.problems
    }


def test_urgent_signs_none_unknown_and_contradicting() -> None:
    form = typed(request_of("E1"))
    for values, expected in ((["none"], ()), (["unknown"], None), ([], None), (["recent_trauma"], ("recent_trauma",))):
        form.setlist("clinical.urgent_signs", values)
        got = read(form, today=TODAY)
        assert got.request is not None
        assert got.request.limbs["right"].clinical.urgent_signs == expected
    form.setlist("clinical.urgent_signs", ["none", "recent_trauma"])
    assert [problem.field for problem in read(form, today=TODAY).problems] == ["clinical.urgent_signs"]


@pytest.mark.hazard("H10")
def test_clearing_needs_a_name_and_a_date() -> None:
    form = typed(request_of("E1"))
    form.setlist("clinical.urgent_signs", ["recent_trauma"])
    form["clinical.cleared.recent_trauma.by"] = "Dr A. Kowalczyk"
    (problem,) = read(form, today=TODAY).problems
    assert problem.field == "clinical.cleared.recent_trauma.date"
    form["clinical.cleared.recent_trauma.date"] = "2026-11-20"
    got = read(form, today=TODAY)
    assert got.request is not None
    assert got.request.limbs["right"].clinical.cleared[0].by == "Dr A. Kowalczyk"


def test_birth_date_in_three_boxes() -> None:
    form = typed(request_of("E1"))
    form["patient.age_years"] = ""
    form["patient.birth_date.day"], form["patient.birth_date.month"], form["patient.birth_date.year"] = (
        "24",
        "11",
        "2008",
    )
    got = read(form, today=TODAY)
    assert got.request is not None
    assert got.request.patient.is_child
    form["patient.birth_date.day"] = "23"
    got = read(form, today=TODAY)
    assert got.request is not None
    assert not got.request.patient.is_child
    form["patient.birth_date.month"] = "13"
    assert [problem.field for problem in read(form, today=TODAY).problems][:1] == ["patient.birth_date"]


def test_a_slip_of_ten_is_offered_back() -> None:
    (problem,) = asked(request_of("E1"), **{"limbs__right__forefoot_width": "10.2"}).problems
    assert problem.suggestion == "102"
    assert "Did you mean 102 mm?" in problem.message


def test_order_details_are_kept_and_change_no_number() -> None:
    got = asked(with_order())
    assert got.request is not None
    order = got.request.limbs["right"].order
    assert order.casting_angle_deg == -3
    assert order.date_needed == date(2026, 12, 24)
    assert order.correction_strap == "varus"
    assert order.allergies == ()
    bare = fit(read_document(request_of("E4"), today=TODAY), today=TODAY).limbs["right"]
    told = fit(got.request, today=TODAY).limbs["right"]
    assert told.dimensions == bare.dimensions
    assert told.findings == bare.findings
