"""Reading a chart: single resources and searches, held to the patient of the launch and to a size."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin

from afofit.smart.discovery import FHIR_JSON
from afofit.smart.facts import Json, objects, text
from afofit.smart.wire import Answer, Unreached, Wire, origin
from afofit.words.tongue import _

MOST_PAGES = 5
A_PAGE = 100
LONGEST_PAGE = 4_000_000
BAD_REQUEST = 400


class Ended(Exception):
    """The EHR does not know the token any more."""


class OtherPatient(Exception):
    """The EHR answered with the record of somebody else: nothing of it is used."""


class Refused(Unreached):
    """The EHR does not answer a request as it was asked."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(refusal(answer))
        self.status = answer.status


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the chart of one patient with a token for it."""

    wire: Wire
    base: str
    token: str
    patient: str

    @property
    def headers(self) -> dict[str, str]:
        """What every request carries; the token stands in no address."""
        return FHIR_JSON | {"Authorization": f"Bearer {self.token}"}

    def person(self) -> Json:
        """The Patient. Raises Unreached, Ended and OtherPatient."""
        found = self._get(f"{self.base}/Patient/{self.patient}")
        if found.get("resourceType") != "Patient" or found.get("id") != self.patient:
            raise OtherPatient
        return found

    def newest(self, kind: str, **more: str) -> tuple[list[Json], bool]:
        """As ``search``, the newest first where the EHR can put them in order."""
        try:
            return self.search(kind, **more, _sort="-date")
        except Refused as error:
            if error.status != BAD_REQUEST:
                raise
            return self.search(kind, **more)

    def search(self, kind: str, **more: str) -> tuple[list[Json], bool]:
        """The resources of the patient, and whether these are all. Raises Unreached, Ended and OtherPatient."""
        address = f"{self.base}/{kind}?{urlencode({'patient': self.patient, **more, '_count': A_PAGE})}"
        found: list[Json] = []
        for _page in range(MOST_PAGES):
            bundle = self._get(address)
            found += self._of_bundle(bundle, kind)
            then = next((text(one, "url") for one in objects(bundle.get("link")) if one.get("relation") == "next"), "")
            if not then:
                return found, True
            address = urljoin(address, then)
            if origin(address) != origin(self.base):
                raise Unreached(_("it sends on to another host"))
        return found, False

    def _of_bundle(self, bundle: Json, kind: str) -> Iterator[Json]:
        if bundle.get("resourceType") != "Bundle":
            raise Unreached(_("its answer is no list of records"))
        for entry in objects(bundle.get("entry")):
            resource = entry.get("resource")
            # Among what was found, an EHR may tell of its troubles.
            if isinstance(resource, dict) and resource.get("resourceType") == kind:
                self._check(resource)
                yield resource

    def _check(self, resource: Json) -> None:
        """Whether a record is about the patient of the launch, whatever was searched for."""
        subject = resource.get("subject")
        reference = text(subject, "reference") if isinstance(subject, dict) else ""
        own = (f"Patient/{self.patient}", f"{self.base}/Patient/{self.patient}")
        if reference.partition("/_history/")[0] not in own:
            raise OtherPatient

    def _get(self, address: str) -> dict[str, Any]:
        answer = self.wire.send("GET", address, headers=self.headers, longest=LONGEST_PAGE)
        if answer.status == 401:
            raise Ended
        if answer.status != 200:
            raise Refused(answer)
        return answer.document()


def refusal(answer: Answer) -> str:
    """Why a record was not given, by its status alone."""
    if answer.status == 403:
        return _("this program may not read it there")
    return _("it answers {status}").format(status=answer.status)
