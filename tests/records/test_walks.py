"""What holds for every page and file that people open: found by walking the routes, so that a new one is in it."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from afofit.store import clinics
from afofit.store.tables import AuditRow
from tests.records import test_matrix
from tests.records.conftest import Browser, Clinic
from tests.records.test_matrix import Things, kinds

things, kind = test_matrix.things, test_matrix.kind
NAME = re.compile(r'(attachment|inline); filename="[a-z0-9.-]+"')
PERSONAL = ("Kim", "A-1027", "1980")


@pytest.fixture
def both(clinic: Clinic) -> Browser:
    """Somebody who may do everything that people may."""
    with clinic.store.writing(clinic.administrator) as desk:
        account = clinic.orthotist.account_id or 0
        clinics.set_roles(desk, account, ("administrator", "orthotist"), active=True)
    return clinic.browser()


def opened(browser: Browser, things: Things) -> Iterator[tuple[str, TestResponse]]:
    """Every address that somebody signed in can open, and what it answers."""
    for rule, method in kinds("member", "public", "calculator"):
        if method == "GET":
            path = things.path(rule, browser.client)
            yield path, browser.get(path)


def test_every_page_behind_the_sign_in_offers_to_sign_out(both: Browser, things: Things) -> None:
    pages = 0
    for path, answer in opened(both, things):
        if answer.mimetype == "text/html" and answer.status_code == 200:
            assert 'action="/sign-out"' in answer.text, path
            pages += 1
    assert pages > 25


def test_files_have_names_of_ours_and_none_of_a_patients(both: Browser, things: Things) -> None:
    files = 0
    for path, answer in opened(both, things):
        if answer.status_code == 200 and answer.mimetype != "text/html":
            said = answer.headers.get("Content-Disposition", "")
            if said:
                assert NAME.fullmatch(said), f"{path}: {said}"
                files += 1
            assert not any(one in said for one in PERSONAL), path
    assert files > 3


def test_to_look_changes_nothing(clinic: Clinic, both: Browser, things: Things) -> None:
    def deeds() -> list[str]:
        with clinic.store.looking() as session:
            return list(session.execute(select(AuditRow.action).order_by(AuditRow.number)).scalars())

    before = deeds()
    opened_so_many = sum(1 for _ in opened(both, things))
    for rule, _method in kinds("member"):
        both.client.head(things.path(rule, both.client))
    assert opened_so_many > 40
    assert deeds() == before


def test_every_form_that_changes_something_needs_the_token_of_its_page(
    clinic: Clinic, both: Browser, things: Things
) -> None:
    tried = 0
    for rule, method in kinds("member"):
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            path = things.path(rule, both.client)
            answer = both.client.open(path, method=method, data={"csrf_token": "forged", "reason": "x"})
            assert answer.status_code == 400 or "csrf_token" in answer.text, f"{method} {path}: {answer.status_code}"
            tried += 1
    assert tried > 30
