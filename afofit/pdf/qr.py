"""A QR code as one small picture."""

from functools import lru_cache

import segno

from afofit.pdf.paint import INK, number

FIXED_MASK = 2
QUIET = 4
"""Light modules around the code, as ISO/IEC 18004 asks."""


@lru_cache(maxsize=64)
def _rows(text: str) -> tuple[int, str]:
    code = segno.make(text, error="m", mask=FIXED_MASK, micro=False, boost_error=False)
    matrix = code.matrix
    side = len(matrix)
    wide = -(-side // 8) * 8
    rows = []
    for row in matrix:
        bits = "".join(["1" if module & 1 else "0" for module in row]).ljust(wide, "0")
        rows.append(f"{int(bits, 2):0{wide // 4}X}")
    return side, "".join(rows)


def code(text: str, x: float, y: float, size: float) -> str:
    """The operator that paints the code with its quiet border in a square (points)."""
    side, rows = _rows(text)
    module = size / (side + 2 * QUIET)
    inner = side * module
    place = f"{number(inner)} 0 0 {number(inner)} {number(x + QUIET * module)} {number(y + QUIET * module)} cm"
    head = f"BI /W {side} /H {side} /BPC 1 /IM true /D [1 0] /F /AHx ID"
    return f"q {INK.fill} {place} {head}\n{rows}>\nEI Q"
