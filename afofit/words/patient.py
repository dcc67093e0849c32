"""The patient sheet as content: what is said to this person, in this language, without a look.

The paper sheet and the page on the phone are both painted from it. It holds the words, the wear plan and the
shoe to buy; never a dimension of the brace.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.shoe_fit import LADDERS
from afofit.fitting.values import SIDES, Side
from afofit.words import numbers, patient_en, patient_es, shoes
from afofit.words.patient_wear import Words, day_by_day, times

Language = Literal["en", "es"]
LANGUAGES: dict[Language, Words] = {"en": patient_en.WORDS, "es": patient_es.WORDS}
CARER_READS_BEFORE_YEARS = 12
"""Below this age the sheet speaks of the child, since an adult reads it."""
DRIVES_FROM_YEARS = 14
"""The lowest age at which some places let a person drive."""
SAID_ABOVE_THE_CARD = frozenset({"same_heel_height", "never_barefoot"})
LOOKERS = ("nobody", "carer", "self")
"""Who looks at the skin, the one that asks for most first."""


class NothingToRelease(ValueError):
    """There is no brace to advise on: a finding stops it, or no design was chosen."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The clinic; what is empty is left to be written in by hand."""

    name: str = ""
    phone: str = ""
    address: str = ""

    @property
    def known(self) -> bool:
        """Whether anything is filled in."""
        return any((self.name.strip(), self.phone.strip(), self.address.strip()))

    @property
    def phone_link(self) -> str:
        """The number as a phone dials it, or nothing where there is no number."""
        digits = re.sub(r"[^\d+]", "", self.phone)
        return f"tel:{digits}" if len(digits) > 2 else ""


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what belongs to it; an empty text is a line to write on."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with what stands below it, in this order: paragraphs, rows, points, last words, parts."""

    code: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    bullets: tuple[str, ...] = ()
    numbered: bool = False
    closing: tuple[str, ...] = ()
    parts: "tuple[Section, ...]" = ()

    @property
    def prose(self) -> list[str]:
        """Everything that is read as sentences, rows left out; the measure of how hard it is to read."""
        own = [self.heading, *self.paragraphs, *self.bullets, *self.closing]
        return own + [text for part in self.parts for text in part.prose]


@dataclass(frozen=True, slots=True)
class PatientContent:
    """A whole sheet. The first two sections are the dangers; ``labels`` are the words around the sections."""

    language: Language
    title: str
    legs: str
    who: str
    made: str
    sections: tuple[Section, ...]
    contact: Contact
    labels: dict[str, str]

    def state(self, approved_by: str | None) -> str:
        """Who checked it, or that it is a sample."""
        return self.labels["checked"].format(name=approved_by) if approved_by else self.labels["sample"]


@dataclass(frozen=True, slots=True)
class _Case:
    """What decides on the words."""

    fitting: Fitting
    braced: dict[Side, LimbFitting]
    words: Words

    @property
    def age_years(self) -> float:
        return self.fitting.request.patient.age_years

    @property
    def insensate(self) -> bool:
        return any(limb.limb.clinical.insensate for limb in self.braced.values())

    @property
    def slow(self) -> bool:
        return any(limb.wear_plan == "slow" for limb in self.braced.values())

    @property
    def looks(self) -> str | None:
        told = {limb.limb.clinical.self_check for limb in self.braced.values()}
        return next((who for who in LOOKERS if who in told), None)

    def section(self, code: str, *names: str, **more: object) -> Section:
        """A section whose points are the named sentences."""
        words = self.words[code]
        return Section(code, words["heading"], bullets=tuple(words[name] for name in names), **more)  # type: ignore[arg-type]

    def limits(self, text: str) -> str:
        """A sentence with the minutes after which a mark counts."""
        return text.format(call=self.fitting.wear.call_after_min, stop=self.fitting.wear.stop_after_min)

    def date(self, day: date) -> str:
        return self.words["page"]["date"].format(day=day.day, month=self.words["months"][str(day.month)], year=day.year)


def labels(language: Language) -> dict[str, str]:
    """The words around the sections of a sheet."""
    return LANGUAGES[language]["page"]


