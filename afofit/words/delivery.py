"""Handing a brace over, in words: what is checked and measured, how it went, why it came back, and what to mind."""

from collections.abc import Callable, Mapping

from afofit.fitting.values import EPSILON
from afofit.words import numbers
from afofit.words.tongue import N_, _

CHECK_WORDS = {
    "heel": "Heel seated, down and back",
    "fibular_neck": "Top edge clear of the fibular neck",
    "behind_the_knee": "Two fingers free behind the knee when sitting",
    "malleoli": "Malleoli and navicular clear",
    "pelvis": "Pelvis level, standing in both shoes",
    "skin": "Skin looked at after 10–15 minutes of walking",
    "donning": "Donning shown, and shown back",
}
CHECKS = tuple(CHECK_WORDS.values())
MEASURED = ("Ankle as made", "Ankle in the shoe", "Review on")
EXPLAINED = "Most finished braces miss the planned angle by more than 2°: measure it with an inclinometer."
OUTCOMES = {"delivered": "Delivered", "refit": "Refit needed", "anew": "Made anew"}
REASONS = {
    "pressure_or_skin": "Pressure or skin",
    "pistoning": "Pistoning or heel lift",
    "wrong_length": "Wrong length",
    "wrong_width": "Wrong width",
    "edge_too_high": "Edge too high",
    "edge_too_low": "Edge too low",
    "angle": "Angle",
    "shoe": "Does not go into the shoe",
    "donning": "Cannot put it on",
    "pain": "Pain",
    "broke": "Broke",
    "other": "Other",
}
ANGLE_TOLERANCE_DEG = 2.0
HEEL_WITHIN_MM, HEEL_NOTE_MM = 3.0, 5.0


def measured(values: Mapping[str, float]) -> tuple[str, ...]:
    """What was measured at a visit, one text each: "ankle as made 3° dorsiflexed", "heel height 10 mm"."""
    return tuple(f"{_(words)} {show(values[name])}" for name, (words, show) in _SHOWN.items() if name in values)


def _ankle(value: float) -> str:
    if not value:
        return "90°"
    return numbers.turned(value, numbers.plain(abs(value), 1))


def _lean(value: float) -> str:
    return numbers.leaned(value, numbers.plain(abs(value), 1)) if value else _("upright")


_SHOWN: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "ankle_deg": (N_("ankle as made"), _ankle),
    "ankle_in_shoe_deg": (N_("ankle in the shoe"), _ankle),
    "shank_deg": (N_("shank in the shoe"), _lean),
    "heel_mm": (N_("heel height"), lambda value: numbers.quantity(value, "mm")),
}


def angle_remark(planned_deg: float | None, made_deg: float | None) -> str:
    """What to say of the angle as made; empty within 2° of the planned one."""
    if planned_deg is None or made_deg is None or abs(made_deg - planned_deg) <= ANGLE_TOLERANCE_DEG + EPSILON:
        return ""
    off = made_deg - planned_deg
    said = (
        _("The ankle was made {size}° more dorsiflexed than planned ({planned}): more than the 2° that are allowed.")
        if off > 0
        else _(
            "The ankle was made {size}° more plantarflexed than planned ({planned}): more than the 2° that are allowed."
        )
    )
    return said.format(size=numbers.plain(abs(off), 1), planned=_ankle(planned_deg))


def heel_off(before_mm: float | None, now_mm: float | None) -> float:
    """By how much (mm) the heel height of this shoe differs; 0 where one of them is not known."""
    return 0.0 if before_mm is None or now_mm is None else abs(now_mm - before_mm)


def heel_asks(before_mm: float | None, now_mm: float | None) -> bool:
    """Whether the heel height differs so much that somebody has to say that it is meant."""
    return heel_off(before_mm, now_mm) > HEEL_NOTE_MM + EPSILON


def heel_remark(before_mm: float | None, now_mm: float | None) -> str:
    """What to say of the heel height of another shoe; empty within 3 mm of the one the brace was set up in."""
    off = heel_off(before_mm, now_mm)
    if before_mm is None or off <= HEEL_WITHIN_MM + EPSILON:
        return ""
    said = (
        _(
            "The heel height differs by {off} from the {height} that the brace was made or set up for; the shank tilts "
            "with it. Keep every shoe within 3 mm: set the brace up anew for this shoe."
        )
        if off > HEEL_NOTE_MM + EPSILON
        else _(
            "The heel height differs by {off} from the {height} that the brace was made or set up for; the shank tilts "
            "with it. Keep every shoe within 3 mm."
        )
    )
    return said.format(off=numbers.quantity(off, "mm"), height=numbers.quantity(before_mm, "mm"))
