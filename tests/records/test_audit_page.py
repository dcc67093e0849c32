"""The audit as an administrator reads it: every row of the own clinic in words, a page at a time, and no patient."""

import re
from typing import Any

import pytest
from sqlalchemy import text

from afofit import records
from afofit.store import audit, audit_log, care, clinics, keys, releases
from afofit.store.database import Store
from afofit.web import audit_page
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind

Json = dict[str, Any]
__all__ = ["kind"]
ROW = re.compile(r'<th scope="row" role="rowheader">(\d+)</th>(.*?)</tr>', re.DOTALL)


def rows(page: str) -> dict[int, str]:
    """By number, what the rows of a page say, without tags."""
    return {int(number): " ".join(re.sub(r"<[^>]+>", " ", said).split()) for number, said in ROW.findall(page)}


@pytest.fixture
def kept(clinic: Clinic, asked: Json) -> records.Record:
    """A fitting that was approved and given to its patient."""
    record, _ = records.take(clinic.store, clinic.orthotist, asked)
    with clinic.store.writing(clinic.orthotist) as desk:
        records.approve(desk, records.find(desk, record.id), record.cautions)
        releases.make(desk, record.id, language="en", large=False, days=3)
    return record


@pytest.fixture
def reader(clinic: Clinic) -> Browser:
    return clinic.browser(clinic.administrator)


def test_everything_that_was_done_is_there_in_words(clinic: Clinic, kept: records.Record, reader: Browser) -> None:
    page = reader.get("/clinic/audit").text
    said = rows(page)
    assert list(said) == sorted(said, reverse=True)
    with clinic.store.reading(clinic.administrator) as desk:
        entries = audit_log.listed(desk, audit_log.Wanted())
    assert list(said) == [entry.number for entry in entries]
    assert any(
        "Olga of North" in row and "Fitting stored" in row and "revision 1, original" in row for row in said.values()
    )
    approved = next(row for row in said.values() if "Fitting approved" in row)
    assert (len(kept.cautions), "1 caution acknowledged" in approved) == (1, True)
    assert any("Patient's link made" in row.replace("&#39;", "'") and "for 3 days" in row for row in said.values())
    assert any("UTC Ada of North Signed in password Ada of North" in row for row in said.values())
    for address in (f"/fittings/{kept.id}", f"/patients/{kept.stored.patient_id}", "/clinic"):
        assert f'href="{address}"' in page
        assert reader.get(address).status_code == 200


@pytest.mark.hazard("H20")
def test_nothing_of_a_patient_stands_on_the_page(clinic: Clinic, kept: records.Record, reader: Browser) -> None:
    page = reader.get("/clinic/audit").text
    for secret in ("Kim Doe", "A-1027", "1980", "28 Feb"):
        assert secret not in page


def test_only_administrators_read_it(clinic: Clinic) -> None:
    assert clinic.browser().get("/clinic/audit").status_code == 403
    assert "/clinic/audit" not in clinic.browser().get("/account").text
    assert clinic.app.test_client().get("/clinic/audit").headers["Location"].startswith("/sign-in")
    assert "/clinic/audit" in clinic.browser(clinic.administrator).get("/clinic").text


def test_another_clinic_is_not_in_it(clinic: Clinic, other_clinic: Clinic, kept: records.Record) -> None:
    stranger = other_clinic.browser(other_clinic.administrator)
    for query in ("", "?kind=fitting", "?action=fitting+stored", f"?person=account+{clinic.orthotist.account_id}"):
        page = stranger.get(f"/clinic/audit{query}").text
        assert str(kept.id) not in page
        assert "of North" not in page
        assert "Fitting stored" not in " ".join(rows(page).values())


@pytest.mark.parametrize(
    ("query", "has", "has_not"),
    [
        ("action=fitting+approved", ["Fitting approved"], ["Fitting stored", "Signed in"]),
        ("kind=patient", ["Patient added"], ["Fitting stored", "Signed in"]),
        ("kind=fitting&action=link+made", [], ["Patient's link made", "Fitting stored"]),
        ("person=command", ["Clinic made"], ["Fitting stored", "Signed in"]),
        ("person=link", ["Sheet opened by its link"], ["Fitting stored", "Signed in"]),
        ("since=2001-01-01&until=9999-12-31", ["Clinic made", "Fitting stored"], []),
        ("until=2001-01-01", [], ["Clinic made"]),
        ("since=9999-12-31", [], ["Clinic made"]),
    ],
)
def test_the_filter(
    clinic: Clinic, kept: records.Record, reader: Browser, query: str, has: list[str], has_not: list[str]
) -> None:
    with clinic.store.reading(clinic.orthotist) as desk:
        link = releases.of_fitting(desk, kept.id)[0].id
    with clinic.store.looking() as session:
        patient = releases.actor_of(session, link)
    assert patient is not None
    with clinic.store.writing(patient) as desk:
        releases.opened(desk, link)
    answer = reader.get(f"/clinic/audit?{query}")
    assert answer.status_code == 200
    said = " | ".join(rows(answer.text).values()).replace("&#39;", "'")
    assert all(wanted in said for wanted in has), said
    assert not any(other in said for other in has_not), said
    assert has or "No row of the audit is like this." in answer.text


