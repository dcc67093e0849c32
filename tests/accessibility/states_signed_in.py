"""What an orthotist or an administrator sees."""

from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import patch

from sqlalchemy import text

from afofit.web import audit_page
from afofit.web.sign_in import SHOWN
from tests.accessibility.passkeys import give_passkey
from tests.accessibility.registry import CALF, SHORT, WEIGHT, WRONG, seen, state
from tests.accessibility.world import SPANISH, Shown, World, typed
from tests.records.conftest import Browser, email_of
from tests.records.test_drafts import autosave, hidden


def mine(
    name: str,
    path: str | Callable[[World], str],
    *,
    code: int = 200,
    administrator: bool = False,
    spanish: bool = False,
) -> None:
    """A page that an orthotist or an administrator gets."""

    def made(world: World) -> Shown:
        browser = world.administrator if administrator else world.orthotist
        where = path if isinstance(path, str) else path(world)
        answer = browser.client.get(where, headers=SPANISH) if spanish else browser.get(where)
        return seen(browser, answer, code)

    state(name)(made)


def filled(world: World) -> str:
    """The list, with something of everything in it."""
    assert world.draft
    assert world.approved
    assert world.withdrawn
    marks = hidden(world.orthotist.get("/fittings/new"))
    fields = {"patient.reference": "Z-1", "legs": "left", "limbs.left.foot_length": "240"}
    assert autosave(world.orthotist, "/fittings/new", marks, **fields).status_code == 200
    return "/fittings"


def draft_path(world: World) -> str:
    """A form that was saved half filled."""
    marks = hidden(world.orthotist.get("/fittings/new"))
    fields = {"legs": "right", "limbs.right.calf_circumference": "38O", "units.length": "mm"}
    autosave(world.orthotist, "/fittings/new", marks, **fields)
    return f"/drafts/{marks['entry']}"


mine("fittings", filled)
mine("form, signed in", "/fittings/new")
mine("form of a patient", lambda world: f"/fittings/new?patient={world.patient_id}")
mine("form, draft resumed", draft_path)
mine("form, next revision", lambda world: f"/fittings/{world.approved.id}/edit")
mine("fitting, draft", lambda world: f"/fittings/{world.draft.id}")
mine("fitting, draft, working open", lambda world: f"/fittings/{world.draft.id}?working=all")
mine("fitting, both legs", lambda world: f"/fittings/{world.kept('S01').id}")
mine("fitting, both legs, Spanish", lambda world: f"/fittings/{world.kept('S01').id}", spanish=True)
mine("fitting, another value to choose", lambda world: f"/fittings/{world.draft.id}?choose=dimension")
mine("fitting, with the summary", lambda world: f"/fittings/{world.draft.id}?note=shown")
mine("fitting, approved", lambda world: f"/fittings/{world.approved.id}")
mine("fitting, withdrawn", lambda world: f"/fittings/{world.withdrawn.id}")
mine("fitting, designs compared", lambda world: f"/fittings/{world.approved.id}/compare")
mine("fitting, card for the shop", lambda world: f"/fittings/{world.approved.id}/card")
mine("delivery", lambda world: f"/fittings/{world.approved.id}/delivery")
mine("refits", "/refits")
mine("patients", lambda world: "/patients" if world.approved else "")
mine("patient", lambda world: f"/patients/{world.patient_id}")
mine("erase a patient", lambda world: f"/patients/{world.patient_id}/erase", administrator=True)
mine("protocols", lambda world: "/protocols" if world.protocol else "")
mine("protocols, administrator", lambda world: "/protocols" if world.protocol else "", administrator=True)
mine("protocol, default", "/protocols/default")
mine("protocol", lambda world: world.protocol, administrator=True)
mine("protocol, new", "/protocols/new")
mine("keys", "/clinic/keys")
mine("clinic", "/clinic", administrator=True)
mine("clinic, not allowed", "/clinic", code=403)
mine("audit", lambda world: "/clinic/audit" if world.approved else "", administrator=True)
mine("audit, nothing found", "/clinic/audit?until=2001-01-01", administrator=True)
mine("audit, filter refused", "/clinic/audit?since=x&until=y&kind=z", code=422, administrator=True)
mine("account", "/account")
mine("account, password", "/account/password")
mine("account, confirm", "/account/again")
mine("account, authenticator", "/account/two-factor")
mine("account, recovery codes", "/account/recovery-codes")
mine("account, passkeys, none", "/account/passkeys")
mine("signed in, go back", "/visit/back")


