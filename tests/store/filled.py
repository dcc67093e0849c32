"""Clinics, people and fittings that the tests store, and every row of a database for comparing."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, MetaData, text

from afofit.store import clinics, deliveries, ehrs, fittings, origins, patients, protocols, releases
from afofit.store.actors import Actor, person
from afofit.store.database import Desk, Store
from afofit.store.deliveries import Delivery
from afofit.store.fittings import Snapshot
from afofit.store.patients import Identity

BORN = date(1961, 5, 4)
ANNA = Identity("A-17", "Anna Example", BORN)
EHR = ehrs.New(
    name="Chart",
    issuer="https://ehr.example/fhir",
    client_id="afofit",
    method="client_secret_basic",
    online=False,
    secret={"secret": "kept from everybody"},
)
DELIVERED = Delivery(
    side="left",
    on=date(2026, 3, 2),
    outcome="delivered",
    reason=None,
    design="solid",
    measured={"heel_mm": 12.0},
    checks=["skin"],
    note="no marks",
)


def found_clinic(store: Store, *, email: str = "kim@example.org") -> Actor:
    """A clinic with one orthotist who is its administrator too."""
    maker = clinics.new_actor()
    with store.writing(maker) as desk:
        clinics.found(desk, "Example clinic", "+31 20 555 01 23")
        account = clinics.add(
            desk,
            email=email,
            name="Kim Example",
            roles=("orthotist", "administrator"),
            password="hashed",  # noqa: S106
        )
    return person(maker.clinic_id, account, "Kim Example", orthotist=True, administrator=True)


def snapshot(desk: Desk, number: int = 1, filler: str = "") -> Snapshot:
    return Snapshot(
        request=b'{"number": %d}' % number,
        result=b'{"limbs": [], "filler": "%s"}' % filler.encode(),
        computed_on=date(2026, 3, 1),
        engine_version="0.1.0",
        base_digest=protocols.base(desk, "protocol"),
        protocol_id=None,
        facts={"verdict": "go"},
    )


def keep(store: Store, actor: Actor, identity: Identity = ANNA, number: int = 1, filler: str = "") -> UUID:
    """One stored draft."""
    with store.writing(actor) as desk:
        patient = patients.resolve(desk, identity)
        return fittings.save(desk, snapshot(desk, number, filler), patient.id)


def approve(store: Store, actor: Actor, fitting_id: UUID) -> None:
    with store.writing(actor) as desk:
        fittings.approve(desk, fittings.find(desk, fitting_id), ["F01"])


def release(store: Store, actor: Actor, fitting_id: UUID, days: int = 30) -> str:
    with store.writing(actor) as desk:
        return releases.make(desk, fitting_id, language="en", large=False, days=days)


@dataclass(frozen=True)
class Filled:
    """What ``fill`` put there."""

    actor: Actor
    patient_id: UUID
    fitting_id: UUID
    token: str


def fill(store: Store, *, email: str = "kim@example.org") -> Filled:
    """A clinic with a patient of whom everything is kept that can be, and a second fitting taken back."""
    actor = found_clinic(store, email=email)
    fitting_id = keep(store, actor)
    approve(store, actor, fitting_id)
    token = release(store, actor, fitting_id)
    with store.writing(actor) as desk:
        stored = fittings.find(desk, fitting_id)
        deliveries.add(desk, stored, DELIVERED)
        deliveries.add(desk, stored, replace(DELIVERED, side="right", note=""))
        retry = fittings.Retry("again", b"body")
        second = fittings.save(desk, snapshot(desk, 2), stored.patient_id, kind="change", previous=stored, retry=retry)
        fittings.withdraw(desk, fittings.find(desk, second), "wrong leg")
        ehr_id = ehrs.register(desk, EHR)
        origins.came_from(desk, fitting_id, ehr_id, "anna-1", "visit-1")
    assert origins.claim(store, actor, fitting_id, ehr_id, "document")
    with store.writing(actor) as desk:
        origins.settle(desk, fitting_id, ehr_id, "document", "written", place="DocumentReference/9", said="")
    return Filled(actor, stored.patient_id, fitting_id, token)


def everything(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    found = MetaData()
    found.reflect(connection)
    rows = {}
    for table in found.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        read = connection.execute(text(f"SELECT {columns} FROM {table.name}"))  # noqa: S608
        rows[table.name] = sorted((tuple(row) for row in read), key=repr)
    return rows


def all_rows(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    with store.engine.connect() as connection:
        return everything(connection)
