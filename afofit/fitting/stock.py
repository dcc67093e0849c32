"""Ready-made braces: which size of which product suits a limb, by the charts, with every reason.

A size that fits is never missed: where two sizes share an end, or the columns of a chart disagree, both are named.
What a chart does not state, or what was not measured, is named too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import get_args

from afofit.fitting.chart import SHOE, SIZE_MM, Chart, Row
from afofit.fitting.request import Limb
from afofit.fitting.result import Beside, Measured, ShoeFit, Status, Stock
from afofit.fitting.shoe_sizes import read_printed
from afofit.fitting.values import EPSILON, Known, Side, Value

STATUSES: tuple[Status, ...] = get_args(Status)
"""Best first."""
WEIGHT, WEIGHT_LIMIT, SIDE = "weight", "weight_limit", "side"
AGAINST_ANY = ("fixed_deformity", "neutral_not_attainable", "over_weight_limit", "positioning_device")
"""Findings that speak against every ready-made brace: it holds 90°, over no cast, for a person of a usual weight who
walks. Derived."""
COMPUTED = {
    "brace_height": "proximal_trim_height_mm",
    "footplate_length": "footplate_length_medial_mm",
    "footplate_width": "width_in_brace_mm",
}
"""What of the computed brace stands beside a measure of a ready-made one: top edge, footplate, width in the shoe."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a chart can be held against. A measure that is not known is not there; a side or weight is None."""

    side: Side | None
    weight_kg: float | None
    inside: Mapping[str, float]
    """Measures for a brace worn in the shoe: sizes of the shoe over a brace."""
    outside: Mapping[str, float]
    """Measures for a brace worn outside: the size of the shoe worn now."""
    computed: Mapping[str, float] = field(default_factory=dict)
    """The computed brace, by the measure of a chart that speaks of the same (mm)."""


def person(limb: Limb, weight_kg: float, dimensions: Known, shoe: ShoeFit | None) -> Person:
    """What is known of a limb: its measures (mm), the edge a brace must stay below and the shoe it has to go into."""
    measured = limb.measurements
    common = {name: measured[name] for name in ("foot_length", "calf_circumference") if name in measured}
    if "proximal_trim_height_mm" in dimensions:
        common["brace_height"] = dimensions["proximal_trim_height_mm"].magnitude
    inside, outside = dict(common), dict(common)
    if shoe is not None:
        inside |= {f"{SHOE}{system}": size for system, size in shoe.braced.items()}
        room = limb.shoe.inside_length_mm
        if room is None and "inside_length_mm" in shoe.values:
            room = shoe.values["inside_length_mm"].magnitude
        if room is not None:
            inside["footplate_length"] = room
    system, size = limb.shoe.system, limb.shoe.size
    if system is not None and size is not None:
        counted = read_printed(system, size, measured["foot_length"])
        if counted is not None:
            outside[f"{SHOE}{system}"] = counted
    return Person(limb.side, weight_kg, inside, outside, computed(dimensions, shoe))


def computed(dimensions: Mapping[str, Value], shoe: ShoeFit | None) -> dict[str, float]:
    """The computed brace by the measures of a chart that speak of the same (mm)."""
    values = {**dimensions, **(shoe.values if shoe else {})}
    return {name: values[given].magnitude for name, given in COMPUTED.items() if given in values}


def matches(one: Person, charts: Iterable[Chart], against: Mapping[str, Sequence[str]]) -> tuple[Stock, ...]:
    """Every product, best first; ``against`` holds the findings that speak against a design, by its code."""
    found = [match(one, chart, against.get(chart.product.design, ())) for chart in charts]
    return tuple(sorted(found, key=_rank))


def _rank(one: Stock) -> tuple[int, int, float, str]:
    return _PLACES[one.status], len(one.unknown), _distance(one.reasons), one.product.name


_PLACES = {status: place for place, status in enumerate(STATUSES)}


def match(one: Person, chart: Chart, against: Sequence[str] = ()) -> Stock:
    """One product held against one limb."""
    # 20 charts are held against every limb: what a chart is made of was laid out once, when it was read.
    rows = chart.rows_of(one.side)
    if chart.product.no_chart is not None or not rows:
        return Stock(chart.product, "no_chart", unknown=_unknown_side(one, chart), against=tuple(against))
    known = one.inside if chart.product.worn == "inside" else one.outside
    weight_kg = one.weight_kg
    unknown = _unknown(chart, rows, known, weight_kg)
    if not any([name in known for name in chart.choosing]):  # noqa: C419  a list is faster here
        return Stock(chart.product, "no_chart", unknown=unknown, against=tuple(against))
    fitting, nearest = _held(rows, known, weight_kg)
    told = fitting or ([] if nearest is None else [nearest])
    return Stock(
        chart.product,
        "unsuited" if against else _status(len(fitting), unknown),
        tuple([row.size.code for row in fitting]),
        None if nearest is None else nearest.size.code,
        tuple([reason for row in told for reason in _reasons(row, known, weight_kg)]),
        unknown,
        tuple(against),
        tuple(_parts(chart, known)) if chart.parts else (),
        tuple([each for row in told if row.brace for each in _beside(row, one.computed)]),
    )


