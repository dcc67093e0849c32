"""A form that is sent after its visit has ended: given back with everything typed, to be sent on after sign-in.

The values wait in the page alone: nothing of them is stored before somebody is signed in, and none is in an address.
"""

from flask import current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

FORMS = frozenset({"kept.new", "kept.edit", "smart.fitting"})
"""Forms that take so long to fill that a visit may end meanwhile."""
DROPPED = frozenset({"csrf_token", "keep", "choose", "apply", "confirm", "units_answer", "again"})
"""Tokens and buttons: the form is shown again, and what to do with it is decided there."""


def given_back(status: int, *, signed_out: bool) -> ResponseReturnValue | None:
    """The page that holds what was typed; None where this is not a form of ours that was filled here."""
    if request.endpoint not in FORMS or not _from_our_page():
        return None
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in DROPPED]
    page = render_template("carry.html", carried=carried, action=request.full_path.rstrip("?"), signed_out=signed_out)
    return make_response(page, status)


def wants_json() -> bool:
    """Whether the script of a page asks, which reads no page."""
    return request.accept_mimetypes.best == "application/json"


def _from_our_page() -> bool:
    """Whether the form carries a token that we once made, and was not sent by the page of another site."""
    if wants_json() or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    signed = URLSafeTimedSerializer(current_app.secret_key or b"", salt="wtf-csrf-token")
    try:
        signed.loads(request.form.get("csrf_token", ""))
    except BadData:
        return False
    return True
