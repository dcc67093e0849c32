"""A cover and a plan told: as plain text for the command line, as a document for programs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from afofit.cover.counting import Cover, OfChart
from afofit.cover.planning import Item, Plan
from afofit.cover.table import Table
from afofit.fitting.chart import Product
from afofit.words import cover as words
from afofit.words import stock
from afofit.words.numbers import thickness
from afofit.words.tongue import _, ngettext


def cover_text(cover: Cover) -> Iterator[str]:
    """Whom the charts serve, line by line."""
    charts = [one for one in cover.charts if one.product.no_chart is None]
    yield ngettext("{people}, {count} chart", "{people}, {count} charts", len(charts)).format(
        people=words.people(cover.people), count=len(charts)
    )
    if not charts:
        yield _(words.NO_CHART)
    yield from _columned((label, words.share(count, cover.people)) for label, count in totals(cover))
    for one in charts:
        yield ""
        yield _("{name}, version {version}").format(name=one.product.name, version=one.product.version)
        yield f"  {stock.source(one.product)}"
        yield from _columned(chart_rows(one, cover.people))
    yield from _without(cover)


def totals(cover: Cover) -> Iterator[tuple[str, int]]:
    """Everybody, each once: served, and of the others who are any why not."""
    yield _("served by at least one"), cover.served
    yield from never(cover)


def never(cover: Cover) -> Iterator[tuple[str, int]]:
    """Whom no size serves, and why; what is nobody's reason is left out."""
    rows = [
        (_("a finding speaks against what would fit"), cover.unsuited),
        (_(words.NOT_KNOWN), cover.unknown),
        (_("outside of every chart"), cover.outside),
        *((f"  {words.outside(why.measure, why.way)}", why.people) for why in cover.why),
        (f"  {_(words.MIXED)}", cover.mixed),
    ]
    yield from ((label, count) for label, count in rows if count)


def chart_rows(one: OfChart, people: int) -> Iterator[tuple[str, str]]:
    """What one chart says: whom it serves, size by size, who is outside by what, and what is not known."""
    yield _("served"), words.share(one.served, people)
    for status, count in one.statuses.items():
        if count:
            yield f"  {stock.status(status)}", words.share(count, people)
    for size in one.sizes:
        shared = (
            _(", {count} of them by another size too").format(count=words.whole(size.shared)) if size.shared else ""
        )
        yield size_name(size.code, size.side), words.share(size.people, people) + shared
    for code, way, count, alone in one.outside:
        by = _(", {count} of them by this alone").format(count=words.whole(alone)) if alone else ""
        yield words.outside(code, way), words.share(count, people) + by
    if one.together:
        yield _(words.TOGETHER), words.share(one.together, people)
    for code, count in one.unknown.items():
        yield unknown(code), words.share(count, people)