def _held(rows: Sequence[Row], known: Mapping[str, float], weight_kg: float | None) -> tuple[list[Row], Row | None]:
    """The sizes that fit, and the nearest of the others: by the person first, by the place in the chart then."""
    fitting: list[Row] = []
    nearest: list[int] = []
    least = inf
    for place, row in enumerate(rows):
        fits, far = _distance_of(row, known, weight_kg)
        if fits:
            fitting.append(row)
        elif far < least:
            least, nearest = far, [place]
        elif far == least:
            nearest.append(place)
    if len(nearest) > 1 and fitting:
        places = [place for place, row in enumerate(rows) if row in fitting]
        nearest.sort(key=lambda place: min([abs(place - each) for each in places]))
    return fitting, rows[nearest[0]] if nearest else None


def _status(fitting: int, unknown: tuple[str, ...]) -> Status:
    if fitting == 0:
        return "outside"
    # Only where every measure of the chart is known do two sizes mean that the person stands on their border.
    if fitting > 1 and unknown in ((), (WEIGHT_LIMIT,)):
        return "boundary"
    return "partial" if unknown else "match"


def _distance_of(row: Row, known: Mapping[str, float], weight_kg: float | None) -> tuple[bool, float]:
    """Whether a size fits, and how far it lies from the person: in mm of foot or girth, a kilogram counting as one.

    A size fits the shoe when it fits in any of the systems: columns that disagree name both sizes.
    """
    # Written out, without a call for each range.
    far, in_shoe, asked, fits = 0.0, False, False, True
    for name, least, most, low, high, foot_mm, _ in row.shoes:
        if name in known:
            asked = True
            value = known[name]
            if value < least:
                far += (low - value) * foot_mm
            elif value > most:
                far += (value - high) * foot_mm
            else:
                in_shoe = True
    for name, least, most, low, high, _, _ in row.others:
        if name in known:
            value = known[name]
            if value < least:
                fits = False
                far += low - value
            elif value > most:
                fits = False
                far += value - high
    limit = row.limit_kg
    if limit is not None and weight_kg is not None and weight_kg > limit + EPSILON:
        fits = False
        far += weight_kg - limit
    return fits and (in_shoe or not asked), far


def _reasons(row: Row, known: Mapping[str, float], weight_kg: float | None) -> list[Measured]:
    """Every measure of a size that is known of the person, against its range."""
    code, limit = row.size.code, row.limit_kg
    found = []
    for name, least, most, low, high, _, told_high in row.measures:
        if name in known:
            value = known[name]
            beyond = value - low if value < least else value - high if value > most else 0.0
            found.append(Measured(name, code, value, low, told_high, beyond))
    if limit is not None and weight_kg is not None:
        beyond = weight_kg - limit if weight_kg > limit + EPSILON else 0.0
        found.append(Measured(WEIGHT, code, weight_kg, 0.0, limit, beyond))
    return found


def _beside(row: Row, computed: Mapping[str, float]) -> Iterator[Beside]:
    for name, one in row.brace:
        if name in computed:
            yield Beside(name, row.size.code, one.low, one.open_high, computed[name])


def _unknown(chart: Chart, rows: Sequence[Row], known: Mapping[str, float], weight_kg: float | None) -> tuple[str, ...]:
    """What the chart asks for and is not known, and what every chart should state and this one does not."""
    asked = [name for name in chart.compared if name not in known]
    if chart.shoes and not any([name in known for name in chart.shoes]):  # noqa: C419  a list is faster here
        asked += chart.shoes
    if chart.weight_limit_kg is None and any(row.limit_kg is None for row in rows):
        asked.append(WEIGHT_LIMIT)
    if weight_kg is None and any(row.limit_kg is not None for row in rows):
        asked.append(WEIGHT)
    return tuple(asked)


def _unknown_side(one: Person, chart: Chart) -> tuple[str, ...]:
    asks = one.side is None and chart.product.no_chart is None and chart.sizes
    return (SIDE,) if asks else ()


def _parts(chart: Chart, known: Mapping[str, float]) -> Iterator[str]:
    for part in chart.parts:
        if known.get(part.measure, 0.0) > part.above + EPSILON:
            yield part.part


def _distance(reasons: Iterable[Measured]) -> float:
    """The same distance from the reasons that were told."""
    return sum([abs(one.beyond) * SIZE_MM.get(one.measure, 1.0) for one in reasons if one.beyond])
