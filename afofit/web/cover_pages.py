"""Whom ready-made braces serve, and which sizes to keep: of the clinic's own fittings or of a table, never stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from afofit import rules
from afofit.access import actor, member, store
from afofit.fitting.chart_check import LENGTH_MM, MASS_KG
from afofit.web import kept
from afofit.web.cover_form import LARGEST_BYTES, MOST_ROWS, OWN, TABLE, Asked, InMemory
from afofit.web.errors import error_page
from afofit.words import cover as words
from afofit.words import stock
from afofit.words.tongue import _, ngettext

if TYPE_CHECKING:
    from afofit.cover.counting import Counting, Cover, OfChart
    from afofit.cover.planning import Plan
    from afofit.cover.table import Table
    from afofit.demand import Past

blueprint = Blueprint("cover", __name__)
blueprint.context_processor(kept.fixed_words)
TOO_LARGE = 413
ENVELOPE_BYTES = 100_000
"""What a form adds to the table that it brings."""
USUAL_SHARE, USUAL_MONTHS = "90", "12"
"""What stands in the fields of a plan that nobody filled yet."""


@blueprint.url_value_preprocessor
def hold_in_memory(endpoint: str | None, values: object) -> None:
    """A table may be larger than other forms, and is never written to disk; said before anybody reads the form."""
    if endpoint == "cover.counted":
        request.max_content_length = LARGEST_BYTES + ENVELOPE_BYTES
        request.form_data_parser_class = InMemory


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A table that is too large is said at its field."""
    if request.endpoint != "cover.counted":
        return error_page(error)
    return _cover_page(_asked(MultiDict(), people=_too_large())), TOO_LARGE


@blueprint.get("/charts/cover")
@member()
def cover() -> ResponseReturnValue:
    """The form: which charts, and whose measures."""
    return _cover_page(_asked(MultiDict()))


@blueprint.post("/charts/cover")
@member()
def counted() -> ResponseReturnValue:
    """Whom the charts serve: the clinic's own past fittings, or the people of a table, of which nothing is stored."""
    asked = _asked(request.form)
    chosen, months = asked.chosen(), asked.months()
    if asked.text("source") not in (OWN, TABLE):
        asked.faults["source"] = _("Say whose measures are held against the charts.")
    table = asked.table() if asked.text("source") == TABLE else None
    if asked.faults:
        return _cover_page(asked), kept.UNPROCESSABLE
    from afofit.cover.counting import Counting
    from afofit.cover.table import BrokenTable

    counting = Counting(chosen)
    past = _count(counting, months) if table is None else None
    try:
        for people in () if table is None else table.blocks():
            counting.add(people)
    except BrokenTable as broken:
        said = [words.fault(*fault) for fault in broken.faults]
        said += [words.more_faults(broken.more)] if broken.more else []
        asked.faults["people"] = ngettext(
            "The table cannot be used: {count} problem. Nothing was counted.",
            "The table cannot be used: {count} problems. Nothing was counted.",
            len(broken.faults) + broken.more,
        ).format(count=words.whole(len(broken.faults) + broken.more))
        return _cover_page(asked, table_faults=said), kept.UNPROCESSABLE
    return _cover_page(asked, result=_result(counting.cover, table, past))


@blueprint.get("/charts/plan")
@member()
def plan() -> ResponseReturnValue:
    """The sizes to keep for a wanted share of the clinic's own past fittings."""
    asked = _asked(request.args)
    if not asked.sent:
        return _plan_page(asked)
    chosen, months, share = asked.chosen(), asked.months(), asked.number("share", 1, 100)
    if share is None and "share" not in asked.faults:
        asked.faults["share"] = _("Say which share of the legs is to be served.")
    if asked.faults:
        return _plan_page(asked), kept.UNPROCESSABLE
    from afofit.cover.counting import Counting
    from afofit.cover.planning import items_of
    from afofit.cover.planning import plan as planned

    counting = Counting(chosen, shelf=True)
    past = _count(counting, months)
    whole = counting.cover
    found = planned(items_of(chosen), counting.shelf or {}, people=whole.people, share=share or 0)
    return _plan_page(asked, **_planned(found, whole, past))


