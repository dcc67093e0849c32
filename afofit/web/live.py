"""The live check: what can be said of a form while it is being filled. Nothing of it is stored.

Each leg is read alone where the whole request is refused, so that one bad field blocks its leg only; what is wrong
with the patient or with what holds for both legs blocks both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, cast

from flask import render_template
from markupsafe import Markup

from afofit import rules as clinic_rules
from afofit import svg
from afofit.access import store, visitor
from afofit.fitting.dimensions import BY_NAME, Dimension
from afofit.fitting.drawing import drawable
from afofit.fitting.plan import fit
from afofit.fitting.request import Request
from afofit.fitting.result import LimbFitting, Verdict
from afofit.fitting.values import SIDES, Side
from afofit.rules import Rules
from afofit.schemas.form import Asked, Form, read
from afofit.schemas.problems import Problem
from afofit.schemas.request import examine
from afofit.web import confirm
from afofit.web.entry import Entry, Typed
from afofit.web.form_page import FormPage, Progress
from afofit.web.remarks import remarks
from afofit.words import choices, findings, numbers, stock
from afofit.words.sheet import VERDICTS
from afofit.words.tongue import N_, _, ngettext

State = Literal["waiting"] | Verdict
FIRST = (
    "proximal_trim_height_mm",
    "calf_shell_girth_mm",
    "malleolar_inner_width_mm",
    "leaf_width_mm",
    "footplate_length_medial_mm",
    "footplate_width_mm",
    "shell_thickness_mm",
    "ankle_angle_deg",
)
"""The dimensions that the preview shows; all of them come with Compute."""
MOST_LINKS = 4
NAMES: Mapping[Side, str] = {"left": N_("Left leg"), "right": N_("Right leg")}
COUNTED = ("stop", "caution")


@dataclass(frozen=True, slots=True)
class Link:
    """A field to go to."""

    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Needed:
    """What a leg waits for: fields that are empty and fields that are wrong, and how many more there are."""

    missing: tuple[Link, ...] = ()
    wrong: tuple[Link, ...] = ()
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing or self.wrong)


@dataclass(frozen=True, slots=True)
class Said:
    """One finding in words."""

    severity: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Number:
    """One dimension as people see it."""

    label: str
    shown: str
    tolerance: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One leg as the preview shows it."""

    side: Side
    name: str
    state: State
    state_words: str
    needed: Needed = Needed()
    design: str = ""
    findings: tuple[Said, ...] = ()
    numbers: tuple[Number, ...] = ()
    count: int = 0
    """How many dimensions there are in all."""
    ready_made: tuple[tuple[str, str], ...] = ()
    """Ready-made braces that may fit: which, and in which size."""
    drawing: Markup | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """All that a live check answers."""

    legs: tuple[Leg, ...]
    common: Needed
    """What both legs wait for."""
    status: str
    progress: Progress
    fields: tuple[Entry, ...]
    """The filled fields with something to be said beside them, and those beside which the other leg stands."""


def preview(typed: Typed, by: str, rules: Rules | None = None) -> str:
    """The fragment of the page that answers what was typed; ``by`` is who confirms a value, where that is known."""
    if confirm.BUTTON in typed:
        typed, _name = confirm.confirmed(typed, typed[confirm.BUTTON], by)
    return render_template("live.html", live=look(typed, rules))


def rules_of(typed: Typed) -> Rules | None:
    """What the form will be computed with: a form that is kept, with protocol and size charts of its clinic."""
    who = visitor()
    if who is None or "clinic" not in typed:
        return None
    with store().reading(who) as desk:
        return clinic_rules.current(desk)


def look(typed: Typed, rules: Rules | None = None) -> Preview:
    """What can be said of a form at this moment."""
    protocol, charts = (rules.protocol, rules.charts) if rules else (None, None)
    today = date.today()
    asked = read(cast(Form, typed), today=today)
    page = FormPage(typed, asked.problems, remarks=remarks(asked, typed, protocol))
    fitted: Mapping[Side, LimbFitting] = {}
    request = _sound(asked, today)
    if request is not None:
        fitted = fit(request, today=today, protocol=protocol, charts=charts).limbs
    chosen = typed.get("legs", "")
    sides = tuple(side for side in SIDES if chosen in (side, "both"))
    legs = tuple(_fitted(fitted[side]) if side in fitted else _waiting(side, asked, page) for side in sides)
    common = _needed((one for one in asked.problems if one.path[:1] != ("limbs",)), page)
    return Preview(
        legs=legs,
        common=common,
        status=_status(legs, common),
        progress=page.progress,
        fields=tuple(entry for entry in page.entries if entry.other or (entry.said and not entry.lacking)),
    )


