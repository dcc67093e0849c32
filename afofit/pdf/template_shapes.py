"""What is cut, at true size (mm): the outline of a footplate, the strips of a strap, and their tiles.

A footplate lies as it is seen from above: y from the back of the heel to the toes, x from the line of
the foot; the inner side is on the left of a right foot and on the right of a left one.
"""

import math
from dataclasses import dataclass

from afofit.fitting.drawing_shapes import Box, Curve, Point, mirrored
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import EPSILON

OVERLAP_MM = 20.0
"""What two neighbouring tiles both show."""
INNER_SHARE = 0.43
"""Share of the plate's width on the inner side of the line of the foot, as in the dimensioned drawing."""
HEEL_STATION = 0.16
"""Where the heel is widest, as a share of the foot length: the place at which its width is measured."""
WAIST = 0.82
"""Width of the plate under the arch against the narrower of heel and ball, inner side."""
QUARTER = 0.5523
"""Handle of a cubic piece that draws a quarter of an ellipse."""


@dataclass(frozen=True, slots=True)
class Plate:
    """The numbers (mm) a footplate is drawn from; ``outer_end`` is None where one curve closes the toes."""

    inner_end: float
    outer_end: float | None
    width: float
    heel_width: float
    heel_station: float
    inner_ball: float
    outer_ball: float

    @property
    def inner_edge(self) -> float:
        """How far (mm) the inner edge lies from the line of the foot at the ball."""
        return INNER_SHARE * self.width

    @property
    def outer_edge(self) -> float:
        """How far (mm) the outer edge lies from the line of the foot at the ball."""
        return self.width - self.inner_edge

    @property
    def waist(self) -> Point:
        """The narrowest place of the inner edge: from the line of the foot, and from the heel."""
        across = WAIST * min(self.heel_width / 2, self.inner_edge)
        return across, self.heel_station + 0.5 * (self.inner_full - self.heel_station)

    @property
    def inner_full(self) -> float:
        """Where the inner edge reaches the full width: at the ball, or at the end of a shorter plate."""
        return min(self.inner_ball, self.inner_end)

    @property
    def outer_full(self) -> float:
        """Where the outer edge reaches the full width."""
        return self.outer_ball if self.outer_end is None else min(self.outer_ball, self.outer_end)

    @property
    def end_on_line(self) -> float:
        """Where (mm) the plate ends on the line of the foot."""
        if self.outer_end is None:
            return 0.97 * self.inner_end
        return self.outer_end + (self.inner_end - self.outer_end) * self.outer_edge / self.width

    @property
    def length(self) -> float:
        """The longest extent (mm) along the line of the foot."""
        return max(self.inner_end, self.outer_end or 0.0)


def plate_of(limb: LimbFitting) -> Plate | None:
    """The footplate of a braced limb; None while its length or width is not known."""
    known = {name: value.magnitude for name, value in limb.dimensions.items()}
    if "footplate_length_medial_mm" not in known or "footplate_width_mm" not in known:
        return None
    measured = {name: value.magnitude for name, value in limb.measured.items()}
    inner_end, outer_end = known["footplate_length_medial_mm"], known.get("footplate_length_lateral_mm")
    inner_ball = measured["ball_length_mm"]
    return Plate(
        inner_end=inner_end,
        outer_end=outer_end,
        width=known["footplate_width_mm"],
        heel_width=known.get("heel_seat_width_mm", measured["heel_width_mm"]),
        heel_station=min(HEEL_STATION * measured["foot_length_mm"], 0.6 * min(inner_end, outer_end or inner_end)),
        inner_ball=inner_ball,
        outer_ball=measured.get("lateral_ball_length_mm", 0.85 * inner_ball),
    )


def outline(plate: Plate, *, right: bool) -> Curve:
    """The edge of the plate seen from above; its widest and longest places are those of the numbers."""
    half, station = plate.heel_width / 2, plate.heel_station
    waist, inner, outer = plate.waist, plate.inner_edge, -plate.outer_edge
    pieces = [
        ((QUARTER * half, 0.0), (half, station * (1 - QUARTER)), (half, station)),
        _upright((half, station), waist),
        _upright(waist, (inner, plate.inner_full), 0.3, 0.56),
        *(_toes(plate) if plate.outer_end is None else _end(plate, plate.outer_end)),
        _upright((outer, plate.outer_full), (-half, station), 0.5, 0.4),
        ((-half, station * (1 - QUARTER)), (-QUARTER * half, 0.0), (0.0, 0.0)),
    ]
    curve = Curve((0.0, 0.0), tuple(pieces), "shell", closed=True)
    flipped = mirrored(curve) if right else curve
    if not isinstance(flipped, Curve):
        raise TypeError("a mirrored curve is a curve")
    return flipped


