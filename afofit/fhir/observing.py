"""Observations: one for each measurement, for height and weight, and one result for each leg."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from afofit.fhir.chart import Chart, engine, notice, resource
from afofit.fhir.codes import MEASURE, RESULT, SITES, TABLE, VERDICT, WEAR_PLAN, Code, body_site, field_system
from afofit.fhir.elements import (
    ABSENT_REASON,
    DATA_ABSENT,
    TRANSLATION,
    Json,
    annotation,
    coding,
    concept,
    narrative,
    quantity,
)
from afofit.fitting.measurements import BY_NAME, Measurement
from afofit.fitting.request import Limb
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Side
from afofit.words.findings import message, title
from afofit.words.numbers import plain
from afofit.words.sheet import SEVERITIES, VERDICTS
from afofit.words.shoes import pair as pair_words
from afofit.words.shoes import size_label

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
VITAL_SIGNS = coding(CATEGORY, "vital-signs", "Vital Signs")
EXAM = coding(CATEGORY, "exam", "Exam")
CENTIMETRE = 10.0

Place = tuple[str, ...]
"""What an Observation is of: ("patient", "height"), ("right", "calf_circumference"), ("right", "result")."""


@dataclass(frozen=True, slots=True)
class Came:
    """A measurement as it was sent: its quantities, one for each reading, in the sender's units, and when it was."""

    quantities: Sequence[Json] = ()
    taken: str | None = None


Sent = Mapping[Place, Came]
"""By place, what came. An empty one says nothing of it."""
_NOT_SAID = Came()


@dataclass(frozen=True, slots=True)
class Observed:
    """An Observation with what it is of."""

    place: Place
    resource: Json


def sent_in(given: Mapping[str, Any]) -> Sent:
    """The quantities of a request document, in the units that it chose."""
    units = given.get("units") or {}
    found: dict[Place, Came] = {}
    patient = given.get("patient") or {}
    for name, kind in (("height", "length"), ("weight", "mass")):
        if patient.get(name) is not None:
            found["patient", name] = Came([quantity(patient[name], units[kind])])
    for side, limb in (given.get("limbs") or {}).items():
        for name in BY_NAME:
            value = (limb or {}).get(name)
            if value is not None:
                unit = "deg" if BY_NAME[name].unit == "deg" else units["length"]
                readings = value["readings"] if isinstance(value, Mapping) else [value]
                found[side, name] = Came([quantity(one, unit) for one in readings])
    return found


def measurement_observations(fitting: Fitting, chart: Chart, *, sent: Sent | None = None) -> list[Observed]:
    """An Observation for height, weight and every measurement of each leg.

    ``sent`` holds the quantities as they came: where their unit is another one, they stand beside the value.
    """
    return [*_vital_signs(fitting, chart, sent or {}), *_exam(fitting, chart, sent or {})]


def _observation(
    fitting: Fitting, chart: Chart, place: Place, category: Json, code: Json, text: Json, taken: str | None
) -> Json:
    made = resource("Observation", fitting, chart, "/".join(place), text)
    made |= {"status": chart.status, "category": [concept(category)], "code": code, "subject": chart.patient}
    if chart.encounter:
        made["encounter"] = chart.encounter
    if taken is not None:
        made["effectiveDateTime"] = taken
    if chart.author:
        made["performer"] = [chart.author]
    return made


def _value(value: float, unit: str, originals: Sequence[Json]) -> Json:
    """The value in our unit, with what was sent beside it where that was in another unit."""
    made = quantity(value, unit)
    if len(originals) == 1 and originals[0]["code"] != made["code"]:
        made["extension"] = [{"url": TRANSLATION, "valueQuantity": dict(originals[0])}]
    return made


def _recorded(fitting: Fitting, unit: str, originals: Sequence[Json]) -> str:
    """Which program wrote this down, and what was sent where that was in another unit."""
    said = f"Recorded by {engine(fitting)}."
    came = " and ".join(f"{plain(one['value'], 6)} {one['code']}" for one in originals if one["code"] != unit)
    return f"{said} Sent as {came}." if came else said


