"""Every page that a person can see stands in the pictures of docs/screens.md, or among what is not pictured and why."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from docs.pictured import FOLDER, NOT_PICTURED, PAGE, WIDTHS, page, pictures
from tests.accessibility.states import STATES, endpoint, pages_of
from tests.accessibility.world import World

MOST_BYTES = 6_300_000
NO_ADDRESS = "not found"
"""The state of an address that no route takes."""


@pytest.fixture
def world(sqlite_file: Path, tmp_path: Path) -> Iterator[World]:
    """A clinic for the pictures alone: they come in an order of their own, and states build on others."""
    made = World(tmp_path, sqlite_file)
    yield made
    made.close()


def test_every_page_is_pictured_or_has_a_reason(world: World) -> None:
    made = {endpoint(one.shown(world), "GET") for one in pictures() if one.state != NO_ADDRESS}
    assert pages_of(world.app) - made == set(NOT_PICTURED)
    assert all(NOT_PICTURED.values())


def test_every_picture_is_of_a_state_and_has_a_name_of_its_own() -> None:
    assert [one.state for one in pictures() if isinstance(one.state, str) and one.state not in STATES] == []
    names = [one.name for one in pictures()]
    assert len(names) == len(set(names))


def test_the_pictures_are_there_and_no_others() -> None:
    wanted = {f"{one.name}-{width}.webp" for one in pictures() for width in WIDTHS}
    assert {path.name for path in FOLDER.iterdir()} == wanted


@pytest.mark.parametrize("width", WIDTHS)
def test_a_picture_is_as_wide_as_it_says(width: int) -> None:
    sizes = {one.name: Image.open(FOLDER / f"{one.name}-{width}.webp").width for one in pictures()}
    assert sizes == {one.name: one.wide(width) for one in pictures()}


def test_the_page_shows_them() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m docs.make_pictures"


def test_the_pictures_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.parent.rglob("*.*")) <= MOST_BYTES
