"""On the page of a fitting: the chart it came from, what was sent there, and the way to it while it is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

from afofit.records import Record
from afofit.store import ehrs, launches, origins
from afofit.store.database import Desk
from afofit.store.ehrs import Ehr
from afofit.store.origins import Sent
from afofit.words import patient_chart


@dataclass(frozen=True, slots=True)
class ChartPart:
    """What the page says of the chart."""

    ehr: Ehr
    sent: Sequence[Sent]
    launch_id: UUID | None
    """The open chart of the person at work, where it is the same one."""
    words: ModuleType = patient_chart


def chart_part(desk: Desk, record: Record) -> ChartPart | None:
    """The chart of a fitting; None where it came from none."""
    origin = origins.of_series(desk, record.stored.series_id)
    if origin is None:
        return None
    open_ = (one.id for one in launches.of_person(desk) if _same(one, origin))
    return ChartPart(ehrs.find(desk, origin.ehr_id), origins.sent(desk, record.id), next(open_, None))


def _same(launch: launches.Launch, origin: origins.Origin) -> bool:
    return (launch.ehr_id, launch.content["patient"]) == (origin.ehr_id, origin.patient)
