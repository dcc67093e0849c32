"""Raw sizes against published tables of true foot lengths; labels on a box must not match them.

Every difference is published − formula, in sizes. The bounds are those of the shoe reference, section 1.3,
each table within its own row.
"""

import json
import math
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

import pytest

from afofit.fitting.shoe_sizes import raw_size, size_to_buy

Row = dict[str, Any]
ROUNDED = 0.01
"""The bounds of the reference are rounded to one or two places."""


@cache
def _tables(folder: Path) -> dict[str, list[Row]]:
    data = json.loads((folder / "shoe_tables.json").read_text("utf-8"))
    return {table["id"]: table["rows"] for table in data["length_tables"]}


def differences(rows: list[Row], column: str, system: str, keep: Callable[[Row], bool] = bool) -> list[float]:
    """Published − formula, for the rows that have the column."""
    return [
        float(row[column]) - raw_size(system, row["foot_length_mm"])
        for row in rows
        if row.get(column) is not None and keep(row) and "/" not in str(row[column])
    ]


def of(sex: str) -> Callable[[Row], bool]:
    return lambda row: row.get("sex") == sex


def unwrapped(size: float, foot_length_mm: float, system: str) -> float:
    """A child's published number counted on past the restart at 13.5: the one nearer the foot."""
    return min((size, size + 13), key=lambda one: abs(one - raw_size(system, foot_length_mm)))


def child_differences(rows: list[Row], column: str, system: str) -> list[float]:
    return [
        unwrapped(float(row[column]), row["foot_length_mm"], system) - raw_size(system, row["foot_length_mm"])
        for row in rows
        if row.get(column) is not None
    ]


CLOSE: list[tuple[str, str, str, Callable[[Row], bool], float, float]] = [
    # table, column, system, rows, lowest and highest difference of the reference
    ("calculator_net_adult", "us", "us_men", of("men"), -0.06, 0.06),
    ("calculator_net_adult", "us", "us_women", of("women"), -0.06, 0.06),
    ("calculator_net_adult", "uk", "uk", bool, -0.06, 0.06),
    ("calculator_net_adult", "eu", "eu", bool, -0.5, 0.5),
    ("nike_transcribed", "us", "us_men", of("men"), -0.07, 0.07),
    ("nike_transcribed", "us", "us_women", of("women"), -0.06, 0.06),
    ("sunsteps_women", "us", "us_women", bool, -0.06, 0.06),
    ("sunsteps_women", "uk", "uk", bool, -0.06, 0.06),
    ("sunsteps_women", "eu", "eu", bool, -0.65, 0.4),
    ("shopify_conversion_chart_men", "us", "us_men", bool, -0.06, 0.06),
    ("friendly_shoes_adaptive", "us", "us_men", of("men"), -0.25, 0.25),
    ("friendly_shoes_adaptive", "us", "us_women", of("women"), -0.25, 0.25),
    ("blitzresults_adult", "uk", "uk", bool, -0.25, 0.25),
    ("blitzresults_adult", "us_women", "us_women", bool, -0.25, 0.25),
    # its first row, 216 mm for UK 2, lies 0.51 below; the reference rounds
    ("johns_shoes_uk", "uk", "uk", bool, -0.51, 0.15),
    ("iso19407_children", "eu", "eu_child", bool, -0.5, 0.5),
]


@pytest.mark.hazard("H16")
@pytest.mark.parametrize(("table", "column", "system", "rows", "low", "high"), CLOSE)
def test_formula_meets_a_published_table(
    published_data: Path,
    table: str,
    column: str,
    system: str,
    rows: Callable[[Row], bool],
    low: float,
    high: float,
) -> None:
    apart = differences(_tables(published_data)[table], column, system, rows)
    assert len(apart) >= 6
    assert low - ROUNDED <= min(apart)
    assert max(apart) <= high + ROUNDED


