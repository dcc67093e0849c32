"""Designs side by side: one column for each design of a leg, every cell that differs marked in words."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from afofit.fitting.compare import Compared
from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.result import LimbFitting
from afofit.fitting.values import Finding, Side
from afofit.words import choices, findings, numbers, shoes
from afofit.words.sheet import VERDICTS
from afofit.words.shoe_lines import sizes
from afofit.words.stops import whom_to_call
from afofit.words.tongue import N_, _

MAIN = (
    "shell_thickness_mm",
    "proximal_trim_height_mm",
    "calf_opening_mm",
    "ankle_trim_offset_mm",
    "malleolar_inner_width_mm",
    "footplate_length_medial_mm",
    "footplate_width_mm",
    "ankle_angle_deg",
    "shank_to_vertical_angle_deg",
    "heel_build_up_mm",
)
"""The dimensions in which designs differ most, in the order in which they are read."""
LABELS = {"shank_to_vertical_angle_deg": N_("Shank to vertical"), "ankle_angle_deg": N_("Ankle in the brace")}
WORDED = frozenset({"ankle_angle_deg", "shank_to_vertical_angle_deg", "ankle_trim_offset_mm"})
"""Dimensions that are shown in words: "more" and "less" would say nothing of them."""
NONE = "–"
SEVERITIES = ("stop", "caution")


@dataclass(frozen=True, slots=True)
class Item:
    """One finding in a column: whether it comes or goes beside the result, and its title."""

    sign: str
    words: str
    title: str


@dataclass(frozen=True, slots=True)
class Compare:
    """One cell: what the design gives, and how it differs from the result; a list instead for the findings."""

    label: str
    shown: str
    sign: str = ""
    differs: str = ""
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One design of one leg."""

    code: str
    name: str
    verdict: str
    verdict_words: str
    current: bool
    engine: bool
    cells: tuple[Compare, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    """A design that a finding stops."""

    name: str
    title: str
    message: str
    call: str


@dataclass(frozen=True, slots=True)
class LegColumns:
    """One leg: the designs that can be looked at, those that are, and those that a finding stops."""

    side: Side
    choices: tuple[tuple[str, str, bool], ...]
    columns: tuple[Column, ...]
    declined: tuple[Declined, ...]
    field: str
    """The field of the form that holds the design of this leg."""


def leg_columns(
    compared: Mapping[Side, Compared], chosen: Collection[str], filled: Collection[str]
) -> tuple[LegColumns, ...]:
    """Every braced leg with its columns; ``filled`` are the fields that the form holds."""
    own = len(compared) > 1
    return tuple(_leg(side, leg, chosen, own=own, filled=filled) for side, leg in compared.items())


def _leg(side: Side, leg: Compared, chosen: Collection[str], *, own: bool, filled: Collection[str]) -> LegColumns:
    wanted = tuple(code for code in leg.limbs if code in chosen) or leg.usual()
    now = leg.limbs[leg.current] if leg.current else None
    of_leg = f"limbs.{side}.prescription.design"
    cells = {code: tuple(_cells(leg.limbs[code], None if code == leg.current else now)) for code in wanted}
    empty = [all(column[place].shown == NONE for column in cells.values()) for place in range(len(MAIN) + OTHERS)]
    return LegColumns(
        side=side,
        choices=tuple((code, choices.label("design", code), code in wanted) for code in leg.limbs),
        columns=tuple(
            _column(code, leg, tuple(cell for cell, none in zip(cells[code], empty, strict=True) if not none))
            for code in wanted
        ),
        declined=_all_declined(leg),
        field=of_leg if own or of_leg in filled else "prescription.design",
    )


def _column(code: str, leg: Compared, cells: tuple[Compare, ...]) -> Column:
    verdict = leg.limbs[code].verdict
    return Column(
        code=code,
        name=choices.label("design", code),
        verdict=verdict,
        verdict_words=_(VERDICTS[verdict]),
        current=code == leg.current,
        engine=code == leg.engine,
        cells=cells,
    )


def _all_declined(leg: Compared) -> tuple[Declined, ...]:
    """What a finding stops; said once where it stops every design."""
    if leg.limbs:
        return tuple(_declined(choices.label("design", code), finding) for code, finding in leg.stopped.items())
    return tuple(_declined(_("any design"), finding) for finding in tuple(leg.stopped.values())[:1])


def _declined(name: str, finding: Finding) -> Declined:
    return Declined(name, findings.title(finding), findings.message(finding), whom_to_call(finding))


OTHERS = 6
"""How many cells a column has beside the dimensions."""


def _cells(limb: LimbFitting, now: LimbFitting | None) -> Iterator[Compare]:
    """The cells of a column; beside the result ``now`` they say how they differ."""
    yield _findings(limb, now)
    yield _said(_("Footplate"), limb, now, lambda one: choices.label("footplate", one.design.footplate))
    for name in MAIN:
        yield _dimension(name, limb, now)
    yield _number(_("Shoe longer by"), _increase(limb), _increase(now), now)
    yield _said(_("Shoe size"), limb, now, lambda one: _size(one, 0))
    yield _said(_("Shoe size, second system"), limb, now, lambda one: _size(one, 1))
    yield _said(_("Shoe depth"), limb, now, _depth)


def _findings(limb: LimbFitting, now: LimbFitting | None) -> Compare:
    """Of the result every caution; of another design those that come and those that go."""
    here = _titles(limb)
    if now is None:
        return Compare(_("Cautions"), "", items=tuple(Item("", "", title) for title in here.values()))
    there = _titles(now)
    come = [Item("+", _("added"), title) for code, title in here.items() if code not in there]
    go = [Item("−", _("gone"), title) for code, title in there.items() if code not in here]
    said = "" if come or go else _("The same as this result")
    return Compare(_("Cautions that differ"), said, items=(*come, *go))


def _titles(limb: LimbFitting) -> dict[str, str]:
    return {one.code: findings.title(one) for one in limb.findings if one.severity in SEVERITIES}


def _said(label: str, limb: LimbFitting, now: LimbFitting | None, says: Callable[[LimbFitting], str]) -> Compare:
    shown = says(limb)
    differs = now is not None and says(now) != shown
    return Compare(label, shown, "≠" if differs else "", _("differs") if differs else "")


def _dimension(name: str, limb: LimbFitting, now: LimbFitting | None) -> Compare:
    declared = BY_NAME[name]
    label = _(LABELS.get(name, declared.label))

    def says(one: LimbFitting) -> str:
        value = one.dimensions.get(name)
        return numbers.dimension(name, value.magnitude, declared.unit) if value else NONE

    if name in WORDED:
        return _said(label, limb, now, says)
    here, there = limb.dimensions.get(name), now.dimensions.get(name) if now else None
    decimals = 1 if name == "shell_thickness_mm" else 0
    magnitudes = (here.magnitude if here else None, there.magnitude if there else None)
    return _number(label, *magnitudes, now, decimals=decimals)


def _number(
    label: str, here: float | None, there: float | None, now: LimbFitting | None, *, decimals: int = 0
) -> Compare:
    """A length with how much more or less it is, both from the numbers as they are shown."""
    shown, before = _mm(here, decimals), _mm(there, decimals)
    if now is None or shown == before:
        return Compare(label, shown)
    if here is None or there is None:
        return Compare(label, shown, "≠", _("differs"))
    apart = _rounded(here, decimals) - _rounded(there, decimals)
    said = _("{length} more") if apart > 0 else _("{length} less")
    return Compare(label, shown, "▲" if apart > 0 else "▼", said.format(length=_mm(abs(apart), decimals)))


def _rounded(number: float, decimals: int) -> float:
    return round(number, decimals) if decimals else float(numbers.whole(number).replace(numbers.MINUS, "-"))


def _mm(number: float | None, decimals: int) -> str:
    if number is None:
        return NONE
    return numbers.thickness(number) if decimals else numbers.length(number)


def _increase(limb: LimbFitting | None) -> float | None:
    value = limb.shoe.values.get("length_increase_mm") if limb and limb.shoe else None
    return value.magnitude if value else None


def _size(limb: LimbFitting, place: int) -> str:
    """The size in one of the systems of the leg: "US men 10.5, width D"."""
    found = sizes(limb.shoe) if limb.shoe and limb.shoe.braced else ()
    return " ".join(found[place]) if place < len(found) else NONE


def _depth(limb: LimbFitting) -> str:
    return shoes.depth(limb.shoe.depth_class) if limb.shoe and limb.shoe.depth_class else NONE
