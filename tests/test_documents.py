"""Each document of a fitting through the API, and a sheet read back by machine."""

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from flask.testing import FlaskClient, FlaskCliRunner

from afofit.app import create_app
from afofit.documents import DOCUMENTS, Approved, Kind, document
from afofit.pdf.attachment import NoAttachment, attach, attached
from afofit.schemas.printing import Printing
from afofit.settings import Settings
from afofit.words.patient import Contact
from tests.examples import request_of
from tests.fitting.people import fitted

KINDS = list(DOCUMENTS)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(Settings()).test_client()


@pytest.fixture(scope="module")
def runner() -> FlaskCliRunner:
    return create_app(Settings()).test_cli_runner()


def url(kind: str) -> str:
    return f"/api/v1/fittings/preview/{kind}.pdf"


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_document_comes_on_both_papers(client: FlaskClient, kind: str, paper: str) -> None:
    answer = client.post(url(kind), json=request_of("E2"), query_string={"paper": paper})
    assert answer.status_code == 200
    assert answer.content_type == "application/pdf"
    width = float(pypdf.PdfReader(BytesIO(answer.data)).pages[0].mediabox.width)
    assert width == pytest.approx(595.28 if paper == "a4" else 612, abs=0.1)


@pytest.mark.hazard("H10", "H22")
@pytest.mark.parametrize("kind", ["patient", "template", "order"])
def test_nothing_to_wear_cut_or_order_after_a_stop(client: FlaskClient, kind: str) -> None:
    sent = request_of("E2")
    sent["clinical"]["skin"] = "wound"
    answer = client.post(url(kind), json=sent)
    assert answer.status_code == 422
    assert "No brace was computed" in answer.json["errors"][0]["message"]


@pytest.mark.hazard("H22")
def test_the_patient_sheet_of_a_preview_is_a_marked_sample_in_the_language_asked(client: FlaskClient) -> None:
    english = client.post(url("patient"), json=request_of("E2")).data
    spanish = client.post(url("patient"), json=request_of("E2"), query_string={"lang": "es", "size": "large"}).data
    for page in pypdf.PdfReader(BytesIO(english)).pages:
        assert "Ask your orthotist to approve it" in " ".join(page.extract_text().split())
    assert pypdf.PdfReader(BytesIO(spanish)).trailer["/Root"]["/Lang"].startswith("es")


