"""The shoe over the brace: length, width, depth, the shoe worn now, and whether one pair serves both feet."""

import math
from collections.abc import Mapping

from afofit.fitting.case import PREFABRICATED, RIGID, Case
from afofit.fitting.protocol import Protocol
from afofit.fitting.request import Limb, Patient, Shoe
from afofit.fitting.result import CurrentShoe, LimbFitting, Pair, Reason, ShoeFit, Width
from afofit.fitting.shoe_sizes import (
    ADULT_SIZES_FROM_MM,
    first_system,
    read_printed,
    size_to_buy,
    systems_given,
    us_adult_systems,
)
from afofit.fitting.stand_ins import ON_SHOE
from afofit.fitting.values import EPSILON, Known, Source, Value, clamp, derived, rule

LENGTH = derived("Shoe reference 4.3: the foot sits forward by the heel wall, the toe room is kept")
ROOM = derived("Shoe reference 3: room built into a labelled size")
WIDTH = derived("Shoe reference 4.3: walls on both sides at the ball")
DEPTH = derived("Shoe reference 4.3: what lies over and under the foot less the insole taken out")
RAISE = derived("Shoe reference 4.6: what lies under the foot less the insole taken out")
LETTERS = Source(
    "Shoe reference 2.3: 3/16 in a letter; standard widths from a published chart, another differs by half a letter",
    "C",
    "published",
)
LETTER_STEP_MM = 25.4 * 3 / 16
LETTER_SLACK = 0.25

LADDERS: dict[str, tuple[tuple[str, int], ...]] = {
    "us_men": (("2A", -4), ("B", -2), ("D", 0), ("2E", 2), ("4E", 4), ("6E", 6)),
    "us_women": (("4A", -4), ("2A", -2), ("B", 0), ("D", 2), ("2E", 4), ("4E", 6)),
    "us_child": (("N", -2), ("M", 0), ("W", 2), ("XW", 4)),
}
DEPTH_CLASSES = ((1.0, "ordinary"), (4.8, "depth"), (6.4, "extra_depth"), (12.7, "double_depth"))
DEPTH_ORDER = ("ordinary", "depth", "extra_depth", "double_depth", "custom")


@rule("shoe", "shoe_foot_length_mm + wall_mm", LENGTH)
def size_length_mm(shoe_foot_length_mm: float, wall_mm: float) -> float:
    """Length (mm) by which the size is chosen: the foot and the heel wall behind it."""
    return shoe_foot_length_mm + wall_mm


@rule(
    "shoe",
    "max(shoe_foot_length_mm + wall_mm, footplate_length_medial_mm + wall_mm + plate_end_clearance_mm"
    " - built_in_allowance_mm)",
    LENGTH,
    gives="size_length_mm",
)
def size_length_full_plate_mm(
    shoe_foot_length_mm: float,
    wall_mm: float,
    footplate_length_medial_mm: float,
    plate_end_clearance_mm: float,
    built_in_allowance_mm: float,
) -> float:
    """Length (mm) by which the size is chosen where a plate reaches the toes."""
    plate = footplate_length_medial_mm + wall_mm + plate_end_clearance_mm - built_in_allowance_mm
    return max(shoe_foot_length_mm + wall_mm, plate)


@rule("shoe", "clamp(child_allowance_share * shoe_foot_length_mm, child_allowance_min_mm, adult_allowance_mm)", ROOM)
def built_in_allowance_mm(
    child_allowance_share: float, shoe_foot_length_mm: float, child_allowance_min_mm: float, adult_allowance_mm: float
) -> float:
    """Room (mm) that a labelled child's size leaves before the toes."""
    return clamp(child_allowance_share * shoe_foot_length_mm, child_allowance_min_mm, adult_allowance_mm)


@rule("shoe", "size_length_mm - shoe_foot_length_mm", LENGTH)
def length_increase_mm(size_length_mm: float, shoe_foot_length_mm: float) -> float:
    """How much (mm) longer the size is than the bare foot needs."""
    return size_length_mm - shoe_foot_length_mm


@rule("shoe", "size_length_mm + built_in_allowance_mm", LENGTH)
def inside_length_mm(size_length_mm: float, built_in_allowance_mm: float) -> float:
    """Inside length (mm) to look for; beats any label."""
    return size_length_mm + built_in_allowance_mm


