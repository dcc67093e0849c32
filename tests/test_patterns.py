"""No pattern is made of words that came from outside: in one, letters mean something else than themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "afofit"
SOURCES = sorted(ROOT.rglob("*.py"))
TAKES_A_PATTERN = {"compile", "match", "search", "fullmatch", "findall", "finditer", "sub", "subn", "split"}
LOOKED_AT = {
    "re.search(how, value, re.ASCII)": "of the fields that the program declares",
    r"re.search(f'<(?:(\\w+)(?:\\([^)]*\\))?:)?{name}>', rule.rule)": "a name in a route of the program",
}
"""Patterns whose parts are of the program, though that cannot be seen at the place."""


def ours(pattern: ast.expr) -> bool:
    """Whether a pattern is written out in the program, or put together of constants."""
    if isinstance(pattern, ast.JoinedStr):
        parts = (part.value for part in pattern.values if isinstance(part, ast.FormattedValue))
        return all(isinstance(part, ast.Name) and part.id.isupper() for part in parts)
    if isinstance(pattern, ast.BinOp):
        return ours(pattern.left) and ours(pattern.right)
    return isinstance(pattern, ast.Constant) or (isinstance(pattern, ast.Name) and pattern.id.isupper())


def made(source: str) -> Iterator[str]:
    """Calls that make a pattern of anything else."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TAKES_A_PATTERN:
            of_re = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"
            if of_re and not ours(node.args[0]):
                yield ast.unparse(node)


def test_patterns_are_those_of_the_program() -> None:
    found = {one for path in SOURCES for one in made(path.read_text("utf-8"))}
    assert found == set(LOOKED_AT)


@pytest.mark.parametrize("source", ["re.compile(x)", "re.sub(f'{x}', '', y)", "re.search(A + x, y)"])
def test_a_pattern_of_anything_else_is_found(source: str) -> None:
    assert list(made(source)) == [source]


@pytest.mark.parametrize("source", ["re.compile('x')", "re.sub(A + 'x', '', y)", "re.search(f'{A}x', y)", "x.split(y)"])
def test_a_pattern_of_ours_is_not(source: str) -> None:
    assert not list(made(source))
