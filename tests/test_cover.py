"""Many people against many charts: the same as one by one, and counted right."""

import csv
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afofit.cover.counting import Counting, Cover, Outside, Why, cover
from afofit.cover.matching import SHOE_SIZE, matched
from afofit.cover.people import People, of
from afofit.fitting.chart import OF_THE_BRACE, SHOE, Chart, Size
from afofit.fitting.chart_file import built_in
from afofit.fitting.stock import STATUSES, Person, match
from tests.fitting.charts import chart, person, size

MEASURES = ["shoe_us_men", "shoe_us_women", "foot_length", "calf_circumference", "brace_height", "footplate_length"]
SIDES = st.sampled_from(["left", "right", None])
ends = st.tuples(st.integers(1, 12), st.integers(1, 6))
ranges = ends.map(lambda one: (float(one[0]), float(one[0] + one[1]))) | st.integers(1, 12).map(
    lambda low: (float(low), float("inf"))
)
rows = st.dictionaries(st.sampled_from(MEASURES), ranges, max_size=4)
values = st.builds(lambda value, apart: value + apart, st.integers(0, 20), st.sampled_from([0.0, 0.0, 1e-9, -1e-9]))
limits = st.none() | st.integers(3, 15).map(float)
SERVED = ("match", "boundary", "partial")
DATA = Path(__file__).parents[2] / "shared" / "data" / "ansur2_lowerleg.csv"


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    sizes = [
        size(f"S{place}", side=draw(SIDES), weight_limit_kg=draw(limits), **draw(rows))
        for place in range(draw(st.integers(0, 4)))
    ]
    return chart(
        *sizes,
        side=draw(st.sampled_from(["either", "either", "left", "right"])),
        weight_limit_kg=draw(limits),
        worn=draw(st.sampled_from(["inside", "outside"])),
        design=draw(st.sampled_from(["solid", "other"])),
        no_chart=draw(st.sampled_from([None, None, None, "not printed"])),
    )


known = st.dictionaries(st.sampled_from(MEASURES), values)
persons = st.builds(Person, side=SIDES, weight_kg=st.none() | values, inside=known, outside=known)
AGAINST: Any = st.sampled_from([(), (), ("solid",), ("solid", "other")])
Everybody = list[tuple[Person, Any]]
everybodies = st.lists(st.tuples(persons, AGAINST), max_size=12)


def block(everybody: Everybody) -> People:
    return of([who for who, _ in everybody], [against for _, against in everybody])


def held(one: Chart, everybody: Everybody) -> list[Any]:
    """One after the other, by the rules for one leg."""
    return [match(who, one, ("x",) if one.product.design in against else ()) for who, against in everybody]


def alike(one: Chart, everybody: Everybody) -> Counter[str]:
    """That both say the same of everybody; how often which status."""
    found = matched(one, block(everybody))
    alone = held(one, everybody)
    assert [STATUSES[code] for code in found.status] == [each.status for each in alone]
    named = [
        tuple(row.size.code for row, fits in zip(one.rows, column, strict=True) if fits) for column in found.fits.T
    ]
    if one.rows:
        assert named == [each.sizes for each in alone]
    return Counter(each.status for each in alone)


@given(charts(), everybodies)
def test_everybody_gets_the_status_and_the_sizes_that_one_by_one_gives(one: Chart, everybody: Everybody) -> None:
    alike(one, everybody)
    people = block(everybody)
    assert [people.one(place) for place in range(len(people))] == [who for who, _ in everybody]


