"""Every action that is written into the audit has words, and every detail of it is shown or silent on purpose."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from afofit.words import audit as words
from afofit.words.tongue import speaking

AFOFIT = Path(__file__).parents[2] / "afofit"
PLACES = {"append": 1, "_say": 1}
"""Functions that write a row, and which argument the action is."""
PARTS_OF_NAMES = {"purpose": ("join", "reset")}


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(AFOFIT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                of_audit = not isinstance(node.func, ast.Attribute) or getattr(node.func.value, "id", "") == "audit"
                if name in PLACES and of_audit and len(node.args) > 1:
                    yield f"{path.relative_to(AFOFIT)}:{node.lineno}", node


def actions(node: ast.expr) -> list[str]:
    """The texts that an argument can be."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        part, rest = node.values
        assert isinstance(part, ast.FormattedValue)
        assert isinstance(part.value, ast.Name)
        assert isinstance(rest, ast.Constant)
        return [f"{said}{rest.value}" for said in PARTS_OF_NAMES[part.value.id]]
    # A function that hands its own argument on: its callers are found themselves.
    assert isinstance(node, ast.Name)
    return []


def test_every_action_of_the_program_has_words() -> None:
    written = {action for _, call in calls() for action in actions(call.args[PLACES["append"]])}
    assert len(written) > 30
    assert written - set(words.ACTIONS) == set()


def test_every_detail_is_shown_or_silent_on_purpose() -> None:
    named = {keyword.arg for _, call in calls() for keyword in call.keywords if keyword.arg}
    assert named >= {"digest", "revision", "scopes"}
    assert named - set(words.DETAILS) - words.SILENT == set()


def test_every_kind_of_object_has_its_name() -> None:
    kinds = {one for _, call in calls() if len(call.args) > 2 for one in actions(call.args[2])}
    assert kinds - set(words.KINDS) == set()


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"revision": 2, "made_as": "exact_reorder", "digest": "ab"}, "revision 2, exact reorder"),
        ({"acknowledged": []}, "0 cautions acknowledged"),
        ({"acknowledged": ["insensate"], "digest": "ab"}, "1 caution acknowledged"),
        ({"outcome": "refit", "side": "left"}, "left leg, Refit needed"),
        ({"roles": ["administrator", "orthotist"], "active": False}, "administrator, orthotist, account closed"),
        ({"retention_years": None}, "records kept without end"),
        ({"retention_years": 1}, "records kept for 1 year"),
        ({"fields": ["birth_date", "name"]}, "date of birth, name"),
        ({"tries": 3}, "3 wrong tries"),
        ({"fittings": 2, "drafts": 0, "retries": 1, "deliveries": 1}, "2 fittings, 1 visit"),
        ({"fitting": "3f"}, ""),
        ({}, ""),
        ({"colour": "blue"}, "colour: blue"),
    ],
)
def test_details_in_words(said: dict[str, object], text: str) -> None:
    assert words.detail(said) == text


def test_in_spanish() -> None:
    with speaking("es"):
        assert words.action("fitting approved") == "Adaptación aprobada"
        assert words.detail({"fittings": 2}) == "2 adaptaciones"
        assert words.fault("changed", 4, 0) == "la fila 4 se modificó"


def test_what_a_later_version_wrote_stays_readable() -> None:
    assert words.action("brace printed") == "brace printed"
    assert words.kind("printer") == "printer"
    assert words.actor("printer 3", {}) == "printer 3"
