"""Who does something: a person who signed in, another system with its key, a patient with a link, or a command."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is at work and for which clinic. ``label`` stands in the audit and names nobody."""

    clinic_id: UUID
    label: str
    name: str = ""
    account_id: int | None = None
    orthotist: bool = False
    administrator: bool = False
    """Roles of a person, or of the person that a key acts for."""


def person(clinic_id: UUID, account_id: int, name: str, *, orthotist: bool, administrator: bool) -> Actor:
    """Somebody who signed in."""
    return Actor(
        clinic_id=clinic_id,
        label=f"account {account_id}",
        name=name,
        account_id=account_id,
        orthotist=orthotist,
        administrator=administrator,
    )


def command(clinic_id: UUID) -> Actor:
    """Whoever runs commands on the machine."""
    return Actor(clinic_id=clinic_id, label="command", name="Command line")
