"""From what was told to a request: the document that REST would have got, with the words of REST for what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from afofit.fhir import ucum
from afofit.fhir.elements import UCUM, Json
from afofit.fhir.observing import Came, Sent
from afofit.fhir.told import Issue, Told
from afofit.fhir.values import UNKNOWN, Amount, Fault
from afofit.fitting.measurements import BY_NAME
from afofit.fitting.request import Request
from afofit.schemas.problems import Path, Problem
from afofit.schemas.request import examine
from afofit.words.fhir_problems import sentence
from afofit.words.problems import shown

NONE = "none"
INDEXED = "readings"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the request, the document that REST would have got, the quantities as they came, the patient."""

    request: Request
    document: Json
    sent: Sent
    subject: Json | None


def asked(told: Told, *, today: date) -> tuple[Asked | None, list[Issue]]:
    """The request with its document; None with everything that is wrong, here and by the rules of REST."""
    units = _units(told)
    document = _document(told, units)
    _check_confirmed_units(told)
    examined = examine(document, today=today)
    found = [*told.issues, *_judged(told, examined.problems, units)]
    if examined.request is None or found:
        return None, found
    return Asked(examined.request, document, _sent(told), told.subject), []


def _amounts(told: Told, kind: str) -> set[str]:
    """The codes of all units of one kind that came."""
    came = (one for values in told.values.values() for one in values if isinstance(one, Amount))
    return {one.code for one in came if ucum.READ[one.code].kind == kind}


def _units(told: Told) -> dict[str, str]:
    """The units of the document: those in which everything came, so that every message speaks in them; of mixed
    units mm and kg."""
    chosen = {}
    for kind, usual in (("length", "mm"), ("mass", "kg")):
        names = {ucum.READ[code].name for code in _amounts(told, kind)}
        chosen[kind] = next(iter(names), usual) if len(names) == 1 else usual
    return {kind: name or {"length": "mm", "mass": "kg"}[kind] for kind, name in chosen.items()}


def _number(amount: Amount, units: Mapping[str, str]) -> float:
    """A quantity as a number of the document; degrees and years are what they are."""
    chosen = units.get(ucum.READ[amount.code].kind)
    if chosen is None:
        return amount.value
    size = next(unit.size for unit in ucum.READ.values() if unit.name == chosen)
    return ucum.converted(amount.value, amount.code, size)


def _document(told: Told, units: dict[str, str]) -> Json:
    document: Json = {"units": units}
    for path in told.groups:
        if "" not in path:
            _holder(document, path)
    for path, values in told.values.items():
        if "" not in path:
            _holder(document, path[:-1])[path[-1]] = _value(told, path, values, units)
    return document


def _check_confirmed_units(told: Told) -> None:
    """A confirmed value must be of the unit of its measurement: a length of a length, degrees of an angle."""
    for path, values in list(told.values.items()):
        fields = told.values.get((*path[:-1], "field"), ())
        if "confirmed" in path and path[-1] == "value" and fields and fields[0] in BY_NAME:
            codes = ucum.codes("length" if BY_NAME[fields[0]].unit == "mm" else "angle")
            if values[0].code not in codes:
                told.wrong(
                    path, told.expressions[path][0], Fault("quantity_code", "code-invalid", values[0].code, codes)
                )


def _holder(document: Json, path: Path) -> Any:
    """The object at a path of the document, made where it is not there."""
    holder: Any = document
    for place, step in enumerate(path):
        below: Any = [] if place + 1 < len(path) and isinstance(path[place + 1], int) else {}
        if isinstance(step, int):
            holder.extend({} for _ in range(step + 1 - len(holder)))
            holder = holder[step]
        else:
            holder = holder.setdefault(step, below)
    return holder


def _value(told: Told, path: Path, values: Sequence[Any], units: Mapping[str, str]) -> Any:
    """What stands in the document: a number, a list of readings, a list of codes, a code, text."""
    kind = told.items[path].kind
    if kind == "choices":
        return _codes(told, path, values)
    plain_values = [_number(one, units) if isinstance(one, Amount) else one for one in values]
    if kind == "reading" and len(plain_values) > 1:
        return {INDEXED: plain_values}
    return plain_values[0]


def _codes(told: Told, path: Path, values: Sequence[str]) -> Any:
    """A list of codes; ``none`` and ``unknown`` stand alone."""
    for alone in (NONE, UNKNOWN):
        if alone in values and len(values) > 1:
            said = ", ".join(values)
            told.wrong(path, told.expressions[path][-1], Fault("not_alone", "value", said, alone, said=said))
            return UNKNOWN
    if list(values) == [UNKNOWN]:
        return UNKNOWN
    return [] if list(values) == [NONE] else list(values)


def _judged(told: Told, problems: Sequence[Problem], units: Mapping[str, str]) -> Iterator[Issue]:
    """What REST finds wrong, but for places about which something was said already."""
    spoilt = {issue.problem.path for issue in told.issues}
    for problem in problems:
        unread_leg = problem.path == ("limbs",) and any(path[:1] == ("limbs",) for path in spoilt)
        if problem.path in spoilt or unread_leg:
            continue
        yield Issue(_as_sent(told, problem, units), expression_of(told, problem.path), _code_of(problem))


def _code_of(problem: Problem) -> Any:
    return "required" if problem.received is None else "value"


def expression_of(told: Told, path: Path) -> str:
    """The FHIRPath to a place of the document, or to the nearest thing around it that was sent."""
    number = path[-1] if len(path) > 2 and path[-2] == INDEXED and isinstance(path[-1], int) else 0
    for length in range(len(path), 0, -1):
        places = told.expressions.get(path[:length])
        if places:
            return places[number] if number < len(places) else places[0]
    return told.root


def _as_sent(told: Told, problem: Problem, units: Mapping[str, str]) -> Problem:
    """A problem with the quantity as it came, where REST saw it in another unit."""
    values = [one for one in told.values.get(problem.path, ()) if isinstance(one, Amount)]
    strange = [one for one in values if ucum.READ[one.code].name not in (*units.values(), "deg", None)]
    strange += [one for one in values if ucum.READ[one.code].name is None and ucum.READ[one.code].kind in units]
    if not strange:
        return problem
    came = " and ".join(f"{shown(one.value)} {one.code}" for one in strange)
    message = sentence("sent_as", message=problem.message, received=came)
    return Problem(problem.path, message, problem.received, problem.unit, problem.allowed, problem.suggestion)


def _sent(told: Told) -> Sent:
    """Height, weight and the measurements as they came, by what an Observation is of."""
    found = {}
    for path, values in told.values.items():
        amounts = [one for one in values if isinstance(one, Amount)]
        name = path[-1]
        if amounts and (path in (("patient", "height"), ("patient", "weight")) or (len(path) == 3 and name in BY_NAME)):
            quantities = [{"value": one.value, "unit": one.code, "system": UCUM, "code": one.code} for one in amounts]
            place = tuple(str(step) for step in path[-2:])
            found[place] = Came(quantities, told.times.get(path))
    return found
