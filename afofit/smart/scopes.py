"""What is asked of an EHR and what it granted, in the words of SMART 2 and of SMART 1."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from afofit.smart.discovery import Configuration

READ = ("Patient", "Observation", "Condition")
CREATE = ("Observation", "DocumentReference")
ONLINE = "online_access"
V2 = "permission-v2"
_SCOPE = re.compile(r"(?:patient|user)/([A-Za-z]+|\*)\.([a-z*]+)(?:\?.*)?")
_LETTERS = "cruds"
WORD = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")
"""What a scope may be written with (RFC 6749, 3.3)."""


def wanted(found: Configuration, *, from_ehr: bool, online: bool, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The scopes to ask for: those of SMART 2 where the EHR lists them, else those of SMART 1, and ``more``."""
    context = "launch" if from_ehr else "launch/patient"
    two = V2 in found.capabilities
    reads = [f"patient/{kind}.{'rs' if two else 'read'}" for kind in READ]
    writes = [f"patient/{kind}.{'c' if two else 'write'}" for kind in CREATE]
    every = (context, "openid", "fhirUser", *([ONLINE] if online else []), *reads, *writes, *more)
    return tuple(dict.fromkeys(every))


@dataclass(frozen=True, slots=True)
class Granted:
    """The scopes that an EHR granted."""

    scopes: tuple[str, ...]

    @classmethod
    def of(cls, said: str | None, asked: Iterable[str]) -> "Granted":
        """What the answer says; where it says nothing, all that was asked (RFC 6749, 5.1)."""
        return cls(tuple(asked) if said is None else tuple(said.split()))

    @property
    def openid(self) -> bool:
        """Whether the EHR says who signed in there."""
        return "openid" in self.scopes

    def may(self, deed: str, kind: str) -> bool:
        """Whether resources of a kind may be read (``r``), searched (``s``) or created (``c``) with this grant.

        A scope that is limited to some of them, as ``patient/Observation.rs?category=…``, counts: what lies outside
        of it is refused by the EHR itself.
        """
        return any(deed in _deeds(scope, kind) for scope in self.scopes)


def _deeds(scope: str, kind: str) -> str:
    """The letters of SMART 2 that a scope grants for a kind of resource."""
    found = _SCOPE.fullmatch(scope)
    if found is None or found[1] not in (kind, "*"):
        return ""
    said = found[2]
    one = {"read": "rs", "write": "cud", "*": _LETTERS}.get(said)
    return one if one is not None else said if set(said) <= set(_LETTERS) else ""
