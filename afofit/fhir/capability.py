"""The CapabilityStatement: what this installation does with FHIR."""

from afofit import __version__
from afofit.fhir.codes import canonical
from afofit.fhir.definitions import DEFINED_ON, PUBLISHER, R4
from afofit.fhir.elements import Json, narrative
from afofit.fhir.operation import NAME

READ = ("CodeSystem", "OperationDefinition", "Questionnaire", "ValueSet")
"""The resources that can be read and searched; nothing of a patient is among them."""
FORMATS = ("application/fhir+json", "application/json", "json")


def capability_statement(address: str, *, open_to_all: bool) -> Json:
    """What can be done at ``address``, the base of FHIR of this installation."""
    title = "afofit: fitting of ankle-foot orthoses"
    access = (
        "The operation and the definitions are open; nothing is stored."
        if open_to_all
        else "The operation needs a key of this service, sent as Authorization: Bearer …; the definitions are open."
    )
    return {
        "resourceType": "CapabilityStatement",
        "id": "afofit",
        "text": narrative(title, access),
        "url": canonical("CapabilityStatement", "afofit"),
        "version": __version__,
        "name": "Afofit",
        "title": title,
        "status": "active",
        "experimental": False,
        "date": DEFINED_ON,
        "publisher": PUBLISHER,
        "kind": "instance",
        "software": {"name": "afofit", "version": __version__},
        "implementation": {"description": title, "url": address},
        "fhirVersion": R4,
        "format": list(FORMATS),
        "rest": [
            {
                "mode": "server",
                "documentation": access,
                "security": {"cors": False, "description": access},
                "resource": [_resource(kind) for kind in READ],
                "operation": [{"name": NAME, "definition": canonical("OperationDefinition", NAME)}],
            }
        ],
    }


def _resource(kind: str) -> Json:
    made: Json = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "versioning": "no-version",
        "searchParam": [
            {"name": "url", "type": "uri", "documentation": "The canonical address, with or without |version"},
            {"name": "_id", "type": "token"},
        ],
    }
    return made
