"""A copy of everything about one patient, its end, records that are too old, and a new key."""

from datetime import UTC, date, datetime

import orjson
import pytest
from sqlalchemy import text

from afofit.store import audit, care, checks, clinics, ehrs, entries, fittings, origins, patients, rotate
from afofit.store.database import Store
from afofit.store.errors import Missing
from afofit.store.patients import Identity
from afofit.store.secrecy import Unreadable, Vault, new_encryption_key
from tests.store.filled import BORN, Filled, all_rows, fill, found_clinic, keep

BEN = Identity("B-2", "Ben Example", date(2015, 2, 28))


def test_a_copy_holds_everything_of_the_one_patient(store: Store) -> None:
    filled = fill(store)
    other = keep(store, filled.actor, BEN)
    with store.writing(filled.actor) as desk:
        entries.keep(desk, {"name": ["typed"]}, filled=1, patient_id=filled.patient_id)
    with store.reading(filled.actor) as desk:
        copy = orjson.loads(orjson.dumps(care.export(desk, filled.patient_id)))
    assert copy["patient"] | {"id": "", "added_at": ""} == {
        "id": "",
        "reference": "A-17",
        "name": "Anna Example",
        "birth_date": BORN.isoformat(),
        "added_at": "",
    }
    first, second = copy["fittings"]
    assert first["request"] == {"number": 1}
    assert first["chart"]["patient"] == second["chart"]["patient"] == "anna-1"
    assert [one["place"] for one in first["chart"]["sent"]] == ["DocumentReference/9"]
    assert first["approval"]["acknowledged"] == ["F01"]
    assert [one["note"] for one in first["deliveries"]] == ["no marks", ""]
    assert len(first["links"]) == 1
    assert second["withdrawal"]["reason"] == "wrong leg"
    assert copy["drafts"][0]["fields"] == {"name": ["typed"]}
    assert {row["action"] for row in copy["audit"]} == {
        "patient added",
        "fitting stored",
        "fitting approved",
        "fitting withdrawn",
        "link made",
        "delivery kept",
    }
    said = orjson.dumps(copy).decode()
    assert str(other) not in said
    assert filled.token not in said


LEFT = {"patient": 1, "fitting": 1, "delivery": 0, "entry": 0, "origin": 0, "sent": 0}


def test_erasing_leaves_the_audit_and_nothing_else_of_the_patient(store: Store) -> None:
    filled = fill(store)
    other = keep(store, filled.actor, BEN)
    with store.writing(filled.actor) as desk:
        entries.keep(desk, {"name": ["typed"]}, filled=1, previous_id=filled.fitting_id)
    before = len(all_rows(store)["audit"])
    with store.writing(filled.actor) as desk:
        counts = care.erase(desk, filled.patient_id)
    assert counts == {
        "sent": 1,
        "origins": 1,
        "deliveries": 2,
        "links": 1,
        "approvals": 1,
        "withdrawals": 1,
        "drafts": 1,
        "retries": 1,
        "fittings": 2,
    }
    rows = all_rows(store)
    assert len(rows["audit"]) == before + 1
    left = {name: len(some) for name, some in rows.items() if name in LEFT}
    assert left == LEFT
    assert checks.check(store).faults == []
    with store.reading(filled.actor) as desk:
        assert fittings.find(desk, other)
        with pytest.raises(Missing):
            care.export(desk, filled.patient_id)


def test_the_patient_of_another_clinic_is_neither_copied_nor_erased(store: Store) -> None:
    filled = fill(store)
    stranger = found_clinic(store, email="other@example.org")
    with store.reading(stranger) as desk, pytest.raises(Missing):
        care.export(desk, filled.patient_id)
    with pytest.raises(Missing), store.writing(stranger) as desk:
        care.erase(desk, filled.patient_id)
    assert checks.check(store).faults == []


def _retention(store: Store, filled: Filled, years: int | None) -> None:
    with store.writing(filled.actor) as desk:
        clinics.change(desk, name="Example clinic", phone="", retention_years=years)


