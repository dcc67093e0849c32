"""The answers of the calculator: the empty form, the form with errors or a question, the result."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from afofit import svg
from afofit.access import visitor
from afofit.documents import Kind, document
from afofit.examples import Example, examples
from afofit.fitting.drawing import View, drawable
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.fitting.values import Side
from afofit.pdf.measuring_form import measuring_form
from afofit.schemas.form import Asked, Form, read
from afofit.schemas.printing import read_printing
from afofit.schemas.problems import Problem, Refused
from afofit.web import confirm
from afofit.web.entry import Typed
from afofit.web.fill import flatten
from afofit.web.form_page import FormPage, opened
from afofit.web.remarks import remarks
from afofit.web.result_page import CHANGE, ResultPage, result_page
from afofit.web.unit_change import Question, question, settled
from afofit.words.patient import NothingToRelease, content
from afofit.words.problems import sentence
from afofit.words.sheet import INTENDED_USE, LIMITS, NOT_FOR
from afofit.words.tongue import N_, _, speaking

START = N_("Fit of an ankle-foot orthosis")
UNPROCESSABLE = 422
VIEWS: tuple[View, ...] = ("lateral", "posterior")


def blank(example: Example | None) -> str:
    """The form of a visitor, empty or filled with an example."""
    typed: Typed = MultiDict(flatten(example.request)) if example else MultiDict()
    return _page(FormPage(typed), START, chosen=example.key if example else "")


def computed(typed: Typed) -> ResponseReturnValue:
    """The result of what was typed; 422 with the form and all problems where it cannot be computed."""
    if "apply" in typed:
        return _changed(typed)
    if confirm.BUTTON in typed:
        return _confirmed(typed)
    if "units_answer" in typed:
        return _page(FormPage(settled(typed)), START)
    if CHANGE in typed:
        return _focused(_without(typed, CHANGE), typed[CHANGE])
    if "show" in typed:
        typed, part = opened(typed)
        return _page(FormPage(typed, focus=part), START)
    switched = question(typed)
    if switched:
        return _page(FormPage(typed), START, question=switched), UNPROCESSABLE
    asked = _read(typed)
    if asked.request is None:
        return _refused(typed, asked)
    fitting = fit(asked.request, today=date.today())
    page = FormPage(typed, remarks=remarks(asked, typed))
    result = result_page(fitting, page, drawings(fitting))
    return _page(page, result.title, result=result)


def printed(kind: Kind, typed: Typed) -> ResponseReturnValue:
    """One document (PDF) of what was typed; 422 with the form where it cannot be computed or printed."""
    asked = _read(typed)
    if asked.request is None:
        return _refused(typed, asked)
    fitting = fit(asked.request, today=date.today())
    try:
        answer = make_response(document(kind, fitting, asked.document, read_printing(typed)))
    except Refused as refused:
        return _page(FormPage(typed, refused.problems), START), UNPROCESSABLE
    answer.mimetype = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="afofit-draft-{kind}.pdf"'
    return answer


def blank_form(asked: Mapping[str, str]) -> ResponseReturnValue:
    """The empty measuring form (PDF)."""
    try:
        with speaking("en"):
            answer = make_response(measuring_form(paper=read_printing(asked).paper))
    except Refused as refused:
        return _page(FormPage(MultiDict(), refused.problems), START), UNPROCESSABLE
    answer.mimetype = "application/pdf"
    return answer


def patient_page(typed: Typed) -> ResponseReturnValue:
    """The patient sheet as a page, a marked sample until an orthotist has approved the fitting."""
    asked = _read(typed)
    if asked.request is None:
        return _refused(typed, asked)
    fitting = fit(asked.request, today=date.today())
    try:
        said = content(fitting, read_printing(typed).language)
    except NothingToRelease:
        problem = Problem((), sentence("no_brace"))
        return _page(FormPage(typed, (problem,)), START), UNPROCESSABLE
    return render_template("patient.html", content=said, approved_by=None)


def _read(typed: Typed) -> Asked:
    # A MultiDict answers to what the schemas ask of a form; only its overloads hide that from the type check.
    return read(cast(Form, typed), today=date.today())


def _refused(typed: Typed, asked: Asked) -> ResponseReturnValue:
    return _page(FormPage(typed, asked.problems, remarks=remarks(asked, typed)), START), UNPROCESSABLE


def _changed(typed: Typed) -> ResponseReturnValue:
    """The form after one offered value was taken: changed, checked again and focused there."""
    name, _, value = typed["apply"].partition("=")
    changed = _without(typed, "apply")
    changed[name] = value
    return _focused(changed, name)


def _without(typed: Typed, button: str) -> Typed:
    return MultiDict((key, given) for key, given in typed.items(multi=True) if key != button)


def _confirmed(typed: Typed) -> ResponseReturnValue:
    """The form after one unusual value was confirmed, focused there; of a visitor no name is known."""
    who = visitor()
    return _focused(*confirm.confirmed(typed, typed[confirm.BUTTON], who.name if who else ""))


def _focused(typed: Typed, name: str) -> ResponseReturnValue:
    asked = _read(typed)
    page = FormPage(typed, asked.problems, remarks=remarks(asked, typed), focus=name)
    return _page(page, START), UNPROCESSABLE if asked.problems else 200


def drawings(fitting: Fitting) -> dict[Side, Markup]:
    """The drawing of each braced leg; markup that svg has escaped itself."""
    return {
        side: Markup("").join(Markup(svg.fitting(limb, view)) for view in VIEWS)
        for side, limb in fitting.limbs.items()
        if drawable(limb)
    }


def measuring_drawings(page: FormPage) -> dict[str, Markup]:
    """By posture, how its measurements are taken; markup that svg has escaped itself."""
    return {
        posed.step.posture: Markup(svg.measuring(posed.step.posture, posed.names, side=page.drawn_side))
        for posed in page.postures
    }


def _page(
    page: FormPage,
    title: str,
    *,
    result: ResultPage | None = None,
    question: Question | None = None,
    chosen: str = "",
) -> str:
    return render_template(
        "start.html",
        title=_(title),
        page=page,
        result=result,
        question=question,
        drawings=measuring_drawings(page),
        examples=examples(),
        chosen=chosen,
        intended_use=_(INTENDED_USE),
        not_for=_(NOT_FOR),
        limits=[_(limit) for limit in LIMITS],
    )
