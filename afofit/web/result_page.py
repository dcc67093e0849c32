"""One fitting as the result page shows it: rounded, in words, both legs side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from afofit.fitting.dimensions import DIMENSIONS, Dimension
from afofit.fitting.request import Patient
from afofit.fitting.result import DesignChoice, Fitting, LimbFitting, ShoeFit
from afofit.fitting.values import Finding, Side, Value
from afofit.web.entry import Typed
from afofit.web.form_page import FormPage
from afofit.web.working import Working, workings
from afofit.words import changes, choices, findings, numbers, shoes, wear
from afofit.words.reasons import reason
from afofit.words.sheet import CHOSEN_BY, GRADES, VERDICTS

ALIGNMENT = (
    "ankle_angle_deg",
    "shank_to_vertical_angle_deg",
    "shoe_pitch_deg",
    "base_length_mm",
    "heel_sole_differential_needed_mm",
    "heel_build_up_mm",
)
"""Dimensions of the alignment card: the two angles of ankle and shank first and always together."""
LABELS = {"shank_to_vertical_angle_deg": "Shank to vertical"}
NO_SHANK = "Shank to vertical is given for rigid braces only, and needs the heel-sole differential of the shoe."
PLACES = ("limbs.{side}", "clinical", "patient", "shoe", "prescription", "order")
BUTTONS = frozenset({"working", "apply", "paper", "units_answer"})
MOST_LINKS = 3
WHAT_TO_DO = "No brace is computed for this leg. Act on the finding first; what was entered stays in the form below."


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of one leg as people see it."""

    shown: str
    tolerance: str = ""
    estimated: bool = False
    outer: str = ""
    changed: tuple[str, ...] = ()
    """What the rule gave, who chose instead and when, and why; empty where nothing was changed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One dimension over the legs."""

    code: str
    name: str
    label: str
    grade: str
    cells: Mapping[Side, Cell | None]
    working: tuple[Working, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """Where in the form a finding leads."""

    target: str
    label: str


@dataclass(frozen=True, slots=True)
class Found:
    """One finding in words."""

    code: str
    severity: str
    title: str
    message: str
    source: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Design:
    """Design and footplate in words, who chose them and why."""

    words: str
    chosen: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CurrentShoeWords:
    """Whether the shoe worn now serves, in words."""

    verdict: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShoeWords:
    """The shoe for one foot in words."""

    lines: tuple[tuple[str, str], ...]
    without_brace: str
    features: tuple[str, ...]
    current: CurrentShoeWords | None


@dataclass(frozen=True, slots=True)
class LimbPage:
    """One leg of the result."""

    side: Side
    verdict: str
    verdict_words: str
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
    shank_note: str
    pair: str
    wear: tuple[WearPage, ...]
    grades: tuple[tuple[str, str], ...]
    working: Literal["all", "none"]
    typed: tuple[tuple[str, str], ...]
    protocol_name: str
    protocol_version: int
    engine_version: str
    computed_on: str

    @property
    def shoes(self) -> tuple[LimbPage, ...]:
        """The legs with something to say about the shoe."""
        return tuple(limb for limb in self.limbs if limb.shoe)

    @property
    def stopped_only(self) -> bool:
        """Whether nothing was computed at all."""
        return not self.rows and not self.shoes


def result_page(fitting: Fitting, page: FormPage, drawings: Mapping[Side, Markup]) -> ResultPage:
    """The result of a fitting, with links into the form that stands below it."""
    computed = tuple(side for side, limb in fitting.limbs.items() if limb.dimensions)
    brace = [one for one in DIMENSIONS if one.name not in ALIGNMENT]
    aligned = [one for name in ALIGNMENT for one in DIMENSIONS if one.name == name]
    alignment = _rows(fitting, computed, aligned)
    shank = any(row.name == "shank_to_vertical_angle_deg" for row in alignment)
    count = sum(len(limb.findings) for limb in fitting.limbs.values())
    return ResultPage(
        title=_title(tuple(fitting.limbs)),
        patient=_patient(fitting),
        reading=f"Read the {count} finding{'' if count == 1 else 's'} below before anything is made.",
        limbs=tuple(_limb(limb, side, page, drawings.get(side)) for side, limb in fitting.limbs.items()),
        computed=computed,
        rows=_rows(fitting, computed, brace),
        alignment=alignment,
        shank_note="" if shank or not alignment else NO_SHANK,
        pair=shoes.pair(fitting.pair.reason),
        wear=_wear(fitting),
        grades=tuple(GRADES.items()),
        working="all" if page.typed.get("working") == "all" else "none",
        typed=_typed(page.typed),
        protocol_name=fitting.protocol_name,
        protocol_version=fitting.protocol_version,
        engine_version=fitting.engine_version,
        computed_on=numbers.day(fitting.computed_on),
    )


def _title(sides: tuple[Side, ...]) -> str:
    return "Fitting for both legs" if len(sides) == 2 else f"Fitting for the {sides[0]} leg"


def _typed(typed: Typed) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in typed.items(multi=True) if name not in BUTTONS and value)


