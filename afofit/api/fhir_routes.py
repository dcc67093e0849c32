"""FHIR R4: the operation $afo-fitting, what this installation can do, and every definition of ours."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType

from afofit.access import calculator, public, settings
from afofit.api.bodies import Unreadable, read_json
from afofit.api.negotiation import NoSuchForm, wanted
from afofit.api.problems import DETAILS, json_response
from afofit.documents import Kind, document
from afofit.fhir.bundle import bundle_of
from afofit.fhir.capability import capability_statement
from afofit.fhir.chart import Chart
from afofit.fhir.elements import Json
from afofit.fhir.filing import File
from afofit.fhir.outcome import of_issues, of_status
from afofit.fhir.published import found, published
from afofit.fhir.reading import Call, read_call
from afofit.fhir.told import Unfit
from afofit.fhir.wishes import TITLES
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.problems import Problem, Refused

PREFIX = "/fhir/R4"
FHIR_JSON, JSON = "application/fhir+json", "application/json"
FORMS = (FHIR_JSON, JSON)
FORMATS = {"json": FHIR_JSON, FHIR_JSON: FHIR_JSON, "application/fhir json": FHIR_JSON, JSON: JSON}
"""What ``_format`` can be; a plus sign that was not escaped arrives as a space."""
VERSIONS = ("4.0", "4.0.1")
"""What the parameter fhirVersion of a media type can be."""
SEARCHED = frozenset({"url", "_id", "_format"})
DETAILS_HERE = {
    **DETAILS,
    400: "The request cannot be read.",
    405: "This address does not take this method; the Allow header names those it takes.",
    415: "Send the resource as application/fhir+json or application/json (fhirVersion 4.0).",
}

blueprint = Blueprint("fhir", __name__, url_prefix=PREFIX)


class WrongQuery(BadRequest):
    """An argument of the address that a search does not take."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.searched = name


def _written(resource: Json, form: str) -> Response:
    response = json_response(resource, media_type=form)
    response.vary.add("Accept")
    return response


def outcome(status: int, text: str = "", problems: Sequence[Problem] = ()) -> Response:
    """An error as an OperationOutcome, always in FHIR's own media type."""
    return json_response(of_status(status, text or DETAILS_HERE.get(status, ""), problems), status, FHIR_JSON)


def fhir_error(error: HTTPException) -> Response:
    """An HTTP error below /fhir, with the headers that belong to it."""
    status = error.code or 500
    text = f"“{error.searched[:60]}” is not searched by; url and _id are." if isinstance(error, WrongQuery) else ""
    response = outcome(status, text or DETAILS_HERE.get(status, error.description or ""))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Bearer realm="afofit"'
    return response


@blueprint.errorhandler(Unfit)
def _unfit(error: Unfit) -> Response:
    return json_response(of_issues(error.issues), 422, FHIR_JSON)


@blueprint.errorhandler(Unreadable)
def _unreadable(error: Unreadable) -> Response:
    return outcome(400, problems=error.problems)


@blueprint.errorhandler(NoSuchForm)
def _no_such_form(error: NoSuchForm) -> Response:
    text = f"“{error.received}” names none of the forms of this answer: {', '.join(error.offered)} (fhirVersion 4.0)."
    response = outcome(406, text)
    response.vary.add("Accept")
    return response


def _form() -> str:
    """The form of the answer: by ``_format``, else by Accept. Raises NoSuchForm."""
    asked = request.args.get("_format")
    if asked is not None:
        if asked not in FORMATS:
            raise NoSuchForm(asked[:200], tuple(FORMATS))
        return FORMATS[asked]
    accepted = request.headers.get("Accept", "")
    if "fhirversion" in accepted.lower() and not _of_this_version(accepted):
        raise NoSuchForm(accepted[:200], FORMS)
    return wanted(request, FORMS)


def _of_this_version(accepted: str) -> bool:
    """Whether some range of an Accept header names no version of FHIR, or ours."""
    for each in accepted.split(","):
        said = [part.partition("=")[2].strip(' "') for part in each.split(";") if "fhirversion" in part.lower()]
        if not said or said[0] in VERSIONS:
            return True
    return False


def _body() -> Any:
    """The resource that was sent; raises Unreadable, or 415 for another content type or version."""
    version = request.mimetype_params.get("fhirversion", request.mimetype_params.get("fhirVersion", VERSIONS[0]))
    if request.mimetype not in FORMS or version not in VERSIONS:
        raise UnsupportedMediaType
    return read_json(request)


@blueprint.post("/$afo-fitting")
@calculator("stores nothing and knows nobody")
def operate() -> Response:
    """Compute a fitting from Parameters, Observations or answers; the whole of it as a Bundle. Nothing is stored."""
    form = _form()
    today = date.today()
    call = read_call(_body(), list(request.args.items(multi=True)), today=today)
    fitting = fit(call.asked.request, today=today)
    files, remark = _files(call, fitting)
    chart = Chart(
        at=datetime.now(UTC),
        subject=call.asked.subject,
        taken=call.wishes.taken,
        snomed=settings().snomed,
        document_type=settings().document_type,
    )
    bundle = bundle_of(
        fitting,
        call.asked.document,
        chart,
        transaction=call.wishes.transaction,
        files=files,
        sent=call.asked.sent,
        remark=remark,
    )
    return _written(bundle, form)


def _files(call: Call, fitting: Fitting) -> tuple[list[File], str]:
    """The documents that were wished for, and what to say of those that there are not."""
    files, missing = [], []
    printing = call.wishes.printing
    for kind in call.wishes.documents:
        try:
            content = document(cast(Kind, kind), fitting, call.asked.document, printing)
        except Refused:
            missing.append(TITLES[kind].lower())
            continue
        language = printing.language if kind == "patient" else "en"
        file = File(kind=kind, title=TITLES[kind], content_type="application/pdf", content=content, language=language)
        files.append(file)
    why = "No brace was computed; what needs one was not printed"
    return files, f"{why}: {', '.join(missing)}." if missing else ""


@blueprint.get("/metadata")
@public("says what the service can do, the same for everybody")
def metadata() -> Response:
    """What this installation does with FHIR."""
    return _written(capability_statement(_address(), open_to_all=settings().calculator), _form())


def _address() -> str:
    root = settings().public_url or request.url_root
    return f"{root.rstrip('/')}{PREFIX}"


@blueprint.get("/<any(CodeSystem, OperationDefinition, Questionnaire, ValueSet):kind>/<name>")
@public("a definition, the same for everybody")
def read(kind: str, name: str) -> Response:
    """One definition."""
    form = _form()
    if name not in published()[kind]:
        raise NotFound
    return _written(published()[kind][name], form)


@blueprint.get("/<any(CodeSystem, OperationDefinition, Questionnaire, ValueSet):kind>")
@public("definitions, the same for everybody")
def search(kind: str) -> Response:
    """The definitions of a kind, all or those of an address or an id."""
    form = _form()
    for name in request.args:
        if name not in SEARCHED:
            raise WrongQuery(name)
    matching = list(found(kind, url=request.args.get("url"), name=request.args.get("_id")))
    here = f"{_address()}/{kind}"
    bundle = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(matching),
        "link": [{"relation": "self", "url": f"{here}?{request.query_string.decode('ascii', 'replace')}".rstrip("?")}],
        "entry": [{"fullUrl": f"{here}/{one['id']}", "resource": one, "search": {"mode": "match"}} for one in matching],
    }
    return _written({name: value for name, value in bundle.items() if value != []}, form)
