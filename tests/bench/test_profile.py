"""The profile counts a function for the part of the program in which it was called."""

import sys
from pathlib import Path
from types import FrameType

import pytest

from bench.profile import FRAMEWORK, PLACES, ROOT, part_of, part_of_file, shares, table


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("afofit/fitting/plan.py", "rules"),
        ("afofit/fitting/findings_brace.py", "findings, doubts"),
        ("afofit/fitting/chart_file.py", "ready-made braces"),
        ("afofit/schemas/request.py", "reading and checking the request"),
        ("afofit/schemas/answer.py", "the answer as a document"),
        ("afofit/store/audit.py", "audit"),
        ("afofit/store/patients.py", "what is read and written"),
        ("afofit/pdf/table.py", "sheet: text, tables"),
        ("afofit/templates/result.html", "page"),
    ],
)
def test_the_longest_place_that_fits_decides(file: str, part: str) -> None:
    assert part_of_file(f"{ROOT}/{file}") == part


def test_libraries_count_for_who_called_them_and_flask_for_itself() -> None:
    assert part_of_file("/lib/python3/site-packages/sqlalchemy/engine/base.py") is None
    assert part_of_file("/lib/python3/site-packages/flask/app.py") == FRAMEWORK
    assert part_of(sys._getframe()) is None


def test_every_place_is_there() -> None:
    for place in (place for places in PLACES.values() for place in places if place.startswith("afofit/")):
        folder, _, begins = str(ROOT / place).rpartition("/")
        assert any(one.name.startswith(begins) for one in Path(folder).iterdir()), place


def test_what_takes_all_the_time_has_all_of_it() -> None:
    code = compile("while not done():\n    pass", f"{ROOT}/afofit/fitting/plan.py", "exec")
    rounds = iter(range(100_000))
    found = shares(lambda: exec(code, {"done": lambda: next(rounds, None) is None}), seconds=0.05)  # noqa: S102
    assert found == {"rules": 1.0}


def test_a_function_counts_for_the_innermost_part() -> None:
    seen: list[FrameType] = []
    inner = compile("seen.append(frame())", f"{ROOT}/afofit/words/findings.py", "exec")
    outer = compile("exec(inner)", f"{ROOT}/afofit/schemas/answer.py", "exec")
    exec(outer, {"inner": inner, "seen": seen, "frame": sys._getframe})  # noqa: S102
    assert part_of(seen[0]) == "words"


def test_the_table_leaves_out_what_takes_next_to_nothing() -> None:
    lines = table({"preview": 2.0, "sheet": 20.0}, {"preview": {"rules": 0.5, "words": 0.001}, "sheet": {"rules": 1.0}})
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()]
    assert cells[0] == ["ms of", "preview", "sheet"]
    assert cells[2:] == [["everything", "**2**", "**20**"], ["rules", "1.00 (50 %)", "20.00 (100 %)"]]
