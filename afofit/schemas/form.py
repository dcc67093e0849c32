"""The form to a request document: the same names with their path, text instead of numbers.

What a person typed stays as it is; only the document is made from it. A field that was left empty is
left out, "unknown" is a real answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from afofit.fitting.measurements import BY_NAME, MEASUREMENTS, Measurement
from afofit.fitting.request import Body, Limb, Request
from afofit.fitting.values import SIDES, Side
from afofit.fitting.vocabulary import CLEARABLE_SIGNS, GROUPS, Field
from afofit.schemas.confirmed import same, unit_kind
from afofit.schemas.numbers import Unreadable, has_sign, read_number
from afofit.schemas.problems import Path, Problem, where
from afofit.schemas.request import SHARED, examine, merged
from afofit.schemas.units import LENGTHS_MM, MASSES_KG
from afofit.words.choices import label
from afofit.words.fields import listed, lowered
from afofit.words.problems import sentence, shown
from afofit.words.tongue import N_, _

LEGS: Mapping[str, tuple[Side, ...]] = {"left": ("left",), "right": ("right",), "both": SIDES}
POSITIVE, NEGATIVE = ("past", "out"), ("short", "in")
CHOSEN = {"past": N_("past 90°"), "short": N_("short of 90°"), "out": N_("outward"), "in": N_("inward")}


class Form(Protocol):
    """What a posted form offers; werkzeug's MultiDict is one."""

    def get(self, name: str, default: str, /) -> str:
        """The first value of a field."""

    def getlist(self, name: str, /) -> list[str]:
        """All values of a field."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as read: the document it makes, the request when nothing is wrong, and every problem."""

    document: dict[str, Any]
    request: Request | None
    problems: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    """Those of the problems that are of the form alone: text that is no number, an angle without its direction."""
    body: Body | None
    """What is known of the patient's body; None until the age is there and right."""
    limbs: Mapping[Side, Limb]
    """Each limb as far as it could be read, wrong measurements among them."""


def read(form: Form, *, today: date) -> Asked:
    """The document and the request of a posted form, with all that is wrong at once."""
    reader = _FormReader(form)
    document = reader.document()
    found = examine(document, today=today)
    # Where the legs were not chosen, that no leg is there is no news.
    others = [problem for problem in found.problems if problem.path != ("limbs",)]
    problems = _in_page_order(merged(reader.problems, others))
    request = None if problems else found.request
    return Asked(document, request, problems, tuple(reader.problems), found.body, found.limbs)


