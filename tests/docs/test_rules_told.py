"""The reference names every rule with formula, source and grade, and every decision on the design."""

from types import ModuleType

import pytest

from afofit.fitting import design
from afofit.fitting.values import Rule
from afofit.words.reasons import REASONS
from docs.rules_told import decisions, lines, rules

TOLD = "\n".join(lines())


def test_there_are_rules_of_every_clause() -> None:
    assert {rule.clause for rule in rules()} == {"1.1", "shoe", *(f"R{number}" for number in range(1, 17))}


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: f"{rule.clause}-{rule.function.__name__}")
def test_a_rule_stands_in_one_row_with_formula_grade_and_source(rule: Rule) -> None:
    (row,) = [row for row in TOLD.splitlines() if row.startswith(f"| {rule.clause} `{rule.function.__name__}` |")]
    assert row.endswith(f"| {rule.source.grade} | {rule.source.text} |")
    assert f"| `{rule.formula}` |" in row
    assert rule.gives in row


def test_every_line_of_the_decision_and_every_reason_stands_in_it() -> None:
    told = decisions(design)
    assert sorted({line for line, _, _ in told}) == list(range(1, 13))
    elsewhere = {"not_braced", "prescribed", "engine_agrees", "engine_differs", "engine_declines"}
    decided = {reason for reason in REASONS if not reason.startswith("footplate_")} - elsewhere
    assert {reason for _, _, reason in told} == decided
    assert (12, "posterior_leaf_spring", "isolated_foot_drop") in told
    assert (3, None, "ashworth_unknown") in told


def test_a_new_decision_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'def _more(case):\n    if case:\n        return "solid", "13", Reason("thirteen")\n    return None\n'
    monkeypatch.setattr("docs.rules_told.getsource", lambda _: text)
    assert decisions(ModuleType("decided")) == [(1, None, "stopped"), (13, "solid", "thirteen")]
