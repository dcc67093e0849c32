"""OperationOutcome: everything that is wrong, each with its place in what was sent, in the words of REST."""

from collections.abc import Sequence
from typing import Any

from afofit.fhir.elements import Json
from afofit.fhir.told import Issue
from afofit.schemas.problems import Problem
from afofit.words.problems import shown

CODES = {
    400: "structure",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "invalid",
    429: "throttled",
    503: "transient",
}
"""By HTTP status the kind of issue; any other is a fault of ours."""


def outcome(issues: Sequence[Json]) -> Json:
    """The resource with its issues."""
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def of_issues(issues: Sequence[Issue]) -> Json:
    """What is wrong with a resource, each with the FHIRPath to it."""
    return outcome([_issue(one.problem, one.code, one.expression) for one in issues])


def of_status(status: int, text: str, problems: Sequence[Problem] = ()) -> Json:
    """An error of the service itself: nothing there, not allowed, too large, a fault of ours."""
    code = CODES.get(status, "exception")
    severity = "fatal" if status >= 500 else "error"
    if problems:
        return outcome([_issue(one, code, None) for one in problems])
    return outcome([{"severity": severity, "code": code, "details": {"text": text}, "diagnostics": text}])


def _issue(problem: Problem, code: str, expression: str | None) -> Json:
    made: Json = {
        "severity": "error",
        "code": code,
        "details": {"text": problem.message},
        "diagnostics": f"{problem.message} {_facts(problem)}",
    }
    return made | ({"expression": [expression]} if expression else {})


def _facts(problem: Problem) -> str:
    """Field, received, unit and allowed, as REST gives them beside its sentence."""
    facts = {
        "field": problem.field or "the request",
        "received": _shown(problem.received),
        "unit": problem.unit or "none",
        "allowed": _shown(problem.allowed),
    }
    return f"[{'; '.join(f'{name}: {text}' for name, text in facts.items())}]"


def _shown(fact: Any) -> str:
    """A fact as text; a range as "160 to 700", a list with commas."""
    if fact is None:
        return "nothing said"
    if isinstance(fact, dict):
        low, high = fact.get("minimum"), shown(fact.get("maximum")).strip("“”")
        return f"at most {high}" if low is None else f"{shown(low)} to {high}"
    return ", ".join(str(one) for one in fact) if isinstance(fact, list) else shown(fact).strip("“”")