def test_a_thousand_random_people_and_charts_meet_every_status() -> None:
    chance = random.Random(7)  # noqa: S311
    seen: Counter[str] = Counter()

    def some(names: list[str], most: int) -> list[str]:
        return chance.sample(names, chance.randint(0, most))

    def known_of() -> dict[str, float]:
        # On the very end of a range, and a rounding to either side of it.
        return {name: chance.randint(0, 16) + chance.choice([0.0, 1e-9, -1e-9]) for name in some(MEASURES, 6)}

    for _ in range(60):
        sizes = []
        for place in range(chance.randint(1, 5)):
            lows = {name: chance.randint(1, 10) for name in some(MEASURES, 3)}
            ends = {name: (float(low), float(low + chance.randint(1, 8))) for name, low in lows.items()}
            sizes.append(size(str(place), side=chance.choice([None, None, "left"]), weight_limit_kg=None, **ends))
        one = chart(*sizes, weight_limit_kg=chance.choice([None, 14.0]), worn=chance.choice(["inside", "outside"]))
        seen += alike(
            one,
            [
                (
                    Person(
                        chance.choice(["left", "right", None]),
                        chance.choice([None, 10.0, 20.0]),
                        known_of(),
                        known_of(),
                    ),
                    chance.choice([(), (), (), (one.product.design,)]),
                )
                for _ in range(20)
            ],
        )
    assert set(seen) == set(STATUSES)
    assert min(seen.values()) > 5


def takes(row: Size, limit: float | None, measure: str, who: Person, worn: str) -> bool:
    """Whether a size takes a value, or does not ask for it, or it is not known: the plain meaning, written anew."""
    known = who.inside if worn == "inside" else who.outside
    if measure == "weight":
        at_most = limit if row.weight_limit_kg is None else row.weight_limit_kg
        return at_most is None or who.weight_kg is None or who.weight_kg <= at_most + 1e-9
    names = [name for name in row.ranges if (name.startswith(SHOE) if measure == SHOE_SIZE else name == measure)]
    names = [name for name in names if name in known]
    return not names or any(
        known[name] >= row.ranges[name].low - 1e-9
        and (name in OF_THE_BRACE or known[name] <= row.ranges[name].high + 1e-9)
        for name in names
    )


ASKED = (SHOE_SIZE, "foot_length", "calf_circumference", "brace_height", "footplate_length", "weight")


@given(charts(), everybodies)
def test_who_is_outside_by_what_is_counted_as_the_words_say(one: Chart, everybody: Everybody) -> None:
    (counted,) = cover([one], [block(everybody)]).charts
    found = held(one, everybody)
    assert counted.statuses == {status: sum(each.status == status for each in found) for status in STATUSES}
    serving = [each for each in found if each.status in SERVED]
    assert counted.served == len(serving)
    # A size that is twice in a chart, for left and for right, has a name of its own here.
    assert [each.people for each in counted.sizes] == [
        sum(row.code in each.sizes for each in serving) for row in one.sizes
    ]
    assert [each.shared for each in counted.sizes] == [
        sum(row.code in each.sizes and len(each.sizes) > 1 for each in serving) for row in one.sizes
    ]
    people, alone, together = Counter[str](), Counter[str](), 0
    for (who, _), each in zip(everybody, found, strict=True):
        if each.status != "outside":
            continue
        there = [row.size for row in one.rows_of(who.side)]
        worn = one.product.worn
        told = False
        for measure in ASKED:
            if not any(takes(row, one.weight_limit_kg, measure, who, worn) for row in there):
                told = True
                people[measure] += 1
                others = [other for other in ASKED if other != measure]
                alone[measure] += any(
                    all(takes(row, one.weight_limit_kg, other, who, worn) for other in others) for row in there
                )
        together += not told
    by_measure = Counter[str]()
    by_alone = Counter[str]()
    for each_outside in counted.outside:
        by_measure[each_outside.measure] += each_outside.people
        by_alone[each_outside.measure] += each_outside.alone
    by_measure.pop("side", 0)
    assert by_measure == people
    assert +by_alone == +alone
    assert counted.together == together


@given(st.lists(charts(), max_size=3), everybodies)
def test_everybody_counts_once(some: list[Chart], everybody: Everybody) -> None:
    whole = cover(some, [block(everybody)])
    assert whole.people == whole.served + whole.unsuited + whole.unknown + whole.outside == len(everybody)
    by_chart = [held(one, everybody) for one in some if one.product.no_chart is None]
    served = [any(each.status in SERVED for each in answers) for answers in zip(*by_chart, strict=True)]
    assert whole.served == sum(served)
    assert whole.mixed <= whole.outside
    assert all(why.people <= whole.outside for why in whole.why)


