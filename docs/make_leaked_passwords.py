"""Writes the list of leaked passwords that are not taken: python -m docs.make_leaked_passwords LIST.

LIST is a text with one password a line, most often first. The list in the program comes from
``10-million-password-list-top-1000000.txt`` of SecLists (MIT; collected by Mark Burnett from leaks, public domain).
Of it those are kept that are long enough to be chosen here.
"""

import sys
from pathlib import Path

from afofit.web.passwords import LEAKED, mark
from afofit.web.sign_in import HABITS

SHORTEST = int(str(HABITS["PASSWORD_LENGTH_MIN"]))


def marks(passwords: list[str]) -> bytes:
    """The marks of those that are long enough, sorted, each once."""
    return b"".join(sorted({mark(password) for password in passwords if len(password) >= SHORTEST}))


def main() -> None:
    """Read the list and write the marks."""
    lines = Path(sys.argv[1]).read_text("utf-8", errors="replace").splitlines()
    LEAKED.write_bytes(marks(lines))


if __name__ == "__main__":
    main()
