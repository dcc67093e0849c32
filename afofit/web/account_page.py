"""One's own account."""

from typing import cast

from flask import render_template
from flask_security import current_user

from afofit.access import actor
from afofit.store.accounts import User


def account_page() -> str:
    """One's own account, and how it is locked."""
    user = cast(User, current_user)
    return render_template(
        "account.html",
        own=actor(),
        authenticator=bool(user.tf_primary_method),
        passkeys=len(user.webauthn),
        codes=len(user.mf_recovery_codes or ()),
    )