CHILDREN: list[tuple[str, str, str, Callable[[Row], bool], float, float]] = [
    ("blitzresults_infants", "us_child", "us_child", bool, -0.15, 0.15),
    ("if_2020", "us", "us_child", lambda row: row["group"] not in ("women", "men"), -0.15, 0.15),
    # one row, 125 mm printed as UK 4, lies 0.764 below; the reference rounds its tolerance to 0.75
    ("iso19407_children", "uk_child", "uk_child", lambda row: row["foot_length_mm"] != 125, -0.75, 0.75),
    # two tables of makers that the reference calls scattered by about a size
    ("plae_kids", "us", "us_child", bool, -1.25, 1.25),
    ("sunsan_insole_vs_foot", "us", "us_child", bool, -1.0, 0.0),
    ("nike_transcribed", "us", "us_child", of("kids"), -0.6, 0.6),
    ("newbalance_za_infant", "us_child", "us_child", bool, 0.17, 0.42),
]


@pytest.mark.hazard("H16")
@pytest.mark.parametrize(("table", "column", "system", "rows", "low", "high"), CHILDREN)
def test_formula_meets_a_published_table_of_children(
    published_data: Path,
    table: str,
    column: str,
    system: str,
    rows: Callable[[Row], bool],
    low: float,
    high: float,
) -> None:
    apart = child_differences([row for row in _tables(published_data)[table] if rows(row)], column, system)
    assert len(apart) >= 5
    assert low - ROUNDED <= min(apart)
    assert max(apart) <= high + ROUNDED


OFFSETS: list[tuple[str, str, str, Callable[[Row], bool], float]] = [
    # a brand's own habit: the table runs aside of the formula by this much on average
    ("nike_transcribed", "eu", "eu", lambda row: row["sex"] != "kids", 0.7),
    ("shopify_conversion_chart_men", "uk", "uk", bool, 0.5),
    ("shopify_conversion_chart_men", "eu", "eu", bool, 0.9),
    ("friendly_shoes_adaptive", "us", "us_men", of("men"), -0.07),
    ("friendly_shoes_adaptive", "us", "us_women", of("women"), -0.17),
    ("blitzresults_adult", "us_men", "us_men", bool, -0.44),
    # this maker writes US men = UK + 0.5 where the formulas are 1 apart
    ("adidas_style_thirds", "uk", "uk", bool, 0.5),
    ("adidas_style_thirds", "us_men", "us_men", bool, 0),
    ("adidas_style_thirds", "eu", "eu", bool, 1.2),
]


@pytest.mark.parametrize(("table", "column", "system", "rows", "offset"), OFFSETS)
def test_brand_runs_aside_of_the_formula_as_known(
    published_data: Path, table: str, column: str, system: str, rows: Callable[[Row], bool], offset: float
) -> None:
    apart = differences(_tables(published_data)[table], column, system, rows)
    assert mean(apart) == pytest.approx(offset, abs=0.2)


def test_bins_of_a_published_table_hold_the_formula(published_data: Path) -> None:
    """US women n is printed for feet of n − 0.67 at the shortest to n + 0.36 at the longest."""
    rows = _tables(published_data)["emu_ranges"]
    shortest = [raw_size("us_women", row["foot_length_mm_min"]) - row["us"] for row in rows]
    longest = [raw_size("us_women", row["foot_length_mm_max"]) - row["us"] for row in rows]
    assert -0.67 - ROUNDED <= min(shortest) <= max(shortest) <= -0.5
    assert 0.25 - ROUNDED <= min(longest) <= max(longest) <= 0.36 + ROUNDED


def labels(folder: Path, table: str) -> Iterator[tuple[float, Row]]:
    """The length printed on the box, in mm."""
    for row in _tables(folder)[table]:
        if "label_cm" in row:
            yield row["label_cm"] * 10, row
        else:
            yield float(row["label_mm" if "label_mm" in row else "foot_length_mm"]), row


LABELS = [
    ("nike_box_cm", "us", "us_men"),
    ("adidas_label_transcribed", "us", "us_men"),
    ("salomon_men", "us", "us_men"),
    ("ahnu_men", "us", "us_men"),
    ("rc_men", "us", "us_men"),
    ("birkenstock_style_eu_mm", "eu", "eu"),
]


