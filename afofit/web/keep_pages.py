"""The form that keeps: a new fitting, a changed one, and drafts to resume."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf  # type: ignore[import-untyped]
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import NotFound

from afofit import records
from afofit.access import actor, member, store
from afofit.schemas.form import Asked, Form, read
from afofit.schemas.problems import Problem
from afofit.store import entries, patients
from afofit.store.errors import Conflict, Missing
from afofit.store.fittings import Retry
from afofit.web import carry, confirm, pages, saving, sign_in
from afofit.web.background import background
from afofit.web.drafts import Clash
from afofit.web.entry import Typed
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage, Progress, opened
from afofit.web.kept import CONFLICT, SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.remarks import remarks
from afofit.web.saving import Draft
from afofit.web.unit_change import question, settled
from afofit.words.tongue import _

BUTTONS = frozenset({"csrf_token", "keep", "apply", "units_answer", confirm.BUTTON, "choose", "again", "show"})
GONE = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What the form needs where it keeps what is typed: where it goes, and the draft that it fills."""

    action: str
    note: str
    draft: Draft
    clinic: UUID
    seconds: int
    """How long (s) the visit lasts unless it is used."""
    saved_at: datetime | None = None
    progress: Progress | None = None
    unsaved: bool = False
    """Whether the page holds something typed that is not stored."""


def _keeping(action: str, draft: Draft, note: str = "", *, unsaved: bool = False) -> Keeping:
    return Keeping(
        action=action,
        note=note or _("Nothing saved yet."),
        draft=draft,
        clinic=actor().clinic_id,
        seconds=sign_in.seconds_left(),
        unsaved=unsaved,
    )


@blueprint.route("/fittings/new", methods=["GET", "POST"])
@member("orthotist")
def new() -> ResponseReturnValue:
    """The form of a new fitting; ``?patient=`` fills in who it is for."""
    patient_id = _uuid(request.args.get("patient"))
    action = url_for("kept.new", patient=patient_id)
    if request.method == "GET":
        return _form(_for(patient_id), _keeping(action, Draft.fresh(patient_id)))
    return _posted(action, patient_id=patient_id, previous_id=None)


@blueprint.route("/fittings/<uuid:fitting_id>/edit", methods=["GET", "POST"])
@member("orthotist")
def edit(fitting_id: UUID) -> ResponseReturnValue:
    """The form filled with a fitting; what is computed from it becomes its next revision."""
    action = url_for("kept.edit", fitting_id=fitting_id)
    with store().reading(actor()) as desk:
        record = records.find(desk, fitting_id)
    if request.method == "GET":
        note = _("Stored as a new revision when you compute.")
        return _form(MultiDict(flatten(record.given)), _keeping(action, Draft.fresh(previous_id=fitting_id), note))
    return _posted(action, patient_id=record.stored.patient_id, previous_id=fitting_id)


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
    keeping = replace(
        _keeping(action, replace(draft, entry_id=entry.id, version=entry.version)),
        saved_at=entry.saved_at,
        progress=FormPage(typed).progress,
    )
    return _form(typed, keeping)


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


def _form(
    typed: Typed,
    keeping: Keeping,
    problems: tuple[Problem, ...] = (),
    *,
    asking: bool = False,
    focus: str = "",
    clash: Clash | None = None,
    gone: bool = False,
) -> str:
    draft = keeping.draft
    known = background(draft.patient_id, draft.previous_id)
    said = remarks(_read(typed), typed, known.protocol)
    page = FormPage(typed, problems, remarks=said, last=known.last, was=known.was, focus=focus)
    return render_template(
        "keep.html",
        page=page,
        keeping=keeping,
        clash=clash,
        gone=gone,
        question=question(typed) if asking else None,
        drawings=pages.measuring_drawings(page),
    )


