"""Sizes to keep on the shelf: the smallest set that serves a share, held against trying every set."""

import random
import time
from collections import Counter
from itertools import combinations
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afofit.cover import planning
from afofit.cover.counting import Counting
from afofit.cover.people import of
from afofit.cover.planning import Item, Plan, items_of, plan
from afofit.cover.told import plan_document, plan_text
from afofit.fitting.chart import Chart
from tests.fitting.charts import chart, person, product, size

MOST = 7
ITEMS = tuple(Item(product(), str(place), None) for place in range(MOST))
shelves = st.dictionaries(st.integers(0, 2**MOST - 1).map(lambda bits: bytes([bits])), st.integers(1, 9), max_size=12)


def smallest(shelf: dict[bytes, int], aim: int) -> int:
    """How many sizes are needed, by trying every set."""
    for count in range(MOST + 1):
        for chosen in combinations(range(MOST), count):
            mask = sum(1 << place for place in chosen)
            if sum(people for bits, people in shelf.items() if bits[0] & mask) >= aim:
                return count
    raise AssertionError


@given(shelves, st.integers(1, 100))
def test_no_smaller_set_serves_the_share(shelf: dict[bytes, int], share: int) -> None:
    people = sum(shelf.values())
    found = plan(ITEMS, shelf, people=people, share=share)
    wanted = ceil(people * share / 100 - 1e-9)
    reachable = sum(count for bits, count in shelf.items() if any(bits))
    assert (found.wanted, found.reachable, found.short) == (wanted, reachable, reachable < wanted)
    aim = min(wanted, reachable)
    assert found.served >= aim
    assert found.smallest
    assert len(found.steps) == found.least == smallest(shelf, aim)
    _adds_up(found, shelf)


def _adds_up(found: Plan, shelf: dict[bytes, int]) -> None:
    mask = together = 0
    for step in found.steps:
        bit = 1 << ITEMS.index(step.item)
        assert step.people == sum(people for bits, people in shelf.items() if bits[0] & bit)
        assert step.added == sum(people for bits, people in shelf.items() if bits[0] & bit and not bits[0] & mask)
        mask |= bit
        together += step.added
        assert step.together == together
    assert [step.added for step in found.steps] == sorted((step.added for step in found.steps), reverse=True)


@given(shelves, st.integers(1, 100))
def test_where_the_search_is_cut_short_what_is_needed_is_said(shelf: dict[bytes, int], share: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "MOST_WORK", 0)
        found = plan(ITEMS, shelf, people=sum(shelf.values()), share=share)
    aim = min(found.wanted, found.reachable)
    assert found.served >= aim
    assert found.least <= smallest(shelf, aim) <= len(found.steps)
    if found.smallest:
        assert len(found.steps) == smallest(shelf, aim)
    _adds_up(found, shelf)


def test_one_after_the_other_may_take_more_than_the_smallest() -> None:
    """Worked by hand: 0 serves four, 1 and 2 three each and everybody together; the largest first needs three sizes."""
    shelf = {bytes([0b001 | 0b010]): 2, bytes([0b001 | 0b100]): 2, bytes([0b010]): 1, bytes([0b100]): 1}
    found = plan(ITEMS[:3], shelf, people=6, share=100)
    assert ([step.item.code for step in found.steps], found.least) == (["1", "2"], 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "MOST_WORK", 1)
        longer = plan(ITEMS[:3], shelf, people=6, share=100)
    assert ([step.item.code for step in longer.steps], longer.least) == (["0", "1", "2"], 2)
    assert "A smaller set may exist: at least 2 sizes are needed whatever is chosen." in " ".join(plan_text(longer))


def shelf_of(charts: list[Chart], lengths: list[float], sides: str = "r") -> tuple[list[Chart], Counting]:
    counting = Counting(charts, shelf=True)
    counting.add(of([person("right" if sides == "r" else "left", foot_length=length) for length in lengths]))
    return charts, counting