def content(fitting: Fitting, language: Language, *, contact: Contact | None = None) -> PatientContent:
    """What the sheet of this person says.

    ``contact`` is the clinic's own; a facility named in the order details stands before its name.
    Raises NothingToRelease if a finding stops a leg, or a leg to be braced has no design.
    """
    case = _Case(fitting, _releasable(fitting), LANGUAGES[language])
    words, patient = case.words, fitting.request.patient
    page = words["page"]
    clinic = _clinic(fitting, contact or Contact())
    which = page["both" if len(case.braced) > 1 else next(iter(case.braced))]
    title = page["title_child" if case.age_years < CARER_READS_BEFORE_YEARS else "title"]
    name = patient.name or patient.reference
    return PatientContent(
        language=language,
        title=f"{title}, {which}",
        legs=which,
        who=page["for"].format(name=name) if name else "",
        made=page["made"].format(date=case.date(fitting.computed_on)),
        sections=(
            _stop_and_call(case),
            _emergency(case),
            _contact(case, clinic),
            _wear(case),
            _skin(case),
            _put_on(case),
            _shoes(case),
            _safe(case),
            case.section("care", "wipe", "dry", "soak", "heat", "week", "change"),
            _follow_up(case),
        ),
        contact=clinic,
        labels=page,
    )


def _clinic(fitting: Fitting, own: Contact) -> Contact:
    named = (fitting.request.limbs[side].order.facility for side in SIDES if side in fitting.request.limbs)
    return replace(own, name=next((name for name in named if name and name.strip()), own.name))


def _releasable(fitting: Fitting) -> dict[Side, LimbFitting]:
    for side in SIDES:
        limb = fitting.limbs.get(side)
        if limb is None:
            continue
        if limb.verdict == "stop":
            raise NothingToRelease(f"There is no patient sheet: a finding stops the {side} leg.")
        if limb.limb.braced and limb.design.code is None:
            raise NothingToRelease(f"There is no patient sheet: no brace was chosen for the {side} leg.")
    braced = {side: fitting.limbs[side] for side in SIDES if side in fitting.limbs and fitting.limbs[side].limb.braced}
    if not braced:
        raise NothingToRelease("There is no patient sheet: no leg is braced.")
    return braced


def _stop_and_call(case: _Case) -> Section:
    words = case.words["stop_and_call"]
    names = ("mark", "wound", "toes", "numb", "swelling", "pain", "crack")
    points = tuple(case.limits(words[name]) for name in names)
    return Section("stop_and_call", words["heading"], bullets=points, closing=(words["lead"],))


def _emergency(case: _Case) -> Section:
    closing = (case.words["emergency"]["lead"],)
    return case.section("emergency", "hot", "calf", "breath", "saddle", "bladder", "weak", closing=closing)


def _wear(case: _Case) -> Section:
    """One plan where both legs have the same, else a plan for each leg."""
    words = case.words["wear"]
    plans = {side: limb.wear_plan for side, limb in case.braced.items() if limb.wear_plan}
    closing = [words["next"]]
    if case.slow:
        closing.append(case.limits(words["hold"]))
    closing.append(words["change"])
    if len(set(plans.values())) == 1:
        plan = next(iter(plans.values()))
        rows = _plan(case, plan)
        return Section("wear", words["heading"], (words[plan],), rows, closing=tuple(closing))
    parts = tuple(
        Section("plan", case.words["page"][f"{side}_part"], (words[plan],), _plan(case, plan))
        for side, plan in plans.items()
    )
    return Section("wear", words["heading"], closing=tuple(closing), parts=parts)


def _plan(case: _Case, plan: str) -> tuple[Row, ...]:
    return tuple(Row(label, text) for label, text in day_by_day(case.words, case.fitting.wear.plans[plan]))


def _skin(case: _Case) -> Section:
    words = case.words["skin"]
    checks = 1
    if case.slow:
        checks = max(step.checks_each_wear for step in case.fitting.wear.plans["slow"])
    often = words["often"].format(times=times(case.words, checks)) if checks > 1 else words["every"]
    points = [often, words["where"], words["look"], words["feel"]]
    points += [case.limits(words[name]) for name in ("gone", "call", "stop")]
    return Section("skin", words["heading"], _eyes(case), bullets=tuple(points))


def _eyes(case: _Case) -> tuple[str, ...]:
    """Whose eyes look at the skin; without feeling they stand in for pain."""
    names = ["eyes"] if case.insensate else []
    if case.looks in ("nobody", "carer"):
        names.append(case.looks)
    elif case.insensate and case.looks is None:
        names.append("ask")
    if case.looks in ("self", None):
        names.append("mirror")
    return tuple(case.words["skin"][name] for name in names)


def _put_on(case: _Case) -> Section:
    words = case.words["put_on"]
    ankle_strap = any("instep_strap_angle_deg" in limb.dimensions for limb in case.braced.values())
    straps = ("ankle_strap", "other_straps") if ankle_strap else ("straps",)
    steps = Section(
        "steps",
        words["steps"],
        bullets=tuple(words[name] for name in ("sit", "heel", *straps, "shoe", "stand")),
        numbered=True,
    )
    return case.section("put_on", "sock", "longer", "seam", "damp", parts=(steps,))


