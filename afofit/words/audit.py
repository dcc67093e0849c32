"""The audit in words: what was done, to what, by whom, and what the check of the chain found."""

from collections.abc import Callable, Mapping
from typing import Any

from afofit.fitting.values import Side
from afofit.words import record_words
from afofit.words.delivery import OUTCOMES
from afofit.words.sides import INSIDE, inside
from afofit.words.tongue import N_, _, ngettext

KINDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "fitting": (
        N_("Fitting"),
        {
            "fitting stored": N_("Fitting stored"),
            "fitting approved": N_("Fitting approved"),
            "fitting withdrawn": N_("Fitting withdrawn"),
            "delivery kept": N_("Visit kept"),
            "sent to chart": N_("Fitting sent to the chart"),
        },
    ),
    "patient": (
        N_("Patient"),
        {
            "patient added": N_("Patient added"),
            "patient changed": N_("Patient corrected"),
            "patient exported": N_("Copy of everything about a patient made"),
            "patient erased": N_("Patient erased"),
        },
    ),
    "link": (
        N_("Patient's link"),
        {
            "link made": N_("Patient's link made"),
            "link opened": N_("Sheet opened by its link"),
            "link refused": N_("Link tried with a wrong date of birth"),
            "link revoked": N_("Patient's link revoked"),
        },
    ),
    "account": (
        N_("Account"),
        {
            "signed in": N_("Signed in"),
            "signed out": N_("Signed out"),
            "signed out elsewhere": N_("Signed out on every other device"),
            "signed out by an administrator": N_("Signed out on every device by an administrator"),
            "sign-in refused": N_("Sign-in refused"),
            "account made": N_("Account made"),
            "account changed": N_("Account changed"),
            "join link made": N_("Invitation link made"),
            "reset link made": N_("Link for a new password made"),
            "password set by link": N_("Password set by a link"),
            "password changed": N_("Password changed"),
            "authenticator turned on": N_("Authenticator turned on"),
            "authenticator turned off": N_("Authenticator turned off"),
            "passkey made": N_("Passkey made"),
            "passkey deleted": N_("Passkey deleted"),
            "second factor taken away": N_("Second factor taken away"),
        },
    ),
    "key": (
        N_("Key of another system"),
        {"key made": N_("Key made"), "key revoked": N_("Key revoked")},
    ),
    "system": (
        N_("Back-end system"),
        {
            "system registered": N_("Back-end system registered"),
            "system revoked": N_("Back-end system revoked"),
            "token given": N_("Token given to a back-end system"),
            "token refused": N_("Token refused to a back-end system"),
        },
    ),
    "batch": (
        N_("Batch"),
        {
            "batch accepted": N_("Batch of requests accepted"),
            "batch finished": N_("Batch of requests finished"),
            "batch cancelled": N_("Batch of requests cancelled"),
        },
    ),
    "ehr": (
        N_("Record system"),
        {"EHR registered": N_("Record system registered"), "EHR removed": N_("Record system removed")},
    ),
    "launch": (
        N_("Open chart"),
        {
            "chart opened": N_("Chart opened"),
            "chart not opened": N_("Chart not opened"),
            "chart closed": N_("Chart closed"),
        },
    ),
    "protocol": (
        N_("Protocol"),
        {
            "protocol saved": N_("Protocol saved"),
            "protocol released": N_("Protocol released"),
            "protocol chosen": N_("Protocol chosen"),
        },
    ),
    "size chart": (
        N_("Size chart"),
        {
            "size chart kept": N_("Size chart kept"),
            "size chart withdrawn": N_("Size chart withdrawn"),
            "size chart switched on": N_("Size chart of the program used again"),
            "size chart switched off": N_("Size chart of the program left out"),
        },
    ),
    "clinic": (
        N_("Clinic"),
        {
            "clinic made": N_("Clinic made"),
            "clinic changed": N_("Clinic changed"),
            "encrypted anew": N_("Records encrypted with a new key"),
        },
    ),
}
"""By kind of object: its name, and every action on one of them."""
ACTIONS: Mapping[str, str] = {action: words for _kind, deeds in KINDS.values() for action, words in deeds.items()}
FAULTS: Mapping[str, str] = {
    "missing": N_("row {row} is missing"),
    "unlinked": N_("row {row} does not follow the row before it"),
    "changed": N_("row {row} was changed"),
    "cut": N_("the chain ends at row {row}, the clinic says {claimed}: rows are missing"),
}
COMMAND, LINK = "command", "link"


def action(code: str) -> str:
    """What was done: "Fitting approved"; of an action that this version does not know, its code."""
    return _(ACTIONS[code]) if code in ACTIONS else code


def kind(code: str) -> str:
    """What it was done to: "Patient's link"; a kind that this version does not know stays its code."""
    return _(KINDS[code][0]) if code in KINDS else code


