"""What stands beside a field that is filled: how it was understood, and what is doubtful about it.

Works on a form that is half filled, so that a doubt is said while the tape is still in the hand.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from afofit.fitting.findings import of_sides
from afofit.fitting.plausibility import spread_finding, unusual_finding
from afofit.fitting.protocol import Protocol, default
from afofit.fitting.request import Body, Limb
from afofit.fitting.values import Finding, Side
from afofit.schemas.form import Asked
from afofit.web.echo import echoes
from afofit.web.entry import Typed
from afofit.words import findings
from afofit.words.numbers import length
from afofit.words.tongue import N_, _

OF_PATIENT = ("height", "weight")


@dataclass(frozen=True, slots=True)
class Remarks:
    """By field name: the echo of what was understood, and the doubts in words."""

    echoes: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    thirds: frozenset[str] = frozenset()
    """Fields whose readings lie so far apart that a third one is asked for."""


def remarks(asked: Asked, typed: Typed, protocol: Protocol | None = None) -> Remarks:
    """What can be said of a form as far as it is filled; a value that is refused is not doubted as well."""
    limbs = {side: _sound(limb, asked) for side, limb in asked.limbs.items()}
    found = list(_doubts(limbs, asked.body, protocol or default()))
    doubts: dict[str, tuple[str, ...]] = {}
    for name, text in dict.fromkeys((_field(side, one), _words(side, one)) for side, one in found):
        doubts[name] = (*doubts.get(name, ()), text)
    spread = frozenset(_field(side, one) for side, one in found if one.code == "reading_spread")
    return Remarks(echoes(limbs, typed), doubts, spread)


def _sound(limb: Limb, asked: Asked) -> Limb:
    """The limb without the measurements that are refused."""
    wrong = {str(one.path[2]) for one in asked.problems if one.path[:2] == ("limbs", limb.side) and len(one.path) > 2}
    if wrong.isdisjoint(limb.measurements):
        return limb
    return replace(
        limb,
        measurements={name: value for name, value in limb.measurements.items() if name not in wrong},
        readings={name: taken for name, taken in limb.readings.items() if name not in wrong},
    )


def _doubts(limbs: Mapping[Side, Limb], body: Body | None, protocol: Protocol) -> Iterator[tuple[Side, Finding]]:
    """Every doubt of the engine about these limbs, one for each field that it is about."""
    for side, limb in limbs.items():
        found = [of_sides(limb, limbs.get("left" if side == "right" else "right"), protocol)]
        if limb.braced:
            found += [spread_finding(limb), unusual_finding(body, limb) if body else None]
        for finding in filter(None, found):
            yield from ((side, one) for one in _apart(finding))


def _apart(finding: Finding) -> Iterator[Finding]:
    """A finding about several fields as one for each of them, so that each says its own beside its field."""
    facts: dict[str, Any] = {name: fact for name, fact in finding.facts.items() if name != "confirmed"}
    for name in finding.about:
        own = dict(facts)
        if "doubts" in own:
            own["doubts"] = tuple(doubt for doubt in facts["doubts"] if doubt.field == name)
        for key in ("apart", "readings"):
            if key in own:
                own[key] = {name: facts[key][name]}
        yield replace(finding, about=(name,), facts=own)


def _words(side: Side, finding: Finding) -> str:
    """The finding as it stands beside its field, where the name of the field need not be said again."""
    if finding.code != "sides_differ":
        return findings.message(finding)
    apart: Any = finding.facts["apart"]
    here, there = apart[finding.about[0]]
    said = {
        ("left", True): N_("{apart} more than the right leg. Measure both again at a pen mark."),
        ("left", False): N_("{apart} less than the right leg. Measure both again at a pen mark."),
        ("right", True): N_("{apart} more than the left leg. Measure both again at a pen mark."),
        ("right", False): N_("{apart} less than the left leg. Measure both again at a pen mark."),
    }
    return _(said[side, here > there]).format(apart=length(abs(here - there)))


def _field(side: Side, finding: Finding) -> str:
    name = finding.about[0]
    return f"patient.{name}" if name in OF_PATIENT else f"limbs.{side}.{name}"
