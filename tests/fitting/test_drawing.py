"""The drawing: to scale, mirrored for the left, and no label on another, for people of every size."""

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise, product
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from afofit.fitting.drawing import TEXT_SHARE, VIEWS, View, draw, drawable, views
from afofit.fitting.drawing_labels import spread
from afofit.fitting.drawing_measuring import MARKS, measuring_drawing
from afofit.fitting.drawing_shapes import (
    Box,
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
    corners,
    flat,
    mirrored,
    smooth,
)
from afofit.fitting.measurements import MEASUREMENTS, Posture
from afofit.fitting.plan import fit
from afofit.fitting.request import Prescription
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import SIDES, Side, Value
from afofit.fitting.vocabulary import DESIGNS
from tests.fitting.people import CHILD_LEG, LIMB, MAN_LEG, PATIENT, TODAY, document, leg, measured, one_leg

ALL_DESIGNS = tuple(code for code, _ in DESIGNS)
SCREEN, PAPER, ENLARGED = 0.033, TEXT_SHARE, 1.5 * TEXT_SHARE


def long_caption(code: str, value: Value) -> str:
    """The widest caption in use: code and number."""
    return f"{code}  {value.magnitude:.0f}"


def short_caption(code: str, value: Value) -> str:
    """The code alone."""
    return code


def braced(design: str, *, side: Side = "right", child: bool = False, **limb: Any) -> LimbFitting:
    """A leg with a prescribed design."""
    return leg(document(prescription={"design": design}, side=side, child=child, limb=limb), side)


def past_the_door(design: str, *, side: Side, **changes: float) -> LimbFitting:
    """A leg of any proportions, also of those that the door would ask about."""
    limb = replace(measured(LIMB, **changes), side=side, prescription=Prescription(design=design))
    return fit(one_leg(PATIENT, limb), today=TODAY).limbs[side]


def labels(drawing: Drawing) -> list[Label | Tag]:
    return [shape for shape in flat(drawing.shapes) if isinstance(shape, Label | Tag)]


def apart(first: tuple[Point, ...], second: tuple[Point, ...]) -> bool:
    """Two convex shapes do not meet: some edge has all of the other on its far side (separating axis)."""
    if max(x for x, _ in first) <= min(x for x, _ in second) or max(x for x, _ in second) <= min(x for x, _ in first):
        return True
    for shape in (first, second):
        for (x0, y0), (x1, y1) in pairwise((*shape, shape[0])):
            normal = (y1 - y0, x0 - x1)
            spans = [[x * normal[0] + y * normal[1] for x, y in points] for points in (first, second)]
            if max(spans[0]) <= min(spans[1]) or max(spans[1]) <= min(spans[0]):
                return True
    return False


def overlapping(drawing: Drawing) -> list[tuple[str, str]]:
    return [
        (one.text, other.text)
        for one, other in combinations(labels(drawing), 2)
        if not apart(corners(one), corners(other))
    ]


def crossed(drawing: Drawing) -> list[tuple[str, str]]:
    """Leaders that run through the label of another dimension."""
    segments, quads = [], []
    for one in drawing.shapes:
        if isinstance(one, Group):
            for shape in flat(one.shapes):
                if isinstance(shape, Label):
                    quads.append((one.name, shape.text, corners(shape)))
                elif isinstance(shape, Polyline) and shape.style == "extension" and len(shape.points) == 3:
                    segments += [(one.name, segment) for segment in pairwise(shape.points)]
    return [
        (name, text)
        for (name, segment), (other, text, quad) in product(segments, quads)
        if name != other and not apart(quad, segment)
    ]


def outside(drawing: Drawing) -> list[Shape]:
    """Shapes whose reach leaves the canvas."""
    left, bottom, right, top = drawing.box

    def leaves(box: Box) -> bool:
        return box[0] < left or box[1] < bottom or box[2] > right or box[3] > top

    return [shape for shape in drawing.shapes if leaves(box_of([shape]))]


def group(drawing: Drawing, name: str) -> list[Curve | Polyline | Ellipse | Label | Tag]:
    return [
        shape for one in drawing.shapes if isinstance(one, Group) and one.name == name for shape in flat(one.shapes)
    ]


def lines(drawing: Drawing, name: str) -> list[Polyline]:
    """The dimension line of a quantity; arrowheads have three points."""
    found = [shape for shape in group(drawing, name) if isinstance(shape, Polyline) and shape.style == "line"]
    return [shape for shape in found if len(shape.points) == 2]


