"""What came, gathered by its place in a request document: values, where each stood, and what was wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from afofit.fhir.elements import Json
from afofit.fhir.form import LEG, Item
from afofit.fhir.patients import as_text, reference_to
from afofit.fhir.values import Fault, IssueCode, element, read_value, types_of
from afofit.fitting.values import SIDES
from afofit.schemas.problems import Path, Problem, Refused, where
from afofit.words.problems import shown

NOWHERE: Path = ("limbs", "")
"""Where what is said of a leg without a side is read, so that its faults are told too; it goes into no document."""
PATIENT_REFERENCE: Path = ("patient", "reference")


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with what was sent: the problem in the words of REST, and the FHIRPath to it."""

    problem: Problem
    expression: str
    code: IssueCode


class Unfit(Refused):
    """A resource that cannot be worked on, with everything that is wrong with it."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(tuple(issue.problem for issue in issues))
        self.issues = tuple(issues)


@dataclass(frozen=True, slots=True)
class Node:
    """A part, an item or an Observation, whichever resource it stood in: a name with a value or with others below."""

    name: str
    expression: str
    values: tuple[tuple[str, Any], ...] = ()
    """The FHIR type and the value; normally one."""
    members: tuple["Node", ...] = ()
    grouped: bool = False
    """Whether it came as a group, with or without members."""
    taken: str | None = None
    """When it was measured, where the resource says so."""


@dataclass
class Told:
    """Everything that came so far, by the place it has in a request document."""

    root: str
    values: dict[Path, list[Any]] = field(default_factory=dict)
    items: dict[Path, Item] = field(default_factory=dict)
    groups: list[Path] = field(default_factory=list)
    expressions: dict[Path, list[str]] = field(default_factory=dict)
    times: dict[Path, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    subject: Json | None = None

    def wrong(self, path: Path, expression: str, fault: Fault, place: str = "") -> None:
        """Note what is wrong at a place; ``place`` is how its sentence begins, where the path does not say it."""
        words = place or where_in(path)
        received = (
            fault.received if isinstance(fault.received, int | float | None) else shown(fault.received).strip("“”")
        )
        problem = Problem(path, fault.message(words), received, None, fault.allowed)
        self.issues.append(Issue(problem, expression, fault.issue))

    def group(self, nodes: Sequence[Node], item: Item, path: Path) -> None:
        """Read the members of a group."""
        by_name: dict[str, list[Node]] = {}
        for node in nodes:
            if item.member(node.name) is None:
                fault = Fault("unknown_part", "structure", node.name, [one.name for one in item.members])
                self.wrong((*path, node.name), node.expression, fault, item.label)
            else:
                by_name.setdefault(node.name, []).append(node)
        for member in item.members:
            if member.name in by_name:
                self._member(member, by_name[member.name], path)

    def _member(self, item: Item, nodes: Sequence[Node], path: Path) -> None:
        place = (*path, "limbs" if item is LEG else item.name)
        if item.most is not None and len(nodes) > item.most:
            fault = Fault("twice", "duplicate", len(nodes), str(item.most))
            self.wrong(place, nodes[item.most].expression, fault)
            nodes = nodes[: item.most]
        for number, node in enumerate(nodes):
            if item is LEG:
                self._leg(node)
            elif item.kind == "rows":
                self._inside(node, node.members, item, (*place, number))
            elif item.kind == "group":
                self._inside(node, node.members, item, place)
            else:
                self.value(node, item, place)

    def _inside(self, node: Node, members: Sequence[Node], item: Item, path: Path) -> None:
        self.expressions.setdefault(path, []).append(node.expression)
        if node.values:
            kind = element(node.values[0][0])
            self.wrong(path, node.expression, Fault("value_in_group", "structure", kind, "part", said=kind))
            return
        self.groups.append(path)
        self.group(members, item, path)

    def _leg(self, node: Node) -> None:
        """Read one leg; without a side, or with one that came before, it is looked at but goes nowhere."""
        sides = [one for one in node.members if one.name == "side"]
        side = self._side(sides, node)
        path: Path = ("limbs", side) if side else NOWHERE
        if side and path in self.expressions:
            self.wrong(path, sides[0].expression, Fault("twice", "duplicate", 2, "1"))
            path = NOWHERE
        self._inside(node, [one for one in node.members if one.name != "side"], LEG, path)

    def _side(self, sides: Sequence[Node], leg: Node) -> str | None:
        place: Path = ("limbs", "", "side")
        if not sides:
            self.wrong(("limbs",), leg.expression, Fault("side_missing", "required", None, list(SIDES)))
            return None
        if len(sides) > 1:
            self.wrong(place, sides[1].expression, Fault("twice", "duplicate", len(sides), "1"))
            return None
        side = self._read(sides[0], SIDE_ITEM, place)
        if side is not None and side not in SIDES:
            self.wrong(place, sides[0].expression, Fault("not_a_side", "code-invalid", side, list(SIDES)))
            return None
        return side  # type: ignore[no-any-return]

    def value(self, node: Node, item: Item, path: Path) -> None:
        """Read one value to its place."""
        self.expressions.setdefault(path, []).append(node.expression)
        self.items[path] = item
        value = self._read(node, item, path)
        if path == PATIENT_REFERENCE and value is not None:
            value = self._patient(value, node)
        if value is None:
            return
        self.values.setdefault(path, []).append(value)
        if node.taken is not None:
            self.times.setdefault(path, node.taken)

    def _read(self, node: Node, item: Item, path: Path) -> Any:
        """The value of a node, or None after saying what is wrong with it."""
        try:
            return read_value(item, *only_value(node, item))
        except Fault as fault:
            self.wrong(path, node.expression, fault)
            return None

    def _patient(self, value: Any, node: Node) -> str | None:
        """The patient as REST knows it, as text; a Reference is kept for the subject of what is written."""
        if not isinstance(value, Mapping):
            self.subject = {"type": "Patient", "identifier": {"value": value}, "display": value}
            return str(value)
        try:
            self.subject = reference_to(value)
        except Fault as fault:
            self.wrong(PATIENT_REFERENCE, node.expression, fault)
            return None
        return as_text(self.subject)


_SIDE = LEG.member("side")
if _SIDE is None:
    raise AssertionError("the form declares the side of a leg")
SIDE_ITEM: Item = _SIDE


def where_in(path: Path) -> str:
    """How a sentence about a place begins; of the whole, and of a leg whose side is not known, without a side."""
    steps = tuple(step for step in path if step != "")
    if not steps:
        return "The request"
    return "Leg" if steps == ("limbs",) else where(steps)


def only_value(node: Node, item: Item) -> tuple[str, Any]:
    """The type and the value of a node; raises Fault where there is none, or more than one."""
    allowed = [element(one) for one in types_of(item)]
    if node.grouped:
        raise Fault("parts_in_value", "structure", "parts", allowed, said="parts")
    if not node.values:
        raise Fault("no_value", "required", None, allowed)
    if len(node.values) > 1:
        came = " and ".join(element(kind) for kind, _ in node.values)
        raise Fault("several_values", "structure", came, "one value", said=came)
    return node.values[0]


def joined(first: Sequence[Node], then: Sequence[Node]) -> list[Node]:
    """The groups of both, those of the same name (and side) in one: what both say of one thing came twice."""
    found = list(first)
    for node in then:
        same = next((place for place, one in enumerate(found) if _same(one, node)), None)
        if same is None:
            found.append(node)
        else:
            one = found[same]
            sided = [member for member in node.members if node.name != LEG.name or member.name != "side"]
            found[same] = Node(one.name, one.expression, one.values, (*one.members, *sided), one.grouped)
    return found


def _same(one: Node, other: Node) -> bool:
    return one.name == other.name and (one.name != LEG.name or _side(one) == _side(other))


def _side(leg: Node) -> object:
    return next((str(one.values[0][1]) for one in leg.members if one.name == "side" and one.values), None)
