"""Writing into a chart: what an EHR can take, one resource at a time, and what it answered to each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import orjson

from afofit.smart.discovery import FHIR_JSON, LONGEST
from afofit.smart.facts import objects, text
from afofit.smart.reading import Ended
from afofit.smart.scopes import CREATE, Granted
from afofit.smart.wire import Answer, Unreached, Wire
from afofit.words.tongue import _

Kind = Literal["Observation", "DocumentReference"]
Lack = Literal["", "not_granted", "not_offered"]
SENT = FHIR_JSON | {"Content-Type": "application/fhir+json", "Prefer": "return=minimal"}
LONGEST_SAID = 300
PLACE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]+)?/?$")
WRITTEN, UNAUTHORIZED, FORBIDDEN, TOO_MANY, BROKEN = (200, 201), 401, 403, 429, 500


@dataclass(frozen=True, slots=True)
class Offer:
    """What an EHR says of one kind of resource: why it cannot be sent, and whether it finds what it has already."""

    lack: Lack
    conditional: bool = False


def offers(wire: Wire, base: str) -> dict[str, dict[str, bool]]:
    """By kind, what the EHR's own description says of creating it. Raises Unreached."""
    answer = wire.send("GET", f"{base}/metadata", headers=FHIR_JSON, longest=LONGEST)
    if answer.status != 200:
        raise Unreached(_("it answers {status}").format(status=answer.status))
    statement = answer.document()
    resources = [
        one
        for rest in objects(statement.get("rest"))
        if rest.get("mode", "server") == "server"
        for one in objects(rest.get("resource"))
    ]
    found = {}
    for kind in CREATE:
        of_kind = [one for one in resources if one.get("type") == kind]
        creates = any(text(deed, "code") == "create" for one in of_kind for deed in objects(one.get("interaction")))
        found[kind] = {"creates": creates, "conditional": any(one.get("conditionalCreate") is True for one in of_kind)}
    return found


def offer(found: Mapping[str, Mapping[str, bool]], granted: Granted, kind: Kind) -> Offer:
    """Whether a kind of resource can be sent: the EHR must offer it, and grant it to this program."""
    said = found[kind]
    if not said["creates"]:
        return Offer("not_offered")
    return Offer("" if granted.may("c", kind) else "not_granted", said["conditional"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of sending one resource. ``unknown``: the answer never came, and it may stand in the chart."""

    state: Literal["written", "refused", "unknown"]
    place: str = ""
    said: str = ""
    status: int = 0

    @property
    def of_form(self) -> bool:
        """Whether the EHR refused the resource for what it is, so that another form of it may be taken."""
        return self.state == "refused" and self.status not in (0, FORBIDDEN, TOO_MANY)


def create(wire: Wire, base: str, token: str, resource: Mapping[str, Any], *, conditional: bool) -> Outcome:
    """Send one resource with a POST of its own. Raises Ended where the token opens nothing any more."""
    headers = SENT | {"Authorization": f"Bearer {token}"}
    known = _identifier(resource)
    if conditional and known:
        headers["If-None-Exist"] = urlencode({"identifier": known})
    body = orjson.dumps(resource)
    try:
        answer = wire.send("POST", f"{base}/{resource['resourceType']}", headers=headers, body=body)
    except Unreached as error:
        return Outcome("unknown" if error.sent else "refused", said=str(error))
    if answer.status == UNAUTHORIZED:
        raise Ended
    if answer.status in WRITTEN:
        return Outcome("written", _place(answer, str(resource["resourceType"])), status=answer.status)
    if answer.status >= BROKEN:
        return Outcome("unknown", said=_said(answer), status=answer.status)
    return Outcome("refused", said=_said(answer), status=answer.status)


def _identifier(resource: Mapping[str, Any]) -> str:
    for one in objects(resource.get("identifier")):
        return f"{text(one, 'system')}|{text(one, 'value')}"
    return ""


def _place(answer: Answer, kind: str) -> str:
    """Where the EHR keeps it: by the header Location, else by the resource that it answers."""
    found = PLACE.search(answer.headers.get("location", ""))
    if found:
        return found[1]
    try:
        made = text(answer.document(), "id")
    except Unreached:
        made = ""
    return f"{kind}/{made}" if made else kind


def _said(answer: Answer) -> str:
    """Why something was refused, in the EHR's own words, shortened; else its status."""
    try:
        issues = objects(answer.document().get("issue"))
    except Unreached:
        issues = []
    words = [_words(issue) for issue in issues if issue.get("severity") in ("error", "fatal", None)]
    return " ".join([str(answer.status), "; ".join(filter(None, words))]).strip()[:LONGEST_SAID]


def _words(issue: Mapping[str, Any]) -> str:
    details = issue.get("details")
    told = text(details, "text") if isinstance(details, Mapping) else ""
    return told or text(issue, "diagnostics") or text(issue, "code")


def look_for(wire: Wire, base: str, token: str, resource: Mapping[str, Any]) -> str | None:
    """Where the EHR has a resource already, by its identifier; empty where it has none, None where that is not known.

    Raises Ended where the token opens nothing any more.
    """
    kind, known = str(resource["resourceType"]), _identifier(resource)
    query = urlencode({"identifier": known, "patient": text(resource["subject"], "reference").partition("/")[2]})
    headers = FHIR_JSON | {"Authorization": f"Bearer {token}"}
    try:
        answer = wire.send("GET", f"{base}/{kind}?{query}", headers=headers)
        if answer.status == UNAUTHORIZED:
            raise Ended
        bundle = answer.document() if answer.status == 200 else {}
    except Unreached:
        return None
    if not known or bundle.get("resourceType") != "Bundle":
        return None
    found = [one.get("resource") for one in objects(bundle.get("entry"))]
    ids = [text(one, "id") for one in found if isinstance(one, Mapping) and _holds(one, kind, known)]
    if ids:
        return f"{kind}/{ids[0]}"
    # An EHR that answers with others does not know the parameter: what was asked stays open.
    return None if found else ""


def _holds(resource: Mapping[str, Any], kind: str, known: str) -> bool:
    """Whether a resource carries the identifier."""
    own = [f"{text(one, 'system')}|{text(one, 'value')}" for one in objects(resource.get("identifier"))]
    return resource.get("resourceType") == kind and known in own
