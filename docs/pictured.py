"""What is pictured: which page in which state, under which heading of docs/screens.md, and what is not, and why.

The states themselves stand in tests/accessibility, where they are read for barriers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from afofit import records
from tests.accessibility import states_charts, states_cover
from tests.accessibility.registry import STATES, seen
from tests.accessibility.world import Shown, World
from tests.examples import request_of

WIDTHS = {1280: 520, 820: 330, 390: 160}
"""Pixels of the window, and how wide the picture is shown on the page."""
SHARP = ("form-live", "result-one")
"""Pictures of the README, kept as large as they were taken; of all others the two wider ones are kept smaller."""
SMALLER = 0.66
FOLDER = Path(__file__).parent / "pictures" / "pages"
PAGE = Path(__file__).parent / "screens.md"
CLINIC, PEOPLE = "Riverside Orthotics", ("Ada Lind", "Olga Ruiz")
Made = Callable[[World], Shown]


@dataclass(frozen=True, slots=True)
class Picture:
    """A page in a state; of a long page what stands around ``at``."""

    name: str
    title: str
    state: str | Made
    at: str = ""

    def wide(self, width: int) -> int:
        """Pixels of the picture of a window so many pixels wide."""
        return width if self.name in SHARP or width == min(WIDTHS) else round(width * SMALLER)

    def shown(self, world: World) -> Shown:
        """The page."""
        made = STATES[self.state] if isinstance(self.state, str) else self.state
        return made(world)


PATIENTS = (
    ("E2", "A-1031", "Mara Holt", True),
    ("E3", "A-1034", "Tom Arden", True),
    ("E4", "A-1036", "Leo Marsh", True),
    ("S01", "A-1040", "Tessa Vale", False),
    ("S06", "A-1042", "Ivo Brandt", False),
)
"""Examples, invented people whose legs they are, and whether an orthotist approved the fitting."""


@cache
def peopled(world: World) -> None:
    """A clinic with fittings of some people, one of them handed over."""
    for key, reference, name, approved in PATIENTS:
        asked = request_of(key)
        asked["patient"] |= {"reference": reference, "name": name}
        record, _ = records.take(world.store, world.clinic.orthotist, asked)
        if approved:
            with world.store.writing(world.clinic.orthotist) as desk:
                records.approve(desk, records.find(desk, record.id), record.cautions)
    STATES["fitting, delivered"](world)
    STATES["fittings"](world)


def of_clinic(path: str, *, administrator: bool = False) -> Made:
    """A page of a clinic with fittings of some people."""

    def made(world: World) -> Shown:
        peopled(world)
        browser = world.administrator if administrator else world.orthotist
        return seen(browser, browser.get(path))

    return made


def charts(world: World) -> Shown:
    """The clinic's size charts beside those of the program."""
    states_cover.stocked(world)
    return seen(world.orthotist, world.orthotist.get("/charts"))


def chart(world: World) -> Shown:
    """A size chart of the clinic, just sent."""
    text = states_charts.GOOD.replace('"Invented"', '"Walker"').replace(
        "made up for a test", "an example of this guide"
    )
    return seen(world.orthotist, world.orthotist.get(states_charts.kept(world, text)))