def _shoes(case: _Case) -> Section:
    words = case.words["shoes"]
    paragraphs = [words[name] for name in ("take", "try", "inside", "heel", "barefoot")]
    pair = {
        "split": "split",
        "one_pair": "one_pair",
        "one_foot_measured": "one_foot",
        "partial_foot": "partial",
    }.get(case.fitting.pair.reason.code)
    cards = _cards(case)
    # A single card for two like feet already says that one pair serves both.
    if pair is not None and not (pair == "one_pair" and len(cards) == 1):
        paragraphs.append(words[pair])
    wanted = {side: _features(case, limb) for side, limb in case.braced.items()}
    if len(set(wanted.values())) == 1:
        heading = words["other_features" if len(wanted) > 1 else "features"]
        features = [Section("features", heading, bullets=next(iter(wanted.values())))]
    else:
        features = [
            Section("features", f"{words['features']} {case.words['page'][f'{side}_part']}", bullets=points)
            for side, points in wanted.items()
        ]
    shown = tuple(section for section in (*cards, *features) if section.bullets or section.rows or section.paragraphs)
    return Section("shoes", words["heading"], bullets=tuple(paragraphs), parts=shown)


def _cards(case: _Case) -> tuple[Section, ...]:
    """A card for each foot that was measured; one card where both are the same."""
    words = case.words["shoes"]
    rows = {side: _shoe_rows(case, case.fitting.limbs[side]) for side in SIDES if side in case.fitting.limbs}
    if len(case.braced) == 2 and len(set(rows.values())) == 1:
        return (_card(case, words["card_both"], next(iter(rows.values()))),)
    cards = []
    for side, own in rows.items():
        name = words[f"card_{side}"]
        heading = name if side in case.braced else words["no_brace"].format(card=name)
        cards.append(_card(case, heading, own))
    return tuple(cards)


def _card(case: _Case, heading: str, rows: tuple[Row, ...]) -> Section:
    return Section("shoe_card", heading, () if rows else (case.words["shoes"]["no_size"],), rows)


def _shoe_rows(case: _Case, limb: LimbFitting) -> tuple[Row, ...]:
    """Sizes by system, widths, inside length and depth; nothing where the size over the brace is unknown."""
    fit, words = limb.shoe, case.words
    sizes = {} if fit is None else fit.braced if limb.limb.braced else fit.bare
    if fit is None or not sizes:
        return ()
    shoe = words["shoes"]
    rows = [
        Row(shoe["size"].format(system=words["systems"][system]), _localised(case, shoes.size_label(system, size)))
        for system, size in sizes.items()
    ]
    for scale, width in fit.widths.items():
        place = dict(LADDERS[scale]).get(width.width)
        meaning = words["widths"]["custom" if place is None else str(place)]
        text = meaning if place is None else f"{width.width} ({meaning})"
        rows.append(Row(shoe["width"].format(system=words["systems"][scale]), text))
    inside = fit.values.get("inside_length_mm")
    if inside is not None:
        rows.append(Row(shoe["inside_length"], numbers.length(inside.magnitude)))
    if fit.depth_class is not None:
        rows.append(Row(shoe["depth"], words["depths"][fit.depth_class]))
    return tuple(rows)


def _localised(case: _Case, number: str) -> str:
    return number.replace(".", case.words["page"]["decimal"])


def _features(case: _Case, limb: LimbFitting) -> tuple[str, ...]:
    wanted = limb.shoe.features if limb.shoe else ()
    return tuple(case.words["features"][code] for code in wanted if code not in SAID_ABOVE_THE_CARD)


def _safe(case: _Case) -> Section:
    names = ["stairs", "wet", "shoe"]
    if case.age_years >= DRIVES_FROM_YEARS:
        names.append("drive_right" if "right" in case.braced else "drive_left")
    return case.section("safe", *names)


def _follow_up(case: _Case) -> Section:
    words = case.words["follow_up"]
    points = [words["phone"]] if case.slow else []
    points.append(words["first"])
    days = [day for limb in case.braced.values() for day in _growth_days(limb)]
    if days:
        points += [words["second"], words["child"].format(date=case.date(min(days))), words["child_sooner"]]
    else:
        points += [words["second"], words["then"]]
    points.append(words["bring"])
    if case.fitting.request.patient.is_child:
        points.append(words["school"])
    return Section("follow_up", words["heading"], bullets=tuple(points))


def _growth_days(limb: LimbFitting) -> list[date]:
    facts = [finding.facts.get("on") for finding in limb.findings if finding.code == "growth"]
    return [day for day in facts if isinstance(day, date)]


def _contact(case: _Case, contact: Contact) -> Section:
    words = case.words["contact"]
    given = {"name": contact.name, "phone": contact.phone, "address": contact.address, "next_visit": ""}
    rows = tuple(Row(words[name], text.strip()) for name, text in given.items())
    return Section("contact", words["heading"], rows=rows)
