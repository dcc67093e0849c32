"""What an EHR sends: read, with everything that is wrong with it said at once. Nothing of it is kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from afofit.cds.services import CONDITIONS, Json, Service
from afofit.schemas.problems import Path, Problem, Refused

REFERENCE = re.compile(r"(?:^|/)(?P<kind>[A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")
"""A reference of FHIR by the type and id of what it names."""
MOST_FEEDBACK = 200
OUTCOMES = ("accepted", "overridden")
_MISSING = object()


class Unready(Exception):
    """What the service needs was not sent along (412): why."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service."""

    service: Service
    instance: UUID
    conditions: tuple[Json, ...] | None
    """The problems of the patient; None where they were not sent along."""
    orders: tuple[Json, ...]
    """The selected draft orders."""


def read_call(service: Service, given: Any) -> Call:
    """A call. Raises Refused with everything that is wrong, and Unready where something is missing."""
    problems: list[Problem] = []
    body = _object(given, (), problems)
    if body.get("hook", service.hook) != service.hook or "hook" not in body:
        _wrong(
            problems,
            ("hook",),
            body.get("hook"),
            f"hook is not {service.hook}, the hook of this service.",
            service.hook,
        )
    instance = _uuid(body.get("hookInstance"), ("hookInstance",), problems)
    context = _object(body.get("context", _MISSING), ("context",), problems)
    for name in ("userId", "patientId"):
        if not isinstance(context.get(name), str) or not context[name]:
            _wrong(problems, ("context", name), context.get(name), f"context.{name} is no text; it is needed.", "text")
    patient = str(context.get("patientId", ""))
    orders = _orders(context, patient, problems) if service.hook == "order-select" else ()
    prefetch = _object(body.get("prefetch", {}), ("prefetch",), problems)
    conditions = _conditions(prefetch, patient, problems)
    if problems or instance is None:
        raise Refused(tuple(problems))
    if conditions is None and CONDITIONS in service.needs:
        raise Unready(_why(prefetch))
    return Call(service, instance, conditions, orders)


def _why(prefetch: Json) -> str:
    said = "could not be read by the EHR (OperationOutcome)" if prefetch.get(CONDITIONS) else "is not there"
    return f"prefetch.{CONDITIONS} {said}. This service reads what is prefetched, and asks no FHIR server."


def _wrong(problems: list[Problem], path: Path, received: object, text: str, allowed: object = None) -> None:
    shown = received if isinstance(received, int | float | None) else _short(received)
    problems.append(Problem(path, text, shown, None, allowed))


def _short(received: object) -> str:
    """What came, by its kind: texts of a chart are never said back."""
    if received is _MISSING:
        return "nothing"
    for kind, words in ((dict, "an object"), (list, "a list"), (str, "a text")):
        if isinstance(received, kind):
            return words
    return type(received).__name__


def _object(found: Any, path: Path, problems: list[Problem]) -> Json:
    if isinstance(found, dict):
        return found
    where = ".".join(map(str, path)) or "The body"
    _wrong(problems, path, found, f"{where} is no JSON object.", "an object")
    return {}


def _uuid(found: Any, path: Path, problems: list[Problem]) -> UUID | None:
    try:
        return UUID(found)
    except (ValueError, TypeError, AttributeError):
        _wrong(problems, path, found, f"{'.'.join(map(str, path))} is no UUID; it is needed.", "a UUID")
        return None


def _orders(context: Json, patient: str, problems: list[Problem]) -> tuple[Json, ...]:
    """The draft orders that were just selected."""
    selections, bundle = context.get("selections"), context.get("draftOrders")
    if not isinstance(selections, list) or not selections or not all(isinstance(one, str) for one in selections):
        text = "context.selections is no list of ids of selected orders; it is needed."
        _wrong(problems, ("context", "selections"), selections, text, "a list of texts")
        selections = []
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        text = "context.draftOrders is no Bundle; it is needed."
        _wrong(problems, ("context", "draftOrders"), bundle, text, "a Bundle")
        return ()
    named: dict[str, Json] = {}
    for resource in resources(bundle):
        kind, own = resource.get("resourceType"), resource.get("id")
        named |= {f"{kind}/{own}": resource, str(own): resource}
    chosen = []
    for place, one in enumerate(selections):
        if one not in named:
            text = f"context.selections[{place}] names no order of context.draftOrders."
            _wrong(problems, ("context", "selections", place), one, text, "Type/id")
        else:
            chosen.append(named[one])
            _same_patient(named[one], patient, ("context", "draftOrders"), problems)
    return tuple(chosen)


