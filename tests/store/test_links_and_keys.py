"""Links of patients and keys of other systems: what opens them, and what ends them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from afofit.store import clinics, fittings, keys, patients, releases
from afofit.store.actors import Actor
from afofit.store.database import Store
from afofit.store.errors import Conflict, Missing
from afofit.store.patients import Identity
from tests.store.filled import BORN, all_rows, approve, fill, found_clinic, keep, release

WRONG = date(1999, 1, 1)


def _landing(store: Store, token: str, *, later: timedelta = timedelta()) -> releases.Landing | None:
    with store.looking() as session:
        return releases.landing(session, token, datetime.now(UTC) + later)


def _opens(store: Store, landing: releases.Landing, born: date | None) -> bool:
    with store.writing(landing.actor) as desk:
        return releases.prove(desk, landing.release_id, born)


def test_a_link_opens_with_the_date_of_birth(store: Store) -> None:
    filled = fill(store)
    landing = _landing(store, filled.token)
    assert landing is not None
    assert (landing.clinic_name, landing.tries_left) == ("Example clinic", 5)
    assert _opens(store, landing, BORN)
    with store.writing(landing.actor) as desk:
        releases.opened(desk, landing.release_id)
        assert releases.readable(desk, landing.release_id).opened == 1
    assert filled.token not in repr(all_rows(store))


def test_five_wrong_dates_lock_a_link_for_the_right_one_too(store: Store) -> None:
    filled = fill(store)
    landing = _landing(store, filled.token)
    assert landing is not None
    for left in (4, 3, 2, 1):
        assert not _opens(store, landing, None if left == 2 else WRONG)
        now = _landing(store, filled.token)
        assert now is not None
        assert now.tries_left == left
    assert not _opens(store, landing, WRONG)
    assert not _opens(store, landing, BORN)
    assert _landing(store, filled.token) is None
    with store.reading(landing.actor) as desk, pytest.raises(Missing):
        releases.readable(desk, landing.release_id)


def test_the_right_date_forgives_the_wrong_ones(store: Store) -> None:
    filled = fill(store)
    landing = _landing(store, filled.token)
    assert landing is not None
    for _ in range(2):
        for _ in range(4):
            assert not _opens(store, landing, WRONG)
        assert _opens(store, landing, BORN)


def test_a_link_ends(store: Store) -> None:
    filled = fill(store)
    assert _landing(store, "unknown") is None
    assert _landing(store, filled.token, later=timedelta(days=29)) is not None
    assert _landing(store, filled.token, later=timedelta(days=30, seconds=1)) is None
    landing = _landing(store, filled.token)
    assert landing is not None
    with store.writing(filled.actor) as desk:
        assert releases.revoke(desk, landing.release_id) == filled.fitting_id
        with pytest.raises(Missing):
            releases.revoke(desk, landing.release_id)
    assert _landing(store, filled.token) is None
    assert not _opens(store, landing, BORN)


def test_every_link_of_a_fitting_is_revoked_at_once(store: Store) -> None:
    filled = fill(store)
    tokens = [filled.token, release(store, filled.actor, filled.fitting_id)]
    with store.writing(filled.actor) as desk:
        releases.revoke_all(desk, series_id=filled.fitting_id)
    assert [_landing(store, token) for token in tokens] == [None, None]


@pytest.mark.hazard("H22")
def test_only_an_approved_fitting_of_a_known_birth_date_gets_a_link(store: Store) -> None:
    filled = fill(store)
    draft = keep(store, filled.actor)
    with pytest.raises(Conflict) as refused:
        release(store, filled.actor, draft)
    assert refused.value.code == "not_approved"
    unknown = keep(store, filled.actor, Identity("B-2"))
    approve(store, filled.actor, unknown)
    with pytest.raises(Conflict) as refused:
        release(store, filled.actor, unknown)
    assert refused.value.code == "birth_date_missing"
    for days in (0, 367):
        with pytest.raises(Conflict, match="1 to 366"):
            release(store, filled.actor, filled.fitting_id, days)


@pytest.mark.hazard("H22")
def test_a_link_shows_nothing_once_its_fitting_is_withdrawn(store: Store) -> None:
    filled = fill(store)
    landing = _landing(store, filled.token)
    assert landing is not None
    with store.writing(filled.actor) as desk:
        fittings.withdraw(desk, fittings.find(desk, filled.fitting_id), "wrong")
        with pytest.raises(Missing):
            releases.readable(desk, landing.release_id)


def test_another_clinic_cannot_revoke_a_link(store: Store) -> None:
    filled = fill(store)
    landing = _landing(store, filled.token)
    assert landing is not None
    with store.writing(found_clinic(store, email="other@example.org")) as desk:
        with pytest.raises(Missing):
            releases.revoke(desk, landing.release_id)
        assert releases.of_fitting(desk, filled.fitting_id) == []
    assert _landing(store, filled.token) is not None


def _key(store: Store, actor: Actor, *scopes: str) -> str:
    with store.writing(actor) as desk:
        return keys.make(desk, "the records", scopes or ("fittings:read", "fittings:approve"), 90)


def _bearer(store: Store, text: str, *, later: timedelta = timedelta()) -> keys.Bearer | None:
    with store.looking() as session:
        return keys.bearer(session.connection(), text, datetime.now(UTC) + later)


def test_a_key_acts_for_its_owner_within_its_scopes(store: Store) -> None:
    filled = fill(store)
    for _ in range(20):  # The secret may hold underscores anywhere.
        key = _key(store, filled.actor)
        bearer = _bearer(store, key)
        assert bearer is not None
    assert bearer.scopes == {"fittings:read", "fittings:approve"}
    assert bearer.actor.account_id == filled.actor.account_id
    assert bearer.actor.orthotist
    assert not bearer.actor.administrator
    assert bearer.stale
    with store.writing(bearer.actor) as desk:
        keys.used(desk, bearer.key_id)
        assert patients.find(desk, filled.patient_id)
    again = _bearer(store, key)
    assert again is not None
    assert not again.stale
    assert key.rpartition("_")[2] not in repr(all_rows(store))


def test_a_wrong_or_ended_key_is_nobody(store: Store) -> None:
    actor = found_clinic(store)
    key = _key(store, actor)
    for wrong in ("", "_", "afo_", key[:-1], key + "x", key.replace("afo_", "afo"), f"{key[:12]}_", "é" * 9):
        assert _bearer(store, wrong) is None
    assert _bearer(store, key, later=timedelta(days=90, seconds=1)) is None
    with store.writing(actor) as desk:
        (listed,) = keys.listed(desk)
        keys.revoke(desk, listed.id)
        with pytest.raises(Missing):
            keys.revoke(desk, listed.id)
    assert _bearer(store, key) is None


def test_a_key_ends_with_the_account_and_approves_only_for_an_orthotist(store: Store) -> None:
    actor = found_clinic(store)
    with store.writing(actor) as desk:
        other = clinics.add(desk, email="lee@example.org", name="Lee", roles=("orthotist",), password="x")  # noqa: S106
    lee = Actor(clinic_id=actor.clinic_id, label="account", name="Lee", account_id=other, orthotist=True)
    key = _key(store, lee)
    with store.writing(actor) as desk:
        clinics.set_roles(desk, other, (), active=True)
    bearer = _bearer(store, key)
    assert bearer is not None
    assert bearer.scopes == {"fittings:read"}
    with store.writing(actor) as desk:
        clinics.set_roles(desk, other, ("orthotist",), active=False)
    assert _bearer(store, key) is None


@pytest.mark.parametrize(
    ("scopes", "days", "name", "code"),
    [
        ((), 90, "x", "scopes"),
        (("all",), 90, "x", "scopes"),
        (("fittings:read",), 0, "x", "days"),
        (("fittings:read",), 367, "x", "days"),
        (("fittings:read",), 1, " ", "name"),
    ],
)
def test_a_key_that_cannot_be_given_is_refused(
    store: Store, scopes: tuple[str, ...], days: int, name: str, code: str
) -> None:
    with store.writing(found_clinic(store)) as desk, pytest.raises(Conflict) as refused:
        keys.make(desk, name, scopes, days)
    assert refused.value.code == code
