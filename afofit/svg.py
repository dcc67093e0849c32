"""Drawings for the screen: SVG whose looks come from the page's style sheet (no inline style)."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby
from typing import assert_never

import segno

from afofit.fitting.drawing import VIEWS, View, draw
from afofit.fitting.drawing_alignment import draw_stances
from afofit.fitting.drawing_measuring import measuring_drawing
from afofit.fitting.drawing_shapes import Curve, Drawing, Ellipse, Group, Label, Point, Polyline, Shape, Style, Tag
from afofit.fitting.measurements import Posture
from afofit.fitting.result import LimbFitting
from afofit.fitting.stance import Stance
from afofit.fitting.values import Side, Value
from afofit.words.alignment import stance_caption, stance_sentence
from afofit.words.numbers import ankle
from afofit.words.tongue import _

CODE_UNITS = 17.0
"""Size of a code in user units; the style sheet fixes it, so the drawing is scaled to it."""
SCREEN_TEXT_SHARE = 0.033
"""Text on the screen is larger against the leg than on paper, since the picture is smaller."""

CLASSES: dict[Style, str] = {
    "limb": "limbshape",
    "thin": "thin",
    "dashed": "thin dash",
    "shell": "shell shellfill",
    "shell_back": "shell dash",
    "strap": "thin shellfill",
    "line": "ln",
    "extension": "ext",
    "dot": "dot",
    "joint": "thin",
    "relief": "thin dash",
    "ground": "thin",
}
"""The classes of the style sheet."""


def fitting(limb: LimbFitting, view: View) -> str:
    """One view of a braced limb as an SVG element. Raises ValueError without a brace."""
    return _braced(draw(limb, view, caption, text_share=SCREEN_TEXT_SHARE))


def fitting_views(limb: LimbFitting) -> str:
    """The three views of a braced limb, one SVG element after the other."""
    return "".join(fitting(limb, view) for view in VIEWS)


def alignment(limb: LimbFitting) -> tuple[tuple[Stance, str], ...]:
    """How a leg stands, as planned, in this shoe and with the build-up: each known one with its SVG element."""
    side = limb.limb.side
    drawn = draw_stances(limb, stance_caption, lambda stance: stance_sentence(stance, side))
    return tuple((stance, _braced(drawing)) for stance, drawing in drawn)


def measuring(posture: Posture, names: Sequence[str], *, side: Side = "right") -> str:
    """How the named measurements are taken in a posture, each in its own group with its letter."""
    drawing = measuring_drawing(posture, names, side=side)
    return _element(drawing, 1.0, _shapes(drawing.shapes, 1.0))


def qr(text: str) -> str:
    """A QR code as an SVG element in the colours of the page."""
    code = segno.make(text, error="m", micro=False)
    return code.svg_inline(scale=5, border=4, omitsize=True, svgclass="qr", lineclass="ink", light="#fff")


def qr_address(text: str) -> str:
    """A QR code as the address of a picture, black on white."""
    return segno.make(text, error="m", micro=False).svg_data_uri(scale=5, border=4, omitsize=True, light="#fff")


def caption(code: str, value: Value) -> str:
    """The code of a dimension; of the ankle also its angle, in words unless it is the right angle."""
    if value.name != "ankle_angle_deg":
        return code
    return f"{code} {ankle(value.magnitude)}"


def _braced(drawing: Drawing) -> str:
    scale = CODE_UNITS / drawing.text_size
    return _element(drawing, scale, f'<g class="brace m">{_shapes(drawing.shapes, scale)}</g>')


def _element(drawing: Drawing, scale: float, inside: str) -> str:
    left, bottom, right, top = (edge * scale for edge in drawing.box)
    box = f"{left:.0f} {-top:.0f} {right - left:.0f} {top - bottom:.0f}"
    sentence = escape(_(drawing.sentence), quote=True)
    return f'<svg viewBox="{box}" role="img" aria-label="{sentence}" data-view="{drawing.view}">{inside}</svg>'


def _shapes(shapes: Iterable[Shape], scale: float) -> str:
    """Shapes in their order; open lines of one look that follow one another are one path."""
    written = []
    for style, together in groupby(shapes, _look_of_an_open_line):
        if style:
            written.append(_path("".join(_outline(one, scale) for one in together if isinstance(one, Polyline)), style))
        else:
            written += [_shape(shape, scale) for shape in together]
    return "".join(written)


def _look_of_an_open_line(shape: Shape) -> Style | None:
    return shape.style if isinstance(shape, Polyline) and not shape.closed else None


def _shape(shape: Shape, scale: float) -> str:
    match shape:
        case Curve() | Polyline():
            return _path(_outline(shape, scale), shape.style)
        case Ellipse():
            x, y = (_tenths(number) for number in _at(shape.centre, scale))
            radii = f'rx="{_number(shape.radius_x * scale)}" ry="{_number(shape.radius_y * scale)}"'
            return f'<ellipse class="{CLASSES[shape.style]}" cx="{x}" cy="{y}" {radii}/>'
        case Label():
            return _label(shape, scale)
        case Tag():
            return _tag(shape, scale)
        case Group():
            return f'<g class="m" data-m="{escape(shape.name)}">{_shapes(shape.shapes, scale)}</g>'
        case _:
            assert_never(shape)


def _path(outline: str, style: Style) -> str:
    return f'<path class="{CLASSES[style]}" d="{outline}"/>'


def _outline(shape: Curve | Polyline, scale: float) -> str:
    """A start and the steps from there, each counted from the rounded point before it, so that no error adds up."""
    start, step, pieces = _pieces(shape)
    here = x, y = _at(start, scale)
    steps = []
    for piece in pieces:
        points = [_at(point, scale) for point in piece]
        steps += [_tenths(there[axis] - here[axis]) for there in points for axis in (0, 1)]
        here = points[-1]
    return f"M{_tenths(x)} {_tenths(y)}{step}{' '.join(steps).replace(' -', '-')}{'z' if shape.closed else ''}"


def _pieces(shape: Curve | Polyline) -> tuple[Point, str, Sequence[Sequence[Point]]]:
    if isinstance(shape, Curve):
        return shape.start, "c", shape.pieces
    start, *ends = shape.points
    return start, "l", [(end,) for end in ends]


def _label(label: Label, scale: float) -> str:
    x, y = label.at[0] * scale, -label.at[1] * scale
    turn = f' transform="rotate({_number(-label.turn_deg)} {_number(x)} {_number(y)})"' if label.turn_deg else ""
    name = "halo" if label.role == "code" else "note"
    place = f'x="{_number(x)}" y="{_number(y + 0.35 * label.size * scale)}"'
    return f'<text class="{name}" {place}{turn}>{escape(_(label.text))}</text>'


def _tag(tag: Tag, scale: float) -> str:
    half = 0.74 * tag.size * scale
    x, y = tag.at[0] * scale, -tag.at[1] * scale
    box = f'x="{_number(x - half)}" y="{_number(y - half)}" width="{_number(2 * half)}" height="{_number(2 * half)}"'
    return (
        f'<rect class="tag" {box} rx="5"/>'
        f'<text x="{_number(x)}" y="{_number(y + 0.36 * tag.size * scale)}">{escape(tag.text)}</text>'
    )


def _at(point: Point, scale: float) -> tuple[int, int]:
    """A point of the page in tenths of a user unit, y downward."""
    return round(point[0] * scale * 10), round(-point[1] * scale * 10)


def _tenths(number: int) -> str:
    whole, tenth = divmod(abs(number), 10)
    return f"{'-' if number < 0 else ''}{whole or (0 if not tenth else '')}{f'.{tenth}' if tenth else ''}"


def _number(number: float) -> str:
    return _tenths(round(number * 10))
