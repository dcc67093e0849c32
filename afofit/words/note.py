"""A fitting as a note for the chart, in words: what a clinician pastes, in the order in which it is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from afofit.fitting.dimensions import BY_NAME, DIMENSIONS, Dimension
from afofit.fitting.request import Patient
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import SIDES, Finding, Side, Value
from afofit.words import changes, choices, findings, numbers, shoes, sides, stock, wear
from afofit.words.ages import lived
from afofit.words.designs import designed
from afofit.words.sheet import DRAFT, GRADES, NOTHING_STORED, SEVERITIES, STARTING_SPECIFICATION, VERDICTS
from afofit.words.shoe_lines import shoe_words
from afofit.words.stops import whom_to_call
from afofit.words.tongue import N_, _

TITLE = N_("Ankle-foot orthosis: summary of a fitting")
STOPPED = N_("No brace is computed for this leg. Nothing here is a specification for making one.")
NOTHING_FOUND = N_("No findings.")
SHOE_ONLY = N_("No brace: measured for the shoe.")
FROM_THE_HEEL = N_(
    "Heights are from the plantar skin of the bare heel; “outside” is the same height from the outside of the sole."
)


@dataclass(frozen=True, slots=True)
class Heading:
    """The name of a part; level 1 is the title, 2 a leg, 3 a part of it."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph; ``strong`` where it must not be missed."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One of a list: a few words that name it, and what is said of it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a small table: what, and how much."""

    label: str
    text: str


Piece = Heading | Said | Item | Row
Note = tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a stored record adds to its note; empty of a preview, which is stored nowhere."""

    record: UUID | None = None
    revision: int = 1
    approved_by: str | None = None
    approved_at: datetime | None = None


def note(fitting: Fitting, standing: Standing) -> Note:
    """The note of a fitting. Without an approval its first words are that it is a draft."""
    return tuple(_pieces(fitting, standing))


def _pieces(fitting: Fitting, standing: Standing) -> Iterator[Piece]:
    if standing.approved_by is None:
        yield Said(_(DRAFT), strong=True)
    yield Heading(_(TITLE), 1)
    yield Said(_(STARTING_SPECIFICATION), strong=True)
    yield from _head(fitting, standing)
    for side in SIDES:
        if side in fitting.limbs:
            yield from _leg(side, fitting.limbs[side])
    if any(limb.shoe for limb in fitting.limbs.values()):
        yield Heading(_("Shoe"), 2)
        yield Said(f"{_(shoes.STARTING_SIZE)} {shoes.pair(fitting.pair.reason)}")
        for side, limb in fitting.limbs.items():
            yield from _shoe(side, limb, alone=len(fitting.limbs) == 1)
    yield from _ready_made(fitting)
    yield from _wear(fitting)
    if any(limb.dimensions for limb in fitting.limbs.values()):
        used = {value.source.grade for limb in fitting.limbs.values() for value in limb.dimensions.values()}
        yield Heading(_("Evidence"), 2)
        for grade, meaning in GRADES.items():
            if grade in used:
                yield Row(grade, _(meaning))


def _head(fitting: Fitting, standing: Standing) -> Iterator[Piece]:
    """Who, which leg, when, by which rules, and who approved it."""
    patient = fitting.request.patient
    yield Row(_("Patient"), _who(patient))
    height = (numbers.length(patient.height_mm),) if patient.height_mm else ()
    yield Row(_("Body"), ", ".join((lived(patient), *height, numbers.mass(patient.weight_kg))))
    diagnoses = {side: limb.limb.clinical.diagnosis for side, limb in fitting.limbs.items()}
    if set(diagnoses.values()) != {None}:
        said = {side: choices.label("diagnosis", code) for side, code in diagnoses.items()}
        yield Row(_("Diagnosis"), _by_leg(said))
    yield Row(_("Measured"), sides.legs(tuple(fitting.limbs)))
    yield Row(_("Computed on"), numbers.day(fitting.computed_on))
    yield Row(_("Approval"), _approval(standing))
    if standing.record:
        text = _("{id}, revision {number}").format(id=standing.record, number=standing.revision)
        yield Row(_("Record"), text)
    text = _("afofit {engine}, protocol “{name}”, version {version}").format(
        engine=fitting.engine_version, name=fitting.protocol_name, version=fitting.protocol_version
    )
    yield Row(_("Rules"), text)


def _who(patient: Patient) -> str:
    """Name, reference and date of birth, as far as they are known."""
    known = [
        patient.name or "",
        _("reference {reference}").format(reference=patient.reference) if patient.reference else "",
        _("born {day}").format(day=numbers.day(patient.birth_date)) if patient.birth_date else "",
    ]
    return ", ".join(filter(None, known)) or _("no name, no reference")


def _approval(standing: Standing) -> str:
    if standing.approved_by is None:
        draft = _("not approved by anyone")
        return draft if standing.record else f"{draft}. {_(NOTHING_STORED)}"
    by = _("approved by {name}").format(name=standing.approved_by)
    return f"{by}, {numbers.moment(standing.approved_at)}" if standing.approved_at else by


def _by_leg(said: dict[Side, str]) -> str:
    """One text where it is the same of both legs, else each leg named."""
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{sides.alone(side)}: {text}" for side, text in said.items())


