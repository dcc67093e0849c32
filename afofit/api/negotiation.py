"""Which form of an answer a client wants: the Accept header held against the forms that a resource has."""

from collections.abc import Mapping, Sequence

from flask import Request, Response
from werkzeug.exceptions import NotAcceptable

from afofit.api.problems import problem_response
from afofit.schemas.problems import Problem

JSON, TEXT, RTF, OTHER_RTF = "application/json", "text/plain", "application/rtf", "text/rtf"
NOTE_FORMS = (JSON, TEXT, RTF, OTHER_RTF)
"""The forms of a fitting: the whole answer, and its summary for the note."""


class NoSuchForm(NotAcceptable):
    """None of the forms of a resource is acceptable to the client."""

    def __init__(self, received: str, offered: Sequence[str]) -> None:
        super().__init__()
        self.received = received
        self.offered = offered


def wanted(request: Request, offered: Sequence[str]) -> str:
    """The form that the client likes best, the first where it likes several equally. Raises NoSuchForm.

    A form is held against the narrowest range that names it, so that ``text/plain;q=0, */*`` excludes plain text.
    """
    given = request.headers.get("Accept", "").strip()
    if not given:
        return offered[0]
    ranges = {_bare(name): float(quality) for name, quality in reversed(list(request.accept_mimetypes))}
    best = max(offered, key=lambda form: _quality(form, ranges))
    if _quality(best, ranges) <= 0:
        raise NoSuchForm(given[:200], offered)
    return best


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _quality(form: str, ranges: Mapping[str, float]) -> float:
    kind = form.partition("/")[0]
    for each in (form, f"{kind}/*", "*/*"):
        if each in ranges:
            return ranges[each]
    return 0.0


def no_such_form(error: NoSuchForm) -> Response:
    """406 with every form that there is."""
    text = f"Accept: “{error.received}” names none of the forms of this answer: {', '.join(error.offered)}."
    problem = Problem(("Accept",), text, error.received, None, list(error.offered))
    response = problem_response(406, "None of the forms in Accept is one that this resource has.", [problem])
    response.vary.add("Accept")
    return response
