"""Unit slips, swaps, impossible pairs and unusual values.

Impossible input is refused (all of it at once); doubtful input is a finding. Warnings never block:
a patient clinic sees far more of them than a healthy population.
"""

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from operator import mul
from typing import Any, Literal

from afofit.fitting.measurements import BY_NAME, MEASUREMENTS, Limits
from afofit.fitting.request import Body, Limb, Patient
from afofit.fitting.values import EPSILON, Finding, Source
from afofit.fitting.vocabulary import ADULT_HEIGHT_MM, ADULT_WEIGHT_KG, PATIENT

SOURCE = Source("Plausibility 3: limits, ratios and z-scores of 6,068 adults (ANSUR II 2012)", "A", "published")
CHILD_SOURCE = Source("Plausibility 3: foot length of 3,831 children (AnthroKids, Snyder 1977)", "A", "published")
REPEAT_SOURCE = Source("Clinical reference 7.4: repeat limits derived from published repeatability", "D", "derived")

TIBIAL_ABOVE_FIBULAR_MM = 15
USUAL_HEIGHT_MM = (1400.0, 2000.0)
USUAL_WEIGHT_KG = (37.0, 145.0)
MODEL_FIELDS = {one.model_key: one.name for one in MEASUREMENTS if one.model_key} | {
    "TH": "fibular_head_height",
    "ST": "height",
    "WT": "weight",
}
CALF_HEIGHT_USUAL = (0.65, 0.90)
FLEXED_BELOW_EXTENDED_DEG = 3


