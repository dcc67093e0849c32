"""Measures everything against its peers and prints one Markdown table: python -m bench, or a part of it by name."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from bench import engine, keeping, ready_made, server, sheets
from bench.figures import NOTE, Figure, table

PARTS: dict[str, Callable[[int], Iterable[Figure]]] = {
    "engine": lambda _: engine.figures(),
    "ready_made": lambda _: ready_made.figures(),
    "served": server.figures,
    "sheets": lambda _: sheets.figures(),
    "keeping": lambda _: keeping.figures(),
}


def main() -> None:
    """Measure; what is going on goes to standard error, the table to standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; everything where none is named")
    parser.add_argument("--pairs", type=int, default=server.PAIRS, help="how often what is served is asked in turn")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    found = []
    for part in given.parts or PARTS:
        print(f"measuring: {part}", file=sys.stderr, flush=True)
        for figure in PARTS[part](given.pairs):
            found.append(figure)
            print(f"  {figure.line()}", file=sys.stderr, flush=True)
    said = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{said}; {NOTE}.\n\n{table(found)}")


if __name__ == "__main__":
    main()
