"""The audit of the clinic as its administrators read it: what was done, when and by whom, and whether it is whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.schemas.numbers import whole
from afofit.store import audit, audit_log, clinics, keys, systems
from afofit.store.audit import Chain
from afofit.store.audit_log import Entry, Wanted
from afofit.store.database import Desk
from afofit.web.clinic_routes import UNPROCESSABLE, blueprint
from afofit.words import audit as words
from afofit.words.tongue import _

CHECKED_AT_ONCE = 5000
"""Rows up to which the whole chain is checked whenever the page is opened; a longer one when it is asked for."""
MOST_ROWS = 2**63 - 1
PAGES = {
    "account": "clinic.clinic",
    "clinic": "clinic.clinic",
    "key": "clinic.keys",
    "system": "kept.systems",
}
"""Things that stand on one page together."""
FILTERS = ("person", "action", "kind", "since", "until")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the audit in words, and where the thing is that it speaks of."""

    number: int
    at: datetime
    who: str
    action: str
    detail: str
    thing: str
    address: str | None
    gone: bool


@blueprint.get("/clinic/audit", endpoint="audit")
@member("administrator")
def audit_page() -> ResponseReturnValue:
    """The audit, newest first, a page at a time; ``?check=1`` checks a chain of any length."""
    typed = {name: request.args.get(name, "").strip() for name in FILTERS}
    with store().reading(actor()) as desk:
        people = _people(desk)
        wanted, faults = _wanted(typed, people)
        before = _number(request.args.get("before", ""))
        found = [] if faults else audit_log.listed(desk, wanted, before=before, limit=audit_log.A_PAGE + 1)
        count = audit_log.count(desk)
        chain = _checked(desk, count)
        shown = found[: audit_log.A_PAGE]
        lines = _lines(desk, shown, people)
    older = shown[-1].number if len(found) > len(shown) else None
    filters = {name: text for name, text in typed.items() if text}
    page = render_template(
        "audit.html",
        lines=lines,
        values=typed,
        faults=faults,
        filters=filters,
        people=people,
        words=words,
        count=count,
        chain=chain,
        older=older and _here(filters, before=older),
        newest=None if before is None else _here(filters),
        check=None if chain else _here(filters, check=1),
    )
    return page, UNPROCESSABLE if faults else 200


def _here(filters: Mapping[str, str], **more: int) -> str:
    return url_for("clinic.audit", **cast("dict[str, Any]", {**filters, **more}))


def _people(desk: Desk) -> dict[str, str]:
    """By label, everybody who can stand in the audit: accounts, keys, patients with a link, the command line."""
    named = {f"account {one.id}": one.name for one in clinics.members(desk)}
    named |= {f"key {one.id}": _("Key “{name}”").format(name=one.name) for one in keys.listed(desk)}
    named |= {f"system {one.id}": _("System “{name}”").format(name=one.name) for one in systems.listed(desk)}
    return named | {label: words.actor(label, {}) for label in (words.LINK, words.COMMAND)}


def _wanted(typed: Mapping[str, str], people: Mapping[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What the filter asks for, and what of it cannot be read, by field."""
    faults = {}
    for name, choices in (("person", people), ("action", words.ACTIONS), ("kind", words.KINDS)):
        if typed[name] and typed[name] not in choices:
            faults[name] = _("Choose one of the list.")
    days: dict[str, date | None] = {"since": None, "until": None}
    for name in days:
        try:
            days[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            faults[name] = _("Write the day as year-month-day, 2026-02-28.")
    if days["since"] and days["until"] and days["since"] > days["until"]:
        faults["until"] = _("The last day lies before the first.")
    chosen = {name: typed[name] or None for name in ("action", "kind")}
    return Wanted(actor=typed["person"] or None, **chosen, since=days["since"], until=days["until"]), faults


def _number(text: str) -> int | None:
    """The number at which the last page ended; what is no number begins with the newest."""
    return whole(text, MOST_ROWS)


def _checked(desk: Desk, count: int) -> Chain | None:
    if count > CHECKED_AT_ONCE and "check" not in request.args:
        return None
    return audit.verify(desk.session, desk.actor.clinic_id)


def _lines(desk: Desk, entries: list[Entry], people: Mapping[str, str]) -> list[Line]:
    present = audit_log.present(desk, entries)
    return [
        Line(
            entry.number,
            entry.at,
            words.actor(entry.actor, people),
            words.action(entry.action),
            words.detail(entry.detail),
            _thing(entry, people),
            _address(entry, present.get((entry.kind, entry.object_id))),
            entry.kind in ("fitting", "patient", "link") and (entry.kind, entry.object_id) not in present,
        )
        for entry in entries
    ]


def _thing(entry: Entry, people: Mapping[str, str]) -> str:
    """What the row speaks of: a person or key by name, a record by the first part of its id."""
    if name := people.get(f"{entry.kind} {entry.object_id}"):
        return name
    kind = words.kind(entry.kind)
    return kind if entry.kind == "clinic" else f"{kind} {entry.object_id[:8]}"


def _address(entry: Entry, target: UUID | None) -> str | None:
    """Where the thing is shown; None where there is no page of it, or no longer."""
    if entry.kind in PAGES:
        return url_for(PAGES[entry.kind])
    if (entry.kind, entry.object_id) == ("protocol", "default"):
        return url_for("kept.default_protocol")
    if target is None:
        return None
    if entry.kind == "patient":
        return url_for("kept.person", patient_id=target)
    if entry.kind == "protocol":
        return url_for("kept.protocol", protocol_id=target)
    if entry.kind == "size chart":
        return url_for("kept.size_chart", chart_id=target)
    return url_for("kept.one", fitting_id=target)


__all__ = ["blueprint"]
