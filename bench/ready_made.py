"""Ready-made braces: one limb against 20 charts, and 100,000 people against them; run with python -m bench.ready_made.

All charts and people here are invented. Times are processor time, so that other work on the machine does not count.
The plain loop over ``match`` is measured on a part of the people and scaled; the cover counts everybody, and says by
which measure who is left outside, which the loop does not.
"""

import random
import statistics
import time
from collections.abc import Callable
from datetime import date

from afofit.cover.counting import cover
from afofit.cover.people import People, of
from afofit.fitting.chart import Chart, Size
from afofit.fitting.plan import fit
from afofit.fitting.stock import Person, match, matches, person
from afofit.schemas.request import read
from tests.examples import request_of
from tests.fitting.charts import chart, size

TODAY = date(2026, 11, 23)
CHARTS, SIZES = 20, ("XS", "S", "M", "L", "XL")
PEOPLE, ONE_BY_ONE, A_BLOCK = 100_000, 2_000, 16_384
ROUNDS = 7


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


def seconds_of(work: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Measure and print."""
    charts, somebody, persons = twenty(), one_limb(), everybody()
    print(f"\nready-made braces, {CHARTS} invented charts of {len(SIZES)} sizes, one limb (reach: ≤ 200 µs)")
    matches(somebody, charts, {})
    times = [seconds_of(lambda: [matches(somebody, charts, {}) for _ in range(100)]) / 100 for _ in range(15)]
    print(f"  {'every product with reasons, best first':45} {statistics.median(times) * 1e6:6.0f} µs")
    blocks: list[People] = [of(persons[start : start + A_BLOCK]) for start in range(0, PEOPLE, A_BLOCK)]
    print(f"\n{PEOPLE:,} invented people, {CHARTS} charts, against a plain loop over match, in turn")
    ratios, covers = [], []
    for turn in range(ROUNDS):
        some = persons[turn * ONE_BY_ONE : (turn + 1) * ONE_BY_ONE]
        loop = seconds_of(lambda some=some: [match(who, one) for who in some for one in charts]) * PEOPLE / ONE_BY_ONE  # type: ignore[misc]
        covers.append(seconds_of(lambda: cover(charts, blocks)))
        ratios.append(loop / covers[-1])
    print(f"  {'cover, counted and told why':45} {statistics.median(covers):6.2f} s")
    print(f"  loop, measured on {ONE_BY_ONE:,} people and scaled: {statistics.median(ratios):.0f} times as long")
    print(f"  {'':18} ratio of each round: {' '.join(f'{ratio:.0f}' for ratio in ratios)}")


if __name__ == "__main__":
    main()
