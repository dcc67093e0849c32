"""The lean of the shank: numbers by hand, and the picture to the scale of heel and base."""

import math
from typing import Any

import pytest

from afofit.fitting.drawing_alignment import ball_of, draw_stances, shank_line, turned, wedges
from afofit.fitting.drawing_limb import leg_of
from afofit.fitting.drawing_shapes import Curve, Label, Polyline
from afofit.fitting.override import Override
from afofit.fitting.plan import fit
from afofit.fitting.result import LimbFitting
from afofit.fitting.stance import Stance, missing, stances
from afofit.fitting.values import Side
from afofit.words.alignment import no_stance, stance_caption, stance_sentence
from tests.fitting.people import GONE, TODAY, document, leg, request_of
from tests.fitting.test_override import AT


def solid(*, side: Side = "right", **changes: Any) -> LimbFitting:
    """A foot of 270 mm: base 0.535 · 270 = 144.45 mm; the shoe's heel 10 mm over the ball unless changed."""
    prescription = {"design": "solid", "footplate": "engine"} | changes.pop("prescription", {})
    return leg(document(side=side, prescription=prescription, **changes), side)


def leans(limb: LimbFitting) -> dict[str, float]:
    return {one.kind: one.shank.magnitude for one in stances(limb)}


def test_the_lean_in_this_shoe_and_with_the_build_up() -> None:
    """atan(10 / 144.45) = 3.96°. Target 11°: 144.45 · tan 11° = 28.08 mm, so 18.08 mm are added: atan(28.08/144.45)."""
    found = leans(solid())
    assert found["shoe"] == pytest.approx(3.96, abs=0.005)
    assert found["planned"] == pytest.approx(11)
    assert found["built_up"] == pytest.approx(11)
    built = stances(solid())[2]
    assert (built.rise_mm, built.added_mm) == (pytest.approx(28.08, abs=0.01), pytest.approx(18.08, abs=0.01))


def test_spina_bifida_is_planned_at_seven_degrees() -> None:
    assert leans(solid(clinical={"diagnosis": "spina_bifida"}))["planned"] == pytest.approx(7)


def test_a_prescribed_target_is_what_is_planned() -> None:
    assert leans(solid(prescription={"target_shank_angle": 9}))["planned"] == pytest.approx(9)


def test_a_plantarflexed_ankle_leans_back_in_a_flat_shoe() -> None:
    """Ankle −6°, heel 4 mm: atan(4 / 144.45) = 1.59°, so 1.59 − 6 = −4.41°."""
    limb = solid(limb={"dorsiflexion_knee_extended": -6}, shoe={"heel_sole_differential": 4})
    shoe = next(one for one in stances(limb) if one.kind == "shoe")
    assert shoe.shank.magnitude == pytest.approx(-4.41, abs=0.005)
    assert stance_caption(shoe) == "4° backward"


def test_a_chosen_build_up_gives_its_own_lean() -> None:
    """10 + 8 mm on 144.45 mm: atan(18 / 144.45) = 7.10°, less than the 11° that were planned."""
    asked = document(prescription={"design": "solid", "footplate": "engine"})
    chosen = Override(side="right", dimension="heel_build_up_mm", chosen=8, reason="trial", by="Ada", at=AT)
    limb = fit(request_of(asked), today=TODAY, overrides=(chosen,)).limbs["right"]
    assert leans(limb)["built_up"] == pytest.approx(7.10, abs=0.005)
    assert leans(limb)["planned"] == pytest.approx(11)


def test_a_heel_that_is_too_high_has_no_build_up() -> None:
    """Needed 28.08 mm, the heel has 40: atan(40 / 144.45) = 15.48°."""
    found = leans(solid(shoe={"heel_sole_differential": 40}))
    assert set(found) == {"planned", "shoe"}
    assert found["shoe"] == pytest.approx(15.48, abs=0.005)


def test_a_withheld_build_up_is_not_drawn() -> None:
    assert set(leans(solid(clinical={"quadriceps_grade": 3}))) == {"planned", "shoe"}


def test_the_derived_value_carries_its_working() -> None:
    value = stances(solid())[2].shank
    assert (value.source.grade, value.clause) == ("D", "R14")
    names = [one.name for one in value.inputs]
    assert names == ["heel_sole_differential_mm", "heel_build_up_mm", "base_length_mm", "ankle_angle_deg"]
    assert value.name not in solid().dimensions


