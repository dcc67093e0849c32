"""The clinics and browsers of the records' tests, and an EHR, for what is exchanged with other systems."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from werkzeug.test import TestResponse

from afofit.smart.own_keys import new_keys
from afofit.store import ehrs
from afofit.store.actors import Actor
from tests.records.conftest import Browser, Clinic, app, asked, clinic, found_clinic, other_clinic, store
from tests.smart.ehr import SECRET, Client
from tests.smart.servers import KIM, LEE, Ehr, running

__all__ = ["app", "asked", "clinic", "found_clinic", "other_clinic", "store"]
CLIENT_ID = "afofit-at-north"
CALLBACK = "http://localhost/smart/callback/"


@pytest.fixture(scope="session")
def servers() -> Iterator[Ehr]:
    """An EHR for the whole run; without Node the tests that need it say so."""
    with running() as made:
        yield made


@pytest.fixture
def ehr(servers: Ehr) -> Ehr:
    """The EHR as it is at first, with the charts of Kim and Lee."""
    servers.sign_in.fresh()
    servers.holds([*KIM, *LEE])
    return servers


class NotFollowed(urllib.request.HTTPRedirectHandler):
    """Where the EHR sends people is looked at, not gone to."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Journey:
    """One person in one browser, at the service and at the EHR in turn."""

    clinic: Clinic
    ehr: Ehr
    browser: Browser
    seen: list[str] = field(default_factory=list)
    """Every address at the EHR that the browser was sent to."""

    def launched(self, patient: str = "kim", **context: Any) -> str:
        """Press the button in the chart of a patient: the address at the EHR to which the service leads."""
        return self.onward(self.called(self.ehr.sign_in.launch(patient, **context)))

    def called(self, launch: str, issuer: str | None = None) -> TestResponse:
        """The EHR calls the service."""
        query = urllib.parse.urlencode({"iss": issuer or self.ehr.fhir, "launch": launch})
        return self.followed(f"/smart/launch?{query}")

    def followed(self, path: str) -> TestResponse:
        """A page of the service, and those it leads to."""
        answer = self.browser.get(path)
        while answer.status_code in (302, 303):
            answer = self.browser.get(answer.headers["Location"])
        return answer

    def onward(self, going: TestResponse) -> str:
        """The address at the EHR on the page that leads there."""
        found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', going.text)
        assert found, going.text
        return unescape(found[1])

    def agreed(self, address: str, decision: str = "allow", **more: str) -> str:
        """Agree at the EHR: the address of the service to which it sends back, as path and query."""
        self.seen.append(address)
        with urllib.request.urlopen(address) as page:  # noqa: S310 - a server of our own
            form = page.read().decode()
        hidden = {unescape(name): unescape(text) for name, text in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
        fields = hidden | {"decision": decision} | more
        return self.sent_back(address.partition("?")[0], urllib.parse.urlencode(fields).encode())

    def sent_back(self, address: str, body: bytes | None = None) -> str:
        """Where the EHR sends people back to."""
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.build_opener(NotFollowed).open(address, body)
        location = str(answer.value.headers.get("Location", ""))
        assert location.startswith(CALLBACK), answer.value.read().decode()[:500]
        return location.removeprefix("http://localhost")

    def opened(self, patient: str = "kim", **context: Any) -> TestResponse:
        """The whole way to an open chart: the page that shows it."""
        return self.followed(self.agreed(self.launched(patient, **context)))


def registered(
    clinic: Clinic, ehr: Ehr, method: str = "public", *, lacks: tuple[str, ...] = (), **more: Any
) -> ehrs.Ehr:
    """Make the service and the EHR known to each other."""
    private, public = new_keys("afofit-test") if method == "private_key_jwt" else ({}, None)
    secret = {"secret": SECRET} if method == "client_secret_basic" else private or None
    who: Actor = clinic.administrator
    new = ehrs.New(
        name="Example EHR",
        issuer=ehr.fhir,
        client_id=CLIENT_ID,
        method=method,
        online=more.pop("online", False),
        more_scopes=more.pop("more_scopes", ()),
        secret=secret,
        keys=public,
    )
    with clinic.store.writing(who) as desk:
        ehr_id = ehrs.register(desk, new)
    back = f"{more.pop('back', CALLBACK)}{ehr_id}"
    ehr.sign_in.clients[CLIENT_ID] = Client(
        CLIENT_ID,
        method,
        (back,),
        secret=SECRET if method == "client_secret_basic" else "",
        keys=lambda: clinic.app.test_client().get(f"/smart/keys/{ehr_id}").json,
        lacks=frozenset(lacks),
    )
    with clinic.store.reading(who) as desk:
        return ehrs.find(desk, ehr_id)


@pytest.fixture
def journey(clinic: Clinic, ehr: Ehr) -> Journey:
    """An orthotist who is signed in, at a service that knows the EHR."""
    registered(clinic, ehr)
    return Journey(clinic, ehr, clinic.browser())
