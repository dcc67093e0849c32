"""What a chart says, in words: its fields, why a value is shown and not filled in, what must be known of the person."""

from collections.abc import Mapping
from typing import cast

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.values import Side
from afofit.words.sides import inside
from afofit.words.tongue import N_, _

LABELS: Mapping[str, str] = {
    "reference": N_("Reference"),
    "name": N_("Name"),
    "birth_date": N_("Date of birth"),
    "sex": N_("Sex"),
    "height": N_("Height"),
    "weight": N_("Weight"),
    "diagnosis": N_("Diagnosis"),
    "affected_sides": N_("Affected side"),
}
"""The fields that a chart may fill, as the form calls them."""
DOUBTS: Mapping[str, str] = {
    "old": N_("too old: of an adult more than a year, of a child more than three months"),
    "undated": N_("the chart does not say when"),
    "future": N_("dated in the future"),
    "earlier": N_("there is a newer one"),
    "preliminary": N_("not final in the chart"),
    "provisional": N_("not confirmed in the chart"),
    "past": N_("over, says the chart"),
    "status_unknown": N_("the chart does not say whether it still holds"),
    "no_unit": N_("its unit cannot be read with certainty"),
    "about": N_("not an exact value"),
    "implausible": N_("outside what is possible"),
    "several": N_("the chart says several things"),
    "part_of_date": N_("not a whole date"),
    "other_sex": N_("the form has no such answer; the shoe scales ask for female or male"),
}
NOTICES: Mapping[str, str] = {
    "deceased": N_("The chart says that this person has died."),
    "inactive": N_("The chart is no longer in use (inactive)."),
    "replaced": N_("The chart was replaced by another one: open that one."),
    "measures_cut": N_("The chart holds more heights and weights than were read; none is filled in."),
    "problems_cut": N_("The chart holds more problems than were read; none is filled in."),
}
PARTS: Mapping[str, str] = {"measures": N_("Height and weight"), "problems": N_("Problems")}


def label(field: str) -> str:
    """What a field is called."""
    return _(LABELS[field])


def doubt(code: str) -> str:
    """Why a value is not filled in; empty for one that is."""
    return _(DOUBTS[code]) if code else ""


def notice(code: str) -> str:
    """What must be known before anything else."""
    return _(NOTICES[code])


def unread(part: str, why: str) -> str:
    """That a part of the chart could not be read, and why."""
    return _("{part} could not be read: {why}.").format(part=_(PARTS[part]), why=why)


_LACKS: Mapping[str, str] = {
    "not_offered": N_("{ehr} does not take {what}."),
    "not_granted": N_("{ehr} does not let this service write {what}."),
}
_KINDS: Mapping[str, str] = {"Observation": N_("measurements"), "DocumentReference": N_("documents")}
_STATES: Mapping[str, str] = {
    "written": N_("in the chart"),
    "refused": N_("not taken"),
    "sending": N_("not known whether it arrived: look into the chart"),
}


def lack(kind: str, code: str, ehr: str) -> str:
    """Why a kind of entry cannot be sent into a chart."""
    return _(_LACKS[code]).format(ehr=ehr, what=_(_KINDS[kind]))


def state(code: str) -> str:
    """What came of an entry that was sent."""
    return _(_STATES[code])


def item(name: str) -> str:
    """An entry that is sent: "Fitting sheet", "Calf circumference, left leg"."""
    group, _dot, what = name.partition("/")
    if not what:
        return _("Fitting sheet")
    if group == "patient":
        return label(what)
    words = _("Verdict") if what == "result" else _(BY_NAME[what].label)
    return f"{words}, {inside(cast(Side, group))}"
