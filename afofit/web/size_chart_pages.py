"""The size charts of the clinic: its own and the program's, which are in use, each as a page and as a file.

Orthotists and administrators may both write: the one reads what a maker prints, the other keeps the stock. Nobody
releases a chart: it names its source wherever it is used, and a brace is tried on before it is worn.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.fitting.chart import LENGTHS, Chart, Size
from afofit.fitting.chart_check import Document
from afofit.fitting.chart_export import as_csv, as_toml, cell
from afofit.fitting.chart_file import built_in_by_name, documents_built_in
from afofit.store import charts
from afofit.store.charts import Own
from afofit.store.errors import Missing
from afofit.web.kept import SEE_OTHER, blueprint
from afofit.web.stock_part import links
from afofit.words import stock
from afofit.words.tongue import _

Written = Literal["toml", "csv"]
TYPES: dict[Written, str] = {"toml": "application/toml", "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A chart of the program in the list: whether it is used, and whether an own one stands in for it."""

    name: str
    chart: Chart
    in_use: bool
    left_out: bool


@blueprint.get("/charts")
@member("orthotist", "administrator")
def size_charts() -> ResponseReturnValue:
    """The charts of the clinic and those of the program, and which new fittings are held against."""
    with store().reading(actor()) as desk:
        every, off = charts.listed(desk), charts.left_out(desk)
    newest = {one.chart.product.key: one for one in reversed(every)}
    named = charts.built_in_of(off, [one.chart for one in every if one.in_use])
    return render_template(
        "size_charts.html",
        own=sorted(newest.values(), key=lambda one: one.chart.product.name.casefold()),
        built_in=[BuiltIn(name, chart, in_use, name in off) for name, (chart, in_use) in named.items()],
        stock=stock,
    )


@blueprint.get("/charts/<uuid:chart_id>")
@member("orthotist", "administrator")
def size_chart(chart_id: UUID) -> ResponseReturnValue:
    """One revision of an own chart, and the others of the product."""
    with store().reading(actor()) as desk:
        own = charts.find(desk, chart_id)
        every = charts.revisions(desk, own.chart.product.key)
    return _page(own.chart, own.document, own=own, revisions=every)


@blueprint.get("/charts/built-in/<name>")
@member("orthotist", "administrator")
def built_in_chart(name: str) -> ResponseReturnValue:
    """One chart of the program."""
    chart = _built_in(name)
    with store().reading(actor()) as desk:
        off = charts.left_out(desk)
        own = [one.chart for one in charts.listed(desk, in_use=True)]
    __, in_use = charts.built_in_of(off, own)[name]
    return _page(chart, documents_built_in()[name], built_in=BuiltIn(name, chart, in_use, name in off))


def _built_in(name: str) -> Chart:
    chart = built_in_by_name().get(name)
    if chart is None:
        raise Missing("chart")
    return chart


def _page(
    chart: Chart,
    document: Document,
    *,
    own: Own | None = None,
    built_in: BuiltIn | None = None,
    revisions: Sequence[Own] = (),
) -> str:
    return render_template(
        "size_chart.html",
        chart=chart,
        sizes=list(_sizes(chart, document)),
        own=own,
        built_in=built_in,
        revisions=revisions,
        links=links(chart.product.address),
        stock=stock,
    )


def _sizes(chart: Chart, document: Document) -> Iterator[tuple[Size, list[tuple[str, str, str]]]]:
    """Each size with its measures in mm and sizes, and lengths in another unit also as they are printed."""
    unit = (document.get("units") or {}).get("length", "mm")
    for size, row in zip(chart.sizes, document.get("sizes", ()), strict=True):
        yield (
            size,
            [
                (
                    stock.measure(name),
                    stock.span(name, one.low, one.open_high),
                    f"{cell(row[name])} {unit}" if name in LENGTHS and unit != "mm" else "",
                )
                for name, one in size.ranges.items()
            ],
        )


@blueprint.post("/charts/<uuid:chart_id>/withdraw")
@member("orthotist", "administrator")
def withdraw_size_chart(chart_id: UUID) -> ResponseReturnValue:
    """Hold no new fitting against an own chart; older ones keep what they were held against."""
    with store().writing(actor()) as desk:
        charts.withdraw(desk, chart_id)
    flash(_("The chart is not in use any more. Older fittings keep what they were held against."))
    return redirect(url_for("kept.size_chart", chart_id=chart_id), SEE_OTHER)


@blueprint.post("/charts/built-in/<name>/switch")
@member("orthotist", "administrator")
def switch_built_in_chart(name: str) -> ResponseReturnValue:
    """Use a chart of the program, or leave it out."""
    on = request.form.get("on") == "yes"
    with store().writing(actor()) as desk:
        charts.switch(desk, name, on=on)
    flash(_("New fittings are held against this chart again.") if on else _("New fittings are not held against it."))
    return redirect(url_for("kept.built_in_chart", name=name), SEE_OTHER)


@blueprint.get("/charts/<uuid:chart_id>/chart.<any(toml, csv):written>")
@member("orthotist", "administrator")
def size_chart_file(chart_id: UUID, written: Written) -> Response:
    """An own chart as a file, in the units in which it came."""
    with store().reading(actor()) as desk:
        own = charts.find(desk, chart_id)
    return _file([own.document], written, own.chart.product.name)


@blueprint.get("/charts/built-in/<name>/chart.<any(toml, csv):written>")
@member("orthotist", "administrator")
def built_in_chart_file(name: str, written: Written) -> Response:
    """A chart of the program as a file, to start an own one from."""
    chart = _built_in(name)
    return _file([documents_built_in()[name]], written, chart.product.name)


@blueprint.get("/charts/own.csv")
@member("orthotist", "administrator")
def own_size_charts_file() -> Response:
    """Every own chart in use as one file."""
    with store().reading(actor()) as desk:
        every = charts.listed(desk, in_use=True)
    return _file([one.document for one in every], "csv", "size charts")


def _file(documents: list[Document], written: Written, name: str) -> Response:
    text = as_toml(documents[0]) if written == "toml" else as_csv(documents)
    answer = Response(text, content_type=TYPES[written])
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "chart"
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain[:80]}.{written}"'
    return answer


__all__ = ["blueprint"]
