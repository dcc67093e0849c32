"""Ready-made braces: which size of which product suits a limb, by the charts, with every reason.

A size that fits is never missed: where two sizes share an end, or the columns of a chart disagree, both are named.
What a chart does not state, or what was not measured, is named too.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import get_args

from afofit.fitting.chart import OF_THE_BRACE, SHOE, SHOES, SIZE_MM, Chart, Range, Size
from afofit.fitting.request import Limb
from afofit.fitting.result import Beside, Measured, ShoeFit, Status, Stock
from afofit.fitting.shoe_sizes import read_printed
from afofit.fitting.values import EPSILON, Known, Side

STATUSES: tuple[Status, ...] = get_args(Status)
"""Best first."""
WEIGHT = "weight"
AGAINST_ANY = ("fixed_deformity", "neutral_not_attainable", "over_weight_limit", "positioning_device")
"""Findings that speak against every ready-made brace: it holds 90°, over no cast, for a person of a usual weight who
walks. Derived."""
OF_THE_PERSON = frozenset((*SHOES, "foot_length", "calf_circumference"))
"""Measures of which a chart needs one at least: weight and height alone choose no size."""
SHOE_SET = frozenset(SHOES)
COMPARED = ("foot_length", "calf_circumference", "brace_height", "footplate_length")
"""Measures beside the shoe that decide; the width of a footplate is told and not judged: it is cut or not as made."""


COMPARED_SET = frozenset(COMPARED)
COMPUTED = {
    "brace_height": "proximal_trim_height_mm",
    "footplate_length": "footplate_length_medial_mm",
    "footplate_width": "width_in_brace_mm",
}
"""What of the computed brace stands beside a measure of a ready-made one: top edge, footplate, width in the shoe."""


@dataclass(frozen=True, slots=True)
class Person:
    """What a chart can be held against; a measure that is not known is not there."""

    side: Side
    weight_kg: float
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
    values = {**dimensions, **(shoe.values if shoe else {})}
    computed = {name: values[given].magnitude for name, given in COMPUTED.items() if given in values}
    return Person(limb.side, weight_kg, inside, outside, computed)


def matches(one: Person, charts: Iterable[Chart], against: Mapping[str, Sequence[str]]) -> tuple[Stock, ...]:
    """Every product, best first; ``against`` holds the findings that speak against a design, by its code."""
    found = [match(one, chart, against.get(chart.product.design, ())) for chart in charts]
    return tuple(sorted(found, key=_rank))


def _rank(one: Stock) -> tuple[int, int, float, str]:
    return _PLACES[one.status], len(one.unknown), _distance(one.reasons), one.product.name


_PLACES = {status: place for place, status in enumerate(STATUSES)}


def match(one: Person, chart: Chart, against: Sequence[str] = ()) -> Stock:
    """One product held against one limb."""
    sizes = chart.sizes_of(one.side)
    if chart.product.no_chart is not None or not sizes:
        return Stock(chart.product, "no_chart", against=tuple(against))
    known = one.inside if chart.product.worn == "inside" else one.outside
    shoes = [name for name in chart.measures if name in SHOE_SET and name in known]
    others = [name for name in chart.measures if name in COMPARED_SET and name in known]
    unknown = _unknown(chart, sizes, known, shoes)
    if not shoes and not OF_THE_PERSON.intersection(others):
        return Stock(chart.product, "no_chart", unknown=unknown, against=tuple(against))
    distances = [_distance_of(size, chart, known, one.weight_kg, shoes, others) for size in sizes]
    fitting = [place for place, (fits, _) in enumerate(distances) if fits]
    nearest = _nearest(distances, fitting)
    told = fitting or ([] if nearest is None else [nearest])
    return Stock(
        chart.product,
        "unsuited" if against else _status(len(fitting), unknown),
        tuple([sizes[place].code for place in fitting]),
        None if nearest is None else sizes[nearest].code,
        tuple(
            [
                reason
                for place in told
                for reason in _reasons(sizes[place], chart, known, one.weight_kg, (*shoes, *others))
            ]
        ),
        unknown,
        tuple(against),
        tuple(_parts(chart, known)) if chart.parts else (),
        tuple([each for place in told for each in _beside(sizes[place], one.computed)]),
    )


def _status(fitting: int, unknown: tuple[str, ...]) -> Status:
    if fitting == 0:
        return "outside"
    # Only where every measure of the chart is known do two sizes mean that the person stands on their border.
    if fitting > 1 and unknown in ((), ("weight_limit",)):
        return "boundary"
    return "partial" if unknown else "match"


def _distance_of(
    size: Size, chart: Chart, known: Mapping[str, float], weight_kg: float, shoes: Sequence[str], others: Sequence[str]
) -> tuple[bool, float]:
    """Whether a size fits, and how far it lies from the person: in mm of foot or girth, a kilogram counting as one.

    A size fits the shoe when it fits in any of the systems: columns that disagree name both sizes.
    """
    # Written out, without a call for each range: 20 charts are held against every limb.
    ranges = size.ranges
    far, in_shoe, asked, fits = 0.0, False, False, True
    for name in shoes:
        if name in ranges:
            asked = True
            low, high = ranges[name]
            value = known[name]
            if value < low - EPSILON:
                far += (low - value) * SIZE_MM[name]
            elif value > high + EPSILON:
                far += (value - high) * SIZE_MM[name]
            else:
                in_shoe = True
    for name in others:
        if name in ranges:
            low, high = ranges[name]
            value = known[name]
            if value < low - EPSILON:
                fits = False
                far += low - value
            elif value > high + EPSILON and name not in OF_THE_BRACE:
                fits = False
                far += value - high
    limit = chart.weight_limit_kg if size.weight_limit_kg is None else size.weight_limit_kg
    if limit is not None and weight_kg > limit + EPSILON:
        fits = False
        far += weight_kg - limit
    return fits and (in_shoe or not asked), far


def _beyond(measure: str, one: Range, value: float) -> float:
    """How far a value lies outside; a brace may be lower than the edge and its plate shorter than the shoe."""
    if measure in OF_THE_BRACE:
        return 0.0 if value >= one.low - EPSILON else value - one.low
    return one.beyond(value)


def _nearest(distances: Sequence[tuple[bool, float]], fitting: Sequence[int]) -> int | None:
    """The place of the nearest other size: by the person first, by the place in the chart then."""
    best, least = None, (inf, inf)
    for place, (fits, far) in enumerate(distances):
        if not fits:
            apart = (far, min((abs(place - each) for each in fitting), default=place))
            if apart < least:
                best, least = place, apart
    return best


def _reasons(
    size: Size, chart: Chart, known: Mapping[str, float], weight_kg: float, names: Sequence[str]
) -> Iterator[Measured]:
    """Every measure of a size that is known of the person, against its range."""
    for name in names:
        one = size.ranges.get(name)
        if one is not None:
            value = known[name]
            yield Measured(name, size.code, value, one.low, one.open_high, _beyond(name, one, value))
    limit = chart.weight_limit_kg if size.weight_limit_kg is None else size.weight_limit_kg
    if limit is not None:
        yield Measured(
            WEIGHT, size.code, weight_kg, 0.0, limit, weight_kg - limit if weight_kg > limit + EPSILON else 0.0
        )


def _beside(size: Size, computed: Mapping[str, float]) -> Iterator[Beside]:
    for name in OF_THE_BRACE:
        one = size.ranges.get(name)
        if one is not None and name in computed:
            yield Beside(name, size.code, one.low, one.open_high, computed[name])


def _unknown(chart: Chart, sizes: Sequence[Size], known: Mapping[str, float], shoes: Sequence[str]) -> tuple[str, ...]:
    """What the chart asks for and is not known, and what every chart should state and this one does not."""
    asked = [name for name in chart.measures if name in COMPARED_SET and name not in known]
    if not shoes:
        asked += [name for name in chart.measures if name in SHOE_SET]
    if chart.weight_limit_kg is None and any(size.weight_limit_kg is None for size in sizes):
        asked.append("weight_limit")
    return tuple(asked)


def _parts(chart: Chart, known: Mapping[str, float]) -> Iterator[str]:
    for part in chart.parts:
        if known.get(part.measure, 0.0) > part.above + EPSILON:
            yield part.part


def _distance(reasons: Iterable[Measured]) -> float:
    """The same distance from the reasons that were told."""
    return sum([abs(one.beyond) * SIZE_MM.get(one.measure, 1.0) for one in reasons if one.beyond])
