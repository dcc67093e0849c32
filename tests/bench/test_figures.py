"""The table of the bench: ratios the same way round everywhere, and peers that do what they are said to do."""

from datetime import date

import pytest

from afofit.fitting.plan import fit
from afofit.fitting.stock import match
from afofit.schemas.request import read
from bench.engine import plainly
from bench.figures import HEADS, Figure, Pair, at_least, at_most, in_turn, middle, number, ratios, table
from bench.ready_made import one_limb, plain, twenty
from tests.examples import EXAMPLES

TODAY = date(2026, 11, 23)
PAIRS = [Pair(1.0, 3.0), Pair(2.0, 2.0), Pair(4.0, 8.0)]


def test_a_ratio_is_how_many_times_as_fast_ours_is() -> None:
    assert ratios(PAIRS) == (3.0, 1.0, 2.0)
    assert middle(PAIRS) == 2.0
    figure = Figure("what", "2 s", "a peer", ratios(PAIRS), at_least(1.5, ratios(PAIRS)))
    assert figure.cells == ("what", "2 s", "a peer", "2", "3: 1 to 3", "≥ 1.5", "yes")
    assert figure.line() == "what: 2 s; 2 times a peer"


def test_what_falls_short_says_so() -> None:
    assert at_least(0.5, [0.49, 0.4, 0.6]).holds is False
    assert at_least(0.5, [0.49, 0.5, 0.6]).holds is True
    assert (at_most(45, 45.0, "MB"), at_most(45, 45.1, "MB").holds) == (("≤ 45 MB", True), False)
    short = Figure("what", "1 s", "a peer", (0.4,), at_least(0.5, [0.4]))
    assert short.cells[-3:] == ("1", "≥ 0.5", "**no**")


def test_pairs_that_others_disturbed_are_told() -> None:
    assert Figure("what", "1 s", "a peer", (0.4, 0.6), disturbed=1).cells[4] == "2: 0.4 to 0.6, 1 of them disturbed"


@pytest.mark.parametrize(("value", "shown"), [(0.08312, "0.0831"), (2.5678, "2.57"), (135.4, "135"), (1234.5, "1,234")])
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_the_table_is_markdown_with_columns_under_each_other() -> None:
    lines = table([Figure("what", "1 s", "a peer", (1.0,)), Figure("more", "22 s", "b", (0.5, 0.7))]).splitlines()
    assert len(lines) == 4
    assert [cell.strip() for cell in lines[0].strip("|").split("|")] == list(HEADS)
    assert set(lines[1]) == {"|", "-", " "}
    assert len({len(line) for line in lines}) == 1
    assert len({tuple(place for place, sign in enumerate(line) if sign == "|") for line in lines}) == 1


def test_ours_and_the_peer_are_called_alike() -> None:
    calls: list[str] = []
    pairs = in_turn(lambda: calls.append("ours"), lambda: calls.append("peer"), runs=2, batches=3)
    assert calls == ["ours", "peer"] + 3 * ["ours", "ours", "peer", "peer"]
    assert len(pairs) == 3


def test_the_peer_of_the_engine_comes_to_the_same_design_and_numbers() -> None:
    for example in EXAMPLES:
        request = read(example["request"], today=TODAY)
        limbs = fit(request, today=TODAY).limbs.values()
        for limb, other in zip(limbs, plainly(request), strict=True):
            assert other.design == limb.design.code
            assert other.verdict == limb.verdict
            assert other.dimensions
            for name, value in other.dimensions.items():
                assert limb.dimensions[name].magnitude == pytest.approx(value, abs=1e-6)


def test_the_plain_loop_names_no_size_that_does_not_fit() -> None:
    somebody, charts = one_limb(), twenty()
    found = plain(somebody, charts)
    assert any(found)
    for chart, sizes in zip(charts, found, strict=True):
        assert set(sizes) <= set(match(somebody, chart).sizes)
