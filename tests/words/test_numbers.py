"""Numbers are rounded once, where they are shown."""

import pytest

from afofit.words.numbers import ankle, dimension, length, plain, reach, whole


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "90°"), (-8, "8° plantarflexed"), (-12.4, "12° plantarflexed"), (-0.4, "0.4° plantarflexed")],
)
def test_the_ankle_is_said_in_words_and_90_only_where_it_is(number: float, text: str) -> None:
    assert ankle(number) == text


def test_reach_is_said_in_words() -> None:
    assert reach(8) == "8° past 90°"
    assert reach(-3.5) == "3.5° short of 90°"
    assert reach(0) == "just to 90°"


@pytest.mark.parametrize(("number", "text"), [(0.5, "1"), (1.5, "2"), (2.4999, "2"), (-0.4, "0"), (-1.5, "−2")])
def test_halves_round_up(number: float, text: str) -> None:
    assert whole(number) == text


def test_each_quantity_in_its_own_way() -> None:
    assert length(416.5) == "417 mm"
    assert plain(10.0) == "10"
    assert plain(-0.0) == "0"
    assert dimension("shell_thickness_mm", 4.8, "mm") == "4.8 mm"
    assert dimension("swing_moment_nm", 1.052196, "Nm") == "1.05 Nm"
    assert dimension("minimum_stiffness_nm_per_deg", 0.2104, "Nm/deg") == "0.21 Nm/°"
    assert dimension("ankle_angle_deg", -8.0, "deg") == "8° plantarflexed"
    assert dimension("shank_to_vertical_angle_deg", 5.2, "deg") == "5° forward"
    assert dimension("shank_to_vertical_angle_deg", -4.1, "deg") == "4° backward"
    assert dimension("shank_to_vertical_angle_deg", -0.4, "deg") == "upright"
    assert dimension("ankle_trim_offset_mm", -6.0, "mm") == "6 mm behind"
    assert dimension("ankle_trim_offset_mm", 6.0, "mm") == "6 mm before"
    assert dimension("ankle_trim_offset_mm", 0.0, "mm") == "through them"
