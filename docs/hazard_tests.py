"""Which tests show the controls of which hazard: python -m docs.hazard_tests."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = ROOT / "docs" / "hazards.md"
ROW = re.compile(r"^\| (H\d\d) \| ([^|]+) \|", re.MULTILINE)


def hazards(log: str) -> dict[str, str]:
    """The hazards of the log by their id. Raises ValueError where an id stands twice."""
    rows = ROW.findall(log)
    found = {key: name.strip() for key, name in rows}
    if len(found) != len(rows):
        raise ValueError("an id stands twice in the hazard log")
    return found


def every_test(tests: Path) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every test of a folder, with its file and name."""
    for path in sorted(tests.rglob("test_*.py")):
        for test in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                yield f"{path.relative_to(tests.parent)}::{test.name}", test


def marked(tests: Path) -> dict[str, list[str]]:
    """The tests that carry the marker, by the id of the hazard."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, test in every_test(tests):
        for key in _of(test):
            found[key].append(name)
    return dict(found)


def _of(test: ast.FunctionDef) -> Iterator[str]:
    for one in test.decorator_list:
        if isinstance(one, ast.Call) and ast.unparse(one.func) == "pytest.mark.hazard":
            yield from (ast.literal_eval(argument) for argument in one.args)


def main() -> None:
    """Print every hazard with its tests."""
    tests = marked(ROOT / "tests")
    for key, name in hazards(LOG.read_text("utf-8")).items():
        print(f"{key} {name}")
        for test in tests.get(key, ["no test"]):
            print(f"    {test}")


if __name__ == "__main__":
    main()
