"""The patients of the clinic: list, search, one with all fittings, and correcting who it is."""

from datetime import date
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.schemas.problems import Problem, Refused
from afofit.store import fittings, patients
from afofit.web.kept import SEE_OTHER, blueprint


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
    """One patient, with every fitting over time."""
    with store().reading(actor()) as desk:
        patient = patients.find(desk, patient_id)
        rows = fittings.listed(desk, patient_id=patient_id, limit=200)
    return render_template("person.html", patient=patient, rows=rows)


@blueprint.post("/patients/<uuid:patient_id>")
@member("orthotist")
def correct(patient_id: UUID) -> ResponseReturnValue:
    """Correct reference, name or date of birth."""
    form = request.form
    try:
        born = date.fromisoformat(form["birth_date"]) if form.get("birth_date") else None
    except ValueError:
        text = "Date of birth: write it as year-month-day, 1980-02-28."
        raise Refused((Problem(("birth_date",), text),)) from None
    said = patients.Identity(form.get("reference", "").strip() or None, form.get("name", "").strip() or None, born)
    with store().writing(actor()) as desk:
        patients.change(desk, patient_id, said)
    return redirect(url_for("kept.person", patient_id=patient_id), SEE_OTHER)


__all__ = ["blueprint"]
