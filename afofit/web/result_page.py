"""One fitting as the result page shows it: rounded, in words, both legs side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import Finding, Side
from afofit.summary import as_text
from afofit.web.alignment_part import LegStances, leg_stances
from afofit.web.entry import Typed
from afofit.web.form_page import FormPage
from afofit.web.result_rows import SHANK, Row, alignment_rows, brace_rows, computed_sides, derived_rows
from afofit.web.stock_part import StockPart, stock_part
from afofit.words import choices, findings, numbers, shoes, wear
from afofit.words.ages import lived
from afofit.words.designs import Design, designed
from afofit.words.note import Standing
from afofit.words.sheet import GRADES, VERDICTS
from afofit.words.shoe_lines import ShoeWords, shoe_words
from afofit.words.stops import whom_to_call
from afofit.words.tongue import N_, _, ngettext

NO_SHANK = N_("Shank to vertical is given for rigid braces only, and needs the heel-sole differential of the shoe.")
PLACES = ("limbs.{side}", "clinical", "patient", "shoe", "prescription", "order")
CHANGE = "change"
"""Name of the buttons that bring the filled form back; the value is the field to go to."""
BUTTONS = frozenset(
    {CHANGE, "working", "note", "apply", "paper", "lang", "size", "attach", "units_answer", "compare", "csrf_token"}
)
MOST_LINKS = 3
WHAT_TO_DO = N_("No brace is computed for this leg. Act on the finding first; nothing that was entered is lost.")


@dataclass(frozen=True, slots=True)
class Link:
    """Where in the form a finding leads: the id of the control, its words, and the field's name."""

    target: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in words."""

    code: str
    severity: str
    title: str
    message: str
    source: str
    links: tuple[Link, ...]
    call: str
    """Who to call about a finding that stops."""


@dataclass(frozen=True, slots=True)
class LimbPage:
    """One leg of the result."""

    side: Side
    verdict: str
    verdict_words: str
    braced: bool
    what_to_do: str
    design: Design | None
    findings: tuple[Found, ...]
    shoe: ShoeWords | None
    drawing: Markup | None


@dataclass(frozen=True, slots=True)
class WearPage:
    """One wear plan day by day, for the legs that follow it."""

    title: str
    days: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """Everything the template of the result reads."""

    title: str
    patient: tuple[str, ...]
    reading: str
    limbs: tuple[LimbPage, ...]
    computed: tuple[Side, ...]
    rows: tuple[Row, ...]
    alignment: tuple[Row, ...]
    derived: tuple[Row, ...]
    stances: tuple[LegStances, ...]
    shank_note: str
    pair: str
    stock: StockPart | None
    """Ready-made braces; None where no leg was held against any."""
    wear: tuple[WearPage, ...]
    grades: tuple[tuple[str, str], ...]
    working: Literal["all", "none"]
    typed: tuple[tuple[str, str], ...]
    protocol_name: str
    protocol_version: int
    engine_version: str
    computed_on: str
    note: str
    """The summary for the note of a chart, where it was asked for."""

    @property
    def shoes(self) -> tuple[LimbPage, ...]:
        """The legs with something to say about the shoe."""
        return tuple(limb for limb in self.limbs if limb.shoe)

    @property
    def stopped_only(self) -> bool:
        """Whether nothing was computed at all."""
        return not self.rows and not self.shoes

    @property
    def comparable(self) -> bool:
        """Whether another design could be looked at: some braced leg is not stopped."""
        return any(limb.braced and limb.verdict != "stop" for limb in self.limbs)


def result_page(
    fitting: Fitting, page: FormPage, drawings: Mapping[Side, Markup], standing: Standing | None = None
) -> ResultPage:
    """The result of a fitting, with ways into the form that it came from; ``standing`` of one that is stored."""
    alignment = alignment_rows(fitting)
    shank = any(row.name == SHANK and any(row.cells.values()) for row in alignment)
    return ResultPage(
        title=_title(tuple(fitting.limbs)),
        patient=_patient(fitting),
        reading=_reading(sum(len(limb.findings) for limb in fitting.limbs.values())),
        limbs=tuple(_limb(limb, side, page, drawings.get(side)) for side, limb in fitting.limbs.items()),
        computed=computed_sides(fitting),
        rows=brace_rows(fitting),
        alignment=alignment,
        derived=derived_rows(fitting),
        stances=leg_stances(fitting),
        shank_note="" if shank or not alignment else _(NO_SHANK),
        pair=shoes.pair(fitting.pair.reason),
        stock=stock_part(fitting),
        wear=_wear(fitting),
        grades=tuple((grade, _(words)) for grade, words in GRADES.items()),
        working="all" if page.typed.get("working") == "all" else "none",
        typed=posted_again(page.typed),
        protocol_name=fitting.protocol_name,
        protocol_version=fitting.protocol_version,
        engine_version=fitting.engine_version,
        computed_on=numbers.day(fitting.computed_on),
        note=as_text(fitting, standing) if page.typed.get("note") == "shown" else "",
    )


TITLES = {"left": N_("Fitting for the left leg"), "right": N_("Fitting for the right leg")}


def _title(sides: tuple[Side, ...]) -> str:
    return _("Fitting for both legs") if len(sides) == 2 else _(TITLES[sides[0]])


def _reading(count: int) -> str:
    said = ngettext(
        "Read the finding below before anything is made.",
        "Read the {count} findings below before anything is made.",
        count,
    )
    return said.format(count=count)


def posted_again(typed: Typed) -> tuple[tuple[str, str], ...]:
    """What was typed, without the buttons, for forms that post it again."""
    return tuple((name, value) for name, value in typed.items(multi=True) if name not in BUTTONS and value)


def _patient(fitting: Fitting) -> tuple[str, ...]:
    patient = fitting.request.patient
    diagnoses = {limb.clinical.diagnosis for limb in fitting.request.limbs.values()}
    height = (numbers.length(patient.height_mm),) if patient.height_mm else ()
    said = [
        patient.reference or patient.name or _("No reference"),
        patient.name if patient.reference and patient.name else "",
        lived(patient),
        ", ".join((*height, numbers.mass(patient.weight_kg))),
        *(choices.label("diagnosis", diagnosis) for diagnosis in sorted(filter(None, diagnoses))),
    ]
    return tuple(filter(None, said))


def _limb(limb: LimbFitting, side: Side, page: FormPage, drawing: Markup | None) -> LimbPage:
    return LimbPage(
        side=side,
        verdict=limb.verdict,
        verdict_words=_(VERDICTS[limb.verdict]),
        braced=limb.limb.braced,
        what_to_do=_(WHAT_TO_DO),
        design=designed(limb.design),
        findings=tuple(_found(one, side, page) for one in limb.findings),
        shoe=shoe_words(limb.shoe) if limb.shoe else None,
        drawing=drawing,
    )


def _found(finding: Finding, side: Side, page: FormPage) -> Found:
    return Found(
        code=finding.code,
        severity=finding.severity,
        title=findings.title(finding),
        message=findings.message(finding),
        source=_("{source}. Evidence {grade}.").format(source=_(finding.source.text), grade=finding.source.grade),
        links=tuple(_links(finding, side, page)),
        call=whom_to_call(finding),
    )


def _links(finding: Finding, side: Side, page: FormPage) -> Iterable[Link]:
    """Links to the first few fields that a finding is about."""
    entries = {entry.name: entry for entry in page.entries}
    for field in finding.about[:MOST_LINKS]:
        names = (f"{place.format(side=side)}.{field}" for place in PLACES)
        entry = next((entries[name] for name in names if name in entries), None)
        if entry:
            yield Link(entry.target, entry.label[0].lower() + entry.label[1:], entry.name)


LEGS = {"left": N_("left leg"), "right": N_("right leg")}


def _wear(fitting: Fitting) -> tuple[WearPage, ...]:
    sides: dict[str, list[str]] = {}
    for side, limb in fitting.limbs.items():
        if limb.wear_plan:
            sides.setdefault(limb.wear_plan, []).append(side)
    return tuple(
        WearPage(
            f"{_(wear.NAMES[plan])}, {_('both legs') if len(legs) > 1 else _(LEGS[legs[0]])}",
            tuple(wear.days(plan, fitting.wear)),
            tuple(wear.notes(plan, fitting.wear)),
        )
        for plan, legs in sides.items()
    )
