"""What to do and who to call when a finding stops, by its code; clinics name their own numbers."""

from afofit.fitting.values import Finding
from afofit.words.tongue import N_, _

EMERGENCY = frozenset({"saddle_numbness", "bladder_bowel_change"})
"""Signs that cannot wait for the next free appointment (cauda equina)."""
CALLS = {
    "urgent_referral": N_("Call the physician in charge now; out of hours, the emergency department."),
    "open_wound": N_("Call whoever treats the wound, today. Brace the leg only after they agree."),
    "critical_circulation": N_("Call the physician in charge or the vascular service today."),
    "severe_equinus": N_(
        "Call the referring physician: this ankle needs an opinion on treatment, or a brace from a cast."
    ),
    "hinge_needs_range": N_("Nobody has to be called. Choose another design: compare the designs below."),
}
CALL_EMERGENCY = N_("Send the person to an emergency department now, and call ahead.")


def whom_to_call(finding: Finding) -> str:
    """Who is called about a finding that stops, and how soon; empty for other findings."""
    if finding.severity != "stop":
        return ""
    signs = finding.facts.get("signs")
    if isinstance(signs, tuple | list | frozenset) and EMERGENCY & set(signs):
        return _(CALL_EMERGENCY)
    return _(CALLS[finding.code])