def _conditions(prefetch: Json, patient: str, problems: list[Problem]) -> tuple[Json, ...] | None:
    """The problems that were sent along; None where they were not, or where the EHR could not read them."""
    found = prefetch.get(CONDITIONS, _MISSING)
    if found is None:
        # By the specification: asked for, and there is none.
        return ()
    if found is _MISSING or (isinstance(found, dict) and found.get("resourceType") == "OperationOutcome"):
        return None
    if not isinstance(found, dict) or found.get("resourceType") not in ("Bundle", "Condition"):
        text = f"prefetch.{CONDITIONS} is no Bundle of Conditions."
        _wrong(problems, ("prefetch", CONDITIONS), found, text, "a Bundle, or null where there is none")
        return ()
    kept = [found] if found["resourceType"] == "Condition" else list(resources(found))
    conditions = [one for one in kept if one.get("resourceType") == "Condition"]
    for one in conditions:
        _same_patient(one, patient, ("prefetch", CONDITIONS), problems)
    return tuple(conditions)


def resources(bundle: Mapping[str, Any]) -> Iterator[Json]:
    """The resources of a Bundle."""
    entries = bundle.get("entry")
    for entry in entries if isinstance(entries, list) else ():
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            yield resource


def _same_patient(resource: Json, patient: str, path: Path, problems: list[Problem]) -> None:
    """Refuse what is of somebody else than the patient whose chart is open."""
    subject = resource.get("subject")
    reference = subject.get("reference") if isinstance(subject, dict) else None
    named = REFERENCE.search(reference) if isinstance(reference, str) else None
    own = patient.removeprefix("Patient/")
    if named and named["kind"] == "Patient" and named["id"] != own:
        kind = resource.get("resourceType")
        text = f"{'.'.join(map(str, path))} holds a {kind} of another patient than context.patientId."
        if not any(one.message == text for one in problems):
            problems.append(Problem(path, text))


def read_feedback(given: Any) -> dict[str, int]:
    """How often cards were accepted and overridden. Raises Refused; comments and reasons are looked at and let go."""
    problems: list[Problem] = []
    body = _object(given, (), problems)
    entries = body.get("feedback")
    if not problems and (not isinstance(entries, list) or not 1 <= len(entries) <= MOST_FEEDBACK):
        text = f"feedback is no list of 1 to {MOST_FEEDBACK} entries."
        _wrong(problems, ("feedback",), entries, text, [1, MOST_FEEDBACK])
        entries = []
    counts = dict.fromkeys(OUTCOMES, 0)
    for place, entry in enumerate(entries if isinstance(entries, list) else ()):
        outcome = _feedback(entry, ("feedback", place), problems)
        if outcome:
            counts[outcome] += 1
    if problems:
        raise Refused(tuple(problems))
    return counts


def _feedback(entry: Any, path: Path, problems: list[Problem]) -> str | None:
    found = _object(entry, path, problems)
    where = f"feedback[{path[-1]}]"
    if not isinstance(entry, dict):
        return None
    _uuid(found.get("card"), (*path, "card"), problems)
    if not isinstance(found.get("outcomeTimestamp"), str):
        text = f"{where}.outcomeTimestamp is no text; it is needed."
        _wrong(problems, (*path, "outcomeTimestamp"), found.get("outcomeTimestamp"), text, "2026-02-28T14:30:00Z")
    outcome = found.get("outcome")
    if outcome not in OUTCOMES:
        text = f"{where}.outcome is not one of {', '.join(OUTCOMES)}."
        _wrong(problems, (*path, "outcome"), outcome, text, list(OUTCOMES))
        return None
    return str(outcome)