def test_people_on_a_border_count_for_either_size() -> None:
    rows = chart(size("S", foot_length=(220, 240)), size("M", foot_length=(240, 260)))
    charts, counting = shelf_of([rows], [225.0, 240.0, 240.0, 250.0])
    assert counting.shelf is not None
    found = plan(items_of(charts), counting.shelf, people=4, share=75)
    assert [(step.item.code, step.people, step.together) for step in found.steps] == [("S", 3, 3)]
    both = plan(items_of(charts), counting.shelf, people=4, share=100)
    assert [(step.item.code, step.people, step.added) for step in both.steps] == [("S", 3, 3), ("M", 3, 1)]


def test_a_size_for_a_side_lies_on_the_shelf_for_that_side() -> None:
    rows = chart(size("S-L", side="left", foot_length=(220, 260)), size("S-R", side="right", foot_length=(220, 260)))
    charts, counting = shelf_of([rows, chart(size("S", foot_length=(220, 260)), side="left")], [230.0, 240.0])
    assert [item.side for item in items_of(charts)] == ["left", "right", "left"]
    assert counting.shelf is not None
    (step,) = plan(items_of(charts), counting.shelf, people=2, share=90).steps
    assert (step.item.code, step.item.side, step.people) == ("S-R", "right", 2)


def test_sizes_that_serve_the_same_people_are_named_instead_of_each_other() -> None:
    rows = [chart(size("S", foot_length=(220, 240)), model=name) for name in ("First", "Second")]
    charts, counting = shelf_of(rows, [225.0, 230.0])
    found = plan(items_of(charts), counting.shelf or Counter(), people=2, share=100)
    (step,) = found.steps
    assert (step.item.product.model, [one.product.model for one in step.alike]) == ("First", ["Second"])
    assert "   As well: Nobody Second: size S." in list(plan_text(found))


def test_a_share_that_cannot_be_reached_is_said_and_all_who_can_be_are_served() -> None:
    rows = chart(size("S", foot_length=(220, 240)), size("M", foot_length=(240, 260)))
    charts, counting = shelf_of([rows], [225.0, 250.0, 300.0, 310.0])
    found = plan(items_of(charts), counting.shelf or Counter(), people=4, share=90)
    assert (found.wanted, found.reachable, found.served, found.short) == (4, 2, 2, True)
    said = " ".join(plan_text(found))
    assert "Wanted: 4 (100 %). These sizes serve 2 (50 %)." in said
    assert "The wanted share cannot be reached: every size of these charts together serves 2 (50 %)." in said
    assert "This is past demand, not a forecast." in said
    assert plan_document(found)["sizes"][0] == {
        "maker": "Nobody",
        "model": "Invented",
        "version": "1",
        "invented": True,
        "size": "S",
        "side": None,
        "serves": 1,
        "adds": 1,
        "together": 1,
        "alike": [],
    }


def test_very_many_sizes_and_people_take_seconds_and_stay_honest() -> None:
    """Sizes that overlap at random, as no maker would print them."""
    chance = random.Random(5)  # noqa: S311
    items = [Item(product(), str(place), None) for place in range(4000)]
    shelf = {chance.getrandbits(4000).to_bytes(500, "little"): 1 for _ in range(40)}
    sparse = {
        (1 << chance.randrange(4000) | 1 << chance.randrange(4000)).to_bytes(500, "little"): 1 for _ in range(1500)
    }
    start = time.process_time()
    dense, long = (plan(items, some, people=len(some), share=95) for some in (shelf, sparse))
    assert time.process_time() - start < 20
    assert dense.served >= 38
    assert long.served >= long.wanted
    assert long.least <= len(long.steps)


def test_nobody_needs_nothing() -> None:
    found = plan(ITEMS, {}, people=0, share=90)
    assert (found.steps, found.served, found.wanted, found.least, found.short) == ((), 0, 0, 0, False)
