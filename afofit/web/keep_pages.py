"""The form that keeps: a new fitting, a changed one, and drafts to resume."""

from dataclasses import replace
from uuid import UUID

from flask import jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from afofit import records
from afofit.access import actor, member, store
from afofit.store import entries, patients
from afofit.web import sign_in
from afofit.web.entry import Typed
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage
from afofit.web.keeping import Keeping, posted, shown
from afofit.web.kept import SEE_OTHER, blueprint
from afofit.web.saving import Draft
from afofit.words.tongue import _


@blueprint.route("/fittings/new", methods=["GET", "POST"])
@member("orthotist")
def new() -> ResponseReturnValue:
    """The form of a new fitting; ``?patient=`` fills in who it is for."""
    patient_id = _uuid(request.args.get("patient"))
    action = url_for("kept.new", patient=patient_id)
    if request.method == "GET":
        return shown(_for(patient_id), Keeping.now(action, Draft.fresh(patient_id)))
    return posted(action, patient_id=patient_id, previous_id=None)


@blueprint.route("/fittings/<uuid:fitting_id>/edit", methods=["GET", "POST"])
@member("orthotist")
def edit(fitting_id: UUID) -> ResponseReturnValue:
    """The form filled with a fitting; what is computed from it becomes its next revision."""
    action = url_for("kept.edit", fitting_id=fitting_id)
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
    if request.method == "GET":
        note = _("Stored as a new revision when you compute.")
        return shown(MultiDict(flatten(record.given)), Keeping.now(action, Draft.fresh(previous_id=fitting_id), note))
    return posted(action, patient_id=record.stored.patient_id, previous_id=fitting_id)


@blueprint.get("/drafts/<uuid:entry_id>")
@member("orthotist")
def resume(entry_id: UUID) -> ResponseReturnValue:
    """A form as it was left."""
    with store().reading(actor()) as desk:
        entry = entries.find(desk, entry_id)
    where = "kept.edit" if entry.previous_id else "kept.new"
    action = url_for(where, fitting_id=entry.previous_id, patient=entry.patient_id)
    typed: Typed = MultiDict(dict(entry.fields))
    draft = Draft.fresh(entry.patient_id, entry.previous_id)
    kept = replace(
        Keeping.now(action, replace(draft, entry_id=entry.id, version=entry.version)),
        saved_at=entry.saved_at,
        progress=FormPage(typed).progress,
    )
    return shown(typed, kept)


@blueprint.get("/visit")
@member()
def visit() -> ResponseReturnValue:
    """For the script of the form: how long the visit lasts, now that it was used, and the token of its forms."""
    return jsonify(csrf_token=generate_csrf(), seconds=sign_in.seconds_left())


@blueprint.get("/visit/back")
@member()
def back() -> str:
    """Where a sign-in in a second tab ends: the form waits in the first."""
    return render_template("back.html")


@blueprint.post("/drafts/<uuid:entry_id>/drop")
@member("orthotist")
def drop(entry_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    with store().writing(actor()) as desk:
        entries.drop(desk, entry_id)
    return redirect(url_for("kept.everything"), SEE_OTHER)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound from None


def _for(patient_id: UUID | None) -> Typed:
    if patient_id is None:
        return MultiDict()
    with store().reading(actor()) as desk:
        said = patients.find(desk, patient_id).identity
    born = said.birth_date.isoformat() if said.birth_date else None
    return MultiDict(flatten({"patient": {"reference": said.reference, "name": said.name, "birth_date": born}}))


__all__ = ["blueprint"]
