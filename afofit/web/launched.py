"""An open chart in the hands of the person who opened it: whose it is, its token, what was read, what it says here."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hmac import compare_digest
from typing import Any, TypeVar
from uuid import UUID

from afofit import records
from afofit.access import actor, store, wire
from afofit.records import Record
from afofit.smart import authorization, chart
from afofit.smart.authorization import Failed, Registration, Token
from afofit.smart.chart import Chart
from afofit.smart.discovery import Configuration
from afofit.smart.reading import Ended, Reader
from afofit.smart.scopes import Granted
from afofit.store import ehrs, launches, origins
from afofit.store.database import Desk
from afofit.store.ehrs import Ehr
from afofit.store.errors import Missing
from afofit.store.launches import Launch
from afofit.store.secrecy import hashed
from afofit.web import embedding, prefill
from afofit.web.from_chart import WHOSE, Banner, FromChart

Made = TypeVar("Made")
NOTHING_TAKEN: prefill.Taken = {"units": {"length": "", "mass": ""}, "fields": {}}
SPARE_SECONDS = 30
"""A token that ends sooner than this is renewed first."""


class NotHere(Exception):
    """A chart that is open, but not in this browser or not for this person: ``browser`` or ``person``."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart that the person at work opened in this browser."""

    launch: Launch
    ehr: Ehr

    @property
    def id(self) -> UUID:
        """The id of the launch, which stands in the address of all its pages."""
        return self.launch.id

    @property
    def patient(self) -> str:
        """The id of the patient in the EHR."""
        return str(self.launch.content["patient"])

    @property
    def encounter(self) -> str | None:
        """The id of the visit in the EHR, where it says one."""
        found: str | None = self.launch.content["encounter"]
        return found

    @property
    def granted(self) -> Granted:
        """What the EHR allows."""
        return Granted(tuple(self.launch.content["scopes"]))

    @property
    def base(self) -> str:
        """The address of the EHR's FHIR server."""
        return str(self.launch.content["configuration"]["base"])

    @property
    def chart(self) -> Chart | None:
        """What was read of the chart; None before it was."""
        kept = self.launch.content["chart"]
        return None if kept is None else Chart.of_json(kept)

    @property
    def taken(self) -> Mapping[str, Any] | None:
        """What the person chose to fill in; None before they did."""
        found: Mapping[str, Any] | None = self.launch.content["taken"]
        return found

    @property
    def banner(self) -> Banner:
        """Whose chart it is, as the head of every page says it."""
        found = self.chart or Chart(facts=())
        shown = {name: "; ".join(fact.shown for fact in found.of(name)) for name in WHOSE}
        # Some write the whole address of the person who is signed in there: what it ends with says who.
        user = "/".join(str(self.launch.content["user"]).split("/")[-2:])
        return Banner(**shown, ehr=self.ehr.name, user=user)

    def kept(self, **changes: Any) -> "Opened":
        """The same with something new to remember. Raises Missing where the launch ended meanwhile."""
        content = {**self.launch.content, **changes}
        with store().writing(actor()) as desk:
            launches.keep(desk, self.id, content)
        return replace(self, launch=replace(self.launch, content=content))


def opened(launch_id: UUID) -> Opened:
    """The open chart of that id. Raises Missing where it ended, NotHere where it is open for others."""
    who = actor()
    with store().reading(who) as desk:
        found = launches.find(desk, launch_id)
        ehr = ehrs.find(desk, found.ehr_id)
    if found.account_id != who.account_id:
        raise NotHere("person")
    if not compare_digest(bytes(found.browser), hashed(embedding.browser())):
        raise NotHere("browser")
    if ehr.removed_at is not None:
        raise Missing("launch")
    return Opened(found, ehr)


def registration(desk: Desk, ehr: Ehr) -> Registration:
    """How this service shows an EHR who it is. Raises Missing where it was removed."""
    secret, keys = ehrs.secret(desk, ehr.id)
    kids = {str(key["alg"]): str(key["kid"]) for key in keys.get("keys", ())}
    return Registration(
        client_id=ehr.client_id,
        method=ehr.method,  # type: ignore[arg-type]
        secret=str(secret.get("secret", "")),
        private={name: str(pem) for name, pem in secret.items() if name != "secret"},
        kids=kids,
    )


def as_json(token: Token) -> dict[str, Any]:
    """A token as it is kept with the launch."""
    return {"access": token.access, "refresh": token.refresh, "ends_at": token.ends_at}


def with_token(held: Opened, work: Callable[[Opened, str], Made]) -> Made:
    """Do something with the token, renewed first where it ends. Raises Ended where it cannot be renewed."""
    kept = held.launch.content["token"]
    if kept["ends_at"] is not None and kept["ends_at"] - time.time() < SPARE_SECONDS:
        held = _renewed(held)
        return work(held, held.launch.content["token"]["access"])
    try:
        return work(held, kept["access"])
    except Ended:
        held = _renewed(held)
        return work(held, held.launch.content["token"]["access"])


def _renewed(held: Opened) -> Opened:
    """The launch with a new token, which another page may have got meanwhile. Raises Ended."""
    kept = held.launch.content["token"]
    now = opened(held.id)
    # nosemgrep: secret-compared-letter-by-letter  Both are ours: nobody guesses here.
    if now.launch.content["token"]["access"] != kept["access"]:
        return now
    before = Token(
        access=kept["access"],
        refresh=kept["refresh"],
        ends_at=kept["ends_at"],
        granted=held.granted,
        patient=held.patient,
        encounter=held.encounter,
        needs_banner=True,
        identity=None,
    )
    with store().reading(actor()) as desk:
        own = registration(desk, held.ehr)
    try:
        token = authorization.renewed(wire(), Configuration.of_json(held.launch.content["configuration"]), own, before)
    except Failed:
        raise Ended from None
    return held.kept(token=as_json(token), scopes=list(token.granted.scopes))


def read(held: Opened, today: date) -> Opened:
    """The launch with its chart read. Raises Unreached, Ended and OtherPatient."""

    def work(now: Opened, token: str) -> Opened:
        found = chart.read(Reader(wire(), now.base, token, now.patient), now.granted, today)
        return now.kept(chart=found.as_json(), taken=None)

    return with_token(held, work)


def from_chart(held: Opened) -> FromChart:
    """The chart as the form and the pages know it."""
    found = held.chart or Chart(facts=())
    return FromChart(
        launch_id=held.id,
        ehr_id=held.ehr.id,
        patient=held.patient,
        encounter=held.encounter,
        chart=found,
        banner=held.banner,
        notes=prefill.notes(found, held.taken or NOTHING_TAKEN) if held.chart else {},
    )


def of_chart(desk: Desk, held: Opened, fitting_id: UUID) -> Record:
    """A fitting of the chart that is open. Raises Missing for that of any other."""
    record = records.find(desk, fitting_id)
    origin = origins.of_series(desk, record.stored.series_id)
    if origin is None or (origin.ehr_id, origin.patient) != (held.ehr.id, held.patient):
        raise Missing("fitting")
    return record
