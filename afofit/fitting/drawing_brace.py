"""The brace over the leg: its outline by design, in three views (mm)."""

import math
from dataclasses import dataclass
from itertools import pairwise

from afofit.fitting.drawing_limb import Leg, heel_contour
from afofit.fitting.drawing_shapes import Ellipse, Point, Polyline, Shape, outline, smooth

RIGID = ("solid", "ground_reaction")


@dataclass(frozen=True, slots=True)
class Shell:
    """What of the brace is needed to draw it (mm)."""

    design: str
    top: float
    back_top: float
    share: float
    edge: float
    leaf: float
    joint: float
    wall: float
    inner_length: float
    outer_length: float | None
    width: float
    heel_seat: float
    malleolar_width: float
    strap_height: float | None
    strap_width: float

    @property
    def rigid(self) -> bool:
        """The edge lies before the malleoli."""
        return self.design in RIGID


def side_edge(leg: Leg, shell: Shell, height: float) -> float:
    """The cut edge of the shank part (mm forward) at a height, seen from the side."""
    front, back = leg.front(height), leg.back(height)
    turn = math.cos(math.pi * shell.share)
    if shell.design == "ground_reaction":
        turn = -turn
    return (front + back) / 2 - (front - back) / 2 * turn


def ankle_edge(leg: Leg, shell: Shell) -> Point:
    """Where the cut edge passes the level of the outer malleolus."""
    return leg.axis + shell.edge, leg.apex_height


def _back_run(leg: Leg, shell: Shell, top: float, bottom: float) -> list[Point]:
    """Down the outside of the back from one height to another."""
    heights = [top - (top - bottom) * step / 8 for step in range(9)]
    return [(leg.back(height) - shell.wall, height) for height in heights]


def _heel_run(leg: Leg, shell: Shell) -> list[Point]:
    """Down the outside of the heel to the outside of the sole."""
    wall, stretch = shell.wall, leg.stretch
    contour = [(x - wall, y) for x, y in heel_contour(leg)[:-1]]
    x, y = contour.pop()
    foot = leg.foot_length
    return [
        *contour,
        (x, y),
        (0.025 * foot - 0.6 * wall, 6 * stretch - 0.8 * wall),
        (0.1 * foot, -wall),
        (0.2 * foot, -wall),
    ]


def _foot_run(leg: Leg, shell: Shell) -> list[Point]:
    """From the end of the plate back along the side wall to the ankle edge."""
    stretch = leg.stretch
    edge, apex = ankle_edge(leg, shell)
    high = 1.5 if shell.rigid else 1.0
    corner = edge + (0.15 if shell.rigid else 0.09) * leg.foot_length
    end = max(shell.inner_length, corner + 10)
    span = end - corner
    return [
        (end, 2 * stretch),
        (end - 0.2 * span, 8 * stretch * high),
        (end - 0.5 * span, 15 * stretch * high),
        (end - 0.8 * span, 22 * stretch * high),
        (corner, 0.47 * apex * (1.2 if shell.rigid else 1.0)),
        (edge + 0.035 * leg.foot_length, 0.74 * apex),
        (edge, apex),
    ]


def _shank_run(leg: Leg, shell: Shell) -> list[Point]:
    """Up the cut edge from above the ankle to the top corner."""
    low, top = leg.ankle_height, shell.top
    wide_from = max(0.42 * top, low + 0.12 * top)
    if shell.design == "posterior_leaf_spring":
        half = min(shell.leaf / leg.ankle_width, 1.0)
        leaf = leg.back(low) + leg.ankle_depth / 2 * (1 - math.sqrt(1 - half * half))
        narrow = min(leaf, leg.axis + shell.edge)
    else:
        narrow = max(side_edge(leg, shell, low), leg.axis + shell.edge)
    heights = [wide_from + (top - wide_from) * step / 5 for step in range(5)]
    rise = [(side_edge(leg, shell, height), height) for height in heights]
    corner = side_edge(leg, shell, top)
    radius = 0.03 * top
    return [(narrow, low), *rise, (corner - 0.1 * radius, top - radius), (corner - radius, top)]


