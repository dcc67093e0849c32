"""A QuestionnaireResponse to our Questionnaire as nodes: each item with its answers, or with the items below it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afofit.fhir.codes import canonical
from afofit.fhir.read_parameters import too_deep, unknown_elements, values_of
from afofit.fhir.told import Node, Told, joined
from afofit.fhir.values import Fault

QUESTIONNAIRE = canonical("Questionnaire", "afo-fitting")
STATUSES = ["completed", "amended"]
ELEMENTS = frozenset(
    {
        *("resourceType", "id", "meta", "language", "text", "extension", "identifier", "basedOn", "partOf"),
        *("questionnaire", "status", "subject", "encounter", "authored", "author", "source", "item"),
    }
)
ITEM_ELEMENTS = frozenset({"id", "extension", "linkId", "definition", "text", "answer", "item"})
ANSWER_ELEMENTS = frozenset({"id", "extension"})


def response_nodes(resource: Mapping[str, Any], root: str, told: Told) -> list[Node]:
    """The answers of a response, as the parts of a Parameters resource would be; what is no answer is told."""
    unknown_elements(resource, ELEMENTS, "a QuestionnaireResponse", root, told)
    address = resource.get("questionnaire")
    if not isinstance(address, str) or address.partition("|")[0] != QUESTIONNAIRE:
        told.wrong((), f"{root}.questionnaire", Fault("not_this_questionnaire", "value", address, QUESTIONNAIRE))
    status = resource.get("status")
    if status not in STATUSES:
        fault = Fault("status", "value", status, STATUSES)
        told.wrong((), f"{root}.status", fault, "Response")
    nodes = list(_items(resource.get("item", []), f"{root}.item", "", told))
    subject = resource.get("subject")
    if subject is not None:
        named = Node("reference", f"{root}.subject", (("Reference", subject),))
        nodes = joined(nodes, [Node("patient", f"{root}.subject", members=(named,), grouped=True)])
    return nodes


def _items(items: Any, expression: str, prefix: str, told: Told) -> Iterator[Node]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        told.wrong((), expression, Fault("not_a_list", "structure", items, "items"), "Response")
        return
    if too_deep(expression, told):
        return
    for number, item in enumerate(items):
        yield from _item(item, f"{expression}[{number}]", prefix, told)


def _item(item: Any, expression: str, prefix: str, told: Told) -> Iterator[Node]:
    if not isinstance(item, Mapping):
        told.wrong((), expression, Fault("not_an_object", "structure", item, "an item"), "Response")
        return
    link = item.get("linkId")
    if not isinstance(link, str) or not link.strip():
        told.wrong((), expression, Fault("no_name", "required", link, "a linkId"), "Response")
        return
    unknown_elements(item, ITEM_ELEMENTS, "an item", expression, told)
    # A linkId below another group is no member of this one, and is told whole.
    name = link.removeprefix(prefix) if link.startswith(prefix) else link
    if "item" in item:
        members = tuple(_items(item["item"], f"{expression}.item", f"{link}.", told))
        yield Node(name, expression, _answers(item, expression, told), members, grouped=True)
    for number, value in enumerate(_answers(item, expression, told) if "item" not in item else ()):
        yield Node(name, f"{expression}.answer[{number}].value", (value,))


def _answers(item: Mapping[str, Any], expression: str, told: Told) -> tuple[tuple[str, Any], ...]:
    """The values of the answers of an item. An item that nobody answered says nothing."""
    answers = item.get("answer", [])
    if not isinstance(answers, Sequence) or isinstance(answers, str):
        told.wrong((), expression, Fault("not_a_list", "structure", answers, "answers"), "Response")
        return ()
    found = []
    for number, answer in enumerate(answers):
        place = f"{expression}.answer[{number}]"
        if not isinstance(answer, Mapping):
            told.wrong((), place, Fault("not_an_object", "structure", answer, "an answer"), "Response")
            continue
        unknown_elements(answer, ANSWER_ELEMENTS, "an answer", place, told, values=True)
        values = values_of(answer)
        if len(values) != 1:
            told.wrong((), place, Fault("no_value", "required", None, "one value"), "Response")
            continue
        found.append(values[0])
    return tuple(found)
