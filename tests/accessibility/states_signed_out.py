"""What somebody sees who did not sign in: the calculator, the doors, and the sheet of a patient."""

from afofit.store import clinics
from tests.accessibility.passkeys import give_passkey
from tests.accessibility.registry import CALF, FOREFOOT, SHORT, WEIGHT, WRONG, seen, state
from tests.accessibility.world import SPANISH, Shown, World, typed
from tests.records.conftest import Browser, email_of

STOP: dict[str, str | list[str]] = {"clinical.urgent_signs": ["saddle_numbness"]}
CONFIRMED = {
    f"limbs.right.confirmed.calf_circumference.{part}": text
    for part, text in {"value": "525", "by": "N. Meier", "at": "2026-09-12T14:32+02:00"}.items()
}


def asked(name: str, path: str, *, code: int = 200, spanish: bool = False) -> None:
    """A page that anybody gets."""

    def made(world: World) -> Shown:
        client = world.guest()
        answer = client.get(path, headers=SPANISH if spanish else {})
        return seen(Browser(client), answer, code)

    state(name)(made)


def posted(
    name: str,
    path: str,
    key: str = "E1",
    changes: dict[str, str | list[str]] | None = None,
    *,
    code: int = 200,
    spanish: bool = False,
) -> None:
    """A page that answers the form of the calculator."""

    def made(world: World) -> Shown:
        client = world.guest()
        fields = typed(key, changes) if key else {}
        answer = client.post(path, data=fields, headers=SPANISH if spanish else {})
        return seen(Browser(client), answer, code)

    state(name)(made)


DIFFERING: str | list[str] = ["clinical.skin", "clinical.urgent_signs", "clinical.oedema", "shoe.size"]
"""Rows by leg that are asked for."""

asked("form, empty", "/")
asked("form, empty, Spanish", "/", spanish=True)
asked("REST, described", "/api/v1/")
asked("form, one leg filled", "/?example=E1")
asked("form, both legs filled", "/?example=S01")
asked("form of a child, Spanish", "/?example=S03", spanish=True)
posted("form, nothing answered", "/", "", code=422)
posted("form, errors", "/", "E1", {FOREFOOT: "10.1", WEIGHT: ""}, code=422)
posted("form, errors on both legs, Spanish", "/", "S01", {"limbs.left.heel_width": "seven"}, code=422, spanish=True)
posted("form, unusual", "/", "E1", {CALF: "525", FOREFOOT: "10.1"}, code=422)
posted("form, confirmed", "/", "E1", {CALF: "525", "confirm": f"{CALF}=525"})
posted("form, readings apart", "/", "E1", {"two_readings": "on", f"{CALF}.2": "399", WEIGHT: ""}, code=422)
posted("form, units asked", "/", "E1", {"units.length": "in", "entered_in": "mm", "entered_in_mass": "kg"}, code=422)
posted("result, one leg", "/")
posted("result, both legs", "/", "S01")
posted("result, both legs, Spanish", "/", "S01", spanish=True)
posted("result, both legs, Spanish, with the summary", "/", "S01", {"note": "shown"}, spanish=True)
posted("form, changed after the result", "/", "S01", {"change": "limbs.left.calf_circumference"})
posted("form, rows for one leg, Spanish", "/", "S01", {"show": "clinical", "differ": DIFFERING}, spanish=True)
posted("form, part of the workshop, Spanish", "/", "S01", {"show": "workshop"}, spanish=True)
posted("result, child", "/", "E4")
posted("result, working open", "/", "E1", {"working": "all"})
posted("result, confirmed", "/", "E1", {CALF: "525", **CONFIRMED})
posted("result, stop", "/", "E1", STOP)
posted("result, stop, Spanish", "/", "E1", STOP, spanish=True)
posted("designs compared", "/compare")
posted("designs compared, both legs, Spanish", "/compare", "S01", spanish=True)
posted("card for the shop", "/card", "S01")
posted("patient sample", "/patient")
posted("patient sample, Spanish, child", "/patient", "S03", {"lang": "es"})
asked("not found", "/nowhere", code=404)
asked("link that opens nothing", "/p/" + "x" * 43, code=404)
asked("invitation that opens nothing", "/join/" + "x" * 43, code=404)
asked("sign-in", "/sign-in")
asked("sign-in, Spanish", "/sign-in", spanish=True)
asked("sign-in by passkey", "/sign-in/passkey")


