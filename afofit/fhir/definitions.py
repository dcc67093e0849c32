"""What every definition of ours begins with."""

from typing import Final

from afofit import __version__
from afofit.fhir.codes import canonical
from afofit.fhir.elements import Json, narrative

DEFINED_ON: Final = "2026-11-28"
PUBLISHER: Final = "afofit"
R4: Final = "4.0.1"


def definition(kind: str, name: str, title: str, description: str) -> Json:
    """The beginning of a definition: its address, version, names, what it is for."""
    return {
        "resourceType": kind,
        "id": name,
        "text": narrative(title, description),
        "url": canonical(kind, name),
        "version": __version__,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "active",
        "experimental": False,
        "date": DEFINED_ON,
        "publisher": PUBLISHER,
        "description": description,
    }
