"""The door for FHIR: a Parameters, a Bundle of Observations or a QuestionnaireResponse to one request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from afofit.fhir.asked import Asked, asked
from afofit.fhir.form import FORM, Item
from afofit.fhir.patients import literal
from afofit.fhir.read_bundle import bundle_nodes
from afofit.fhir.read_parameters import CONTENT, parameter_nodes
from afofit.fhir.read_response import response_nodes
from afofit.fhir.told import Issue, Node, Told, Unfit, joined
from afofit.fhir.values import Fault
from afofit.fhir.wishes import WISHED, WISHES, Wishes, read_wishes, wished_in_address

RESOURCES = ["Parameters", "Bundle", "QuestionnaireResponse"]
READERS = {"Bundle": bundle_nodes, "QuestionnaireResponse": response_nodes}
HOLDER = Item(name=CONTENT, kind="group", label="Bundle or QuestionnaireResponse")
WHOLE = Item(name="", kind="group", label="Parameters", members=(*FORM.members, *WISHES.members, HOLDER))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the operation, read."""

    asked: Asked
    wishes: Wishes


def read_call(resource: Any, query: Sequence[tuple[str, str]] = (), *, today: date) -> Call:
    """What a caller asks; raises Unfit with everything that is wrong, in the resource and by the rules of REST.

    ``query`` are the arguments of the address: wishes beside a Bundle or a QuestionnaireResponse.
    """
    kind = resource.get("resourceType") if isinstance(resource, Mapping) else None
    if kind not in RESOURCES:
        told = Told("")
        told.wrong((), "$this", _no_resource(kind, RESOURCES))
        raise Unfit(told.issues)
    told = Told(kind)
    nodes, wished = _nodes(resource, kind, told)
    wished = [*wished, *wished_in_address(query, told, in_body=kind == "Parameters")]
    told.group(nodes, FORM, ())
    wishes, unread = read_wishes(wished, kind)
    found, issues = asked(told, today=today)
    issues = [*unread, *issues]
    if found is not None and wishes.transaction:
        issues += _without_a_chart(found, told)
    if found is None or issues:
        raise Unfit(issues)
    return Call(found, wishes)


def _nodes(resource: Mapping[str, Any], kind: str, told: Told) -> tuple[list[Node], list[Node]]:
    """What is told of the fitting, and what is wished, from whichever resource it stands in."""
    if kind != "Parameters":
        return READERS[kind](resource, kind, told), []
    told_of: list[Node] = []
    wished: list[Node] = []
    held: list[Node] = []
    for node in parameter_nodes(resource, told):
        if node.name == CONTENT:
            held.append(node)
        elif WHOLE.member(node.name) is None:
            fault = Fault("unknown_part", "structure", node.name, [one.name for one in WHOLE.members])
            told.wrong((node.name,), node.expression, fault, "Parameters")
        else:
            (wished if node.name in WISHED else told_of).append(node)
    if len(held) > 1:
        told.wrong((CONTENT,), held[1].expression, Fault("twice", "duplicate", len(held), "1"), "Resource")
    for node in held[:1]:
        told_of = joined(told_of, _held(node, told))
    return told_of, wished


def _held(node: Node, told: Told) -> list[Node]:
    """The nodes of the resource that a parameter holds."""
    inner = node.values[0][1] if len(node.values) == 1 and node.values[0][0] == CONTENT else None
    kind = inner.get("resourceType") if isinstance(inner, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(kind, str) or kind not in READERS:
        told.wrong((CONTENT,), node.expression, _no_resource(kind, list(READERS)))
        return []
    return READERS[kind](inner, f"{node.expression}.resource", told)


def _no_resource(kind: object, allowed: list[str]) -> Fault:
    said = None if isinstance(kind, str) else "What is no resource"
    return Fault("not_a_resource", "structure", kind if isinstance(kind, str) else None, allowed, said=said)


def _without_a_chart(found: Asked, told: Told) -> list[Issue]:
    """A transaction writes into a chart: without a patient, or with one that only the sender knows, it must not."""
    address = literal(found.subject)
    if found.subject is not None and not (address or "").startswith("urn:"):
        return []
    place = Told(told.root)
    fault = Fault("no_patient", "required", address, "Patient/123")
    place.wrong(("patient", "reference"), told.expressions.get(("patient",), [told.root])[0], fault)
    return place.issues
