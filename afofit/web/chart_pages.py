"""An open chart: what it says, looked at before it is filled in; the form; and the fitting that came of it."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from afofit import records
from afofit.access import actor, member, store
from afofit.schemas.numbers import whole
from afofit.smart.chart import Chart
from afofit.smart.facts import FIELDS, Field
from afofit.smart.reading import Ended, OtherPatient
from afofit.smart.wire import Unreached
from afofit.store import entries, fittings, launches, origins
from afofit.store.database import Desk
from afofit.store.errors import Missing
from afofit.web import pages, prefill
from afofit.web.fill import flatten
from afofit.web.form_page import LENGTH_UNITS, MASS_UNITS, FormPage
from afofit.web.from_chart import FromChart
from afofit.web.keeping import Keeping, posted, shown
from afofit.web.kept import SEE_OTHER, UNPROCESSABLE
from afofit.web.launch_pages import BAD_GATEWAY, blueprint, stopped
from afofit.web.launched import Opened, from_chart, of_chart, opened, read
from afofit.web.record_pages import cautions_of
from afofit.web.result_page import result_page
from afofit.web.saving import Draft
from afofit.web.sending import sending_part
from afofit.words import patient_chart
from afofit.words.tongue import _

UNITS = {"length": LENGTH_UNITS, "mass": MASS_UNITS}


@blueprint.get("/<uuid:launch_id>/")
@member("orthotist")
def review(launch_id: UUID) -> ResponseReturnValue:
    """What the chart says, to be looked at before it is filled in; the fittings that came of it."""
    held = opened(launch_id)
    return _review(held, {}, {}) if held.chart else _read(held)


@blueprint.post("/<uuid:launch_id>/again")
@member("orthotist")
def read_again(launch_id: UUID) -> ResponseReturnValue:
    """Read the chart anew, after something was corrected there."""
    return _read(opened(launch_id))


def _read(held: Opened) -> ResponseReturnValue:
    try:
        held = read(held, date.today())
    except Unreached as error:
        said = _("{ehr}: the patient could not be read: {why}.").format(ehr=held.ehr.name, why=error)
        onward = url_for("smart.review", launch_id=held.id)
        return stopped(_("The chart could not be read"), said, status=BAD_GATEWAY, onward=onward)
    except Ended:
        _close(held)
        return stopped(_("The permission of the chart has ended"), _("Open it again from the record system."))
    except OtherPatient:
        _close(held)
        said = _("The record system answered with the record of another person. Nothing of it was used.")
        return stopped(_("This is another person's record"), said, status=BAD_GATEWAY)
    return redirect(url_for("smart.review", launch_id=held.id), SEE_OTHER)


def _close(held: Opened) -> None:
    with store().writing(actor()) as desk:
        launches.end(desk, held.id)


def _chart(held: Opened) -> Chart:
    """What was read. Raises Missing where nothing was yet."""
    if held.chart is None:
        raise Missing("chart")
    return held.chart


def _review(held: Opened, picked: dict[str, str], faults: dict[str, str]) -> str:
    found = _chart(held)
    with store().reading(actor()) as desk:
        rows = _fittings(desk, held)
    return render_template(
        "smart_chart.html",
        launch=from_chart(held),
        fields=[(name, found.of(name)) for name in FIELDS],
        chart=found,
        units=UNITS,
        marked=picked or _marked(found, held.taken),
        faults=faults,
        rows=rows,
        words=patient_chart,
        prefill=prefill,
    )


def _marked(chart: Chart, taken: prefill.Taken | None) -> dict[str, str]:
    """What is marked when the page is opened: what was chosen before, else the values that nothing speaks against."""
    if taken is not None:
        return {**taken["units"], **{name: str(place) for name, place in taken["fields"].items()}}
    sure = {name: chart.sure(name) for name in FIELDS}
    return {name: str(chart.of(name).index(fact)) for name, fact in sure.items() if fact is not None}


def _fittings(desk: Desk, held: Opened) -> list[fittings.Listed]:
    """The fittings that came from this chart, the newest first."""
    ids = origins.of_chart(desk, held.ehr.id, held.patient)
    if not ids:
        return []
    patient_id = fittings.find(desk, ids[0]).patient_id
    return [row for row in fittings.listed(desk, patient_id=patient_id, limit=50) if row.id in set(ids)]


@blueprint.post("/<uuid:launch_id>/")
@member("orthotist")
def take(launch_id: UUID) -> ResponseReturnValue:
    """Take what was chosen into the form."""
    held = opened(launch_id)
    found = _chart(held)
    picked, faults = request.form.to_dict(), {}
    fields = {name: place for name in FIELDS if (place := _picked(found, name)) is not None}
    units = {kind: request.form.get(kind, "") for kind in UNITS}
    for kind, needed in (("length", "height"), ("mass", "weight")):
        if units[kind] not in dict(UNITS[kind]):
            units[kind] = ""
            if needed in fields:
                faults[kind] = _("Choose the unit in which the form is filled in.")
    if faults:
        return _review(held, picked, faults), UNPROCESSABLE
    held.kept(taken={"units": units, "fields": fields})
    return redirect(url_for("smart.fitting", launch_id=launch_id), SEE_OTHER)


def _picked(chart: Chart, name: Field) -> int | None:
    """The number of the value that was chosen for a field; None for none."""
    text, facts = request.form.get(name, ""), chart.of(name)
    place = whole(text, len(facts) - 1)
    return place if place is not None and facts[place].value is not None else None


@blueprint.route("/<uuid:launch_id>/fitting", methods=["GET", "POST"])
@member("orthotist")
def fitting(launch_id: UUID) -> ResponseReturnValue:
    """The form of a new fitting of the person whose chart is open; ``?draft=`` goes on with one."""
    held = opened(launch_id)
    found = _chart(held)
    chart, action = from_chart(held), url_for("smart.fitting", launch_id=launch_id)
    with store().reading(actor()) as desk:
        patient_id = _known(desk, held)
    if request.method == "POST":
        return posted(action, patient_id=patient_id, previous_id=None, chart=chart)
    if request.args.get("draft"):
        return _resumed(chart, action, patient_id)
    if held.taken is None:
        return redirect(url_for("smart.review", launch_id=launch_id), SEE_OTHER)
    kept = Keeping.now(action, Draft.fresh(patient_id), chart=chart)
    return shown(prefill.typed(found, held.taken), kept)


def _known(desk: Desk, held: Opened) -> UUID | None:
    """The patient of ours for whom this chart was opened before."""
    ids = origins.of_chart(desk, held.ehr.id, held.patient)
    return fittings.find(desk, ids[0]).patient_id if ids else None


def _resumed(chart: FromChart, action: str, patient_id: UUID | None) -> ResponseReturnValue:
    try:
        entry_id = UUID(request.args["draft"])
    except ValueError:
        raise Missing("draft") from None
    with store().reading(actor()) as desk:
        entry = entries.find(desk, entry_id)
    typed: MultiDict[str, str] = MultiDict(dict(entry.fields))
    document = {"patient": {"reference": typed.get("patient.reference"), "name": typed.get("patient.name")}}
    if entry.previous_id is not None or chart.contradicted(document):
        # A draft of somebody else is not gone on with in this chart.
        raise Missing("draft")
    draft = replace(Draft.fresh(patient_id), entry_id=entry.id, version=entry.version)
    kept = Keeping.now(action, draft, chart=chart)
    kept = replace(kept, saved_at=entry.saved_at, progress=FormPage(typed).progress)
    return shown(typed, kept)


@blueprint.get("/<uuid:launch_id>/fittings/<uuid:fitting_id>")
@member("orthotist")
def stored(launch_id: UUID, fitting_id: UUID) -> ResponseReturnValue:
    """A fitting that came from this chart: to be read, approved and sent there."""
    held = opened(launch_id)
    with store().reading(actor()) as desk:
        record = of_chart(desk, held, fitting_id)
        newest = fittings.last_revision(desk, record.stored.series_id)
    held, part = sending_part(held, record)
    page = FormPage(MultiDict(flatten(record.given) | {"working": [request.args.get("working", "")]}))
    return render_template(
        "smart_fitting.html",
        launch=from_chart(held),
        record=record,
        result=result_page(record.fitting, page, pages.drawings(record.fitting)),
        cautions=cautions_of(record),
        newest=newest,
        part=part,
        words=patient_chart,
    )


@blueprint.post("/<uuid:launch_id>/fittings/<uuid:fitting_id>/approve")
@member("orthotist")
def approve(launch_id: UUID, fitting_id: UUID) -> ResponseReturnValue:
    """Approve a fitting of this chart, with every caution acknowledged."""
    held = opened(launch_id)
    with store().writing(actor()) as desk:
        records.approve(desk, of_chart(desk, held, fitting_id), request.form.getlist("acknowledged"))
    return redirect(url_for("smart.stored", launch_id=launch_id, fitting_id=fitting_id), SEE_OTHER)


__all__ = ["blueprint"]
