"""Colours and the few painting operators that the layout needs."""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour as the operands of the operators, channels from 0 to 1."""

    operands: str

    @property
    def fill(self) -> str:
        """Set as the colour of fills and text."""
        return f"{self.operands} rg"

    @property
    def stroke(self) -> str:
        """Set as the colour of lines."""
        return f"{self.operands} RG"


def colour(code: str) -> Colour:
    """A colour from its six hexadecimal digits."""
    channels = (int(code[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return Colour(" ".join([f"{channel:.3f}".rstrip("0").rstrip(".") or "0" for channel in channels]))


INK = colour("14212b")
SOFT = colour("475763")
EDGE = colour("5a6b77")
RULE = colour("cbd5db")
GROUND = colour("eff3f5")
PAPER = colour("ffffff")
BRAND = colour("0b4f6c")
TINT = colour("e6f0f5")
SHELL = colour("cfdee6")
LEFT, LEFT_TINT = colour("0a6463"), colour("e3f2f1")
RIGHT, RIGHT_TINT = colour("5a2f92"), colour("f0eaf8")
STOP, STOP_TINT = colour("a4101f"), colour("fdecee")
CAUTION, CAUTION_EDGE, CAUTION_TINT = colour("7a4800"), colour("b87400"), colour("fff3d6")
READY, READY_TINT = colour("17603a"), colour("e4f4ea")

SIDE_COLOURS = {"left": (LEFT, LEFT_TINT), "right": (RIGHT, RIGHT_TINT)}


def number(value: float) -> str:
    """A coordinate (points) to a hundredth.

    Zeros at the end stay: to take them off costs more time than they cost room once packed. A value just
    below zero gives -0.00, which is a zero to every reader.
    """
    return f"{value:.2f}"


def rectangle(x: float, y: float, width: float, height: float) -> str:
    """The path of a rectangle."""
    return f"{x:.2f} {y:.2f} {width:.2f} {height:.2f} re"


def filled(x: float, y: float, width: float, height: float, shade: Colour) -> str:
    """A filled rectangle."""
    return f"{shade.fill} {rectangle(x, y, width, height)} f"


def framed(x: float, y: float, width: float, height: float, shade: Colour, thickness: float = 0.6) -> str:
    """The frame of a rectangle."""
    return f"{shade.stroke} {number(thickness)} w {rectangle(x, y, width, height)} S"


def line(x0: float, y0: float, x1: float, y1: float, shade: Colour, thickness: float = 0.6) -> str:
    """A straight line."""
    return f"{shade.stroke} {thickness:.2f} w {x0:.2f} {y0:.2f} m {x1:.2f} {y1:.2f} l S"


def circle(x: float, y: float, radius_x: float, radius_y: float) -> str:
    """The path of an ellipse with level axes."""
    across, up = 0.5523 * radius_x, 0.5523 * radius_y
    left, right, bottom, top = x - radius_x, x + radius_x, y - radius_y, y + radius_y
    return (
        f"{right:.2f} {y:.2f} m "
        f"{right:.2f} {y + up:.2f} {x + across:.2f} {top:.2f} {x:.2f} {top:.2f} c "
        f"{x - across:.2f} {top:.2f} {left:.2f} {y + up:.2f} {left:.2f} {y:.2f} c "
        f"{left:.2f} {y - up:.2f} {x - across:.2f} {bottom:.2f} {x:.2f} {bottom:.2f} c "
        f"{x + across:.2f} {bottom:.2f} {right:.2f} {y - up:.2f} {right:.2f} {y:.2f} c h"
    )


def polygon(points: list[tuple[float, float]]) -> str:
    """The path of a closed polygon."""
    first, *rest = [f"{x:.2f} {y:.2f}" for x, y in points]
    return f"{first} m {' '.join(f'{point} l' for point in rest)} h"
