"""Every page in every state, read in a language whose texts stand in brackets: nothing stands outside but what may."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from afofit.examples import examples
from afofit.web.fill import flatten
from tests.visible import bare, bracketed

__all__ = ["bracketed"]
OWN = ("patient.reference", "patient.name", "order.note", "order.practitioner", "order.facility")
SPANISH = {"Accept-Language": "es"}
MAY_STAND = re.compile(
    r"(?:Clinical reference|Judgement|Plausibility) ?[\d:].*|\bdefault\b|\b[a-z]+(?:_[a-z0-9]+)+\b"
    r"|\b[0-9a-f]{8}(?:[0-9a-f-]{24,28})?\b"
    r"|\b(?:clamp|min|max|tan|atan|radians|degrees|step_up)\("
    r"|\b(?:mm|cm|in|kg|lb|Nm|min|UTC|PDF|JSON|A4|XW|afofit|Español)\b"
)
"""The same everywhere: citations, formulas, reference numbers, units, formats, widths of shoes, the program's name."""
WORD = re.compile(r"[^\W\d_]{2}")


def left_over(page: str) -> list[str]:
    return sorted({text for text in bare(page) if WORD.search(MAY_STAND.sub("", text))})


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("key", [one.key for one in examples()])
def test_forms_and_results_of_the_examples(client: FlaskClient, key: str) -> None:
    example = next(one for one in examples() if one.key == key)
    typed = flatten(example.request)
    assert left_over(client.get(f"/?example={key}", headers=SPANISH).text) == []
    result = client.post("/", data=typed | {"working": "all"}, headers=SPANISH)
    # What was typed as text is the reader's own.
    shown = result.text
    for text in (text for name in OWN for text in typed.get(name, ())):
        shown = shown.replace(text, "")
    assert left_over(shown) == []


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"legs": "both", "units.length": "mm", "units.mass": "kg"},
        {"legs": "left", "units.length": "in", "entered_in": "mm", "limbs.left.foot_length": "260", "units.mass": "kg"},
        {
            "legs": "left",
            "units.length": "mm",
            "limbs.left.foot_length": "26O",
            "limbs.left.heel_width": "1,200",
            "limbs.left.forefoot_width": "10.1",
            "limbs.left.dorsiflexion_knee_extended": "5",
            "patient.weight": "900",
            "patient.birth_date.day": "31",
            "patient.birth_date.month": "2",
            "patient.birth_date.year": "2000",
        },
    ],
)
def test_forms_with_errors_and_questions(client: FlaskClient, typed: dict[str, str]) -> None:
    page = client.post("/", data=MultiDict(typed), headers=SPANISH)
    assert page.status_code == 422
    assert left_over(page.text) == []


@pytest.mark.usefixtures("bracketed")
@pytest.mark.parametrize("path", ["/no/such/page", "/sign-in", "/setup", "/join/xxxx"])
def test_pages_without_an_account(client: FlaskClient, path: str) -> None:
    assert left_over(client.get(path, headers=SPANISH, follow_redirects=True).text) == []


def test_an_untranslated_text_would_be_found() -> None:
    page = '<p>⟦Known⟧ 12 mm</p><p aria-label="Forgotten">⟦a ⟦nested⟧ b⟧</p><p lang="en">Source</p>'
    assert left_over(page) == ["Forgotten"]
