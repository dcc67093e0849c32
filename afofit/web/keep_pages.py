"""The form that keeps: a new fitting, a changed one, and drafts to resume."""

from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from afofit import records
from afofit.access import actor, member, store
from afofit.schemas.form import Asked, Form, read
from afofit.schemas.problems import Problem
from afofit.store import entries, patients
from afofit.store.errors import Conflict
from afofit.web import confirm, pages
from afofit.web.entry import Typed
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage
from afofit.web.kept import CONFLICT, SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.unit_change import question, settled

BUTTONS = frozenset({"csrf_token", "keep", "apply", "units_answer", confirm.BUTTON, "entry", "version"})


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the form needs where it keeps what is typed: where it goes, and the draft it came from."""

    action: str
    note: str
    entry: str = ""
    version: int = 0


@blueprint.route("/fittings/new", methods=["GET", "POST"])
@member("orthotist")
def new() -> ResponseReturnValue:
    """The form of a new fitting; ``?patient=`` fills in who it is for."""
    patient_id = _uuid(request.args.get("patient"))
    action = url_for("kept.new", patient=patient_id)
    if request.method == "GET":
        return _form(_for(patient_id), Keeping(action, "Stored as a draft when you compute."))
    return _posted(action, patient_id=patient_id, previous_id=None)


@blueprint.route("/fittings/<uuid:fitting_id>/edit", methods=["GET", "POST"])
@member("orthotist")
def edit(fitting_id: UUID) -> ResponseReturnValue:
    """The form filled with a fitting; what is computed from it becomes its next revision."""
    action = url_for("kept.edit", fitting_id=fitting_id)
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
    if request.method == "GET":
        return _form(MultiDict(flatten(record.given)), Keeping(action, "Stored as a new revision when you compute."))
    return _posted(action, patient_id=record.stored.patient_id, previous_id=fitting_id)


@blueprint.get("/drafts/<uuid:entry_id>")
@member("orthotist")
def resume(entry_id: UUID) -> ResponseReturnValue:
    """A form as it was left."""
    with store().reading(actor()) as desk:
        entry = entries.find(desk, entry_id)
    where = "kept.edit" if entry.previous_id else "kept.new"
    action = url_for(where, fitting_id=entry.previous_id, patient=entry.patient_id)
    note = f"Draft saved {entry.saved_at:%d %B %Y %H:%M} UTC"
    return _form(MultiDict(dict(entry.fields)), Keeping(action, note, str(entry.id), entry.version))


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


def _form(
    typed: Typed, keeping: Keeping, problems: tuple[Problem, ...] = (), *, asking: bool = False, focus: str = ""
) -> str:
    page = FormPage(typed, problems, focus=focus)
    return render_template(
        "keep.html",
        page=page,
        keeping=keeping,
        question=question(typed) if asking else None,
        drawings=pages.measuring_drawings(page),
    )


def _posted(action: str, *, patient_id: UUID | None, previous_id: UUID | None) -> ResponseReturnValue:
    """What was typed becomes a draft on request, else a stored fitting; nothing that was typed is lost."""
    form = request.form
    typed: Typed = MultiDict((name, value) for name, value in form.items(multi=True) if name not in BUTTONS)
    entry_id, version = _uuid(form.get("entry")), form.get("version", 0, int)
    keeping = Keeping(action, "Not stored yet.", str(entry_id or ""), version)
    if form.get("keep") == "draft":
        entry_id = _kept(typed, entry_id, version, patient_id, previous_id)
        return redirect(url_for("kept.resume", entry_id=entry_id), SEE_OTHER)
    if "apply" in form:
        name, _, value = form["apply"].partition("=")
        typed[name] = value
        return _form(typed, keeping, _read(typed).problems, focus=name), UNPROCESSABLE
    if confirm.BUTTON in form:
        typed, name = confirm.confirmed(typed, form[confirm.BUTTON], actor().name)
        problems = _read(typed).problems
        return _form(typed, keeping, problems, focus=name), UNPROCESSABLE if problems else 200
    if "units_answer" in form:
        return _form(settled(MultiDict([*typed.items(multi=True), ("units_answer", form["units_answer"])])), keeping)
    if question(typed):
        return _form(typed, keeping, asking=True), UNPROCESSABLE
    asked = _read(typed)
    if asked.request is None:
        return _form(typed, keeping, asked.problems), UNPROCESSABLE
    try:
        record, _ = records.take(store(), actor(), asked.document, patient_id=patient_id, previous_id=previous_id)
    except Conflict as error:
        path = tuple(error.pointer.strip("/").split("/")) if error.pointer else ()
        return _form(typed, keeping, (Problem(path, error.text),)), CONFLICT
    if entry_id:
        with store().writing(actor()) as desk:
            entries.drop(desk, entry_id)
    return redirect(url_for("kept.one", fitting_id=record.id), SEE_OTHER)


def _read(typed: Typed) -> Asked:
    return read(cast(Form, typed), today=date.today())


def _kept(typed: Typed, entry_id: UUID | None, version: int, patient_id: UUID | None, previous_id: UUID | None) -> UUID:
    fields = typed.to_dict(flat=False)
    taken = (name for name in fields if name.startswith("limbs.") and ".confirmed." not in name)
    filled = sum(any(fields[name]) for name in taken)
    with store().writing(actor()) as desk:
        if entry_id:
            entries.keep_again(desk, entry_id, fields, filled=filled, version=version)
            return entry_id
        return entries.keep(desk, fields, filled=filled, patient_id=patient_id, previous_id=previous_id)


__all__ = ["blueprint"]
