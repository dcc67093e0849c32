"""How each measurement is taken: one drawing for each posture, a letter at each measurement (mm)."""

from collections.abc import Callable, Sequence

from afofit.fitting.drawing_limb import Leg, lateral_outline, leg_of, plantar_outline, posterior_outline
from afofit.fitting.drawing_shapes import (
    Curve,
    Drawing,
    Ellipse,
    Group,
    Label,
    Point,
    Polyline,
    Shape,
    Tag,
    arc,
    box_of,
    mirrored,
    moved,
    smooth,
)
from afofit.fitting.measurements import BY_NAME, Posture
from afofit.fitting.values import Side

ADULT: dict[str, float] = {
    "fibular_head_height_mm": 455,
    "calf_circumference_mm": 388,
    "calf_circumference_height_mm": 318,
    "ankle_circumference_mm": 228,
    "malleolar_width_mm": 75,
    "lateral_malleolus_apex_height_mm": 68,
    "foot_length_mm": 270,
    "ball_length_mm": 201,
    "lateral_ball_length_mm": 171,
    "forefoot_width_mm": 102,
    "heel_width_mm": 72,
}
"""The leg that is shown: a constructed adult."""
LEG: Leg = leg_of(ADULT)

TAG_SIZE = 19.0
NOTE_SIZE = 15.0
BEHIND_X, BEHIND_Y, BEHIND_SCALE = 224.0, 205.0, 0.82
"""Where the ankle from behind stands beside the side view."""

SENTENCES: dict[Posture, str] = {
    "seated": "{side} lower leg from the outer side and ankle from behind with the measurements taken seated "
    "marked by letter",
    "lying": "{side} ankle from the outer side with the goniometer centred on the outer malleolus",
    "standing": "{side} foot from above with the measurements taken standing marked by letter",
}


def measuring_drawing(posture: Posture, names: Sequence[str], *, side: Side) -> Drawing:
    """The drawing of one posture with the named measurements; names of other postures are left out."""
    groups = MARKS[posture]
    shapes: list[Shape] = [*BACKGROUND[posture]()]
    shapes += [Group(name, groups[name]()) for name in names if name in groups]
    everything: list[Shape] = [*BACKGROUND[posture](), *(shape for mark in groups.values() for shape in mark())]
    box = box_of(everything, 4)
    if side == "left":
        shapes = [mirrored(shape) for shape in shapes]
        box = (-box[2], box[1], -box[0], box[3])
    return Drawing(posture, SENTENCES[posture].format(side=side.capitalize()), tuple(shapes), box, TAG_SIZE)


def _letter(name: str, at: Point) -> Tag:
    return Tag(at, BY_NAME[name].letter, TAG_SIZE)


def _height(name: str, x: float, height: float, landmark: float, tag: float) -> tuple[Shape, ...]:
    """Floor to a landmark: a line with end strokes, an extension line and a dot on the landmark."""
    ends = (Polyline(((x - 6, height), (x + 6, height)), "line"), Polyline(((x - 6, 0), (x + 6, 0)), "line"))
    return (
        Polyline(((x, height), (landmark, height)), "extension"),
        Polyline(((x, 0), (x, height)), "line"),
        *ends,
        Ellipse((landmark, height), 5, 5, "dot"),
        _letter(name, (x, tag)),
    )


def _girth(name: str, height: float, tag_x: float) -> tuple[Shape, ...]:
    """A tape around the shank, its far side dashed."""
    left, right = LEG.back(height), LEG.front(height)
    centre, half = ((left + right) / 2, height), (right - left) / 2
    return (
        arc(centre, half, 15, 0, 180, "extension"),
        arc(centre, half, 15, 180, 360, "line"),
        Polyline(((right, height), (tag_x - 14, height)), "extension"),
        _letter(name, (tag_x, height)),
    )


def _behind(point: Point) -> Point:
    return BEHIND_X + BEHIND_SCALE * point[0], BEHIND_Y + BEHIND_SCALE * point[1]


def _seated() -> tuple[Shape, ...]:
    head = LEG.head_height
    bone = (0.62 * LEG.back(head) + 0.38 * LEG.front(head), head - 11)
    fibula = smooth([(bone[0], head - 20), (bone[0] + 8, 250), (LEG.axis - 6, 86)], "dashed")
    outline = posterior_outline(LEG)
    low = [piece for piece in outline.pieces if max(point[1] for point in piece) < 250]
    start = next(piece[2] for piece in outline.pieces if piece[2][1] < 260)
    ankle = moved(Curve(start, tuple(low), "limb"), _behind)
    ground = _behind((0, -4))
    return (
        lateral_outline(LEG),
        fibula,
        Ellipse(bone, 11, 12, "thin"),
        Ellipse((LEG.axis, 68), 13, 17, "thin"),
        Polyline(((-112, -4), (288, -4)), "ground"),
        ankle,
        Polyline(((ground[0] - 60, ground[1]), (ground[0] + 60, ground[1])), "ground"),
        Label((BEHIND_X, ground[1] - 15), "from behind", NOTE_SIZE, "note"),
    )


def _malleolar_width() -> tuple[Shape, ...]:
    left, right = _behind((-37.5, 68)), _behind((37.5, 68))
    y = left[1]
    return (
        Polyline((left, right), "line"),
        Polyline(((left[0], y - 16), (left[0], y + 16)), "line"),
        Polyline(((right[0], y - 16), (right[0], y + 16)), "line"),
        Ellipse(left, 5, 5, "dot"),
        Ellipse(right, 5, 5, "dot"),
        _letter("malleolar_width", (BEHIND_X, y + 34)),
    )