def test_what_was_asked_wrongly_of_a_document_is_named_all_at_once(client: FlaskClient) -> None:
    answer = client.post(url("patient"), json=request_of("E2"), query_string={"paper": "a3", "lang": "xx", "size": "9"})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json["errors"]] == ["/paper", "/lang", "/size"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_data_ride_in_the_pdf_on_demand(client: FlaskClient, kind: str) -> None:
    sent = request_of("E2")
    plain = client.post(url(kind), json=sent).data
    with pytest.raises(NoAttachment):
        attached(plain, "request.json")
    carrying = client.post(url(kind), json=sent, query_string={"attach": "json"}).data
    assert json.loads(attached(carrying, "request.json")) == sent
    result = json.loads(attached(carrying, "result.json"))
    assert result["limbs"]["left"]["design"]["code"] == "solid"
    assert text_of(carrying) == text_of(plain)
    # Equal bytes for the same request, so that a stored sheet can be compared.
    assert carrying == client.post(url(kind), json=sent, query_string={"attach": "json"}).data


def test_a_sheet_is_read_back_and_gives_the_same_numbers(
    client: FlaskClient, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.pdf"
    sheet.write_bytes(client.post(url("sheet"), json=request_of("E2"), query_string={"attach": "json"}).data)
    result = runner.invoke(args=["fit", str(sheet)])
    assert result.exit_code == 0, result.output
    assert "LEFT LEG: Review" in result.output
    assert "Every number is the same as on the sheet." in result.output


def test_a_sheet_whose_numbers_were_others_says_which(
    client: FlaskClient, runner: FlaskCliRunner, tmp_path: Path
) -> None:
    pdf = client.post(url("sheet"), json=request_of("E2"), query_string={"attach": "json"}).data
    result = json.loads(attached(pdf, "result.json"))
    next(one for one in result["limbs"]["left"]["dimensions"] if one["code"] == "D02")["value"] = 400.0
    bare = client.post(url("sheet"), json=request_of("E2")).data
    files = {"request.json": json.dumps(request_of("E2")).encode(), "result.json": json.dumps(result).encode()}
    (tmp_path / "old.pdf").write_bytes(attach(bare, files))
    output = runner.invoke(args=["fit", str(tmp_path / "old.pdf")]).output
    assert "These differ from the sheet:\n  Left proximal_trim_height_mm: 400.0 on the sheet, 396.44 now" in output


def test_a_pdf_without_data_is_said(runner: FlaskCliRunner, client: FlaskClient, tmp_path: Path) -> None:
    (tmp_path / "bare.pdf").write_bytes(client.post(url("sheet"), json=request_of("E2")).data)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    for name, words in (("bare.pdf", "carries no request.json"), ("broken.pdf", "no readable pdf")):
        result = runner.invoke(args=["fit", str(tmp_path / name)])
        assert result.exit_code == 2
        assert words in result.output


def test_the_blank_form_is_there_without_any_data(client: FlaskClient) -> None:
    for path in ("/api/v1/measuring-form.pdf", "/measuring-form.pdf"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "Fibular head height" in text_of(answer.data)


def test_pages_offer_every_document(client: FlaskClient) -> None:
    page = client.get("/?example=E2").text
    assert "/measuring-form.pdf" in page


@pytest.mark.hazard("H22")
def test_the_patient_page_is_a_sample_and_holds_no_draft_value(client: FlaskClient) -> None:
    from tests.schemas.test_form import typed

    form = typed(request_of("E2"))
    answer = client.post("/patient", data=form)
    assert answer.status_code == 200
    assert "approve" in answer.text
    # Build-up 14 mm, shell 4.8 mm and the top edge at 396 mm are not for the patient.
    for secret in ("build-up", "4.8 mm", "396", "D02", "grade"):
        assert secret not in answer.text
    form["clinical.skin"] = "wound"
    assert client.post("/patient", data=form).status_code == 422


APPROVED = Approved("Dr Anna Kowalczyk", datetime(2026, 11, 25, 10, 30, tzinfo=UTC))
CLINIC = Contact("Northern Orthotics", "+1 555 0100")


def made(kind: Kind, asked: dict[str, Any], **record: Any) -> bytes:
    return document(kind, fitted(asked), asked, Printing(), **record)


def words_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]


@pytest.mark.hazard("H22")
@pytest.mark.parametrize("kind", ["sheet", "template", "order"])
def test_an_approved_document_says_on_every_page_who_and_when(kind: Kind) -> None:
    pdf = made(kind, request_of("E2"), approved=APPROVED)
    for page in words_of(pdf):
        assert "Approved by Dr Anna Kowalczyk, 25 Nov 2026 10:30 UTC" in page
        assert "DRAFT" not in page
    for page in words_of(made(kind, request_of("E2"))):
        assert "DRAFT, NOT APPROVED" in page
        assert "Approved by" not in page
    assert pdf == made(kind, request_of("E2"), approved=APPROVED)


@pytest.mark.hazard("H22")
def test_an_approved_patient_sheet_names_the_orthotist_alone() -> None:
    pages = words_of(made("patient", request_of("E2"), approved=APPROVED))
    assert "Checked by Dr Anna Kowalczyk" in pages[0]
    assert not any("UTC" in page or "Sample" in page for page in pages)


def test_the_code_on_an_approved_sheet_leads_to_its_record() -> None:
    link = "https://fit.example.org/fittings/0198f3a2"
    page = pypdfium2.PdfDocument(made("sheet", request_of("E2"), approved=APPROVED, link=link))[0]
    assert [code.text for code in zxingcpp.read_barcodes(page.render(scale=4).to_pil())] == [link]


def test_the_clinic_stands_on_the_patient_sheet_where_the_order_details_name_none() -> None:
    asked = request_of("E2")
    text = " ".join(words_of(made("patient", asked, contact=CLINIC)))
    assert "Northern Orthotics" in text
    assert "Call +1 555 0100" in text
    asked["order"] = {"facility": "Harbour Clinic"}
    text = " ".join(words_of(made("patient", asked, contact=CLINIC)))
    assert "Harbour Clinic" in text
    assert "Northern Orthotics" not in text
    assert "Call +1 555 0100" in text


@pytest.mark.parametrize(("name", "at"), [(" ", APPROVED.at), ("Dr Anna Kowalczyk", datetime(2026, 11, 25, 10, 30))])
def test_an_approval_without_name_or_time_zone_is_refused(name: str, at: datetime) -> None:
    with pytest.raises(ValueError, match="approval"):
        Approved(name, at)
