"""The shapes a drawing is made of: plain data in mm, y upward, of no file format."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top (mm)."""

Style = Literal[
    "limb", "thin", "dashed", "shell", "shell_back", "strap", "line", "extension", "dot", "joint", "relief", "ground"
]
"""What a shape stands for; each writer knows how to show it."""
Role = Literal["code", "note"]

LETTER_WIDTH = 0.66
"""Room (share of the text size) kept for one letter; no code of the drawing is wider on average."""
LETTER_HEIGHT = 1.0
"""Room (share of the text size) kept for a line of text with its halo."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A smooth line: a start, then cubic pieces of two handles and an end."""

    start: Point
    pieces: tuple[tuple[Point, Point, Point], ...]
    style: Style
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Polyline:
    """Straight lines from point to point."""

    points: tuple[Point, ...]
    style: Style
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse, or a circle, with its axes level and upright."""

    centre: Point
    radius_x: float
    radius_y: float
    style: Style


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text on a halo, centred at a point; ``turn_deg`` turns it counterclockwise."""

    at: Point
    text: str
    size: float
    role: Role
    turn_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Tag:
    """One letter in a box, centred at a point."""

    at: Point
    text: str
    size: float


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that belong to one named quantity, so that a page can light them together."""

    name: str
    shapes: "tuple[Shape, ...]"


Shape = Curve | Polyline | Ellipse | Label | Tag | Group


@dataclass(frozen=True, slots=True)
class Drawing:
    """One view: its shapes, the room they take (mm) and one sentence that says what is seen."""

    view: str
    sentence: str
    shapes: tuple[Shape, ...]
    box: Box
    text_size: float


def flat(shapes: Iterable[Shape]) -> list[Curve | Polyline | Ellipse | Label | Tag]:
    """Every shape outside of its group, in painting order."""
    plain: list[Curve | Polyline | Ellipse | Label | Tag] = []
    for shape in shapes:
        if isinstance(shape, Group):
            plain.extend(flat(shape.shapes))
        else:
            plain.append(shape)
    return plain


def smooth(points: Sequence[Point], style: Style, *, closed: bool = False, tension: float = 1 / 6) -> Curve:
    """A curve through all the points (Catmull-Rom as cubic pieces)."""
    count = len(points)
    pieces = []
    for place in range(count if closed else count - 1):
        before = points[place - 1] if place or closed else points[0]
        here, after = points[place], points[(place + 1) % count]
        beyond = points[(place + 2) % count] if closed or place + 2 < count else after
        pieces.append(
            (
                (here[0] + (after[0] - before[0]) * tension, here[1] + (after[1] - before[1]) * tension),
                (after[0] - (beyond[0] - here[0]) * tension, after[1] - (beyond[1] - here[1]) * tension),
                after,
            )
        )
    return Curve(points[0], tuple(pieces), style, closed)


def outline(*runs: Sequence[Point], style: Style) -> Curve:
    """A closed line, smooth within each run and with a corner where one run meets the next."""
    pieces: list[tuple[Point, Point, Point]] = []
    for place, run in enumerate(runs):
        following = runs[(place + 1) % len(runs)][0]
        pieces.extend(smooth(run, style).pieces)
        if run[-1] != following:
            pieces.append((run[-1], following, following))
    return Curve(runs[0][0], tuple(pieces), style, closed=True)


def arc(centre: Point, radius_x: float, radius_y: float, start_deg: float, end_deg: float, style: Style) -> Curve:
    """Part of an ellipse from one angle to another, counterclockwise positive."""
    steps = max(1, math.ceil(abs(end_deg - start_deg) / 90))
    width = math.radians(end_deg - start_deg) / steps
    handle = 4 / 3 * math.tan(width / 4)

    def place(angle: float, along: float = 0.0) -> Point:
        cosine, sine = math.cos(angle), math.sin(angle)
        return (
            centre[0] + radius_x * (cosine - along * sine),
            centre[1] + radius_y * (sine + along * cosine),
        )

    first = math.radians(start_deg)
    pieces = tuple(
        (
            place(first + step * width, handle),
            place(first + (step + 1) * width, -handle),
            place(first + (step + 1) * width),
        )
        for step in range(steps)
    )
    return Curve(place(first), pieces, style)


def moved(shape: Shape, by: Callable[[Point], Point], *, turn_deg: float = 0.0) -> Shape:
    """The shape with every point put elsewhere; text is turned, never mirrored."""
    match shape:
        case Curve():
            pieces = tuple((by(first), by(second), by(end)) for first, second, end in shape.pieces)
            return replace(shape, start=by(shape.start), pieces=pieces)
        case Polyline():
            return replace(shape, points=tuple(by(point) for point in shape.points))
        case Ellipse():
            return replace(shape, centre=by(shape.centre))
        case Label():
            return replace(shape, at=by(shape.at), turn_deg=shape.turn_deg + turn_deg)
        case Tag():
            return replace(shape, at=by(shape.at))
        case Group():
            return replace(shape, shapes=tuple(moved(inner, by, turn_deg=turn_deg) for inner in shape.shapes))
        case _:
            assert_never(shape)


def mirrored(shape: Shape) -> Shape:
    """The shape seen in a mirror, left for right; its text still reads, upright or from below."""
    match shape:
        case Label():
            turn = 180 - shape.turn_deg
            return replace(shape, at=(-shape.at[0], shape.at[1]), turn_deg=turn if turn <= 135 else turn - 180)
        case Group():
            return replace(shape, shapes=tuple(mirrored(inner) for inner in shape.shapes))
        case _:
            return moved(shape, lambda point: (-point[0], point[1]))


def text_width(text: str, size: float) -> float:
    """Room (mm) that a line of text may take along its line."""
    return LETTER_WIDTH * size * len(text)


def corners(shape: Label | Tag) -> tuple[Point, Point, Point, Point]:
    """The four corners (mm) of the room that a text takes."""
    if isinstance(shape, Tag):
        half_width = half_height = shape.size * 0.74
        angle = 0.0
    else:
        half_width, half_height = text_width(shape.text, shape.size) / 2, shape.size * LETTER_HEIGHT / 2
        angle = math.radians(shape.turn_deg)
    cosine, sine = math.cos(angle), math.sin(angle)
    x, y = shape.at
    first, second, third, fourth = (
        (x + cosine * across - sine * up, y + sine * across + cosine * up)
        for across, up in (
            (-half_width, -half_height),
            (half_width, -half_height),
            (half_width, half_height),
            (-half_width, half_height),
        )
    )
    return first, second, third, fourth


def reach(shape: Shape) -> list[Point]:
    """Points that hold the whole shape between them."""
    match shape:
        case Curve():
            return [shape.start, *(point for piece in shape.pieces for point in piece)]
        case Polyline():
            return list(shape.points)
        case Ellipse():
            (x, y), across, up = shape.centre, shape.radius_x, shape.radius_y
            return [(x - across, y - up), (x + across, y + up)]
        case Label() | Tag():
            return list(corners(shape))
        case Group():
            return [point for inner in shape.shapes for point in reach(inner)]
        case _:
            assert_never(shape)


def box_of(shapes: Iterable[Shape], margin: float = 0.0) -> Box:
    """The smallest level box around the shapes, with a margin (mm)."""
    points = [point for shape in shapes for point in reach(shape)]
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across) - margin, min(up) - margin, max(across) + margin, max(up) + margin
