"""Ready-made braces in words: which size, why, what is not known, and where the chart was read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from afofit.fitting.chart import SHOE, Product
from afofit.fitting.result import Beside, Measured, Status, Stock
from afofit.words.choices import label
from afofit.words.fields import listed, lowered
from afofit.words.findings import TITLES
from afofit.words.numbers import day, length, mass, plain
from afofit.words.shoes import size_label, system
from afofit.words.tongue import N_, _, gettext

STATUSES = {
    "match": N_("Fits"),
    "boundary": N_("On a border"),
    "partial": N_("Fits as far as the chart says"),
    "outside": N_("Outside the chart"),
    "unsuited": N_("A finding speaks against it"),
    "no_chart": N_("Ask the supplier"),
}
MEASURES = {
    "foot_length": N_("foot length"),
    "calf_circumference": N_("calf circumference"),
    "brace_height": N_("height of the brace, against the top edge"),
    "footplate_length": N_("length of the footplate, against the inside of the shoe"),
    "footplate_width": N_("width of the footplate"),
    "weight": N_("body weight"),
    "weight_limit": N_("a weight limit"),
    "side": N_("the side of the leg"),
}
OF_THE_BRACE = {
    "brace_height": N_("top edge"),
    "footplate_length": N_("length of the footplate"),
    "footplate_width": N_("width in the shoe"),
}
"""What a ready-made brace and the computed one are compared in."""
WORN = {"inside": N_("worn in the shoe"), "outside": N_("worn outside the shoe")}
DESIGNS = {"external": N_("Frame outside the shoe"), "other": N_("Another kind")}
RECHECK = N_("Re-check with the maker before ordering.")
INVENTED = N_("Invented for trying: no such product is sold.")
NOTHING_KNOWN = N_(
    "The chart goes by {measures}, and nothing of that is known of this leg: measure it, or ask the supplier."
)
NO_SIDE = N_("The chart has no size for this side: ask the supplier.")
NOTICE = N_(
    "Sizes are read from makers' charts, not tried on. A ready-made brace is fitted and checked on the leg like any "
    "other."
)


FITTING = frozenset({"match", "boundary", "partial"})
"""The statuses of what is worth ordering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One product held against one leg, in words; or several of a maker of which the same is to be said."""

    maker: str
    models: tuple[str, ...]
    kind: str
    code: Status
    status: str
    sizes: str
    nearest: str
    """The nearest size where none fits."""
    reasons: tuple[str, ...]
    beside: tuple[tuple[str, str], ...]
    source: str
    chart: str
    address: str
    notes: tuple[str, ...]

    @property
    def product(self) -> str:
        """The maker and every model."""
        return f"{self.maker} {', '.join(self.models)}"

    @property
    def fits(self) -> bool:
        """Whether it is worth ordering."""
        return self.code in FITTING


def told(found: Iterable[Stock]) -> tuple[Told, ...]:
    """Every product that has a chart, best first; the models of one family once, where they differ in the note only."""
    groups: dict[Told, list[Told]] = {}
    for one in found:
        if one.product.no_chart is None:
            words = _told(one)
            groups.setdefault(replace(words, models=(), notes=()), []).append(words)
    return tuple(_together(group) for group in groups.values())


def _told(one: Stock) -> Told:
    product = one.product
    return Told(
        maker=product.maker,
        models=(product.model,),
        kind=kind(product),
        code=one.status,
        status=status(one.status),
        sizes=sizes(one),
        nearest="" if one.sizes or one.nearest is None else one.nearest,
        reasons=reasons(one),
        beside=beside(one),
        source=source(product),
        chart=revised(product),
        address=product.address,
        notes=(gettext(product.note),) if product.note else (),
    )


def _together(group: list[Told]) -> Told:
    first = group[0]
    models = tuple(one.models[0] for one in group)
    if all(one.notes == first.notes for one in group):
        return replace(first, models=models)
    return replace(
        first, models=models, notes=tuple(f"{one.models[0]}: {' '.join(one.notes)}" for one in group if one.notes)
    )


def status(code: str) -> str:
    """What a status means, in a few words."""
    return _(STATUSES[code])


def design(code: str) -> str:
    """The kind of a ready-made brace."""
    return _(DESIGNS[code]) if code in DESIGNS else label("design", code)


def kind(product: Product) -> str:
    """What a ready-made brace is and where it is worn, unless that is the same."""
    said = design(product.design)
    return said if product.design == "external" else f"{said}, {_(WORN[product.worn])}"


def revised(product: Product) -> str:
    """The maker's version of a chart, and the clinic's own count of it."""
    if product.revision is None:
        return _("Version of the chart: {version}.").format(version=product.version)
    said = _("Version of the chart: {version}; revision {number} of this clinic.")
    return said.format(version=product.version, number=product.revision)


def computed(known: Mapping[str, float]) -> str:
    """What of the computed brace stands beside the ready-made ones; empty where nothing is known."""
    said = [f"{_(label)} {length(known[name])}" for name, label in OF_THE_BRACE.items() if name in known]
    return _("To hold beside them, the computed brace: {measures}.").format(measures=listed(said)) if said else ""


def beside(one: Stock) -> tuple[tuple[str, str], ...]:
    """What the chart says of the brace itself, beside the computed one; with its name."""
    several = len({each.size for each in one.beside}) > 1
    return tuple(_beside(each, several=several) for each in one.beside)


def _beside(each: Beside, *, several: bool) -> tuple[str, str]:
    said = _("{range}; computed {length}").format(
        range=span(each.measure, each.low, each.high), length=length(each.computed)
    )
    label = _(OF_THE_BRACE[each.measure])
    return (f"{each.size}, {label}" if several else f"{label[0].upper()}{label[1:]}"), said


def measure(code: str) -> str:
    """A measure inside a sentence; a shoe size by its system."""
    if code.startswith(SHOE):
        return _("shoe size {system}").format(system=system(code.removeprefix(SHOE)))
    return _(MEASURES[code])


def sizes(one: Stock) -> str:
    """The sizes named: "Small or Medium"; a dash where there is none."""
    return _(" or ").join(one.sizes) or "–"


def reasons(one: Stock) -> tuple[str, ...]:
    """Every reason in a sentence, the decisive first."""
    return tuple(_reasons(one))


def against(one: Stock) -> tuple[str, ...]:
    """The findings that speak against a product."""
    said = _("Speaks against it: {finding}.")
    return tuple(said.format(finding=lowered(gettext(TITLES[code]))) for code in one.against)


def _reasons(one: Stock) -> Iterator[str]:
    yield from against(one)
    if one.status == "no_chart":
        yield no_chart(one)
        return
    if one.status == "boundary":
        yield _("{sizes} fit alike: try them on.").format(sizes=listed(list(one.sizes)))
    for size, measured in groupby(one.reasons, key=lambda each: each.size):
        words = [_measured(each) for each in measured]
        yield _("{size}: {measures}.").format(size=size, measures="; ".join(words))
    for part in one.parts:
        yield _("Order with it: {part}.").format(part=part)
    if one.nearest is not None and one.sizes:
        yield _("The nearest other size is {size}.").format(size=one.nearest)
    if one.unknown:
        yield _("Not known, so nothing is concluded from it: {measures}.").format(
            measures=listed([measure(code) for code in one.unknown])
        )


def no_chart(one: Stock) -> str:
    """Why nothing can be said of a product, and what to do."""
    if one.product.no_chart:
        return _("{why} Ask the supplier.").format(why=gettext(one.product.no_chart))
    asked = [measure(code) for code in one.unknown if code != "weight_limit"]
    return _(NOTHING_KNOWN).format(measures=listed(asked)) if asked else _(NO_SIDE)


def _measured(one: Measured) -> str:
    facts = {
        "measure": measure(one.measure),
        "value": shown(one.measure, one.value),
        "range": span(one.measure, one.low, one.high),
    }
    if one.measure in ("brace_height", "footplate_length"):
        facts["range"] = shown(one.measure, one.low)
        if one.beyond:
            return _("{measure}: at least {range}, but there is room for {value} only").format(**facts)
        return _("{measure}: {range}, with room for {value}").format(**facts)
    if one.measure == "weight":
        facts["range"] = shown("weight", one.high or 0.0)
        if one.beyond:
            return _("{measure} {value} is above the limit of {range}").format(**facts)
        return _("{measure} {value}, limit {range}").format(**facts)
    if not one.beyond:
        return _("{measure} {value} lies in {range}").format(**facts)
    facts["beyond"] = shown(one.measure, abs(one.beyond), apart=True)
    if one.beyond < 0:
        return _("{measure} {value} is {beyond} below {range}").format(**facts)
    return _("{measure} {value} is {beyond} above {range}").format(**facts)


def shown(code: str, number: float, *, apart: bool = False) -> str:
    """A measure with its unit; a shoe size as it is printed, a distance between sizes as a number."""
    if code.startswith(SHOE):
        return plain(number, 1) if apart else size_label(code.removeprefix(SHOE), number)
    return mass(number) if code == "weight" else length(number)


def span(code: str, low: float, high: float | None) -> str:
    """A range: "380 mm to 440 mm", "12 and above"."""
    if high is None:
        return _("{low} and above").format(low=shown(code, low))
    return _("{low} to {high}").format(low=shown(code, low), high=shown(code, high))


def source(product: Product) -> str:
    """Where the chart was read and when, and whether to look again."""
    said = _("{document}, {page}; read on {day}; evidence {grade}.").format(
        document=product.document, page=product.page, day=day(product.read_on), grade=product.grade
    )
    more = [_(INVENTED)] if product.invented else []
    return " ".join([said, *more, *([_(RECHECK)] if product.recheck else [])])
