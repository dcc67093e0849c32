"""Error pages: what happened, what is safe, one next step; never a word of what was typed."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from afofit.watching.reference import reference
from afofit.words.tongue import N_, _

UNCHANGED = N_("Nothing was changed.")
SAFE = N_("Nothing was stored. What you typed is still in the page before this one: go back to it.")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one kind of error."""

    title: str
    happened: str
    next_step: str


WORDS = {
    400: Words(
        "The page is out of date",
        "The form was open for too long, or was sent from another page.",
        "Go back, load the page again and send it once more.",
    ),
    401: Words("Sign in first", "Nobody is signed in, or the visit has ended.", "Sign in, then go back and try again."),
    403: Words("Not allowed", "Your account may not do this.", "Ask an administrator of your clinic if you need it."),
    429: Words("Too many tries", "This was tried too often in a short time.", "Wait a few minutes, then try again."),
    503: Words(
        "The records cannot be reached",
        "The database did not answer, or cannot write.",
        "Try again in a moment; sending the same once more makes no double.",
    ),
    404: Words("Page not found", "There is no page at this address.", "Check the address, or start from the form."),
    405: Words(
        "Not possible this way", "This address does not take that kind of request.", "Start again from the form."
    ),
    413: Words(
        "Too much was sent",
        "The request was larger than this service reads; a filled form is far smaller.",
        "Send the form again without other content.",
    ),
    500: Words(
        "Something failed here",
        "The program made a mistake. No result was given.",
        "Try once more; if it fails again, tell who runs this service the reference number.",
    ),
}
OTHER = Words("The request was not understood", "This service could not work on the request.", "Start from the form.")


def error_page(error: HTTPException) -> Response:
    """The page of an HTTP error, with the id of the request as the reference number: the log has it too."""
    code = error.code or 500
    words = WORDS.get(code, WORDS[500] if code >= 500 else OTHER)
    page = render_template(
        "error.html",
        title=_(words.title),
        happened=_(words.happened),
        safe=_(UNCHANGED if request.method == "GET" else SAFE),
        next_step=_(words.next_step),
        reference=reference(),
    )
    answer = make_response(page, code)
    for name, value in error.get_headers(None):
        if name.lower() != "content-type":
            answer.headers[name] = value
    return answer
