"""The chart of one patient as far as a fitting needs it: read once when it is opened, kept while the launch lasts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from afofit.smart import conditions, measures, persons
from afofit.smart.facts import Fact, Field, doubted
from afofit.smart.reading import Reader
from afofit.smart.scopes import Granted
from afofit.smart.wire import Unreached
from afofit.words.tongue import _

Part = str
"""A part of the chart that may be unreadable: "measures", "problems"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What was found: values by field, problems that the form does not know, what must be said, what was not read."""

    facts: Sequence[Fact]
    problems: Sequence[str] = ()
    notices: Sequence[str] = ()
    unread: Mapping[Part, str] = field(default_factory=dict)
    """By part why it could not be read."""

    def of(self, name: Field) -> list[Fact]:
        """The values of one field."""
        return [fact for fact in self.facts if fact.field == name]

    def sure(self, name: Field) -> Fact | None:
        """The one value of a field that nothing speaks against; None where there is none."""
        ready = [fact for fact in self.of(name) if fact.ready]
        return ready[0] if len(ready) == 1 else None

    @property
    def born(self) -> date | None:
        """The date of birth."""
        found = self.sure("birth_date")
        return date.fromisoformat(str(found.value)) if found else None

    def as_json(self) -> dict[str, Any]:
        """As it is kept while the launch lasts."""
        return {
            "facts": [fact.as_json() for fact in self.facts],
            "problems": list(self.problems),
            "notices": list(self.notices),
            "unread": dict(self.unread),
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Chart":
        """What ``as_json`` wrote."""
        return cls(**{**kept, "facts": [Fact(**one) for one in kept["facts"]]})


def read(reader: Reader, granted: Granted, today: date) -> Chart:
    """Read the chart. Raises Unreached, Ended and OtherPatient where not even the Patient can be had."""
    if not granted.may("r", "Patient"):
        raise Unreached(_("this program may not read it there"))
    patient = reader.person()
    facts = persons.facts(patient, today)
    notices = persons.notices(patient)
    born = Chart(facts=facts).born
    unread: dict[Part, str] = {}
    measured: list[Fact] = []
    problems = conditions.Problems([], [])
    try:
        found, whole = _allowed(reader, granted, "Observation").newest("Observation", code=measures.query())
        measured = measures.facts(found, born, today)
        if not whole:
            # What lies on the pages that were not read may be newer.
            measured = doubted(measured, "several")
            notices.append("measures_cut")
    except Unreached as error:
        unread["measures"] = str(error)
    try:
        found, whole = _allowed(reader, granted, "Condition").search("Condition")
        problems = conditions.problems(found)
        if not whole:
            problems = conditions.Problems(doubted(problems.facts, "several"), problems.others)
            notices.append("problems_cut")
    except Unreached as error:
        unread["problems"] = str(error)
    every = [*facts, *measured, *problems.facts]
    return Chart(facts=every, problems=problems.others, notices=notices, unread=unread)


def _allowed(reader: Reader, granted: Granted, kind: str) -> Reader:
    if not granted.may("s", kind):
        raise Unreached(_("this program may not read it there"))
    return reader
