"""Peak memory of one way: makes twenty sheets in a process of its own and prints the peak in bytes.

Called as ``python -m bench.peers.memory NAME FILE``; the file holds what the way is given, pickled.
"""

import pickle
import re
import resource
import subprocess
import sys
from pathlib import Path

from bench.peers.making import OURS, WAYS, maker

SHEETS = 20
STATUS = Path("/proc/self/status")


def peak_bytes(name: str, given: Path) -> int:
    """Peak memory (bytes) of a fresh process that makes the sheets."""
    command = [sys.executable, "-m", "bench.peers.memory", name, str(given)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _own_peak() -> int:
    """Peak of this process; ``ru_maxrss`` would also count the parent that it was started from."""
    if STATUS.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())
        if found:
            return int(found[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main() -> None:
    """Make the sheets and print the peak."""
    name, given = sys.argv[1:]
    thing = pickle.loads(Path(given).read_bytes())
    way = next(way for way in WAYS if way.name == name)
    make = maker(way, thing, None) if name == OURS else maker(way, None, thing)
    for _ in range(SHEETS):
        make()
    print(_own_peak())


if __name__ == "__main__":
    main()
