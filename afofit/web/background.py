"""What the clinic knows when its form is shown: its protocol, the last visit of the patient, what is being changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from afofit import records, rules
from afofit.access import actor, store
from afofit.fitting.protocol import Protocol
from afofit.store import fittings
from afofit.store.database import Desk
from afofit.web.beside import last_visit
from afofit.web.fill import flatten

LOOKED_AT = 10
"""Fittings of a patient that are looked at for one that was not withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The protocol that the form is computed with; by field name, what was measured last and what stood there."""

    protocol: Protocol
    last: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, Sequence[str]] = field(default_factory=dict)


def background(patient_id: UUID | None, previous_id: UUID | None) -> Background:
    """What stands behind a form: of a change what is changed, of a known patient the last visit."""
    with store().reading(actor()) as desk:
        protocol = rules.current(desk).protocol
        if previous_id is not None:
            return Background(protocol=protocol, was=flatten(records.find(desk, previous_id).given))
        return Background(protocol=protocol, last=_last(desk, patient_id) if patient_id else {})


def _last(desk: Desk, patient_id: UUID) -> dict[str, str]:
    rows = fittings.listed(desk, patient_id=patient_id, limit=LOOKED_AT)
    newest = next((row for row in rows if row.state != "withdrawn"), None)
    if newest is None:
        return {}
    record = records.find(desk, newest.id)
    return last_visit(record.given, record.stored.snapshot.computed_on)
