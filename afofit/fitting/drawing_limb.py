"""The outline of a right leg and foot, shaped from its measurements (mm), in three views.

Lateral view: x forward from the back of the heel, y up from the skin of the heel. From behind: x to
the outer side. From below: x to the inner side, y from the heel to the toes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from afofit.fitting.drawing_shapes import Curve, Point, smooth

ART_FOOT_LENGTH_MM = 270.0
ART_APEX_HEIGHT_MM = 68.0
"""The leg after which the outlines were drawn; every other leg is a stretch of it."""

TOP = 1.125
"""Where the picture ends, as a share of the fibular head height."""

_TOES: tuple[Point, ...] = (
    (-42, 230), (-37, 256), (-22, 270), (-7, 262), (-3, 251), (7, 262), (17, 257), (22, 248),
    (31, 251), (37, 240), (43, 238), (48, 226), (54, 221), (58, 206),
)  # fmt: skip
_STUMP: tuple[Point, ...] = ((-41, 232), (-30, 258), (-4, 270), (26, 258), (50, 228), (58, 206))


@dataclass(frozen=True, slots=True)
class Leg:
    """The measurements that shape the outline (mm); what was not measured stands at its usual place."""

    head_height: float
    calf_height: float
    calf_depth: float
    calf_width: float
    ankle_height: float
    ankle_depth: float
    ankle_width: float
    apex_height: float
    malleolar_width: float
    foot_length: float
    ball_length: float
    outer_ball_length: float
    forefoot_width: float
    heel_width: float
    whole_foot: bool = True

    @property
    def axis(self) -> float:
        """How far (mm) the ankle lies before the back of the heel."""
        return 0.215 * self.foot_length

    @property
    def stretch(self) -> float:
        """Size of the foot against the foot of the art."""
        return (self.foot_length / ART_FOOT_LENGTH_MM + self.apex_height / ART_APEX_HEIGHT_MM) / 2

    def front(self, height: float) -> float:
        """The front of the shank (mm) at a height, seen from the side."""
        return between(self._front, height)

    def back(self, height: float) -> float:
        """The back of the shank (mm) at a height, seen from the side."""
        return between(self._back, height)

    def half_width(self, height: float) -> float:
        """Half the width (mm) of leg, ankle and heel at a height, seen from behind."""
        return between(self._sides, height)

    def inner_edge(self, along: float) -> float:
        """The inner border of the foot (mm from its line) at a distance from the heel, seen from below."""
        return between([(y, x) for x, y in self._inner_border], along)

    def outer_edge(self, along: float) -> float:
        """The outer border of the foot (mm from its line, negative) at a distance from the heel."""
        return between([(y, x) for x, y in self._outer_border], along)

    @property
    def _front(self) -> list[Point]:
        axis, depth, head = self.axis, self.calf_depth, self.head_height
        return [
            (self.ankle_height, axis + 0.515 * self.ankle_depth),
            (self.calf_height, axis + 0.437 * depth),
            (self.calf_height + 0.45 * (head - self.calf_height), axis + 0.46 * depth),
            (0.98 * head, axis + 0.54 * depth),
            (1.04 * head, axis + 0.595 * depth),
            (1.08 * head, axis + 0.575 * depth),
            (TOP * head, axis + 0.51 * depth),
        ]

    @property
    def _back(self) -> list[Point]:
        low, high = self.ankle_height, self.calf_height
        ankle, calf = self.axis - 0.485 * self.ankle_depth, self.axis - 0.563 * self.calf_depth
        knee = self.axis - 0.41 * self.calf_depth
        rising = [(low + along * (high - low), ankle + across * (calf - ankle)) for along, across in _CALF_RISE]
        rest = self.head_height - high
        closing = [(high + along * rest, calf + across * (knee - calf)) for along, across in _CALF_TOP]
        return [*rising, *closing, (TOP * self.head_height, knee - 0.015 * self.calf_depth)]

    @property
    def _sides(self) -> list[Point]:
        apex, head = self.apex_height, self.head_height
        return [
            (0.0, 0.33 * self.heel_width),
            (0.05 * apex, 0.41 * self.heel_width),
            (0.27 * apex, 0.5 * self.heel_width),
            (0.6 * apex, 0.5 * (0.6 * self.heel_width + 0.4 * self.malleolar_width)),
            (apex, 0.5 * self.malleolar_width),
            (self.ankle_height, 0.5 * self.ankle_width),
            (self.ankle_height + 0.5 * (self.calf_height - self.ankle_height), 0.5 * self._shin_width),
            (self.calf_height, 0.5 * self.calf_width),
            (self.calf_height + 0.6 * (head - self.calf_height), 0.48 * self.calf_width),
            (head, 0.47 * self.calf_width),
            (TOP * head, 0.475 * self.calf_width),
        ]

    @property
    def _shin_width(self) -> float:
        return 0.45 * self.ankle_width + 0.55 * self.calf_width

    @property
    def _inner_border(self) -> list[Point]:
        foot, ball, heel = self.foot_length, self.ball_length, self.heel_width
        return [
            (0.30 * heel, 0.03 * foot),
            (0.44 * heel, 0.08 * foot),
            (0.50 * heel, 0.16 * foot),
            (0.47 * heel, 0.16 * foot + 0.35 * (ball - 0.16 * foot)),
            (0.5 * (0.30 * heel + 0.30 * self.forefoot_width), 0.16 * foot + 0.62 * (ball - 0.16 * foot)),
            (0.43 * self.forefoot_width, ball),
        ]

    @property
    def _outer_border(self) -> list[Point]:
        foot, ball, heel = self.foot_length, self.outer_ball_length, self.heel_width
        return [
            (-0.30 * heel, 0.03 * foot),
            (-0.44 * heel, 0.08 * foot),
            (-0.50 * heel, 0.16 * foot),
            (-0.5 * (0.55 * heel + 0.45 * self.forefoot_width), 0.16 * foot + 0.45 * (ball - 0.16 * foot)),
            (-0.57 * self.forefoot_width, ball),
        ]


_CALF_RISE: tuple[Point, ...] = ((0, 0), (0.2, 0.07), (0.52, 0.43), (0.82, 0.87), (1, 1))
_CALF_TOP: tuple[Point, ...] = ((0.42, 0.22), (0.81, 0.78), (1, 1))
_DORSUM: tuple[Point, ...] = (
    (0.055, 82), (0.15, 68), (0.302, 57), (0.506, 43), (0.68, 31), (0.826, 25), (0.942, 21), (1, 11),
)  # fmt: skip
_SOLE: tuple[Point, ...] = (
    (0.985, 2), (0.926, 0), (0.833, 2), (0.73, 0), (0.637, 2), (0.481, 6), (0.333, 3), (0.204, 0), (0.081, 0),
    (0.022, 8), (0, 28), (0.015, 52),
)  # fmt: skip


def between(table: Sequence[Point], at: float) -> float:
    """The second number at a first one, straight between the rows of an ascending table."""
    low = table[0]
    if at <= low[0]:
        return low[1]
    for high in table[1:]:
        if at <= high[0]:
            span = high[0] - low[0]
            return low[1] + (high[1] - low[1]) * ((at - low[0]) / span if span else 1.0)
        low = high
    return low[1]


def leg_of(measured: Mapping[str, float], *, whole_foot: bool = True) -> Leg:
    """The leg for measurements by quantity name (mm)."""
    foot = measured["foot_length_mm"]
    head = measured["fibular_head_height_mm"]
    apex = measured.get("lateral_malleolus_apex_height_mm") or measured.get("medial_malleolus_tip_height_mm")
    apex = min(apex or 0.265 * foot, 0.24 * head)
    calf, ankle = measured["calf_circumference_mm"] / math.pi, measured["ankle_circumference_mm"] / math.pi
    ball = measured["ball_length_mm"]
    return Leg(
        head_height=head,
        calf_height=measured.get("calf_circumference_height_mm", 0.71 * head),
        calf_depth=0.97 * calf,
        calf_width=1.03 * calf,
        ankle_height=min(apex + 0.15 * foot, 0.45 * head),
        ankle_depth=1.06 * ankle,
        ankle_width=0.90 * ankle,
        apex_height=apex,
        malleolar_width=measured["malleolar_width_mm"],
        foot_length=foot,
        ball_length=ball,
        outer_ball_length=measured.get("lateral_ball_length_mm", 0.85 * ball),
        forefoot_width=measured["forefoot_width_mm"],
        heel_width=measured["heel_width_mm"],
        whole_foot=whole_foot,
    )


def heel_contour(leg: Leg) -> list[Point]:
    """From the narrowest ankle at the back down around the heel to the sole, seen from the side."""
    stretch = leg.stretch
    ankle = leg.back(leg.ankle_height)
    heel = [(x * leg.foot_length, y * stretch) for x, y in reversed(_SOLE[-4:])]
    return [(ankle, leg.ankle_height), (0.67 * ankle, (leg.ankle_height + 52 * stretch) / 2), *heel]


def lateral_outline(leg: Leg) -> Curve:
    """Leg and foot from the outer side."""
    stretch, foot = leg.stretch, leg.foot_length
    ankle = leg.front(leg.ankle_height)
    front = [(leg.front(height), height) for height, _ in reversed(leg._front)]
    lift = leg.ankle_height / (84 * stretch)
    dorsum = [
        (ankle + along * (foot - ankle), height * stretch * (min(lift, 1.0) if along < 0.2 else 1.0))
        for along, height in _DORSUM
    ]
    sole = [(along * foot, height * stretch) for along, height in _SOLE[:8]]
    back = [(leg.back(height), height) for height, _ in leg._back[1:]]
    return smooth([*front, *dorsum, *sole, *reversed(heel_contour(leg)), *back], "limb")


def posterior_outline(leg: Leg) -> Curve:
    """Leg and heel from behind."""
    heights = [height for height, _ in leg._sides]
    outer = [(leg.half_width(height), height) for height in reversed(heights)]
    inner = [(-across, height) for across, height in reversed(outer)]
    return smooth([*outer, *inner], "limb")


def plantar_outline(leg: Leg) -> Curve:
    """The sole of the foot from below, heel down, inner side to the right."""
    scale = leg.forefoot_width / 102
    toes = []
    for across, along in _TOES if leg.whole_foot else _STUMP:
        line = 201 + (across + 44) / 102 * (171 - 201)
        start = leg.ball_length + (across + 44) / 102 * (leg.outer_ball_length - leg.ball_length)
        reach = (along - line) / (270 - line)
        toes.append((-across * scale, start + reach * (leg.foot_length - start)))
    inner = leg._inner_border
    outer = leg._outer_border
    return smooth([(0.0, 0.0), *inner, *toes, *reversed(outer)], "limb", closed=True)
