"""What a clinic fitted: the legs of its approved fittings, held against charts as they would be held today."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, partial
from uuid import UUID

from afofit import rules
from afofit.cover.counting import Counting
from afofit.cover.people import of
from afofit.fitting.case import Case
from afofit.fitting.plan import speaking_against
from afofit.fitting.protocol import Protocol
from afofit.fitting.result import Fitting
from afofit.fitting.stock import Person, person
from afofit.fitting.values import Side
from afofit.schemas.frozen import thaw
from afofit.store import legs
from afofit.store.database import Desk
from afofit.store.legs import Leg

MOST_LEGS = 3000
"""Legs that are opened for one answer; of more, those fitted last are taken."""
A_BLOCK = 500


@dataclass(frozen=True, slots=True)
class Past:
    """How many legs were counted, and how many earlier ones were not."""

    legs: int
    left_out: int
    since: date | None


def count(desk: Desk, counting: Counting, *, since: date | None = None) -> Past:
    """Count the clinic's legs: of each the latest approved revision, made on a day or later."""
    start = None if since is None else datetime(since.year, since.month, since.day, tzinfo=UTC)
    every = legs.latest(desk, since=start)
    counted = every[:MOST_LEGS]
    designs = frozenset(chart.product.design for chart in counting.charts)
    for begin in range(0, len(counted), A_BLOCK):
        known = list(_known(desk, counted[begin : begin + A_BLOCK], designs))
        counting.add(of([who for who, _ in known], [against for _, against in known]))
    return Past(len(counted), len(every) - len(counted), since)


def months_before(day: date, months: int) -> date:
    """The same day some months before; the last of the month where there is no such day."""
    month = day.year * 12 + day.month - 1 - months
    year, month = month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1).day
    return date(year, month, min(day.day, last))


def _known(desk: Desk, some: Sequence[Leg], designs: frozenset[str]) -> Iterator[tuple[Person, tuple[str, ...]]]:
    """What is known of each leg, and the designs that a finding speaks against."""
    sides: dict[UUID, list[Side]] = defaultdict(list)
    for leg in some:
        sides[leg.fitting_id].append(leg.side)
    protocols = lru_cache(maxsize=16)(partial(rules.protocol_with, desk))
    for result in legs.results(desk, list(sides)):
        fitting = thaw(result.content)
        for side in sides[result.fitting_id]:
            yield _leg(fitting, side, protocols(result.base_digest, result.protocol_id), designs)


def _leg(fitting: Fitting, side: Side, protocol: Protocol, designs: frozenset[str]) -> tuple[Person, tuple[str, ...]]:
    fitted = fitting.limbs[side]
    patient = fitting.request.patient
    other = fitting.request.limbs.get("left" if side == "right" else "right")
    case = Case(patient, fitted.limb, other, protocol)
    against = speaking_against(case, fitted.findings, designs)
    who = person(fitted.limb, patient.weight_kg, dict(fitted.dimensions), fitted.shoe)
    return who, tuple(design for design, codes in against.items() if codes)
