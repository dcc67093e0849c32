"""Patients and fittings: who somebody is, revisions, lists, retries, approval and withdrawal, other clinics."""

from dataclasses import replace
from datetime import date

import pytest

from afofit.store import fittings, patients
from afofit.store.database import Store
from afofit.store.errors import Conflict, Missing
from afofit.store.fittings import Retry
from afofit.store.patients import Identity
from tests.store.filled import ANNA, BORN, all_rows, approve, fill, found_clinic, keep, release, snapshot


def test_nothing_that_identifies_a_patient_stands_in_the_open(store: Store) -> None:
    fill(store)
    said = repr(all_rows(store))
    assert not [word for word in ("Anna", "A-17", "1961", "no marks", "wrong leg") if word in said]


def test_a_reference_finds_its_patient_and_adds_what_was_not_known(store: Store) -> None:
    actor = found_clinic(store)
    with store.writing(actor) as desk:
        first = patients.resolve(desk, Identity("A-17"))
        again = patients.resolve(desk, replace(ANNA, name="anna  EXAMPLE"))
        assert again.id == first.id
        assert patients.find(desk, first.id).identity.birth_date == BORN
        assert patients.resolve(desk, Identity("A-17")).identity.name == "anna  EXAMPLE"
        assert patients.count(desk) == 1


def test_without_a_reference_each_is_a_new_patient(store: Store) -> None:
    actor = found_clinic(store)
    with store.writing(actor) as desk:
        made = {patients.resolve(desk, Identity(name="Anna Example")).id for _ in range(2)}
    assert len(made) == 2


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        (replace(ANNA, name="Berta Example"), "/patient/name"),
        (replace(ANNA, birth_date=date(1961, 4, 5)), "/patient/birth_date"),
    ],
)
def test_a_reference_with_another_person_is_refused(store: Store, said: Identity, pointer: str) -> None:
    actor = found_clinic(store)
    keep(store, actor)
    with pytest.raises(Conflict) as refused, store.writing(actor) as desk:
        patients.resolve(desk, said)
    assert (refused.value.code, refused.value.pointer) == ("other_patient", pointer)


def test_a_named_patient_has_one_reference(store: Store) -> None:
    filled = fill(store)
    with store.writing(filled.actor) as desk:
        with pytest.raises(Conflict) as refused:
            patients.resolve(desk, replace(ANNA, reference="A-18"), filled.patient_id)
        assert refused.value.pointer == "/patient/reference"
        other = patients.resolve(desk, Identity("B-2"))
        with pytest.raises(Conflict, match="Another patient"):
            patients.change(desk, other.id, Identity("A-17"))
        patients.change(desk, filled.patient_id, replace(ANNA, reference="A-19"))
        assert patients.resolve(desk, Identity("A-19")).id == filled.patient_id


def test_patients_are_searched_by_what_is_encrypted(store: Store) -> None:
    filled = fill(store)
    keep(store, filled.actor, Identity("B-2", "Ben Example"))
    with store.reading(filled.actor) as desk:
        assert len(patients.listed(desk)) == 2
        for text in ("anna", "a-17", "1961-05-04", "04.05.1961"):
            (found,) = patients.listed(desk, text)
            assert (found.id, found.fittings) == (filled.patient_id, 2)
        assert patients.listed(desk, "nobody") == []


def test_a_fitting_comes_back_to_the_letter(store: Store) -> None:
    actor = found_clinic(store)
    kept = keep(store, actor)
    with store.writing(actor) as desk:
        stored = fittings.find(desk, kept)
        assert stored.snapshot == snapshot(desk)
    assert (stored.state, stored.revision, stored.kind, stored.series_id) == ("draft", 1, "original", kept)
    assert stored.made_by == "Kim Example"