Piece = tuple[Point, Point, Point]


def _upright(start: Point, end: Point, leave: float = 0.42, arrive: float = 0.42) -> Piece:
    """A piece that leaves and arrives along the line of the foot, so that it bulges past neither end."""
    rise = end[1] - start[1]
    return (start[0], start[1] + leave * rise), (end[0], end[1] - arrive * rise), end


def _end(plate: Plate, outer_end: float) -> list[Piece]:
    """Past the ball where the plate is longer, then straight across from the inner to the outer end."""
    inner, outer = plate.inner_edge, -plate.outer_edge
    pieces: list[Piece] = []
    if plate.inner_end > plate.inner_full:
        tip = (0.95 * inner, plate.inner_end)
        pieces.append(_upright((inner, plate.inner_full), tip))
        inner = tip[0]
    if outer_end > plate.outer_full:
        tip = (0.95 * outer, outer_end)
        pieces += [((inner, plate.inner_end), tip, tip), _upright(tip, (outer, plate.outer_full))]
    else:
        pieces.append(((inner, plate.inner_end), (outer, outer_end), (outer, outer_end)))
    return pieces


def _toes(plate: Plate) -> list[Piece]:
    """Around the toes of a full plate."""
    inner, outer = plate.inner_edge, -plate.outer_edge
    tip = (0.16 * plate.width, plate.inner_end)
    inner_rise, outer_rise = plate.inner_end - plate.inner_full, plate.inner_end - plate.outer_full
    return [
        ((inner, plate.inner_full + 0.6 * inner_rise), (tip[0] + QUARTER * (inner - tip[0]), tip[1]), tip),
        (
            (tip[0] + 0.32 * (outer - tip[0]), tip[1]),
            (outer, plate.outer_full + 0.45 * outer_rise),
            (outer, plate.outer_full),
        ),
    ]


def box_of_plate(plate: Plate, *, right: bool) -> Box:
    """The level box around the outline."""
    inner = max(plate.inner_edge, plate.heel_width / 2)
    outer = max(plate.outer_edge, plate.heel_width / 2)
    left, far = (-inner, outer) if right else (-outer, inner)
    return left, 0.0, far, plate.length


@dataclass(frozen=True, slots=True)
class Tile:
    """One window on a shape: its box (mm), and its place counted from the top left, from 1."""

    box: Box
    row: int
    rows: int
    column: int
    columns: int

    @property
    def crosses(self) -> list[Point]:
        """Registration crosses of this window (mm): the same points as in the neighbouring windows."""
        left, bottom, right, top = self.box
        half = OVERLAP_MM / 2
        heights = [bottom + half] if self.row < self.rows else []
        heights += [top - half] if self.row > 1 else []
        across = (left + half, right - half) if right - left >= 2 * OVERLAP_MM else ((left + right) / 2,)
        places = [(x, y) for y in heights for x in across]
        sides = [right - half] if self.column < self.columns else []
        sides += [left + half] if self.column > 1 else []
        places += [(x, y) for x in sides for y in (bottom + half, top - half)]
        return list(dict.fromkeys(places))

    def holds(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a point lies in the window, at least so far (mm) from its edge."""
        left, bottom, right, top = self.box
        x, y = point
        return left + margin <= x <= right - margin and bottom + margin <= y <= top - margin


def count(length: float, room: float) -> int:
    """How many equal windows of at most ``room`` (mm) cover a length with the overlap."""
    if length <= room + EPSILON:
        return 1
    return math.ceil((length - OVERLAP_MM) / (room - OVERLAP_MM) - EPSILON)


def tiles(box: Box, width: float, height: float) -> list[Tile]:
    """Equal windows on a box, none wider or higher than given (mm), row by row from the top left."""
    left, bottom, right, top = box
    columns, rows = count(right - left, width), count(top - bottom, height)
    wide = (right - left + (columns - 1) * OVERLAP_MM) / columns
    high = (top - bottom + (rows - 1) * OVERLAP_MM) / rows
    found = []
    for row in range(rows):
        upper = top - row * (high - OVERLAP_MM)
        for column in range(columns):
            start = left + column * (wide - OVERLAP_MM)
            window = (start, upper - high, start + wide, upper)
            found.append(Tile(window, row + 1, rows, column + 1, columns))
    return found
