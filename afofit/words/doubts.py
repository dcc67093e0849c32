"""Doubts about what was measured, in words: unusual values, readings apart, legs that differ, perhaps the wrong leg."""

from datetime import datetime
from typing import Any

from afofit.fitting.measurements import BY_NAME
from afofit.fitting.plausibility import Doubt
from afofit.fitting.values import Finding
from afofit.words.entered import entered, limit, several, span
from afofit.words.fields import listed, name
from afofit.words.numbers import moment, plain, reach
from afofit.words.tongue import _


def unit_of(field: str) -> str:
    """The unit of the domain in which a measurement or a field of the patient is kept."""
    if field == "weight":
        return "kg"
    return BY_NAME[field].unit if field in BY_NAME else "mm"


def capital(text: str) -> str:
    """The text as a sentence begins."""
    return f"{text[:1].upper()}{text[1:]}"


def unusual(finding: Finding) -> str:
    """Everything unusual on a leg, with what is usual; never called wrong."""
    doubts: Any = finding.facts["doubts"]
    text = capital("; ".join(_doubt(doubt, finding) for doubt in doubts))
    return f"{text}. {_then(finding, _('Measure again; if it stays, keep it.'))}"


def _doubt(doubt: Doubt, finding: Finding) -> str:
    unit, facts = unit_of(doubt.field), finding.facts
    said = {"field": name(doubt.field), "value": entered(doubt.value, unit, facts)}
    if doubt.low is not None and doubt.high is not None:
        said["usual"] = span(doubt.low, doubt.high, unit, facts)
        if doubt.kind == "age":
            return _("{field} {value} is unusual at this age (usual: {usual})").format(**said)
        return _("{field} {value} is unusual (usual: {usual})").format(**said)
    if doubt.kind == "flexed":
        text = _("{field} is unusual: {bent}, less than with the knee straight ({straight})")
        return text.format(field=said["field"], bent=reach(doubt.value), straight=reach(doubt.low or 0))
    if doubt.against is None:
        return _("{field} {value} is unusual beside the other measurements").format(**said)
    said["against"] = name(doubt.against)
    if doubt.against_value is None:
        return _("{field} {value} is unusual beside the {against}").format(**said)
    said["other"] = entered(doubt.against_value, unit_of(doubt.against), facts)
    return _("{field} {value} is unusual beside the {against} ({other})").format(**said)


def _then(finding: Finding, again: str, anyway: str = "") -> str:
    """What to do about a doubt, or who has already done it; ``anyway`` holds after that too."""
    confirmed: Any = finding.facts.get("confirmed", ())
    if not confirmed:
        return again
    alone = len(finding.about) == 1
    said = "; ".join(("" if alone else f"{name(one.field)}, ") + _who(one.by, one.at) for one in confirmed)
    left = {*finding.about} - {one.field for one in confirmed}
    parts = [f"{capital(said).rstrip('.')}.", _("Measure the others again.") if left else "", anyway]
    return " ".join(part for part in parts if part)


def _who(by: str | None, at: datetime | None) -> str:
    if by and at:
        return _("measured again and confirmed by {by} on {at}").format(by=by, at=moment(at))
    if by:
        return _("measured again and confirmed by {by}").format(by=by)
    if at:
        return _("measured again and confirmed on {at}").format(at=moment(at))
    return _("measured again and confirmed")


def sides(finding: Finding) -> str:
    """In what the legs differ, left before right, and by how much they may."""
    apart: Any = finding.facts["apart"]
    limits: Any = finding.facts.get("limits", {})
    left_first = finding.facts["side"] == "left"
    parts = []
    for field, (here, there) in apart.items():
        left, right = (here, there) if left_first else (there, here)
        text = _("{field} left {left}, right {right}").format(
            field=name(field), left=entered(left, "mm", finding.facts), right=entered(right, "mm", finding.facts)
        )
        if field in limits:
            tape = BY_NAME[field].tool == "tape"
            allowed = f"{plain(100 * limits[field], 1)} %" if tape else limit(limits[field], "mm", finding.facts)
            text += _(" (limit {limit})").format(limit=allowed)
        parts.append(text)
    then = _then(finding, _("Measure both again at a pen mark; note why they differ."), _("Note why they differ."))
    return f"{capital('; '.join(parts))}. {then}"


def side(finding: Finding) -> str:
    """Why the wrong leg may be braced."""
    facts: Any = finding.facts
    leg = {"left": _("the left leg"), "right": _("the right leg")}
    here = leg[facts["side"]]
    parts = []
    if "not_affected" in facts["reasons"]:
        affected = listed([leg[one] for one in facts["affected"]]) or _("none")
        parts.append(_("{here} is braced, but named as affected: {affected}").format(here=here, affected=affected))
    if "thicker_calf" in facts["reasons"]:
        said = {"here": here, "share": plain(100 * float(facts["share"]), 1)}
        text = _("the calf of {here} is more than {share} % thicker than the other, though a weak leg usually wastes")
        if "calves" in facts:
            text = _(
                "the calf of {here} ({own}) is more than {share} % thicker than the other ({other}), though a weak leg "
                "usually wastes"
            )
            own, other = (entered(one, "mm", facts) for one in facts["calves"])
            said |= {"own": own, "other": other}
        parts.append(text.format(**said))
    return f"{capital(listed(parts))}. {_('Check which leg is to be braced.')}"


def spread(finding: Finding) -> str:
    """Readings that lie too far apart, and how far they may."""
    readings: Any = finding.facts["readings"]
    parts = []
    for field, values in readings.items():
        unit = unit_of(field)
        said = {
            "field": name(field),
            "readings": listed(several(values, unit, finding.facts)),
            "apart": entered(max(values) - min(values), unit, finding.facts),
            "limit": entered(BY_NAME[field].repeat_limit, unit, finding.facts),
        }
        parts.append(_("{field}: readings {readings} are {apart} apart (limit {limit})").format(**said))
    thrice = all(len(values) > 2 for values in readings.values())
    again = _("Measure again; the mean was used.") if thrice else _("Measure a third time; the mean was used.")
    return f"{capital('; '.join(parts))}. {_then(finding, again, _('The mean was used.'))}"
