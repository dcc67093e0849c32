"""A form that is half filled: what can be read of it, and each leg by itself."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from afofit.schemas.form import Asked, read

TODAY = date(2026, 11, 23)
BEGUN = {
    "units.length": "mm",
    "units.mass": "kg",
    "legs": "both",
    "patient.age_years": "46",
    "patient.weight": "82",
    "limbs.left.calf_circumference": "352",
    "limbs.right.calf_circumference": "388",
}


def asked(**changes: str) -> Asked:
    fields = BEGUN | {name.replace("__", "."): text for name, text in changes.items()}
    return read(MultiDict({name: text for name, text in fields.items() if text}), today=TODAY)


def test_what_was_measured_so_far_is_read() -> None:
    found = asked()
    assert found.request is None
    assert {side: limb.measurements for side, limb in found.limbs.items()} == {
        "left": {"calf_circumference": 352.0},
        "right": {"calf_circumference": 388.0},
    }
    assert found.body is not None
    assert (found.body.age_years, found.body.weight_kg) == (46, 82)


def test_lengths_are_converted_in_what_is_half_filled_too() -> None:
    found = asked(units__length="in", limbs__left__calf_circumference="14", limbs__right__calf_circumference="")
    assert found.limbs["left"].measurements == {"calf_circumference": 14 * 25.4}


def test_without_units_nothing_is_read() -> None:
    found = asked(units__length="")
    assert dict(found.limbs) == {}
    assert found.body is None


@pytest.mark.parametrize("weight", ["", "8", "8OO"])
def test_a_body_is_known_without_a_weight_that_is_missing_or_wrong(weight: str) -> None:
    body = asked(patient__weight=weight).body
    assert body is not None
    assert (body.age_years, body.weight_kg) == (46, None)


def test_without_an_age_nobody_knows_what_is_usual() -> None:
    assert asked(patient__age_years="").body is None
    assert asked(patient__age_years="460").body is None


def test_text_that_is_no_number_is_told_apart_from_what_is_missing() -> None:
    found = asked(limbs__left__calf_circumference="38O")
    assert [problem.field for problem in found.unread] == ["limbs.left.calf_circumference"]
    assert "calf_circumference" not in found.limbs["left"].measurements
