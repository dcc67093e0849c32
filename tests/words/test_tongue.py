"""The language of whoever reads: what is spoken when, and numbers as a reader of each language expects them."""

import pytest

from afofit.words import numbers
from afofit.words.tongue import gettext, language, speaking


def test_english_is_spoken_until_another_language_is_chosen() -> None:
    assert language() == "en"
    with speaking("es"):
        assert language() == "es"
        with speaking("en"):
            assert language() == "en"
        assert language() == "es"
    assert language() == "en"


def test_a_fault_within_does_not_leave_the_language_behind() -> None:
    with pytest.raises(ZeroDivisionError), speaking("es"):
        raise ZeroDivisionError
    assert language() == "en"


def test_what_the_catalogue_does_not_hold_stays_as_it_is() -> None:
    with speaking("es"):
        assert gettext("no such text in any catalogue") == "no such text in any catalogue"
        assert gettext("") == ""


def test_spanish_numbers_carry_a_comma_and_english_ones_a_point() -> None:
    with speaking("es"):
        assert numbers.quantity(12.5, "mm") == "12,5 mm"
        assert numbers.thickness(4.8) == "4,8 mm"
        assert numbers.plain(-1234.25) == "−1234,25"
        assert numbers.whole(388.5) == "389"
    assert numbers.quantity(12.5, "mm") == "12.5 mm"


def test_what_stands_in_a_field_has_a_point_in_every_language() -> None:
    with speaking("es"):
        assert numbers.typed(17.25) == "17.25"
        assert numbers.typed(-3.0, 1) == "-3"
        assert numbers.typed(-0.001, 2) == "0"
