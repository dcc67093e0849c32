"""How many rows a page of a list is to have: what the query says, or what is usual."""

from afofit.schemas.numbers import whole
from afofit.schemas.problems import Problem
from afofit.words.problems import sentence, shown

SAID_CHARACTERS = 20
"""So much of what was received is told back."""


def limit_of(said: str | None, usual: int | None, most: int) -> tuple[int | None, list[Problem]]:
    """How many rows at most (None: all), and what is wrong with what was said. An empty word is not nothing said."""
    if said is None:
        return usual, []
    limit = whole(said, most, least=1)
    if limit is not None:
        return limit, []
    told = said[:SAID_CHARACTERS]
    return usual, [Problem(("limit",), sentence("page_limit", received=shown(told), high=most), told, None, [1, most])]
