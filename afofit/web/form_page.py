"""The whole form as it is shown: sections, postures and legs, filled with what was typed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from afofit.fitting.measurements import BY_NAME, REQUIRED_UNBRACED, Posture, required
from afofit.fitting.values import SIDES, Side
from afofit.fitting.vocabulary import (
    CLEARABLE_SIGNS,
    CLINICAL,
    LIMB,
    ORDER,
    PATIENT,
    PRESCRIPTION,
    SHOE,
    URGENT_SIGNS,
    Field,
)
from afofit.schemas.problems import Problem
from afofit.web.beside import set_beside
from afofit.web.entry import Entry, Typed, declared, identifier, measured, options
from afofit.web.remarks import Remarks
from afofit.words.choices import choice
from afofit.words.tongue import N_, _

LENGTH_UNITS = (("mm", "mm"), ("cm", "cm"), ("in", "in"))
MASS_UNITS = (("kg", "kg"), ("lb", "lb"))
LEGS = (("left", N_("left")), ("both", N_("both")), ("right", N_("right")))
DIFFER = "differ"
"""Name of what is shown because it was asked for: ``clinical.skin`` for a row by leg, or the part of the workshop."""
WORKSHOP = "workshop"
NOTHING: Mapping[str, str] = MappingProxyType({})
NO_REMARKS = Remarks()

LEG_WIDE = frozenset({"affected_sides"})
"""Clinical fields that speak of both legs at once and cannot differ on one."""
ORDER_BY_LEG = ORDER[tuple(field.name for field in ORDER).index("material") :]
"""What of an order can differ on one leg; who orders, and when, is one."""
SHOE_ONLY = frozenset({*REQUIRED_UNBRACED, "ball_length", "heel_width"})
"""What is shown for a leg without a brace: the lengths and widths of its shoe."""


@dataclass(frozen=True, slots=True)
class Step:
    """One posture: what is taken in it, down the limb, and what is rarely needed."""

    posture: Posture
    title: str
    note: str
    taken: tuple[str, ...]
    more: tuple[str, ...]
    caption: str


STEPS = (
    Step(
        "seated",
        "Seated",
        "hip and knee at 90°, foot flat on the board; rod, tape and caliper",
        (
            "fibular_head_height",
            "calf_circumference",
            "calf_circumference_height",
            "ankle_circumference",
            "malleolar_width",
            "medial_malleolus_tip_height",
        ),
        ("fibular_neck_height", "lateral_malleolus_apex_height", "navicular_height", "heel_instep_girth"),
        "The field you are in is drawn thick.",
    ),
    Step(
        "lying",
        "Knee straight, lying",
        "lying or long sitting; goniometer along shank and sole",
        ("dorsiflexion_knee_extended",),
        ("dorsiflexion_knee_flexed",),
        "Arms of the goniometer along the shank and the sole.",
    ),
    Step(
        "standing",
        "Standing",
        "equal weight on both feet, on the foot board",
        ("foot_length", "heel_width", "ball_length", "lateral_ball_length", "forefoot_width"),
        ("ball_girth", "toe_out"),
        "From above.",
    ),
)


@dataclass(frozen=True, slots=True)
class Posed:
    """One posture with its fields by leg."""

    step: Step
    taken: Mapping[Side, tuple[Entry, ...]]
    more: Mapping[Side, tuple[Entry, ...]]

    @property
    def more_open(self) -> bool:
        """Whether the optional fields must be seen: filled or in error."""
        return must_show(entry for entries in self.more.values() for entry in entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The measurements of this posture, as the drawing marks them."""
        return (*self.step.taken, *self.step.more)

    @property
    def problems(self) -> int:
        """How many fields of the posture are in error."""
        entries = [*self.taken.values(), *self.more.values()]
        return sum(bool(entry.problems) for column in entries for entry in column)


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs on one leg in a section: the rows that are filled or were asked for, by leg."""

    section: str
    entries: Mapping[Side, tuple[Entry, ...]]
    asked: tuple[str, ...]
    """The rows that were asked for, as the form carries them on."""
    others: tuple[tuple[str, str], ...]
    """The fields that can differ and are not shown, with their words."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the form is filled: of the fields that Compute needs, and how many filled ones are wrong."""

    entered: int
    needed: int
    wrong: int