@pytest.mark.parametrize("design", ALL_DESIGNS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("child", [False, True])
@pytest.mark.parametrize("share", [SCREEN, PAPER, ENLARGED])
def test_no_label_lies_on_another_or_leaves_the_canvas(design: str, side: Side, child: bool, share: float) -> None:
    caption = short_caption if share == SCREEN else long_caption
    for drawing in views(braced(design, side=side, child=child), caption, text_share=share):
        assert overlapping(drawing) == [], drawing.view
        assert outside(drawing) == [], drawing.view
        assert crossed(drawing) == [], drawing.view


def test_the_overlap_check_finds_an_overlap() -> None:
    one, other = Label((0, 0), "D02", 10, "code"), Label((8, 4), "D03", 10, "code", 90)
    far = Label((60, 0), "D04", 10, "code", 45)
    drawing = Drawing("lateral", "", (one, other, far), box_of([one, other, far]), 10)
    assert overlapping(drawing) == [("D02", "D03")]
    assert outside(Drawing("lateral", "", (far,), (0, 0, 60, 60), 10)) == [far]


PEOPLE = st.fixed_dictionaries(
    {
        "fibular_head_height": st.floats(300, 560),
        "calf_share": st.floats(0.62, 1.0),
        "ankle_share": st.floats(0.5, 0.75),
        "foot_share": st.floats(0.5, 0.68),
        "ball_share": st.floats(0.68, 0.77),
        "forefoot_share": st.floats(0.33, 0.44),
        "dorsiflexion_knee_extended": st.floats(-20, 20),
        "design": st.sampled_from([design for design in ALL_DESIGNS if design != "hinged"]),
        "side": st.sampled_from(SIDES),
        "share": st.sampled_from([SCREEN, PAPER, ENLARGED]),
    }
)


@settings(max_examples=60, deadline=None)
@given(PEOPLE)
def test_no_overlap_in_constructed_people(person: dict[str, Any]) -> None:
    head = person["fibular_head_height"]
    calf, foot = head * person["calf_share"], head * person["foot_share"]
    ball = foot * person["ball_share"]
    limb = past_the_door(
        person["design"],
        side=person["side"],
        fibular_head_height=head,
        calf_circumference=calf,
        ankle_circumference=max(calf * person["ankle_share"], 130),
        malleolar_width=max(0.27 * foot, 46),
        medial_malleolus_tip_height=0.25 * foot,
        foot_length=foot,
        ball_length=ball,
        lateral_ball_length=0.85 * ball,
        forefoot_width=max(foot * person["forefoot_share"], 56),
        heel_width=0.26 * foot,
        dorsiflexion_knee_extended=person["dorsiflexion_knee_extended"],
    )
    for drawing in views(limb, long_caption, text_share=person["share"]):
        assert overlapping(drawing) == []
        assert outside(drawing) == []
        assert crossed(drawing) == []


def _survey(data: Path) -> Iterator[dict[str, float]]:
    """Every 60th of the 6,068 surveyed adults."""
    with (data / "ansur2_lowerleg.csv").open(newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            if place % 60 == 0:
                yield {
                    "fibular_head_height": float(row["tibial_height_mm"]) - 15,
                    "calf_circumference": float(row["calf_circumference_mm"]),
                    "ankle_circumference": float(row["ankle_circumference_mm"]),
                    "malleolar_width": float(row["bimalleolar_breadth_mm"]),
                    "lateral_malleolus_apex_height": float(row["lateral_malleolus_height_mm"]),
                    "foot_length": float(row["foot_length_mm"]),
                    "ball_length": float(row["ball_of_foot_length_mm"]),
                    "forefoot_width": float(row["foot_breadth_mm"]),
                    "heel_width": float(row["heel_breadth_mm"]),
                }


def test_no_overlap_in_surveyed_adults(published_data: Path) -> None:
    for place, person in enumerate(_survey(published_data)):
        design = ALL_DESIGNS[place % len(ALL_DESIGNS)]
        tip = {"medial_malleolus_tip_height": person["lateral_malleolus_apex_height"] - 2}
        outer = 0.85 * person["ball_length"]
        limb = past_the_door(design, side=SIDES[place % 2], lateral_ball_length=outer, **person, **tip)
        for drawing in views(limb, long_caption):
            assert overlapping(drawing) == [], (place, design, drawing.view)
            assert outside(drawing) == [], (place, design, drawing.view)
            assert crossed(drawing) == [], (place, design, drawing.view)


def test_dimension_lines_are_as_long_as_what_they_measure() -> None:
    # man of E1, leaf spring, three-quarter plate, lowered edge by prescription; by hand:
    # edge 455 − 38 = 417, back 417 − 12 = 405, strap 417 − 25 = 392, overall 417 + 4 + 0 = 421, plate 200 − 12 = 188
    limb = leg(document(prescription={"design": "posterior_leaf_spring", "lowered_edge": True, "shell_thickness": 4}))
    lateral = draw(limb, "lateral", short_caption)
    for name, expected in (
        ("proximal_trim_height_mm", 417),
        ("posterior_edge_height_mm", 405),
        ("calf_strap_height_mm", 392),
        ("overall_height_mm", 421),
        ("footplate_length_medial_mm", 188),
        ("proximal_trim_offset_mm", 38),
    ):
        (line,) = lines(lateral, name)
        assert math.dist(*line.points) == pytest.approx(expected), name
    plantar = draw(limb, "plantar", short_caption)
    assert math.dist(*lines(plantar, "footplate_width_mm")[0].points) == pytest.approx(102 + 4)
    assert math.dist(*lines(plantar, "footplate_length_lateral_mm")[0].points) == pytest.approx(170 - 12)
    # leaf: min(clamp(0.25 · 228, 30, 70), 0.8 · 75) = 57
    posterior = draw(limb, "posterior", short_caption)
    assert math.dist(*lines(posterior, "leaf_width_mm")[0].points) == pytest.approx(57)


@pytest.mark.parametrize("dorsiflexion", [-12.0, -20.0])
def test_heights_stay_to_scale_when_the_shank_leans(dorsiflexion: float) -> None:
    limb = braced("solid", dorsiflexion_knee_extended=dorsiflexion)
    (line,) = lines(draw(limb, "lateral", short_caption), "proximal_trim_height_mm")
    assert math.dist(*line.points) == pytest.approx(limb.dimensions["proximal_trim_height_mm"].magnitude)
    (x0, y0), (x1, y1) = sorted(line.points, key=lambda point: point[1])
    # toes to the right, so leaning back is to the left
    assert math.degrees(math.atan2(x0 - x1, y1 - y0)) == pytest.approx(-dorsiflexion)


def _square(drawing: Drawing) -> list[Polyline]:
    """Open corners of three points in the thin style: only the mark of the right angle looks so."""
    found = [shape for shape in drawing.shapes if isinstance(shape, Polyline) and shape.style == "thin"]
    return [shape for shape in found if len(shape.points) == 3]


@pytest.mark.parametrize("design", ["solid", "posterior_leaf_spring", "ground_reaction", "carbon_anterior"])
def test_the_square_stands_only_at_the_right_angle(design: str) -> None:
    assert len(_square(draw(braced(design, dorsiflexion_knee_extended=0), "lateral", short_caption))) == 1
    assert _square(draw(braced(design, dorsiflexion_knee_extended=-0.5), "lateral", short_caption)) == []


@pytest.mark.parametrize("view", VIEWS)
def test_the_left_leg_is_the_mirror_image_of_the_right(view: View) -> None:
    right = draw(braced("solid"), view, short_caption)
    left = draw(braced("solid", side="left"), view, short_caption)
    assert left.box == pytest.approx((-right.box[2], right.box[1], -right.box[0], right.box[3]))
    ours = [(shape.text, (-shape.at[0], shape.at[1])) for shape in labels(right) if isinstance(shape, Label)]
    theirs = [(shape.text, shape.at) for shape in labels(left) if isinstance(shape, Label)]
    for (text, at), (other, where) in zip(ours, theirs, strict=True):
        assert text == other
        assert where == pytest.approx(at)
    assert "Left leg" in left.sentence
    assert "Right leg" in right.sentence


def test_toes_point_forward_on_each_side() -> None:
    # a right leg from its outer side faces right, a left one faces left
    for side, sign in (("right", 1), ("left", -1)):
        lateral = draw(braced("solid", side=side), "lateral", short_caption)  # type: ignore[arg-type]
        limb = next(shape for shape in lateral.shapes if isinstance(shape, Curve) and shape.style == "limb")
        toe = max((piece[2] for piece in limb.pieces), key=lambda point: abs(point[0]))
        assert toe[0] == pytest.approx(sign * 270)


def test_text_is_turned_but_never_mirrored() -> None:
    leaning = Label((10, 5), "D02", 9, "code", 78)
    assert mirrored(leaning) == Label((-10, 5), "D02", 9, "code", 102)
    assert mirrored(Label((1, 2), "D02", 9, "code")) == Label((-1, 2), "D02", 9, "code")


@pytest.mark.parametrize("design", ALL_DESIGNS)
def test_each_drawn_dimension_carries_its_code_once_in_a_view(design: str) -> None:
    limb = braced(design)
    for drawing in views(limb, short_caption):
        texts = [shape.text for shape in labels(drawing)]
        assert len(texts) == len(set(texts))
    drawn = {shape.text for drawing in views(limb, short_caption) for shape in labels(drawing)}
    assert {"D12", "D14", "D22"} <= drawn


def test_what_each_design_shows() -> None:
    def named(design: str, view: View) -> set[str]:
        shapes = draw(braced(design), view, short_caption).shapes
        return {shape.name for shape in shapes if isinstance(shape, Group)}

    assert "leaf_width_mm" in named("posterior_leaf_spring", "posterior")
    assert "joint_axis_height_mm" in named("hinged", "lateral")
    assert "calf_strap_height_mm" not in named("ground_reaction", "lateral")
    assert "proximal_trim_height_mm" not in named("carbon_anterior", "lateral")
    joints = [one for one in draw(braced("hinged"), "lateral", short_caption).shapes if isinstance(one, Ellipse)]
    axis = next(one for one in joints if one.style == "joint")
    assert axis.centre[1] == pytest.approx(MAN_LEG["medial_malleolus_tip_height"])


def test_without_a_brace_there_is_no_drawing() -> None:
    stopped = leg(document(clinical={"skin": "wound"}))
    assert not drawable(stopped)
    with pytest.raises(ValueError, match="no drawing"):
        draw(stopped, "lateral", short_caption)


def test_the_outline_follows_the_measurements() -> None:
    thin = draw(braced("solid", calf_circumference=300), "posterior", short_caption)
    thick = draw(braced("solid", calf_circumference=450), "posterior", short_caption)

    def width(drawing: Drawing) -> float:
        limb = next(shape for shape in drawing.shapes if isinstance(shape, Curve) and shape.style == "limb")
        ends = [limb.start, *(piece[2] for piece in limb.pieces)]
        return max(x for x, _ in ends) - min(x for x, _ in ends)

    # girth / π, 3 % wider from side to side
    assert width(thin) == pytest.approx(1.03 * 300 / math.pi, rel=0.01)
    assert width(thick) == pytest.approx(1.03 * 450 / math.pi, rel=0.01)


@pytest.mark.parametrize("posture", get_args(Posture))
@pytest.mark.parametrize("side", SIDES)
def test_measuring_drawings_carry_every_letter_of_their_posture(posture: Posture, side: Side) -> None:
    wanted = [one for one in MEASUREMENTS if one.posture == posture]
    drawing = measuring_drawing(posture, [one.name for one in MEASUREMENTS], side=side)
    tags = [shape.text for shape in labels(drawing) if isinstance(shape, Tag)]
    assert sorted(tags) == sorted(one.letter for one in wanted)
    assert set(MARKS[posture]) == {one.name for one in wanted}
    assert overlapping(drawing) == []
    assert outside(drawing) == []


def test_measuring_drawing_shows_only_what_is_asked() -> None:
    drawing = measuring_drawing("standing", ["foot_length", "fibular_head_height"], side="right")
    assert [shape.name for shape in drawing.shapes if isinstance(shape, Group)] == ["foot_length"]


def test_smooth_passes_through_its_points_and_arc_ends_where_it_should() -> None:
    points = [(0.0, 0.0), (4.0, 3.0), (9.0, 1.0)]
    curve = smooth(points, "thin")
    assert [curve.start, *(piece[2] for piece in curve.pieces)] == points
    quarter = arc((1, 1), 2, 2, 0, 90, "thin")
    assert quarter.start == pytest.approx((3, 1))
    assert quarter.pieces[-1][2] == pytest.approx((1, 3))


@given(st.lists(st.floats(-50, 150), max_size=9))
def test_spread_keeps_order_distance_and_floor(wanted: list[float]) -> None:
    heights = spread(sorted(wanted), 10, 0, 200)
    assert len(heights) == len(wanted)
    assert all(after - before >= 10 - 1e-9 for before, after in pairwise(heights))
    assert all(0 <= height <= 200 for height in heights)


def test_spread_moves_nothing_that_has_room() -> None:
    assert spread([5.0, 40.0, 90.0], 10, 0, 100) == [5.0, 40.0, 90.0]


def test_a_child_is_drawn_in_the_same_proportion_of_text() -> None:
    child = draw(braced("solid", child=True), "lateral", short_caption)
    adult = draw(braced("solid"), "lateral", short_caption)
    ratio = CHILD_LEG["fibular_head_height"] / MAN_LEG["fibular_head_height"]
    assert child.text_size / adult.text_size == pytest.approx(ratio)
