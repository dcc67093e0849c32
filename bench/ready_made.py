"""Ready-made braces: one limb against 20 charts, and 100,000 people against them.

All charts and people here are invented. Times are processor time, so that other work on the machine does not count.
The plain loop over ``match`` is measured on a part of the people and scaled; the cover counts everybody, and says by
which measure who is left outside, which the loop does not.
"""

import random
import statistics
from collections.abc import Iterator, Sequence
from datetime import date

from afofit.cover.counting import cover
from afofit.cover.people import People, of
from afofit.fitting.chart import Chart, Row, Size
from afofit.fitting.plan import fit
from afofit.fitting.stock import Person, match, matches, person
from afofit.schemas.request import read
from bench.figures import Figure, at_most, in_turn, middle, ratios, seconds_of
from tests.examples import request_of
from tests.fitting.charts import chart, size

TODAY = date(2026, 11, 23)
CHARTS, SIZES = 20, ("XS", "S", "M", "L", "XL")
PEOPLE, ONE_BY_ONE, A_BLOCK = 100_000, 2_000, 16_384
ROUNDS = 7
MOST_MICROSECONDS = 200.0


def twenty() -> tuple[Chart, ...]:
    """Invented charts of five sizes, keyed by shoe, by foot length, by foot and calf, and by shoe and foot, in turn."""
    return tuple(
        chart(
            *(_size(kind, place, code) for place, code in enumerate(SIZES)),
            model=f"Invented {kind + 1}",
            worn="outside" if kind % 5 == 4 else "inside",
            weight_limit_kg=None if kind % 3 == 0 else 110.0,
        )
        for kind in range(CHARTS)
    )


def _size(kind: int, place: int, code: str) -> Size:
    ranges: dict[str, tuple[float, float]] = {}
    if kind % 4 in (0, 3):
        ranges |= {"shoe_us_men": (4 + 3 * place, 7 + 3 * place), "shoe_us_women": (5 + 3 * place, 8 + 3 * place)}
    if kind % 4 in (1, 2, 3):
        ranges["foot_length"] = (200 + 25 * place + kind, 225 + 25 * place + kind)
    if kind % 4 in (2, 3):
        ranges["calf_circumference"] = (280 + 40 * place, 320 + 40 * place)
    if kind % 4 == 1:
        ranges["footplate_length"] = (210 + 25 * place, 220 + 25 * place)
    if kind % 4 == 2:
        ranges["brace_height"] = (300 + 20 * place, 310 + 20 * place)
    return size(code, **ranges)


def everybody() -> list[Person]:
    """People of invented measures, some of them not known."""
    chance = random.Random(20)
    return [_somebody(chance) for _ in range(PEOPLE)]


def _somebody(chance: random.Random) -> Person:
    foot = chance.gauss(258, 18)
    known = {
        "foot_length": foot,
        "calf_circumference": chance.gauss(375, 32),
        "brace_height": chance.gauss(385, 25),
        "footplate_length": foot + 15,
        "shoe_us_men": round((foot * 3 / 25.4 - 22) * 2) / 2,
        "shoe_us_women": round((foot * 3 / 25.4 - 21) * 2) / 2,
    }
    if chance.random() < 0.1:
        del known[chance.choice(list(known))]
    return Person(chance.choice(["left", "right"]), chance.gauss(80, 15), known, known)


def one_limb() -> Person:
    """The first worked example, as its fitting holds it against charts."""
    (limb,) = fit(read(request_of("E1"), today=TODAY), today=TODAY, charts=()).limbs.values()
    return person(limb.limb, 82.0, limb.dimensions, limb.shoe)


def plain(one: Person, charts: Sequence[Chart]) -> list[tuple[str, ...]]:
    """The sizes of each chart that hold every known measure: no reason, no distance, no order of products."""
    return [tuple(row.size.code for row in chart.rows_of(one.side) if _holds(row, one, chart)) for chart in charts]


def _holds(row: Row, one: Person, chart: Chart) -> bool:
    known = one.inside if chart.product.worn == "inside" else one.outside
    return all(span.holds(known[name]) for name, span in row.size.ranges.items() if name in known)


def figures() -> Iterator[Figure]:
    """One limb with every reason, and everybody at once."""
    charts, somebody, persons = twenty(), one_limb(), everybody()
    found = in_turn(lambda: matches(somebody, charts, {}), lambda: plain(somebody, charts), runs=100)
    microseconds = 1e6 * middle(found)
    yield Figure(
        f"one limb, {CHARTS} charts of {len(SIZES)} sizes (invented), with reasons",
        f"{microseconds:.0f} µs",
        "a plain loop: does it fit",
        ratios(found),
        at_most(MOST_MICROSECONDS, microseconds, "µs"),
    )
    blocks: list[People] = [of(persons[start : start + A_BLOCK]) for start in range(0, PEOPLE, A_BLOCK)]
    covers, loops = [], []
    for turn in range(ROUNDS):
        some = persons[turn * ONE_BY_ONE : (turn + 1) * ONE_BY_ONE]
        loop = seconds_of(lambda some=some: [match(who, one) for who in some for one in charts])  # type: ignore[misc]
        covers.append(seconds_of(lambda: cover(charts, blocks)))
        loops.append(loop * PEOPLE / ONE_BY_ONE)
    yield Figure(
        f"{PEOPLE:,} people, {CHARTS} charts (invented), counted and told why",
        f"{statistics.median(covers):.2f} s",
        f"a plain loop over match, {ONE_BY_ONE:,} people, scaled",
        tuple(loop / one for loop, one in zip(loops, covers, strict=True)),
    )
