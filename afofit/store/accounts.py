"""Accounts of orthotists and administrators, in the form that Flask-Security reads."""

from typing import Any, Literal
from uuid import UUID

from flask_security.models import sqla
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from afofit.store.tables import CLINIC, Table

RoleName = Literal["orthotist", "administrator"]
ROLES: tuple[RoleName, ...] = ("orthotist", "administrator")

sqla.FsModels.set_db_info(  # type: ignore[no-untyped-call]
    base_model=Table, user_table_name="account", role_table_name="role", webauthn_table_name="passkey"
)


class Role(Table, sqla.FsRoleMixin):
    """What an account may do."""

    __tablename__ = "role"


class User(Table, sqla.FsUserMixin):
    """One person of a clinic. The class is called User because Flask-Security names it so."""

    __tablename__ = "account"
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey(CLINIC), index=True)
    name: Mapped[str]

    def is_a(self, role: RoleName) -> bool:
        """Whether the account has a role."""
        return any(own.name == role for own in self.roles)

    def get_security_payload(self) -> dict[str, Any]:
        """What sign-in answers of a person: nothing but the address that was typed."""
        return {"email": self.email}


class WebAuthn(Table, sqla.FsWebAuthnMixin):
    """A passkey. The class is called WebAuthn because Flask-Security names it so."""

    __tablename__ = "passkey"