SECTIONS: dict[str, tuple[Picture, ...]] = {
    "The calculator": (
        Picture("start", "The form, empty", "form, empty"),
        Picture("form-live", "The form while it is filled", "form, one leg filled", "#limbs-right-calf_circumference"),
        Picture("form-errors", "What cannot be, all at once", "form, unusual"),
        Picture(
            "form-readings", "Two readings too far apart", "form, readings apart", "#limbs-right-calf_circumference"
        ),
        Picture("form-units", "Another unit: never converted silently", "form, units asked"),
        Picture(
            "form-legs", "Rows for one leg, Spanish", "form, rows for one leg, Spanish", "#limbs-left-clinical-skin"
        ),
        Picture("result-one", "The result, one leg", "result, one leg"),
        Picture("result", "The result, both legs", "result, both legs"),
        Picture("result-child", "The result of a child", "result, child"),
        Picture("result-working", "The result with its working", "result, working open", ".dims"),
        Picture("result-stop", "The result where nothing may be made", "result, stop"),
        Picture("form-changed", "Entries changed after the result", "form, changed after the result"),
        Picture("compare", "Designs side by side", "designs compared"),
        Picture("shop-card", "The card for the shop", "card for the shop"),
        Picture("patient-sample", "The patient's page, a sample", "patient sample"),
    ),
    "The patient": (
        Picture("landing", "The link asks for the date of birth", "landing of a patient"),
        Picture(
            "landing-wrong", "Another date than the record's, Spanish", "landing of a patient, wrong date, Spanish"
        ),
        Picture("sheet", "The patient's page", "sheet of a patient"),
        Picture("link-nothing", "A link that is over, or never was", "link that opens nothing"),
    ),
    "Signing in": (
        Picture("setup", "The first visit makes the clinic", "first visit"),
        Picture("sign-in", "Sign in", "sign-in"),
        Picture("sign-in-refused", "Refused", "sign-in, refused"),
        Picture("sign-in-passkey", "With a passkey", "sign-in by passkey"),
        Picture("second-step", "The second step", "second step, code"),
        Picture("recovery-code", "A recovery code instead", "second step, recovery code"),
        Picture("second-which", "The second step, where there is a choice", "second step, which"),
        Picture("invitation", "An invitation, or a new password for who forgot it", "invitation"),
        Picture("back", "Signed in again in another tab", "signed in, go back"),
    ),
    "Fittings": (
        Picture("fittings-empty", "None yet", "fittings, none"),
        Picture("fittings", "Fittings and drafts", of_clinic("/fittings")),
        Picture("form-kept", "A new fitting of a known patient", "form of a patient"),
        Picture("draft-resumed", "A draft, resumed", "form, draft resumed"),
        Picture("draft-clash", "A draft that was changed on another device", "form, saved on another device"),
        Picture("fitting-draft", "A fitting, not approved", "fitting, draft"),
        Picture("fitting-unread", "Approval without reading", "fitting, approval without reading"),
        Picture("fitting-chosen", "Another value to choose", "fitting, another value to choose", "#choose-h"),
        Picture("fitting-summary", "The summary for a chart", "fitting, with the summary", "#note-text"),
        Picture("fitting-approved", "Approved, with the patient's link", "fitting, link made"),
        Picture("fitting-edit", "The next revision", "form, next revision"),
        Picture("fitting-withdrawn", "Withdrawn", "fitting, withdrawn"),
        Picture("delivery", "Hand over or refit", "delivery"),
        Picture("delivered", "Handed over", "fitting, delivered"),
        Picture("refits", "Refits", of_clinic("/refits")),
    ),
    "Patients": (
        Picture("patients", "Patients", of_clinic("/patients")),
        Picture("patient-over-time", "One patient over time", "patient"),
        Picture("erase", "Export and erase", "erase a patient"),
    ),
    "Protocols": (
        Picture("protocols", "Protocols", "protocols"),
        Picture("protocol-default", "The default protocol", "protocol, default"),
        Picture("protocol-new", "A protocol of the clinic", "protocol, new, errors"),
        Picture("protocol", "What it changes, before it is released", "protocol"),
    ),
    "Size charts": (
        Picture("charts", "Size charts", charts),
        Picture("chart", "A chart of the clinic", chart),
        Picture("chart-built-in", "A chart of the program", "size chart of the program"),
        Picture("chart-typed", "A chart, typed in", "size chart, typed in"),
        Picture("chart-sent", "A chart, sent, with faults", "size chart, sent, errors"),
        Picture("cover", "Whom charts serve", "cover, our own legs"),
        Picture("cover-refused", "A table that cannot be read", "cover, a table refused"),
        Picture("plan", "Which sizes to keep", "plan, sizes to keep"),
    ),
    "The clinic": (
        Picture("clinic", "The clinic and its people", "clinic"),
        Picture("clinic-invited", "Somebody invited", "clinic, somebody invited"),
        Picture("audit", "The audit", of_clinic("/clinic/audit", administrator=True)),
        Picture("audit-broken", "An audit that somebody changed", "audit, not whole"),
        Picture("keys", "Keys of other systems", "keys, one made"),
        Picture("systems", "Back-end systems", "back-end systems, one registered"),
        Picture("ehrs", "Record systems", "record systems, one registered"),
    ),
    "The account": (
        Picture("account", "Account", "account"),
        Picture("account-confirm", "Confirm who you are", "account, confirm"),
        Picture("account-confirm-passkey", "Confirm with a passkey", "account, confirm with a passkey, its page"),
        Picture("password", "Another password", "account, password"),
        Picture("authenticator", "An authenticator app, its key", "account, authenticator, its key"),
        Picture("recovery-codes", "Recovery codes, made", "account, recovery codes, made"),
        Picture("passkeys", "Passkeys", "account, passkeys, one"),
    ),
    "From a chart of a record system": (
        Picture("chart-open", "Open a chart from here", "open a chart from here"),
        Picture("chart-going", "On the way to the record system", "on the way to the record system"),
        Picture("chart-review", "What came from the chart", "chart, looked at"),
        Picture("chart-doubtful", "What came with doubts", "chart, doubtful"),
        Picture("chart-form", "The form with what was taken", "chart, the form"),
        Picture("chart-send", "The result, to be sent to the chart", "chart, to be sent"),
        Picture("chart-answer", "An answer that belongs to none", "launch, an answer that belongs to none"),
        Picture("chart-unknown", "A record system that nobody registered", "launch, not registered"),
        Picture("chart-closed", "Closed", "chart, closed"),
    ),
    "Other pages": (
        Picture("rest", "The REST interface, described", "REST, described"),
        Picture("error-401", "Signed out while typing", "signed out while typing"),
        Picture("error-403", "Not allowed", "clinic, not allowed"),
        Picture("error-404", "Not found", "not found"),
        Picture("error-413", "More sent than is read", "more sent than is read"),
        Picture("error-429", "Tried too often", "sign-in, too often"),
        Picture("error-503", "Records out of reach", "records out of reach"),
    ),
}
NOT_PICTURED = {
    "kept.compare_designs": "looks like designs side by side of the calculator",
    "kept.card": "looks like the card for the shop of the calculator",
}
"""Pages without a picture, and why."""


def pictures() -> Iterator[Picture]:
    """All of them, in the order in which they are made."""
    for section in SECTIONS.values():
        yield from section


def lines() -> Iterator[str]:
    """The page that shows them, line by line."""
    yield "# Screens"
    yield ""
    yield "Pages at 1280, 820 and 390 px, of an invented clinic with the worked examples; long pages are cut."
    yield "`python -m docs.make_pictures` makes them anew and writes this page."
    for heading, section in SECTIONS.items():
        yield from ("", f"## {heading}")
        for one in section:
            yield from ("", f"### {one.title}", "")
            yield " ".join(
                f'<img src="pictures/pages/{one.name}-{width}.webp" width="{shown}" alt="{one.title}, {width} px wide">'
                for width, shown in WIDTHS.items()
            )


def page() -> str:
    """The page that shows them."""
    return "\n".join(lines()) + "\n"