LEAF = chart(
    size("S", foot_length=(220, 240), calf_circumference=(300, 360)),
    size("M", foot_length=(240, 260), calf_circumference=(320, 380)),
    size("L", foot_length=(270, 290), calf_circumference=(340, 400)),
    model="Leaf",
    weight_limit_kg=100,
)
TALL = chart(size("one", foot_length=(290, 320)), model="Tall", weight_limit_kg=100)
TEN = [
    person(foot_length=230.0, calf_circumference=330.0),  # S
    person(foot_length=240.0, calf_circumference=340.0),  # S and M: a border
    person(foot_length=240.0, calf_circumference=310.0),  # S alone: the calf is too thin for M
    person(foot_length=210.0, calf_circumference=330.0),  # below every foot length, by this alone
    person(foot_length=265.0, calf_circumference=350.0),  # between M and L
    person(foot_length=300.0, calf_circumference=500.0),  # above by both: by neither alone
    person(foot_length=250.0, calf_circumference=310.0),  # each has a size, M does not take the calf
    person(weight_kg=110.0, foot_length=230.0, calf_circumference=330.0),  # above the limit
    person(calf_circumference=330.0),  # foot length not known: S or M as far as is known
    person(),  # nothing known
]


def test_ten_people_counted_by_hand() -> None:
    whole = cover([LEAF, TALL], [of(TEN)])
    leaf, tall = whole.charts
    assert [(one.code, one.people, one.shared) for one in leaf.sizes] == [("S", 4, 2), ("M", 2, 2), ("L", 0, 0)]
    assert leaf.statuses == {"match": 2, "boundary": 1, "partial": 1, "outside": 5, "unsuited": 0, "no_chart": 1}
    assert leaf.outside == (
        Outside("foot_length", "small", 1, 1),
        Outside("foot_length", "between", 1, 1),
        Outside("foot_length", "large", 1, 0),
        Outside("calf_circumference", "large", 1, 0),
        Outside("weight", "large", 1, 1),
    )
    assert (leaf.together, leaf.served) == (1, 4)
    assert leaf.unknown == {"foot_length": 2, "calf_circumference": 1}
    assert [(one.code, one.people) for one in tall.sizes] == [("one", 1)]
    assert (whole.people, whole.served, whole.outside, whole.unknown) == (10, 5, 4, 1)
    # 210 mm lies below both charts, 110 kg above both; 265 mm and 250 mm below the one, and otherwise in the other.
    assert whole.why == (Why("foot_length", "small", 1), Why("weight", "large", 1))
    assert whole.mixed == 2


def test_a_chart_that_is_never_matched_keeps_nobody_outside() -> None:
    never = chart(size("S", foot_length=(1, 2)), no_chart="contradicts itself")
    whole = cover([LEAF, never], [of(TEN)])
    assert (whole.served, whole.outside, whole.unknown) == (4, 5, 1)
    assert whole.charts[1].statuses["no_chart"] == 10
    nothing = cover([never], [of(TEN)])
    assert (nothing.served, nothing.outside, nothing.unknown, nothing.why) == (0, 0, 10, ())


def test_no_size_for_a_side_is_a_reason() -> None:
    left = chart(size("S", foot_length=(220, 260)), side="left", model="Left")
    people = of(
        [person("left", foot_length=240.0), person("right", foot_length=240.0), person(None, foot_length=240.0)]
    )
    whole = cover([left], [people])
    assert (whole.served, whole.outside, whole.unknown) == (1, 1, 1)
    assert whole.why == (Why("side", "none", 1),)
    assert whole.charts[0].outside == (Outside("side", "none", 1, 0),)
    assert whole.charts[0].unknown == {"side": 1}
    assert whole.charts[0].sizes[0].side == "left"


