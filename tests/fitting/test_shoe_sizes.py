"""Sizes as printed: where children's numbers begin again, and which entries are slips."""

import pytest

from afofit.fitting.shoe_sizes import SYSTEMS, read_printed, restart


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_the_lowest_and_the_highest_size_are_taken_and_nothing_beyond(system: str) -> None:
    one = SYSTEMS[system]
    for size in (one.lowest, one.highest):
        assert read_printed(system, size, 250) is not None
    for size in (one.lowest - 0.5, one.highest + 0.5, float("nan"), float("inf")):
        assert read_printed(system, size, 250) is None


@pytest.mark.parametrize(
    ("printed", "foot_mm", "counted"),
    [
        # US child: foot 203 mm is raw 14.3, so a bare 1 is 1Y = 14; foot 95 mm is raw 1.55, so it is 1C.
        (1, 203, 14),
        (1, 95, 1),
        ("1Y", 95, 14),
        ("1C", 203, 1),
        ("13.5", 200, 13.5),
        (" 2y ", 200, 15),
        ("0", 240, 0),
    ],
)
def test_a_childs_number_alone_is_the_one_nearer_the_foot(printed: str | float, foot_mm: float, counted: float) -> None:
    assert read_printed("us_child", printed, foot_mm) == counted


@pytest.mark.parametrize("printed", ["", "C", "one", "1X", "10Y C", "-1"])
def test_what_is_no_size(printed: str) -> None:
    assert read_printed("us_child", printed, 200) is None


def test_letters_belong_to_childrens_sizes() -> None:
    assert read_printed("eu", "38C", 240) is None


def test_printed_numbers_begin_again_after_13_and_a_half() -> None:
    assert restart("us_child", 13.5) == 13.5
    assert restart("us_child", 14.0) == 1.0
    assert restart("uk_child", 15.5) == 2.5
    assert restart("us_men", 14.0) == 14.0
