"""The chain of the audit: whole while it is only written to, and broken where anything in it was touched."""

import pytest
from sqlalchemy import text

from afofit.store import audit
from afofit.store.database import Desk, Store
from tests.store.filled import Filled, fill, found_clinic

INSERTED = (
    "INSERT INTO audit SELECT clinic_id, 99, at, actor, action, object_kind, object_id, detail, previous, hash "
    "FROM audit WHERE number = 5"
)


@pytest.mark.hazard("H20")
@pytest.mark.parametrize(
    ("tamper", "faults"),
    [
        ("SELECT 1", []),
        ("UPDATE audit SET detail = '{}' WHERE number = 4", ["row 4 was changed"]),
        ("UPDATE audit SET actor = 'account 9' WHERE number = 1", ["row 1 was changed"]),
        ("DELETE FROM audit WHERE number = 4", ["row 4 is missing"]),
        (INSERTED, ["is missing", "row 99 was changed", "rows are missing"]),
        ("DELETE FROM audit WHERE number > 6", ["the chain ends at row 6, the clinic says"]),
        ("DELETE FROM audit", ["the chain ends at row 0"]),
        ("UPDATE clinic SET audit_head = audit.hash FROM audit WHERE number = 6", ["rows are missing"]),
    ],
)
def test_a_chain_that_was_touched_is_found(store: Store, kind: str, tamper: str, faults: list[str]) -> None:
    filled = fill(store)
    with store.engine.begin() as connection:
        for deed in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_no_{deed}{' ON audit' if kind == 'postgresql' else ''}"))
        connection.execute(text(tamper))
    found = _faults(store, filled)
    assert len(found) == len(faults)
    assert all(wanted in said for wanted, said in zip(faults, found, strict=True))


def _faults(store: Store, filled: Filled) -> tuple[str, ...]:
    with store.reading(filled.actor) as desk:
        return tuple(map(str, audit.verify(desk.session, filled.actor.clinic_id).faults))


def test_each_clinic_has_a_chain_of_its_own(store: Store) -> None:
    filled = fill(store)
    other = found_clinic(store, email="other@example.org")
    with store.looking() as session:
        chains = [audit.verify(session, actor.clinic_id) for actor in (filled.actor, other)]
    assert [chain.faults for chain in chains] == [(), ()]
    assert chains[1].rows == 2
    assert chains[0].head != chains[1].head


def _append_and_fail(desk: Desk) -> None:
    audit.append(desk, "clinic changed", "clinic", desk.actor.clinic_id)
    raise ZeroDivisionError


def test_what_fails_leaves_no_row(store: Store) -> None:
    actor = found_clinic(store)
    with pytest.raises(ZeroDivisionError), store.writing(actor) as desk:
        _append_and_fail(desk)
    with store.reading(actor) as desk:
        chain = audit.verify(desk.session, actor.clinic_id)
    assert (chain.rows, chain.faults) == (2, ())


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_who_has_said_something_holds_up_nobody_until_the_end(store: Store) -> None:
    actor = found_clinic(store)
    with store.writing(actor) as desk:
        audit.append(desk, "clinic changed", "clinic", actor.clinic_id, by="one")
        with store.writing(actor) as other:
            audit.append(other, "clinic changed", "clinic", actor.clinic_id, by="two")
            audit.append(other, "clinic changed", "clinic", actor.clinic_id, by="two")
        audit.append(desk, "clinic changed", "clinic", actor.clinic_id, by="one")
    with store.reading(actor) as desk:
        chain = audit.verify(desk.session, actor.clinic_id)
        said = desk.connection.execute(text("SELECT detail FROM audit WHERE number > 2 ORDER BY number")).scalars()
        assert list(said) == 2 * ['{"by":"two"}'] + 2 * ['{"by":"one"}']
    assert (chain.rows, chain.faults) == (6, ())