def _in_page_order(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    order = ("units", "legs", "patient", "clinical", "limbs", "shoe", "prescription", "order")
    fields = [one.name for one in MEASUREMENTS]
    fields.sort(key=lambda name: [one.name for one in _by_posture()].index(name))

    def place(problem: Problem) -> tuple[int, int]:
        group = order.index(str(problem.path[0])) if problem.path and problem.path[0] in order else 0
        name = next((fields.index(str(step)) for step in problem.path if step in fields), -1)
        return group, name

    return tuple(sorted(problems, key=place))


def _by_posture() -> list[Measurement]:
    postures = ("seated", "lying", "standing")
    return sorted(MEASUREMENTS, key=lambda one: (postures.index(one.posture), one.letter))


class _FormReader:
    """Walks the declarations, not the posted names: what is not declared is not read."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.problems: list[Problem] = []
        self.length = self._text("units.length") if self._text("units.length") in LENGTHS_MM else None
        self.mass = self._text("units.mass") if self._text("units.mass") in MASSES_KG else None

    def document(self) -> dict[str, Any]:
        """The request document that the form makes."""
        units = {name: self._text(f"units.{name}") for name in ("length", "mass")}
        document: dict[str, Any] = {
            "units": {name: unit for name, unit in units.items() if unit},
            "patient": self._patient(),
            "limbs": {side: self._limb(side) for side in self._sides()},
        }
        for group in SHARED:
            document[group] = self._group((group,), GROUPS[group])
        return document

    def _sides(self) -> tuple[Side, ...]:
        legs = self._text("legs")
        if legs not in LEGS:
            self._problem(("legs",), "no_legs", legs or None, list(LEGS))
            return ()
        return LEGS[legs]

    def _text(self, name: str) -> str:
        return self.form.get(name, "").strip()

    def _problem(self, path: Path, code: str, received: object = None, allowed: object = None, **facts: Any) -> None:
        unit = facts.pop("measured_in", None)
        text = sentence(code, **{"where": where(path), "received": shown(received)} | facts)
        self.problems.append(Problem(path, text, received, unit, allowed))

    def _patient(self) -> dict[str, Any]:
        return self._group(("patient",), GROUPS["patient"])

    def _date(self, path: tuple[str, ...]) -> str | None:
        """A date from one field, or from three boxes."""
        name = ".".join(path)
        whole = self._text(name)
        boxes = [self._text(f"{name}.{part}") for part in ("year", "month", "day")]
        if whole or not any(boxes):
            return whole or None
        try:
            return date(*(int(part) for part in boxes)).isoformat()
        except (ValueError, OverflowError):
            self._problem(path, "date_incomplete", "-".join(boxes))
            return None

    def _group(self, path: tuple[str, ...], fields: tuple[Field, ...]) -> dict[str, Any]:
        found = {}
        for field in fields:
            value = self._value((*path, field.name), field)
            if value is not None:
                found[field.name] = value
        if path[-1] == "clinical":
            cleared = self._cleared(path)
            if cleared:
                found["cleared"] = cleared
        return found

    def _value(self, path: tuple[str, ...], field: Field) -> Any:
        name = ".".join(path)
        if field.kind == "choices":
            return self._several(path, self.form.getlist(name))
        if field.kind == "date":
            return self._date(path)
        text = self._text(name)
        if not text or (field.unknown and text == "unknown"):
            return text or None
        if field.kind == "flag":
            return {"true": True, "false": False}.get(text, text)
        if field.kind in ("choice", "text", "moment", "size"):
            return text
        number = self._number(path, text, self._unit(field.kind))
        if number is None or field.low is None or field.low >= 0 or field.kind != "angle":
            return number
        return self._signed(path, text, number)

    def _unit(self, kind: str) -> str | None:
        return {"length": self.length, "mass": self.mass, "angle": "deg", "deg": "deg", "years": "years"}.get(kind)

    def _several(self, path: tuple[str, ...], values: list[str]) -> list[str] | str | None:
        chosen = [value for value in values if value]
        if not chosen or chosen == ["unknown"]:
            return "unknown" if chosen else None
        signs = [value for value in chosen if value not in ("none", "unknown")]
        if "none" in chosen and signs:
            ticked = listed([label(path[-1], sign).lower() for sign in signs])
            self._problem(path, "none_and_some", ", ".join(chosen), signs=ticked)
            return None
        return signs

    def _cleared(self, path: tuple[str, ...]) -> list[dict[str, str]]:
        """Each clearing that was begun; an incomplete one is a problem at its missing part."""
        found = []
        for code in CLEARABLE_SIGNS:
            start = ".".join((*path, "cleared", code))
            parts = {part: self._text(f"{start}.{part}") for part in ("by", "date", "note")}
            given = {part: text for part, text in parts.items() if text}
            if not given:
                continue
            lacking = [part for part in ("by", "date") if part not in given]
            sign = f"{where((*path, 'urgent_signs'))}, {lowered(label('urgent_signs', code))}"
            for part in lacking:
                words = {"by": _("cleared by"), "date": _("cleared on")}[part]
                self._problem((*path, "cleared", code, part), "incomplete_clearing", where=sign, part=words)
            if not lacking:
                found.append({"code": code, **given})
        return found

    def _limb(self, side: Side) -> dict[str, Any]:
        path = ("limbs", side)
        limb = self._group(path, GROUPS["limb"])
        for measurement in MEASUREMENTS:
            value = self._reading((*path, measurement.name), measurement)
            if value is not None:
                limb[measurement.name] = value
        for group in SHARED:
            own = self._group((*path, group), GROUPS[group])
            if own:
                limb[group] = own
        confirmed = [row for name, value in limb.items() if (row := self._confirmation(path, name, value))]
        if confirmed:
            limb["confirmed"] = confirmed
        return limb

    def _confirmation(self, path: Path, name: str, entered: Any) -> dict[str, Any] | None:
        """Who confirmed a measurement; None where nobody did, or where another value stands there by now.

        The box shows a value that was typed anew as not confirmed, so nothing is said about the old confirmation.
        """
        start = ".".join((*map(str, path), "confirmed", name))
        parts = {part: self._text(f"{start}.{part}") for part in ("value", "by", "at")}
        if name not in BY_NAME or not parts["value"]:
            return None
        try:
            value = read_number(parts.pop("value"), self._unit(unit_kind(name)))
        except Unreadable:
            return None
        readings = entered["readings"] if isinstance(entered, dict) else [entered]
        if not same(value, sum(readings) / len(readings)):
            return None
        return {"field": name, "value": value, **{part: text for part, text in parts.items() if text}}

    def _reading(self, path: tuple[str, ...], measurement: Measurement) -> Any:
        name = ".".join(path)
        texts = [self._text(name), self._text(f"{name}.2"), self._text(f"{name}.3")]
        typed = [text for text in texts if text]
        if not typed:
            return None
        unit = "deg" if measurement.unit == "deg" else self.length
        numbers = [self._number(path, text, unit) for text in typed]
        read = [number for number in numbers if isinstance(number, float)]
        if len(read) < len(numbers):
            return None
        if measurement.unit == "deg":
            signed = [self._signed(path, text, number) for text, number in zip(typed, read, strict=True)]
            read = [number for number in signed if number is not None]
            if len(read) < len(signed):
                return None
        return read[0] if len(read) == 1 else {"readings": read}

    def _number(self, path: tuple[str, ...], text: str, unit: str | None) -> float | None:
        try:
            return read_number(text, unit)
        except Unreadable as unreadable:
            self._problem(path, unreadable.code, text, "a number", measured_in=unit, **unreadable.facts)
            return None

    def _signed(self, path: tuple[str, ...], text: str, number: float) -> float | None:
        """An angle with its direction: a typed sign or the choice beside it, never a guess."""
        direction = self._text(f"{'.'.join(path)}_direction")
        if has_sign(text):
            if number and ((direction in POSITIVE and number < 0) or (direction in NEGATIVE and number > 0)):
                self._problem(path, "two_directions", text, chosen=_(CHOSEN[direction]))
                return None
            return number
        if direction in NEGATIVE:
            return -number
        # Toe-out is outward by its name; dorsiflexion must be said.
        if direction in POSITIVE or not number or path[-1] == "toe_out":
            return number
        self._problem(path, "no_direction", text)
        return None