def test_states_and_revisions_are_listed_newest_first(store: Store) -> None:
    filled = fill(store)
    third = keep(store, filled.actor, Identity("B-2"))
    with store.writing(filled.actor) as desk:
        first = fittings.find(desk, filled.fitting_id)
        fourth = fittings.save(desk, snapshot(desk), first.patient_id, kind="change", previous=first)
    approve(store, filled.actor, fourth)
    with store.reading(filled.actor) as desk:
        lines = fittings.listed(desk)
        assert [line.state for line in lines] == ["approved", "draft", "withdrawn", "approved"]
        assert [line.revision for line in lines] == [3, 1, 2, 1]
        assert [line.replaced for line in lines] == [False, False, True, True]
        assert [line.id for line in fittings.listed(desk, state="draft")] == [third]
        assert [line.id for line in fittings.listed(desk, state="approved")] == [fourth, filled.fitting_id]
        assert len(fittings.listed(desk, state="withdrawn")) == 1
        assert len(fittings.listed(desk, patient_id=filled.patient_id)) == 3
        assert len(fittings.listed(desk, series_id=filled.fitting_id)) == 3


def test_pages_hold_each_fitting_once_even_of_one_moment(store: Store) -> None:
    actor = found_clinic(store)
    with store.writing(actor) as desk:
        patient = patients.resolve(desk, ANNA)
        made = {fittings.save(desk, snapshot(desk, number), patient.id) for number in range(11)}
    seen, after = [], None
    with store.reading(actor) as desk:
        while lines := fittings.listed(desk, after=after, limit=4):
            seen += [line.id for line in lines]
            after = (lines[-1].created_at, lines[-1].id)
    assert len(seen) == len(set(seen)) == 11
    assert set(seen) == made


@pytest.mark.hazard("H24")
def test_a_second_try_finds_the_first(store: Store) -> None:
    actor = found_clinic(store)
    retry = Retry("key 1", b"hash")
    with store.writing(actor) as desk:
        assert fittings.earlier(desk, retry) is None
        patient = patients.resolve(desk, ANNA)
        kept = fittings.save(desk, snapshot(desk), patient.id, retry=retry)
    with store.reading(actor) as desk:
        assert fittings.earlier(desk, retry) == kept
        with pytest.raises(Conflict) as refused:
            fittings.earlier(desk, Retry("key 1", b"other"))
    assert refused.value.code == "key_reused"
    with store.reading(found_clinic(store, email="other@example.org")) as desk:
        assert fittings.earlier(desk, retry) is None


def test_a_fitting_is_approved_once_and_withdrawn_for_good(store: Store) -> None:
    actor = found_clinic(store)
    kept = keep(store, actor)
    with store.reading(actor) as desk:
        opened_before = fittings.find(desk, kept)
    approve(store, actor, kept)
    with store.reading(actor) as desk:
        approval = fittings.find(desk, kept).approval
    assert approval is not None
    assert (approval.name, approval.acknowledged) == ("Kim Example", ("F01",))
    with pytest.raises(Conflict, match="approved already"):
        approve(store, actor, kept)
    # Somebody who opened it while it was a draft is too late as well.
    with pytest.raises(Conflict, match="approved already"), store.writing(actor) as desk:
        fittings.approve(desk, opened_before, [])
    with store.writing(actor) as desk:
        fittings.withdraw(desk, fittings.find(desk, kept), "wrong leg")
    with store.reading(actor) as desk:
        assert fittings.find(desk, kept).state == "withdrawn"
    for stored in (opened_before, None):
        with pytest.raises(Conflict, match="withdrawn already"), store.writing(actor) as desk:
            fittings.withdraw(desk, stored or fittings.find(desk, kept), "again")
    with pytest.raises(Conflict, match="withdrawn already"):
        approve(store, actor, kept)


def test_what_belongs_to_another_clinic_is_missing(store: Store) -> None:
    filled = fill(store)
    stranger = found_clinic(store, email="other@example.org")
    with store.writing(stranger) as desk:
        with pytest.raises(Missing):
            fittings.find(desk, filled.fitting_id)
        with pytest.raises(Missing):
            patients.find(desk, filled.patient_id)
        with pytest.raises(Missing):
            patients.resolve(desk, ANNA, filled.patient_id)
        assert patients.resolve(desk, ANNA).id != filled.patient_id
        assert fittings.listed(desk) == []
        assert fittings.of_patient(desk, filled.patient_id) == []
    with pytest.raises(Missing):
        release(store, stranger, filled.fitting_id)
