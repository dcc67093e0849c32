"""What is told of a fitting, one observation at a time: of the person, and of each leg."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from afofit.fitting.dimensions import DIMENSIONS, Dimension
from afofit.fitting.measurements import MEASUREMENTS, Measurement
from afofit.fitting.request import Limb
from afofit.fitting.result import Fitting, LimbFitting, ShoeFit
from afofit.fitting.values import Finding, Side, Value
from afofit.hl7.segments import components, text
from afofit.words import changes, findings, numbers, shoes, sides, wear
from afofit.words.designs import designed
from afofit.words.note import SHOE_ONLY, shown
from afofit.words.sheet import SEVERITIES, VERDICTS
from afofit.words.shoe_lines import LINES, shoe_words

OWN, LOINC, UCUM = "99AFO", "LN", "UCUM"
"""Names of code systems (HL7 table 0396); those that begin with 99 are a sender's own."""
UNITS = {"mm": "mm", "cm": "cm", "kg": "kg", "years": "a", "deg": "deg", "Nm": "N.m", "Nm/deg": "N.m/deg"}
"""Our units in UCUM."""
DECIMALS = 4
"""Decimals of a number that another system reads; people are told whole millimetres and degrees."""
HEIGHT = components("8302-2", "Body height", LOINC, "HEIGHT", "Body height", OWN)
WEIGHT = components("29463-7", "Body weight", LOINC, "WEIGHT", "Body weight", OWN)
LETTERS: dict[Side, str] = {"left": "L", "right": "R"}
SHOE_NUMBERS = {
    "size_length_mm": ("S01", "Length that the shoe size must suit"),
    "length_increase_mm": ("S02", "Shoe longer than for the bare foot by"),
    "inside_length_mm": ("S03", "Inside length to look for"),
    "width_in_brace_mm": ("S04", "Width in the brace"),
    "extra_depth_mm": ("S05", "Depth needed above ordinary"),
    "limb_raise_mm": ("S06", "The brace raises the leg by"),
    "limb_raise_with_build_up_mm": ("S07", "The brace raises the leg by, with the heel build-up"),
}
"""By name of the contract: code and words of the numbers of a shoe. The codes never move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One observation, its parts encoded: OBX-2 to OBX-6 and OBX-14, and the notes that follow it."""

    kind: str
    what: str
    value: str
    sub: str = ""
    unit: str = ""
    at: datetime | None = None
    notes: tuple[str, ...] = ()


def number(what: str, value: float, unit: str, *notes: str, sub: str = "", at: datetime | None = None) -> Observation:
    """A number with its unit in UCUM."""
    units = components(UNITS[unit], UNITS[unit], UCUM)
    said = numbers.typed(value, DECIMALS)
    return Observation(kind="NM", what=what, value=said, sub=sub, unit=units, at=at, notes=notes)


def words(what: str, said: str, *, sub: str = "", kind: str = "ST") -> Observation:
    """Text: ST for a few words, FT for sentences."""
    return Observation(kind=kind, what=what, value=text(said), sub=sub)


def of_person(fitting: Fitting) -> Iterator[Observation]:
    """Height, weight, age, and whether one pair of shoes serves both feet."""
    patient = fitting.request.patient
    if patient.height_mm is not None:
        yield number(HEIGHT, patient.height_mm / 10, "cm")
    yield number(WEIGHT, patient.weight_kg, "kg")
    yield number(components("AGE", "Age", OWN), patient.age_years, "years")
    if any(limb.shoe for limb in fitting.limbs.values()):
        yield words(components("SHOE_PAIR", "One pair or two", OWN), shoes.pair(fitting.pair.reason), kind="FT")


def of_leg(fitted: LimbFitting, fitting: Fitting) -> Iterator[Observation]:
    """The verdict first, then findings, measurements, brace, wear plan and shoe of one leg."""
    leg = _Leg(fitted.limb.side)
    yield leg.words("VERDICT", "Verdict", VERDICTS[fitted.verdict])
    for place, finding in enumerate(fitted.findings, 1):
        yield leg.words("FINDING", "Finding", _finding(finding), place=str(place), kind="FT")
    for declared in MEASUREMENTS:
        if declared.name in fitted.limb.measurements:
            yield leg.measured(declared, fitted.limb)
    yield from _design(leg, fitted)
    for dimension in DIMENSIONS:
        if dimension.name in fitted.dimensions:
            yield leg.dimension(dimension, fitted)
    if fitted.wear_plan:
        days = "; ".join(f"{day}: {hours}" for day, hours in wear.days(fitted.wear_plan, fitting.wear))
        yield leg.words("WEAR_PLAN", "Wear plan", f"{wear.NAMES[fitted.wear_plan]}. {days}", kind="FT")
    if fitted.shoe is not None:
        yield from _shoe(leg, fitted.shoe)


