"""Drafts as people see them: how far they are, how old, and what differs from the one saved elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import MultiDict

from afofit.store.entries import Entry as Kept
from afofit.store.entries import Fields
from afofit.web.entry import Entry, Typed
from afofit.web.form_page import FormPage, Progress
from afofit.words.ages import ago
from afofit.words.tongue import _


@dataclass(frozen=True, slots=True)
class Resumable:
    """One line of the list of drafts."""

    id: UUID
    reference: str
    saved_at: datetime
    age: str
    progress: Progress
    changes: bool
    """Whether it changes a fitting that is stored, and does not begin a new one."""


@dataclass(frozen=True, slots=True)
class Differing:
    """One field that two versions of a draft fill differently, in words."""

    label: str
    here: str
    there: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A draft that was saved elsewhere since it was opened here."""

    saved_at: datetime
    version: int
    fields: tuple[Differing, ...]


def page_of(fields: Fields) -> FormPage:
    """The form as it was kept."""
    return FormPage(MultiDict(dict(fields)))


def listed(kept: Iterable[Kept], now: datetime) -> list[Resumable]:
    """The lines of the list, in the order given."""
    return [
        Resumable(
            id=one.id,
            reference=_reference(one.fields),
            saved_at=one.saved_at,
            age=ago(one.saved_at, now),
            progress=page_of(one.fields).progress,
            changes=one.previous_id is not None,
        )
        for one in kept
    ]


def _reference(fields: Fields) -> str:
    texts = (" ".join(fields.get(f"patient.{name}", [])).strip() for name in ("reference", "name"))
    return next(filter(None, texts), "")


def clash(typed: Typed, stored: Kept) -> Clash:
    """What was typed here beside what is stored."""
    return Clash(stored.saved_at, stored.version, tuple(_differing(FormPage(typed), page_of(stored.fields))))


def _differing(here: FormPage, there: FormPage) -> Iterator[Differing]:
    ours, theirs = ({entry.name: entry for entry in page.entries} for page in (here, there))
    for name in dict.fromkeys([*ours, *theirs]):
        one, other = ours.get(name), theirs.get(name)
        shown = _shown(one), _shown(other)
        if shown[0] != shown[1]:
            entry = one or other
            assert entry is not None  # noqa: S101 - the name came from one of the two
            yield Differing(_label(entry), *(text or _("not entered") for text in shown))


def _label(entry: Entry) -> str:
    side = {"left": _("left leg"), "right": _("right leg")}.get(entry.side or "")
    return f"{entry.label}, {side}" if side else entry.label


def _shown(entry: Entry | None) -> str:
    """What a field says, in one line: numbers as typed, answers in their words."""
    if entry is None:
        return ""
    # Of a choice the text is its code; its words follow.
    texts = () if entry.options else (entry.text, *entry.again)
    typed = [text.strip() for text in texts if text.strip()]
    numbers = ".".join(typed) if entry.shape == "day" else " / ".join(typed)
    chosen = [option.label for option in (*entry.options, *entry.direction) if option.chosen and option.value]
    return " ".join(filter(None, (numbers, ", ".join(chosen))))
