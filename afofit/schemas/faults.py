"""Faults of the shape, as problems with sentences."""

from collections.abc import Iterator, Mapping
from typing import Any

from afofit.fitting.measurements import BY_NAME
from afofit.schemas.fields import Fault
from afofit.schemas.problems import Path, Problem, where
from afofit.schemas.shape import NEEDED
from afofit.words.problems import sentence, shown
from afofit.words.tongue import N_, _

WHOLE = "_schema"
UNITS = {
    "length": N_("mm, cm or in"),
    "mass": N_("kg or lb"),
    "units": N_("mm, cm or in, and kg or lb"),
}
"""What can be chosen where a unit is missing, by the last step of its path."""


def problems_of(messages: Mapping[Any, Any], document: Any) -> list[Problem]:
    """Every fault below the messages of marshmallow, in the order of the request."""
    return [_problem(path, fault, document) for path, fault in _walk(messages, ())]


def missing_in(document: Any) -> list[Problem]:
    """What every request needs and this one lacks; below a part that is not there, only the part is named."""
    found = []
    for path in NEEDED:
        holder = received_at(document, path[:-1]) if path[:-1] else document
        if isinstance(holder, Mapping) and holder.get(path[-1]) is None:
            found.append(_problem(path, Fault("missing"), document))
    return found


def _walk(messages: Any, path: Path) -> Iterator[tuple[Path, Fault]]:
    if isinstance(messages, Fault):
        yield (*path, *messages.at), messages
    elif isinstance(messages, Mapping):
        for step, below in messages.items():
            yield from _walk(below, path if step == WHOLE else (*path, step))
    elif isinstance(messages, list):
        for one in messages:
            yield from _walk(one, path)


def received_at(document: Any, path: Path) -> Any:
    """What stands at a path of the document, or None."""
    found = document
    for step in path:
        try:
            found = found[step]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def _problem(path: Path, fault: Fault, document: Any) -> Problem:
    received = received_at(document, path)
    place = where(path) if path else "The request"
    code = fault.code
    if code == "missing" and path[:1] == ("units",):
        code = "no_unit"
    allowed = fault.allowed
    text = sentence(
        code,
        where=place,
        received=shown(received),
        allowed=", ".join(shown(one).strip("“”") for one in allowed) if isinstance(allowed, list) else allowed,
        field=path[-1] if path else "",
        units=_(UNITS.get(str(path[-1]), "")) if path else None,
    )
    return Problem(path, text, _plain(received), _unit(path, document), allowed)


def _plain(received: object) -> object:
    """What is sent back: numbers and short text as they came, larger things by kind."""
    if isinstance(received, list | dict):
        return "a list" if isinstance(received, list) else "an object"
    if isinstance(received, float) and not (-1e308 < received < 1e308):
        return str(received)
    if isinstance(received, int) and not isinstance(received, bool) and abs(received) >= 2**53:
        return shown(str(received))
    return shown(received).strip("“”") if isinstance(received, str) and len(received) > 60 else received


def _unit(path: Path, document: Any) -> str | None:
    """The unit in which a measurement was to be typed."""
    name = next((step for step in reversed(path) if step in BY_NAME), None)
    if name is None:
        return None
    if BY_NAME[str(name)].unit == "deg":
        return "deg"
    unit = received_at(document, ("units", "length"))
    return unit if isinstance(unit, str) else None