@pytest.mark.parametrize(
    ("asked", "reason", "said"),
    [
        (document(prescription={"design": "hinged"}), "not_rigid", "lets the ankle move"),
        (
            document(prescription={"design": "solid"}, shoe={"heel_sole_differential": GONE}),
            "no_differential",
            "Measure the shoe at heel and ball",
        ),
        (document(clinical={"skin": "wound"}), "no_brace", "no brace is computed"),
        (document(prescription={"design": "solid"}, limb={"partial_foot": "toes"}), "no_base", "is missing"),
    ],
)
def test_where_there_is_no_picture_the_reason_is_said(asked: Any, reason: str, said: str) -> None:
    limb = leg(asked)
    assert stances(limb) == ()
    assert draw_stances(limb, stance_caption, stance_caption) == ()
    why = missing(limb)
    assert why == reason
    assert why is not None
    assert said in no_stance(why, "right")


def _drawn(limb: LimbFitting) -> list[tuple[Stance, Any]]:
    side = limb.limb.side
    return list(draw_stances(limb, stance_caption, lambda stance: stance_sentence(stance, side)))


def test_a_turn_forward_carries_what_is_above_to_the_front() -> None:
    """(0, 100) turned 30° forward about the origin: (100 · sin 30°, 100 · cos 30°) = (50, 86.6)."""
    assert turned((0, 100), (0, 0), 30) == pytest.approx((50, 86.60), abs=0.005)


def test_the_shank_line_stands_at_its_angle_from_the_vertical() -> None:
    limb = solid()
    shape = leg_of({name: value.magnitude for name, value in limb.measured.items()})
    for stance in stances(limb):
        (x, y), (across, up) = shank_line(shape, stance)
        assert math.degrees(math.atan2(across - x, up - y)) == pytest.approx(stance.shank.magnitude)


def test_the_wedge_has_the_slope_of_heel_over_base() -> None:
    """Heel to ball line: 0.15 · 270 + 144.45 = 184.95 mm. Slope 10 / 144.45: at the back 12.80 mm high."""
    limb = solid()
    shape = leg_of({name: value.magnitude for name, value in limb.measured.items()})
    _, shoe, built = stances(limb)
    assert ball_of(shape, shoe)[0] == pytest.approx(184.95)
    (own,) = wedges(shape, shoe)
    assert own == (pytest.approx((0, 0)), pytest.approx((184.95, 0)), pytest.approx((0, 12.80), abs=0.005))
    # 18.08 / 144.45 · 184.95 = 23.15 mm are added below the shoe's own wedge
    above, added = wedges(shape, built)
    assert added[2] == pytest.approx((0, 23.15), abs=0.005)
    assert above[0] == added[2]


def test_a_heel_below_the_ball_stands_on_a_wedge_that_is_thicker_in_front() -> None:
    limb = solid(shoe={"heel_sole_differential": -6})
    shape = leg_of({name: value.magnitude for name, value in limb.measured.items()})
    shoe = next(one for one in stances(limb) if one.kind == "shoe")
    (own,) = wedges(shape, shoe)
    # −6 / 144.45 · 184.95 = −7.68 mm
    assert own[0] == pytest.approx((0, -7.68), abs=0.005)
    assert own[2][1] == 0


def test_all_pictures_of_a_leg_have_one_frame() -> None:
    drawings = [drawing for _, drawing in _drawn(solid())]
    assert len(drawings) == 3
    assert len({drawing.box for drawing in drawings}) == 1
    for drawing in drawings:
        left, bottom, right, top = drawing.box
        for shape in drawing.shapes:
            if isinstance(shape, Polyline):
                assert all(left <= x <= right and bottom <= y <= top for x, y in shape.points)


def test_a_left_leg_is_mirrored_and_its_text_is_not() -> None:
    for (_, left), (_, right) in zip(_drawn(solid(side="left")), _drawn(solid()), strict=True):
        here = [shape for shape in left.shapes if isinstance(shape, Label)]
        there = [shape for shape in right.shapes if isinstance(shape, Label)]
        assert [label.text for label in here] == [label.text for label in there]
        assert all(label.turn_deg == 0 for label in here)
        assert here[0].at[0] == pytest.approx(-there[0].at[0])
        assert left.sentence.startswith("Left leg")


def test_an_upright_shank_has_no_arc() -> None:
    upright = [
        drawing for stance, drawing in _drawn(solid(shoe={"heel_sole_differential": 0})) if stance.kind == "shoe"
    ]
    assert not [shape for shape in upright[0].shapes if isinstance(shape, Curve) and shape.style == "extension"]
    assert [shape.text for shape in upright[0].shapes if isinstance(shape, Label)] == ["upright"]


def test_the_sentence_says_what_is_seen() -> None:
    sentences = [drawing.sentence for _, drawing in _drawn(solid())]
    assert sentences[1] == (
        "Right leg from the outer side, in this shoe: shank to vertical 4° forward, heel 10 mm over the ball."
    )
    assert "18 mm built up under the heel" in sentences[2]
