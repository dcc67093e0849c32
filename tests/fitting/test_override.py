"""A dimension chosen by the orthotist: what builds on it, what may be chosen, what is refused."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest

from afofit.fitting.dimensions import DIMENSIONS
from afofit.fitting.override import CHOSEN, NotAllowed, NotOverridable, Override, allowed
from afofit.fitting.plan import fit
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Side, Value
from afofit.schemas.answer import write
from tests.examples import EXAMPLES, request_of
from tests.fitting import people
from tests.fitting.people import TODAY, document, numbers, severities

DESIGNS = ("posterior_leaf_spring", "semi_solid", "solid", "hinged", "ground_reaction", "carbon_anterior")
AT = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


def override(dimension: str, chosen: float, side: Side = "right", reason: str = "scar under the edge") -> Override:
    return Override(side=side, dimension=dimension, chosen=chosen, reason=reason, by="Dr Anna Kowalczyk", at=AT)


def leg(asked: dict[str, Any], *overrides: Override, side: Side = "right") -> LimbFitting:
    return fit(people.request_of(asked), today=TODAY, overrides=overrides).limbs[side]


def shoe_numbers(limb: LimbFitting) -> dict[str, float]:
    return {name: value.magnitude for name, value in limb.shoe.values.items()} if limb.shoe else {}


@pytest.mark.hazard("H07")
def test_what_builds_on_the_top_edge_follows_the_chosen_height() -> None:
    # E1: fibular head 455, lowered edge 0.085·455 = 38.7, held at 38: top edge 417. Shell 4, liner 0.
    limb = leg(request_of("E1"), override("proximal_trim_height_mm", 410))
    given = numbers(limb)
    assert given["proximal_trim_height_mm"] == 410
    assert given["posterior_edge_height_mm"] == 410 - 12
    assert given["calf_strap_height_mm"] == 410 - 25
    assert given["overall_height_mm"] == 410 + 4 + 0
    assert limb.outer("proximal_trim_height_mm") == 410 + 4
    # So that the two heights agree: 455 − 410.
    assert given["proximal_trim_offset_mm"] == 45
    nerve = next(finding for finding in limb.findings if finding.code == "nerve_crossing")
    assert nerve.facts["offset_mm"] == 45
    before = numbers(leg(request_of("E1")))
    moved = {name for name in given if given[name] != before[name]}
    assert moved == {
        "proximal_trim_offset_mm",
        "proximal_trim_height_mm",
        "posterior_edge_height_mm",
        "calf_strap_height_mm",
        "overall_height_mm",
    }


def test_computed_and_chosen_value_reason_who_and_when_are_kept() -> None:
    limb = leg(request_of("E1"), override("proximal_trim_height_mm", 410))
    assert list(limb.overridden) == ["proximal_trim_height_mm"]
    kept = limb.overridden["proximal_trim_height_mm"]
    assert kept.computed.magnitude == 417
    assert kept.computed.formula == "fibular_head_height_mm - proximal_trim_offset_mm"
    assert [one.magnitude for one in kept.computed.inputs] == [455, 38]
    assert kept.override == override("proximal_trim_height_mm", 410)
    assert limb.dimensions["proximal_trim_height_mm"] == Value(
        "proximal_trim_height_mm", 410.0, CHOSEN, tolerance=6, clause="R1"
    )
    assert (CHOSEN.grade, CHOSEN.basis) == ("B", "manual")


def test_a_later_computed_value_builds_on_the_earlier_chosen_one() -> None:
    # Top edge 410 chosen: the rule gives 410 − 25 = 385 for the strap before 380 is chosen for it.
    limb = leg(request_of("E1"), override("calf_strap_height_mm", 380), override("proximal_trim_height_mm", 410))
    assert limb.overridden["calf_strap_height_mm"].computed.magnitude == 385
    assert numbers(limb)["calf_strap_height_mm"] == 380
    assert list(limb.overridden) == ["proximal_trim_height_mm", "calf_strap_height_mm"]


@pytest.mark.hazard("H15")
def test_the_thickness_moves_opening_strap_height_and_shoe() -> None:
    # E1: girth 388 + 2π·1.5 = 397.42, f = 0.5. Shell 4.8: opening 0.5·(397.42 + 2π·4.8) = 213.79, strap + 70.
    limb = leg(request_of("E1"), override("shell_thickness_mm", 4.8))
    given = numbers(limb)
    assert given["calf_opening_mm"] == pytest.approx(0.5 * (397.424778 + 2 * math.pi * 4.8))
    assert given["calf_strap_length_mm"] == pytest.approx(283.792, abs=1e-3)
    assert given["overall_height_mm"] == pytest.approx(417 + 4.8)
    assert limb.sole_thickness_mm == 4.8
    # Shoe: foot 270 + 4.8; raise 4.8 + 0 − insole 5.
    assert shoe_numbers(limb)["size_length_mm"] == pytest.approx(274.8)
    assert shoe_numbers(limb)["limb_raise_mm"] == pytest.approx(-0.2)


def test_a_chosen_footplate_moves_the_shoe() -> None:
    # Full plate 270 + 3 = 273; wall 4.8 + 3 = 7.8. Length: max(270 + 7.8, plate + 7.8 + 5 − 15).
    asked = document(prescription={"design": "solid", "shell_thickness": 4.8})
    assert shoe_numbers(leg(asked))["size_length_mm"] == pytest.approx(277.8)
    longer = leg(asked, override("footplate_length_medial_mm", 285), override("footplate_width_mm", 120))
    assert shoe_numbers(longer)["size_length_mm"] == pytest.approx(285 + 7.8 + 5 - 15)
    assert shoe_numbers(longer)["width_in_brace_mm"] == 120


@pytest.mark.hazard("H15")
def test_a_chosen_build_up_says_the_lean_that_it_gives() -> None:
    # Base 0.535·270 = 144.45; needed 144.45·tan 11° = 28.08, less the shoe's 10: 18.08.
    asked = document(prescription={"design": "solid"})
    limb = leg(asked, override("heel_build_up_mm", 12))
    assert limb.overridden["heel_build_up_mm"].computed.magnitude == pytest.approx(18.078, abs=1e-3)
    trial = next(finding for finding in limb.findings if finding.code == "heel_build_up_trial")
    assert trial.facts["build_up_mm"] == 12
    # atan((10 + 12)/144.45) = 8.66°.
    assert trial.facts["target_deg"] == pytest.approx(8.66, abs=0.01)
    assert shoe_numbers(limb)["limb_raise_with_build_up_mm"] == pytest.approx(shoe_numbers(limb)["limb_raise_mm"] + 12)
    # Needed 25 chosen: build-up 15, and again the lean that comes of it: atan(25/144.45) = 9.82°.
    lower = leg(asked, override("heel_sole_differential_needed_mm", 25))
    assert numbers(lower)["heel_build_up_mm"] == 15
    trial = next(finding for finding in lower.findings if finding.code == "heel_build_up_trial")
    assert trial.facts["target_deg"] == pytest.approx(9.82, abs=0.01)


def test_a_chosen_ankle_moves_shank_and_build_up() -> None:
    # Ankle −4: pitch atan(10/144.45) = 3.96°, shank −0.04°; needed 144.45·tan 15° = 38.71, less 10.
    given = numbers(leg(document(prescription={"design": "solid"}), override("ankle_angle_deg", -4)))
    assert given["shank_to_vertical_angle_deg"] == pytest.approx(-0.0398, abs=1e-3)
    assert given["heel_build_up_mm"] == pytest.approx(28.705, abs=1e-3)


def test_of_several_for_one_dimension_the_last_counts() -> None:
    limb = leg(request_of("E1"), override("proximal_trim_height_mm", 400), override("proximal_trim_height_mm", 410))
    assert numbers(limb)["proximal_trim_height_mm"] == 410
    assert limb.overridden["proximal_trim_height_mm"].override.chosen == 410


def test_the_other_leg_stays_as_computed() -> None:
    asked = document(other={}, prescription={"design": "solid"})
    chosen = override("proximal_trim_height_mm", 410, side="left")
    assert numbers(leg(asked, chosen)) == numbers(leg(asked))
    assert leg(asked, chosen).overridden == {}
    assert numbers(leg(asked, chosen, side="left"))["proximal_trim_height_mm"] == 410


@pytest.mark.parametrize(
    ("asked", "side", "dimension"),
    [
        (request_of("E1"), "right", "joint_axis_height_mm"),  # another design
        (request_of("E1"), "right", "no_such_dimension_mm"),
        (request_of("E1"), "left", "proximal_trim_height_mm"),  # a leg that was not measured
        (document(clinical={"skin": "wound"}), "right", "proximal_trim_height_mm"),  # a stop
        (document(clinical={"ambulant": False}), "right", "proximal_trim_height_mm"),  # no design
        (document(other={"braced": False}), "left", "footplate_width_mm"),
        (document(prescription={"design": "carbon_anterior"}), "right", "shell_thickness_mm"),
        # Withheld: quadriceps under 4.
        (document(clinical={"quadriceps_grade": 3}, prescription={"design": "solid"}), "right", "heel_build_up_mm"),
        (document(patient={"weight": 130}, prescription={"design": "solid"}), "right", "shell_thickness_mm"),
    ],
)
def test_what_a_leg_does_not_have_is_refused_and_named(asked: dict[str, Any], side: Side, dimension: str) -> None:
    with pytest.raises(NotOverridable) as refused:
        leg(asked, override(dimension, 15, side=side))
    assert (refused.value.side, refused.value.dimension) == (side, dimension)
    assert isinstance(refused.value, ValueError)


def test_no_build_up_past_the_limit_by_the_side_door() -> None:
    # Needed 144.45·tan(15° + 5°) = 52.6, less 0: build-up 52.6; 65 lies within 20 mm, and above 60.
    asked = document(
        limb={"dorsiflexion_knee_extended": -5},
        shoe={"heel_sole_differential": 0},
        prescription={"design": "solid", "target_shank_angle": 15},
    )
    assert numbers(leg(asked))["heel_build_up_mm"] == pytest.approx(52.57, abs=0.01)
    assert numbers(leg(asked, override("heel_build_up_mm", 60)))["heel_build_up_mm"] == 60
    with pytest.raises(NotOverridable):
        leg(asked, override("heel_build_up_mm", 65))


@pytest.mark.parametrize(
    ("dimension", "computed", "low", "high"),
    [
        ("proximal_trim_height_mm", 417.0, 208.5, 834.0),
        ("calf_strap_width_mm", 38.0, 18.0, 76.0),
        ("fibular_relief_mm", 5.0, 0.0, 25.0),
        ("heel_seat_width_mm", 40.0, 20.0, 80.0),
        ("ankle_trim_offset_mm", -6.0, -26.0, 14.0),
        ("heel_build_up_mm", -8.0, -28.0, 12.0),
        ("heel_sole_differential_needed_mm", 28.0, 8.0, 48.0),
        ("ankle_angle_deg", 0.0, -30.0, 30.0),
        ("instep_strap_angle_deg", 45.0, 15.0, 75.0),
        ("swing_moment_nm", 1.0, 0.5, 2.0),
        ("minimum_stiffness_nm_per_deg", 0.2, 0.1, 0.4),
        ("shell_thickness_mm", 4.0, 2.0, 8.0),
    ],
)
def test_how_far_a_chosen_value_may_lie(dimension: str, computed: float, low: float, high: float) -> None:
    assert allowed(dimension, computed) == (low, high)


@pytest.mark.hazard("H03")
@pytest.mark.parametrize("chosen", [41.7, 16.4, 4170, 208.4, 834.1, math.nan, math.inf, -math.inf, -410])
def test_a_slip_of_the_unit_is_refused(chosen: float) -> None:
    with pytest.raises(NotAllowed) as refused:
        leg(request_of("E1"), override("proximal_trim_height_mm", chosen))
    assert (refused.value.low, refused.value.high) == (208.5, 834)


@pytest.mark.parametrize("chosen", [208.5, 834])
def test_the_limits_themselves_may_be_chosen(chosen: float) -> None:
    assert (
        numbers(leg(request_of("E1"), override("proximal_trim_height_mm", chosen)))["proximal_trim_height_mm"] == chosen
    )


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Override(
            side="right", dimension="leaf_width_mm", chosen=50, reason="", by="", at=datetime(2026, 11, 25, 10, 30)
        )


def asked_of(design: str, *, child: bool) -> dict[str, Any]:
    return document(prescription={"design": design, "lowered_edge": child}, child=child)


def test_every_dimension_can_be_overridden_on_some_leg() -> None:
    given = {name for design in DESIGNS for name in numbers(leg(asked_of(design, child=False)))}
    three_quarter = document(prescription={"footplate": "three_quarter"})
    assert given | set(numbers(leg(three_quarter))) == {one.name for one in DIMENSIONS}


@pytest.mark.parametrize("asked", [example["request"] for example in EXAMPLES])
def test_without_overrides_nothing_changes(asked: dict[str, Any]) -> None:
    request = people.request_of(asked)
    plain = write(fit(request, today=TODAY), asked)
    assert write(fit(request, today=TODAY, overrides=()), asked) == plain
    assert all("override" not in one for limb in plain["limbs"].values() for one in limb["dimensions"])


@pytest.mark.parametrize("child", [False, True])
@pytest.mark.parametrize("design", DESIGNS)
def test_choosing_what_was_computed_changes_no_number(design: str, child: bool) -> None:
    asked = asked_of(design, child=child)
    plain = leg(asked)
    given, shoe = numbers(plain), shoe_numbers(plain)
    every = [override(name, value) for name, value in given.items()]
    for chosen in (*[[one] for one in every], every):
        limb = leg(asked, *chosen)
        assert numbers(limb) == pytest.approx(given, abs=1e-9)
        assert shoe_numbers(limb) == pytest.approx(shoe, abs=1e-9)
        assert severities(limb) == severities(plain)
        assert set(limb.overridden) == {one.dimension for one in chosen}
        if plain.shoe and limb.shoe:
            assert limb.shoe.braced == plain.shoe.braced


@pytest.mark.hazard("H05")
@pytest.mark.parametrize("measured", [-12.0, -1.0, 0.0, 8.0])
def test_no_ankle_angle_is_chosen_beyond_what_was_measured(measured: float) -> None:
    asked = request_of("E1")
    asked["limbs"]["right"]["dorsiflexion_knee_extended"] = measured
    asked["prescription"]["design"] = "solid"
    for chosen in (measured, measured - 2):
        assert numbers(leg(asked, override("ankle_angle_deg", chosen)))["ankle_angle_deg"] == chosen
    with pytest.raises(NotAllowed):
        leg(asked, override("ankle_angle_deg", measured + 0.5))
