"""The reading grade: syllables counted by hand, formulas worked by hand, hard texts that must be found hard."""

import pytest

from afofit.words.reading import EASY_PERSPICUITY, Language, grade, perspicuity, syllables

ENGLISH = (
    (1, "a the be brace shoe toes heels straps closed worn makes soles pain eyes through tongue wear care stays whole"),
    (2, "ankle ankles braces noses needed lifted safely damage blister dryer being quiet people every number"),
    (2, "swollen tingling numbness inside insole bottle table"),
    (3, "orthotist together another hospital idea area"),
    (4, "emergency january february"),
    (5, "university"),
)
SPANISH = (
    (1, "y de pie piel muy bien pies quién sol hay"),
    (2, "guía días oír cuida cuatro hielo baúl agua suela aire seguir ahí"),
    (3, "férula tobillo caliente zapato llámenos lengüeta cambiarla ahora prohíbe poeta pingüino"),
    (4, "pantorrilla teléfono emergencias necesita"),
    (5, "ortopédico profundidades"),
)


@pytest.mark.parametrize(("count", "words"), ENGLISH)
def test_english_syllables(count: int, words: str) -> None:
    assert {word: syllables(word, "en") for word in words.split()} == dict.fromkeys(words.split(), count)


@pytest.mark.parametrize(("count", "words"), SPANISH)
def test_spanish_syllables(count: int, words: str) -> None:
    assert {word: syllables(word, "es") for word in words.split()} == dict.fromkeys(words.split(), count)


def test_numbers_abbreviations_and_joined_words() -> None:
    assert syllables("30", "en") == 2
    assert syllables("UK", "en") == 2
    assert syllables("slip-on", "en") == 2


def test_flesch_kincaid_by_hand() -> None:
    # 9 words, 2 sentences; take the brace off 4, do not wear it a-gain 6: 10 syllables
    # 0.39 · 9/2 + 11.8 · 10/9 − 15.59 = 1.755 + 13.1111 − 15.59 = −0.7239
    assert grade(["Take the brace off. Do not wear it again."], "en") == pytest.approx(-0.7239, abs=1e-4)


def test_crawford_and_szigriszt_by_hand() -> None:
    # 6 words, 2 sentences; qui-te la fé-ru-la 6, mi-re la piel 4: 10 syllables
    text = ["Quite la férula. Mire la piel."]
    # −0.205 · 33.333 + 0.049 · 166.667 − 3.407 = −6.8333 + 8.1667 − 3.407 = −2.0737
    assert grade(text, "es") == pytest.approx(-2.0737, abs=1e-4)
    # 206.835 − 62.3 · 10/6 − 6/2 = 206.835 − 103.8333 − 3 = 100.0017
    assert perspicuity(text) == pytest.approx(100.0017, abs=1e-4)


def test_a_point_of_a_list_ends_a_sentence() -> None:
    assert grade(["Take it off", "Call us"], "en") == grade(["Take it off. Call us."], "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Discontinue utilisation of the orthosis immediately and communicate with the responsible practitioner "
            "whenever persistent erythema or ulceration of the integument is identified during inspection.",
        ),
        (
            "es",
            "Interrumpa inmediatamente la utilización de la órtesis y comuníquese con el profesional responsable "
            "siempre que identifique eritema persistente o ulceración del tegumento durante la inspección.",
        ),
    ],
)
def test_a_hard_text_is_found_hard(language: Language, text: str) -> None:
    assert grade([text], language) > 6
    if language == "es":
        assert perspicuity([text]) < EASY_PERSPICUITY


def test_nothing_to_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        grade(["…"], "en")
