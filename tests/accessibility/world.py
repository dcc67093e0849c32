"""What the pages are shown of: a clinic with fittings, people who signed in, a patient with a link, and nobody."""

import copy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from afofit import records
from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import releases
from afofit.store.database import Store
from afofit.store.secrecy import new_encryption_key, new_token
from afofit.web.fill import flatten
from tests import databases
from tests.examples import request_of
from tests.records.conftest import Browser, Clinic, found
from tests.web.test_sign_in import Browser as SignIn
from tests.web.test_sign_in import authenticator, forget_tries

Json = dict[str, Any]
PATIENT: Json = {"reference": "A-1027", "name": "Kim Doe", "birth_date": "1980-02-28"}
SPANISH = {"Accept-Language": "es"}


@dataclass(frozen=True)
class Shown:
    """A page as it was answered, and the client whose cookies it came with."""

    client: FlaskClient
    answer: TestResponse

    @property
    def path(self) -> str:
        """The address of the page."""
        asked = self.answer.request
        return asked.path + (f"?{asked.query_string.decode()}" if asked.query_string else "")


def of_a_person(key: str = "E1") -> Json:
    """The request of an example for a patient with a name and a date of birth."""
    asked = request_of(key)
    patient = {name: value for name, value in asked["patient"].items() if name != "age_years"}
    return asked | {"patient": patient | PATIENT}


def typed(key: str, changes: dict[str, str | list[str]] | None = None) -> dict[str, list[str]]:
    """What a form with an example posts, some of it changed."""
    fields = copy.deepcopy(flatten(request_of(key)))
    for name, value in (changes or {}).items():
        fields[name] = [value] if isinstance(value, str) else value
    return fields


class World:
    """Everything is made when a page first needs it."""

    model = "Leaf of a long name that has to go on in the next line"
    """The size chart of the clinic."""

    def __init__(
        self, folder: Path, template: Path, name: str = "North", people: tuple[str, str] | None = None
    ) -> None:
        self.folder, self.template, self.name, self.people = folder, template, name, people
        self.app = self._service()
        self.store: Store = self.app.extensions["afofit_store"]()
        self.clinic: Clinic = self.found(name)

    def _service(self, setup_code: str = "", url: str = "", second_factor: bool = False) -> Flask:
        settings = Settings(
            data=str(self.folder),
            database_url=url or databases.sqlite_copy(self.template, self.folder),
            encryption_keys=new_encryption_key(),
            secret_key=new_token(),
            setup_code=setup_code,
            second_factor=second_factor,
        )
        app = create_app(settings)
        app.testing = True
        return app

    def found(self, name: str) -> Clinic:
        """A clinic of the service; people may have the same names in each."""
        return found(self.app, self.store, name, self.people)

    def close(self) -> None:
        """Let the database go."""
        self.store.close()

    def guest(self) -> FlaskClient:
        """Somebody who did not sign in."""
        return self.app.test_client()

    @cached_property
    def orthotist(self) -> Browser:
        """An orthotist who signed in."""
        return self.clinic.browser()

    @cached_property
    def administrator(self) -> Browser:
        """An administrator who signed in."""
        return self.clinic.browser(self.clinic.administrator)

    @cached_property
    def empty(self) -> Browser:
        """An orthotist of a clinic that has nothing yet."""
        return self.found("South").browser()

    @cached_property
    def guarded(self) -> tuple[Clinic, Browser]:
        """A clinic whose orthotist signs in with an authenticator, and that orthotist."""
        clinic = self.found("East")
        browser = clinic.browser()
        authenticator(SignIn(browser.client))
        return clinic, browser

    @cached_property
    def on_the_way_in(self) -> Browser:
        """Somebody with the right password, where a second step is asked of everybody, and who has none yet."""
        app = self._service(second_factor=True)
        return found(app, app.extensions["afofit_store"](), "West", self.people).browser()

    @cached_property
    def unmade(self) -> Browser:
        """A visitor of a service that has no clinic yet."""
        return Browser(self._service(setup_code="open sesame").test_client())

    @cached_property
    def away(self) -> FlaskClient:
        """A visitor of a service whose database cannot be reached."""
        return self._service(url=f"sqlite:///{self.folder}/no/such.db").test_client()

    def tries_again(self) -> None:
        """Nothing is shown because somebody tried too often."""
        forget_tries(self.store)

    def kept(self, key: str = "E1") -> records.Record:
        """A new fitting of the one patient."""
        record, _ = records.take(self.store, self.clinic.orthotist, of_a_person(key))
        return record

    @cached_property
    def draft(self) -> records.Record:
        """A fitting that nobody approved."""
        return self.kept()

    @cached_property
    def approved(self) -> records.Record:
        """A fitting that was approved."""
        record = self.kept()
        with self.store.writing(self.clinic.orthotist) as desk:
            records.approve(desk, records.find(desk, record.id), record.cautions)
        return record

    @cached_property
    def withdrawn(self) -> records.Record:
        """A fitting that was withdrawn."""
        record = self.kept()
        with self.store.writing(self.clinic.orthotist) as desk:
            records.withdraw(desk, records.find(desk, record.id), "wrong leg")
        return record

    @property
    def patient_id(self) -> UUID:
        """The one patient."""
        return self.approved.stored.patient_id

    def link(self, language: str = "en") -> str:
        """The path of a new link of the approved fitting."""
        fitting_id = self.approved.id
        with self.store.writing(self.clinic.orthotist) as desk:
            return f"/p/{releases.make(desk, fitting_id, language=language, large=False, days=3)}"

    def patient(self, language: str = "en") -> FlaskClient:
        """A patient who opened a link and gave the right date of birth."""
        client, path = self.guest(), self.link(language)
        born = dict(zip(("year", "month", "day"), PATIENT["birth_date"].split("-"), strict=True))
        answer = client.post(path, data={f"birth_date.{part}": text for part, text in born.items()})
        assert answer.headers["Location"] == "/p/sheet"
        return client

    @cached_property
    def protocol(self) -> str:
        """The path of a protocol of the clinic that waits for its release."""
        self.orthotist.get("/protocols/new")
        fields = {"name": self.name, "reason": "straps rub", "proximal_trim_offset_max_mm/lowered": "30"}
        answer = self.orthotist.post("/protocols/new", **fields)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])