def _patient(fitting: Fitting) -> tuple[str, ...]:
    patient = fitting.request.patient
    diagnoses = {limb.clinical.diagnosis for limb in fitting.request.limbs.values()}
    height = (numbers.length(patient.height_mm),) if patient.height_mm else ()
    said = [
        patient.reference or patient.name or "No reference",
        patient.name if patient.reference and patient.name else "",
        _age(patient),
        ", ".join((*height, numbers.mass(patient.weight_kg))),
        *(choices.label("diagnosis", diagnosis) for diagnosis in sorted(filter(None, diagnoses))),
    ]
    return tuple(filter(None, said))


def _age(patient: Patient) -> str:
    """Sex and age: "Male, 46 years"; young children to a tenth of a year."""
    years = f"{numbers.plain(patient.age_years, 0 if patient.age_years >= 6 else 1)} years"
    return years if patient.sex == "unspecified" else f"{choices.label('sex', patient.sex)}, {years}"


def _rows(fitting: Fitting, computed: tuple[Side, ...], wanted: Iterable[Dimension]) -> tuple[Row, ...]:
    rows = (_row(one, {side: fitting.limbs[side] for side in computed}) for one in wanted)
    return tuple(row for row in rows if row)


def _row(dimension: Dimension, limbs: Mapping[Side, LimbFitting]) -> Row | None:
    values = {side: limb.dimensions.get(dimension.name) for side, limb in limbs.items()}
    given = {side: value for side, value in values.items() if value}
    if not given:
        return None
    worked_out = {side: _worked_out(limbs[side], value) for side, value in given.items()}
    return Row(
        code=dimension.code,
        name=dimension.name,
        label=LABELS.get(dimension.name, dimension.label),
        # Of two legs with different rules the weaker evidence is shown; the working names both.
        grade=max(value.source.grade for value in given.values()),
        cells={side: _cell(dimension, value, limbs[side]) if value else None for side, value in values.items()},
        working=workings(worked_out, {side: _shown(dimension, value) for side, value in worked_out.items()}),
    )


def _worked_out(limb: LimbFitting, value: Value) -> Value:
    """The value as the rule gave it, whose working is shown even where another was chosen."""
    one = limb.overridden.get(value.name)
    return one.computed if one else value


def _shown(dimension: Dimension, value: Value) -> str:
    return numbers.dimension(dimension.name, value.magnitude, dimension.unit)


def _cell(dimension: Dimension, value: Value, limb: LimbFitting) -> Cell:
    outer = limb.outer(dimension.name) if dimension.is_height else None
    tolerance = "" if value.tolerance is None else numbers.plain(value.tolerance, 1)
    return Cell(
        shown=_shown(dimension, value),
        tolerance=f"{tolerance}°" if tolerance and dimension.unit == "deg" else tolerance,
        estimated=value.estimated,
        outer="" if outer is None else numbers.length(outer),
        changed=_changed(limb, dimension),
    )


def _changed(limb: LimbFitting, dimension: Dimension) -> tuple[str, ...]:
    one = limb.overridden.get(dimension.name)
    return (changes.computed(one), changes.signed(one.override), one.override.reason) if one else ()


