"""Beside a stored fitting: the card says draft until it is approved, and designs are compared with its own protocol."""

import re
from typing import Any

from afofit import records
from afofit.web.fill import flatten
from tests.records.conftest import Browser, Clinic
from tests.records.pages import kind

__all__ = ["kind"]

Json = dict[str, Any]


def kept(clinic: Clinic, asked: Json) -> records.Record:
    record, _ = records.take(clinic.store, clinic.orthotist, asked)
    return record


def approved(clinic: Clinic, record: records.Record) -> None:
    with clinic.store.writing(clinic.orthotist) as desk:
        records.approve(desk, records.find(desk, record.id), record.cautions)


def test_the_card_says_draft_until_it_is_approved(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    browser = clinic.browser()
    page = browser.get(f"/fittings/{record.id}/card").text
    assert "DRAFT, NOT APPROVED" in page
    assert "10.5, width D" in page
    approved(clinic, record)
    page = browser.get(f"/fittings/{record.id}/card").text
    assert "DRAFT" not in page
    assert "approved by Olga of North" in page
    assert "North, 030 1234" in page
    assert "Kim" not in page


def test_of_a_withdrawn_fitting_there_is_no_card(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    with clinic.store.writing(clinic.orthotist) as desk:
        records.withdraw(desk, records.find(desk, record.id), "wrong leg")
    answer = clinic.browser().get(f"/fittings/{record.id}/card")
    assert answer.status_code == 409
    page = clinic.browser().get(f"/fittings/{record.id}").text
    assert f"/fittings/{record.id}/card" not in page


def test_another_design_fills_the_form_of_the_next_revision(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    browser = clinic.browser()
    page = browser.get(f"/fittings/{record.id}/compare?compare=hinged").text
    assert 'value="prescription.design=hinged"' in page
    assert f'action="/fittings/{record.id}/edit"' in page
    answer = browser.post(f"/fittings/{record.id}/edit", **flatten(asked), apply="prescription.design=hinged")
    assert re.search(r'(value="hinged"[^>]*(checked|selected))', answer.text)
    assert len(history(browser, record)) == 1


def history(browser: Browser, record: records.Record) -> list[str]:
    """The revisions that the page of a fitting lists."""
    page = browser.get(f"/fittings/{record.id}").text
    return re.findall(r"<li><span><b>Revision \d+</b>|<li><span><a href=\"/fittings/[\w-]+\">Revision \d+</a>", page)


def test_only_an_orthotist_is_offered_another_design(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    page = clinic.browser(clinic.administrator).get(f"/fittings/{record.id}/compare").text
    assert "Designs side by side" in page
    assert 'name="apply"' not in page


def test_other_designs_are_computed_with_the_protocol_of_the_record(clinic: Clinic, asked: Json) -> None:
    """The clinic's protocol changes later; the comparison stays on the one the fitting was computed with."""
    from afofit.store import protocols

    record = kept(clinic, asked)
    with clinic.store.writing(clinic.orthotist) as desk:
        own = protocols.save(
            desk, "Ours", {"footplate_spread_mm/all": 6.0}, "as taught", record.stored.snapshot.base_digest
        )
        assert own.name == "Ours"
        protocol = records.protocol_of(desk, records.find(desk, record.id))
    assert (protocol.name, protocol.version) == ("default", 1)
    # forefoot 102 + 4 = 106 mm in every design
    page = clinic.browser().get(f"/fittings/{record.id}/compare?compare=hinged&compare=solid").text
    assert page.count("106 mm") == 2


def test_the_stored_result_leads_to_card_comparison_and_approval_and_ends_with_its_history(
    clinic: Clinic, asked: Json
) -> None:
    record = kept(clinic, asked)
    page = clinic.browser().get(f"/fittings/{record.id}").text
    places = [
        page.index(part)
        for part in (
            'class="patient"',
            "Draft, not approved.",
            'href="#approve-h"',
            'id="finding-right"',
            f"/fittings/{record.id}/compare",
            'id="dimensions-h"',
            'id="alignment-h"',
            'id="drawing-right"',
            f"/fittings/{record.id}/card",
            'id="approve-h"',
            'id="release-h"',
            'id="documents-h"',
            'id="change-h"',
            'id="history-h"',
        )
    ]
    assert places == sorted(places)


def test_all_working_of_a_stored_result_opens_by_its_link(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    browser = clinic.browser()
    assert "<details open><summary>Show working" not in browser.get(f"/fittings/{record.id}").text
    page = browser.get(f"/fittings/{record.id}?working=all").text
    assert "<details open><summary>Show working" in page
    assert "Close all working" in page


def test_links_of_findings_lead_to_the_form_of_the_next_revision(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked)
    page = clinic.browser().get(f"/fittings/{record.id}").text
    links = re.findall(r'href="([^"]*)#limbs-right-fibular_head_height"', page)
    assert links == [f"/fittings/{record.id}/edit"]
    page = clinic.browser(clinic.administrator).get(f"/fittings/{record.id}").text
    assert "#limbs-right-fibular_head_height" not in page


def test_of_a_stopped_leg_only_the_sheet_is_offered(clinic: Clinic, asked: Json) -> None:
    record = kept(clinic, asked | {"clinical": asked["clinical"] | {"urgent_signs": ["recent_trauma"]}})
    page = clinic.browser().get(f"/fittings/{record.id}").text
    assert f"/fittings/{record.id}/sheet.pdf" in page
    assert "/template.pdf" not in page
    assert "/order.pdf" not in page
    assert "/compare" not in page
