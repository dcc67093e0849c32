"""Every definition that an installation answers: the operation, the questionnaire, code systems, value sets."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from afofit.fhir.elements import Json
from afofit.fhir.operation import operation_definition
from afofit.fhir.questionnaire import questionnaire
from afofit.fhir.terminology import code_systems, value_sets


@cache
def published() -> Mapping[str, Mapping[str, Json]]:
    """Every definition by kind and id. They are the same for everybody, and do not change while the service runs."""
    kinds: dict[str, dict[str, Json]] = {}
    for one in (operation_definition(), questionnaire(), *code_systems(), *value_sets()):
        kinds.setdefault(one["resourceType"], {})[one["id"]] = one
    return MappingProxyType(kinds)


def found(kind: str, *, url: str | None = None, name: str | None = None) -> Iterable[Json]:
    """The definitions of a kind with this address (a version after | must be the one that is there) or this id."""
    for one in published()[kind].values():
        address, _, version = (url or one["url"]).partition("|")
        if address == one["url"] and version in ("", one["version"]) and name in (None, one["id"]):
            yield one
