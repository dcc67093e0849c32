"""Whose keys are whose, and what an administrator does for somebody who lost the second factor."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from sqlalchemy import select

from afofit.store import clinics, keys
from afofit.store.accounts import User
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import AuditRow
from tests.records.conftest import PASSWORD, Browser, Clinic, email_of


def test_a_key_is_revoked_by_its_owner_or_an_administrator(clinic: Clinic) -> None:
    with clinic.store.writing(clinic.administrator) as desk:
        keys.make(desk, "EMR", ("fittings:read",), 3)
    clinic.key()
    with clinic.store.reading(clinic.orthotist) as desk:
        own, other = sorted(keys.listed(desk), key=lambda one: one.owner_id != clinic.orthotist.account_id)
    with pytest.raises(Missing), clinic.store.writing(clinic.orthotist) as desk:
        keys.revoke(desk, other.id)
    browser = clinic.browser()
    assert browser.get("/clinic/keys").text.count("/revoke") == 1
    with clinic.store.writing(clinic.administrator) as desk:
        keys.revoke(desk, own.id)
        keys.revoke(desk, other.id)


def test_who_lost_the_second_factor_signs_in_with_the_password_alone(clinic: Clinic) -> None:
    orthotist = clinic.browser()
    with clinic.store.system() as session:
        row = session.execute(select(User).where(User.id == clinic.orthotist.account_id)).scalars().unique().one()
        row.tf_primary_method, row.tf_totp_secret, row.mf_recovery_codes = "authenticator", "secret", ["one"]
    administrator = clinic.browser(clinic.administrator)
    page = administrator.get("/clinic")
    path = f"/clinic/people/{clinic.orthotist.account_id}/second-factor"
    assert path in page.text
    assert administrator.post(path).status_code == 303
    assert orthotist.get("/fittings").status_code == 302
    assert clinic.browser().get("/fittings").status_code == 200
    with clinic.store.reading(clinic.administrator) as desk:
        person = next(one for one in clinics.members(desk) if one.id == clinic.orthotist.account_id)
    assert person.second_factor is False
    assert person.last_at is not None


def test_who_is_locked_out_gets_in_again_by_a_command(clinic: Clinic) -> None:
    run = clinic.app.test_cli_runner().invoke
    email = email_of(clinic.administrator)
    link = run(args=["clinic", "invite", email.upper(), "--second-factor"]).output.strip()
    assert link.startswith("/join/")
    browser = Browser(clinic.app.test_client())
    browser.get(link)
    other = f"{PASSWORD}, another"
    taken = browser.post(link, password=other, password_confirm=other)
    assert taken.status_code == 303, taken.text
    browser.get("/sign-in")
    assert browser.post("/sign-in", email=email, password=other).status_code == 302
    assert browser.get("/clinic").status_code == 200
    assert "There is no open account" in run(args=["clinic", "invite", "nobody@clinic.example"]).output
    with clinic.store.looking() as session:
        said = select(AuditRow.actor, AuditRow.action).where(AuditRow.clinic_id == clinic.administrator.clinic_id)
        done = {action: actor for actor, action in session.execute(said)}
    assert done["reset link made"] == done["second factor taken away"] == "command"


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**20])
@pytest.mark.parametrize("deed", ["", "/link", "/second-factor", "/sign-out"])
def test_a_number_that_no_account_can_have_is_nobody(clinic: Clinic, number: int, deed: str) -> None:
    browser = clinic.browser(clinic.administrator)
    assert browser.post(f"/clinic/people/{number}{deed}", roles="orthotist").status_code == 404


def test_two_administrators_who_send_each_other_away_leave_one(clinic: Clinic) -> None:
    both = (clinic.administrator.account_id, clinic.orthotist.account_id)
    with clinic.store.writing(clinic.administrator) as desk:
        clinics.set_roles(desk, both[1], ("administrator",), active=True)
    first_is_in = Event()

    def send_away(account_id: int) -> bool:
        with clinic.store.writing(clinic.administrator) as desk:
            clinics.set_roles(desk, account_id, ("orthotist",), active=True)
            first_is_in.set()
            # Long enough for the other to look while this is not committed, if it did not wait.
            sleep(0.3)
        return True

    with ThreadPoolExecutor(2) as two:
        first = two.submit(send_away, both[0])
        assert first_is_in.wait(10)
        second = two.submit(send_away, both[1])
        assert first.result()
        with pytest.raises(Conflict, match="at least one administrator"):
            second.result()