def _limb(limb: LimbFitting, side: Side, page: FormPage, drawing: Markup | None) -> LimbPage:
    return LimbPage(
        side=side,
        verdict=limb.verdict,
        verdict_words=VERDICTS[limb.verdict],
        what_to_do=WHAT_TO_DO,
        design=_design(limb.design),
        findings=tuple(_found(one, side, page) for one in limb.findings),
        shoe=_shoe(limb.shoe) if limb.shoe else None,
        drawing=drawing,
    )


def _design(choice: DesignChoice) -> Design:
    reasons = tuple(_sentence(reason(one)) for one in choice.reasons)
    if choice.code is None:
        return Design("No brace design.", "", reasons)
    design = choices.label("design", choice.code)
    plate = choices.label("footplate", choice.footplate).lower()
    line = f", line {choice.rule} of the decision" if choice.rule and choice.chosen_by == "engine" else ""
    return Design(f"{design}, {plate} footplate", f"{CHOSEN_BY[choice.chosen_by]}{line}", reasons)


def _sentence(text: str) -> str:
    text = f"{text[0].upper()}{text[1:]}"
    return text if text.endswith(".") else f"{text}."


def _found(finding: Finding, side: Side, page: FormPage) -> Found:
    return Found(
        code=finding.code,
        severity=finding.severity,
        title=findings.title(finding),
        message=findings.message(finding),
        source=f"{finding.source.text}. Evidence {finding.source.grade}.",
        links=tuple(_links(finding, side, page)),
    )


def _links(finding: Finding, side: Side, page: FormPage) -> Iterable[Link]:
    """Links to the first few fields that a finding is about."""
    entries = {entry.name: entry for entry in page.entries}
    for field in finding.about[:MOST_LINKS]:
        names = (f"{place.format(side=side)}.{field}" for place in PLACES)
        entry = next((entries[name] for name in names if name in entries), None)
        if entry:
            yield Link(entry.target, entry.label[0].lower() + entry.label[1:])


def _shoe(fit: ShoeFit) -> ShoeWords:
    sizes = fit.braced or fit.bare
    lines = [(f"{shoes.system(system)}", _size(fit, system, size)) for system, size in sizes.items()]
    lines += [(label, show(fit.values[name].magnitude)) for name, label, show in SHOE_LINES if name in fit.values]
    if fit.depth_class:
        lines.append(("Depth", shoes.depth(fit.depth_class)))
    without = ""
    if fit.braced:
        bare = ", ".join(
            f"{shoes.system(system)} {shoes.size_label(system, size)}" for system, size in fit.bare.items()
        )
        without = f"Without a brace: {bare}."
    current = fit.current
    return ShoeWords(
        lines=tuple(lines),
        without_brace=without,
        features=tuple(map(shoes.feature, fit.features)),
        current=CurrentShoeWords(CURRENT[current.fits], tuple(map(shoes.current_reason, current.reasons)))
        if current
        else None,
    )


CURRENT = {
    True: "The shoe worn now takes the brace.",
    False: "The shoe worn now does not take the brace.",
    None: "The shoe worn now cannot be judged.",
}
SHOE_LINES = (
    ("inside_length_mm", "Inside length to look for", numbers.length),
    ("length_increase_mm", "Longer than for the bare foot", numbers.length),
    ("width_in_brace_mm", "Width in the brace", numbers.length),
    ("extra_depth_mm", "Depth needed above ordinary", numbers.length),
    ("limb_raise_mm", "The brace raises the leg by", numbers.length),
    ("limb_raise_with_build_up_mm", "with the heel build-up", numbers.length),
)


def _size(fit: ShoeFit, system: str, size: float) -> str:
    """A size with its width letter where the scale has one."""
    label = shoes.size_label(system, size)
    width = fit.widths.get(system)
    return f"{label}, width {width.width}" if width else label


def _wear(fitting: Fitting) -> tuple[WearPage, ...]:
    sides: dict[str, list[str]] = {}
    for side, limb in fitting.limbs.items():
        if limb.wear_plan:
            sides.setdefault(limb.wear_plan, []).append(side)
    return tuple(
        WearPage(
            f"{wear.NAMES[plan]}, {' and '.join(legs)} leg{'s' if len(legs) > 1 else ''}",
            tuple(wear.days(plan, fitting.wear)),
            tuple(wear.notes(plan, fitting.wear)),
        )
        for plan, legs in sides.items()
    )
