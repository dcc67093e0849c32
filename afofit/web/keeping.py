"""The form where it keeps what is typed: shown, saved as a draft, changed by its buttons, computed and stored."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import cast
from uuid import UUID

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from afofit import records
from afofit.access import actor, store
from afofit.schemas.form import Asked, Form, read
from afofit.schemas.problems import Problem
from afofit.store import entries
from afofit.store.errors import Conflict, Missing
from afofit.store.fittings import Retry
from afofit.web import carry, confirm, pages, saving, sign_in
from afofit.web.background import background
from afofit.web.drafts import Clash
from afofit.web.entry import Typed
from afofit.web.form_page import NOTHING, FormPage, Progress, opened
from afofit.web.from_chart import FromChart
from afofit.web.kept import CONFLICT, SEE_OTHER, UNPROCESSABLE
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
    chart: FromChart | None = None
    """The open chart that the form belongs to."""

    @classmethod
    def now(
        cls, action: str, draft: Draft, note: str = "", *, unsaved: bool = False, chart: FromChart | None = None
    ) -> "Keeping":
        """What a form needs that is shown now."""
        return cls(
            action=action,
            note=note or _("Nothing saved yet."),
            draft=draft,
            clinic=actor().clinic_id,
            seconds=sign_in.seconds_left(),
            unsaved=unsaved,
            chart=chart,
        )

    def resumed_at(self, entry_id: UUID) -> str:
        """Where a draft of this form is gone on with."""
        return self.chart.resumed_at(entry_id) if self.chart else url_for("kept.resume", entry_id=entry_id)

    def stored_at(self, fitting_id: UUID) -> str:
        """Where the fitting that came of it is shown."""
        return self.chart.stored_at(fitting_id) if self.chart else url_for("kept.one", fitting_id=fitting_id)


def shown(
    typed: Typed,
    keeping: Keeping,
    problems: tuple[Problem, ...] = (),
    *,
    asking: bool = False,
    focus: str = "",
    clash: Clash | None = None,
    gone: bool = False,
) -> str:
    """The page of the form, filled with what was typed."""
    draft = keeping.draft
    known = background(draft.patient_id, draft.previous_id)
    said = remarks(_read(typed), typed, known.protocol)
    notes = keeping.chart.notes if keeping.chart else NOTHING
    page = FormPage(typed, problems, remarks=said, last=known.last, was=known.was, chart=notes, focus=focus)
    return render_template(
        "keep.html",
        page=page,
        keeping=keeping,
        clash=clash,
        gone=gone,
        question=question(typed) if asking else None,
        drawings=pages.measuring_drawings(page),
    )


def posted(
    action: str, *, patient_id: UUID | None, previous_id: UUID | None, chart: FromChart | None = None
) -> ResponseReturnValue:
    """What was typed becomes a draft on request, else a stored fitting; nothing that was typed is lost."""
    typed = saving.as_typed(request.form, BUTTONS)
    draft = Draft.told(request.form, patient_id, previous_id)
    kept = Keeping.now(action, draft, unsaved=True, chart=chart)
    if request.form.get("keep") == "draft" or "choose" in request.form:
        return _kept(typed, kept)
    if "again" in request.form:
        return shown(typed, kept)
    clash = saving.clashing(typed, draft)
    if clash:
        return shown(typed, kept, clash=clash), CONFLICT
    return _changed(typed, kept) or _computed(typed, kept)


def _kept(typed: Typed, keeping: Keeping) -> ResponseReturnValue:
    """The draft saved, or why not: a page for people, and for the script of the form what it has to show."""
    draft = keeping.draft
    try:
        if request.form.get("choose") == "new":
            draft = draft.renewed()
        elif "choose" in request.form:
            saving.choose(typed, draft, request.form["choose"])
            flash(_("The other version is kept as a draft of its own, in the list of fittings."))
            return redirect(keeping.resumed_at(draft.entry_id), SEE_OTHER)
        stored = saving.save(typed, draft)
    except Conflict:
        clash = saving.clashing(typed, draft)
        if carry.wants_json():
            return jsonify(said=render_template("said_of_draft.html", clash=clash)), CONFLICT
        return shown(typed, keeping, clash=clash), CONFLICT
    except Missing:
        if carry.wants_json():
            return jsonify(said=render_template("said_of_draft.html", gone=True)), GONE
        return shown(typed, keeping, gone=True), GONE
    address = keeping.resumed_at(draft.entry_id)
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
        return shown(typed, keeping, _read(typed).problems, focus=name), UNPROCESSABLE
    if confirm.BUTTON in form:
        typed, name = confirm.confirmed(typed, form[confirm.BUTTON], actor().name)
        problems = _read(typed).problems
        return shown(typed, keeping, problems, focus=name), UNPROCESSABLE if problems else 200
    if "units_answer" in form:
        return shown(settled(MultiDict([*typed.items(multi=True), ("units_answer", form["units_answer"])])), keeping)
    if "show" in form:
        typed, part = opened(MultiDict([*typed.items(multi=True), ("show", form["show"])]))
        return shown(typed, keeping, focus=part)
    if question(typed):
        return shown(typed, keeping, asking=True), UNPROCESSABLE
    return None


def _computed(typed: Typed, keeping: Keeping) -> ResponseReturnValue:
    asked = _read(typed)
    against = keeping.chart.contradicted(asked.document) if keeping.chart else ()
    if asked.request is None or against:
        return shown(typed, keeping, (*asked.problems, *against)), UNPROCESSABLE
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
        return shown(typed, keeping, (Problem(path, error.text),)), CONFLICT
    with store().writing(actor()) as desk:
        entries.let_go(desk, draft.entry_id)
        if keeping.chart:
            keeping.chart.came_from(desk, record)
    return redirect(keeping.stored_at(record.id), SEE_OTHER)


def _read(typed: Typed) -> Asked:
    return read(cast(Form, typed), today=date.today())
