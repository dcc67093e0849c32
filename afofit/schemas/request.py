"""A request document to the domain: shape, units, limits and ages, with everything that is wrong at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError

from afofit.fitting.growth import age_in_years
from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import (
    ADULT_YEARS,
    Body,
    Clearance,
    Clinical,
    Confirmation,
    Limb,
    Order,
    Patient,
    Prescription,
    Request,
    Shoe,
)
from afofit.fitting.values import EPSILON, SIDES, Side
from afofit.fitting.vocabulary import GROUPS, Field
from afofit.schemas.confirmed import check_confirmed, unit_kind
from afofit.schemas.faults import missing_in, problems_of, received_at
from afofit.schemas.limits import check_limb, check_number, check_shoe, look_like
from afofit.schemas.problems import Path, Problem, Refused, where
from afofit.schemas.shape import REQUEST
from afofit.schemas.units import Units
from afofit.words.numbers import plain
from afofit.words.problems import sentence
from afofit.words.tongue import _, decimal

Document = Mapping[str, Any]
SHARED = ("clinical", "shoe", "prescription", "order")
"""Groups that hold for both legs and can differ on one."""
NUMERIC = {group: tuple(field for field in GROUPS[group] if field.low is not None) for group in ("patient", *SHARED)}
ATTRIBUTES = {
    group: {
        field.name: (f"{field.name}_deg" if field.kind == "angle" else field.quantity, field.kind)
        for field in GROUPS[group]
    }
    for group in ("patient", *SHARED)
}
"""By group and field: the attribute of the domain that holds it, and its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A request document as far as it can be read: what a form that is half filled can be told."""

    request: Request | None
    """The whole request; None while anything is wrong."""
    problems: tuple[Problem, ...]
    body: Body | None
    """What is known of the patient's body (kg, mm); None until the age is there and right."""
    limbs: Mapping[Side, Limb]
    """Each limb with the measurements that could be read, wrong ones among them."""


def read(document: Any, *, today: date) -> Request:
    """The request in mm, kg and degrees; raises Refused with every problem of the document."""
    examined = examine(document, today=today)
    if examined.request is None:
        raise Refused(examined.problems)
    return examined.request


def examine(document: Any, *, today: date) -> Examined:
    """What can be read of a document, with every problem; only without any there is a request."""
    try:
        loaded = REQUEST.load(document)
        problems: list[Problem] = []
    except ValidationError as error:
        loaded = error.valid_data if isinstance(error.valid_data, dict) else {}
        problems = problems_of(error.messages_dict, document)
    problems = missing_in(document) + problems
    units = loaded.get("units") or {}
    known = bool(units.get("length") and units.get("mass"))
    reader = _Reader(document, loaded, Units(**units) if known else Units("mm", "kg"), today)
    reader.check()
    # Without units no number can be judged, but what is missing can be named.
    found = merged(problems, [one for one in reader.problems if known or one.received is None])
    return Examined(
        request=None if found else reader.request(),
        problems=found,
        body=reader.body({problem.path[:2] for problem in found}) if known else None,
        limbs=reader.limbs if known else {},
    )


def merged(first: list[Problem], then: list[Problem]) -> tuple[Problem, ...]:
    """Both lists, one problem a place: what could not be read is not also missing."""
    taken = {problem.path for problem in first}
    return (*first, *(problem for problem in then if problem.path not in taken))


