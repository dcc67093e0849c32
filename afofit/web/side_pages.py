"""Beside the result of the calculator: designs side by side, and the card for the shop. Nothing is stored."""

from datetime import date
from typing import cast

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import calculator
from afofit.fitting.compare import compare
from afofit.fitting.plan import fit
from afofit.fitting.result import Fitting
from afofit.schemas.form import Form, read
from afofit.web import pages
from afofit.web.card_page import shop_card
from afofit.web.compare_page import leg_columns
from afofit.web.entry import Typed
from afofit.web.result_page import posted_again
from afofit.web.routes import blueprint


@blueprint.post("/compare")
@calculator("computes from what is posted with it and stores nothing")
def compare_designs() -> ResponseReturnValue:
    """The posted values with other designs, side by side; the form with every problem (422) where they are wrong."""
    typed = request.form
    fitting = _fitting(typed)
    if fitting is None:
        return pages.computed(typed)
    legs = leg_columns(compare(fitting), typed.getlist("compare"), typed)
    return render_template(
        "compare.html",
        legs=legs,
        typed=posted_again(typed),
        action=url_for("web.compute"),
        asking=url_for("web.compare_designs"),
        draft=True,
    )


@blueprint.post("/card")
@calculator("computes from what is posted with it and stores nothing")
def card() -> ResponseReturnValue:
    """The card for the shop of the posted values, marked as a draft."""
    typed = request.form
    fitting = _fitting(typed)
    if fitting is None:
        return pages.computed(typed)
    return render_template("card.html", card=shop_card(fitting), typed=posted_again(typed), draft=True)


def _fitting(typed: Typed) -> Fitting | None:
    # A MultiDict answers to what the schemas ask of a form; only its overloads hide that from the type check.
    asked = read(cast(Form, typed), today=date.today()).request
    return fit(asked, today=date.today()) if asked else None


__all__ = ["blueprint"]
