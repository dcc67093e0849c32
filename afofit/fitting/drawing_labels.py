"""Dimension lines, leaders and where their labels stand, so that none lies on another."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.drawing_shapes import (
    Ellipse,
    Group,
    Label,
    Point,
    Polyline,
    Shape,
    text_width,
)
from afofit.fitting.values import Value

Caption = Callable[[str, Value], str]
"""What stands at a dimension line, from the code of the dimension and its value."""

PITCH = 1.25
"""Distance of two labels in a column, as a share of the text size."""


class Pen:
    """Collects the shapes of one view, each dimension in its own group."""

    __slots__ = ("caption", "shapes", "size", "values")

    def __init__(self, values: Mapping[str, Value], size: float, caption: Caption) -> None:
        self.values = values
        self.size = size
        self.caption = caption
        self.shapes: list[Shape] = []

    def text(self, name: str) -> str:
        """The caption of a dimension."""
        return self.caption(BY_NAME[name].code, self.values[name])

    def upright(
        self,
        name: str,
        x: float,
        bottom: float,
        top: float,
        *,
        from_bottom: float,
        from_top: float,
        text_at: float = 0.5,
    ) -> None:
        """A dimension line up and down, its text read from the right as in ISO 129."""
        label = Label((x, bottom + text_at * (top - bottom)), self.text(name), self.size, "code", 90)
        self._dimension(name, (x, bottom), (x, top), (from_bottom, bottom), (from_top, top), label)

    def level(self, name: str, y: float, left: float, right: float, *, from_y: float) -> None:
        """A dimension line from left to right, below or above what it measures."""
        label = Label(((left + right) / 2, y), self.text(name), self.size, "code")
        self._dimension(name, (left, y), (right, y), (left, from_y), (right, from_y), label)

    def across(self, name: str, left: float, right: float, y: float) -> None:
        """A dimension line over the shape itself, wide enough to carry its text."""
        label = Label(((left + right) / 2, y), self.text(name), self.size, "code")
        self.shapes.append(
            Group(name, (Polyline(((left, y), (right, y)), "line"), *self._arrows((left, y), (right, y)), label))
        )

    def bar(self, name: str, start: Point, end: Point) -> None:
        """A short dimension line whose text stands in a column beside the view."""
        self.shapes.append(Group(name, (Polyline((start, end), "line"), *self._arrows(start, end))))

    def spot(self, at: Point, radius_x: float, radius_y: float) -> None:
        """A place to be relieved."""
        self.shapes.append(Ellipse(at, radius_x, radius_y, "relief"))

    def column(
        self,
        targets: Sequence[tuple[str, Point]],
        *,
        x: float,
        side: Literal[1, -1] | int,
        lowest: float,
        highest: float,
    ) -> None:
        """Labels one above the other beside the view, each with a leader to its place."""
        ordered = sorted(targets, key=lambda target: target[1][1])
        heights = spread([point[1] for _, point in ordered], PITCH * self.size, lowest, highest)
        for (name, point), height in zip(ordered, heights, strict=True):
            text = self.text(name)
            elbow = (x - side * 0.8 * self.size, height)
            near = (x - side * 0.15 * self.size, height)
            label = Label((x + side * text_width(text, self.size) / 2, height), text, self.size, "code")
            dot = Ellipse(point, 0.14 * self.size, 0.14 * self.size, "dot")
            self.shapes.append(Group(name, (Polyline((point, elbow, near), "extension"), dot, label)))

    def _dimension(self, name: str, start: Point, end: Point, first: Point, second: Point, label: Label) -> None:
        shapes: list[Shape] = []
        for origin, foot in ((first, start), (second, end)):
            if math.dist(origin, foot) > 0.5 * self.size:
                over = 0.35 * self.size / math.dist(origin, foot)
                beyond = (foot[0] + (foot[0] - origin[0]) * over, foot[1] + (foot[1] - origin[1]) * over)
                shapes.append(Polyline((origin, beyond), "extension"))
        self.shapes.append(Group(name, (*shapes, Polyline((start, end), "line"), *self._arrows(start, end), label)))

    def _arrows(self, start: Point, end: Point) -> tuple[Shape, Shape]:
        """Open arrowheads of 30° at both ends."""
        length = math.dist(start, end) or 1.0
        reach = min(0.55 * self.size, 0.3 * length)
        along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
        aside = (-along[1] * reach * 0.27, along[0] * reach * 0.27)

        def head(tip: Point, sign: int) -> Shape:
            foot = (tip[0] + sign * along[0] * reach, tip[1] + sign * along[1] * reach)
            wings = (foot[0] + aside[0], foot[1] + aside[1]), (foot[0] - aside[0], foot[1] - aside[1])
            return Polyline((wings[0], tip, wings[1]), "line")

        return head(start, 1), head(end, -1)


def spread(wanted: Sequence[float], pitch: float, lowest: float, highest: float) -> list[float]:
    """Ascending heights at least a pitch apart, near those wanted and not below the lowest.

    They pass the highest only where there is no room left.
    """
    heights: list[float] = []
    for height in wanted:
        floor = heights[-1] + pitch if heights else lowest
        heights.append(max(height, floor))
    ceiling = highest
    for place in range(len(heights) - 1, -1, -1):
        room = lowest + place * pitch
        heights[place] = max(min(heights[place], ceiling), room)
        ceiling = heights[place] - pitch
    return heights
