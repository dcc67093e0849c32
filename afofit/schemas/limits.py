"""Limits in the units in which they were typed: what came, what is allowed, what was perhaps meant."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from afofit.fitting import protocol
from afofit.fitting.measurements import BY_NAME, Limits, required
from afofit.fitting.plausibility import (
    USUAL_HEIGHT_MM,
    Refusal,
    limit_refusals,
    limits_of,
    outside,
    patient_limits,
    ratio_refusals,
)
from afofit.fitting.request import Limb
from afofit.fitting.shoe_sizes import SYSTEMS, read_printed
from afofit.fitting.stand_ins import measured_values
from afofit.fitting.vocabulary import Field
from afofit.schemas.problems import Path, Problem, where
from afofit.schemas.units import LENGTH_WORDS, LENGTHS_MM, Units
from afofit.words.choices import label
from afofit.words.fields import name as words_of
from afofit.words.numbers import plain, quantity, typed
from afofit.words.problems import sentence, shown
from afofit.words.tongue import _

SLIPS: Mapping[str | None, tuple[float, ...]] = {
    "mm": (0.1, 10.0, 25.4),
    "cm": (0.1, 10.0, 2.54),
    "in": (0.1, 10.0, 1 / 2.54, 1 / 25.4),
}
"""By the unit chosen: a point or a zero too many, and what was read in another unit."""


def _typed(number: float, factor: float) -> float:
    """A number in mm or kg as it would be typed, without the dust of the conversion."""
    return round(number / factor, 6)


def _out_of_limits(
    path: Path, number: float, limits: Limits, kind: str, units: Units, usual: Limits | None = None
) -> Problem:
    factor, unit = units.factor(kind), units.name(kind)
    low, high = (_typed(limit, factor) for limit in limits)
    meant = _meant(number, usual, unit) if usual else None
    suggestion = None
    instead = _(" Measure again.") if path[-1] in BY_NAME else _(" Correct it.")
    if meant is not None and unit is not None:
        decimals = 1 if unit == "mm" else 2
        suggestion = typed(_typed(meant, factor), decimals)
        instead = _(" Did you mean {number} {unit}?").format(number=plain(_typed(meant, factor), decimals), unit=unit)
    received = _typed(number, factor)
    code = "below" if number < limits[0] else "above"
    text = sentence(
        code,
        where=where(path),
        received=quantity(received, unit or ""),
        low=quantity(low, unit or ""),
        high=quantity(high, unit or ""),
        instead=instead,
    )
    return Problem(path, text, received, unit, {"minimum": low, "maximum": high}, suggestion)


def _meant(number_mm: float, usual: Limits, unit: str | None) -> float | None:
    """The one usual value that a slip of a factor would have come from, or None."""
    likely = [number_mm * slip for slip in SLIPS.get(unit, ()) if not outside(number_mm * slip, usual)]
    tens = [number for number in likely if number in (number_mm * 10, number_mm * 0.1)]
    return tens[0] if tens else likely[0] if len(likely) == 1 else None


def check_number(field: Field, typed: float, path: Path, units: Units, *, child: bool) -> Problem | None:
    """A number of the patient, the picture, the shoe or the prescription against its limits."""
    number = typed * units.factor(field.kind)
    if field.low is None or field.high is None:
        return None
    limits = (field.low, field.high)
    if field.name in ("height", "weight") and path[0] == "patient":
        limits = patient_limits(field.name, child=child)
    if not outside(number, limits):
        return None
    usual = USUAL_HEIGHT_MM if field.name == "height" else None
    return _out_of_limits(path, number, limits, field.kind, units, usual)


def _kind(name: str) -> str:
    return "length" if BY_NAME[name].unit == "mm" else "deg"


def check_limb(
    limb: Limb,
    given: Mapping[str, Any],
    height_mm: float | None,
    weight_kg: float | None,
    units: Units,
    *,
    child: bool,
) -> list[Problem]:
    """Everything that is missing, outside its limits or impossible on one limb."""
    path: Path = ("limbs", limb.side)
    problems = [_missing((*path, name), units) for name in required(braced=limb.braced) if _lacks(limb, given, name)]
    refused = limit_refusals(limb, child=child)
    problems += [_refused(path, refusal, units) for refusal in refused]
    head = _estimated_head(limb, units, child=child)
    if head is not None:
        problems.append(head)
    bad = {refusal.field for refusal in refused} | ({"fibular_head_height"} if head else set())
    sound = {name: value for name, value in limb.measurements.items() if name not in bad}
    height = height_mm if height_mm and not outside(height_mm, patient_limits("height", child=child)) else None
    weight = weight_kg if weight_kg and not outside(weight_kg, patient_limits("weight", child=child)) else None
    pairs = ratio_refusals(sound, child=child, height_mm=height, weight_kg=weight, partial_foot=limb.partial_foot)
    taken = {problem.path for problem in problems}
    for refusal in pairs:
        problem = _refused(path, refusal, units)
        if problem.path not in taken:
            taken.add(problem.path)
            problems.append(problem)
    return problems


def _lacks(limb: Limb, given: Mapping[str, Any], name: str) -> bool:
    if name == "fibular_head_height" and given.get("fibular_neck_height") is not None:
        return False
    return name not in limb.measurements and given.get(name) is None


def _missing(path: Path, units: Units) -> Problem:
    name = str(path[-1])
    code = "head_or_neck" if name == "fibular_head_height" else "missing"
    return Problem(path, sentence(code, where=where(path)), None, units.name(_kind(name)))


def _estimated_head(limb: Limb, units: Units, *, child: bool) -> Problem | None:
    """A fibular neck whose head would lie outside the limits of a head."""
    neck = limb.measurements.get("fibular_neck_height")
    limits = limits_of("fibular_head_height", child=child)
    if neck is None or "fibular_head_height" in limb.measurements or limits is None:
        return None
    parameters = protocol.default().known(design="", age="adult", edge="standard", diagnosis=None, heavy=False)
    head = measured_values(limb, parameters)["fibular_head_height_mm"].magnitude
    if not outside(head, limits):
        return None
    factor, unit = units.factor("length"), units.length
    path: Path = ("limbs", limb.side, "fibular_neck_height")
    low, high = (_typed(limit, factor) for limit in limits)
    text = sentence(
        "estimate_outside",
        where=where(path),
        received=quantity(_typed(neck, factor), unit),
        head=quantity(_typed(head, factor), unit),
        low=plain(low),
        high=quantity(high, unit),
    )
    return Problem(path, text, _typed(neck, factor), unit, {"minimum": low, "maximum": high})


def _refused(path: Path, refusal: Refusal, units: Units) -> Problem:
    name = refusal.field
    place = ("patient", name) if name in ("height", "weight") else (*path, name)
    if refusal.kind == "limits" and refusal.low is not None and refusal.high is not None:
        usual = BY_NAME[name].usual
        return _out_of_limits(place, refusal.received, (refusal.low, refusal.high), _kind(name), units, usual)
    received, unit = _as_typed(name, refusal.received, units)
    against_value, against_unit = _as_typed(refusal.against or "", refusal.against_value or 0, units)
    code = str(refusal.kind)
    if {name, refusal.against} == {"malleolar_width", "ankle_circumference"}:
        code = "too_wide" if name == "malleolar_width" and refusal.received * 2 > (refusal.against_value or 0) else code
    text = sentence(
        code,
        where=where(place),
        received=quantity(received, unit),
        against=words_of(refusal.against or ""),
        against_value=quantity(against_value, against_unit),
    )
    return Problem(place, text, received, unit, f"to fit the {words_of(refusal.against or '')}")


def _as_typed(name: str, number: float, units: Units) -> tuple[float, str]:
    kind = "mass" if name == "weight" else "length"
    return _typed(number, units.factor(kind)), units.name(kind) or ""


def check_shoe(limb: Limb, path: Path) -> Problem | None:
    """A size that its system does not have, or a size without a system."""
    shoe = limb.shoe
    if shoe.size is None:
        return None
    place = (*path, "size")
    if shoe.system is None:
        return Problem(place, sentence("no_system", where=where(place), received=shown(shoe.size)), shoe.size)
    foot = limb.measurements.get("foot_length", 250.0)
    if read_printed(shoe.system, shoe.size, foot) is not None:
        return None
    system = SYSTEMS[shoe.system]
    text = sentence(
        "not_a_size",
        where=where(place),
        received=shown(shoe.size),
        system=label("system", shoe.system),
        low=plain(system.lowest),
        high=plain(system.highest),
    )
    return Problem(place, text, shoe.size, None, {"minimum": system.lowest, "maximum": system.highest})


def look_like(
    limbs: Mapping[Any, Limb], height_mm: float | None, units: Units, problems: list[Problem], *, child: bool
) -> Problem | None:
    """One sentence where every length is off by one factor; never a conversion.

    Said when at least half of the lengths are refused in the unit chosen and all of them would be
    possible, and belong together, in another one.
    """
    lengths = [
        (name, value)
        for limb in limbs.values()
        for name, value in limb.measurements.items()
        if BY_NAME[name].unit == "mm" and limits_of(name, child=child) is not None
    ]
    refused = sum(1 for name, value in lengths if outside(value, limits_of(name, child=child) or (0, 0)))
    if len(lengths) < 3 or 2 * refused < len(lengths):
        return None
    for unit, factor in LENGTHS_MM.items():
        scale = factor / units.factor("length")
        if unit != units.length and _fits(limbs, height_mm, scale, child=child):
            text = sentence("units", typed=_(LENGTH_WORDS[units.length]), units=_(LENGTH_WORDS[unit]))
            return Problem(("units", "length"), text, units.length, None, unit)
    return None


def _fits(limbs: Mapping[Any, Limb], height_mm: float | None, scale: float, *, child: bool) -> bool:
    for limb in limbs.values():
        scaled = {
            name: value * (scale if BY_NAME[name].unit == "mm" else 1) for name, value in limb.measurements.items()
        }
        ranged = ((value, limits_of(name, child=child)) for name, value in scaled.items())
        height = ((height_mm * scale, patient_limits("height", child=child)),) if height_mm else ()
        if any(limits is not None and outside(value, limits) for value, limits in chain(ranged, height)):
            return False
        if ratio_refusals(scaled, child=child, height_mm=None, weight_kg=None, partial_foot=limb.partial_foot):
            return False
    return True