@pytest.mark.parametrize(("table", "column", "system"), LABELS)
def test_the_length_on_a_box_is_not_the_length_of_a_foot(
    published_data: Path, table: str, column: str, system: str
) -> None:
    """A box names a length that is longer than the foot: read as a foot it would give half a size to one too many."""
    apart = [
        row[column] - raw_size(system, length)
        for length, row in labels(published_data, table)
        if row.get("sex", "men") == "men" and row[column] >= (36 if system == "eu" else 0)
    ]
    assert -1.2 < mean(apart) < -0.35


EXCEPTIONS = (210, 235, 290)
"""Rows of the ISO table as reproduced that the rounding rule misses by half a size (shoe reference 1.1)."""


def half(size: float) -> float:
    """The nearest half size, a quarter rounded up."""
    return math.floor(size * 2 + 0.5) / 2


@pytest.mark.hazard("H16")
def test_recommended_marking_of_adults(published_data: Path) -> None:
    rows = _tables(published_data)["iso19407_adult_recommended"]
    assert len(rows) == 23
    missed = []
    for row in rows:
        length = row["foot_length_mm"]
        uk = half(raw_size("uk", length))
        assert row["eu"] == math.floor(2 * raw_size("eu", length) + 1e-9) / 2
        if (row["uk"], row["us_men"], row["us_women"]) != (uk, uk + 1, uk + 2):
            assert abs(row["uk"] - uk) == 0.5
            missed.append(length)
    assert tuple(missed) == EXCEPTIONS


SYSTEMS = ("us_men", "us_women", "us_child", "uk", "uk_child", "eu", "eu_child", "mondopoint", "jp")

BY_HAND = [
    # length mm, then raw size worked by hand with a barleycorn of 25.4 / 3 = 8.46667 mm
    ("us_men", 270, 9.8898),
    ("us_women", 246, 8.0551),
    ("us_child", 203, 14.3097),
    ("uk", 270, 8.8898),
    ("uk_child", 167, 9.7244),
    ("eu", 270, 42.5),
    ("eu_child", 203, 32.886),
    ("mondopoint", 203, 203),
    ("jp", 203, 20.3),
]


@pytest.mark.parametrize(("system", "length", "size"), BY_HAND)
def test_raw_size_by_hand(system: str, length: float, size: float) -> None:
    assert raw_size(system, length) == pytest.approx(size, abs=1e-4)


TO_BUY = [
    # us men 10 is (10 + 22) · 25.4 / 3 = 270.9333 mm; it takes 0.15 size, 1.27 mm, more: 272.2033
    ("us_men", 270.93, 10),
    ("us_men", 272.20, 10),
    ("us_men", 272.21, 10.5),
    # eu 42 is (42 − 2) / 0.15 = 266.6667 mm; it takes 0.15 / 0.15 = 1 mm more
    ("eu", 267.66, 42),
    ("eu", 267.67, 42.5),
    ("mondopoint", 270.75, 270),
    ("mondopoint", 270.76, 275),
    ("jp", 27.075 * 10, 27),
    ("jp", 270.76, 27.5),
]


@pytest.mark.parametrize(("system", "length", "size"), TO_BUY)
def test_size_to_buy_at_its_border(system: str, length: float, size: float) -> None:
    assert size_to_buy(system, length) == size


@pytest.mark.hazard("H14")
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_size_to_buy_takes_the_foot_and_is_the_smallest_that_does(system: str) -> None:
    slack, shelf = {"mondopoint": (0.75, 5), "jp": (0.075, 0.5)}.get(system, (0.15, 0.5))
    for tenths in range(900, 3801):
        raw, size = raw_size(system, tenths / 10), size_to_buy(system, tenths / 10)
        assert raw <= size + slack + 1e-9
        assert raw > size - shelf + slack - 1e-9
        assert (size / shelf).is_integer()
