"""Charts that are being opened and sent to, on both databases: each step once, whoever else tries at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from afofit.store import care, ehrs, launches, origins
from afofit.store.actors import Actor
from afofit.store.database import Store
from afofit.store.errors import Conflict, Missing
from tests.store.filled import EHR, all_rows, fill, found_clinic, keep

BROWSER, STATE = "one browser", "one state"
LASTS = timedelta(hours=1)


def begun(store: Store, actor: Actor) -> tuple[UUID, UUID]:
    """A launch that was taken up, and its EHR."""
    with store.writing(actor) as desk:
        known = ehrs.of_issuer(desk, EHR.issuer)
        ehr_id = known.id if known else ehrs.register(desk, EHR)
    launch_id = launches.begin(store, EHR.issuer, BROWSER, "given", datetime.now(UTC))
    with store.writing(actor) as desk:
        assert launches.begun(desk, launch_id, BROWSER) == (EHR.issuer, "given")
        launches.ask(desk, launch_id, BROWSER, ehr_id, STATE, {"verifier": "a secret verifier"})
    return launch_id, ehr_id


def opened(store: Store, actor: Actor, patient: str = "anna-1") -> UUID:
    """A chart that is open."""
    launch_id, ehr_id = begun(store, actor)
    answer = launches.answered(store, STATE, BROWSER, datetime.now(UTC))
    assert answer is not None
    assert (answer.id, answer.ehr_id, answer.actor.account_id) == (launch_id, ehr_id, actor.account_id)
    with store.writing(answer.actor) as desk:
        content = {"patient": patient, "token": "a secret token"}
        launches.open_chart(desk, answer, content, origins.mark(desk, ehr_id, patient), LASTS)
    return launch_id


def test_of_many_answers_with_one_state_one_is_taken(store: Store) -> None:
    begun(store, found_clinic(store))

    def take(_: int) -> bool:
        return launches.answered(store, STATE, BROWSER, datetime.now(UTC)) is not None

    with ThreadPoolExecutor(6) as crowd:
        assert sorted(crowd.map(take, range(6))) == [False] * 5 + [True]


def test_what_a_step_no_longer_needs_is_gone(store: Store) -> None:
    actor = found_clinic(store)
    launch_id = opened(store, actor)
    (row,) = (dict(zip(NAMES, one, strict=True)) for one in all_rows(store)["launch"])
    assert row["opening"] is row["asked"] is row["state"] is None
    assert row["content"] is not None
    kept = repr(all_rows(store)["launch"])
    for secret in ("a secret token", "a secret verifier", "anna-1", BROWSER, STATE, "given"):
        assert secret not in kept
    with store.writing(actor) as desk:
        with pytest.raises(Missing):
            launches.begun(desk, launch_id, BROWSER)
        launches.end(desk, launch_id)
        with pytest.raises(Missing):
            launches.end(desk, launch_id)
        with pytest.raises(Missing):
            launches.find(desk, launch_id)
        with pytest.raises(Missing):
            launches.keep(desk, launch_id, {"late": "writer"})
    (row,) = (dict(zip(NAMES, one, strict=True)) for one in all_rows(store)["launch"])
    assert row["content"] is None


NAMES = [column.name for column in launches.LaunchRow.__table__.columns]


def test_a_launch_is_of_its_browser_its_person_and_its_time(store: Store) -> None:
    actor = found_clinic(store)
    stranger = found_clinic(store, email="other@example.org")
    launch_id, ehr_id = begun(store, actor)
    now = datetime.now(UTC)
    assert launches.answered(store, STATE, "another browser", now) is None
    assert launches.answered(store, "another state", BROWSER, now) is None
    assert launches.answered(store, STATE, BROWSER, now + launches.TO_OPEN) is None
    with store.writing(stranger) as desk:
        with pytest.raises(Missing):
            launches.begun(desk, launch_id, BROWSER)
        with pytest.raises(Missing):
            launches.ask(desk, launch_id, BROWSER, ehr_id, "x", {})
        with pytest.raises(Missing):
            launches.find(desk, launch_id)
        assert launches.of_person(desk) == []
    with store.looking() as session:
        assert launches.elsewhere(session, STATE)
        assert not launches.elsewhere(session, "another state")
    assert launches.answered(store, STATE, BROWSER, now) is not None


def test_what_is_over_goes_with_the_next(store: Store) -> None:
    actor = found_clinic(store)
    opened(store, actor)
    launches.begin(store, EHR.issuer, BROWSER, None, datetime.now(UTC) + LASTS + timedelta(seconds=5))
    assert len(all_rows(store)["launch"]) == 1


def test_everything_of_a_person_ends_at_once(store: Store) -> None:
    actor = found_clinic(store)
    launch_id = opened(store, actor)
    with store.writing(actor) as desk:
        launches.end_all(desk, actor.account_id or 0)
        with pytest.raises(Missing):
            launches.find(desk, launch_id)


def test_an_erased_patient_leaves_no_open_chart(store: Store) -> None:
    filled = fill(store)
    other = keep(store, filled.actor)
    launch_id = opened(store, filled.actor)
    with store.writing(filled.actor) as desk:
        assert launches.find(desk, launch_id).content["patient"] == "anna-1"
        care.erase(desk, filled.patient_id)
        with pytest.raises(Missing):
            launches.find(desk, launch_id)
    assert all_rows(store)["origin"] == all_rows(store)["sent"] == []
    assert str(other) not in repr(all_rows(store)["fitting"])


def test_of_many_that_send_one_thing_one_does(store: Store) -> None:
    filled = fill(store)
    with store.reading(filled.actor) as desk:
        (ehr,) = ehrs.listed(desk)

    def claim(_: int) -> bool:
        return origins.claim(store, filled.actor, filled.fitting_id, ehr.id, "right/foot_length")

    with ThreadPoolExecutor(6) as crowd:
        assert sorted(crowd.map(claim, range(6))) == [False] * 5 + [True]
    with store.writing(filled.actor) as desk:
        origins.settle(desk, filled.fitting_id, ehr.id, "right/foot_length", "refused", place="", said="no")
    with ThreadPoolExecutor(6) as crowd:
        assert sorted(crowd.map(claim, range(6))) == [False] * 5 + [True]
    # What stands in the chart is never claimed again.
    assert not origins.claim(store, filled.actor, filled.fitting_id, ehr.id, "document")


def test_an_ehr_is_registered_once_and_its_secret_goes_with_it(store: Store) -> None:
    actor = found_clinic(store)
    stranger = found_clinic(store, email="other@example.org")
    launch_id = opened(store, actor)
    with store.writing(actor) as desk:
        with pytest.raises(Conflict, match="registered already"):
            ehrs.register(desk, EHR)
        (one,) = ehrs.listed(desk)
    assert "kept from everybody" not in repr(all_rows(store))
    with store.writing(stranger) as desk:
        assert ehrs.listed(desk) == []
        assert ehrs.of_issuer(desk, EHR.issuer) is None
        for ask in (ehrs.find, ehrs.secret, ehrs.remove):
            with pytest.raises(Missing):
                ask(desk, one.id)
    with store.writing(actor) as desk:
        ehrs.remove(desk, one.id)
        with pytest.raises(Missing):
            ehrs.secret(desk, one.id)
        with pytest.raises(Missing):
            launches.find(desk, launch_id)
        assert ehrs.register(desk, EHR) != one.id
    with store.looking() as session:
        assert ehrs.known(session, EHR.issuer)
        assert not ehrs.known(session, EHR.issuer + "/")
