"""The lean of the shank as a small picture: leg, wedge under the heel, shank line, vertical and the angle between.

Side view of a right leg in mm, heel at the left, the sole of the shoe at y = 0 under the ball; a left leg is its
mirror image with text that still reads.
"""

import math
from collections.abc import Callable

from afofit.fitting.drawing_limb import TOP, Leg, lateral_outline, leg_of
from afofit.fitting.drawing_shapes import (
    Box,
    Drawing,
    Ellipse,
    Label,
    Point,
    Polyline,
    Shape,
    arc,
    box_of,
    mirrored,
    moved,
)
from afofit.fitting.result import LimbFitting
from afofit.fitting.stance import Stance, stances

Says = Callable[[Stance], str]
"""Words for a stance: the caption at the angle, or the sentence that says what is seen."""

HEEL_CENTRE = 0.15
"""Where the base begins, as a share of the foot length (clinical reference 3.4)."""
TEXT_SHARE = 0.07
"""Size of the text as a share of the height of the leg; the picture is small, so the text is large in it."""
ARC_SHARE = 0.72
LEAST_ARC_DEG = 0.5
"""A smaller angle has no arc: its two lines are one."""


def draw_stances(limb: LimbFitting, caption: Says, sentence: Says) -> tuple[tuple[Stance, Drawing], ...]:
    """Every known stance of a leg with its picture, all in one scale and one frame."""
    found = stances(limb)
    if not found:
        return ()
    leg = leg_of(
        {name: value.magnitude for name, value in limb.measured.items()}, whole_foot=limb.limb.partial_foot == "none"
    )
    size = TEXT_SHARE * TOP * leg.head_height
    drawn = [_shapes(leg, stance, caption(stance), size) for stance in found]
    if limb.limb.side == "left":
        drawn = [tuple(mirrored(shape) for shape in shapes) for shapes in drawn]
    box = _around([box_of(shapes, 0.3 * size) for shapes in drawn])
    return tuple(
        (stance, Drawing(stance.kind, sentence(stance), shapes, box, size))
        for stance, shapes in zip(found, drawn, strict=True)
    )


def turned(point: Point, about: Point, forward_deg: float) -> Point:
    """A point turned about another, forward (clockwise, toes to the right) positive."""
    angle = math.radians(forward_deg)
    x, y = point[0] - about[0], point[1] - about[1]
    return (
        about[0] + x * math.cos(angle) + y * math.sin(angle),
        about[1] - x * math.sin(angle) + y * math.cos(angle),
    )


def ball_of(leg: Leg, stance: Stance) -> Point:
    """The ball line on the sole (mm), where the foot tips: the base before the centre of the heel."""
    return HEEL_CENTRE * leg.foot_length + stance.base_mm, 0.0


def shank_line(leg: Leg, stance: Stance) -> tuple[Point, Point]:
    """The long axis of the shank (mm), from the ankle joint upward."""
    joint = turned((leg.axis, leg.apex_height), ball_of(leg, stance), stance.pitch_deg)
    top = (joint[0], joint[1] + TOP * leg.head_height - leg.apex_height)
    return joint, turned(top, joint, stance.shank.magnitude)


def wedges(leg: Leg, stance: Stance) -> tuple[tuple[Point, ...], ...]:
    """What is under the foot, to scale (mm): the shoe's own wedge, and the build-up below it where there is one.

    A shoe whose heel is lower than its ball stands on a wedge that is thicker in front.
    """
    ball = ball_of(leg, stance)[0]
    rise = stance.rise_mm / stance.base_mm * ball
    if rise < 0:
        return (((0.0, rise), (leg.foot_length, rise), (leg.foot_length, 0.0), (ball, 0.0)),)
    added = stance.added_mm / stance.base_mm * ball
    own = ((0.0, added), (ball, 0.0), (0.0, rise))
    return (own, ((0.0, 0.0), (ball, 0.0), (0.0, added))) if added else (own,)


def _shapes(leg: Leg, stance: Stance, caption: str, size: float) -> tuple[Shape, ...]:
    joint, top = shank_line(leg, stance)
    upright = (joint[0], joint[1] + math.dist(joint, top))
    own, *built = wedges(leg, stance)
    floor = min(0.0, min(y for _, y in own))
    lean = stance.shank.magnitude
    shapes: list[Shape] = [
        moved(lateral_outline(leg), _pose(leg, stance)),
        Polyline(((-0.1 * leg.foot_length, floor), (1.1 * leg.foot_length, floor)), "ground"),
        Polyline(own, "strap", closed=True),
        *(Polyline(points, "shell", closed=True) for points in built),
        Polyline((joint, upright), "dashed"),
        Polyline((joint, top), "line"),
        Ellipse(joint, 0.25 * size, 0.25 * size, "dot"),
        Label((0.5 * leg.foot_length, max(top[1], upright[1]) + size), caption, size, "code"),
    ]
    if abs(lean) >= LEAST_ARC_DEG:
        radius = ARC_SHARE * math.dist(joint, top)
        shapes.insert(-2, arc(joint, radius, radius, 90, 90 - lean, "extension"))
    return tuple(shapes)


def _pose(leg: Leg, stance: Stance) -> Callable[[Point], Point]:
    """Bends the leg at the ankle and tips the foot about the ball; the toes stay flat."""
    joint, ball = (leg.axis, leg.apex_height), ball_of(leg, stance)
    low, high = 0.5 * leg.apex_height, leg.ankle_height

    def place(point: Point) -> Point:
        bend = _smooth((point[1] - low) / (high - low))
        point = turned(point, joint, bend * stance.ankle_deg)
        tip = _smooth(0.5 + (ball[0] - point[0]) / (0.2 * leg.foot_length))
        return turned(point, ball, tip * stance.pitch_deg)

    return place


def _smooth(share: float) -> float:
    """From 0 to 1 without a corner."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _around(boxes: list[Box]) -> Box:
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)
