"""What a fuzz run sends: one door of the service after the other, valid and damaged, a canary in every text."""

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from afofit.fitting.vocabulary import GROUPS
from afofit.web.fill import flatten
from tests.api.test_cds import SELECT, VIEW
from tests.api.test_nonsense import DAMAGE, REQUESTS
from tests.api.test_nonsense import damaged as damaged_request
from tests.fhir.test_nonsense import damaged as damaged_resource
from tests.schemas.test_table import cells_of, table
from tests.test_cds_cards import FOOT_DROP, order, select, view

Json = dict[str, Any]
CANARY = "Zyxwvut"
BORN = "1961-07-04"
MARKS = (CANARY, BORN)
"""What no log may hold."""
PREVIEW, FITTINGS, BATCHES = "/api/v1/fittings/preview", "/api/v1/fittings", "/api/v1/batches"
OPERATION = "/fhir/R4/$afo-fitting"
PRINTED = 40
"""One of so many requests asks for a PDF, which costs ten times the others."""
TEXTS = [
    *("", " ", "-0", "1e309", "nan", "inf", "388", "10 1/4", "17 7/8", "1,200", "1.200,5", "0/0", "1/0", "９", "²"),
    *("unknown", "true", "none", "in", "lb", "mm", "both", "left", "custom", "13.5", "1Y", "2026-02-30", "9999-12-31"),
    *("\x00", "\ud800", "\u202e", "=1+1", "'; DROP TABLE fitting; --", "<script>", "{{7*7}}", "../../etc/passwd"),
    *("9" * 400, "a" * 5000, "%00", "\r\nX: y", CANARY, BORN),
]
KINDS = ["application/json", "application/json; charset=x", "text/csv", "application/x-ndjson", "text/plain", ""]
ACCEPTS = ["*/*", "application/json", "text/plain", "text/rtf", "application/rtf;q=x", "image/png", ";;", "a" * 300]


@dataclass(frozen=True)
class Sent:
    """One request: a body of JSON, of fields or of bytes."""

    method: str
    path: str
    body: Any = None
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    who: str = "nobody"
    """nobody, key, ehr, orthotist or administrator: what the request is sent with, or who is signed in."""

    def data(self) -> bytes:
        """The body as bytes; fields are left to the client."""
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


def planted() -> list[Json]:
    """The worked requests, each with the canary in every text and a date of birth that is looked for as well."""
    texts = {
        group: {one.name: f"{CANARY} {one.name}" for one in fields if one.kind == "text"}
        for group, fields in GROUPS.items()
    }
    found = []
    for request in copy.deepcopy(REQUESTS):
        for group in ("patient", "order"):
            request[group] = (request.get(group) or {}) | texts[group]
        request["patient"].pop("age_years", None)
        found.append(request | {"patient": request["patient"] | {"birth_date": BORN}})
    return found


class Forms(HTMLParser):
    """The forms of a page: where each goes and what its fields are named."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name: value or "" for name, value in attrs}
        if tag == "form" and own.get("method", "").lower() == "post":
            self.found.append((own.get("action", ""), {}))
        elif tag in ("input", "select", "textarea", "button") and self.found and own.get("name"):
            self.found[-1][1].setdefault(own["name"], own.get("value", ""))


@dataclass
class World:
    """What a clinic has that requests may name."""

    app: Flask
    forms: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Forms of every page that somebody signed in sees: who, where each goes, its fields."""
    ids: list[str] = field(default_factory=list)
    requests: list[Json] = field(default_factory=planted)

    def __post_init__(self) -> None:
        self.fields = [flatten(one) for one in self.requests]
        self.rules = [rule for rule in self.app.url_map.iter_rules() if rule.endpoint not in NOT_CALLED]
        self.cells = [cells_of(one) for one in self.requests]


NOT_CALLED = frozenset({"static", "security.logout", "clinic.sign_out_elsewhere"})
Door = Callable[[random.Random, World], Sent]


def document(chance: random.Random, world: World) -> Json:
    """A worked request; three of four are damaged."""
    if chance.random() < 0.25:
        return copy.deepcopy(chance.choice(world.requests))
    if chance.random() < 0.3:
        return damaged_request(chance)
    found = copy.deepcopy(chance.choice(world.requests))
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        damage(chance, found)
    return found


