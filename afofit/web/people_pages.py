"""The patients of the clinic: list, search, one with all fittings, and correcting who it is."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit import records
from afofit.access import actor, member, store
from afofit.records import Record
from afofit.schemas.numbers import whole
from afofit.schemas.problems import Problem, Refused
from afofit.store import fittings, patients
from afofit.web.kept import SEE_OTHER, blueprint
from afofit.words.numbers import day
from afofit.words.over_time import SHOWN_COLUMNS, day_of, legs
from afofit.words.tongue import _


@blueprint.get("/patients")
@member()
def people() -> ResponseReturnValue:
    """The patients of the clinic."""
    return _people("")


@blueprint.post("/patients")
@member()
def search() -> ResponseReturnValue:
    """The patients whose reference, name or date of birth has the text; posted, so that it stands in no address."""
    return _people(request.form.get("search", "").strip()[:100])


def _people(text: str) -> str:
    with store().reading(actor()) as desk:
        found = patients.listed(desk, text)
    return render_template("patients.html", found=found, search=text)


@blueprint.get("/patients/<uuid:patient_id>")
@member()
def person(patient_id: UUID) -> ResponseReturnValue:
    """One patient, with every fitting over time; ``before`` is how many of the newest columns are left out."""
    with store().reading(actor()) as desk:
        patient = patients.find(desk, patient_id)
        rows = fittings.listed(desk, patient_id=patient_id, limit=200)
        opened = newest_of_each(records.of_patient(desk, patient_id))
    left_out = whole(request.args.get("before", ""), len(opened)) or 0
    last = len(opened) - left_out
    first = max(0, last - SHOWN_COLUMNS)
    return render_template(
        "person.html",
        patient=patient,
        rows=rows,
        columns=[(record.id, day(day_of(record.fitting))) for record in opened[first:last]],
        legs=legs([record.fitting for record in opened], first=first, last=last),
        older=left_out + SHOWN_COLUMNS if first else None,
        newer=max(0, left_out - SHOWN_COLUMNS) if left_out else None,
    )


def newest_of_each(found: Iterable[Record]) -> list[Record]:
    """The latest revision of each fitting that was not withdrawn, by the day it was measured."""
    latest: dict[UUID, Record] = {}
    for record in found:
        known = latest.get(record.stored.series_id)
        if record.stored.state != "withdrawn" and (known is None or record.stored.revision > known.stored.revision):
            latest[record.stored.series_id] = record
    return sorted(latest.values(), key=lambda one: (day_of(one.fitting), one.stored.created_at))


@blueprint.post("/patients/<uuid:patient_id>")
@member("orthotist")
def correct(patient_id: UUID) -> ResponseReturnValue:
    """Correct reference, name or date of birth."""
    form = request.form
    try:
        born = date.fromisoformat(form["birth_date"]) if form.get("birth_date") else None
    except ValueError:
        text = _("Date of birth: write it as year-month-day, 1980-02-28.")
        raise Refused((Problem(("birth_date",), text),)) from None
    said = patients.Identity(form.get("reference", "").strip() or None, form.get("name", "").strip() or None, born)
    with store().writing(actor()) as desk:
        patients.change(desk, patient_id, said)
    return redirect(url_for("kept.person", patient_id=patient_id), SEE_OTHER)


__all__ = ["blueprint"]
