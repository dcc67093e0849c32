"""The rules as the reference page tells them: read from the code, so that none is forgotten."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from inspect import getdoc, getsource
from types import ModuleType

import afofit.fitting
from afofit.fitting import design, shoe_fit
from afofit.fitting.parameter import Parameter
from afofit.fitting.protocol import default
from afofit.fitting.values import Rule
from afofit.words.choices import label
from afofit.words.numbers import plain
from afofit.words.reasons import REASONS
from afofit.words.sheet import GRADES

PARTS = {
    "1.1": "What stands in for a measurement that was not taken",
    "R": "Brace and alignment",
    "shoe": "Shoe",
}
FORMULA = (
    "`clamp(x, low, high)` holds x between the two; `step_up(sheet, n)` is the sheet n places thicker, at most 6 mm."
)


def rules() -> list[Rule]:
    """Every rule that a module of the domain declares, by clause, then in the order of the code."""
    found: dict[int, Rule] = {}
    for module in pkgutil.walk_packages(afofit.fitting.__path__, "afofit.fitting."):
        for declared in vars(importlib.import_module(module.name)).values():
            if isinstance(declared, Rule):
                found.setdefault(id(declared), declared)
    return sorted(found.values(), key=lambda rule: int(rule.clause[1:]) if rule.clause.startswith("R") else 0)


def lines() -> Iterator[str]:
    """The sections on rules, line by line."""
    yield from ("", "## Rules", "")
    yield "A test works each formula text with random numbers and holds it against the code. Inputs are measurements,"
    yield "dimensions of rules above, or numbers of the [protocol](#protocol-default-version-1). " + FORMULA
    yield from ("", "Grades: " + "; ".join(f"{grade} {words}" for grade, words in GRADES.items()) + ".")
    for part, heading in PARTS.items():
        yield from ("", f"### {heading}", "")
        yield from (
            "| rule | gives, if not its own name | what | formula | ± | grade | source |",
            "|---|---|---|---|---|---|---|",
        )
        for rule in rules():
            if rule.clause.startswith(part):
                yield _row(rule)
    yield from _widths()
    yield from _designs()
    yield from _thickness()


def _row(rule: Rule) -> str:
    what = (getdoc(rule.function) or "").splitlines()[0]
    tolerance = "" if rule.tolerance is None else plain(rule.tolerance)
    name = rule.function.__name__
    gives = "" if rule.gives == name else f"`{rule.gives}`"
    source = f"{rule.source.grade} | {rule.source.text}"
    return f"| {rule.clause} `{name}` | {gives} | {what} | `{rule.formula}` | {tolerance} | {source} |"


def _widths() -> Iterator[str]:
    yield from ("", "Letters on the shelf, with their steps of 3/16 in from the standard width of the size:", "")
    for scale, ladder in shoe_fit.LADDERS.items():
        yield f"- `{scale}`: " + ", ".join(f"`{letter}` {place:+d}" for letter, place in ladder)
    classes = ", ".join(f"up to {plain(limit)} mm `{name}`" for limit, name in shoe_fit.DEPTH_CLASSES)
    yield from ("", f"Depth needed beyond an ordinary shoe: {classes}, more `custom`.")


def _designs() -> Iterator[str]:
    """Which line chooses which design, and in which words, read from the code of ``design.py``."""
    yield from ("", "### Design", "")
    yield "The first line that matches decides; grade D, clinical reference 4.3. The conditions in full stand in the"
    yield "contract, section 3.1."
    yield from ("", "| line | design | reason as people read it |", "|---|---|---|")
    for line, code, reason in decisions(design):
        yield f"| {line} | {label('design', code) if code else 'none'} | {REASONS[reason]} (`{reason}`) |"


def decisions(module: ModuleType) -> list[tuple[int, str | None, str]]:
    """Line, design and reason of every decision that the module can return."""
    tree = ast.parse(getsource(module))
    found: list[tuple[int, str | None, str]] = [(1, None, "stopped")]
    for function in tree.body:
        if not isinstance(function, ast.FunctionDef):
            continue
        if "declined" in function.name:
            found += [(3, None, reason) for reason in _reasons(function)]
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 3:
                code, line, reason = node.value.elts
                if isinstance(line, ast.Constant) and isinstance(code, ast.Constant) and line.value != "3":
                    found += [(int(str(line.value)), _text(code), each) for each in _reasons(reason)]
    return sorted(found, key=lambda decision: decision[0])


def _text(node: ast.Constant) -> str | None:
    return None if node.value is None else str(node.value)


def _reasons(tree: ast.AST) -> list[str]:
    """The codes of the reasons named below a node; of one that is put together, those that end alike."""
    arguments = [
        node.args[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason"
    ]
    codes = [str(one.value) for one in arguments if isinstance(one, ast.Constant)]
    for one in arguments:
        if isinstance(one, ast.JoinedStr):
            loop = next(node for node in ast.walk(tree) if isinstance(node, ast.For))
            end = next(str(part.value) for part in one.values if isinstance(part, ast.Constant))
            codes += [f"{name}{end}" for name in ast.literal_eval(loop.iter)]
    return codes


def _thickness() -> Iterator[str]:
    table = default().thickness
    yield from ("", "### Sheet thickness (R11), mm by body weight", "")
    heads, low = [], "0"
    for upper in table.weight_kg:
        heads.append(f"{low} to below {plain(upper)} kg")
        low = plain(upper)
    yield f"From {low} kg on there is none: refer for a reinforced, composite or metal brace."
    yield from ("", f"| design | {' | '.join(heads)} | grade | source |", "|---" * (len(heads) + 3) + "|")
    for name, row in table.rows.items():
        yield _sheet_row(name, row)


def _sheet_row(name: str, row: Parameter) -> str:
    designs = "all others" if name == "others" else label("design", name).lower()
    values = " | ".join(plain(value) for value in row.values.values())
    return f"| {designs} | {values} | {row.source.grade} | {row.source.text} |"
