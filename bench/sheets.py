"""The fitting sheet against its peers; python -m bench.sheets shows every way with its pages, size and memory.

Each peer is handed the finished words of our own sheet; ours has to find them first, so that the
comparison favours the peers. All run in one process, in turn, fonts and libraries loaded. Times are
processor time, so that other work on the machine does not count.
"""

import gc
import pickle
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader

from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.pdf.sheet import fitting_sheet
from afofit.schemas.request import read
from bench.figures import Figure, at_least, at_most
from bench.peers.content import Content
from bench.peers.making import OURS, WAYS, NotInstalled, maker
from bench.peers.memory import peak_bytes
from bench.peers.reading import content_of
from tests.examples import request_of

CASES = {"E2": "one leg", "S01": "two legs"}
TODAY = date(2026, 11, 23)
ROUNDS = 9
SAME_WORDS = 0.95
"""Share of our words that a peer must print as well."""
WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?")
LEAST = {"weasyprint": 18.0, "platypus": 2.5, "floor": 0.2}
"""How many times as fast as each peer a sheet is to be."""
MOST_MEGABYTES, MOST_KILOBYTES = 45.0, 60.0
"""Peak of the process, and the file, reckoned on two pages."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One way measured: milliseconds, its time as a multiple of ours in each round, and the file."""

    name: str
    label: str
    milliseconds: float
    ratios: tuple[float, ...]
    pages: int
    size: int
    peak: int
    words: float

    @property
    def kilobytes(self) -> float:
        """Size, reckoned on two pages."""
        return 2 * self.size / self.pages / 1000

    def row(self) -> str:
        """A row of the table."""
        middle, low, high = statistics.median(self.ratios), min(self.ratios), max(self.ratios)
        return (
            f"  {self.label:30} {self.milliseconds:7.1f} {middle:7.2f} ({low:5.2f} to {high:5.2f}) {self.pages:5} "
            f"{self.size / 1000:6.0f} {self.kilobytes:8.0f} {self.peak / 1e6:7.0f} "
            f"{100 * self.words:6.1f}"
        )


TITLES = (
    f"  {'':30} {'ms':>7} {'times ours, of each round':>24} {'pages':>5} {'kB':>6} {'kB for 2':>8} "
    f"{'peak MB':>7} {'words %':>6}"
)


def words_of(sheet: bytes) -> tuple[Counter[str], int]:
    """The words on a sheet with how often each stands there, and the number of pages."""
    reader = PdfReader(BytesIO(sheet))
    return Counter(WORD.findall(" ".join(page.extract_text() for page in reader.pages))), len(reader.pages)


def share_of_words(ours: bytes, theirs: bytes) -> float:
    """Share of the words of one sheet that stand on the other, each as often."""
    wanted, found = words_of(ours)[0], words_of(theirs)[0]
    return (wanted & found).total() / wanted.total()


def timed(makers: dict[str, Callable[[], bytes]]) -> dict[str, list[float]]:
    """Milliseconds of every round, all ways in turn; the first round only warms up."""
    times: dict[str, list[float]] = {name: [] for name in makers}
    for place in range(ROUNDS + 1):
        for name, make in makers.items():
            gc.collect()  # what one way leaves behind must not be cleared away in the time of the next
            start = time.process_time()
            make()
            if place:
                times[name].append(1000 * (time.process_time() - start))
    return times


def measured(fitting: Fitting) -> tuple[list[Measured], list[str]]:
    """Every installed way on one fitting, and what is to be said of those that are missing.

    Raises ValueError where a peer prints other words.
    """
    ours = fitting_sheet(fitting, paper="a4")
    content = content_of(ours, fitting)
    makers, missing = {}, []
    for way in WAYS:
        try:
            makers[way.name] = maker(way, fitting, content)
        except NotInstalled as reason:
            missing.append(str(reason))
    times = timed(makers)
    peaks = _peaks(list(makers), fitting, content)
    rows = []
    for way in (way for way in WAYS if way.name in makers):
        sheet = makers[way.name]()
        share = share_of_words(ours, sheet)
        if share < SAME_WORDS:
            raise ValueError(f"{way.label} prints only {share:.0%} of the words")
        ratios = tuple(one / other for one, other in zip(times[way.name], times[OURS], strict=True))
        middle = statistics.median(times[way.name])
        rows.append(
            Measured(way.name, way.label, middle, ratios, words_of(sheet)[1], len(sheet), peaks[way.name], share)
        )
    return rows, missing


def _peaks(names: list[str], fitting: Fitting, content: Content) -> dict[str, int]:
    with tempfile.TemporaryDirectory() as folder:
        peaks = {}
        for name in names:
            given = Path(folder) / name
            given.write_bytes(pickle.dumps(fitting if name == OURS else content))
            peaks[name] = peak_bytes(name, given)
    return peaks


def figures() -> Iterator[Figure]:
    """Time against every peer, then memory and size against the one that tags as well; tells what is not installed."""
    for key, label in CASES.items():
        rows, missing = measured(fit(read(request_of(key), today=TODAY), today=TODAY))
        ours, *peers = rows
        sheet = f"fitting sheet, {label}"
        for peer in peers:
            least = LEAST.get(peer.name)
            reach = None if least is None else at_least(least, peer.ratios)
            yield Figure(sheet, f"{ours.milliseconds:.1f} ms", peer.label, peer.ratios, reach)
        for reason in missing:
            print(reason, file=sys.stderr)
        beside = next((peer for peer in peers if peer.name == "weasyprint"), peers[0])
        yield _of_one(f"{sheet}, peak memory", ours.peak / 1e6, beside.peak / 1e6, "MB", beside, MOST_MEGABYTES)
        what = f"{sheet}, file, of two pages"
        yield _of_one(what, ours.kilobytes, beside.kilobytes, "kB", beside, MOST_KILOBYTES)


def _of_one(what: str, ours: float, theirs: float, unit: str, peer: Measured, most: float) -> Figure:
    """A figure that is the same in every round."""
    peers = f"{peer.label}, {theirs:.0f} {unit}"
    return Figure(what, f"{ours:.0f} {unit}", peers, (theirs / ours,), at_most(most, ours, unit))


def main() -> None:
    """Measure and print every way."""
    missing: list[str] = []
    for key, label in CASES.items():
        rows, missing = measured(fit(read(request_of(key), today=TODAY), today=TODAY))
        print(f"fitting sheet, {label} ({key}); median of {ROUNDS} rounds in turn")
        print(TITLES)
        for row in rows:
            print(row.row())
        print()
    for reason in missing:
        print(reason)


if __name__ == "__main__":
    main()
