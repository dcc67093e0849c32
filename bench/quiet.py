"""Whether other work on the machine disturbs a measurement: what was disturbed is measured again."""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

import psutil

MOST = 0.1
"""The share of the machine that others may take meanwhile."""


class Spent(NamedTuple):
    """Seconds since the start: of the clock, of all processors, of our own processes."""

    clock: float
    machine: float
    own: float


def spent(roots: Iterable[int]) -> Spent:
    """What was spent until now, by everybody and by the processes of these roots."""
    times = psutil.cpu_times()
    busy = sum(times) - times.idle - getattr(times, "iowait", 0.0)
    # What guests take is in the time of their users already.
    busy -= getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return Spent(time.monotonic(), busy, sum(map(_own, roots)))


def _own(root: int) -> float:
    seconds = 0.0
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(root)
        for process in (first, *first.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                seconds += sum(process.cpu_times()[:2])
    return seconds


def others(before: Spent, after: Spent) -> float:
    """The share of the machine that others took between two moments."""
    took = (after.machine - before.machine) - (after.own - before.own)
    return max(0.0, took) / ((after.clock - before.clock) * (os.cpu_count() or 1))
