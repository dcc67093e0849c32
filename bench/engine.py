"""The engine, and reading a request, in this process."""

import json
from collections.abc import Iterator
from datetime import date
from functools import partial

from afofit.fitting.plan import fit
from afofit.fitting.request import Request
from afofit.schemas.request import read
from bench.figures import Figure, Pair, at_most, in_turn, middle, ratios
from tests.examples import EXAMPLES
from tests.fitting.oracle import Expected, expected

TODAY = date(2026, 11, 23)
RUNS = 100
MOST_MICROSECONDS = 300.0


def plainly(request: Request) -> list[Expected]:
    """The same rules by the tests' oracle: design, findings and numbers; no working, no source, nothing to be shown."""
    return [expected(request, side) for side, limb in request.limbs.items() if limb.braced]


def figures() -> Iterator[Figure]:
    """The engine on each worked example, and reading the first of them."""
    pairs: list[Pair] = []
    medians = []
    for example in EXAMPLES:
        request = read(example["request"], today=TODAY)
        found = in_turn(partial(fit, request, today=TODAY), partial(plainly, request), runs=RUNS)
        medians.append(1e6 * middle(found))
        pairs += found
    low, high = min(medians), max(medians)
    yield Figure(
        f"engine, one limb, {len(EXAMPLES)} examples",
        f"{low:.0f}–{high:.0f} µs",
        "the rules alone, by the tests' oracle",
        ratios(pairs),
        at_most(MOST_MICROSECONDS, high, "µs"),
    )
    document = EXAMPLES[0]["request"]
    found = in_turn(partial(read, document, today=TODAY), partial(json.loads, json.dumps(document)), runs=RUNS)
    yield Figure("reading and checking a request", f"{1e6 * middle(found):.0f} µs", "json.loads of it", ratios(found))
