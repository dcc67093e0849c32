"""Whether everything that is stored is as it was written, and everything that was done stands in the audit."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from sqlalchemy import select

from afofit.store import audit, clinics
from afofit.store.actors import command
from afofit.store.database import Desk, Store
from afofit.store.fittings import Snapshot
from afofit.store.secrecy import Unreadable
from afofit.store.tables import ApprovalRow, AuditRow, DeliveryRow, FittingRow, WithdrawalRow

AUDITED = {"fitting stored", "fitting approved", "fitting withdrawn", "delivery kept", "patient erased"}
AT_ONCE = 200


@dataclass(slots=True)
class Report:
    """What was looked at and what is wrong with it, in words that name rows by their id."""

    chains: list[audit.Chain] = field(default_factory=list)
    fittings: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(slots=True)
class _Said:
    """What one clinic's audit says was done."""

    deeds: Counter[tuple[str, str]] = field(default_factory=Counter)
    digests: dict[str, str] = field(default_factory=dict)
    erased: int = 0


def check(store: Store) -> Report:
    """Verify every chain, open every fitting, and look for the audit row of all that was stored, clinic by clinic."""
    report = Report()
    with store.looking() as session:
        known = clinics.ids(session)
    for clinic_id in known:
        with store.reading(command(clinic_id)) as desk:
            _check_clinic(desk, clinic_id, report)
    return report


def _check_clinic(desk: Desk, clinic_id: UUID, report: Report) -> None:
    chain = audit.verify(desk.session, clinic_id)
    report.chains.append(chain)
    report.faults += [f"audit of {clinic_id}: {fault}" for fault in chain.faults]
    said = _said(desk)
    before = report.fittings
    for row in desk.session.execute(desk.own(FittingRow)).yield_per(AT_ONCE).scalars():
        report.fittings += 1
        report.faults += [f"fitting {row.id}: {fault}" for fault in _of_fitting(desk, row, said)]
        desk.session.expunge(row)
    report.faults += _without_audit(desk, said)
    stored = sum(count for (action, _), count in said.deeds.items() if action == "fitting stored")
    if missing := stored - said.erased - (report.fittings - before):
        report.faults.append(f"clinic {clinic_id}: {missing} fittings of the audit are neither there nor erased")


def _said(desk: Desk) -> _Said:
    said = _Said()
    query = select(AuditRow.action, AuditRow.object_id, AuditRow.detail).where(
        AuditRow.clinic_id == desk.actor.clinic_id, AuditRow.action.in_(AUDITED)
    )
    for action, object_id, detail in desk.session.execute(query).yield_per(AT_ONCE):
        said.deeds[action, object_id] += 1
        if action == "fitting stored":
            said.digests[object_id] = orjson.loads(detail)["digest"]
        elif action == "patient erased":
            said.erased += orjson.loads(detail)["fittings"]
    return said


def _of_fitting(desk: Desk, row: FittingRow, said: _Said) -> Iterator[str]:
    audited = said.digests.get(str(row.id))
    if audited is None:
        yield "no audit row says that it was stored"
    elif audited != bytes(row.digest).hex():
        yield "its digest is not the one of the audit"
    try:
        snapshot = Snapshot(
            request=desk.vault.unlock(row.request),
            result=desk.vault.unlock(row.result),
            computed_on=row.computed_on,
            engine_version=row.engine_version,
            base_digest=row.base_digest,
            protocol_id=row.protocol_id,
            facts=row.facts,
        )
    except Unreadable:
        yield "no key of this service opens it"
        return
    if snapshot.digest != bytes(row.digest):
        yield "what is stored is not what its digest says"


def _without_audit(desk: Desk, said: _Said) -> Iterator[str]:
    for table, action in ((ApprovalRow, "fitting approved"), (WithdrawalRow, "fitting withdrawn")):
        query = select(table.fitting_id).where(table.clinic_id == desk.actor.clinic_id)
        for fitting_id in desk.session.execute(query).scalars():
            if not said.deeds[action, str(fitting_id)]:
                yield f"fitting {fitting_id}: no audit row says '{action}'"
    query = select(DeliveryRow.fitting_id).where(DeliveryRow.clinic_id == desk.actor.clinic_id)
    for fitting_id, kept in Counter(desk.session.execute(query).scalars()).items():
        told = said.deeds["delivery kept", str(fitting_id)]
        if told != kept:
            yield f"fitting {fitting_id}: {kept} deliveries are there, the audit says {told}"