@rule("shoe", "forefoot_width_mm + 2 * side_wall_at_ball_mm", WIDTH)
def width_in_brace_mm(forefoot_width_mm: float, side_wall_at_ball_mm: float) -> float:
    """Width (mm) at the ball with the walls of the brace."""
    return forefoot_width_mm + 2 * side_wall_at_ball_mm


@rule(
    "shoe",
    "max(forefoot_width_mm + 2 * side_wall_at_ball_mm, footplate_width_mm)",
    WIDTH,
    gives="width_in_brace_mm",
)
def width_full_plate_mm(forefoot_width_mm: float, side_wall_at_ball_mm: float, footplate_width_mm: float) -> float:
    """Width (mm) at the ball where a full plate lies in the shoe."""
    return max(forefoot_width_mm + 2 * side_wall_at_ball_mm, footplate_width_mm)


@rule("shoe", "sole_shell_mm + liner_thickness_mm + dorsal_pad_mm - insole_removed_mm", DEPTH)
def extra_depth_mm(
    sole_shell_mm: float, liner_thickness_mm: float, dorsal_pad_mm: float, insole_removed_mm: float
) -> float:
    """Depth (mm) that the shoe must have beyond an ordinary one."""
    return sole_shell_mm + liner_thickness_mm + dorsal_pad_mm - insole_removed_mm


@rule("shoe", "sole_shell_mm + liner_thickness_mm - insole_removed_mm", RAISE)
def limb_raise_mm(sole_shell_mm: float, liner_thickness_mm: float, insole_removed_mm: float) -> float:
    """How much (mm) the brace lengthens the limb."""
    return sole_shell_mm + liner_thickness_mm - insole_removed_mm


@rule("shoe", "limb_raise_mm + heel_build_up_mm", RAISE)
def limb_raise_with_build_up_mm(limb_raise_mm: float, heel_build_up_mm: float) -> float:
    """The same (mm) at the heel, build-up included."""
    return limb_raise_mm + heel_build_up_mm


@rule("shoe", "71.2 + 3.04 * us_size", LETTERS)
def standard_width_us_men_mm(us_size: float) -> float:
    """Width (mm) of a D foot of a US men's size."""
    return 71.2 + 3.04 * us_size


@rule("shoe", "65.3 + 3.13 * us_size", LETTERS)
def standard_width_us_women_mm(us_size: float) -> float:
    """Width (mm) of a B foot of a US women's size."""
    return 65.3 + 3.13 * us_size


@rule("shoe", "0.40 * foot_length_mm", LETTERS)
def standard_width_us_child_mm(foot_length_mm: float) -> float:
    """Width (mm) of an M foot of a child."""
    return 0.40 * foot_length_mm


def width_on(scale: str, width_mm: float, size_length_mm: float, foot_length_mm: float) -> Width:
    """The letter on one scale for a width (mm), at the size bought for a length (mm)."""
    if scale == "us_child":
        standard = standard_width_us_child_mm(foot_length_mm)
    else:
        by_size = standard_width_us_men_mm if scale == "us_men" else standard_width_us_women_mm
        standard = by_size(size_to_buy(scale, size_length_mm))
    letters = math.ceil((width_mm - standard) / LETTER_STEP_MM - LETTER_SLACK - EPSILON)
    return Width(letters, next((letter for letter, place in LADDERS[scale] if place >= letters), "custom"))


def width_scales(patient: Patient, foot_length_mm: float) -> tuple[str, ...]:
    """The width scales of a person; a child's long foot is on the adult ones."""
    if patient.is_child and foot_length_mm < ADULT_SIZES_FROM_MM - EPSILON:
        return ("us_child",)
    return us_adult_systems(patient.sex)


def _systems(patient: Patient, length_mm: float) -> tuple[str, ...]:
    return systems_given(patient.sex, child=patient.is_child, foot_length_mm=length_mm)


def bare_fit(patient: Patient, limb: Limb, foot_length_mm: float, width_mm: float | None) -> ShoeFit:
    """The shoe of a foot without a brace; with its width where one is given."""
    bare = {system: size_to_buy(system, foot_length_mm) for system in _systems(patient, foot_length_mm)}
    widths = {}
    if width_mm is not None:
        scales = width_scales(patient, foot_length_mm)
        widths = {scale: width_on(scale, width_mm, foot_length_mm, foot_length_mm) for scale in scales}
    return ShoeFit(bare=bare, widths=widths)


