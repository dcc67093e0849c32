"""What an open chart does to the form: what stands beside its fields, and whose chart it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from afofit.records import Record
from afofit.schemas.problems import Problem
from afofit.smart.chart import Chart
from afofit.smart.facts import Field
from afofit.store import origins
from afofit.store.database import Desk
from afofit.words.patient_chart import LABELS
from afofit.words.tongue import _

WHOSE: tuple[Field, ...] = ("reference", "name", "birth_date")
"""What says who a person is, in the form and in the chart."""


@dataclass(frozen=True, slots=True)
class Banner:
    """Whose chart is open, for the head of every page of a launch."""

    name: str
    birth_date: str
    reference: str
    ehr: str
    user: str
    """Who is signed in at the EHR, by the reference that it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FromChart:
    """The open chart to which a form belongs."""

    launch_id: UUID
    ehr_id: UUID
    patient: str
    encounter: str | None
    chart: Chart
    banner: Banner
    notes: Mapping[str, str]
    """By field, what the chart says of it."""

    def resumed_at(self, entry_id: UUID) -> str:
        """Where a draft of the form is gone on with, in this chart."""
        return url_for("smart.fitting", launch_id=self.launch_id, draft=entry_id)

    def stored_at(self, fitting_id: UUID) -> str:
        """Where the fitting is shown, in this chart."""
        return url_for("smart.stored", launch_id=self.launch_id, fitting_id=fitting_id)

    def contradicted(self, document: Mapping[str, Any]) -> tuple[Problem, ...]:
        """Where the form speaks of somebody else than the chart."""
        patient = document.get("patient") or {}
        return tuple(self._against(patient))

    def _against(self, patient: Mapping[str, Any]) -> list[Problem]:
        found = []
        for name in WHOSE:
            fact, typed = self.chart.sure(name), patient.get(name)
            if fact is not None and typed is not None and _plain(typed) != _plain(fact.value):
                said = _(
                    "{field}: the open chart says “{chart}”. If the chart is wrong, correct it there and open it "
                    "again; for another person, close this chart."
                ).format(field=_(LABELS[name]), chart=fact.shown)
                found.append(Problem(("patient", name), said, typed))
        return found

    def came_from(self, desk: Desk, record: Record) -> None:
        """Keep that a fitting came from this chart."""
        origins.came_from(desk, record.stored.series_id, self.ehr_id, self.patient, self.encounter)


def _plain(value: object) -> str:
    return " ".join(str(value).casefold().split())
