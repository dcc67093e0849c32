"""Which paper a sheet is asked for."""

from typing import Literal

from afofit.schemas.problems import Problem, Refused
from afofit.words.problems import sentence, shown

Paper = Literal["a4", "letter"]


def read_paper(text: str | None) -> Paper:
    """A4 where nothing is said; raises Refused for another word."""
    if text is None or text == "a4":
        return "a4"
    if text == "letter":
        return "letter"
    allowed = ["a4", "letter"]
    message = sentence("not_a_choice", where="Paper", received=shown(text), allowed=", ".join(allowed))
    raise Refused((Problem(("paper",), message, text[:60], None, allowed),))
