"""Fuzz one parser, following its branches: python -m tests.fuzz.run readings --seconds 120.

The bytes that make it fail, if any, are written beside the finds of this run and printed; they belong into
``FOUND`` of test_targets.py once the parser is mended.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["afofit"]):
    from tests.fuzz.targets import TARGETS, seeds


def main() -> None:
    """Fuzz until the time is over; libFuzzer ends the process itself, with 77 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=int, default=60)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix=f"afofit-fuzz-{given.target}-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for place, seed in enumerate(seeds(given.target)):
        (corpus / f"seed-{place}").write_bytes(seed)
    options = [f"-max_total_time={given.seconds}", "-seed=1", "-max_len=8000", "-timeout=10", "-rss_limit_mb=2000"]
    options += ["-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={folder}/", str(corpus)]
    atheris.Setup([sys.argv[0], *options], TARGETS[given.target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