def _posterior_shell(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    foot, shank = _foot_run(leg, shell), _shank_run(leg, shell)
    back = _back_run(leg, shell, shell.back_top, leg.ankle_height)
    heel = _heel_run(leg, shell)
    end = (foot[0][0], -shell.wall)
    rim = [shank[-1], (back[0][0] + 0.3 * (shank[-1][0] - back[0][0]), (shell.top + 2 * shell.back_top) / 3), back[0]]
    if shell.design != "hinged":
        return (outline([*back, *heel[1:]], [heel[-1], end], [*foot, *shank], rim, style="shell"),)
    gap = 0.8
    joint = (leg.axis, shell.joint)
    rear = shell.joint + 0.16 * leg.apex_height
    upper_back = _back_run(leg, shell, shell.back_top, max(rear + gap, leg.ankle_height))
    below = [point for point in heel if point[1] < rear - gap]
    rear_x = upper_back[-1][0] if rear >= leg.ankle_height else _level(heel, rear)
    if rear < leg.ankle_height:
        upper_back = [*upper_back, (rear_x, rear + gap)]
    front_x = max(leg.axis + 0.35 * leg.ankle_depth, joint[0] + 8)
    ahead = [point for point in foot if point[0] > front_x and point[1] < shell.joint - 2]
    upper = outline(
        upper_back,
        [(rear_x, rear + gap), (joint[0], joint[1] + gap), (front_x - 2, joint[1] + gap)],
        [(front_x - 2, joint[1] + gap), *shank],
        rim,
        style="shell",
    )
    lower = outline(
        [(rear_x, rear - gap), *below],
        [below[-1], end],
        [*ahead, (front_x, joint[1] - gap)],
        [(front_x, joint[1] - gap), (joint[0], joint[1] - gap), (rear_x, rear - gap)],
        style="shell",
    )
    radius = 0.1 * leg.apex_height
    return upper, lower, Ellipse(joint, radius, radius, "joint"), *_cross(joint, 1.7 * radius)


def _level(run: list[Point], height: float) -> float:
    """Where a falling run passes a height."""
    for (x0, y0), (x1, y1) in pairwise(run):
        if y1 <= height <= y0 and y0 != y1:
            return x0 + (x1 - x0) * (y0 - height) / (y0 - y1)
    return run[-1][0]


def _cross(centre: Point, half: float) -> tuple[Shape, ...]:
    x, y = centre
    return (
        Polyline(((x - half, y), (x + half, y)), "thin"),
        Polyline(((x, y - half), (x, y + half)), "thin"),
    )


def _anterior_shell(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    top, low = shell.top, leg.ankle_height
    panel_end, opening_end = max(0.46 * top, low + 0.1 * top), max(0.36 * top, low + 0.02 * top)
    front = [
        (leg.front(top - (top - panel_end) * step / 5) + shell.wall, top - (top - panel_end) * step / 5)
        for step in range(6)
    ]
    foot = _foot_run(leg, shell)
    sweep = [
        (leg.front(panel_end) - 0.18 * leg.ankle_depth, panel_end - 0.35 * (panel_end - low)),
        (leg.axis + shell.edge + 0.12 * leg.ankle_depth, low),
    ]
    heel = _heel_run(leg, shell)
    back = _back_run(leg, shell, opening_end, low)
    opening = [
        (back[0][0] + 0.25 * leg.ankle_depth, opening_end + 0.035 * top),
        (side_edge(leg, shell, 0.56 * top), 0.56 * top),
        (side_edge(leg, shell, 0.75 * top), 0.75 * top),
        (side_edge(leg, shell, top), top),
    ]
    return (
        outline(
            [*front, *sweep, *reversed(foot)],
            [(foot[0][0], -shell.wall), heel[-1]],
            [*reversed(heel), *reversed(back[:-1]), *opening],
            [opening[-1], front[0]],
            style="shell",
        ),
    )


def _carbon(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    head = leg.head_height
    heights = [0.86 * head, 0.76 * head, 0.66 * head, 0.56 * head, 0.5 * head]
    front = [(leg.front(height) + 3, height) for height in heights]
    side = [(leg.front(height) - 0.36 * (leg.front(height) - leg.back(height)), height) for height in heights]
    panel = outline(front, [front[-1], side[-1]], list(reversed(side)), [side[0], front[0]], style="shell")
    low = leg.apex_height
    ahead = leg.axis + 0.30 * leg.ankle_depth
    width = 0.055 * leg.foot_length
    strut = [(side[-1][0] + width, 0.5 * head), (ahead + width, 1.5 * low), (ahead + 1.1 * width, 0.8 * low)]
    landing = (0.52 * leg.foot_length, 0.0)
    rear = [(0.44 * leg.foot_length, 0.0), (ahead, 0.75 * low), (ahead, 1.5 * low), (side[-1][0], 0.5 * head)]
    bar = outline([*strut, landing], rear, style="shell")
    plate = Polyline(
        (
            (0.01 * leg.foot_length, -shell.wall),
            (shell.inner_length - 3, -shell.wall),
            (shell.inner_length, -shell.wall + 2),
            (shell.inner_length, 0),
            (0, 0),
        ),
        "shell",
        closed=True,
    )
    return panel, bar, plate


def lateral_brace(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    """The brace from the outer side."""
    match shell.design:
        case "ground_reaction":
            return _anterior_shell(leg, shell)
        case "carbon_anterior":
            return _carbon(leg, shell)
        case _:
            return _posterior_shell(leg, shell)


def _behind_half(leg: Leg, shell: Shell) -> list[Point]:
    """The outer border of the shell from behind, from the top corner down to the sole."""
    low, apex, wall = leg.ankle_height, leg.apex_height, shell.wall
    leaf = shell.design == "posterior_leaf_spring"
    ankle = shell.leaf / 2 if leaf else shell.malleolar_width / 2 + wall / 2
    narrow = ankle if leaf else leg.half_width(low) + wall
    wide_from = max(0.42 * shell.top, low + 0.12 * shell.top)
    heights = [shell.top - (shell.top - wide_from) * step / 4 for step in range(5)]
    seat = shell.heel_seat / 2 + wall
    return [
        *((leg.half_width(height) + wall, height) for height in heights),
        (narrow, low),
        (ankle, apex),
        (min(seat, 0.5 * (ankle + seat)), 0.62 * apex),
        (seat, 0.3 * apex),
        (0.86 * seat, 0.0),
        (0.72 * seat, -wall),
    ]


def posterior_brace(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    """The brace from behind."""
    if shell.design == "carbon_anterior":
        return _carbon_behind(leg, shell)
    outer = _behind_half(leg, shell)
    inner = [(-x, y) for x, y in reversed(outer)]
    top, rim = shell.top, outer[0][0]
    if shell.design == "ground_reaction":
        depth = max(0.36 * top, leg.ankle_height + 0.02 * top)
        cut = [(-rim, top), (-0.8 * rim, top - 0.02 * top), (-0.66 * rim, 0.6 * top), (0, depth)]
    else:
        cut = [(-rim, top), (-0.72 * rim, 0.25 * top + 0.75 * shell.back_top), (0, shell.back_top)]
    cut += [(-x, y) for x, y in reversed(cut[:-1])]
    shapes: list[Shape] = [outline(outer, [outer[-1], inner[0]], inner, cut, style="shell")]
    if shell.design == "hinged":
        radius = 0.1 * leg.apex_height
        across = shell.malleolar_width / 2 + shell.wall
        rear = shell.joint + 0.16 * leg.apex_height
        shapes.append(smooth([(-across, shell.joint), (0, rear), (across, shell.joint)], "shell_back"))
        shapes += [Ellipse((side * across, shell.joint), 0.5 * radius, radius, "joint") for side in (-1, 1)]
    return tuple(shapes)


def _carbon_behind(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    head, apex = leg.head_height, leg.apex_height
    heights = [0.86 * head, 0.7 * head, 0.5 * head]
    panel = [(leg.half_width(height) + 3, height) for height in heights]
    across = leg.malleolar_width / 2
    strut = [
        (leg.half_width(0.5 * head) + 3, 0.5 * head),
        (across + 7, 1.5 * apex),
        (across + 5, 0.6 * apex),
        (0.5 * leg.heel_width, 0.0),
    ]
    half = 0.5 * leg.heel_width
    plate = ((-half, -shell.wall), (half, -shell.wall), (half, 0.0), (-half, 0.0))
    return (
        smooth(panel, "shell_back"),
        smooth([(-x, y) for x, y in panel], "shell_back"),
        outline(strut, list(reversed([(x + 9, y) for x, y in strut])), style="shell"),
        Polyline(plate, "shell", closed=True),
    )


def strap_bands(leg: Leg, shell: Shell, *, instep: bool) -> tuple[Shape, ...]:
    """Calf strap and instep strap from the outer side."""
    bands: list[Shape] = []
    if shell.strap_height is not None:
        low, high = shell.strap_height - shell.strap_width / 2, shell.strap_height + shell.strap_width / 2
        points = [(side_edge(leg, shell, height), height) for height in (low, high)]
        front = [(leg.front(height) + 2, height) for height in (high, low)]
        bands.append(Polyline((*points, *front), "strap", closed=True))
    if instep:
        bands.append(Polyline(_instep_band(leg, shell), "strap", closed=True))
    return tuple(bands)


def instep_bend(leg: Leg) -> Point:
    """The bend of the ankle, where the instep strap passes (mm)."""
    low = leg.ankle_height
    return leg.front(low) + 0.01 * leg.foot_length, 0.9 * low


def _instep_band(leg: Leg, shell: Shell) -> tuple[Point, ...]:
    x, y = instep_bend(leg)
    half = 0.3 * shell.strap_width * math.sqrt(0.5)
    run = min(0.62 * y, 0.5 * leg.ankle_depth + 0.2 * leg.foot_length * 0.5)
    return (
        (x - half, y + half),
        (x + half, y - half),
        (x + half - run, y - half - run),
        (x - half - run, y + half - run),
    )


def plantar_brace(leg: Leg, shell: Shell) -> tuple[Shape, ...]:
    """The plate from below."""
    inner = _border(leg, shell, leg.ball_length, shell.inner_length, inner=True)
    heel = (0.0, -max(shell.heel_seat - leg.heel_width, 0.0) / 2 - 1)
    if shell.outer_length is not None:
        outer = _border(leg, shell, leg.outer_ball_length, shell.outer_length, inner=False)
        return (outline([*reversed(outer), heel, *inner], [inner[-1], outer[-1]], style="shell"),)
    outer = _border(leg, shell, leg.outer_ball_length, shell.inner_length, inner=False)
    end, width, back = shell.inner_length, shell.width, leg.foot_length
    tip = [(0.34 * width, end - 0.035 * back), (0.17 * width, end), (-0.14 * width, end - 0.035 * back)]
    tip.append((-0.40 * width, end - 0.115 * back))
    return (smooth([*reversed(outer), heel, *inner, *tip], "shell", closed=True),)


def _border(leg: Leg, shell: Shell, ball: float, end: float, *, inner: bool) -> list[Point]:
    """One border of the plate from heel to end, seen from below."""
    start = 0.16 * leg.foot_length
    seat, spread = (shell.heel_seat - leg.heel_width) / 2, (shell.width - leg.forefoot_width) / 2
    side, edge = (1, leg.inner_edge) if inner else (-1, leg.outer_edge)
    last = min(end, ball)
    stations = [0.03 * leg.foot_length, 0.08 * leg.foot_length]
    stations += [start + (last - start) * step / 4 for step in range(5)]
    points = []
    for along in stations:
        share = min(max((along - start) / (ball - start), 0.0), 1.0)
        points.append((edge(along) + side * (seat + share * (spread - seat)), along))
    if end > ball:
        full = shell.outer_length is None
        reach = 0.55 * (end - ball) if full else end - ball
        taper = 0.97 if inner else 0.94
        points.append((taper * points[-1][0], ball + reach))
    return points
