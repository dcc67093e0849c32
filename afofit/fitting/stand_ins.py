"""What stands in for a measurement that was not taken. Everything built on it is marked as estimated."""

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import Limb
from afofit.fitting.values import Known, Source, Value, clamp, derived, rule

MEASURED = Source("measured on the limb", "B", "manual")
ON_OTHER_FOOT = Source("measured on the other foot", "B", "manual")
ON_SHOE = Source("measured on the shoe", "B", "manual")
WEIGHED = Source("body weight as given", "B", "manual")
TAKEN = (MEASURED, ON_OTHER_FOOT, ON_SHOE, WEIGHED)
"""Where a number was taken from, in words that are no citation."""
HEAD = derived("Clinical reference 2.1: the apex of the fibular head lies 8–22 mm above the neck")
OUTER_BALL = derived("Clinical reference 1.3: the fifth metatarsal head at 0.62–0.64 of the foot length")


@rule(
    "1.1",
    "fibular_neck_height_mm + clamp(neck_to_head_share * fibular_neck_height_mm, neck_to_head_min_mm,"
    " neck_to_head_max_mm)",
    HEAD,
    gives="fibular_head_height_mm",
)
def fibular_head_from_neck_mm(
    fibular_neck_height_mm: float, neck_to_head_share: float, neck_to_head_min_mm: float, neck_to_head_max_mm: float
) -> float:
    """Height (mm) of the fibular head where only the neck was measured."""
    rise = neck_to_head_share * fibular_neck_height_mm
    return fibular_neck_height_mm + clamp(rise, neck_to_head_min_mm, neck_to_head_max_mm)


@rule(
    "1.1",
    "min(lateral_ball_share_of_foot * foot_length_mm, lateral_ball_share_of_ball * ball_length_mm)",
    OUTER_BALL,
    gives="lateral_ball_length_mm",
)
def lateral_ball_from_foot_mm(
    lateral_ball_share_of_foot: float, foot_length_mm: float, lateral_ball_share_of_ball: float, ball_length_mm: float
) -> float:
    """Length (mm) to the fifth metatarsal head where it was not measured."""
    return min(lateral_ball_share_of_foot * foot_length_mm, lateral_ball_share_of_ball * ball_length_mm)


QUANTITIES = {name: (one.quantity, one.uncertainty) for name, one in BY_NAME.items()}
STAND_INS = (fibular_head_from_neck_mm, lateral_ball_from_foot_mm)


def measured_values(limb: Limb, parameters: Known) -> Known:
    """The measurements of a limb as Values, with a marked stand-in for each that one exists for."""
    known = {}
    for name, magnitude in limb.measurements.items():
        quantity, uncertainty = QUANTITIES[name]
        known[quantity] = Value(quantity, magnitude, MEASURED, tolerance=uncertainty)
    for stand_in in STAND_INS:
        if stand_in.gives not in known:
            value = stand_in.apply({**parameters, **known})
            if value is not None:
                known[stand_in.gives] = value._replace(estimated=True)
    return known
