"""A request document as form fields, and back through the reading of the form."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from afofit.examples import examples
from afofit.schemas.form import read
from afofit.web.fill import flatten


def test_angles_become_a_size_and_a_direction() -> None:
    limb = {"dorsiflexion_knee_extended": -3, "dorsiflexion_knee_flexed": 5.5, "toe_out": 0}
    assert flatten({"limbs": {"left": limb}}) == {
        "limbs.left.dorsiflexion_knee_extended": ["3"],
        "limbs.left.dorsiflexion_knee_extended_direction": ["short"],
        "limbs.left.dorsiflexion_knee_flexed": ["5.5"],
        "limbs.left.dorsiflexion_knee_flexed_direction": ["past"],
        "limbs.left.toe_out": ["0"],
        "legs": ["left"],
    }


def test_readings_get_a_box_each_and_angles_among_them_keep_their_sign() -> None:
    limb = {
        "calf_circumference": {"readings": [388, 391.5]},
        "dorsiflexion_knee_extended": {"readings": [-2, 1, 0]},
    }
    assert flatten({"limbs": {"right": limb}}) == {
        "limbs.right.calf_circumference": ["388"],
        "limbs.right.calf_circumference.2": ["391.5"],
        "limbs.right.dorsiflexion_knee_extended": ["-2"],
        "limbs.right.dorsiflexion_knee_extended.2": ["+1"],
        "limbs.right.dorsiflexion_knee_extended.3": ["0"],
        "legs": ["right"],
        "two_readings": ["on"],
    }


def test_lists_dates_flags_and_clearings() -> None:
    document = {
        "patient": {"birth_date": "2018-03-09", "name": None},
        "clinical": {
            "urgent_signs": [],
            "affected_sides": ["left", "right"],
            "ambulant": False,
            "cleared": [{"code": "recent_trauma", "by": "Dr Meier", "date": "2026-11-02"}],
        },
    }
    assert flatten(document) == {
        "patient.birth_date.year": ["2018"],
        "patient.birth_date.month": ["03"],
        "patient.birth_date.day": ["09"],
        "clinical.urgent_signs": ["none"],
        "clinical.affected_sides": ["left", "right"],
        "clinical.ambulant": ["false"],
        "clinical.cleared.recent_trauma.by": ["Dr Meier"],
        "clinical.cleared.recent_trauma.date": ["2026-11-02"],
    }


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_a_document_comes_back_from_the_form_as_it_went_in(example) -> None:
    asked = read(MultiDict(flatten(example.request)), today=date(2026, 11, 23))
    assert asked.problems == ()
    for group in ("units", "patient", "clinical", "limbs", "shoe", "prescription"):
        assert asked.document.get(group, {}) == as_read(example.request.get(group, {}))


def as_read(part: dict) -> dict:
    """A document without its nulls; a shoe size is read as the text on the shoe."""
    return {
        key: as_read(value) if isinstance(value, dict) else str(value) if key == "size" else value
        for key, value in part.items()
        if value is not None
    }