def _given(name: str, magnitude: float, source: Source) -> Value:
    return Value(name, magnitude, source)


def shoe_known(case: Case, design: str, known: Known) -> Known:
    """What the shoe rules need beyond the dimensions: walls, insole and pad, where the shell is known."""
    shoe = case.limb.shoe
    thickness = known["shell_thickness_mm"]
    wall = 0.0 if design == PREFABRICATED else thickness.magnitude + known["liner_thickness_mm"].magnitude
    side_wall = case.prescription.side_wall_at_ball_mm
    if side_wall is None:
        side_wall = 0.0 if design in ("posterior_leaf_spring", PREFABRICATED) else thickness.magnitude
    insole, insole_source = shoe.insole_thickness_mm, ON_SHOE
    if insole is None:
        insole, insole_source = known["insole_thickness_mm"].magnitude, known["insole_thickness_mm"].source
    more = {
        "wall_mm": _given("wall_mm", wall, LENGTH),
        "side_wall_at_ball_mm": _given("side_wall_at_ball_mm", side_wall, WIDTH),
        "insole_removed_mm": _given("insole_removed_mm", insole if shoe.insole_removable else 0.0, insole_source),
        "sole_shell_mm": _given("sole_shell_mm", thickness.magnitude, thickness.source),
    }
    if case.patient.is_child:
        longest = known["built_in_allowance_mm"]._replace(name="adult_allowance_mm")
        room = built_in_allowance_mm.apply(known | {"adult_allowance_mm": longest})
        if room is not None:
            more["built_in_allowance_mm"] = room
    return more


def braced_fit(case: Case, design: str, footplate: str, known: Known) -> ShoeFit | None:
    """The shoe over a brace; bare sizes only while the shell thickness is unknown, None without a foot length."""
    foot = case.shoe_foot_length_mm
    if foot is None:
        return None
    bare = bare_fit(case.patient, case.limb, foot, None)
    if "shell_thickness_mm" not in known:
        return bare
    known = known | shoe_known(case, design, known)
    full = footplate == "full"
    values: dict[str, Value] = {}
    rules = (
        size_length_full_plate_mm if full else size_length_mm,
        length_increase_mm,
        inside_length_mm,
        width_full_plate_mm if full else width_in_brace_mm,
        extra_depth_mm,
        limb_raise_mm,
    )
    for each in rules:
        value = each.apply(known)
        if value is not None:
            values[each.gives] = known[each.gives] = value
    build_up = known.get("heel_build_up_mm")
    if build_up is not None and build_up.magnitude > EPSILON:
        raised = limb_raise_with_build_up_mm.apply(known)
        if raised is not None:
            values[raised.name] = raised
    length, width = values["size_length_mm"].magnitude, values["width_in_brace_mm"].magnitude
    widths = {scale: width_on(scale, width, length, foot) for scale in width_scales(case.patient, foot)}
    depth = next(
        (name for limit, name in DEPTH_CLASSES if values["extra_depth_mm"].magnitude <= limit + EPSILON), "custom"
    )
    return ShoeFit(
        bare=bare.bare,
        braced={system: size_to_buy(system, length) for system in bare.bare},
        values=values,
        widths=widths,
        depth_class=depth,
        current=_current(case, design, values, widths, depth, known),
        features=_features(case, design, depth),
    )


def _features(case: Case, design: str, depth: str) -> tuple[str, ...]:
    rigid, partial = design in RIGID, case.limb.partial_foot != "none"
    wanted = {
        "opens_toward_toe": True,
        "long_tongue": True,
        "zip_or_rear_entry": design != PREFABRICATED,
        "removable_insole": True,
        "deep_toe_box": True,
        "firm_heel_counter": True,
        "full_contact_sole": True,
        "rocker_sole": rigid or partial,
        "wide_collar": design == "hinged",
        "strap_extenders": depth != "ordinary",
        "toe_filler": partial,
        "no_slip_on": True,
        "same_heel_height": True,
        "never_barefoot": True,
    }
    return tuple(name for name, applies in wanted.items() if applies)


