"""The rules of the stylesheet that light a measurement in the drawing while its field has the focus.

They are generated from the declarations: ``python -m afofit.web.lit`` writes ``static/lit.css``.
"""

from pathlib import Path

from afofit.fitting.measurements import MEASUREMENTS

FILE = Path(__file__).parent.parent / "static" / "lit.css"
LOOK = "{--l:var(--stop);--w:4.5px;--tf:var(--stop);--tt:var(--paper);--df:var(--stop);color:var(--stop)}"


def rules() -> str:
    """The text of the stylesheet: thicker line, filled tag and letter, so that colour is never alone."""
    names = [one.name for one in MEASUREMENTS]
    lines = [f".posture:has([data-for={name}] :focus) :is([data-m={name}],[data-for={name}] .code)" for name in names]
    return ",\n".join(lines) + f"\n{LOOK}\n"


if __name__ == "__main__":
    FILE.write_text(rules(), encoding="utf-8")