def _vital_signs(fitting: Fitting, chart: Chart, sent: Sent) -> Iterator[Observed]:
    """Height in cm and weight in kg: the units that HL7's profiles of vital signs allow."""
    patient = fitting.request.patient
    if patient.height_mm is not None:
        yield _vital(fitting, chart, "height", TABLE["body_height"], patient.height_mm / CENTIMETRE, "cm", sent)
    yield _vital(fitting, chart, "weight", TABLE["body_weight"], patient.weight_kg, "kg", sent)


def _vital(fitting: Fitting, chart: Chart, name: str, code: Code, value: float, unit: str, sent: Sent) -> Observed:
    place = ("patient", name)
    came = sent.get(place, _NOT_SAID)
    text = narrative(f"{code.display}: {plain(value)} {unit}")
    code_of = concept(code.coding, coding(MEASURE, name, name.capitalize()), text=code.display)
    made = _observation(fitting, chart, place, VITAL_SIGNS, code_of, text, came.taken or chart.taken_at(None))
    if "effectiveDateTime" not in made:
        # The profile of vital signs asks for a time; one that nobody told is said to be unknown, not made up.
        made["_effectiveDateTime"] = {"extension": [{"url": DATA_ABSENT, "valueCode": "unknown"}]}
    made["valueQuantity"] = _value(value, unit, came.quantities)
    made["note"] = [annotation(_recorded(fitting, unit, came.quantities), chart.at)]
    return Observed(place, made)


def _exam(fitting: Fitting, chart: Chart, sent: Sent) -> Iterator[Observed]:
    for side, limb in fitting.request.limbs.items():
        for name, value in limb.measurements.items():
            yield _measured(fitting, chart, limb, BY_NAME[name], value, sent.get((side, name), _NOT_SAID))


def _measured(fitting: Fitting, chart: Chart, limb: Limb, declared: Measurement, value: float, came: Came) -> Observed:
    place = (limb.side, declared.name)
    words = f"{limb.side.capitalize()} leg, {declared.label.lower()}: {plain(value)} {declared.unit}"
    text = narrative(words, f"{declared.label}: {declared.hint}.")
    code = concept(coding(MEASURE, declared.name, declared.label), text=f"{declared.label} ({declared.hint})")
    made = _observation(fitting, chart, place, EXAM, code, text, came.taken or chart.taken_at(limb.measured_at))
    made["valueQuantity"] = _value(value, declared.unit, came.quantities)
    notes = [_recorded(fitting, declared.unit, came.quantities)]
    if declared.posture == "standing" and limb.foot_loading == "seated":
        notes.append("Measured seated.")
    made["note"] = [annotation(" ".join(notes), chart.at)]
    made["bodySite"] = body_site(limb.side, SITES[declared.name], snomed=chart.snomed)
    made["method"] = {"text": declared.tool}
    readings = limb.readings.get(declared.name, ())
    if readings:
        reading = concept(coding(RESULT, "reading", "Reading"), text="Reading")
        made["component"] = [{"code": reading, "valueQuantity": quantity(one, declared.unit)} for one in readings]
    return Observed(place, made)


def result_observations(
    fitting: Fitting, chart: Chart, *, derived_from: Mapping[Side, Sequence[Json]] | None = None, remark: str = ""
) -> list[Observed]:
    """For each leg its verdict, with the wear plan and the shoe as components and every finding as a note.

    It says what was found to systems that keep Observations and nothing else. ``remark`` is said on each.
    """
    return [
        Observed((side, "result"), _result(fitting, chart, fitted, (derived_from or {}).get(side, ()), remark))
        for side, fitted in fitting.limbs.items()
    ]