def _current(
    case: Case, design: str, values: Mapping[str, Value], widths: Mapping[str, Width], depth: str, known: Known
) -> CurrentShoe | None:
    shoe = case.limb.shoe
    if shoe == Shoe(insole_removable=shoe.insole_removable):
        return None
    length, reasons = _length_reasons(case, values)
    if _too_narrow(case, shoe, widths):
        reasons.append("too_narrow")
    if shoe.depth_class is not None and DEPTH_ORDER.index(shoe.depth_class) < DEPTH_ORDER.index(depth):
        reasons.append("too_shallow")
    if _heel_too_high(case, design, known):
        reasons.append("heel_too_high")
    failing = bool(reasons)
    if shoe.inside_length_mm is None:
        reasons.append("unknown_inside_length")
    return CurrentShoe(False if failing else True if length else None, tuple(reasons))


def _length_reasons(case: Case, values: Mapping[str, Value]) -> tuple[bool, list[str]]:
    """Whether the length could be judged at all, and what is wrong with it."""
    shoe, number = case.limb.shoe, case.protocol.number
    needed = values["inside_length_mm"].magnitude
    if shoe.inside_length_mm is not None:
        short = shoe.inside_length_mm < needed - number("too_short_mm") - EPSILON
        long = shoe.inside_length_mm > needed + number("too_long_mm") + EPSILON
    else:
        foot = case.shoe_foot_length_mm
        if shoe.system is None or shoe.size is None or foot is None:
            return False, []
        size = read_printed(shoe.system, shoe.size, foot)
        if size is None:
            return False, []
        braced = size_to_buy(shoe.system, values["size_length_mm"].magnitude)
        one = 10 if shoe.system == "mondopoint" else 1
        short, long = size < braced - EPSILON, size > braced + one + EPSILON
    return True, [reason for reason, holds in (("too_short", short), ("too_long", long)) if holds]


def _too_narrow(case: Case, shoe: Shoe, widths: Mapping[str, Width]) -> bool:
    if shoe.width is None:
        return False
    scale = shoe.system if shoe.system and shoe.system in widths else next(iter(widths))
    places = [letter for letter, _ in LADDERS[scale]] + ["custom"]
    if shoe.width not in places:
        return False
    return places.index(shoe.width) < places.index(widths[scale].width)


def _heel_too_high(case: Case, design: str, known: Known) -> bool:
    if design == "solid":
        build_up = known.get("heel_build_up_mm")
        return build_up is not None and build_up.magnitude < case.protocol.number("heel_too_high_mm") - EPSILON
    differential = case.limb.shoe.heel_sole_differential_mm
    return differential is not None and differential > case.protocol.number("current_shoe_heel_mm") + EPSILON


def pair(patient: Patient, protocol: Protocol, left: LimbFitting | None, right: LimbFitting | None) -> Pair:
    """Whether the two feet can wear one pair: rounded sizes and widths in the first system of age and sex."""
    if left is None or right is None:
        return Pair(False, Reason("one_foot_measured"))
    if left.limb.partial_foot != "none" or right.limb.partial_foot != "none":
        return Pair(False, Reason("partial_foot"))
    system = first_system(patient.sex, child=patient.is_child)
    sizes, places = [], []
    for limb in (left, right):
        size = _worn(limb, system)
        if limb.shoe is None or size is None:
            return Pair(False, Reason("not_compared"))
        sizes.append(size)
    for scale in LADDERS:
        if left.shoe and right.shoe and scale in left.shoe.widths and scale in right.shoe.widths:
            letters = [letter for letter, _ in LADDERS[scale]] + ["custom"]
            places = [letters.index(fit.widths[scale].width) for fit in (left.shoe, right.shoe)]
            break
    size_apart = abs(sizes[0] - sizes[1])
    width_apart = abs(places[0] - places[1]) if places else 0
    facts: dict[str, object] = {"system": system, "sizes": size_apart, "widths": width_apart}
    split = (
        size_apart >= protocol.number("split_pair_sizes") - EPSILON
        or (size_apart >= 1 - EPSILON and width_apart >= 1)
        or width_apart >= 2
    )
    return Pair(split, Reason("split" if split else "one_pair", facts))


def _worn(limb: LimbFitting, system: str) -> float | None:
    if limb.shoe is None:
        return None
    return limb.shoe.braced.get(system) if limb.limb.braced else limb.shoe.bare.get(system)
