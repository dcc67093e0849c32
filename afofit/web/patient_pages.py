"""What a patient meets behind a link: one question, then the sheet, for a short while."""

from datetime import MAXYEAR, UTC, date, datetime
from typing import cast

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from afofit import records
from afofit.access import actor, link, public, store
from afofit.records import Record
from afofit.schemas.numbers import whole
from afofit.schemas.printing import Printing, read_printing
from afofit.store import clinics, releases
from afofit.store.errors import Missing
from afofit.store.releases import Landing, Release
from afofit.web import reading, sign_in
from afofit.web.errors import error_page
from afofit.words.patient import Contact, Language, content, labels

blueprint = Blueprint("link", __name__, url_prefix="/p")
GONE, SEE_OTHER, UNPROCESSABLE = 404, 303, 422


@blueprint.errorhandler(Missing)
def missing(_: Missing) -> ResponseReturnValue:
    """A link that is over, revoked or locked looks like one that never was."""
    return error_page(NotFound())


@blueprint.get("/<token>")
@public("says only which clinic sent the link, and asks for the date of birth")
def landing(token: str) -> ResponseReturnValue:
    """The page that a link opens: nothing of the patient stands on it."""
    found = _landing(token)
    return render_template("landing.html", landing=found, wrong=False), 200 if found else GONE


@blueprint.post("/<token>")
@public("exchanges the link and the right date of birth for a short cookie")
def opening(token: str) -> ResponseReturnValue:
    """The date of birth against the wrong hands: five tries, then the link is locked."""
    found = _landing(token)
    if found is None:
        return render_template("landing.html", landing=None, wrong=False), GONE
    with store().writing(found.actor) as desk:
        right = releases.prove(desk, found.release_id, _born())
        if right:
            releases.opened(desk, found.release_id)
    if not right:
        found = _landing(token)
        return render_template("landing.html", landing=found, wrong=True), UNPROCESSABLE if found else GONE
    reading.begin(found.release_id)
    return redirect(url_for("link.sheet"), SEE_OTHER)


def _landing(token: str) -> Landing | None:
    with store().looking() as looking:
        return releases.landing(looking, token, datetime.now(UTC))


def _born() -> date | None:
    typed = (request.form.get(f"birth_date.{part}", "").strip() for part in ("year", "month", "day"))
    year, month, day = (whole(text, MAXYEAR) or 0 for text in typed)
    try:
        return date(year, month, day)
    except ValueError:
        return None


@blueprint.get("/sheet")
@link("the approved sheet that the link was made for")
def sheet() -> ResponseReturnValue:
    """The sheet as a page for the phone."""
    release, record, contact = _released()
    said = content(record.fitting, release.language, contact=contact)  # type: ignore[arg-type]
    name = record.stored.approval.name if record.stored.approval else None
    return render_template(
        "patient.html",
        content=said,
        approved_by=name,
        sheet_url=url_for("link.pdf"),
        large_url=url_for("link.pdf", size="large"),
        close_url=url_for("link.close"),
    )


@blueprint.post("/close")
@link("ends the reading of the sheet on this device")
def close() -> ResponseReturnValue:
    """Nothing of the sheet is open any more, here or wherever this cookie was taken."""
    sign_in.csrf.protect()
    release, _, _ = _released()
    reading.end()
    language = cast(Language, release.language)
    return sign_in.cleared(make_response(render_template("closed.html", language=language, labels=labels(language))))


@blueprint.get("/sheet.pdf")
@link("the approved sheet that the link was made for")
def pdf() -> ResponseReturnValue:
    """The sheet as a PDF, in the language of the link."""
    release, record, _ = _released()
    asked = read_printing({name: value for name, value in request.args.items() if name in ("paper", "size")})
    large = asked.large if "size" in request.args else release.large
    printing = Printing(paper=asked.paper, language=release.language, large=large)  # type: ignore[arg-type]
    with store().reading(actor()) as desk:
        answer = make_response(records.printed(desk, record, "patient", printing))
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = 'attachment; filename="afofit-sheet.pdf"'
    return answer


def _released() -> tuple[Release, Record, Contact]:
    with store().reading(actor()) as desk:
        release = releases.readable(desk, g.release_id)
        record = records.find(desk, release.fitting_id)
        clinic = clinics.clinic(desk)
    return release, record, Contact(clinic.name, clinic.phone)
