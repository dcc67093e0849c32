"""Fitting → lines, arcs and dimension lines in mm, to scale; no file format.

A right leg is drawn; a left one is its mirror image with text that still reads.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from afofit.fitting.drawing_brace import (
    Shell,
    ankle_edge,
    instep_bend,
    lateral_brace,
    plantar_brace,
    posterior_brace,
    side_edge,
    strap_bands,
)
from afofit.fitting.drawing_labels import Caption, Pen
from afofit.fitting.drawing_limb import TOP, Leg, lateral_outline, leg_of, plantar_outline, posterior_outline
from afofit.fitting.drawing_shapes import (
    Drawing,
    Ellipse,
    Point,
    Polyline,
    Shape,
    arc,
    box_of,
    mirrored,
    moved,
    smooth,
    text_width,
)
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import EPSILON, Side, Value

View = Literal["lateral", "posterior", "plantar"]
VIEWS: tuple[View, View, View] = ("lateral", "posterior", "plantar")
VIEW_WORDS: Mapping[str, str] = {"lateral": "from the outer side", "posterior": "from behind", "plantar": "from below"}

TEXT_SHARE = 0.026
"""Size of the text as a share of the height of the side view."""


@dataclass(frozen=True, slots=True)
class Braced:
    """A leg with its brace, ready to be drawn."""

    leg: Leg
    shell: Shell
    dimensions: Mapping[str, Value]
    side: Side
    design: str
    text_size: float
    caption: Caption
    lean_deg: float = 0.0
    wall: float = 0.0

    def pen(self) -> Pen:
        """A new list of shapes for one view."""
        return Pen(self.dimensions, self.text_size, self.caption)


def drawable(limb: LimbFitting) -> bool:
    """A limb has a drawing when it has a design and the plate can be placed."""
    return limb.design.code is not None and "footplate_length_medial_mm" in limb.dimensions


def views(limb: LimbFitting, caption: Caption, *, text_share: float = TEXT_SHARE) -> tuple[Drawing, ...]:
    """The braced limb from the outer side, from behind and from below (mm), in one scale."""
    return tuple(draw(limb, view, caption, text_share=text_share) for view in VIEWS)


def sentence(side: Side, view: View) -> str:
    """What a view shows, in a sentence."""
    leg = f"{side.capitalize()} leg {VIEW_WORDS[view]}"
    return f"{leg} with the brace, to scale, dimensions marked by the codes of the table"


def draw(limb: LimbFitting, view: View, caption: Caption, *, text_share: float = TEXT_SHARE) -> Drawing:
    """One view of a braced limb (mm). Raises ValueError when there is no brace to draw."""
    if not drawable(limb):
        raise ValueError("a limb without a computed brace has no drawing")
    braced = _braced(limb, caption, text_share)
    drawn: dict[View, Callable[[Braced], list[Shape]]] = {
        "lateral": _lateral,
        "posterior": _posterior,
        "plantar": _plantar,
    }
    shapes = tuple(drawn[view](braced))
    if limb.limb.side == "left":
        shapes = tuple(mirrored(shape) for shape in shapes)
    said = sentence(limb.limb.side, view)
    return Drawing(view, said, shapes, box_of(shapes, 0.4 * braced.text_size), braced.text_size)


def _braced(limb: LimbFitting, caption: Caption, text_share: float) -> Braced:
    dimensions = limb.dimensions
    measured = {name: value.magnitude for name, value in limb.measured.items()}
    leg = leg_of(measured, whole_foot=limb.limb.partial_foot == "none")
    angle = dimensions["ankle_angle_deg"].magnitude if "ankle_angle_deg" in dimensions else 0.0
    text_size = text_share * TOP * leg.head_height
    shell = _shell(limb, leg)
    return Braced(leg, shell, dimensions, limb.limb.side, shell.design, text_size, caption, angle, shell.wall)


SHARES = {"posterior_leaf_spring": 0.5, "semi_solid": 0.55, "hinged": 0.55}


def _shell(limb: LimbFitting, leg: Leg) -> Shell:
    known = {name: value.magnitude for name, value in limb.dimensions.items()}
    top = known.get("proximal_trim_height_mm", 0.93 * leg.head_height)
    share = SHARES.get(limb.design.code or "", 0.6)
    if known.get("calf_shell_girth_mm") and "calf_shell_arc_mm" in known:
        share = known["calf_shell_arc_mm"] / known["calf_shell_girth_mm"]
    return Shell(
        design=limb.design.code or "",
        top=top,
        back_top=known.get("posterior_edge_height_mm", top),
        share=share,
        edge=known.get("ankle_trim_offset_mm", 0.0),
        leaf=known.get("leaf_width_mm", 0.0),
        joint=known.get("joint_axis_height_mm", 0.9 * leg.apex_height),
        wall=limb.sole_thickness_mm or 3.0,
        inner_length=known["footplate_length_medial_mm"],
        outer_length=known.get("footplate_length_lateral_mm"),
        width=known.get("footplate_width_mm", leg.forefoot_width),
        heel_seat=known.get("heel_seat_width_mm", leg.heel_width),
        malleolar_width=known.get("malleolar_inner_width_mm", leg.malleolar_width),
        strap_height=known.get("calf_strap_height_mm"),
        strap_width=known.get("calf_strap_width_mm", 38.0),
    )


def _pose(braced: Braced) -> Callable[[Point], Point]:
    """Tilts the shank back about the ankle where the brace holds it plantarflexed; the foot stays flat."""
    leg, lean = braced.leg, math.radians(-braced.lean_deg)
    axis, apex = leg.axis, leg.apex_height
    low, high = 0.5 * apex, leg.ankle_height

    def place(point: Point) -> Point:
        share = min(max((point[1] - low) / (high - low), 0.0), 1.0)
        turn = lean * share * share * (3 - 2 * share)
        x, y = point[0] - axis, point[1] - apex
        return axis + x * math.cos(turn) - y * math.sin(turn), apex + x * math.sin(turn) + y * math.cos(turn)

    return place


def _whole_turn(braced: Braced) -> Callable[[Point], Point]:
    leg, lean = braced.leg, math.radians(-braced.lean_deg)

    def place(point: Point) -> Point:
        x, y = point[0] - leg.axis, point[1] - leg.apex_height
        return (
            leg.axis + x * math.cos(lean) - y * math.sin(lean),
            leg.apex_height + x * math.sin(lean) + y * math.cos(lean),
        )

    return place


def _lateral(braced: Braced) -> list[Shape]:
    leg, shell, wall = braced.leg, braced.shell, braced.wall
    pose = _pose(braced)
    size = braced.text_size
    art: list[Shape] = [lateral_outline(leg), *_bones(leg)]
    art += [*lateral_brace(leg, shell), *strap_bands(leg, shell, instep="instep_strap_angle_deg" in braced.dimensions)]
    placed: list[Shape] = [moved(shape, pose) for shape in art]
    lowest, _, _, _ = box_of(placed)
    ground = Polyline(((min(lowest, 0.0) - size, -wall), (1.06 * leg.foot_length, -wall)), "ground")
    turn = _whole_turn(braced)
    heights = [moved(shape, turn, turn_deg=-braced.lean_deg) for shape in _heights(braced)]
    return [ground, *placed, *_ankle_mark(braced), *heights, *_plate_length(braced), *_lateral_leaders(braced, pose)]


def _bones(leg: Leg) -> list[Shape]:
    """Fibular head and outer malleolus, the two landmarks that everything is read from."""
    head = leg.head_height
    x = 0.62 * leg.back(head) + 0.38 * leg.front(head)
    wide, tall = 0.09 * leg.calf_depth, 0.026 * head
    return [
        Ellipse((x, head - tall), wide, tall, "thin"),
        Ellipse((leg.axis, leg.apex_height), 0.16 * leg.ankle_depth, 0.24 * leg.apex_height, "thin"),
    ]


def _heights(braced: Braced) -> list[Shape]:
    """Dimension lines behind the leg, the lowest nearest to it."""
    leg, shell, size = braced.leg, braced.shell, braced.text_size
    behind = min(leg.back(leg.calf_height), leg.back(leg.head_height), 0.0) - braced.wall
    pen = braced.pen()
    rows: list[tuple[str, float, float, float]] = [
        ("joint_axis_height_mm", 0.0, shell.joint, leg.axis),
        ("calf_strap_height_mm", 0.0, shell.strap_height or 0.0, leg.back(shell.strap_height or 0.0) - braced.wall),
        ("posterior_edge_height_mm", 0.0, shell.back_top, leg.back(shell.back_top) - braced.wall),
        ("proximal_trim_height_mm", 0.0, shell.top, side_edge(leg, shell, shell.top) - 0.03 * shell.top),
        ("overall_height_mm", -braced.wall, shell.top, leg.back(shell.top)),
    ]
    x = behind - 1.3 * size
    for name, bottom, top, origin in rows:
        if name in braced.dimensions:
            pen.upright(name, x, bottom, top, from_bottom=0.05 * leg.foot_length, from_top=origin)
            x -= 1.9 * size
    return pen.shapes


def _plate_length(braced: Braced) -> list[Shape]:
    pen = braced.pen()
    below = -braced.wall - 1.7 * braced.text_size
    pen.level("footplate_length_medial_mm", below, 0.0, braced.shell.inner_length, from_y=-braced.wall)
    return pen.shapes


def _ankle_mark(braced: Braced) -> list[Shape]:
    """The shank line over the sole line; the small square stands only where the angle is 90°."""
    leg, head = braced.leg, braced.leg.head_height
    axis = (leg.axis, 0.0)
    side = 0.035 * head
    sole = Polyline((axis, (leg.axis + 0.2 * head, 0.0)), "dashed")
    upright = Polyline((axis, (leg.axis, 0.55 * head)), "dashed")
    if abs(braced.lean_deg) < EPSILON:
        corner = ((leg.axis, side), (leg.axis + side, side), (leg.axis + side, 0.0))
        return [upright, sole, Polyline(corner, "thin")]
    pivot = (leg.axis, leg.apex_height)
    turn = math.radians(90 - braced.lean_deg)
    far = 0.5 * head
    leaning = Polyline((pivot, (pivot[0] + far * math.cos(turn), pivot[1] + far * math.sin(turn))), "dashed")
    return [upright, sole, leaning, arc(pivot, 0.36 * head, 0.36 * head, 90, 90 - braced.lean_deg, "thin")]


def _lateral_leaders(braced: Braced, pose: Callable[[Point], Point]) -> list[Shape]:
    leg, shell, size, head = braced.leg, braced.shell, braced.text_size, braced.leg.head_height
    pen = braced.pen()
    edge_x, edge_y = ankle_edge(leg, shell)
    bend = instep_bend(leg)
    bone = (0.62 * leg.back(head) + 0.38 * leg.front(head), head)
    top_corner = (side_edge(leg, shell, shell.top) - 0.03 * shell.top, shell.top)
    anterior = shell.design == "ground_reaction"
    low_front = (leg.front(leg.calf_height) - 2, leg.calf_height) if not anterior else (0.0, 0.0)
    strap = shell.strap_height or 0.0
    targets: dict[str, Point] = {
        "proximal_trim_offset_mm": (bone[0], (head + shell.top) / 2),
        "fibular_relief_mm": (bone[0], head - 0.026 * head),
        "proximal_flare_radius_mm": top_corner,
        "calf_strap_length_mm": (leg.front(strap) - 2, strap + 0.25 * shell.strap_width),
        "calf_strap_width_mm": (leg.front(strap) - 2, strap - 0.25 * shell.strap_width),
        "calf_opening_mm": low_front,
        "shell_thickness_mm": _thickness_point(braced),
        "instep_strap_angle_deg": (bend[0] - 0.1 * leg.ankle_depth, bend[1] - 0.1 * leg.ankle_depth),
        "ankle_trim_offset_mm": (edge_x, edge_y + 0.15 * leg.apex_height),
        "lateral_malleolus_relief_mm": (leg.axis, leg.apex_height),
        "ankle_angle_deg": (leg.axis, 1.15 * leg.ankle_height),
    }
    if abs(braced.lean_deg) > EPSILON:
        middle = math.radians(90 - braced.lean_deg / 2)
        reach = 0.36 * head
        targets["ankle_angle_deg"] = (
            leg.axis + reach * math.cos(middle),
            leg.apex_height + reach * math.sin(middle),
        )
    rises = {"ankle_angle_deg"} if abs(braced.lean_deg) > EPSILON else set()
    placed = [
        (name, point if name in rises else pose(point)) for name, point in targets.items() if name in braced.dimensions
    ]
    if "proximal_trim_offset_mm" in braced.dimensions:
        pen.bar("proximal_trim_offset_mm", pose((bone[0], shell.top)), pose(bone))
    right = max(leg.axis + 0.6 * leg.calf_depth, leg.front(leg.ankle_height) + 0.1 * leg.foot_length) + 1.2 * size
    pen.column(placed, x=right, side=1, lowest=leg.ankle_height + 0.4 * size, highest=TOP * head)
    return pen.shapes


def _thickness_point(braced: Braced) -> Point:
    """A place on the cut of the shell: the front of an anterior shell, else the plate under the arch."""
    leg, shell = braced.leg, braced.shell
    if shell.design == "ground_reaction":
        height = 0.62 * shell.top
        return leg.front(height) + braced.wall / 2, height
    if shell.design == "carbon_anterior":
        return 0.62 * leg.foot_length, -braced.wall / 2
    height = leg.ankle_height + 0.45 * (shell.top - leg.ankle_height)
    return side_edge(leg, shell, height), height


def _posterior(braced: Braced) -> list[Shape]:
    leg, shell, size = braced.leg, braced.shell, braced.text_size
    outline = posterior_outline(leg)
    shapes: list[Shape] = [outline, *posterior_brace(leg, shell)]
    pen = braced.pen()
    calf, low, apex = leg.calf_height, leg.ankle_height, leg.apex_height
    widest = max(leg.half_width(calf), leg.half_width(leg.head_height), shell.malleolar_width / 2) + braced.wall
    shapes.insert(0, Polyline(((-widest, -braced.wall), (widest, -braced.wall)), "ground"))
    half = leg.half_width(calf) + braced.wall
    names = braced.dimensions
    if "calf_shell_girth_mm" in names:
        pen.shapes.append(smooth([(-half, calf), (0, calf - 0.11 * half), (half, calf)], "line"))
    if "ankle_shell_girth_mm" in names:
        ankle = leg.half_width(low)
        pen.shapes.append(smooth([(-ankle, low), (0, low - 0.14 * ankle), (ankle, low)], "line"))
    if "leaf_width_mm" in names:
        narrow = low + 0.25 * (calf - low)
        pen.shapes.append(Polyline(((-shell.leaf / 2, low), (-shell.leaf / 2, narrow)), "extension"))
        pen.shapes.append(Polyline(((shell.leaf / 2, low), (shell.leaf / 2, narrow)), "extension"))
        pen.bar("leaf_width_mm", (-shell.leaf / 2, narrow), (shell.leaf / 2, narrow))
    if "malleolar_inner_width_mm" in names:
        pen.bar("malleolar_inner_width_mm", (-shell.malleolar_width / 2, apex), (shell.malleolar_width / 2, apex))
    seat = shell.heel_seat / 2
    if "heel_seat_width_mm" in names:
        pen.bar("heel_seat_width_mm", (-seat, 0.27 * apex), (seat, 0.27 * apex))
    if "achilles_relief_mm" in names:
        pen.spot((0.0, low + 0.1 * (calf - low)), 0.1 * leg.ankle_width, 0.09 * calf)
    if "medial_malleolus_relief_mm" in names:
        pen.spot((-0.44 * leg.malleolar_width, 1.08 * apex), 0.09 * leg.malleolar_width, 0.2 * apex)
    targets: dict[str, Point] = {
        "calf_shell_girth_mm": (half, calf),
        "calf_shell_arc_mm": (leg.half_width(0.9 * calf) + braced.wall, 0.9 * calf),
        "leaf_width_mm": (shell.leaf / 2, low + 0.25 * (calf - low)),
        "ankle_shell_girth_mm": (leg.half_width(low), low),
        "achilles_relief_mm": (0.05 * leg.ankle_width, low + 0.1 * (calf - low)),
        "malleolar_inner_width_mm": (shell.malleolar_width / 2, apex),
        "heel_seat_width_mm": (seat, 0.27 * apex),
        "medial_malleolus_relief_mm": (-0.44 * leg.malleolar_width, 1.08 * apex),
    }
    here = [(name, point) for name, point in targets.items() if name in names and point[0] >= 0]
    there = [(name, point) for name, point in targets.items() if name in names and point[0] < 0]
    pen.column(here, x=widest + 1.2 * size, side=1, lowest=0.0, highest=TOP * leg.head_height)
    pen.column(there, x=-widest - 1.2 * size, side=-1, lowest=0.0, highest=TOP * leg.head_height)
    return [*shapes, *pen.shapes]


def _plantar(braced: Braced) -> list[Shape]:
    leg, shell, size = braced.leg, braced.shell, braced.text_size
    shapes: list[Shape] = [plantar_outline(leg), *plantar_brace(leg, shell)]
    left, _, right, _ = box_of(shapes)
    pen = braced.pen()
    inner_end, outer_end = shell.inner_length, shell.outer_length

    def label_at(length: float, name: str) -> float:
        """Low enough that the leaders of the reliefs pass above the text."""
        highest = 0.4 * leg.foot_length - 0.7 * size - text_width(pen.text(name), size) / 2
        return min(0.3, highest / length)

    pen.upright(
        "footplate_length_medial_mm",
        right + 1.5 * size,
        0.0,
        inner_end,
        from_bottom=0.0,
        from_top=0.3 * shell.width if outer_end is not None else 0.16 * shell.width,
        text_at=label_at(inner_end, "footplate_length_medial_mm"),
    )
    if outer_end is not None and "footplate_length_lateral_mm" in braced.dimensions:
        pen.upright(
            "footplate_length_lateral_mm",
            left - 1.5 * size,
            0.0,
            outer_end,
            from_bottom=0.0,
            from_top=-0.3 * shell.width,
            text_at=label_at(outer_end, "footplate_length_lateral_mm"),
        )
    ball = (leg.ball_length + leg.outer_ball_length) / 2
    outer = -0.57 * leg.forefoot_width - (shell.width - leg.forefoot_width) / 2
    if "footplate_width_mm" in braced.dimensions:
        pen.across("footplate_width_mm", outer, outer + shell.width, min(ball, inner_end - size))
    foot = leg.foot_length
    heel = 0.16 * foot
    if "heel_seat_width_mm" in braced.dimensions:
        pen.across("heel_seat_width_mm", -shell.heel_seat / 2, shell.heel_seat / 2, heel)
    spots: dict[str, Point] = {
        "navicular_relief_mm": (leg.inner_edge(0.40 * foot) - 0.02 * foot, 0.40 * foot),
        "fifth_metatarsal_base_relief_mm": (leg.outer_edge(0.42 * foot) + 0.02 * foot, 0.42 * foot),
    }
    for name, side in (("navicular_relief_mm", 1), ("fifth_metatarsal_base_relief_mm", -1)):
        if name in braced.dimensions:
            pen.spot(spots[name], 0.028 * leg.foot_length, 0.045 * leg.foot_length)
            columns = right + 3.2 * size if side > 0 else left - (3.2 * size if outer_end is not None else 1.2 * size)
            pen.column([(name, spots[name])], x=columns, side=side, lowest=0.0, highest=leg.foot_length)
    return [*shapes, *pen.shapes]