def _result(fitting: Fitting, chart: Chart, fitted: LimbFitting, derived_from: Sequence[Json], remark: str) -> Json:
    side = fitted.limb.side
    findings = [f"{SEVERITIES[one.severity]}: {title(one)}. {message(one)}" for one in fitted.findings]
    verdict = VERDICTS[fitted.verdict]
    text = narrative(f"{side.capitalize()} leg, verdict: {verdict}", *findings, notice(fitting))
    code = concept(coding(RESULT, "verdict", "Verdict"), text="Ankle-foot orthosis fitting, verdict")
    made = _observation(fitting, chart, (side, "result"), EXAM, code, text, fitting.computed_on.isoformat())
    made["valueCodeableConcept"] = concept(coding(VERDICT, fitted.verdict, verdict), text=verdict)
    made["bodySite"] = body_site(side, "lower_leg", snomed=chart.snomed)
    made["device"] = {"type": "Device", "display": engine(fitting)}
    notes = [*findings, notice(fitting), *([remark] if remark else [])]
    made["note"] = [annotation(one, chart.at) for one in notes]
    if derived_from:
        made["derivedFrom"] = list(derived_from)
    components = list(_components(fitting, fitted))
    if components:
        made["component"] = components
    return made


def _component(code: str, display: str, *, text: str = "", **value: Any) -> Json:
    return {"code": concept(coding(RESULT, code, display), text=text or display)} | value


def _pair(fitting: Fitting) -> Json:
    """Whether the feet need two sizes; where they were not compared, that is not known, and the words say why."""
    reason = fitting.pair.reason
    compared = reason.code in ("one_pair", "split")
    absent = concept(coding(ABSENT_REASON, "unknown", "Unknown"), text=pair_words(reason))
    value = {"valueBoolean": fitting.pair.split_pair} if compared else {"dataAbsentReason": absent}
    return _component("split_pair", "Split pair", text=pair_words(reason), **value)


def _components(fitting: Fitting, fitted: LimbFitting) -> Iterator[Json]:
    if fitted.wear_plan:
        plan = coding(WEAR_PLAN, fitted.wear_plan, fitted.wear_plan.capitalize())
        yield _component("wear_plan", "Wear plan", valueCodeableConcept=concept(plan))
    shoe = fitted.shoe
    if shoe is None:
        return
    for name, value in shoe.values.items():
        code = concept(coding(MEASURE, name, SHOE_NUMBERS[name]), text=SHOE_NUMBERS[name])
        yield {"code": code, "valueQuantity": quantity(value.magnitude, "mm")}
    for kind, words, sizes in (
        ("shoe_size_bare", "Shoe size, foot without the brace", shoe.bare),
        ("shoe_size_braced", "Shoe size over the brace", shoe.braced),
    ):
        for scale, size in sizes.items():
            of = coding(field_system("shoe", "system"), scale)
            yield _component(kind, words, valueCodeableConcept=concept(of, text=size_label(scale, size)))
    for scale, width in shoe.widths.items():
        words = f"{width.width} ({scale.replace('_', ' ')})"
        yield _component("shoe_width", "Shoe width", valueCodeableConcept=concept(text=words))
    if shoe.depth_class:
        depth = coding(field_system("shoe", "depth_class"), shoe.depth_class)
        yield _component("shoe_depth", "Shoe depth", valueCodeableConcept=concept(depth))
    yield _pair(fitting)


SHOE_NUMBERS: Mapping[str, str] = {
    "size_length_mm": "Length that the shoe size must suit",
    "length_increase_mm": "Longer than the foot by",
    "inside_length_mm": "Inside length to look for",
    "width_in_brace_mm": "Width in the brace",
    "extra_depth_mm": "Extra depth",
    "limb_raise_mm": "The leg is raised by",
    "limb_raise_with_build_up_mm": "The leg is raised by, with the heel build-up",
}
"""The numbers of a shoe fit in words (a test holds them against the rules)."""
