"""A formula as people read it."""

from afofit.fitting.alignment import shank_to_vertical_angle_deg
from afofit.fitting.dimensions import calf_shell_girth_mm, joint_axis_height_mm
from afofit.fitting.values import Value, derived
from afofit.words.working import computed, origin, signs, with_numbers

SOURCE = derived("made up for this test")


def value(name: str, magnitude: float) -> Value:
    return Value(name, magnitude, SOURCE)


def test_pi_is_a_sign_but_not_inside_a_name() -> None:
    assert signs(calf_shell_girth_mm.formula).startswith("calf_circumference_mm + 2 × π × (")
    assert signs(shank_to_vertical_angle_deg.formula) == "shoe_pitch_deg + ankle_angle_deg"


def test_numbers_take_the_place_of_names() -> None:
    known = {"shoe_pitch_deg": value("shoe_pitch_deg", 3.888), "ankle_angle_deg": value("ankle_angle_deg", -8.0)}
    lean = shank_to_vertical_angle_deg.apply(known)
    assert lean is not None
    assert computed(lean)
    assert with_numbers(lean) == "3.888 + −8"


def test_what_no_formula_made_says_where_it_was_taken() -> None:
    axis = joint_axis_height_mm.apply({"medial_malleolus_tip_height_mm": value("medial_malleolus_tip_height_mm", 50)})
    assert axis is not None
    assert not computed(axis)
    assert origin(axis) == "As measured, F Medial malleolus tip height"
    assert origin(value("fibular_relief_mm", 5)) == "Set by the protocol"
