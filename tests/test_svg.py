"""The SVG writer: no inline style, groups by name, and the same places as on paper."""

import re
from xml.etree import ElementTree

import pytest

from afofit import svg
from afofit.fitting.drawing import VIEWS, View, draw
from afofit.fitting.drawing_shapes import Curve, Ellipse, Group, Label, Polyline, Shape, Tag, flat
from afofit.fitting.measurements import MEASUREMENTS, Posture
from afofit.fitting.values import SIDES, Side, Value
from afofit.pdf.drawing import Placement, operators
from afofit.pdf.layout import Sheet
from afofit.words import numbers
from tests.fitting.people import TODAY, document, leg

NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
KNOWN_CLASSES = {
    *("limbshape", "thin", "dash", "shell", "shellfill", "m", "brace", "ln", "ext", "dot", "tag", "note", "halo")
}
NAMES = [one.name for one in MEASUREMENTS]


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 our own text


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_an_element_with_role_sentence_and_classes_only(side: Side, view: View) -> None:
    root = parsed(svg.fitting(leg(document(prescription={"design": "solid"}, side=side), side), view))
    assert root.get("role") == "img"
    assert f"{side.capitalize()} leg" in root.get("aria-label", "")
    for element in root.iter():
        assert not {"style", "fill", "stroke", "font-size", "id"} & set(element.keys())
        assert set((element.get("class") or "").split()) <= KNOWN_CLASSES


def test_each_dimension_is_a_group_with_its_name_and_code() -> None:
    root = parsed(svg.fitting(leg(document(prescription={"design": "solid"})), "lateral"))
    groups = {element.get("data-m"): element for element in root.iter("g") if element.get("data-m")}
    assert [text.text for text in groups["proximal_trim_height_mm"].iter("text")] == ["D02"]
    assert [text.text for text in groups["ankle_angle_deg"].iter("text")] == ["D22 90°"]


@pytest.mark.parametrize("posture", ["seated", "lying", "standing"])
def test_measuring_groups_by_name_for_the_highlight(posture: Posture) -> None:
    root = parsed(svg.measuring(posture, NAMES))
    named = {element.get("data-m") for element in root.iter("g") if element.get("class") == "m"}
    assert named == {one.name for one in MEASUREMENTS if one.posture == posture}
    left = parsed(svg.measuring(posture, NAMES, side="left"))
    assert "Left" in left.get("aria-label", "")
    assert "transform" not in "".join(key for element in left.iter() for key in element.keys())  # noqa: SIM118


def test_text_is_escaped() -> None:
    root = parsed(svg.measuring("lying", ["dorsiflexion_knee_extended"]))
    assert "toes up: past 90°" in {text.text for text in root.iter("text")}


@pytest.mark.parametrize("angle", [0.0, -0.4, -1.0, -4.5, -12.0, -19.5])
def test_the_ankle_angle_reads_as_everywhere_else(angle: float) -> None:
    source = leg(document()).dimensions["ankle_angle_deg"].source
    assert svg.caption("D22", Value("ankle_angle_deg", angle, source)) == f"D22 {numbers.ankle(angle)}"


def _numbers(text: str) -> list[float]:
    return [float(number) for number in NUMBER.findall(text)]


def _expected(shape: Shape) -> list[float]:
    """The defining points of a shape (mm), in the order in which both writers give them."""
    match shape:
        case Curve():
            return [part for point in (shape.start, *(p for piece in shape.pieces for p in piece)) for part in point]
        case Polyline():
            return [part for point in shape.points for part in point]
        case Ellipse():
            return [*shape.centre]
        case _:
            return []


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("design", ["posterior_leaf_spring", "hinged", "ground_reaction"])
def test_both_writers_place_equal_points(view: View, design: str) -> None:
    limb = leg(document(prescription={"design": design}))
    drawing = draw(limb, view, svg.caption)
    scale = svg.CODE_UNITS / drawing.text_size
    sheet = Sheet(paper="a4", title="", created=TODAY, head=0, foot=0, furniture=lambda *_: None)
    placement = Placement(0.7, 100.0, 200.0)
    for shape in flat(drawing.shapes):
        expected = _expected(shape)
        if not expected:
            continue
        screen = _svg_points(svg._shape(shape, scale))
        paper = _pdf_points(operators(sheet, type(drawing)(view, "", (shape,), drawing.box, 1.0), placement), shape)
        upright = [part / scale * (-1 if place % 2 else 1) for place, part in enumerate(screen)]
        assert upright == pytest.approx(expected, abs=0.06 / scale + 1e-9)
        lifted = [(part - (200.0 if place % 2 else 100.0)) / 0.7 for place, part in enumerate(paper)]
        assert lifted == pytest.approx(expected, abs=0.01 / 0.7)


def _svg_points(text: str) -> list[float]:
    ellipse = re.search(r'cx="(\S+)" cy="(\S+)"', text)
    if ellipse:
        return [float(ellipse[1]), float(ellipse[2])]
    path = re.search(r' d="M(\S+ \S+)([cl])([^"z]+)z?"', text)
    assert path
    points, size = [_numbers(path[1])], {"c": 3, "l": 1}[path[2]]
    steps = _numbers(path[3])
    for place in range(0, len(steps), 2 * size):
        # Every step of a piece counts from where the piece before it ended.
        here = points[-1]
        points += [[here[axis] + steps[place + 2 * step + axis] for axis in (0, 1)] for step in range(size)]
    return [part for point in points for part in point]


def _pdf_points(painted: list[str], shape: Shape) -> list[float]:
    """The points of the last path painted; of an ellipse the middle of its rightmost and leftmost point."""
    path = painted[-2]
    steps = re.findall(r"((?:-?\d+(?:\.\d+)? )+)([mlc])\b", path)
    points = [number for coordinates, _ in steps for number in _numbers(coordinates)]
    if isinstance(shape, Ellipse):
        points = [(points[0] + points[12]) / 2, points[1]]
    return points


def test_every_shape_is_written() -> None:
    shapes: tuple[Shape, ...] = (
        Polyline(((0, 0), (1, 1)), "line"),
        Ellipse((0, 0), 1, 2, "dot"),
        Label((0, 0), "a<b", 10, "note"),
        Tag((0, 0), "A", 10),
    )
    text = svg._shapes((Group("x", shapes),), 1.0)
    assert text.startswith('<g class="m" data-m="x">')
    assert "a&lt;b" in text
    assert text.count("<") - text.count("</") == len(parsed(text).findall(".//*")) + 1
