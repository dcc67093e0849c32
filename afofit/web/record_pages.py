"""Stored fittings: the list, one with its approval, overrides, links for the patient, documents."""

from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from afofit import messages, records, svg
from afofit.access import actor, member, settings, store
from afofit.documents import Kind
from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.override import NotAllowed, NotOverridable, Override
from afofit.fitting.values import SIDES, Side
from afofit.records import Record
from afofit.schemas.numbers import Unreadable, read_number, whole
from afofit.schemas.printing import read_printing
from afofit.schemas.problems import Problem, Refused
from afofit.store import deliveries, ehrs, entries, fittings, patients, releases
from afofit.web import drafts, pages
from afofit.web.chart_part import chart_part
from afofit.web.delivery_pages import visits
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage
from afofit.web.kept import SEE_OTHER, blueprint
from afofit.web.result_page import result_page
from afofit.words import sides
from afofit.words.findings import message, title
from afofit.words.numbers import UNITS, plain
from afofit.words.tongue import _

LINK_DAYS = 30


@blueprint.get("/fittings")
@member()
def everything() -> ResponseReturnValue:
    """Drafts to resume first, then the fittings of the clinic, newest first."""
    with store().reading(actor()) as desk:
        rows = fittings.listed(desk, limit=100)
        kept = entries.listed(desk)
        people = patients.names(desk, [row.patient_id for row in rows])
        charts = any(one.removed_at is None for one in ehrs.listed(desk))
    listed = drafts.listed(kept, datetime.now(UTC))
    return render_template("fittings.html", rows=rows, drafts=listed, people=people, charts=charts)


@blueprint.get("/fittings/<uuid:fitting_id>")
@member()
def one(fitting_id: UUID) -> ResponseReturnValue:
    """One stored fitting: state, findings, dimensions, documents, links and history."""
    return _one(fitting_id)


def _one(fitting_id: UUID, link: str = "") -> str:
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
        person = patients.find(desk, record.stored.patient_id)
        history = fittings.listed(desk, series_id=record.stored.series_id)
        links = releases.of_fitting(desk, fitting_id)
        kept = deliveries.of_fitting(desk, fitting_id)
        previous = records.before(desk, record)
        chart = chart_part(desk, record)
    asked = {name: [request.args.get(name, "")] for name in ("working", "note")}
    page = FormPage(MultiDict(flatten(record.given) | asked))
    standing = None if record.stored.withdrawal else records.standing(record)
    result = result_page(record.fitting, page, pages.drawings(record.fitting), standing)
    return render_template(
        "fitting.html",
        record=record,
        person=person,
        history=history,
        links=links,
        visits=visits(record, kept),
        previous=previous.stored if previous else None,
        changes=records.changed(record, previous),
        chart=chart,
        link=link,
        link_qr=Markup(svg.qr(link)) if link else "",
        cautions=cautions_of(record),
        page=page,
        result=result,
        # The list of all dimensions is long, and another value is rarely chosen: it comes when it is asked for.
        choosing=request.args.get("choose") == "dimension",
        newest=max(row.revision for row in history),
        now=datetime.now(UTC),
        today=date.today(),
    )


def cautions_of(record: Record) -> list[tuple[str, str, str]]:
    """Code, title and message of each caution, once; of both legs the message of the first."""
    found = [each for limb in record.fitting.limbs.values() for each in limb.findings if each.severity == "caution"]
    first = {each.code: each for each in reversed(found)}
    return [(code, title(first[code]), message(first[code])) for code in record.cautions]


@blueprint.post("/fittings/<uuid:fitting_id>/approve")
@member("orthotist")
def approve(fitting_id: UUID) -> ResponseReturnValue:
    """Approve, with every caution acknowledged."""
    with store().writing(actor()) as desk:
        records.approve(desk, records.find(desk, fitting_id), request.form.getlist("acknowledged"))
    return redirect(url_for("kept.one", fitting_id=fitting_id), SEE_OTHER)


@blueprint.post("/fittings/<uuid:fitting_id>/withdraw")
@member("orthotist")
def withdraw(fitting_id: UUID) -> ResponseReturnValue:
    """Withdraw, with the reason."""
    with store().writing(actor()) as desk:
        records.withdraw(desk, records.find(desk, fitting_id), request.form.get("reason", ""))
    return redirect(url_for("kept.one", fitting_id=fitting_id), SEE_OTHER)


@blueprint.post("/fittings/<uuid:fitting_id>/reorder")
@member("orthotist")
def reorder(fitting_id: UUID) -> ResponseReturnValue:
    """The same again, exactly: a new revision to approve."""
    with store().reading(actor()) as desk:
        before = records.find(desk, fitting_id)
    record, _ = records.take(store(), actor(), before.given, previous_id=fitting_id, overrides=before.overrides)
    return redirect(url_for("kept.one", fitting_id=record.id), SEE_OTHER)


