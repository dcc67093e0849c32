"""A service with two clinics on either database, people signed in to it, and keys."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store import clinics, keys
from afofit.store.actors import Actor, person
from afofit.store.database import Store
from afofit.store.secrecy import new_encryption_key, new_token
from tests.examples import request_of

PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture
def app(database: str, tmp_path: Path) -> Iterator[Flask]:
    """The service with an empty database of the version of the program."""
    made = create_app(
        Settings(
            data=str(tmp_path),
            database_url=database,
            encryption_keys=new_encryption_key(),
            secret_key=new_token(),
        )
    )
    made.testing = True
    yield made
    made.extensions["afofit_batches"].stop()
    made.extensions["afofit_store"]().close()


@pytest.fixture
def store(app: Flask) -> Store:
    opened: Store = app.extensions["afofit_store"]()
    return opened


@dataclass
class Clinic:
    """A clinic with an administrator and an orthotist, and how each calls the service."""

    app: Flask
    store: Store
    administrator: Actor
    orthotist: Actor

    def key(self, *scopes: str) -> dict[str, str]:
        """Headers of a key of the orthotist; of every scope where none is named."""
        with self.store.writing(self.orthotist) as desk:
            made = keys.make(desk, "EMR", scopes or tuple(keys.SCOPES), 30)
        return {"Authorization": f"Bearer {made}"}

    def browser(self, who: Actor | None = None) -> "Browser":
        """A browser in which somebody of the clinic signed in."""
        browser = Browser(self.app.test_client())
        browser.get("/sign-in")
        browser.post("/sign-in", email=email_of(who or self.orthotist), password=PASSWORD)
        return browser


@dataclass
class Browser:
    """A client that sends the CSRF token of the page it saw last."""

    client: FlaskClient
    token: str = ""

    def get(self, path: str) -> TestResponse:
        return self._seen(self.client.get(path))

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self._seen(self.client.post(path, data={"csrf_token": self.token} | fields))

    def _seen(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
            self.token = found.group(1) if found else self.token
        return answer


def email_of(who: Actor) -> str:
    """The address of a test person."""
    return f"{who.name.split()[0].lower()}@{str(who.clinic_id)[:8]}.example"


def found(app: Flask, store: Store, name: str, names: tuple[str, str] | None = None) -> Clinic:
    """Make a clinic with two people, an administrator and an orthotist."""
    from flask_security import hash_password

    maker = clinics.new_actor()
    with app.test_request_context():
        password = hash_password(PASSWORD)
    people = []
    with store.writing(maker) as desk:
        clinics.found(desk, name, "030 1234")
        for said, role in zip(
            names or (f"Ada of {name}", f"Olga of {name}"), ("administrator", "orthotist"), strict=True
        ):
            email = f"{said.split()[0].lower()}@{str(maker.clinic_id)[:8]}.example"
            account = clinics.add(desk, email=email, name=said, roles=(role,), password=password)  # type: ignore[arg-type]
            is_a = {"orthotist": role == "orthotist", "administrator": role == "administrator"}
            people.append(person(maker.clinic_id, account, said, **is_a))
    return Clinic(app, store, *people)


@pytest.fixture
def found_clinic(app: Flask, store: Store) -> Callable[[str], Clinic]:
    """Make a clinic with two people."""
    return lambda name: found(app, store, name)


@pytest.fixture
def clinic(found_clinic: Callable[[str], Clinic]) -> Clinic:
    return found_clinic("North")


@pytest.fixture
def other_clinic(found_clinic: Callable[[str], Clinic]) -> Clinic:
    return found_clinic("South")


@pytest.fixture
def asked() -> dict[str, Any]:
    """The request of the first worked example, with a date of birth."""
    request: dict[str, Any] = request_of("E1")
    patient = {name: value for name, value in request["patient"].items() if name != "age_years"}
    return request | {"patient": patient | {"reference": "A-1027", "name": "Kim Doe", "birth_date": "1980-02-28"}}
