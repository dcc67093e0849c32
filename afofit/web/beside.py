"""What stands faintly beside a measurement: the other leg, the last visit, what was there before; and who confirmed it.

Nothing of it is ever copied into the box.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from afofit.fitting.measurements import BY_NAME
from afofit.schemas.confirmed import same
from afofit.schemas.form import NEGATIVE
from afofit.schemas.numbers import Unreadable, has_sign, read_number
from afofit.web.entry import Confirmed, Entry, Typed
from afofit.words.numbers import day, moment, quantity, reach
from afofit.words.tongue import _

EXACT = ".12g"
"""Digits enough that a value reads back as the same number."""


def entered(name: str, typed: Typed) -> float | None:
    """The mean of what was typed into a field, in the unit of the form; None where it is empty or unreadable."""
    texts = [text for text in (typed.get(f"{name}{part}", "").strip() for part in ("", ".2", ".3")) if text]
    backward = typed.get(f"{name}_direction", "") in NEGATIVE
    try:
        numbers = [-number if backward and not has_sign(text) else number for text, number in _read(texts)]
    except Unreadable:
        return None
    return sum(numbers) / len(numbers) if numbers else None


def _read(texts: Iterable[str]) -> list[tuple[str, float]]:
    return [(text, read_number(text, None)) for text in texts]


def set_beside(columns: Iterable[Mapping[Any, tuple[Entry, ...]]], typed: Typed) -> None:
    """Give each measurement the value of the other leg, its own value and who confirmed it."""
    unit = typed.get("units.length", "")
    for column in columns:
        for entries in zip(*column.values(), strict=True):
            values = [entered(entry.name, typed) for entry in entries]
            for place, (entry, value) in enumerate(zip(entries, values, strict=True)):
                if value is not None:
                    entry.entered = format(value, EXACT)
                    entry.confirmed = _confirmed(entry, value, typed)
                theirs = values[1 - place] if len(values) == 2 else None
                if theirs is not None and not entries[1 - place].problems:
                    entry.other = _("other leg {value}").format(value=_shown(entry.measures, theirs, unit))


def _shown(measurement: str, value: float, unit: str) -> str:
    if BY_NAME[measurement].unit == "mm":
        return quantity(value, unit)
    return quantity(value, "deg") if measurement == "toe_out" else reach(value)


def _confirmed(entry: Entry, value: float, typed: Typed) -> Confirmed | None:
    """The confirmation that the form carries, while it is about the value that stands there."""
    limb, _dot, field = entry.name.rpartition(".")
    given, by, at = (typed.get(f"{limb}.confirmed.{field}.{part}", "").strip() for part in ("value", "by", "at"))
    try:
        if not given or not same(read_number(given, None), value):
            return None
    except Unreadable:
        return None
    return Confirmed(given, by, at, _said(by, _moment(at)))


def _moment(text: str) -> str:
    """A moment in words: of today the time alone; empty where it cannot be read."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return ""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return f"{at:%H:%M} UTC" if at.date() == datetime.now(UTC).date() else moment(at)


def _said(by: str, at: str) -> str:
    if by and at:
        return _("Confirmed: measured twice, {at}, by {by}").format(at=at, by=by)
    if by or at:
        return _("Confirmed: measured twice, {who}").format(who=by or at)
    return _("Confirmed: measured twice")


def last_visit(given: Mapping[str, Any], on: date) -> dict[str, str]:
    """By field name, what a stored request measured and when: "12 Sep 2026: 388 mm", in the units of that day."""
    unit = given["units"]["length"]
    said = {}
    for side, limb in given["limbs"].items():
        for name in BY_NAME.keys() & limb.keys():
            value = limb[name]
            readings = value["readings"] if isinstance(value, Mapping) else [value]
            if None not in readings:
                shown = _shown(name, sum(readings) / len(readings), unit)
                said[f"limbs.{side}.{name}"] = f"{day(on)}: {shown}"
    return said
