"""A Parameters resource as nodes: each part with its value, or with the parts below it."""

from collections.abc import Mapping, Sequence
from typing import Any

from afofit.fhir.told import Node, Told
from afofit.fhir.values import Fault

ELEMENTS = frozenset({"resourceType", "id", "meta", "language", "parameter"})
PART_ELEMENTS = frozenset({"id", "extension", "name", "part", "resource"})
DEEPEST = 8
"""How many lists may lie in each other; nothing that is read needs as many."""
CONTENT = "resource"
"""The parameter that holds a Bundle or a QuestionnaireResponse."""


def parameter_nodes(resource: Mapping[str, Any], told: Told) -> list[Node]:
    """The parts of a Parameters resource; what is no part is told."""
    unknown_elements(resource, ELEMENTS, "Parameters", told.root, told)
    return _parts(resource.get("parameter", []), f"{told.root}.parameter", told)


def unknown_elements(
    holder: Mapping[str, Any], known: frozenset[str], kind: str, expression: str, told: Told, *, values: bool = False
) -> None:
    """Tell of elements that are not read here: what is silently dropped may have been meant."""
    for name in holder:
        primitive = name.removeprefix("_")
        if primitive not in known and not (values and primitive.startswith("value")):
            told.wrong((), expression, Fault("unknown_element", "structure", name, kind), kind)


def too_deep(expression: str, told: Told) -> bool:
    """Whether a place lies deeper than anything that is read; says so."""
    deep = expression.count("[") > DEEPEST
    if deep:
        fault = Fault("too_deep", "structure", expression.count("["), f"{DEEPEST} levels", said="What came")
        told.wrong((), expression, fault)
    return deep


def _parts(parts: Any, expression: str, told: Told) -> list[Node]:
    if too_deep(expression, told):
        return []
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        told.wrong((), expression, Fault("not_a_list", "structure", parts, "parts"), "Parameters")
        return []
    nodes = (_part(part, f"{expression}[{number}]", told) for number, part in enumerate(parts))
    return [node for node in nodes if node is not None]


def _part(part: Any, expression: str, told: Told) -> Node | None:
    if not isinstance(part, Mapping):
        told.wrong((), expression, Fault("not_an_object", "structure", part, "a part"), "Parameters")
        return None
    name = part.get("name")
    if not isinstance(name, str) or not name.strip():
        told.wrong((), expression, Fault("no_name", "required", name, "text"), "Parameters")
        return None
    unknown_elements(part, PART_ELEMENTS, "a part", expression, told, values=True)
    grouped = "part" in part
    return Node(
        name,
        expression,
        tuple(values_of(part)) + (((CONTENT, part[CONTENT]),) if CONTENT in part else ()),
        tuple(_parts(part["part"], f"{expression}.part", told)) if grouped else (),
        grouped,
    )


def values_of(holder: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Every value[x] of an element: its FHIR type and what it holds."""
    found = []
    for name, value in holder.items():
        kind = name.removeprefix("value")
        if name == kind or not kind:
            continue
        if not kind[0].isupper():
            # No element is written so; it is told as it came.
            found.append((name, value))
        else:
            found.append((kind if kind in COMPLEX else kind[0].lower() + kind[1:], value))
    return found


COMPLEX = frozenset(
    {
        *("Quantity", "Coding", "CodeableConcept", "Reference", "Range", "Ratio", "Period", "Attachment"),
        *("Identifier", "SampledData", "Age", "Annotation", "Signature", "Timing"),
    }
)
"""Types that are written with a capital; the rest are primitive."""