def inside(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from inside(one, (*path, name))


def damage(chance: random.Random, value: Any) -> None:
    """Change, remove, double or add one place."""
    *above, name = chance.choice(list(inside(value)) or [()]) or (None,)
    if name is None:
        return
    holder = value
    for step in above:
        holder = holder[step]
    kind = chance.random()
    if kind < 0.65:
        holder[name] = copy.deepcopy(chance.choice(chance.choice((DAMAGE, TEXTS))))
    elif kind < 0.8:
        holder.pop(name)
    elif isinstance(holder, list):
        holder.append(copy.deepcopy(holder[name]))
    else:
        holder[chance.choice([*TEXTS[:8], CANARY, "confirmed", "readings"])] = copy.deepcopy(chance.choice(DAMAGE))


def preview(chance: random.Random, world: World) -> Sent:
    """REST without an account: answers, notes and, now and then, a PDF."""
    path = PREVIEW
    if not chance.randrange(PRINTED):
        path += f"/{chance.choice(['sheet', 'patient', 'template', 'order'])}.pdf{query(chance)}"
    elif not chance.randrange(6):
        path += chance.choice(["/summary.txt", "/summary.rtf", query(chance)])
    return Sent("POST", path, document(chance, world), headers=headers(chance))


def stored(chance: random.Random, world: World) -> Sent:
    """REST with a key: what is stored, changed, approved and withdrawn."""
    path, body = FITTINGS, document(chance, world)
    if world.ids and chance.random() < 0.6:
        deed = chance.choice(["/revisions", "/approve", "/withdraw"])
        path += f"/{chance.choice(world.ids)}{deed}"
        if deed != "/revisions":
            body = chance.choice([{"acknowledged": []}, {"reason": CANARY}, *DAMAGE])
            body = body | {"acknowledged": chance.choice(DAMAGE)} if isinstance(body, dict) else body
    return Sent("POST", path, body, headers=headers(chance), who="key")


def batch(chance: random.Random, world: World) -> Sent:
    """Many at once: CSV, JSON and JSON lines, stored or not."""
    path = BATCHES + chance.choice(["", "?store=false", "?store=maybe", query(chance)])
    count = chance.randrange(1, 5)
    if chance.random() < 0.4:
        rows = [dict(chance.choice(world.cells)) for _ in range(count)]
        for row in rows:
            for name in chance.sample(sorted(row), chance.randrange(4)):
                row[name] = encodable(chance.choice(TEXTS))
        return Sent("POST", path, scratched(chance, table(*rows)), "text/csv", headers(chance), "key")
    given = [document(chance, world) if chance.random() < 0.8 else chance.choice(DAMAGE) for _ in range(count)]
    if chance.random() < 0.5:
        return Sent("POST", path, given, headers=headers(chance), who="key")
    lines = "\n".join(json.dumps(one) for one in given).encode()
    return Sent("POST", path, scratched(chance, lines), "application/x-ndjson", headers(chance), "key")


def resource(chance: random.Random, _: World) -> Sent:
    """FHIR: the operation with damaged parameters, answers and bundles."""
    asks_pdf = not chance.randrange(PRINTED)
    return Sent(
        "POST",
        OPERATION + ("" if asks_pdf else "?document=none"),
        damaged_resource(chance),
        "application/fhir+json",
        headers(chance),
    )


def hook(chance: random.Random, _: World) -> Sent:
    """CDS Hooks, signed by an EHR that is trusted."""
    path = chance.choice([VIEW, SELECT])
    body = copy.deepcopy(chance.choice([view(FOOT_DROP), view(), select(order("L1960"))]))
    for _one in range(chance.choice((0, 1, 1, 2, 3, 6))):
        damage(chance, body)
    return Sent("POST", path, chance.choice([*DAMAGE, CANARY]) if not chance.randrange(20) else body, who="ehr")


def some_bytes(chance: random.Random, world: World) -> Sent:
    """Bodies that are cut, scratched or nothing at all, under any content type."""
    path, who = chance.choice([(PREVIEW, "nobody"), (FITTINGS, "key"), (BATCHES, "key"), (OPERATION, "nobody")])
    body = json.dumps(chance.choice(world.requests)).encode()
    body = body[: chance.randrange(len(body))] if chance.random() < 0.7 else chance.randbytes(chance.randrange(80))
    kind = "application/fhir+json" if path == OPERATION and chance.random() < 0.8 else chance.choice(KINDS)
    return Sent("POST", path, scratched(chance, body), kind, headers(chance), who)


def form(chance: random.Random, world: World) -> Sent:
    """The form of the calculator and its live check."""
    path = chance.choice(["/", "/", "/fittings/preview", "/fittings/preview", "/compare", "/card", "/patient"])
    if not chance.randrange(PRINTED):
        path = f"/{chance.choice(['sheet', 'patient', 'template', 'order'])}.pdf"
    return Sent("POST", path, changed(chance, chance.choice(world.fields)), "form")


def page(chance: random.Random, world: World) -> Sent:
    """Any form that somebody signed in sees, or a new fitting of theirs."""
    if chance.random() < 0.4 or not world.forms:
        return Sent("POST", "/fittings/new", changed(chance, chance.choice(world.fields)), "form", who="orthotist")
    who, path, fields = chance.choice(world.forms)
    return Sent("POST", path, changed(chance, {name: [value] for name, value in fields.items()}), "form", who=who)


def route(chance: random.Random, world: World) -> Sent:
    """Any route there is, with any ids, query and body, as anybody."""
    rule: Rule = chance.choice(world.rules)
    path = re.sub(r"<[^>]+>", lambda found: argument(chance, world, found[0]), rule.rule)
    method = chance.choice(sorted(rule.methods or {"GET"})) if chance.random() < 0.9 else "PATCH"
    body = chance.choice([*DAMAGE, document(chance, world)]) if method in ("POST", "PUT", "PATCH") else None
    who = chance.choice(["nobody", "key", "orthotist", "administrator"])
    if chance.random() < 0.3 and body is not None:
        fields = {encodable(chance.choice(TEXTS[1:])): [encodable(chance.choice(TEXTS))] for _ in range(3)}
        return Sent(method, path, fields, "form", headers(chance), who)
    return Sent(method, path + query(chance), body, chance.choice(KINDS[:2]), headers(chance), who)


def argument(chance: random.Random, world: World, place: str) -> str:
    """What stands for an argument of a route."""
    if place.startswith("<any("):
        return chance.choice(re.findall(r"\w+", place.split(")")[0][5:]))
    if "uuid" in place:
        return chance.choice(world.ids or ["0"]) if chance.random() < 0.7 else str(UUID(int=chance.getrandbits(128)))
    return chance.choice(["1", "0", "99999999999999999999", "x" * 43, "sheet", "%00", "..", "%F0%28"])


def query(chance: random.Random) -> str:
    """A query of names that routes know, and of some that they do not."""
    names = ["limit", "after", "state", "reference", "paper", "lang", "example", "document", "_format", "store", "x"]
    names += ["url", "name", "code", "iss", "launch", "status", "template", "since", "until", "q", "page"]
    values = [
        "",
        "1",
        "-1",
        "0",
        "1e9",
        "x",
        "draft",
        "a4",
        "letter",
        "es",
        "xx",
        "9" * 30,
        "%00",
        "%FF",
        "MTIz",
        CANARY,
    ]
    parts = [f"{chance.choice(names)}={chance.choice(values)}" for _ in range(chance.randrange(3))]
    return "?" + "&".join(parts) if parts else ""


def headers(chance: random.Random) -> dict[str, str]:
    """Headers that requests may carry, mostly none."""
    found = {}
    if chance.random() < 0.1:
        found["Accept"] = chance.choice(ACCEPTS)
    if chance.random() < 0.05:
        found["Accept-Language"] = chance.choice(["es", "xx-YY", ";;q=x", "a" * 300])
    if chance.random() < 0.1:
        found["Idempotency-Key"] = chance.choice(["k", "", "a" * 300, "é", f"{chance.randrange(50)}"])
    if chance.random() < 0.05:
        found["If-Match"] = chance.choice(["*", '"x"', 'W/"', ",,", '"' * 40])
    if chance.random() < 0.03:
        found["If-None-Match"] = chance.choice(["*", '"x"', "\xff"])
    if chance.random() < 0.03:
        found["Prefer"] = chance.choice(["respond-async", "return=x", ";=,"])
    return found


def changed(chance: random.Random, fields: dict[str, list[str]]) -> dict[str, list[str]]:
    """Fields of a form, some of them changed, doubled, removed or renamed."""
    found = {name: list(values) for name, values in fields.items()}
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        name = chance.choice(sorted(found) or ["x"])
        kind = chance.random()
        if kind < 0.7:
            found[name] = [chance.choice(TEXTS) for _ in range(chance.choice((1, 1, 1, 2)))]
        elif kind < 0.85:
            found.pop(name, None)
        else:
            found[name + chance.choice([".2", ".3", "_direction", ".year", CANARY])] = [chance.choice(TEXTS)]
    return {encodable(name): [encodable(one) for one in values] for name, values in found.items()}


def encodable(text: str) -> str:
    """A text that a form can carry: halves of letters are for JSON only."""
    return text.replace("\ud800", "�")


def scratched(chance: random.Random, body: bytes) -> bytes:
    """A body with a few bytes put in or taken out; half of them stay whole."""
    found = bytearray(body)
    for _ in range(chance.choice((0, 0, 0, 1, 2, 5))):
        place = chance.randrange(len(found) + 1)
        if chance.random() < 0.5:
            found[place:place] = chance.choice(
                [b"\x00", b"\xff", b'"', b",", b"\n", b"\r", b";", b"{", b"]", b"\xed\xa0"]
            )
        else:
            del found[place : place + chance.randrange(8)]
    return bytes(found)


DOORS: list[tuple[Door, int]] = [
    (preview, 24),
    (stored, 12),
    (batch, 6),
    (resource, 16),
    (hook, 4),
    (some_bytes, 8),
    (form, 12),
    (page, 8),
    (route, 10),
]
"""Each door and how often of a hundred it is tried."""


def sent(chance: random.Random, world: World) -> tuple[str, Sent]:
    """The next request and the name of its door."""
    door = chance.choices([door for door, _ in DOORS], [share for _, share in DOORS])[0]
    return door.__name__, door(chance, world)