@state("account, Spanish")
def _(world: World) -> Shown:
    return seen(world.orthotist, world.orthotist.client.get("/account", headers=SPANISH))


@state("fitting, approved, Spanish")
def _(world: World) -> Shown:
    client = world.orthotist.client
    return seen(world.orthotist, client.get(f"/fittings/{world.approved.id}", headers=SPANISH))


@state("fittings, none")
def _(world: World) -> Shown:
    return seen(world.empty, world.empty.get("/fittings"))


@state("patients, none")
def _(world: World) -> Shown:
    return seen(world.empty, world.empty.get("/patients"))


@state("refits, none")
def _(world: World) -> Shown:
    return seen(world.empty, world.empty.get("/refits"))


@state("form, signed in, errors")
def _(world: World) -> Shown:
    browser = world.orthotist
    marks = hidden(browser.get("/fittings/new"))
    return seen(browser, browser.post("/fittings/new", **marks, **typed("E1", {WEIGHT: ""})), 422)


@state("form, saved on another device")
def _(world: World) -> Shown:
    browser = world.orthotist
    marks = hidden(browser.get("/fittings/new"))
    height = {"limbs.right.fibular_head_height": "455", "legs": "right"}
    autosave(browser, "/fittings/new", marks, **height)
    here, there = (hidden(browser.get(f"/drafts/{marks['entry']}")) for _ in range(2))
    autosave(browser, "/fittings/new", there, **(height | {"limbs.right.fibular_head_height": "465"}))
    browser.get("/fittings")
    return seen(browser, browser.post("/fittings/new", keep="draft", **here, **height), 409)


@state("form, draft gone")
def _(world: World) -> Shown:
    browser = world.orthotist
    marks = hidden(browser.get("/fittings/new"))
    autosave(browser, "/fittings/new", marks, legs="left")
    browser.post(f"/drafts/{marks['entry']}/drop")
    answer = browser.post("/fittings/new", keep="draft", **(marks | {"version": "1"}), legs="left")
    return seen(browser, answer, 404, 409)


@state("signed out while typing")
def _(world: World) -> Shown:
    browser = Browser(world.guest())
    page = world.empty.get("/fittings/new")
    client = world.guest()
    cookie = world.empty.client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    forged = dict(typed("E1"), csrf_token=["made.up.here"], **{k: [v] for k, v in hidden(page).items()})
    return seen(browser, client.post("/fittings/new", data=forged), 400, 401)


@state("fitting, approval without reading")
def _(world: World) -> Shown:
    path = f"/fittings/{world.draft.id}"
    world.orthotist.get(path)
    return seen(world.orthotist, world.orthotist.post(f"{path}/approve"), 422)


@state("fitting, link made")
def _(world: World) -> Shown:
    path = f"/fittings/{world.approved.id}"
    world.orthotist.get(path)
    return seen(world.orthotist, world.orthotist.post(f"{path}/release", lang="en", days="30"))


@state("delivery, errors")
def _(world: World) -> Shown:
    path = f"/fittings/{world.approved.id}/delivery"
    world.orthotist.get(path)
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    wrong = {"side": "left", "on": tomorrow, "ankle": "3", "heel": "6,1 cm", "outcome": "refit"}
    return seen(world.orthotist, world.orthotist.post(path, **wrong), 422)


@state("fitting, delivered")
def _(world: World) -> Shown:
    path = f"/fittings/{world.approved.id}"
    world.orthotist.get(f"{path}/delivery")
    visit = {
        "side": "right", "on": date.today().isoformat(), "ankle": "3", "ankle_direction": "short", "shank": "5",
        "shank_direction": "forward", "heel": "10", "checks": ["heel", "skin"], "outcome": "delivered",
    }  # fmt: skip
    assert world.orthotist.post(f"{path}/delivery", **visit).status_code == 303
    return seen(world.orthotist, world.orthotist.get(path))


@state("patients, found")
def _(world: World) -> Shown:
    assert world.approved
    world.orthotist.get("/patients")
    return seen(world.orthotist, world.orthotist.post("/patients", search="A-1027"))


@state("protocol, new, errors")
def _(world: World) -> Shown:
    world.orthotist.get("/protocols/new")
    answer = world.orthotist.post("/protocols/new", **{"name": "", "proximal_trim_offset_max_mm/lowered": "300"})
    return seen(world.orthotist, answer, 422)


