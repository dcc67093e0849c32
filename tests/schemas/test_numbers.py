"""Numbers as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afofit.schemas.numbers import Unreadable, has_sign, read_number, whole


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("388", "mm", 388),
        (" 388.5 ", "mm", 388.5),
        ("388,5", "mm", 388.5),
        ("388 mm", "mm", 388),
        ("38.8cm", "cm", 38.8),
        ("17.9", "in", 17.9),
        ("17 7/8", "in", 17.875),
        ("17-7/8", "in", 17.875),
        ('17-7/8"', "in", 17.875),
        ("10 1/4 in", "in", 10.25),
        ("7/8", "in", 0.875),
        ("-3", "deg", -3),
        ("−3", "deg", -3),
        ("+8°", "deg", 8),
        (".5", "mm", 0.5),
        ("5.", "mm", 5),
        ("148 lbs", "lb", 148),
        ("1.234", "mm", 1.234),
    ],
)
def test_what_is_understood(text: str, unit: str, number: float) -> None:
    assert read_number(text, unit) == pytest.approx(number, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("38O", "mm", "letter_o"),
        ("o5", "mm", "letter_o"),
        ("abc", "mm", "not_a_number"),
        ("", "mm", "not_a_number"),
        ("1,200", "mm", "unclear_comma"),
        ("1,2,3", "mm", "unclear_comma"),
        ("1.200,5", "mm", "unclear_comma"),
        ("388 mm", "cm", "other_unit"),
        ('15"', "mm", "other_unit"),
        ("nan", "mm", "not_a_number"),
        ("inf", "mm", "not_a_number"),
        ("1e3", "mm", "not_a_number"),
        ("1/0", "in", "not_a_number"),
        ("0x10", "mm", "not_a_number"),
        ("٣٨٨", "mm", "not_a_number"),
        ("1" * 41, "mm", "not_a_number"),
        ("5 5", "mm", "not_a_number"),
    ],
)
def test_what_is_refused_and_why(text: str, unit: str, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(text, unit)
    assert caught.value.code == code


@given(st.text(max_size=60), st.sampled_from(["mm", "cm", "in", "kg", "lb", "deg", None]))
def test_any_text_is_a_finite_number_or_unreadable(text: str, unit: str | None) -> None:
    try:
        number = read_number(text, unit)
    except Unreadable:
        return
    assert number == number
    assert abs(number) < 1e41


@given(st.integers(0, 999), st.integers(0, 15))
def test_sixteenths_of_an_inch(whole: int, sixteenths: int) -> None:
    assert read_number(f"{whole} {sixteenths}/16", "in") == whole + sixteenths / 16


def test_signs() -> None:
    assert has_sign("-3")
    assert has_sign(" +8")
    assert has_sign("−3")
    assert not has_sign("3")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("1", 1), ("366", 366), ("007", 7)),
        *((text, None) for text in ("0", "367", "", " 7", "-1", "+1", "1.0", "1e2", "²", "٣", "9" * 5000, "0" * 5000)),
    ],
)
def test_a_whole_number_within_its_limits_or_none(text: str, number: int | None) -> None:
    assert whole(text, 366, least=1) == number