def _columned(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Labels and what is said of them, one under the other."""
    told = list(rows)
    width = max((len(label) for label, said in told), default=0)
    yield from (f"  {label:{width}}  {said}" for label, said in told)


def size_name(code: str, side: str | None) -> str:
    """A size, with its side where it has one."""
    if side is None:
        return _("size {size}").format(size=code)
    return (_("size {size}, left") if side == "left" else _("size {size}, right")).format(size=code)


def unknown(code: str) -> str:
    """That a measure is not known."""
    return _("not known: {measure}").format(measure=words.measure(code))


def _without(cover: Cover) -> Iterator[str]:
    never = [one.product for one in cover.charts if one.product.no_chart is not None]
    if never:
        yield ""
        yield _("Never matched, because no chart was found or it contradicts itself:")
        yield from (f"  {product.name}" for product in never)


def left_out(cover: Cover) -> Iterator[str]:
    """Who is never served by any size of the charts, and why."""
    rows = [(label, words.share(count, cover.people)) for label, count in never(cover)]
    if rows:
        yield ""
        yield _("Never served, whatever is kept:")
        yield from _columned(rows)
    yield from _without(cover)


def plan_text(plan: Plan) -> Iterator[str]:
    """The sizes to keep, line by line."""
    yield from said_of(plan)
    for place, step in enumerate(plan.steps, start=1):
        name = item_name(step.item)
        together = words.share(step.together, plan.people)
        yield _("{place}. {name}: serves {count}, adds {added}, together {together}").format(
            place=place, name=name, count=words.whole(step.people), added=words.whole(step.added), together=together
        )
        if step.alike:
            yield f"   {instead(step.alike)}"


def item_name(item: Item) -> str:
    """A size of a product: "Nobody Leaf: size M"."""
    return f"{item.product.name}: {size_name(item.code, item.side)}"


def instead(alike: Sequence[Item]) -> str:
    """Other sizes that serve the very same people."""
    return _("As well: {names}.").format(names="; ".join(map(item_name, alike)))


def said_of(plan: Plan) -> Iterator[str]:
    """What must be read with a plan."""
    yield _("{people}. Wanted: {wanted}. These sizes serve {served}.").format(
        people=words.people(plan.people),
        wanted=words.share(plan.wanted, plan.people),
        served=words.share(plan.served, plan.people),
    )
    if plan.short:
        yield _("The wanted share cannot be reached: every size of these charts together serves {count}.").format(
            count=words.share(plan.reachable, plan.people)
        )
    if plan.steps and plan.smallest:
        yield _("No smaller set of sizes serves as many.")
    elif plan.steps:
        yield _(
            "The sizes were chosen one after the other, the one that serves most of the rest first. A smaller set may "
            "exist: at least {least} sizes are needed whatever is chosen."
        ).format(least=plan.least)
    yield _("People on a border count for either size.")
    yield _("This is past demand, not a forecast.")


def cover_document(cover: Cover) -> dict[str, Any]:
    """Whom the charts serve, for a program."""
    return {
        "people": cover.people,
        "served": cover.served,
        "unsuited": cover.unsuited,
        "unknown": cover.unknown,
        "outside": cover.outside,
        "why": [one._asdict() for one in cover.why],
        "mixed": cover.mixed,
        "charts": [
            {
                **_product(one.product),
                "no_chart": one.product.no_chart,
                "served": one.served,
                "statuses": dict(one.statuses),
                "sizes": [size._asdict() for size in one.sizes],
                "outside": [each._asdict() for each in one.outside],
                "together": one.together,
                "unknown": dict(one.unknown),
            }
            for one in cover.charts
        ],
    }


def plan_document(plan: Plan) -> dict[str, Any]:
    """The sizes to keep, for a program."""
    return {
        "people": plan.people,
        "wanted": plan.wanted,
        "served": plan.served,
        "reachable": plan.reachable,
        "least_sizes": plan.least,
        "smallest": plan.smallest,
        "sizes": [
            {
                **_item(step.item),
                "serves": step.people,
                "adds": step.added,
                "together": step.together,
                "alike": [_item(one) for one in step.alike],
            }
            for step in plan.steps
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    return {**_product(item.product), "size": item.code, "side": item.side}


def _product(product: Product) -> dict[str, Any]:
    return {
        "maker": product.maker,
        "model": product.model,
        "version": product.version,
        "invented": product.invented,
    }


def of_table(table: Table) -> Iterator[str]:
    """What was read of a table, and what was concluded from it."""
    yield _("Columns read: {names}.").format(names=", ".join(table.used))
    if table.unused:
        yield _("Columns left out, because no chart goes by them: {names}.").format(names=", ".join(table.unused))
    if table.feet is not None:
        yield _("Where no shoe size is given, it was worked out from foot length, sex and age: the size to buy.")
        if table.feet.brace_mm is None:
            yield _("What a brace adds in the shoe was not said: sizes over a brace are known only where given.")
        else:
            yield _("Over a brace, the foot was taken as {length} longer.").format(
                length=thickness(table.feet.brace_mm)
            )
