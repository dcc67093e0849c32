"""The users of a load run: what they ask for, as the day of a clinic goes, and what they saw."""

import http.client
import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

from afofit.web.fill import flatten
from tests.endurance.service import PATIENCE, Service
from tests.examples import EXAMPLES, request_of

FAULT, CREATED, OK = 500, 201, 200
FITTINGS, PREVIEW = "/api/v1/fittings", "/api/v1/fittings/preview"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
FIELDS = [urlencode(flatten(one["request"]), doseq=True).encode() for one in EXAMPLES]
REQUESTS = [json.dumps(one["request"]).encode() for one in EXAMPLES]


@dataclass
class Seen:
    """What all users saw."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """How long (s) each answer took, by what was asked for."""
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    kept: dict[str, str] = field(default_factory=dict)
    """What was acknowledged: the id of each fitting and the digest it was answered with."""
    approved: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def faults(self) -> int:
        """Answers that were faults, and connections on which none came."""
        return sum(count for (_, status), count in self.statuses.items() if status >= FAULT) + self.broken.total()


@dataclass
class User:
    """One user, with what they stored."""

    service: Service
    seen: Seen
    chance: random.Random
    cookie: str
    """The session of a patient who opened a sheet."""
    drafts: list[tuple[str, list[str]]] = field(default_factory=list)
    stored: list[str] = field(default_factory=list)

    def act(self) -> None:
        """Ask for one thing."""
        name, deed = self.chance.choices(DEEDS, SHARES)[0]
        deed(self, name)

    def ask(
        self, name: str, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request on a connection of its own, measured from the connection to the last byte."""
        connection = http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=PATIENCE)
        began = time.perf_counter()
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            data = answer.read()
        except (OSError, http.client.HTTPException) as error:
            with self.seen.lock:
                self.seen.broken[f"{name}: {type(error).__name__}"] += 1
            return 0, b"", {}
        finally:
            connection.close()
        took = time.perf_counter() - began
        with self.seen.lock:
            self.seen.times[name].append(took)
            self.seen.statuses[name, answer.status] += 1
        return answer.status, data, dict(answer.getheaders())

    def form_page(self, name: str) -> None:
        """The empty form, or one filled with an example."""
        self.ask(name, "GET", self.chance.choice(["/", "/?example=E1"]))

    def live(self, name: str) -> None:
        """The live check of a form that is being filled."""
        self.ask(name, "POST", "/fittings/preview", self.chance.choice(FIELDS), FORM)

    def compute(self, name: str) -> None:
        """The result page."""
        self.ask(name, "POST", "/", self.chance.choice(FIELDS), FORM)

    def preview(self, name: str) -> None:
        """REST: compute and forget."""
        self.ask(name, "POST", PREVIEW, self.chance.choice(REQUESTS), JSON)

    def store(self, name: str) -> None:
        """REST: compute and keep, under a key that makes a second try safe."""
        request = request_of("E1")
        request["patient"]["reference"] = f"P-{uuid4().hex[:12]}"
        headers = JSON | self.bearer | {"Idempotency-Key": uuid4().hex}
        status, data, said = self.ask(name, "POST", FITTINGS, json.dumps(request).encode(), headers)
        if status == CREATED:
            document = json.loads(data)
            cautions = {
                finding["code"]
                for limb in document["limbs"].values()
                for finding in limb["findings"]
                if finding["severity"] == "caution"
            }
            self.drafts.append((document["id"], sorted(cautions)))
            self.stored.append(document["id"])
            with self.seen.lock:
                self.seen.kept[document["id"]] = said["ETag"].strip('"').split("-")[0]

    def approve(self, name: str) -> None:
        """Approve what this user stored, or store where there is nothing."""
        if not self.drafts:
            self.store("store")
            return
        fitting_id, codes = self.drafts.pop()
        body = json.dumps({"acknowledged": codes}).encode()
        status, _, _ = self.ask(name, "POST", f"{FITTINGS}/{fitting_id}/approve", body, JSON | self.bearer)
        if status == OK:
            with self.seen.lock:
                self.seen.approved.add(fitting_id)

    def get(self, name: str) -> None:
        """Read a fitting of one's own, or the list."""
        if self.stored:
            self.ask(name, "GET", f"{FITTINGS}/{self.chance.choice(self.stored)}", None, self.bearer)
        else:
            self.listed("list")

    def listed(self, name: str) -> None:
        """The last fittings of the clinic."""
        self.ask(name, "GET", f"{FITTINGS}?limit=20", None, self.bearer)

    def sheet(self, name: str) -> None:
        """The fitting sheet: of what was stored, else of what was typed."""
        if self.stored:
            self.ask(name, "GET", f"{FITTINGS}/{self.chance.choice(self.stored)}/sheet.pdf", None, self.bearer)
        else:
            self.ask(name, "POST", f"{PREVIEW}/sheet.pdf", self.chance.choice(REQUESTS), JSON)

    def patient_page(self, name: str) -> None:
        """A patient's own page."""
        self.ask(name, "GET", "/p/sheet", None, {"Cookie": self.cookie})

    @property
    def bearer(self) -> dict[str, str]:
        """The key of the clinic."""
        return {"Authorization": f"Bearer {self.service.key}"}


MIX: list[tuple[str, Callable[[User, str], None], int]] = [
    ("form page", User.form_page, 12),
    ("live check", User.live, 28),
    ("result page", User.compute, 8),
    ("REST preview", User.preview, 14),
    ("store", User.store, 8),
    ("approve", User.approve, 4),
    ("get", User.get, 8),
    ("list", User.listed, 4),
    ("sheet PDF", User.sheet, 7),
    ("patient page", User.patient_page, 7),
]
DEEDS = [(name, deed) for name, deed, _ in MIX]
SHARES = [share for _, _, share in MIX]
