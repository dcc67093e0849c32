"""What changed from one fitting to the next: what was entered, chosen, decided, and what it was computed with."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from afofit.fitting.dimensions import BY_NAME as DIMENSIONS
from afofit.fitting.measurements import BY_NAME as MEASUREMENTS
from afofit.fitting.result import Fitting
from afofit.fitting.values import SIDES, Side
from afofit.fitting.vocabulary import GROUPS, URGENT_SIGNS, Field
from afofit.schemas.answer import normalised
from afofit.words import changes, choices, numbers, stock

INPUTS = "/inputs/normalised"
FIELDS = {(group, field.name): field for group, fields in GROUPS.items() for field in fields}
PREFIXES = {"shoe": "shoe, ", "order": "order, "}
"""Groups whose labels say too little outside of their section."""
NOTHING = "not given"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was. ``pointer`` leads into the answer; the rest is as people read it."""

    pointer: str
    label: str
    side: Side | None
    before: str
    after: str

    @property
    def where(self) -> str:
        """The label with its side: "Right calf circumference"."""
        text = f"{self.side} {self.label}" if self.side else self.label
        return f"{text[0].upper()}{text[1:]}"


def differences(before: Fitting, after: Fitting) -> tuple[Difference, ...]:
    """Everything that differs, in the order in which it is entered; empty where nothing does."""
    old, new = normalised(before), normalised(after)
    found = list(_group("patient", f"{INPUTS}/patient", None, _timeless(old, new), new["patient"]))
    for side in SIDES:
        found += _limb(side, old["limbs"].get(side), new["limbs"].get(side))
        found += _chosen(side, before, after)
        found += _design(side, before, after)
    protocols = [f"{one.protocol_name}, version {one.protocol_version}" for one in (before, after)]
    found += _said("/protocol", "protocol", None, *protocols)
    found += _charts(before, after)
    found += _said("/engine_version", "program version", None, before.engine_version, after.engine_version)
    return tuple(found)


def _charts(before: Fitting, after: Fitting) -> Iterator[Difference]:
    """Size charts that were exchanged; nothing of a fitting that was held against none."""
    held = [{one.product for limb in one.limbs.values() for one in limb.stock} for one in (before, after)]
    if all(held):
        texts = [
            "; ".join(sorted(f"{one.name}, {stock.revised(one)}" for one in own - other)).rstrip(".") or "none"
            for own, other in (held, held[::-1])
        ]
        yield from _said("/limbs", "size charts", None, *texts)


