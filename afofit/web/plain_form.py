"""Short forms: what was typed, what is wrong with it and at which field."""

from typing import cast

from flask import current_app, request

from afofit.schemas.numbers import whole
from afofit.store.accounts import ROLES, RoleName
from afofit.store.errors import Conflict
from afofit.words.tongue import _

LONGEST = 200
SECRETS = frozenset({"password", "setup_code", "csrf_token"})


class PlainForm:
    """One posted form. Each reading answers a clean value and notes what is wrong with it."""

    def __init__(self, **shown: str) -> None:
        typed = {name: text for name, text in request.form.items() if name not in SECRETS}
        self.values: dict[str, str] = shown | typed
        self.faults: dict[str, str] = {}

    @property
    def good(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.faults

    def text(self, name: str, missing: str = "", *, longest: int = LONGEST) -> str:
        """One line of text; ``missing`` is said where it must not be empty."""
        text = " ".join(request.form.get(name, "").split())
        if len(text) > longest:
            self.faults[name] = _("At most {longest} characters.").format(longest=longest)
        elif missing and not text:
            self.faults[name] = missing
        return text

    def email(self, name: str = "email") -> str:
        """An e-mail address in the form in which sign-in looks for it."""
        text = self.text(name, _("Enter an e-mail address."))
        if name not in self.faults:
            try:
                return cast(str, current_app.extensions["security"]._mail_util.validate(text))
            except ValueError:
                self.faults[name] = _("This is not an e-mail address; it looks like name@clinic.org.")
        return text

    def password(self, **known: str) -> str:
        """A new password, not yet hashed; ``known`` is what others know of who chooses it."""
        typed = request.form.get("password", "")
        found, clean = current_app.extensions["security"]._password_util.validate(typed, is_register=True, **known)
        if found:
            self.faults["password"] = " ".join(str(text) for text in found)
        return cast(str, clean)

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, or None where the field is empty."""
        text = self.text(name)
        if not text:
            return None
        number = whole(text, most, least=least)
        if number is None:
            self.faults[name] = _("Enter a whole number from {least} to {most}.").format(least=least, most=most)
        return number

    def roles(self) -> tuple[RoleName, ...]:
        """The roles that are ticked, at least one."""
        ticked = request.form.getlist("roles")
        chosen = tuple(role for role in ROLES if role in ticked)
        if not chosen:
            self.faults["roles"] = _("Choose at least one role.")
        return chosen

    def conflict(self, error: Conflict) -> None:
        """Note at its field what the store has against it."""
        self.faults[error.pointer.lstrip("/")] = error.text