def _heel_instep_girth() -> tuple[Shape, ...]:
    back, bend = (2.0, 34.0), (LEG.front(100) + 3, 92.0)
    return (
        smooth([back, (44, 82), bend], "extension"),
        smooth([back, (60, 44), bend], "line"),
        Polyline((bend, (134, 152)), "extension"),
        _letter("heel_instep_girth", (146, 164)),
    )


def _lying() -> tuple[Shape, ...]:
    outline = lateral_outline(LEG)
    top = 262.0
    points = [outline.start, *(piece[2] for piece in outline.pieces)]
    low = [point for point in points if point[1] < top]
    first, last = (LEG.front(top), top), (LEG.back(top), top)
    return (
        smooth([first, *low, last], "limb"),
        Ellipse((LEG.axis, 68), 13, 17, "thin"),
        Label((LEG.axis, 296), "shank", NOTE_SIZE, "note"),
        Label((222, 176), "toes up: past 90°", NOTE_SIZE, "note"),
    )


def _dorsiflexion_extended() -> tuple[Shape, ...]:
    pivot = (LEG.axis, 68.0)
    return (
        Polyline((pivot, (LEG.axis, 282)), "line"),
        Polyline((pivot, (272, 106)), "line"),
        Polyline((pivot, (286, 68)), "extension"),
        arc(pivot, 150, 150, 0, 10, "line"),
        Ellipse(pivot, 6, 6, "dot"),
        _letter("dorsiflexion_knee_extended", (236, 124)),
    )


def _dorsiflexion_flexed() -> tuple[Shape, ...]:
    pivot = (LEG.axis, 68.0)
    return (
        Polyline((pivot, (LEG.axis, 236)), "line"),
        arc(pivot, 118, 118, 10, 90, "extension"),
        Ellipse(pivot, 6, 6, "dot"),
        _letter("dorsiflexion_knee_flexed", (LEG.axis + 62, 168)),
    )


def _from_above(point: Point) -> Point:
    return -point[0], point[1]


def _standing() -> tuple[Shape, ...]:
    inner, outer = _from_above((0.43 * 102 - 10, 201)), _from_above((-0.57 * 102 + 10, 171))
    return (
        moved(plantar_outline(LEG), _from_above),
        Ellipse(inner, 9, 9, "thin"),
        Ellipse(outer, 8, 8, "thin"),
        Polyline(((-146, 0), (146, 0)), "ground"),
        Label((-100, 292), "inner side", NOTE_SIZE, "note"),
        Label((96, 292), "outer side", NOTE_SIZE, "note"),
    )


def _heel_width() -> tuple[Shape, ...]:
    return (
        Polyline(((-36, 43), (36, 43)), "line"),
        Polyline(((-36, 35), (-36, 51)), "line"),
        Polyline(((36, 35), (36, 51)), "line"),
        _letter("heel_width", (0, 43)),
    )


def _forefoot_width() -> tuple[Shape, ...]:
    return (
        Polyline(((-44, 201), (58, 171)), "line"),
        Polyline(((-47, 191), (-41, 211)), "line"),
        Polyline(((55, 161), (61, 181)), "line"),
        _letter("forefoot_width", (6, 187)),
    )


def _ball_girth() -> tuple[Shape, ...]:
    return (
        smooth([(-43, 193), (0, 170), (57, 163)], "line"),
        smooth([(-43, 193), (8, 186), (57, 163)], "extension"),
        Polyline(((-18, 178), (-18, 146)), "extension"),
        _letter("ball_girth", (-18, 132)),
    )


def _toe_out() -> tuple[Shape, ...]:
    return (
        Polyline(((0, 236), (0, 298)), "extension"),
        Polyline(((22, 236), (28, 298)), "line"),
        arc((0, 0), 284, 284, 84.6, 90, "line"),
        _letter("toe_out", (28, 308)),
    )


BACKGROUND: dict[Posture, Callable[[], tuple[Shape, ...]]] = {
    "seated": _seated,
    "lying": _lying,
    "standing": _standing,
}
MARKS: dict[Posture, dict[str, Callable[[], tuple[Shape, ...]]]] = {
    "seated": {
        "fibular_head_height": lambda: _height("fibular_head_height", -58, 455, 44, 250),
        "fibular_neck_height": lambda: _height("fibular_neck_height", -92, 430, 40, 330),
        "calf_circumference": lambda: _girth("calf_circumference", 318, 150),
        "calf_circumference_height": lambda: _height("calf_circumference_height", -30, 318, LEG.back(318), 190),
        "ankle_circumference": lambda: _girth("ankle_circumference", LEG.ankle_height, 150),
        "malleolar_width": _malleolar_width,
        "medial_malleolus_tip_height": lambda: _height("medial_malleolus_tip_height", 176, 56, 62, 30),
        "lateral_malleolus_apex_height": lambda: _height("lateral_malleolus_apex_height", -30, 68, LEG.axis, 34),
        "heel_instep_girth": _heel_instep_girth,
        "navicular_height": lambda: _height("navicular_height", 218, 40, 134, 22),
    },
    "lying": {
        "dorsiflexion_knee_extended": _dorsiflexion_extended,
        "dorsiflexion_knee_flexed": _dorsiflexion_flexed,
    },
    "standing": {
        "foot_length": lambda: _height("foot_length", -122, 270, -22, 150),
        "ball_length": lambda: _height("ball_length", -84, 201, -44, 110),
        "lateral_ball_length": lambda: _height("lateral_ball_length", 108, 171, 58, 90),
        "forefoot_width": _forefoot_width,
        "heel_width": _heel_width,
        "ball_girth": _ball_girth,
        "toe_out": _toe_out,
    },
}
