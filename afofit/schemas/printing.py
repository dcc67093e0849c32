"""How a document is asked for: paper, language, size of print, attachment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from afofit.schemas.problems import Problem, Refused
from afofit.words.problems import sentence, shown

Paper = Literal["a4", "letter"]
Language = Literal["en", "es"]
PAPERS: Mapping[str, Paper] = {"a4": "a4", "letter": "letter"}
LANGUAGES: Mapping[str, Language] = {"en": "en", "es": "es"}
SIZES: Mapping[str, bool] = {"normal": False, "large": True}
ATTACHMENTS: Mapping[str, bool] = {"none": False, "json": True}
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Printing:
    """What was asked: A4 or Letter, English or Spanish, 14 or 18 pt, with or without the data attached."""

    paper: Paper = "a4"
    language: Language = "en"
    large: bool = False
    attach: bool = False


def read_printing(asked: Mapping[str, str]) -> Printing:
    """The wishes of a query or a form; what is not said is A4, English, normal print. Raises Refused."""
    problems: list[Problem] = []
    printing = Printing(
        paper=_one("paper", asked, PAPERS, "a4", problems),
        language=_one("lang", asked, LANGUAGES, "en", problems),
        large=_one("size", asked, SIZES, "normal", problems),
        attach=_one("attach", asked, ATTACHMENTS, "none", problems),
    )
    if problems:
        raise Refused(tuple(problems))
    return printing


def _one(
    name: str, asked: Mapping[str, str], answers: Mapping[str, Answer], usual: str, problems: list[Problem]
) -> Answer:
    text = asked.get(name, usual)
    if text not in answers:
        allowed = list(answers)
        message = sentence("not_a_choice", where=name.capitalize(), received=shown(text), allowed=", ".join(allowed))
        problems.append(Problem((name,), message, text[:60], None, allowed))
        return answers[usual]
    return answers[text]