def _asked(typed: MultiDict[str, str], **faults: str) -> Asked:
    with store().reading(actor()) as desk:
        charts = rules.current(desk).charts
    return Asked(typed, tuple(charts), faults)


def _count(counting: "Counting", months: int | None) -> "Past":
    from afofit import demand

    today = datetime.now(UTC).date()
    since = None if months is None else demand.months_before(today, months)
    with store().reading(actor()) as desk:
        return demand.count(desk, counting, since=since)


def _too_large() -> str:
    return _(
        "The table is larger than {size} million bytes. Divide it, or use the command: flask charts cover."
    ).format(size=LARGEST_BYTES // 1_000_000)


@dataclass(frozen=True, slots=True)
class Counted:
    """The part of the page about one chart."""

    name: str
    source: str
    picture: Markup
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The answer as the page shows it."""

    people: int
    served: str
    totals: tuple[tuple[str, str], ...]
    picture: Markup
    charts: tuple[Counted, ...]
    legend: str
    notes: tuple[str, ...]


def _result(whole: "Cover", table: "Table | None", past: "Past | None") -> Result:
    from afofit.cover import picture, told

    title = _("Whom the charts serve")
    return Result(
        people=whole.people,
        served=words.share(whole.served, whole.people),
        totals=tuple((label.strip(), words.share(count, whole.people)) for label, count in told.totals(whole)),
        picture=Markup(picture.bars(picture.whole_bars(whole), whole.people, name="whole", title=title)),
        charts=tuple(_of_chart(place, one, whole.people) for place, one in enumerate(whole.charts)),
        legend=picture.legend(),
        notes=tuple(told.of_table(table)) if table is not None else _of_past(past),
    )


def _of_chart(place: int, one: "OfChart", people: int) -> Counted:
    from afofit.cover import picture, told

    name = _("{name}, version {version}").format(name=one.product.name, version=one.product.version)
    bars = Markup(picture.bars(picture.chart_bars(one), people, name=f"chart-{place}", title=name))
    rows = tuple((label.strip(), said) for label, said in told.chart_rows(one, people))
    return Counted(name, stock.source(one.product), bars, rows)


def _of_past(past: "Past | None") -> tuple[str, ...]:
    """What was counted of the clinic's own fittings."""
    said = [
        _(
            "Each leg counts as one person, by its latest approved fitting with a brace; a finding that speaks against "
            "a design counts too."
        )
    ]
    if past is not None and past.left_out:
        said.append(
            ngettext(
                "Only the legs fitted last were counted: {count} earlier one was not.",
                "Only the legs fitted last were counted: {count} earlier ones were not.",
                past.left_out,
            ).format(count=words.whole(past.left_out))
        )
    return tuple(said)


def _cover_page(asked: Asked, *, result: Result | None = None, table_faults: list[str] | None = None) -> str:
    return render_template(
        "cover.html",
        **_shared(asked),
        result=result,
        table_faults=table_faults or [],
        units_of={"length": tuple(LENGTH_MM), "mass": tuple(MASS_KG)},
        most_rows=words.whole(MOST_ROWS),
        most_megabytes=LARGEST_BYTES // 1_000_000,
    )


def _plan_page(asked: Asked, **result: object) -> str:
    usual = {"share": USUAL_SHARE, "months": USUAL_MONTHS}
    return render_template("plan.html", **_shared(asked), usual=usual, **result)


def _planned(plan: "Plan", cover: "Cover", past: "Past") -> Mapping[str, object]:
    from afofit.cover import told

    return {
        "plan": plan,
        "said": (*told.said_of(plan), *_of_past(past)),
        "never": tuple((label.strip(), words.share(count, cover.people)) for label, count in told.never(cover)),
        "size_name": told.size_name,
        "instead": told.instead,
    }


def _shared(asked: Asked) -> Mapping[str, object]:
    return {
        "asked": asked,
        "faults": asked.faults,
        "offered": [one.product for one in asked.offered],
        "never_matched": [one.product.name for one in asked.charts if one.product.no_chart is not None],
        "invented": _(stock.INVENTED),
        "words": words,
    }
