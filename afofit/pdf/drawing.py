"""Drawings for paper: the same shapes as operators of a page."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from afofit.fitting.drawing_shapes import (
    Curve,
    Drawing,
    Ellipse,
    Group,
    Label,
    Point,
    Polyline,
    Shape,
    Style,
    Tag,
    flat,
)
from afofit.pdf import fonts
from afofit.pdf.layout import Sheet
from afofit.pdf.layout import Style as TextStyle
from afofit.pdf.paint import BRAND, EDGE, GROUND, INK, PAPER, SHELL, SOFT, Colour, circle, filled, number, rectangle


@dataclass(frozen=True, slots=True)
class Look:
    """How a style of line is painted: fill, line, thickness (points) and dashes."""

    fill: Colour | None
    stroke: Colour | None
    thickness: float = 0.5
    dash: str = ""


LOOKS: dict[Style, Look] = {
    "limb": Look(GROUND, EDGE, 0.6),
    "thin": Look(None, EDGE, 0.5),
    "dashed": Look(None, EDGE, 0.5, "3 2"),
    "shell": Look(SHELL, BRAND, 1.4),
    "shell_back": Look(None, BRAND, 1.1, "3 2"),
    "strap": Look(None, BRAND, 0.7),
    "line": Look(None, INK, 0.5),
    "extension": Look(None, SOFT, 0.35),
    "dot": Look(INK, None),
    "joint": Look(PAPER, INK, 0.8),
    "relief": Look(None, INK, 0.5, "1.5 1.5"),
    "ground": Look(None, EDGE, 0.6),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a drawing lies on the page: points for a millimetre, and the page point of its origin."""

    scale: float
    x: float
    y: float

    def at(self, point: Point) -> Point:
        """The place on the page (points) of a point of the drawing (mm)."""
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale


def size_of(drawing: Drawing) -> Point:
    """Width and height (mm) of a drawing."""
    left, bottom, right, top = drawing.box
    return right - left, top - bottom


def operators(sheet: Sheet, drawing: Drawing, placement: Placement) -> list[str]:
    """The operators that paint a drawing: the areas first, so that the leg is seen through the brace."""
    areas = [
        f"{look.fill.fill} {_path(shape, placement)} f"
        for shape in flat(drawing.shapes)
        if isinstance(shape, Curve | Polyline) and (look := LOOKS[shape.style]).fill is not None
    ]
    return ["q 1 j 1 J", *areas, *_shapes(sheet, drawing.shapes, placement), "Q"]


def _shapes(sheet: Sheet, shapes: Iterable[Shape], placement: Placement) -> list[str]:
    painted: list[str] = []
    for shape in shapes:
        painted.extend(_shape(sheet, shape, placement))
    return painted


def _shape(sheet: Sheet, shape: Shape, placement: Placement) -> list[str]:
    match shape:
        case Curve() | Polyline():
            return [f"{_pen(LOOKS[shape.style])} {_path(shape, placement)} S"]
        case Ellipse():
            x, y = placement.at(shape.centre)
            path_text = circle(x, y, shape.radius_x * placement.scale, shape.radius_y * placement.scale)
            return [_disc(path_text, LOOKS[shape.style])]
        case Label():
            return _label(sheet, shape, placement)
        case Tag():
            return _tag(sheet, shape, placement)
        case Group():
            return _shapes(sheet, shape.shapes, placement)
        case _:
            assert_never(shape)


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _path(shape: Curve | Polyline, placement: Placement) -> str:
    if isinstance(shape, Curve):
        steps = [f"{_pair(placement.at(shape.start))} m"]
        steps += [" ".join([_pair(placement.at(point)) for point in piece]) + " c" for piece in shape.pieces]
    else:
        first, *rest = [_pair(placement.at(point)) for point in shape.points]
        steps = [f"{first} m", *[f"{point} l" for point in rest]]
    return " ".join([*steps, "h"] if shape.closed else steps)


def _pen(look: Look) -> str:
    stroke = look.stroke or INK
    return f"{stroke.stroke} {number(look.thickness)} w [{look.dash}] 0 d"


def _disc(path: str, look: Look) -> str:
    if look.fill is None:
        return f"{_pen(look)} {path} S"
    return f"{look.fill.fill} {path} f" if look.stroke is None else f"{look.fill.fill} {_pen(look)} {path} B"


def _label(sheet: Sheet, label: Label, placement: Placement) -> list[str]:
    """Text on a white halo, so that no line runs through it."""
    size = label.size * placement.scale
    style = TextStyle(size, size, label.role == "code", INK if label.role == "code" else SOFT)
    width = fonts.width(label.text, style.face, size)
    x, y = placement.at(label.at)
    turn = math.radians(label.turn_deg)
    cosine, sine = math.cos(turn), math.sin(turn)
    half, drop = width / 2, 0.35 * size
    start = (x - cosine * half + sine * drop, y - sine * half - cosine * drop)
    margin, up = 0.18 * size, 0.72 * size
    corner = number(-margin), number(-0.14 * size), number(width + 2 * margin), number(up + 0.28 * size)
    matrix = f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {_pair(start)} cm"
    halo = f"q {PAPER.fill} {matrix} {' '.join(corner)} re f Q"
    return [halo, sheet.turned(start[0], start[1], label.text, style, cosine, sine)]


def _tag(sheet: Sheet, tag: Tag, placement: Placement) -> list[str]:
    size = tag.size * placement.scale
    style = TextStyle(size, size, True)
    x, y = placement.at(tag.at)
    half = 0.74 * size
    box = filled(x - half, y - half, 2 * half, 2 * half, PAPER)
    frame = f"{EDGE.stroke} 0.6 w [] 0 d {rectangle(x - half, y - half, 2 * half, 2 * half)} S"
    width = fonts.width(tag.text, style.face, size)
    return [box, frame, sheet.text(x - width / 2, y - 0.36 * size, tag.text, style)]