def _leg(side: Side, limb: LimbFitting) -> Iterator[Piece]:
    heading = _("{leg}: {verdict}").format(leg=sides.leg(side), verdict=_(VERDICTS[limb.verdict]).lower())
    yield Heading(heading, 2)
    if limb.limb.braced and limb.design.code is None:
        yield Said(_(STOPPED), strong=True)
    yield Heading(_("Findings"), 3)
    if not limb.findings:
        yield Said(_(NOTHING_FOUND))
    for finding in limb.findings:
        yield _finding(finding)
    yield from _design(limb)
    if limb.dimensions:
        yield Heading(_("Brace dimensions"), 3)
        yield Said(_(FROM_THE_HEEL))
        for dimension in DIMENSIONS:
            if dimension.name in limb.dimensions:
                yield _dimension(limb, dimension, limb.dimensions[dimension.name])
    if limb.overridden:
        yield Heading(_(changes.HEADING), 3)
        for name, one in limb.overridden.items():
            text = f"{changes.chosen(one)} ({changes.computed(one)})"
            why = f"{one.override.reason.rstrip('. ')}. {changes.signed(one.override)}"
            yield Item(f"{BY_NAME[name].code} {text}", why)


def _finding(finding: Finding) -> Item:
    """The severity first, in a word; of a stop, who is to be called."""
    name = f"{_(SEVERITIES[finding.severity])}: {findings.title(finding)}"
    call = whom_to_call(finding)
    text = findings.message(finding)
    return Item(name, f"{text} {_('Who to call')}: {call}" if call else text)


def _design(limb: LimbFitting) -> Iterator[Piece]:
    yield Heading(_("Brace"), 3)
    if not limb.limb.braced:
        yield Said(_(SHOE_ONLY))
        return
    design = designed(limb.design)
    yield Said(f"{design.words} ({design.chosen})." if design.chosen else design.words)
    if design.reasons:
        yield Said(" ".join(design.reasons))


def _dimension(limb: LimbFitting, dimension: Dimension, value: Value) -> Row:
    label = f"{dimension.code} {changes.labelled(limb, dimension.name)}"
    said = [shown(dimension, value)]
    outer = limb.outer(dimension.name) if dimension.is_height else None
    if outer is not None:
        said.append(_("outside {height}").format(height=numbers.length(outer)))
    beside = [_("evidence {grade}").format(grade=value.source.grade)]
    if value.tolerance is not None:
        sign = "°" if dimension.unit == "deg" else f" {numbers.UNITS[dimension.unit]}"
        beside.insert(0, f"± {numbers.plain(value.tolerance, 1)}{sign}")
    return Row(label, f"{', '.join(said)} ({', '.join(beside)})")


def shown(dimension: Dimension, value: Value) -> str:
    """A dimension as a note says it: whole millimetres and degrees, and words where a number would be negative."""
    number = value.magnitude
    if dimension.name == "heel_build_up_mm" and number < 0 and numbers.whole(number) != "0":
        return _("none: the heel of this shoe is {length} too high").format(length=numbers.length(-number))
    if dimension.name == "shoe_pitch_deg" and number < 0 and numbers.whole(number) != "0":
        return _("{angle}, heel lower than the ball").format(angle=numbers.angle(-number))
    return numbers.dimension(dimension.name, number, dimension.unit)


def _shoe(side: Side, limb: LimbFitting, *, alone: bool) -> Iterator[Piece]:
    if limb.shoe is None:
        return
    if not alone:
        yield Heading(sides.foot(side), 3)
    said = shoe_words(limb.shoe)
    for label, text in (*said.sizes, *said.lines):
        yield Row(label, text)
    if said.without_brace:
        yield Said(said.without_brace)
    if said.current:
        reasons = f": {'; '.join(said.current.reasons)}." if said.current.reasons else "."
        yield Said(f"{said.current.verdict.rstrip('.')}{reasons}")
    if said.features:
        yield Said(_("Look for: {features}.").format(features="; ".join(said.features)))


def _ready_made(fitting: Fitting) -> Iterator[Piece]:
    """The ready-made braces that may fit, with the reasons and the chart; nothing where none does."""
    found = {side: [one for one in stock.told(limb.stock) if one.fits] for side, limb in fitting.limbs.items()}
    if not any(found.values()):
        return
    yield Heading(_("Ready-made braces"), 2)
    yield Said(_(stock.NOTICE))
    for side, told in found.items():
        if told and len(fitting.limbs) > 1:
            yield Heading(sides.leg(side), 3)
        for one in told:
            name = _("{product}: size {sizes}").format(product=one.product, sizes=one.sizes)
            yield Item(name, " ".join([f"{one.status}.", *one.reasons, one.source]))


def _wear(fitting: Fitting) -> Iterator[Piece]:
    """Each wear plan once, for the legs that follow it."""
    plans: dict[str, list[Side]] = {}
    for side, limb in fitting.limbs.items():
        if limb.wear_plan:
            plans.setdefault(limb.wear_plan, []).append(side)
    for plan, legs in plans.items():
        yield Heading(f"{_(wear.NAMES[plan])}, {sides.legs(legs)}", 2)
        for day, hours in wear.days(plan, fitting.wear):
            yield Row(day, hours)
        yield Said(" ".join(wear.notes(plan, fitting.wear)))
