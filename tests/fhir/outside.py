"""Judges of FHIR from outside: Medplum, Lantana and UCUM on Node, fhir.resources here. All go through one door."""

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

from afofit.fhir.codes import BASE, CODES, HCPCS
from afofit.fhir.published import published
from afofit.words.coding import code_list
from tests import npm

Json = dict[str, Any]
NAMED = re.compile(r'warning: Code ".*" \(.*\) not found in value set|info: Value set ".*" could not be found')
"""What Lantana says of codes in bindings that are examples, and of value sets that it does not carry. Nothing else of
what a judge says is left out of the count."""
HL7 = ("http://terminology.hl7.org/", "http://hl7.org/fhir/", "http://unitsofmeasure.org")
VERSIONED = (f"{BASE}:CodeSystem:engine-version", f"{BASE}:CodeSystem:protocol-version")


def ask(**work: Any) -> Json:
    """What Node answers to all of the work at once; see tests/node/fhir.mjs."""
    with tempfile.TemporaryDirectory(prefix="afofit-fhir-") as folder:
        sent, got = Path(folder) / "work.json", Path(folder) / "answers.json"
        sent.write_text(json.dumps(work), "utf-8")
        ran = npm.run("node", npm.FOLDER / "fhir.mjs", sent, got)
        assert ran.returncode == 0, ran.stderr[-2000:]
        answers: Json = json.loads(got.read_text("utf-8"))
        return answers


def complaints(resources: Mapping[str, Json], answers: Iterable[Json]) -> dict[str, list[str]]:
    """By name, everything that any judge has against a resource; warnings count."""
    found: dict[str, list[str]] = {}
    for one in answers:
        said = [f"medplum {text}" for text in one["medplum"]]
        said += [f"lantana {text}" for text in one["lantana"] if not NAMED.match(text)]
        said += [f"ucum {text}" for text in one["ucum"]]
        resource = resources[one["name"]]
        said += [f"fhir.resources {text}" for text in modelled(resource)]
        said += [f"codes {text}" for text in strange_codes(resource)]
        found[one["name"]] = said
    assert found.keys() == resources.keys()
    return found


def modelled(resource: Json) -> Iterator[str]:
    """What fhir.resources has against a resource, and against each entry of a Bundle alone."""
    entries = resource.get("entry") or [] if resource.get("resourceType") == "Bundle" else []
    for one in (resource, *(entry.get("resource") or {} for entry in entries)):
        try:
            get_fhir_model_class(one.get("resourceType", "")).model_validate(one)
        except (ValidationError, ValueError, KeyError) as error:
            yield f"{one.get('resourceType')}: {str(error)[:300]}"


def codings(value: Any) -> Iterator[Json]:
    """Every coding of a resource."""
    if isinstance(value, list):
        for one in value:
            yield from codings(one)
    elif isinstance(value, dict):
        if is_coding(value):
            yield value
        for name, one in value.items():
            if name not in ("concept", "compose"):
                yield from codings(one)


def is_coding(value: Json) -> bool:
    """A code with its system or its display; a quantity has a code too, and a value."""
    named = isinstance(value.get("system"), str) or "display" in value
    return isinstance(value.get("code"), str) and named and "value" not in value


def meanings() -> dict[tuple[str, str], str]:
    """The display of every code that may be written: ours, and those of the frozen table."""
    known = {(one.system, one.code): one.display for one in CODES}
    known |= {(HCPCS, one.code): "" for one in code_list().codes}
    for one in published()["CodeSystem"].values():
        known |= {(one["url"], concept["code"]): concept["display"] for concept in one.get("concept", ())}
    return known


MEANINGS = meanings()


def strange_codes(resource: Json) -> Iterator[str]:
    """Codes without a system, unknown codes, and codes that say something else than they mean."""
    for one in codings(resource):
        system, code, display = one.get("system"), one["code"], one.get("display")
        if not system:
            yield f"{code} has no system"
        elif str(system).startswith(HL7) or system in VERSIONED:
            continue
        elif (system, code) not in MEANINGS:
            yield f"{system}|{code} is in no table"
        elif display not in (None, MEANINGS[system, code]):
            yield f"{system}|{code} does not mean {display}"