def _sound(asked: Asked, today: date) -> Request | None:
    """The request of every leg that stands by itself; None where none does."""
    if asked.request is not None:
        return asked.request
    limbs = asked.document["limbs"]
    alone = [_alone(asked, side, today) for side in limbs] if len(limbs) > 1 else []
    sound = [request for request in alone if request is not None]
    if not sound:
        return None
    return replace(sound[0], limbs={side: limb for request in sound for side, limb in request.limbs.items()})


def _alone(asked: Asked, side: Side, today: date) -> Request | None:
    """The request of one leg, held to every check as if the other leg had not been measured."""
    if any(one.path[:1] != ("limbs",) or one.path[1:2] == (side,) for one in asked.unread):
        return None
    return examine({**asked.document, "limbs": {side: asked.document["limbs"][side]}}, today=today).request


def _waiting(side: Side, asked: Asked, page: FormPage) -> Leg:
    own = [one for one in asked.problems if one.path[:2] == ("limbs", side)]
    return Leg(side=side, name=_(NAMES[side]), state="waiting", state_words=_("Waiting"), needed=_needed(own, page))


def _needed(problems: Iterable[Problem], page: FormPage) -> Needed:
    missing: dict[str, Link] = {}
    wrong: dict[str, Link] = {}
    for problem in problems:
        entry = page.owner(problem)
        if entry is not None:
            into = missing if problem.received is None else wrong
            into[entry.target] = Link(entry.target, entry.label[0].lower() + entry.label[1:])
    shown = tuple(missing.values())[:MOST_LINKS]
    return Needed(shown, tuple(wrong.values())[:MOST_LINKS], max(len(missing) - MOST_LINKS, 0))


def _fitted(limb: LimbFitting) -> Leg:
    side = limb.limb.side
    shown = [(BY_NAME[name], limb) for name in FIRST if name in limb.dimensions]
    return Leg(
        side=side,
        name=_(NAMES[side]),
        state=limb.verdict,
        state_words=_(VERDICTS[limb.verdict]),
        design=choices.label("design", limb.design.code) if limb.design.code else "",
        findings=tuple(Said(one.severity, findings.title(one), findings.message(one)) for one in limb.findings),
        numbers=tuple(_number(*one) for one in shown),
        count=len(limb.dimensions),
        ready_made=tuple((one.product, one.sizes) for one in stock.told(limb.stock) if one.fits),
        drawing=Markup(svg.fitting(limb, "lateral")) if drawable(limb) else None,
    )


def _number(dimension: Dimension, limb: LimbFitting) -> Number:
    value = limb.dimensions[dimension.name]
    tolerance = "" if value.tolerance is None else f"± {numbers.plain(value.tolerance, 1)}"
    return Number(
        label=_(dimension.label),
        shown=numbers.dimension(dimension.name, value.magnitude, dimension.unit),
        tolerance=f"{tolerance}°" if tolerance and dimension.unit == "deg" else tolerance,
        grade=value.source.grade,
    )


def _status(legs: Sequence[Leg], common: Needed) -> str:
    """One line to be spoken: "Right leg: review, 1 caution"."""
    if not legs:
        return _("Waiting for the first entries")
    return ". ".join(f"{leg.name}: {_of_leg(leg, common)}" for leg in legs)


def _of_leg(leg: Leg, common: Needed) -> str:
    if leg.state != "waiting":
        cautions = sum(one.severity in COUNTED for one in leg.findings)
        counted = ngettext("{count} caution", "{count} cautions", cautions).format(count=cautions)
        return f"{leg.state_words.lower()}, {counted}" if leg.state == "review" else leg.state_words.lower()
    wrong = len({*leg.needed.wrong, *common.wrong})
    if wrong:
        return _("waiting, {count} to correct").format(count=wrong)
    missing = len(leg.needed.missing) + leg.needed.more + len(common.missing) + common.more
    return _("waiting, {count} missing").format(count=missing)
