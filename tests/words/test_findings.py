"""Every finding can be said, in whole sentences, without a code."""

import ast
import inspect
import re
import string
from types import ModuleType

import pytest

from afofit.fitting import design, findings, findings_brace, growth, plausibility
from afofit.words.findings import COMPOSED, MESSAGES, TITLES
from afofit.words.reasons import REASONS

MODULES = (findings, findings_brace, growth, plausibility)


def codes_in(module: ModuleType, maker: str) -> set[str]:
    """The first argument of every call of Finding or Reason in a module."""
    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == maker and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def test_every_finding_that_the_code_makes_has_words() -> None:
    made = set().union(*(codes_in(module, "Finding") for module in MODULES))
    made |= {"severe_equinus", "hinge_needs_range", "neutral_not_attainable", "neutral_borderline"}
    made |= {f"{kind}_mismatch" for kind in ("leaf_spring", "hinge", "carbon")}
    assert made == set(TITLES)
    assert set(TITLES) <= set(MESSAGES) | set(COMPOSED)


def test_every_reason_that_the_code_makes_has_words() -> None:
    made = codes_in(design, "Reason") | {f"{name}_unknown" for name in ("ashworth", "knee", "mediolateral_instability")}
    assert made - {"footplate_prefabricated_not_prescribed"} <= set(REASONS)


@pytest.mark.parametrize("text", [*MESSAGES.values(), *TITLES.values()])
def test_messages_are_sentences_without_codes(text: str) -> None:
    bare = "".join(literal for literal, *_ in string.Formatter().parse(text))
    assert not re.search(r"[a-z]_[a-z]", bare)
    assert not re.search(r"\b(please|sorry|invalid)\b", bare, re.IGNORECASE)
