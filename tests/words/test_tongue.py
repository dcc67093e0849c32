"""The language of whoever reads: what is spoken when, and numbers as a reader of each language expects them."""

import re

import pytest
from babel.messages.catalog import Message

from afofit.words import choices, numbers
from afofit.words.fields import listed
from afofit.words.tongue import LANGUAGES, gettext, language, speaking
from docs.make_catalogue import compiled, po, read, wanted


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


CATALOGUES = [code for code in LANGUAGES if code != "en"]
FIELD = re.compile(r"%\(\w+\)s|%%|\{\w*\}|<[^>]+>")


def texts(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def said(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", CATALOGUES)
def test_every_text_is_translated_and_none_is_guessed(language: str) -> None:
    catalogue = read(language)
    known = {(message.context, *texts(message)) for message in catalogue if message.id}
    needed = {(message.context, *texts(message)) for message in wanted() if message.id}
    assert known == needed, "run python -m docs.make_catalogue, and translate what is new"
    empty = [message.id for message in catalogue if message.id and not all(said(message))]
    guessed = [message.id for message in catalogue if message.id and message.fuzzy]
    assert (empty, guessed) == ([], [])


@pytest.mark.parametrize("language", CATALOGUES)
def test_translations_hold_the_fields_and_marks_of_the_text(language: str) -> None:
    for message in read(language):
        for text, translation in zip(texts(message), said(message), strict=True) if message.id else ():
            fields = sorted(FIELD.findall(text.replace("{last_i}", "{last}")))
            assert sorted(FIELD.findall(translation.replace("{last_i}", "{last}"))) == fields, text
            assert text[:1].isspace() == translation[:1].isspace(), text
            assert text[-1:].isspace() == translation[-1:].isspace(), text


@pytest.mark.parametrize("language", CATALOGUES)
def test_what_the_service_reads_is_what_people_translated(language: str) -> None:
    assert po(language).with_suffix(".mo").read_bytes() == compiled(read(language))


def test_one_english_word_has_the_translation_of_its_field() -> None:
    with speaking("es"):
        assert choices.label("oedema", "none") == "Ninguno"
        assert choices.label("correction_strap", "none") == "Ninguna"
        assert choices.label("design", "solid") == "Rígida"


def test_several_things_are_joined_as_spanish_joins_them() -> None:
    with speaking("es"):
        assert listed(["fresa", "pera"]) == "fresa y pera"
        assert listed(["pera", "iris"]) == "pera e iris"
    assert listed(["pear", "iris"]) == "pear and iris"