@state("records out of reach")
def _(world: World) -> Shown:
    return seen(Browser(world.away), world.away.get("/p/" + "x" * 43), 503)


@state("more sent than is read")
def _(world: World) -> Shown:
    client = world.guest()
    return seen(Browser(client), client.post("/", data={"x": "x" * 2_000_000}), 413)


@state("sign-in, refused")
def _(world: World) -> Shown:
    world.tries_again()
    browser = Browser(world.guest())
    browser.get("/sign-in")
    return seen(browser, browser.post("/sign-in", email="nobody@example.org", password=WRONG))


@state("sign-in, second step to set up")
def _(world: World) -> Shown:
    browser = world.on_the_way_in
    return seen(browser, browser.get("/account/two-factor"))


@state("sign-in, second step, its key")
def _(world: World) -> Shown:
    browser = world.on_the_way_in
    browser.get("/account/two-factor")
    return seen(browser, browser.post("/account/two-factor", setup="authenticator"))


@state("sign-in, too often")
def _(world: World) -> Shown:
    browser = Browser(world.guest())
    browser.get("/sign-in")
    for _ in range(6):
        answer = browser.post("/sign-in", email="nobody@example.org", password=WRONG)
    world.tries_again()
    return seen(browser, answer, 429)


@state("sign-in by passkey, started")
def _(world: World) -> Shown:
    browser = Browser(world.guest())
    browser.get("/sign-in/passkey")
    return seen(browser, browser.post("/sign-in/passkey"))


def between(world: World) -> Browser:
    """Somebody who gave the password and not yet the second step."""
    clinic, _ = world.guarded
    world.tries_again()
    return clinic.browser()


@state("second step, code")
def _(world: World) -> Shown:
    browser = between(world)
    return seen(browser, browser.get("/sign-in/code"))


@state("second step, wrong code")
def _(world: World) -> Shown:
    browser = between(world)
    browser.get("/sign-in/code")
    return seen(browser, browser.post("/sign-in/code", code="000000"))


@state("second step, recovery code")
def _(world: World) -> Shown:
    browser = between(world)
    return seen(browser, browser.get("/sign-in/recovery-code"))


@state("second step, which")
def _(world: World) -> Shown:
    clinic, _ = world.guarded
    give_passkey(world, email_of(clinic.orthotist), "secondary")
    browser = between(world)
    return seen(browser, browser.get("/sign-in/second"))


@state("first visit")
def _(world: World) -> Shown:
    return seen(world.unmade, world.unmade.get("/setup"))


@state("first visit, errors")
def _(world: World) -> Shown:
    world.unmade.get("/setup")
    return seen(world.unmade, world.unmade.post("/setup", clinic="", email="nonsense", password=SHORT), 422)


def invitation(world: World) -> str:
    with world.store.writing(world.clinic.administrator) as desk:
        account = clinics.add(desk, email="ben@example.org", name="Ben Okafor, CO", roles=("orthotist",), password=None)
        return "/join/" + clinics.invite(desk, account, "join")


@state("invitation")
def _(world: World) -> Shown:
    client, path = world.guest(), invitation(world)
    return seen(Browser(client), client.get(path))


@state("landing of a patient")
def _(world: World) -> Shown:
    client = world.guest()
    return seen(Browser(client), client.get(world.link()))


@state("landing of a patient, wrong date, Spanish")
def _(world: World) -> Shown:
    client = world.guest()
    wrong = {"birth_date.year": "1981", "birth_date.month": "2", "birth_date.day": "28"}
    return seen(Browser(client), client.post(world.link("es"), data=wrong), 422)


@state("sheet of a patient")
def _(world: World) -> Shown:
    client = world.patient()
    return seen(Browser(client), client.get("/p/sheet"))


@state("sheet of a patient, closed")
def _(world: World) -> Shown:
    browser = Browser(world.patient())
    browser.get("/p/sheet")
    return seen(browser, browser.post("/p/close"))


@state("sheet of a patient, Spanish")
def _(world: World) -> Shown:
    client = world.patient("es")
    return seen(Browser(client), client.get("/p/sheet"))
