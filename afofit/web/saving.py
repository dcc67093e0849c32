"""Saving a form while it is filled: once for each page however often it is sent, and never over somebody else's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from werkzeug.datastructures import MultiDict

from afofit.access import actor, store
from afofit.schemas.numbers import whole
from afofit.store import entries
from afofit.store.database import Overtaken
from afofit.store.entries import Saved
from afofit.store.errors import Conflict, Forbidden, Missing
from afofit.store.secrecy import new_token
from afofit.web.drafts import Clash, clash
from afofit.web.entry import Typed
from afofit.web.form_page import FormPage
from afofit.words.tongue import _

MOST_VERSIONS = 2**31 - 1
MARKS = frozenset({"entry", "version", "page", "clinic"})
"""Hidden fields by which a form knows its draft; they are no answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Which draft a page fills. The id is made with the page, so that saving it twice makes one draft."""

    entry_id: UUID
    version: int = 0
    page: str = ""
    patient_id: UUID | None = None
    previous_id: UUID | None = None

    @classmethod
    def fresh(cls, patient_id: UUID | None = None, previous_id: UUID | None = None) -> "Draft":
        """A draft that is not stored yet, for a page that is made now."""
        return cls(entry_id=uuid4(), page=new_token(), patient_id=patient_id, previous_id=previous_id)

    @classmethod
    def told(cls, form: Mapping[str, str], patient_id: UUID | None, previous_id: UUID | None) -> "Draft":
        """The draft of a posted form. Raises Forbidden where the page was made for people of another clinic."""
        if form.get("clinic") not in (None, "", str(actor().clinic_id)):
            raise Forbidden(_("This form was opened at another clinic. Sign in there to save it."))
        version = whole(form.get("version") or "0", MOST_VERSIONS)
        if version is None:
            raise Missing
        try:
            entry_id = UUID(form["entry"]) if form.get("entry") else uuid4()
        except ValueError:
            raise Missing from None
        page = form.get("page") or ""
        return cls(entry_id=entry_id, version=version, page=page, patient_id=patient_id, previous_id=previous_id)

    def renewed(self) -> "Draft":
        """The same content as a draft of its own."""
        return replace(self, entry_id=uuid4(), version=0, page=new_token())


def save(typed: Typed, draft: Draft) -> Saved:
    """Store what was typed. Raises Conflict where it was saved elsewhere since, Missing where it is gone."""
    try:
        return _saved(typed, draft)
    except Overtaken:
        # The same page was sent twice at once, and the other try was first.
        try:
            return _saved(typed, draft)
        except Overtaken:
            # The id is another clinic's.
            raise Missing from None


def _saved(typed: Typed, draft: Draft) -> Saved:
    with store().writing(actor()) as desk:
        return entries.save(
            desk,
            draft.entry_id,
            typed.to_dict(flat=False),
            filled=filled(typed),
            version=draft.version,
            page=draft.page,
            patient_id=draft.patient_id,
            previous_id=draft.previous_id,
        )


def filled(typed: Typed) -> int:
    """How many of the fields that are needed are filled."""
    return FormPage(typed).progress.entered


def clashing(typed: Typed, draft: Draft) -> Clash | None:
    """What was saved elsewhere since the page was opened, where anything was."""
    with store().reading(actor()) as desk:
        stored = entries.changed_elsewhere(desk, draft.entry_id, draft.version, draft.page)
    return None if stored is None else clash(typed, stored)


def choose(typed: Typed, draft: Draft, chosen: str) -> None:
    """Go on with what is "here" or with "there"; the other one stays as a draft of its own, so nothing is lost.

    ``chosen`` also names the version that was looked at: "here:3". Raises Conflict where that changed again, Missing.
    """
    which, __, version = chosen.partition(":")
    with store().writing(actor()) as desk:
        stored = entries.find(desk, draft.entry_id)
        if str(stored.version) != version:
            raise Conflict("changed_elsewhere", _("This draft was saved on another device once more."))
        fields, number = typed.to_dict(flat=False), filled(typed)
        aside, count = (stored.fields, stored.filled) if which == "here" else (fields, number)
        entries.keep(desk, aside, filled=count, patient_id=stored.patient_id, previous_id=stored.previous_id)
        if which == "here":
            entries.keep_again(desk, draft.entry_id, fields, filled=number, version=stored.version, page=draft.page)


def as_typed(form: "MultiDict[str, str]", buttons: frozenset[str]) -> Typed:
    """What of a posted form was typed: without buttons and marks."""
    return MultiDict((name, value) for name, value in form.items(multi=True) if name not in buttons | MARKS)