def opened(typed: Typed) -> tuple[Typed, str]:
    """The form with the part that a button asked for shown, and where to go in it."""
    after: Typed = typed.copy()
    section = after.poplist("show")[0]
    if section in ("workshop", "order") and WORKSHOP not in after.getlist(DIFFER):
        after.add(DIFFER, WORKSHOP)
    rows = [name for name in after.getlist(DIFFER) if name.startswith(f"{section}.")]
    side = typed.get("legs") if typed.get("legs") in SIDES else SIDES[0]
    return after, "order" if section == "workshop" else f"limbs.{side}.{rows[-1]}" if rows else ""


def must_show(entries: Iterable[Entry]) -> bool:
    """Whether a closed part has to be open: something in it is filled or wrong."""
    return any(entry.filled or entry.problems for entry in entries)


class FormPage:
    """Everything the template of the form reads; entries stand in the order of the page."""

    def __init__(
        self,
        typed: Typed,
        problems: tuple[Problem, ...] = (),
        *,
        remarks: Remarks = NO_REMARKS,
        last: Mapping[str, str] = NOTHING,
        was: Mapping[str, Sequence[str]] = NOTHING,
        chart: Mapping[str, str] = NOTHING,
        focus: str = "",
    ) -> None:
        self.typed = typed
        self.sides: tuple[Side, ...] = tuple(side for side in SIDES if typed.get("legs", "both") in (side, "both"))
        self.sides = self.sides or SIDES
        self._filled = frozenset(name.rpartition(".")[0] for name, text in typed.items(multi=True) if text)
        self._build(typed)
        self.entries = tuple(self._all())
        # A second reading counts, so it is never hidden.
        self.two_readings = "two_readings" in typed or any(any(entry.again) for entry in self.entries if entry.measures)
        self.unplaced = self._place(problems)
        set_beside((column for posed in self.postures for column in (posed.taken, posed.more)), typed)
        for entry in self.entries:
            entry.echo = remarks.echoes.get(entry.name, "")
            entry.doubts = remarks.doubts.get(entry.name, ())
            entry.third = entry.name in remarks.thirds or bool(entry.again[1:] and entry.again[1])
            entry.last = last.get(entry.name, "")
            entry.chart = chart.get(entry.name, "")
            entry.was = entry.worded(was.get(entry.name, ()))
        self._focus(focus)

    def _focus(self, name: str) -> None:
        """Put the focus on a field, or on the first one of a part of the form."""
        wanted = (one for one in self.entries if name and (one.name == name or one.name.startswith(f"{name}.")))
        entry = next(wanted, None)
        if entry:
            entry.focused = True

    def _build(self, typed: Typed) -> None:
        self.units_length = self._switch("units.length", _("Lengths in"), LENGTH_UNITS)
        self.units_mass = self._switch("units.mass", _("Weight in"), MASS_UNITS)
        self.legs = self._switch("legs", _("Legs measured"), LEGS)
        signs, *clinical = (declared(field, "clinical", typed) for field in CLINICAL)
        self.urgent_signs = signs
        self.cleared = clearance("clinical", typed)
        self.patient = tuple(declared(field, "patient", typed) for field in PATIENT)
        self.clinical = tuple(clinical)
        self.limbs = {
            side: tuple(declared(field, f"limbs.{side}", typed, side=side) for field in LIMB) for side in self.sides
        }
        self.postures = tuple(self._posed(step) for step in STEPS)
        self.shoe = tuple(declared(field, "shoe", typed) for field in SHOE)
        self.prescription = tuple(declared(field, "prescription", typed) for field in PRESCRIPTION)
        self.order = tuple(declared(field, "order", typed) for field in ORDER if self._wanted("order", WORKSHOP))
        self.differing = {
            "clinical": self._differing("clinical", CLINICAL),
            "shoe": self._differing("shoe", SHOE),
            "prescription": self._differing("prescription", PRESCRIPTION),
            "order": self._differing("order", ORDER_BY_LEG),
        }

    def _switch(self, name: str, label: str, pairs: tuple[tuple[str, str], ...]) -> Entry:
        answers = options(name, ((code, _(text)) for code, text in pairs), self.typed.getlist(name))
        each = tuple(replace(one, id=f"{identifier(name)}-{place}") for place, one in enumerate(answers, start=1))
        return Entry(name=name, label=label, shape="radios", options=each)

    def _posed(self, step: Step) -> Posed:
        said = replace(step, title=_(step.title), note=_(step.note), caption=_(step.caption))
        return Posed(
            said,
            {side: tuple(self._measured(name, side) for name in step.taken) for side in self.sides},
            {side: tuple(self._measured(name, side) for name in step.more) for side in self.sides},
        )

    def _measured(self, name: str, side: Side) -> Entry:
        measurement = BY_NAME[name]
        design = self.typed.get(f"limbs.{side}.prescription.design") or self.typed.get("prescription.design")
        needed = measurement.required or (name == "medial_malleolus_tip_height" and design == "hinged")
        return measured(measurement, side, self.typed, required=needed, for_brace=name not in SHOE_ONLY)

    def _differing(self, section: str, fields: tuple[Field, ...]) -> Difference:
        # Urgent signs are asked once, first of all; a leg of its own is the rare case.
        fields = (*fields[1:], fields[0]) if section == "clinical" else fields
        asked = self.typed.getlist(DIFFER)
        shown: list[tuple[Entry, ...]] = []
        others = []
        for field in (one for one in fields if one.name not in LEG_WIDE):
            rows = list(zip(*(self._by_leg(field, section, side) for side in self.sides), strict=True))
            if f"{section}.{field.name}" in asked or any(entry.filled for row in rows for entry in row):
                shown += rows
            else:
                others.append((f"{section}.{field.name}", rows[0][0].label))
        columns = {side: tuple(row[place] for row in shown) for place, side in enumerate(self.sides) if shown}
        carried = tuple(name for name in asked if name.startswith(f"{section}."))
        return Difference(section, columns, carried, tuple(others))

    def _by_leg(self, field: Field, section: str, side: Side) -> tuple[Entry, ...]:
        """A field that differs on one leg; of the urgent signs also who cleared them."""
        path = f"limbs.{side}.{section}"
        entry = declared(field, path, self.typed, side=side, as_above=True)
        return (entry, *(clearance(path, self.typed, side) if field.name == "urgent_signs" else ()))

    def _wanted(self, path: str, part: str) -> bool:
        """Whether a part that is rarely needed is to be shown: it was asked for, or one of its fields is filled."""
        filled = any(name == path or name.startswith(f"{path}.") for name in self._filled)
        return filled or part in self.typed.getlist(DIFFER)

    def _all(self) -> Iterator[Entry]:
        yield from (self.units_length, self.units_mass, self.legs, self.urgent_signs)
        yield from (*self.cleared, *self.patient, *self.clinical)
        yield from self._by_side(self.differing["clinical"].entries)
        yield from self._by_side(self.limbs)
        for posed in self.postures:
            yield from self._by_side(posed.taken)
            yield from self._by_side(posed.more)
        yield from (*self.shoe, *self._by_side(self.differing["shoe"].entries))
        yield from (*self.prescription, *self._by_side(self.differing["prescription"].entries))
        yield from (*self.order, *self._by_side(self.differing["order"].entries))

    @staticmethod
    def _by_side(columns: Mapping[Side, tuple[Entry, ...]]) -> Iterator[Entry]:
        for entries in columns.values():
            yield from entries

    def _place(self, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
        """Give each problem to its field; those that belong to none are returned."""
        unplaced = []
        for problem in problems:
            owner = self.owner(problem)
            if owner is None:
                unplaced.append(problem)
            else:
                owner.problems = (*owner.problems, problem)
        return tuple(unplaced)

    def owner(self, problem: Problem) -> Entry | None:
        """The field of a problem, else the first one of the narrowest part of the form it speaks of."""
        owner = next((entry for entry in self.entries if entry.owns(problem)), None)
        part = problem.field
        while owner is None and part:
            owner = next((entry for entry in self.entries if entry.name.startswith(f"{part}.")), None)
            part = part.rpartition(".")[0]
        return owner

    @property
    def drawn_side(self) -> Side:
        """The leg that the drawings show: the one measured, of both the right."""
        return self.sides[0] if len(self.sides) == 1 else "right"

    @property
    def summary(self) -> tuple[tuple[Entry | None, Problem], ...]:
        """All problems in page order with the field each leads to."""
        placed = [(entry, problem) for entry in self.entries for problem in entry.problems]
        return (*((None, problem) for problem in self.unplaced), *placed)

    @property
    def cleared_open(self) -> bool:
        """Whether the clearing of signs must be seen."""
        signs = self.typed.getlist("clinical.urgent_signs")
        return must_show(self.cleared) or any(sign in signs for sign in CLEARABLE_SIGNS)

    def entered(self, unit: str, asked: bool) -> str:
        """The unit in which the lengths or masses on the page were typed; empty while there are none.

        While the question about a switch stands, that is the unit before the switch.
        """
        if asked:
            return self.typed.get("entered_in_mass" if unit == "mass" else "entered_in", "")
        typed_in = self.typed.get(f"units.{unit}", "")
        return typed_in if any(entry.unit == unit and entry.filled for entry in self.entries) else ""

    @property
    def prescription_open(self) -> bool:
        """Whether the rarer fields of the prescription must be seen."""
        return must_show(entry for entry in self.prescription[3:])

    @property
    def progress(self) -> Progress:
        """How many of the fields that Compute needs are filled, and how many filled ones are to be corrected."""
        by_name = {entry.name: entry for entry in self.entries}
        filled = {name for name, entry in by_name.items() if entry.filled}
        choices = [{one} for one in ("units.length", "units.mass", "legs", "patient.weight")]
        choices.append({"patient.age_years", "patient.birth_date"})
        for side in self.sides:
            braced = self.typed.get(f"limbs.{side}.braced") != "false"
            choices += [{f"limbs.{side}.{name}"} for name in required(braced=braced) if name != "fibular_head_height"]
            if braced:
                choices.append({f"limbs.{side}.{name}" for name in ("fibular_head_height", "fibular_neck_height")})
        wrong = sum(any(one.received is not None for one in entry.problems) for entry in self.entries)
        return Progress(sum(not filled.isdisjoint(names) for names in choices), len(choices), wrong)

    @property
    def focused(self) -> bool:
        """Whether one field has the focus instead of the summary."""
        return any(entry.focused for entry in self.entries)

    def trouble(self, entries: Iterable[Entry]) -> int:
        """How many of these fields are in error."""
        return sum(bool(entry.problems) for entry in entries)


def clearance(path: str, typed: Typed, side: Side | None = None) -> tuple[Entry, ...]:
    """Who cleared an urgent sign and when: three fields for each sign that can be cleared."""
    words = {sign: choice("urgent_signs", text) for sign, text in URGENT_SIGNS}
    entries = []
    for sign in CLEARABLE_SIGNS:
        for part, label in (("by", N_("cleared by")), ("date", N_("on")), ("note", N_("note"))):
            name = f"{path}.cleared.{sign}.{part}"
            entries.append(
                Entry(
                    name=name,
                    label=f"{words[sign]}: {_(label)}",
                    shape="date" if part == "date" else "text",
                    text=typed.get(name, ""),
                    optional=part == "note",
                    side=side,
                )
            )
    return tuple(entries)
