"""Ready-made braces in words: which size, why, what is not known, and where the chart was read."""

from collections.abc import Iterator
from itertools import groupby

from afofit.fitting.chart import SHOE, Product
from afofit.fitting.result import Measured, Stock
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
DESIGNS = {"external": N_("Frame outside the shoe"), "other": N_("Another kind")}
RECHECK = N_("Re-check with the maker before ordering.")
INVENTED = N_("Invented for trying: no such product is sold.")
NOTHING_KNOWN = N_("Nothing that the chart goes by is known of this leg: ask the supplier.")
NO_SIDE = N_("The chart has no size for this side: ask the supplier.")
NOTICE = N_(
    "Sizes are read from makers' charts, not tried on. A ready-made brace is fitted and checked on the leg like any "
    "other."
)


def status(code: str) -> str:
    """What a status means, in a few words."""
    return _(STATUSES[code])


def design(code: str) -> str:
    """The kind of a ready-made brace."""
    return _(DESIGNS[code]) if code in DESIGNS else label("design", code)


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


def _reasons(one: Stock) -> Iterator[str]:
    for code in one.against:
        yield _("Speaks against it: {finding}.").format(finding=lowered(gettext(TITLES[code])))
    if one.status == "no_chart":
        yield _no_chart(one)
        return
    if one.status == "boundary":
        yield _("{sizes} fit alike: try them on.").format(sizes=listed(list(one.sizes)))
    for size, told in groupby(one.reasons, key=lambda each: each.size):
        words = [_measured(each) for each in told]
        yield _("{size}: {measures}.").format(size=size, measures="; ".join(words))
    for part in one.parts:
        yield _("Order with it: {part}.").format(part=part)
    if one.nearest is not None and one.sizes:
        yield _("The nearest other size is {size}.").format(size=one.nearest)
    if one.unknown:
        yield _("Not known, so nothing is concluded from it: {measures}.").format(
            measures=listed([measure(code) for code in one.unknown])
        )


def _no_chart(one: Stock) -> str:
    if one.product.no_chart:
        return _("{why} Ask the supplier.").format(why=gettext(one.product.no_chart))
    return _(NOTHING_KNOWN) if one.unknown else _(NO_SIDE)


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