def test_the_filter_by_person_and_by_key(clinic: Clinic, kept: records.Record, reader: Browser, asked: Json) -> None:
    header = clinic.key()
    body = asked | {"patient": asked["patient"] | {"reference": "B-2", "name": "Lee Poe"}}
    assert clinic.app.test_client().post("/api/v1/fittings", json=body, headers=header).status_code == 201
    with clinic.store.reading(clinic.orthotist) as desk:
        (key,) = keys.listed(desk)
    by_key = rows(reader.get(f"/clinic/audit?person=key+{key.id}").text)
    assert len(by_key) == 2
    assert all("Key “EMR”" in row for row in by_key.values())
    by_person = rows(reader.get(f"/clinic/audit?person=account+{clinic.orthotist.account_id}").text)
    assert not set(by_key) & set(by_person)
    assert any(
        "Key made fittings:read, fittings:write, fittings:approve, charts:write, for 30 days" in row
        for row in by_person.values()
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=yesterday", "Write the day as year-month-day"),
        ("until=2026-02-30", "Write the day as year-month-day"),
        ("since=2026-03-01&until=2026-02-01", "The last day lies before the first."),
        ("action=fitting+eaten", "Choose one of the list."),
        ("kind=%00", "Choose one of the list."),
        ("person=account+99999", "Choose one of the list."),
    ],
)
def test_a_filter_that_cannot_be_read_says_so_at_its_field(reader: Browser, query: str, said: str) -> None:
    answer = reader.get(f"/clinic/audit?{query}")
    assert answer.status_code == 422
    assert "<title>Error: Audit" in answer.text
    # In the summary and at the field.
    assert answer.text.count(said) == 2
    assert rows(answer.text) == {}


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "9" * 30, "1'--"])
def test_a_page_that_begins_nowhere_is_no_mistake_of_ours(reader: Browser, before: str) -> None:
    assert reader.get(f"/clinic/audit?before={before}").status_code == 200


def test_pages_follow_each_other_without_a_gap(clinic: Clinic, reader: Browser) -> None:
    with clinic.store.writing(clinic.administrator) as desk:
        for years in range(1, 121):
            clinics.change(desk, name="North", phone="1", retention_years=years)
    path, numbers, pages = "/clinic/audit?action=clinic+changed", [], 0
    while path:
        page = reader.get(path).text
        numbers += list(rows(page))
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path, pages = found[1].replace("&amp;", "&") if found else "", pages + 1
        assert ("Newest" in page) == (pages > 1)
    assert pages == 3
    assert len(numbers) == 120
    assert numbers == list(range(numbers[0], numbers[0] - 120, -1))


@pytest.mark.hazard("H20")
def test_the_page_says_whether_the_chain_is_whole(clinic: Clinic, kept: records.Record, reader: Browser) -> None:
    page = reader.get("/clinic/audit").text
    with clinic.store.reading(clinic.administrator) as desk:
        chain = audit.verify(desk.session, clinic.administrator.clinic_id)
    assert f"Whole: all {chain.rows} rows checked just now" in page
    assert chain.head in page
    tamper(clinic.store, "UPDATE audit SET actor = 'account 9' WHERE number = 2", "DELETE FROM audit WHERE number = 4")
    page = reader.get("/clinic/audit").text
    assert "The audit is not whole" in page
    assert "Row 2 was changed" in page
    assert "Row 4 is missing" in page
    assert "account 9" in rows(page)[2]


def tamper(store: Store, *deeds: str) -> None:
    with store.engine.begin() as connection:
        for deed in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_no_{deed}"))
        for deed in deeds:
            connection.execute(text(deed))


def test_a_long_chain_is_checked_when_asked(clinic: Clinic, reader: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_page, "CHECKED_AT_ONCE", 3)
    page = reader.get("/clinic/audit?kind=clinic").text
    assert "rows, not checked on this page" in page
    assert "Whole" not in page
    check = re.search(r'href="(/clinic/audit\?[^"]*check=1[^"]*)"', page)
    assert check is not None
    page = reader.get(check[1].replace("&amp;", "&")).text
    assert "Whole: all" in page
    assert set(rows(page)) == {1}


def test_what_was_erased_stays_in_words_without_a_link(clinic: Clinic, kept: records.Record, reader: Browser) -> None:
    with clinic.store.writing(clinic.administrator) as desk:
        care.erase(desk, kept.stored.patient_id)
    page = reader.get("/clinic/audit").text
    said = rows(page)
    assert f"/fittings/{kept.id}" not in page
    assert f"/patients/{kept.stored.patient_id}" not in page
    stored = next(row for row in said.values() if "Fitting stored" in row)
    assert stored.endswith(f"Fitting {str(kept.id)[:8]} erased")
    assert any("Patient erased 1 fitting, 1 approval, 1 link" in row for row in said.values())