def test_only_sizes_of_the_own_side_are_asked_why() -> None:
    """210 mm and a calf of 330 mm fit the left size; the right one is longer and wider: by both, by neither alone."""
    sided = chart(
        size("L", side="left", foot_length=(200, 220), calf_circumference=(300, 350)),
        size("R", side="right", foot_length=(240, 260), calf_circumference=(400, 450)),
    )
    (counted,) = cover([sided], [of([person("right", foot_length=210.0, calf_circumference=330.0)])]).charts
    assert counted.outside == (Outside("foot_length", "small", 1, 0), Outside("calf_circumference", "small", 1, 0))


def test_whom_one_chart_serves_is_not_told_of_a_finding_against_another() -> None:
    solid = chart(size("S", foot_length=(220, 260)), design="solid", model="Solid")
    people = of([person(foot_length=230.0, calf_circumference=330.0)], [("solid",)])
    whole = cover([LEAF, solid], [people])
    assert (whole.served, whole.unsuited, whole.charts[1].statuses["unsuited"]) == (1, 0, 1)


def test_a_finding_that_speaks_against_a_design_leaves_nobody_served_by_it() -> None:
    people = of([person(foot_length=230.0, calf_circumference=330.0)] * 2, [("posterior_leaf_spring",), ()])
    whole = cover([LEAF], [people])
    assert (whole.served, whole.unsuited) == (1, 1)
    assert whole.charts[0].sizes[0].people == 1


@pytest.mark.parametrize("at_once", [1, 3, 10])
def test_blocks_make_no_difference_and_progress_is_told(at_once: int) -> None:
    told: list[int] = []
    blocks = (of(TEN[start : start + at_once]) for start in range(0, 10, at_once))
    assert cover([LEAF, TALL], blocks, told.append) == cover([LEAF, TALL], [of(TEN)])
    assert told == [*range(at_once, 10, at_once), 10]


def test_nobody_and_no_chart() -> None:
    assert cover([LEAF], []).people == 0
    assert cover([], [of(TEN)]) == Cover(
        people=10, served=0, unsuited=0, unknown=10, outside=0, why=(), mixed=0, charts=()
    )


def test_the_same_sizes_that_serve_are_counted_together() -> None:
    counting = Counting([LEAF, TALL], shelf=True)
    counting.add(of(TEN))
    # Bits: S, M, L, one. Ten people: two with S alone, two with S and M, one with "one", five with none.
    assert counting.shelf == {b"\x01": 2, b"\x03": 2, b"\x08": 1, b"\x00": 5}


def test_the_service_starts_without_numpy() -> None:
    code = (
        "import sys; from afofit.app import create_app; from afofit.settings import Settings; create_app(Settings());"
    )
    code += "sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not DATA.exists(), reason="the survey of 6,068 adults (ANSUR II) is not beside this folder")
def test_six_thousand_real_adults_are_counted_as_one_by_one() -> None:
    """Against an invented chart: every tenth of them one by one, all of them at once."""
    with DATA.open(encoding="utf-8", newline="") as file:
        everybody = [
            person(
                weight_kg=float(row["weight_kg"]),
                foot_length=float(row["foot_length_mm"]),
                calf_circumference=float(row["calf_circumference_mm"]),
            )
            for row in csv.DictReader(file)
        ][::10]
    counted = cover([LEAF], [of(everybody)]).charts[0]
    assert counted.statuses == {**dict.fromkeys(STATUSES, 0), **Counter(match(one, LEAF).status for one in everybody)}
    assert counted.served > 100


def test_the_charts_of_the_program_serve_a_worn_shoe() -> None:
    whole = cover(built_in(), [of([person(outside={"shoe_us_men": 8.0}), person(outside={"shoe_us_men": 4.0})])])
    assert (whole.served, whole.outside, whole.why) == (1, 1, (Why(SHOE_SIZE, "small", 1),))
