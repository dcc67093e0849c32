"""Whatever is posted, the answer is a result or the form with its problems, never a failure."""

from collections.abc import Callable
from functools import cache

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from afofit.web.entry import DIRECTIONS
from tests.web.conftest import Fields, Page
from tests.web.test_form import field_names

NAMES = [*field_names(), "apply", "units_answer", "entered_in", "entered_in_mass", "working", "paper"]
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["-0", "1e309", "nan", "inf", "388", "17 7/8", "1,200", "0/0", "unknown", "true", "in", "lb", "mm"]
    ),
    st.sampled_from(["convert", "both", "left", "2026-02-30", "9999-12-31", "eu_child", "13.5", "1Y", "custom", "²"]),
)
CHANGES = st.dictionaries(st.sampled_from(NAMES), st.lists(TEXTS, min_size=1, max_size=3), max_size=6)


@cache
def filled_form(app: Flask) -> Fields:
    """What the form of a story posts as it stands."""
    return Page(app.test_client().get("/?example=S01").text).shown()


@settings(max_examples=80, deadline=None)
@given(changes=CHANGES)
def test_no_posted_form_fails(app: Flask, changes: Fields) -> None:
    answer = app.test_client().post("/", data={**filled_form(app), **changes})
    assert answer.status_code in (200, 422)
    assert (answer.status_code == 422) == ('role="alert"' in answer.text)


def test_every_direction_can_be_read_back(filled: Callable[..., Fields], app: Flask) -> None:
    """A choice that the form offers must be one that its reader knows."""
    for measurement, choices in DIRECTIONS.items():
        for code, _ in choices:
            name = f"limbs.right.{measurement}"
            typed = filled("E1", {name: "4", f"{name}_direction": code})
            answer = app.test_client().post("/", data=typed)
            assert answer.status_code == 200, (measurement, code)
