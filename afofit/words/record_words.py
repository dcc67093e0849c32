"""What is kept, in words: the state of a fitting, how a revision came about, whether a patient's link opens."""

from afofit.words.tongue import N_, _

STATES = {"draft": N_("Draft"), "approved": N_("Approved"), "withdrawn": N_("Withdrawn")}
KINDS = {
    "original": N_("original"),
    "change": N_("change"),
    "reorder_with_changes": N_("reorder with changes"),
    "exact_reorder": N_("exact reorder"),
}
LINK_STATES = {"open": N_("open"), "revoked": N_("revoked"), "locked": N_("locked"), "expired": N_("expired")}


def state(code: str) -> str:
    """The state of a fitting: "Approved"."""
    return _(STATES[code])


def kind(code: str) -> str:
    """How a revision came about: "exact reorder"."""
    return _(KINDS[code])


def link_state(code: str) -> str:
    """Whether a patient's link opens: "open", "expired"."""
    return _(LINK_STATES[code])