@blueprint.post("/fittings/<uuid:fitting_id>/override")
@member("orthotist")
def override(fitting_id: UUID) -> ResponseReturnValue:
    """Choose one dimension, with the reason: a new revision with everything that builds on it."""
    with store().reading(actor()) as desk:
        before = records.find(desk, fitting_id)
    try:
        chosen = (*before.overrides, _chosen())
        record, _new = records.take(store(), actor(), before.given, previous_id=fitting_id, overrides=chosen)
    except NotAllowed as error:
        unit = BY_NAME[error.dimension].unit
        said = _("{dimension}: {chosen} {unit} is not between {low} and {high} {unit}. Was another unit meant?").format(
            dimension=_(BY_NAME[error.dimension].label),
            chosen=plain(error.chosen),
            low=plain(error.low),
            high=plain(error.high),
            unit=UNITS[unit],
        )
        raise Refused((Problem(("chosen",), said),)) from None
    except NotOverridable as error:
        said = _("{leg}: “{dimension}” is not among what can be chosen.").format(
            leg=sides.leg(error.side), dimension=_(BY_NAME[error.dimension].label)
        )
        raise Refused((Problem(("dimension",), said),)) from None
    return redirect(url_for("kept.one", fitting_id=record.id), SEE_OTHER)


def _chosen() -> Override:
    form = request.form
    side, _dot, dimension = form.get("dimension", "").partition(".")
    reason = form.get("reason", "").strip()
    problems = []
    if side not in SIDES or dimension not in BY_NAME:
        problems.append(Problem(("dimension",), _("Dimension: choose one of the list.")))
    if not reason:
        problems.append(Problem(("reason",), _("Reason: say why another value was chosen; it is needed.")))
    try:
        number = read_number(form.get("chosen", ""), None)
    except Unreadable:
        problems.append(Problem(("chosen",), _("Chosen value: write it as a number."), form.get("chosen", "")[:40]))
    if problems:
        raise Refused(tuple(problems))
    return Override(
        side=cast(Side, side),
        dimension=dimension,
        chosen=float(number),
        reason=reason,
        by=actor().name,
        at=datetime.now(UTC),
    )


@blueprint.post("/fittings/<uuid:fitting_id>/release")
@member("orthotist")
def release(fitting_id: UUID) -> ResponseReturnValue:
    """A link for the patient, shown this once."""
    form = request.form
    printing = read_printing(form)
    days = form.get("days", str(LINK_DAYS))
    with store().writing(actor()) as desk:
        token = releases.make(
            desk,
            fitting_id,
            language=printing.language,
            large=printing.large,
            days=whole(days, releases.LONGEST_DAYS) or 0,
        )
    base = settings().public_url.rstrip("/")
    path = url_for("link.landing", token=token)
    return _one(fitting_id, f"{base}{path}" if base else url_for("link.landing", token=token, _external=True))


@blueprint.post("/links/<uuid:release_id>/revoke")
@member("orthotist")
def revoke(release_id: UUID) -> ResponseReturnValue:
    """End a patient's link."""
    with store().writing(actor()) as desk:
        fitting_id = releases.revoke(desk, release_id)
    return redirect(url_for("kept.one", fitting_id=fitting_id), SEE_OTHER)


@blueprint.get("/fittings/<uuid:fitting_id>/<any(sheet, patient, template, order):kind>.pdf")
@member()
def printed(fitting_id: UUID, kind: Kind) -> ResponseReturnValue:
    """One document of a stored fitting."""
    printing = read_printing(request.args)
    link = url_for("kept.one", fitting_id=fitting_id, _external=True)
    with store().reading(actor()) as desk:
        answer = make_response(records.printed(desk, records.find(desk, fitting_id), kind, printing, link=link))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'inline; filename="afofit-{kind}.pdf"'
    return answer


@blueprint.get("/fittings/<uuid:fitting_id>/message.hl7")
@member()
def hl7_message(fitting_id: UUID) -> ResponseReturnValue:
    """A stored fitting as an HL7 v2 result, for a system that takes files."""
    with store().reading(actor()) as desk:
        answer = make_response(messages.result(desk, records.find(desk, fitting_id), read_printing(request.args)))
    answer.headers["Content-Type"] = messages.MEDIA_TYPE
    answer.headers["Content-Disposition"] = 'attachment; filename="afofit-message.hl7"'
    return answer


__all__ = ["blueprint"]