def _posted(action: str, *, patient_id: UUID | None, previous_id: UUID | None) -> ResponseReturnValue:
    """What was typed becomes a draft on request, else a stored fitting; nothing that was typed is lost."""
    typed = saving.as_typed(request.form, BUTTONS)
    draft = Draft.told(request.form, patient_id, previous_id)
    keeping = _keeping(action, draft, unsaved=True)
    if request.form.get("keep") == "draft" or "choose" in request.form:
        return _kept(typed, keeping)
    if "again" in request.form:
        return _form(typed, keeping)
    clash = saving.clashing(typed, draft)
    if clash:
        return _form(typed, keeping, clash=clash), CONFLICT
    return _changed(typed, keeping) or _computed(typed, keeping)


def _kept(typed: Typed, keeping: Keeping) -> ResponseReturnValue:
    """The draft saved, or why not: a page for people, and for the script of the form what it has to show."""
    draft = keeping.draft
    try:
        if request.form.get("choose") == "new":
            draft = draft.renewed()
        elif "choose" in request.form:
            saving.choose(typed, draft, request.form["choose"])
            flash(_("The other version is kept as a draft of its own, in the list of fittings."))
            return redirect(url_for("kept.resume", entry_id=draft.entry_id), SEE_OTHER)
        stored = saving.save(typed, draft)
    except Conflict:
        clash = saving.clashing(typed, draft)
        if carry.wants_json():
            return jsonify(said=render_template("said_of_draft.html", clash=clash)), CONFLICT
        return _form(typed, keeping, clash=clash), CONFLICT
    except Missing:
        if carry.wants_json():
            return jsonify(said=render_template("said_of_draft.html", gone=True)), GONE
        return _form(typed, keeping, gone=True), GONE
    address = url_for("kept.resume", entry_id=draft.entry_id)
    if not carry.wants_json():
        return redirect(address, SEE_OTHER)
    keeping = replace(keeping, saved_at=stored.saved_at, progress=FormPage(typed).progress)
    note = render_template("said_of_draft.html", keeping=keeping)
    return jsonify(
        version=stored.version,
        saved_at=stored.saved_at.isoformat(),
        note=note,
        address=address,
        seconds=keeping.seconds,
    )


def _changed(typed: Typed, keeping: Keeping) -> ResponseReturnValue | None:
    """The form after one of its own buttons, or None where it is to be computed."""
    form = request.form
    if "apply" in form:
        name, __, value = form["apply"].partition("=")
        typed[name] = value
        return _form(typed, keeping, _read(typed).problems, focus=name), UNPROCESSABLE
    if confirm.BUTTON in form:
        typed, name = confirm.confirmed(typed, form[confirm.BUTTON], actor().name)
        problems = _read(typed).problems
        return _form(typed, keeping, problems, focus=name), UNPROCESSABLE if problems else 200
    if "units_answer" in form:
        return _form(settled(MultiDict([*typed.items(multi=True), ("units_answer", form["units_answer"])])), keeping)
    if "show" in form:
        typed, part = opened(MultiDict([*typed.items(multi=True), ("show", form["show"])]))
        return _form(typed, keeping, focus=part)
    if question(typed):
        return _form(typed, keeping, asking=True), UNPROCESSABLE
    return None


def _computed(typed: Typed, keeping: Keeping) -> ResponseReturnValue:
    asked = _read(typed)
    if asked.request is None:
        return _form(typed, keeping, asked.problems), UNPROCESSABLE
    draft, body = keeping.draft, records.body_hash(asked.document)
    # Pressed twice, the same form makes one fitting; changed since, it makes another.
    retry = Retry(f"form {draft.entry_id} {body.hex()}", body)
    try:
        record, __ = records.take(
            store(),
            actor(),
            asked.document,
            retry=retry,
            patient_id=draft.patient_id,
            previous_id=draft.previous_id,
        )
    except Conflict as error:
        path = tuple(error.pointer.strip("/").split("/")) if error.pointer else ()
        return _form(typed, keeping, (Problem(path, error.text),)), CONFLICT
    with store().writing(actor()) as desk:
        entries.let_go(desk, draft.entry_id)
    return redirect(url_for("kept.one", fitting_id=record.id), SEE_OTHER)


def _read(typed: Typed) -> Asked:
    return read(cast(Form, typed), today=date.today())


__all__ = ["blueprint"]