@dataclass(frozen=True, slots=True)
class _Leg:
    """One leg as every observation of it names it: in its words and in its sub-id, whoever takes them apart."""

    side: Side

    def what(self, code: str, label: str) -> str:
        return components(code, f"{label}, {sides.inside(self.side)}", OWN)

    def sub(self, place: str = "") -> str:
        return f"{LETTERS[self.side]}.{place}" if place else LETTERS[self.side]

    def words(self, code: str, label: str, said: str, *, place: str = "", kind: str = "ST") -> Observation:
        return words(self.what(code, label), said, sub=self.sub(place), kind=kind)

    def measured(self, declared: Measurement, limb: Limb) -> Observation:
        """A measurement; of an angle the direction in words, and the readings where there were several."""
        value = limb.measurements[declared.name]
        notes = [declared.hint]
        if declared.name.startswith("dorsiflexion"):
            notes.insert(0, numbers.reach(value))
        if declared.posture == "standing" and limb.foot_loading == "seated":
            notes.append("measured seated")
        readings = limb.readings.get(declared.name, ())
        if readings:
            notes.append(f"mean of {' and '.join(numbers.quantity(one, declared.unit) for one in readings)}")
        what = self.what(declared.code, declared.label)
        return number(what, value, declared.unit, "; ".join(notes), sub=self.sub(), at=limb.measured_at)

    def dimension(self, dimension: Dimension, fitted: LimbFitting) -> Observation:
        """A dimension of the brace; its note says it in words, from both sides of the sole, how exact and how sure."""
        value = fitted.dimensions[dimension.name]
        what = self.what(dimension.code, changes.labelled(fitted, dimension.name))
        return number(what, value.magnitude, dimension.unit, *_notes(dimension, value, fitted), sub=self.sub())


def _notes(dimension: Dimension, value: Value, fitted: LimbFitting) -> Iterator[str]:
    said = [shown(dimension, value)]
    outer = fitted.outer(dimension.name) if dimension.is_height else None
    if outer is not None:
        said.append(f"outside {numbers.length(outer)}")
    if value.tolerance is not None:
        sign = "°" if dimension.unit == "deg" else f" {numbers.UNITS[dimension.unit]}"
        said.append(f"± {numbers.plain(value.tolerance, 1)}{sign}")
    yield f"{', '.join(said)}; evidence {value.source.grade}"
    if dimension.name in fitted.overridden:
        one = fitted.overridden[dimension.name]
        why = one.override.reason.rstrip(". ")
        yield f"Changed by the orthotist ({changes.computed(one)}): {why}. {changes.signed(one.override)}"


def _finding(finding: Finding) -> str:
    said = f"{SEVERITIES[finding.severity]}: {findings.title(finding)}. {findings.message(finding)}"
    return f"{said} ({finding.code})"


def _design(leg: _Leg, fitted: LimbFitting) -> Iterator[Observation]:
    if not fitted.limb.braced:
        yield leg.words("DESIGN", "Design of the brace", SHOE_ONLY)
        return
    design = designed(fitted.design)
    said = f"{design.words} ({design.chosen})" if design.chosen else design.words
    yield leg.words("DESIGN", "Design of the brace", said)
    if design.reasons:
        yield leg.words("DESIGN_REASON", "Why this design", " ".join(design.reasons), kind="FT")


def _shoe(leg: _Leg, shoe: ShoeFit) -> Iterator[Observation]:
    said = shoe_words(shoe)
    shown_numbers = (name for name, _ in LINES if name in shoe.values)
    in_words = {name: line for name, (_, line) in zip(shown_numbers, said.lines, strict=False)}
    for name, (code, label) in SHOE_NUMBERS.items():
        if name in shoe.values:
            notes = (in_words[name],) if name in in_words else ()
            yield number(leg.what(code, label), shoe.values[name].magnitude, "mm", *notes, sub=leg.sub())
    yield from _sizes(leg, shoe)
    if shoe.depth_class:
        yield leg.words("SHOE_DEPTH", "Shoe depth", shoes.depth(shoe.depth_class))
    if said.current:
        reasons = f" {'; '.join(said.current.reasons)}." if said.current.reasons else ""
        yield leg.words("SHOE_NOW", "The shoe worn now", f"{said.current.verdict}{reasons}", kind="FT")
    if said.features:
        yield leg.words("SHOE_FEATURES", "Look for", "; ".join(said.features), kind="FT")


def _sizes(leg: _Leg, shoe: ShoeFit) -> Iterator[Observation]:
    """Sizes and widths as they are printed on shoes, one for each system; the sub-id names it."""
    for code, label, sizes in (
        ("SHOE_SIZE_BARE", "Shoe size, foot without the brace", shoe.bare),
        ("SHOE_SIZE_BRACED", "Shoe size over the brace", shoe.braced),
    ):
        for scale, size in sizes.items():
            yield leg.words(code, f"{label}, {shoes.system(scale)}", shoes.size_label(scale, size), place=scale)
    for scale, width in shoe.widths.items():
        yield leg.words("SHOE_WIDTH", f"Shoe width, {shoes.system(scale)}", width.width, place=scale)