def fault(code: str, row: int, claimed: int) -> str:
    """What the check of the chain found: "row 4 was changed"."""
    return _(FAULTS[code]).format(row=row, claimed=claimed)


def actor(label: str, names: Mapping[str, str]) -> str:
    """Who did it, by the label of the audit: a person's or key's name, a patient, a command on the machine."""
    if label in names:
        return names[label]
    if label == COMMAND:
        return _("Command line")
    return _("A patient with the link") if label.partition(" ")[0] == LINK else label


def detail(said: Mapping[str, Any]) -> str:
    """What an entry says besides, in the order of DETAILS: "revision 2, exact reorder"; empty where it is nothing."""
    known = [show(said[name]) for name, show in DETAILS.items() if name in said]
    new = [f"{name}: {value}" for name, value in said.items() if name not in DETAILS and name not in SILENT]
    return ", ".join(filter(None, known + new))


def _listed(words: Mapping[str, str]) -> Callable[[list[str]], str]:
    return lambda codes: ", ".join(_(words[code]) if code in words else code for code in codes)


def _count(said: str, count: int) -> str:
    return said % {"num": count} if count else ""


def _revision(number: int) -> str:
    return _("revision {number}").format(number=number)


def _version(number: int) -> str:
    return _("version {number}").format(number=number)


def _made_as(code: str) -> str:
    return record_words.kind(code) if code in record_words.KINDS else code


def _acknowledged(codes: list[str]) -> str:
    count = len(codes)
    return ngettext("%(num)s caution acknowledged", "%(num)s cautions acknowledged", count) % {"num": count}


def _side(code: Side) -> str:
    return inside(code) if code in INSIDE else code


def _outcome(code: str) -> str:
    return _(OUTCOMES[code]) if code in OUTCOMES else code


def _days(count: int) -> str:
    return ngettext("for %(num)s day", "for %(num)s days", count) % {"num": count}


def _tries(count: int) -> str:
    return ngettext("%(num)s wrong try", "%(num)s wrong tries", count) % {"num": count}


def _numbers(keys: list[str]) -> str:
    return ngettext("%(num)s number changed", "%(num)s numbers changed", len(keys)) % {"num": len(keys)}


def _retention(years: int | None) -> str:
    if years is None:
        return _("records kept without end")
    return ngettext("records kept for %(num)s year", "records kept for %(num)s years", years) % {"num": years}


def _active(active: bool) -> str:
    return _("may sign in") if active else _("account closed")


_ROLES = {"orthotist": N_("orthotist"), "administrator": N_("administrator")}
_SHOWN = {
    "password": N_("password"),
    "code": N_("code of an authenticator"),
    "recovery code": N_("recovery code"),
    "passkey": N_("passkey"),
    "second step": N_("second step"),
}
_FIELDS = {"reference": N_("reference"), "name": N_("name"), "birth_date": N_("date of birth")}
DETAILS: Mapping[str, Callable[[Any], str]] = {
    "revision": _revision,
    "made_as": _made_as,
    "acknowledged": _acknowledged,
    "side": _side,
    "outcome": _outcome,
    "fields": _listed(_FIELDS),
    "roles": _listed(_ROLES),
    "shown": _listed(_SHOWN),
    "active": _active,
    "scopes": lambda codes: ", ".join(codes),
    "account": lambda number: _("in the name of account {number}").format(number=number),
    "reason": str,
    "method": str,
    "written": lambda count: _count(ngettext("%(num)s entry written", "%(num)s entries written", count), count),
    "refused": lambda count: _count(ngettext("%(num)s entry refused", "%(num)s entries refused", count), count),
    "days": _days,
    "tries": _tries,
    "version": _version,
    "changed": _numbers,
    "retention_years": _retention,
    "rows": lambda count: _count(ngettext("%(num)s row", "%(num)s rows", count), count),
    "failed": lambda count: _count(ngettext("%(num)s row failed", "%(num)s rows failed", count), count),
    "fittings": lambda count: _count(ngettext("%(num)s fitting", "%(num)s fittings", count), count),
    "approvals": lambda count: _count(ngettext("%(num)s approval", "%(num)s approvals", count), count),
    "withdrawals": lambda count: _count(ngettext("%(num)s withdrawal", "%(num)s withdrawals", count), count),
    "deliveries": lambda count: _count(ngettext("%(num)s visit", "%(num)s visits", count), count),
    "links": lambda count: _count(ngettext("%(num)s link", "%(num)s links", count), count),
    "drafts": lambda count: _count(ngettext("%(num)s draft", "%(num)s drafts", count), count),
}
SILENT = frozenset({"digest", "fitting", "retries", "ehr", "sent", "origins"})
"""What is said for the machine: what a fitting held when it was stored, which fitting a link is of, kept retries, which
record system a chart is of, what was erased of it."""