@state("keys, errors")
def _(world: World) -> Shown:
    world.orthotist.get("/clinic/keys")
    return seen(world.orthotist, world.orthotist.post("/clinic/keys", name="", days="999"), 422)


@state("keys, one made")
def _(world: World) -> Shown:
    world.orthotist.get("/clinic/keys")
    answer = world.orthotist.post("/clinic/keys", name="EMR", scopes=["fittings:read"], days="30")
    return seen(world.orthotist, answer)


@state("clinic, errors")
def _(world: World) -> Shown:
    world.administrator.get("/clinic")
    return seen(world.administrator, world.administrator.post("/clinic", name="", phone="1", retention_years="x"), 422)


@state("clinic, somebody invited")
def _(world: World) -> Shown:
    world.administrator.get("/clinic")
    who = {"name": "Eve Stone", "email": "eve@example.org", "roles": ["orthotist"]}
    return seen(world.administrator, world.administrator.post("/clinic/people", **who))


@state("audit, Spanish")
def _(world: World) -> Shown:
    client = world.administrator.client
    return seen(world.administrator, client.get("/clinic/audit?kind=account", headers=SPANISH))


@state("audit, not checked yet")
def _(world: World) -> Shown:
    with patch.object(audit_page, "CHECKED_AT_ONCE", 1):
        return seen(world.administrator, world.administrator.get("/clinic/audit?action=signed+in"))


@state("audit, not whole")
def _(world: World) -> Shown:
    clinic = world.found("West")
    with world.store.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_no_update"))
        own = {"clinic": clinic.administrator.clinic_id.hex}
        connection.execute(text("UPDATE audit SET actor = 'account 9' WHERE clinic_id = :clinic"), own)
    browser = clinic.browser(clinic.administrator)
    return seen(browser, browser.get("/clinic/audit"))


@state("account, several devices")
def _(world: World) -> Shown:
    clinic, _ = world.guarded
    world.tries_again()
    browser = clinic.browser(clinic.administrator)
    clinic.browser(clinic.administrator)
    return seen(browser, browser.get("/account"))


@state("account, confirm before another device is signed out")
def _(world: World) -> Shown:
    world.tries_again()
    browser = world.clinic.browser()
    browser.get("/account")
    with browser.client.session_transaction() as session:
        session[SHOWN] = 0
    browser.post("/account/elsewhere")
    return seen(browser, browser.get("/account/again?next=/account"))


@state("account, password, errors")
def _(world: World) -> Shown:
    world.tries_again()
    world.orthotist.get("/account/password")
    answer = world.orthotist.post("/account/password", password=WRONG, new_password=SHORT, new_password_confirm=WRONG)
    return seen(world.orthotist, answer, 200, 400)


@state("account, authenticator, its key")
def _(world: World) -> Shown:
    world.orthotist.get("/account/two-factor")
    return seen(world.orthotist, world.orthotist.post("/account/two-factor", setup="authenticator"))


@state("account, authenticator on")
def _(world: World) -> Shown:
    _, browser = world.guarded
    return seen(browser, browser.get("/account/two-factor"))


@state("account, recovery codes, made")
def _(world: World) -> Shown:
    _, browser = world.guarded
    browser.get("/account/recovery-codes")
    return seen(browser, browser.post("/account/recovery-codes", generate_new_codes="1"))


@state("account, passkeys, one")
def _(world: World) -> Shown:
    give_passkey(world, email_of(world.clinic.administrator), "first")
    return seen(world.administrator, world.administrator.get("/account/passkeys"))


@state("account, passkeys, making one")
def _(world: World) -> Shown:
    world.orthotist.get("/account/passkeys")
    return seen(world.orthotist, world.orthotist.post("/account/passkeys", name="Laptop", usage="first"))


@state("account, confirm with a passkey")
def _(world: World) -> Shown:
    give_passkey(world, email_of(world.clinic.orthotist), "first")
    return seen(world.orthotist, world.orthotist.get("/account/again"))


@state("account, confirm with a passkey, its page")
def _(world: World) -> Shown:
    world.orthotist.get("/account/again")
    return seen(world.orthotist, world.orthotist.get("/account/again/passkey"))


@state("draft before it is computed, posted back")
def _(world: World) -> Shown:
    browser = world.orthotist
    marks = hidden(browser.get("/fittings/new"))
    fields = typed("E1", {CALF: "525", "confirm": f"{CALF}=525"})
    return seen(browser, browser.post("/fittings/new", **marks, **fields))