def test_records_are_due_after_the_years_of_the_clinic(store: Store) -> None:
    filled = fill(store)
    last = datetime.now(UTC).date()
    late = date(last.year + 10, last.month, min(last.day, 28))
    with store.reading(filled.actor) as desk:
        assert care.due(desk, date(2200, 1, 1)) == []
    _retention(store, filled, 10)
    with store.reading(filled.actor) as desk:
        assert care.due(desk, late.replace(year=late.year, day=1) if last.day > 1 else last) == []
        (due,) = care.due(desk, late.replace(year=late.year + 1))
    assert (due.patient_id, due.last_on) == (filled.patient_id, last)
    assert due.kept_until.year == last.year + 10


def test_the_years_of_a_child_begin_at_eighteen(store: Store) -> None:
    filled = fill(store)
    born = date(2024, 2, 29)
    keep(store, filled.actor, Identity("C-3", "Child", born))
    _retention(store, filled, 10)
    with store.reading(filled.actor) as desk:
        assert len(care.due(desk, date(2052, 3, 1))) == 1
        due = care.due(desk, date(2052, 3, 2))
        assert len(due) == 2
        assert patients.find(desk, due[-1].patient_id).identity.birth_date == born
        assert due[-1].kept_until == date(2052, 3, 1)


@pytest.mark.parametrize(
    ("tamper", "fault"),
    [
        ("DELETE FROM approval", None),
        ("DELETE FROM audit WHERE action = 'fitting approved'", "no audit row says 'fitting approved'"),
        ("DELETE FROM audit WHERE action = 'fitting withdrawn'", "no audit row says 'fitting withdrawn'"),
        ("DELETE FROM audit WHERE action = 'fitting stored'", "no audit row says that it was stored"),
        ("DELETE FROM audit WHERE action = 'delivery kept'", "2 deliveries are there, the audit says 0"),
        ("UPDATE fitting SET digest = base_digest", "not what its digest says"),
        ("UPDATE fitting SET request = result", "not what its digest says"),
        ("UPDATE fitting SET request = base_digest", "no key of this service opens it"),
        ("DELETE FROM fitting WHERE revision = 2", "1 fittings of the audit are neither there nor erased"),
    ],
)
def test_the_check_finds_what_was_tampered_with(store: Store, kind: str, tamper: str, fault: str | None) -> None:
    fill(store)
    assert checks.check(store).sound
    with store.engine.begin() as connection:
        for table in ("audit", "fitting", "approval", "withdrawal"):
            for deed in ("update", "delete"):
                on = f" ON {table}" if kind == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {table}_no_{deed}{on}"))
        if "revision = 2" in tamper:
            connection.execute(text("DELETE FROM withdrawal"))
        connection.execute(text(tamper))
    report = checks.check(store)
    assert any(fault in one for one in report.faults) if fault else report.sound
    assert "Anna" not in str(report)


def test_a_new_key_takes_over_and_the_old_one_opens_nothing(store: Store, key: str) -> None:
    filled = fill(store)
    with store.writing(filled.actor) as desk:
        entries.keep(desk, {"name": ["typed"]}, filled=1)
    new = new_encryption_key()
    both = Store(store.url, Vault([new, key]))
    with both.writing(filled.actor) as desk:
        assert patients.resolve(desk, Identity("A-17")).id == filled.patient_id
    # A patient, two fittings, a reason, a draft, two deliveries of which one has a note; an EHR, an origin, one sent.
    assert rotate.rotate(both) == 10
    both.close()
    only = Store(store.url, Vault([new]))
    with only.writing(filled.actor) as desk:
        assert patients.resolve(desk, Identity("A-17")).id == filled.patient_id
        assert len(entries.listed(desk)) == 1
        (ehr,) = ehrs.listed(desk)
        assert ehrs.secret(desk, ehr.id)[0] == {"secret": "kept from everybody"}
        assert filled.fitting_id in origins.of_chart(desk, ehr.id, "anna-1")
        care.export(desk, filled.patient_id)
    assert checks.check(only).faults == []
    only.close()
    with store.reading(filled.actor) as desk:
        with pytest.raises(Unreadable):
            patients.find(desk, filled.patient_id)
        assert audit.verify(desk.session, filled.actor.clinic_id).faults == ()
