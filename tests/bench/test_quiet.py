"""What others take of the machine is what all took but for us."""

import os
import subprocess
import sys

import pytest

from bench.quiet import Spent, others, spent

CORES = os.cpu_count() or 1


def test_what_is_not_ours_is_of_others() -> None:
    before, after = Spent(0.0, 100.0, 10.0), Spent(2.0, 101.5, 10.5)
    assert others(before, after) == pytest.approx(1.0 / (2.0 * CORES))
    assert others(before, after._replace(own=12.0)) == 0.0


def test_what_a_child_takes_is_ours() -> None:
    busy = [sys.executable, "-c", "while True: pass"]
    with subprocess.Popen(busy) as child:
        try:
            before = spent([os.getpid()])
            while spent([os.getpid()]).own - before.own < 0.1:
                sum(range(10_000))
        finally:
            child.kill()
    assert spent([child.pid]).own == 0.0