class _Reader:
    """Works through one loaded document, collecting problems; makes the Request when there are none."""

    def __init__(self, document: Document, loaded: dict[str, Any], units: Units, today: date) -> None:
        self.document = document
        self.loaded = loaded
        self.units = units
        self.today = today
        self.problems: list[Problem] = []
        self.patient = loaded.get("patient") or {}
        self.sides: list[Side] = [side for side in SIDES if (loaded.get("limbs") or {}).get(side) is not None]
        self.age = self._age()
        self.limbs: dict[Side, Limb] = {}

    def _age(self) -> float | None:
        born, given = self.patient.get("birth_date"), self.patient.get("age_years")
        if born is None:
            return None if given is None else float(given)
        return max(age_in_years(born, self.today), 0.0)

    def _check_age(self) -> None:
        path = ("patient", "age_years")
        born, given = self.patient.get("birth_date"), self.patient.get("age_years")
        if born is not None and born > self.today:
            text = sentence("born_later", received=born.isoformat(), today=self.today.isoformat())
            self._add(("patient", "birth_date"), text, born.isoformat(), allowed={"maximum": self.today.isoformat()})
        elif born is None and given is None:
            if isinstance(received_at(self.document, ("patient",)), Mapping):
                self._add(path, sentence("age_missing"), unit="years")
        elif born is not None and given is not None and self.age is not None and abs(given - self.age) > 1 + EPSILON:
            years = _("{age} years").format(age=plain(given))
            text = sentence("ages_differ", where=where(path), received=years, age=decimal(f"{self.age:.1f}"))
            self._add(path, text, given, unit="years")

    def _add(self, path: Path, text: str, received: object = None, **more: Any) -> None:
        self.problems.append(Problem(path, text, received, **more))

    @property
    def child(self) -> bool:
        """Under 18; of an unknown age the wider limits of any age hold."""
        return self.age is None or self.age < ADULT_YEARS

    def check(self) -> None:
        """Everything that the shape alone does not show."""
        self._check_age()
        for group, fields in NUMERIC.items():
            if self.loaded.get(group):
                self._check_numbers((group,), fields, self.loaded[group])
        if received_at(self.document, ("limbs",)) == {}:
            self._add(("limbs",), sentence("no_limb"))
        for side in self.sides:
            self._check_side(side)
        hint = look_like(self.limbs, self._height(), self.units, self.problems, child=self.child)
        if hint is not None:
            self.problems.insert(0, hint)

    def _height(self) -> float | None:
        height = self.patient.get("height")
        return None if height is None else height * self.units.factor("length")

    def _check_numbers(self, path: Path, fields: tuple[Field, ...], values: Mapping[str, Any]) -> None:
        for field in fields:
            if values.get(field.name) is not None:
                place = (*path, field.name)
                problem = check_number(field, values[field.name], place, self.units, child=self.child)
                if problem:
                    self.problems.append(problem)

    def _check_side(self, side: Side) -> None:
        own = self.loaded["limbs"][side]
        path: Path = ("limbs", side)
        for group in SHARED:
            if own.get(group):
                self._check_numbers((*path, group), NUMERIC[group], own[group])
        limb = self._limb(side, own)
        self.limbs[side] = limb
        given = (self.document.get("limbs") or {}).get(side) or {}
        self.problems += check_limb(limb, given, self._height(), self._weight(), self.units, child=self.child)
        self.problems += check_confirmed(side, own.get("confirmed") or (), given, limb, self.units)
        # A size of this leg's own shoe is wrong at its own place, a common one at the common place.
        at: Path = (*path, "shoe") if own.get("shoe") else ("shoe",)
        problem = check_shoe(limb, at)
        if problem and problem not in self.problems:
            self.problems.append(problem)

    def _weight(self) -> float | None:
        weight = self.patient.get("weight")
        return None if weight is None else weight * self.units.factor("mass")

    def _merged(self, group: str, own: Mapping[str, Any]) -> dict[str, Any]:
        return {**(self.loaded.get(group) or {}), **(own.get(group) or {})}

    def _limb(self, side: Side, own: Mapping[str, Any]) -> Limb:
        factor = self.units.factor("length")
        readings = {
            name: tuple(one * factor for one in own[name]) if BY_NAME[name].unit == "mm" else own[name]
            for name in BY_NAME
            if own.get(name) is not None
        }
        return Limb(
            side=side,
            measurements={name: sum(taken) / len(taken) for name, taken in readings.items()},
            readings={name: taken for name, taken in readings.items() if len(taken) > 1},
            braced=own.get("braced") is not False,
            partial_foot=own.get("partial_foot") or "none",
            foot_loading=own.get("foot_loading"),
            measured_at=own.get("measured_at"),
            clinical=self._clinical(self._merged("clinical", own)),
            shoe=Shoe(**self._converted("shoe", self._merged("shoe", own))),
            prescription=Prescription(**self._converted("prescription", self._merged("prescription", own))),
            order=Order(**self._converted("order", self._merged("order", own))),
            confirmed=tuple(self._confirmation(row) for row in own.get("confirmed") or ()),
            length_unit=self.units.length,
        )

    def _confirmation(self, row: Mapping[str, Any]) -> Confirmation:
        kind = unit_kind(row["field"] or "")
        return Confirmation(**{**row, "value": row["value"] * self.units.factor(kind)})

    def _clinical(self, values: dict[str, Any]) -> Clinical:
        cleared = tuple(Clearance(**one) for one in values.pop("cleared", None) or ())
        return Clinical(**{name: value for name, value in values.items() if value is not None}, cleared=cleared)

    def _converted(self, group: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values under the names of the domain, lengths in mm; what is null is left out."""
        converted = {}
        for name, value in values.items():
            if value is not None:
                attribute, kind = ATTRIBUTES[group][name]
                converted[attribute] = value * self.units.factor(kind) if kind in ("length", "mass") else value
        return converted

    def request(self) -> Request:
        """The checked request; call it only when there are no problems."""
        return Request(patient=self.read_patient(), limbs=self.limbs)

    def body(self, wrong: set[Path]) -> Body | None:
        """The body without what is wrong with it; None while the age is not there or not right."""
        spoilt = {(), ("patient",), ("patient", "age_years"), ("patient", "birth_date")}
        if self.age is None or not spoilt.isdisjoint(wrong):
            return None
        sound = {name: self.patient.get(name) for name in ("sex", "height", "weight") if ("patient", name) not in wrong}
        return Body(age_years=self.age, **self._converted("patient", sound))

    def read_patient(self) -> Patient:
        """The patient; call it only when nothing is wrong with it."""
        patient = self._converted("patient", self.patient) | {"age_years": self.age, "mass_unit": self.units.mass}
        return Patient(**patient)