@cache
def _tables() -> dict[str, Any]:
    text = files("afofit.fitting").joinpath("tables", "plausibility.toml").read_text("utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a value cannot be: which field, and against what (mm, kg, degrees or a ratio)."""

    field: str
    kind: Literal["limits", "ratio", "order"]
    received: float
    low: float | None = None
    high: float | None = None
    against: str | None = None
    against_value: float | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a value is unusual: the field, what it was compared with and the usual range of that."""

    field: str
    kind: Literal["range", "ratio", "pattern", "age", "flexed"]
    value: float
    low: float | None = None
    high: float | None = None
    against: str | None = None
    against_value: float | None = None


def outside(value: float, limits: Limits) -> bool:
    """Beyond inclusive limits, by more than rounding."""
    return value < limits[0] - EPSILON or value > limits[1] + EPSILON


def limits_of(name: str, *, child: bool) -> Limits | None:
    """The refusing limits (mm or degrees) of a measurement at this age; None where it has none of its own."""
    measurement = BY_NAME[name]
    return measurement.any_age if child else measurement.adult


def patient_limits(field: str, *, child: bool) -> Limits:
    """The refusing limits of height (mm) and weight (kg) at this age."""
    adult = {"height": ADULT_HEIGHT_MM, "weight": ADULT_WEIGHT_KG}[field]
    declared = next(one for one in PATIENT if one.name == field)
    return (declared.low or 0.0, declared.high or 0.0) if child else adult


def _model_values(
    measurements: Mapping[str, float], height_mm: float | None, weight_kg: float | None
) -> dict[str, float]:
    values = {
        one.model_key: measurements[one.name]
        for one in MEASUREMENTS
        if one.model_key and measurements.get(one.name, 0) > 0
    }
    if measurements.get("fibular_head_height", 0) > 0:
        values["TH"] = measurements["fibular_head_height"] + TIBIAL_ABOVE_FIBULAR_MM
    if height_mm:
        values["ST"] = height_mm
    if weight_kg:
        values["WT"] = weight_kg
    return values


def _ratios(values: Mapping[str, float]) -> Iterable[tuple[str, str, float, list[float]]]:
    for name, limits in _tables()["ratios"].items():
        upper, lower = name.split("/")
        if upper in values and lower in values:
            yield upper, lower, values[upper] / values[lower], limits
    if "ST" in values and "WT" in values:
        build = math.sqrt(values["WT"] / (values["ST"] / 1000))
        composites = _tables()["composites"]
        for key, girth in (("CCW", "CC"), ("ACW", "AC")):
            if girth in values:
                yield girth, "WT", values[girth] / build, composites[key]
        yield "WT", "ST", values["WT"] / (values["ST"] / 1000) ** 2, composites["BMI"]


def limit_refusals(limb: Limb, *, child: bool) -> list[Refusal]:
    """Every reading of a limb that lies outside its limits, and every order that cannot be."""
    refused = []
    for name, mean in limb.measurements.items():
        limits = limits_of(name, child=child)
        if limits is not None:
            for reading in limb.readings.get(name, (mean,)):
                if outside(reading, limits):
                    refused.append(Refusal(field=name, kind="limits", received=reading, low=limits[0], high=limits[1]))
                    break
    return refused + _order_refusals(limb)


def _order_refusals(limb: Limb) -> list[Refusal]:
    taken = limb.measurements
    orders = [
        ("lateral_ball_length", "ball_length"),
        ("calf_circumference_height", "fibular_head_height"),
    ]
    if limb.partial_foot == "none":
        orders.append(("ball_length", "foot_length"))
    return [
        Refusal(field=lower, kind="order", received=taken[lower], against=upper, against_value=taken[upper])
        for lower, upper in orders
        if lower in taken and upper in taken and taken[lower] >= taken[upper] - EPSILON
    ]


def ratio_refusals(
    measurements: Mapping[str, float],
    *,
    child: bool,
    height_mm: float | None,
    weight_kg: float | None,
    partial_foot: str = "none",
) -> list[Refusal]:
    """Pairs that no limb has. The likelier of the two fields is named first."""
    values = _model_values(measurements, height_mm, weight_kg)
    if child:
        return _child_ratio_refusals(values)
    refused = []
    for upper, lower, ratio, (error_low, _, _, error_high) in _ratios(values):
        if (upper, lower) == ("BL", "FL") and partial_foot in ("transmetatarsal", "more"):
            # The foot ends at the metatarsals: ball and foot may be equally long.
            error_high = 1.0
        if outside(ratio, (error_low, error_high)):
            first, second = _likelier_first(upper, lower, values)
            refused.append(
                Refusal(
                    field=MODEL_FIELDS[first],
                    kind="ratio",
                    received=values[first] - (TIBIAL_ABOVE_FIBULAR_MM if first == "TH" else 0),
                    against=MODEL_FIELDS[second],
                    against_value=values[second] - (TIBIAL_ABOVE_FIBULAR_MM if second == "TH" else 0),
                )
            )
    return refused


def _child_ratio_refusals(values: Mapping[str, float]) -> list[Refusal]:
    child = _tables()["child"]
    refused = []
    if "AC" in values and "CC" in values and values["AC"] > child["ankle_per_calf_max"] * values["CC"] + EPSILON:
        refused.append(_pair("AC", "CC", values))
    if "BC" in values and "FB" in values and values["BC"] < child["ball_girth_per_width_min"] * values["FB"] - EPSILON:
        refused.append(_pair("BC", "FB", values))
    return refused


def _pair(first: str, second: str, values: Mapping[str, float]) -> Refusal:
    return Refusal(
        field=MODEL_FIELDS[first],
        kind="ratio",
        received=values[first],
        against=MODEL_FIELDS[second],
        against_value=values[second],
    )


def _likelier_first(upper: str, lower: str, values: Mapping[str, float]) -> tuple[str, str]:
    """The two keys, the one further from its own usual value first."""
    model = _tables()["z_model"]

    def distance(key: str) -> float:
        place = model["fields"].index(key)
        spread: float = math.sqrt(model["covariance"][place][place])
        mean: float = model["mean_log"][place]
        return abs(math.log(values[key]) - mean) / spread

    return (upper, lower) if distance(upper) >= distance(lower) else (lower, upper)


@lru_cache(maxsize=256)
def _precision(keys: tuple[str, ...]) -> tuple[tuple[tuple[float, ...], float, float], ...]:
    """For each key: its row of the inverse covariance, the mean of its log, and 1 / sqrt of the diagonal."""
    model = _tables()["z_model"]
    places = [model["fields"].index(key) for key in keys]
    size = len(places)
    rows = [
        [model["covariance"][a][b] for b in places] + [float(i == j) for j in range(size)] for i, a in enumerate(places)
    ]
    for i in range(size):
        # The matrix is positive definite: no pivoting needed.
        pivot = rows[i][i]
        rows[i] = [cell / pivot for cell in rows[i]]
        for j in range(size):
            if j != i:
                factor = rows[j][i]
                rows[j] = [cell - factor * own for cell, own in zip(rows[j], rows[i], strict=True)]
    inverse = [tuple(row[size:]) for row in rows]
    return tuple((inverse[i], model["mean_log"][place], 1 / math.sqrt(inverse[i][i])) for i, place in enumerate(places))


def z_scores(values: Mapping[str, float]) -> dict[str, float]:
    """Conditional z-score of each log measurement given the others (keys of the model; mm, kg)."""
    keys = tuple(values)
    precision = _precision(keys)
    deviations = [math.log(values[key]) - mean for key, (_, mean, _) in zip(keys, precision, strict=True)]
    return {key: sum(map(mul, row, deviations)) * scale for key, (row, _, scale) in zip(keys, precision, strict=True)}


def z_limit(count: int) -> float:
    """The |z| above which a set of this many fields asks for another look."""
    limits: list[list[float]] = _tables()["z_model"]["limits"]
    return next(limit for at_least, limit in limits if count >= at_least)


def doubts(patient: Patient | Body, limb: Limb) -> list[Doubt]:
    """What is unusual about the measurements of a limb, the likeliest slip first."""
    found = _child_doubts(patient, limb) if patient.is_child else _adult_doubts(patient, limb)
    taken = limb.measurements
    if "dorsiflexion_knee_flexed" in taken and "dorsiflexion_knee_extended" in taken:
        flexed, extended = taken["dorsiflexion_knee_flexed"], taken["dorsiflexion_knee_extended"]
        if flexed < extended - FLEXED_BELOW_EXTENDED_DEG - EPSILON:
            against = "dorsiflexion_knee_extended"
            found.append(Doubt("dorsiflexion_knee_flexed", "flexed", flexed, low=extended, against=against))
    return found


def _adult_doubts(patient: Patient | Body, limb: Limb) -> list[Doubt]:
    values = _model_values(limb.measurements, patient.height_mm, patient.weight_kg)
    return [*_pattern_doubts(values), *_range_doubts(patient, limb)]


def _pattern_doubts(values: Mapping[str, float]) -> list[Doubt]:
    """One doubt for all ratios and the z-score together: they are echoes of one slip."""
    ratios = [
        (upper, lower, ratio, (low, high))
        for upper, lower, ratio, (_, low, high, _) in _ratios(values)
        if outside(ratio, (low, high))
    ]
    scores = z_scores(values) if values else {}
    likeliest = max(scores, key=lambda key: abs(scores[key]), default=None)
    if likeliest is None:
        return []
    if abs(scores[likeliest]) <= z_limit(len(values)):
        if not ratios:
            return []
        named = {key for pair in ratios for key in pair[:2]}
        likeliest = max(named, key=lambda key: abs(scores[key]))
        against = next(b if a == likeliest else a for a, b, _, _ in ratios if likeliest in (a, b))
        value = values[likeliest] - (TIBIAL_ABOVE_FIBULAR_MM if likeliest == "TH" else 0)
        beside = values[against] - (TIBIAL_ABOVE_FIBULAR_MM if against == "TH" else 0)
        return [Doubt(MODEL_FIELDS[likeliest], "ratio", value, against=MODEL_FIELDS[against], against_value=beside)]
    value = values[likeliest] - (TIBIAL_ABOVE_FIBULAR_MM if likeliest == "TH" else 0)
    return [Doubt(MODEL_FIELDS[likeliest], "pattern", value)]


def _range_doubts(patient: Patient | Body, limb: Limb) -> list[Doubt]:
    found = [
        Doubt(one.name, "range", limb.measurements[one.name], *one.usual)
        for one in MEASUREMENTS
        if one.usual and one.name in limb.measurements and outside(limb.measurements[one.name], one.usual)
    ]
    for field, value, usual in (
        ("height", patient.height_mm, USUAL_HEIGHT_MM),
        ("weight", patient.weight_kg, USUAL_WEIGHT_KG),
    ):
        if value is not None and outside(value, usual):
            found.append(Doubt(field, "range", value, *usual))
    calf, head = limb.measurements.get("calf_circumference_height"), limb.measurements.get("fibular_head_height")
    if calf and head and outside(calf / head, CALF_HEIGHT_USUAL):
        low, high = (share * head for share in CALF_HEIGHT_USUAL)
        found.append(Doubt("calf_circumference_height", "range", calf, low, high))
    return found


def _child_doubts(patient: Patient | Body, limb: Limb) -> list[Doubt]:
    child = _tables()["child"]
    taken = limb.measurements
    found = []
    foot = taken.get("foot_length")
    if (
        foot is not None
        and patient.height_mm
        and outside(foot / patient.height_mm, tuple(child["foot_length_per_height"]))
    ):
        found.append(Doubt("foot_length", "ratio", foot, against="height", against_value=patient.height_mm))
    mean = child_foot_mean_mm(patient.age_years, patient.sex)
    if foot is not None and mean is not None:
        share = child["foot_length_share_of_age_mean"]
        low, high = mean * (1 - share), mean * (1 + share)
        if outside(foot, (low, high)):
            found.append(Doubt("foot_length", "age", foot, low, high))
    ankle, calf = taken.get("ankle_circumference"), taken.get("calf_circumference")
    if ankle is not None and calf is not None and ankle > calf + EPSILON:
        found.append(Doubt("ankle_circumference", "ratio", ankle, against="calf_circumference", against_value=calf))
    return found


def child_foot_mean_mm(age_years: float, sex: str) -> float | None:
    """Mean foot length (mm) of healthy children at this age, or None under 2; both sexes where not stated."""
    child = _tables()["child"]
    place = int(age_years) - child["first_age"]
    rows = [child[f"{one}_mm"] for one in ("male", "female") if sex in (one, "unspecified")]
    if place < 0:
        return None
    return float(sum(row[min(place, len(row) - 1)] for row in rows) / len(rows))


def unusual_finding(patient: Patient | Body, limb: Limb) -> Finding | None:
    """One caution for everything unusual on a limb; ``about`` names the likeliest field first."""
    found = doubts(patient, limb)
    if not found:
        return None
    about = tuple(dict.fromkeys(doubt.field for doubt in found))
    source = CHILD_SOURCE if patient.is_child else SOURCE
    return Finding("measurement_unusual", "caution", about, source, {"doubts": tuple(found)})


def spread_finding(limb: Limb) -> Finding | None:
    """Readings of one measurement that lie further apart than taking them twice explains."""
    apart = {
        name: max(readings) - min(readings)
        for name, readings in limb.readings.items()
        if max(readings) - min(readings) > BY_NAME[name].repeat_limit + EPSILON
    }
    if not apart:
        return None
    return Finding(
        "reading_spread",
        "caution",
        tuple(apart),
        REPEAT_SOURCE,
        {"readings": {name: limb.readings[name] for name in apart}},
    )
