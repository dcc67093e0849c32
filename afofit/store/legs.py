"""The legs of a clinic as they were fitted last: of each the newest approved revision that holds a brace for it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from afofit.fitting.values import SIDES, Side
from afofit.store.database import Desk
from afofit.store.tables import ApprovalRow, FittingRow, WithdrawalRow

AT_ONCE = 250
"""Results that are opened at once."""


class Leg(NamedTuple):
    """A leg, by the revision that counts for it."""

    fitting_id: UUID
    side: Side


class Result(NamedTuple):
    """What was computed for a revision, and the protocol with which."""

    fitting_id: UUID
    content: bytes
    base_digest: bytes
    protocol_id: UUID | None


def latest(desk: Desk, *, since: datetime | None) -> list[Leg]:
    """Every leg of the clinic's patients with a brace that was approved, those fitted last first."""
    query = (
        desk.own(FittingRow)
        .with_only_columns(FittingRow.id, FittingRow.patient_id, FittingRow.facts)
        .join(ApprovalRow, ApprovalRow.fitting_id == FittingRow.id)
        .outerjoin(WithdrawalRow, WithdrawalRow.fitting_id == FittingRow.id)
        .where(WithdrawalRow.fitting_id.is_(None))
        .order_by(FittingRow.created_at.desc(), FittingRow.revision.desc(), FittingRow.id)
    )
    if since is not None:
        query = query.where(FittingRow.created_at >= since)
    found: dict[tuple[UUID, Side], Leg] = {}
    for fitting_id, patient_id, facts in desk.session.execute(query):
        for side in _braced(facts):
            found.setdefault((patient_id, side), Leg(fitting_id, side))
    return list(found.values())


def _braced(facts: dict[str, object]) -> Iterator[Side]:
    designs = facts.get("designs")
    if isinstance(designs, dict):
        yield from (side for side in SIDES if designs.get(side))


def results(desk: Desk, fitting_ids: Sequence[UUID]) -> Iterator[Result]:
    """The results of revisions of the clinic, opened a part at a time."""
    columns = (FittingRow.id, FittingRow.result, FittingRow.base_digest, FittingRow.protocol_id)
    for part in _parts(list(dict.fromkeys(fitting_ids))):
        query = select(*columns).where(FittingRow.clinic_id == desk.actor.clinic_id, FittingRow.id.in_(part))
        for fitting_id, result, base_digest, protocol_id in desk.session.execute(query):
            yield Result(fitting_id, desk.vault.unlock(result), bytes(base_digest), protocol_id)


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