def _timeless(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The patient before; that an age computed from a date of birth went on is no change."""
    patient = dict(old["patient"])
    if patient["birth_date"] and patient["birth_date"] == new["patient"]["birth_date"]:
        patient["age_years"] = new["patient"]["age_years"]
    return patient


def _said(pointer: str, label: str, side: Side | None, before: str, after: str) -> Iterator[Difference]:
    if before != after:
        yield Difference(pointer, label, side, before, after)


def _limb(side: Side, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    pointer = f"{INPUTS}/limbs/{side}"
    if old is None or new is None:
        yield from _said(
            pointer, "leg", side, *("not in the fitting" if one is None else "given" for one in (old, new))
        )
        return
    for name in MEASUREMENTS:
        yield from _values(f"{pointer}/{name}", _label(name), side, old.get(name), new.get(name), name)
    texts = (_confirmed(one["confirmed"]) for one in (old, new))
    yield from _said(f"{pointer}/confirmed", "confirmed values", side, *texts)
    own = {field.name for field in GROUPS["limb"]}
    yield from _group("limb", pointer, side, *({name: one[name] for name in own} for one in (old, new)))
    for group in ("clinical", "shoe", "prescription", "order"):
        yield from _group(group, f"{pointer}/{group}", side, old[group], new[group])


def _label(name: str) -> str:
    label = MEASUREMENTS[name].label
    return f"{label[0].lower()}{label[1:]}"


def _group(
    group: str, pointer: str, side: Side | None, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    for field in GROUPS[group]:
        label = f"{PREFIXES.get(group, '')}{field.label[0].lower()}{field.label[1:]}"
        yield from _values(
            f"{pointer}/{field.name}", label, side, old.get(field.name), new.get(field.name), field.name, field
        )
    if "cleared" in new:
        texts = (_cleared(one["cleared"]) for one in (old, new))
        yield from _said(f"{pointer}/cleared", "cleared signs", side, *texts)


def _cleared(cleared: Iterable[Mapping[str, str]]) -> str:
    signs = dict(URGENT_SIGNS)
    return "; ".join(f"{signs[one['code']]}, {one['by']}, {one['date']}" for one in cleared) or "none"


def _confirmed(confirmed: Iterable[Mapping[str, Any]]) -> str:
    said = (", ".join(part for part in (_label(one["field"]), one["by"]) if part) for one in confirmed)
    return "; ".join(said) or "none"


def _values(
    pointer: str, label: str, side: Side | None, old: Any, new: Any, name: str, field: Field | None = None
) -> Iterator[Difference]:
    if _same(old, new):
        return
    shown = [_shown(one, name, field, 1) for one in (old, new)]
    if shown[0] == shown[1]:
        shown = [_shown(one, name, field, 6) for one in (old, new)]
    yield from _said(pointer, label, side, *shown)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, float | int) and isinstance(new, float | int):
        return math.isclose(old, new, rel_tol=0, abs_tol=1e-9)
    return bool(old == new)


def _shown(value: Any, name: str, field: Field | None, decimals: int) -> str:
    if isinstance(value, Mapping):
        readings = " and ".join(numbers.plain(one, decimals) for one in value["readings"])
        return f"{_shown(value['mean'], name, field, decimals)} (mean of {readings})"
    if value is None:
        return "unknown" if field and field.unknown else NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(choices.label(name, one) for one in value) or "none"
    if isinstance(value, str):
        return _text(value, name, field)
    return _number(value, name, field, decimals)


def _text(value: str, name: str, field: Field | None) -> str:
    if field and field.kind == "date":
        return numbers.day(date.fromisoformat(value))
    if field and field.kind == "moment":
        return numbers.moment(datetime.fromisoformat(value))
    return choices.label(name, value)


def _number(value: float, name: str, field: Field | None, decimals: int) -> str:
    if name.startswith("dorsiflexion") and decimals == 1:
        return numbers.reach(value)
    if field is None:
        unit = MEASUREMENTS[name].unit
    else:
        unit = {"length": "mm", "mass": "kg", "angle": "deg", "years": "years"}.get(field.kind, "")  # type: ignore[assignment]
    sign = numbers.UNITS.get(unit, unit)
    return f"{numbers.plain(value, decimals)}{'' if unit in ('deg', '') else ' '}{sign}"


def _chosen(side: Side, before: Fitting, after: Fitting) -> Iterator[Difference]:
    """Dimensions that an orthotist chose, or chose no longer."""
    overridden = [one.limbs[side].overridden if side in one.limbs else {} for one in (before, after)]
    places = list(after.limbs[side].dimensions) if side in after.limbs else []
    for name in dict.fromkeys([*overridden[0], *overridden[1]]):
        told = [one.get(name) for one in overridden]
        texts = ["as computed" if one is None else f"{changes.chosen(one)}: {one.override.reason}" for one in told]
        place = f"/{places.index(name)}" if name in places else ""
        label = DIMENSIONS[name].label
        yield from _said(
            f"/limbs/{side}/dimensions{place}", f"{label[0].lower()}{label[1:]}, chosen", side, texts[0], texts[1]
        )


def _design(side: Side, before: Fitting, after: Fitting) -> Iterator[Difference]:
    """Design and footplate as decided, whoever decided."""
    if side not in before.limbs or side not in after.limbs:
        return
    for name in ("code", "footplate"):
        field = "design" if name == "code" else name
        codes = [getattr(one.limbs[side].design, name) for one in (before, after)]
        texts = ["none" if code is None else choices.label(field, code) for code in codes]
        label = "design of the brace" if name == "code" else "footplate of the brace"
        yield from _said(f"/limbs/{side}/design/{name}", label, side, *texts)
