"""One thing wrong with a chart, and all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
MOST_FAULTS = 200
"""How many faults are told one by one; of more, their number."""


@dataclass(frozen=True, slots=True)
class ChartFault:
    """One thing wrong with a chart; ``code`` and ``facts`` are for the words."""

    path: Path
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class BrokenChart(Exception):
    """A chart with everything that is wrong with it."""

    def __init__(self, faults: Sequence[ChartFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults[:MOST_FAULTS])
        if len(faults) > MOST_FAULTS:
            self.faults += (ChartFault((), "more_faults", {"count": len(faults) - MOST_FAULTS}),)
