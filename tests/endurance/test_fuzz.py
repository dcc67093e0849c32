"""The short form of the fuzz run, and that it would find what it looks for."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from afofit.api import routes
from tests.endurance.fuzz import Fuzz, Outcome, console, run, shown, small
from tests.endurance.fuzz_doors import CANARY, DOORS, PREVIEW, Sent, planted

REQUESTS = 200


@contextmanager
def listening(folder: Path) -> Iterator[Fuzz]:
    """Within a test, not around it: pytest takes the console back between the two."""
    root = logging.getLogger()
    level = root.level
    with console(folder / "console") as heard:
        made = Fuzz(folder, heard)
        yield made
        made.close()
    root.setLevel(level)


@pytest.mark.hazard("H25")
def test_generated_requests_find_nothing() -> None:
    outcome = run(REQUESTS, 3, 0)
    assert (outcome.faults, outcome.told, outcome.examples) == (0, 0, {})
    assert outcome.requests == REQUESTS
    assert {door for door, _ in outcome.statuses} == {door.__name__ for door, _ in DOORS}
    # Not everything may be refused at the door: some of each is read to its end.
    assert {("preview", 200), ("preview", 422), ("batch", 200), ("form", 200), ("page", 303)} <= set(outcome.statuses)


def test_a_fault_is_found_and_made_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = routes.read

    def broken(given: Any, **rest: Any) -> Any:
        if given["patient"].get("name"):
            raise ValueError(given["patient"]["name"])
        return whole(given, **rest)

    monkeypatch.setattr(routes, "read", broken)
    given = Sent("POST", PREVIEW, planted()[0], headers={"Accept": "*/*"})
    with listening(tmp_path) as fuzz:
        wrong = fuzz.finds(given)
        least = small(fuzz, given, wrong)
    # our own mistake is written without what the record holds
    assert wrong.startswith("500 ")
    assert "ValueError" in wrong
    assert (least.body, least.headers) == ({"patient": {"name": f"{CANARY} name"}}, {})
    assert PREVIEW in shown(least)


@pytest.mark.parametrize("how", ["log", "print"])
def test_a_canary_that_is_said_is_heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    whole = routes.read

    def chatty(given: Any, **rest: Any) -> Any:
        name = given["patient"]["name"]
        _ = logging.getLogger("some.library").debug("read %s", name) if how == "log" else os.write(1, name.encode())
        return whole(given, **rest)

    monkeypatch.setattr(routes, "read", chatty)
    with listening(tmp_path) as fuzz:
        assert "holds" in fuzz.finds(Sent("POST", PREVIEW, planted()[0]))


def test_what_processes_saw_is_added_up() -> None:
    one, other = Outcome(requests=2, faults=1), Outcome(requests=3, told=1)
    one.add(other)
    assert (one.requests, one.faults, one.told) == (5, 1, 1)
