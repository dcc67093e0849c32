"""Prints the engine's time, the preview's throughput against a bare JSON echo, and the sheet's time."""

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from afofit.fitting.plan import fit
from afofit.pdf.sheet import fitting_sheet
from afofit.schemas.request import read
from bench.ready_made import main as ready_made
from bench.server import live_answer, stored_throughputs, throughputs
from bench.sheets import main as sheets
from tests.endurance.service import KINDS
from tests.examples import request_of

EXAMPLES = Path(__file__).parents[1] / "tests" / "golden" / "examples.json"
TODAY = date(2026, 11, 23)


def median_of(work: Callable[[], object], *, runs: int, repeats: int = 15) -> float:
    """Median seconds of one call, over repeated batches."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(runs):
            work()
        times.append((time.perf_counter() - start) / runs)
    return statistics.median(times)


def main() -> None:
    """Measure and print."""
    examples = json.loads(EXAMPLES.read_text("utf-8"))["examples"]
    print(f"{os.cpu_count()} cores; medians\n")
    print("engine, one limb (reach: ≤ 300 µs)")
    for example in examples:
        request = read(example["request"], today=TODAY)
        seconds = median_of(lambda request=request: fit(request, today=TODAY), runs=100)
        print(f"  {example['name'][:45]:45} {seconds * 1e6:6.0f} µs")
    seconds = median_of(lambda: read(examples[0]["request"], today=TODAY), runs=100)
    print(f"  {'reading and checking the request':45} {seconds * 1e6:6.0f} µs")
    print("\nsheet (PDF), one limb")
    fitting = fit(read(examples[1]["request"], today=TODAY), today=TODAY)
    seconds = median_of(lambda: fitting_sheet(fitting, paper="a4"), runs=5, repeats=9)
    kilobytes = len(fitting_sheet(fitting, paper="a4")) / 1000
    print(f"  {'fitting sheet, A4':45} {seconds * 1e3:6.1f} ms  {kilobytes:.0f} kB")
    print("\npreview against a bare Flask JSON echo, same server, in turn (reach: ≥ 0.5)")
    told("preview", *throughputs(examples[0]["request"]))
    print(
        "\nlive check of the form, both legs, answered one after the other (reach: median ≤ 100 ms), against the echo"
    )
    seconds, beside_echo = live_answer(two_legs())
    print(f"  {'median answer':18} {seconds * 1e3:6.1f} ms")
    told("live check", *beside_echo)
    print("\nstored fitting with its audit row, durable when it is answered, against the echo (reach: ≥ 0.12)")
    for kind in KINDS:
        told(f"stored, {kind}", *stored_throughputs(examples[0]["request"], kind))


def two_legs() -> dict[str, Any]:
    """The request of the constructed child with two legs: the heaviest form there is."""
    return request_of("S01")


def told(name: str, ours: float, echo: float, ratios: list[float]) -> None:
    """Print one comparison with the echo."""
    print(f"  {name:18} {ours:6.0f} requests/s   echo {echo:6.0f} requests/s   ratio {statistics.median(ratios):.2f}")
    print(f"  {'':18} ratio of each pair: {' '.join(f'{ratio:.2f}' for ratio in ratios)}")


main()
ready_made()
sheets()
