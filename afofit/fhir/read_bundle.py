"""A Bundle of Observations as nodes: height, weight and measurements with their codes, and the patient beside them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from afofit.fhir.codes import HEIGHT_CODES, LOINC, MEASURE, RESULT, SIDE_OF, WEIGHT_CODES
from afofit.fhir.elements import is_date_time
from afofit.fhir.form import FORM, LEG, Item
from afofit.fhir.read_parameters import unknown_elements, values_of
from afofit.fhir.read_patient import Gathered, codes_of, condition, named, patients, subject_of
from afofit.fhir.told import Node, Told
from afofit.fhir.values import Fault
from afofit.fitting.values import SIDES

TYPES = ["collection", "searchset"]
STATUSES = ["final", "amended", "corrected", "preliminary"]
KINDS = ["Observation", "Patient", "Condition"]
ELEMENTS = frozenset(
    {
        *(
            "resourceType",
            "id",
            "meta",
            "language",
            "text",
            "extension",
            "contained",
            "identifier",
            "basedOn",
            "partOf",
        ),
        *("status", "category", "code", "subject", "encounter", "effectiveDateTime", "effectivePeriod"),
        *("effectiveInstant", "effectiveTiming", "issued", "performer", "dataAbsentReason", "interpretation", "note"),
        *("bodySite", "method", "specimen", "device", "referenceRange", "hasMember", "derivedFrom", "component"),
    }
)
"""What an Observation may hold. What changes its meaning (focus, modifierExtension, implicitRules) is refused."""
READS = [*(f"LOINC {code}" for code in (*HEIGHT_CODES, *WEIGHT_CODES)), MEASURE]


def _places() -> dict[str, tuple[str | None, Item]]:
    """By name, the group that holds an item (None: a leg itself) and the item."""
    found: dict[str, tuple[str | None, Item]] = {}
    for group in FORM.members:
        of = None if group is LEG else group.name
        found |= {item.name: (of, item) for item in group.members if not item.is_group and item.name != "side"}
    return found


PLACES = _places()


def bundle_nodes(bundle: Mapping[str, Any], root: str, told: Told) -> list[Node]:
    """The Observations of a Bundle, as the parts of a Parameters resource would be; what is not read is told."""
    gathered = Gathered(told, root)
    if bundle.get("type") not in TYPES:
        gathered.wrong(f"{root}.type", Fault("bundle_type", "value", bundle.get("type"), TYPES))
    entries = bundle.get("entry", [])
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        gathered.wrong(f"{root}.entry", Fault("not_a_list", "structure", entries, "entries"))
        entries = []
    for number, entry in enumerate(entries):
        _entry(entry, f"{root}.entry[{number}]", gathered)
    patients(gathered)
    return list(_nodes(gathered))


def _nodes(gathered: Gathered) -> Iterator[Node]:
    """The gathered nodes as groups; what is said of a leg makes a leg."""
    for side in SIDES:
        groups = {group: nodes for group, nodes in gathered.groups.items() if group[0] == side}
        if groups:
            members = [Node("side", gathered.root, (("code", side),)), *groups.pop((side,), [])]
            members += [_group_node(group[1], nodes, gathered) for group, nodes in groups.items()]
            yield _group_node(LEG.name, members, gathered)
    for group, nodes in gathered.groups.items():
        if group[0] not in SIDES:
            yield _group_node(group[0], nodes, gathered)


def _group_node(name: str, nodes: Sequence[Node], gathered: Gathered) -> Node:
    return Node(name, gathered.root, members=tuple(nodes), grouped=True)


def _entry(entry: Any, expression: str, gathered: Gathered) -> None:
    resource = entry.get("resource") if isinstance(entry, Mapping) else None
    if not isinstance(resource, Mapping):
        gathered.wrong(expression, Fault("not_an_object", "structure", resource, "an entry with a resource"))
        return
    kind, place = resource.get("resourceType"), f"{expression}.resource"
    if kind == "Observation":
        _observation(resource, place, gathered)
    elif kind == "Patient":
        url = entry.get("fullUrl")
        gathered.patients.append((resource, url if isinstance(url, str) else "", place))
    elif kind == "Condition":
        condition(resource, place, gathered)
    elif not (kind == "OperationOutcome" and _is_outcome(entry)):
        gathered.wrong(place, Fault("not_observed", "not-supported", kind, KINDS))


def _is_outcome(entry: Mapping[str, Any]) -> bool:
    """Whether a server put an entry into a searchset to say something about the search."""
    search = entry.get("search")
    return isinstance(search, Mapping) and search.get("mode") == "outcome"


def _name(resource: Mapping[str, Any], expression: str, gathered: Gathered) -> str | None:
    """What an Observation measures, by our name; None after saying that it is not known, or not clear."""
    came = codes_of(resource.get("code"))
    names = {name for name in (_name_of(system, code) for system, code in came) if name}
    if len(names) == 1:
        return names.pop()
    if names:
        both = " and ".join(sorted(names))
        gathered.wrong(f"{expression}.code", Fault("two_meanings", "value", both, "one", said=both), "Observation")
    else:
        gathered.wrong(f"{expression}.code", Fault("unknown_observation", "code-invalid", named(came), READS))
    return None


def _name_of(system: str, code: str) -> str | None:
    if system == LOINC:
        return "height" if code in HEIGHT_CODES else "weight" if code in WEIGHT_CODES else None
    return code if system == MEASURE and code in PLACES else None


def _side(resource: Mapping[str, Any], expression: str, gathered: Gathered) -> tuple[bool, str | None]:
    """Whether the side of an Observation is clear, and the side; one without a body site is of no side."""
    if resource.get("bodySite") is None:
        return True, None
    came = codes_of(resource["bodySite"])
    sides = {SIDE_OF[pair] for pair in came if pair in SIDE_OF}
    if len(sides) == 1:
        return True, sides.pop()
    if sides:
        fault = Fault("two_sides", "value", "left, right", "one side")
    else:
        fault = Fault("no_side", "code-invalid", named(came), [f"{system}|{code}" for system, code in SIDE_OF])
    gathered.wrong(f"{expression}.bodySite", fault, "Observation")
    return False, None


def _observation(resource: Mapping[str, Any], expression: str, gathered: Gathered) -> None:
    unknown_elements(resource, ELEMENTS, "an Observation", expression, gathered.told, values=True)
    subject_of(resource.get("subject"), f"{expression}.subject", gathered)
    if resource.get("status") not in STATUSES:
        fault = Fault("status", "value", resource.get("status"), STATUSES)
        gathered.wrong(f"{expression}.status", fault, "Observation")
    name = _name(resource, expression, gathered)
    clear, side = _side(resource, expression, gathered)
    if name is None or not clear:
        return
    group, item = PLACES[name]
    if group is None and side is None:
        gathered.wrong(expression, Fault("side_needed", "required", None, list(SIDES)), item.label)
    elif group == "patient" and side is not None:
        gathered.wrong(f"{expression}.bodySite", Fault("side_of_body", "value", side, "none"), item.label)
    else:
        where = tuple(step for step in (side, group) if step)
        for node in _values(resource, expression, item, gathered):
            gathered.add(where, node)


def _values(resource: Mapping[str, Any], expression: str, item: Item, gathered: Gathered) -> Iterator[Node]:
    """The value of an Observation, or its readings where it holds some."""
    time = resource.get("effectiveDateTime")
    if time is not None and not is_date_time(time):
        fault = Fault("not_a_time", "value", time, ["2026-02-28", "2026-02-28T14:30:00+01:00"])
        gathered.wrong(f"{expression}.effective", fault, item.label)
        time = None
    components = resource.get("component")
    if components:
        readings = _readings(components, item)
        if not readings:
            fault = Fault("unknown_element", "structure", "component", "an Observation")
            gathered.wrong(f"{expression}.component", fault, item.label)
        for number, value in enumerate(readings):
            yield Node(item.name, f"{expression}.component[{number}].value", (value,), taken=time)
        return
    values = tuple(values_of(resource))
    if not values and item.unknown and resource.get("dataAbsentReason") is not None:
        values = (("code", "unknown"),)
    yield Node(item.name, f"{expression}.value" if values else expression, values, taken=time)


def _readings(components: Any, item: Item) -> list[tuple[str, Any]]:
    """The readings that stand as components; empty where there is anything else."""
    found = []
    for one in components if isinstance(components, list) else ():
        holder: Mapping[str, Any] = one if isinstance(one, Mapping) else {}
        values = values_of(holder)
        if item.kind != "reading" or (RESULT, "reading") not in codes_of(holder.get("code")) or len(values) != 1:
            return []
        found.append(values[0])
    return found
