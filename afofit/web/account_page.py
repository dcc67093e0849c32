"""One's own account."""

from typing import cast

from flask import render_template, request
from flask_security import current_user
from werkzeug.exceptions import NotFound

from afofit.access import actor, settings
from afofit.store.accounts import User
from afofit.web import sign_in


def account_page() -> str:
    """One's own account, how it is locked, and where the person is signed in."""
    user, here = cast(User, current_user), sign_in.visit_id()
    return render_template(
        "account.html",
        own=actor(),
        authenticator=bool(user.tf_primary_method),
        passkeys=len(user.webauthn),
        codes=len(user.mf_recovery_codes or ()),
        visits=sorted(((one, one.id == here) for one in sign_in.own_visits()), key=lambda pair: not pair[1]),
        settings=settings(),
    )


def visit_asked() -> bytes | None:
    """The visit that is to end; None where every other one is. Raises NotFound for what is none."""
    asked = request.form.get("visit")
    try:
        return None if asked is None else bytes.fromhex(asked)
    except ValueError:
        raise NotFound from None
