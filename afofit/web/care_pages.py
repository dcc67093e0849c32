"""What an administrator does for a patient who asks: a copy of everything that is kept, or its end."""

from uuid import UUID

import orjson
from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.schemas.problems import Problem, Refused
from afofit.store import care, patients
from afofit.store.audit import append
from afofit.web.kept import SEE_OTHER, blueprint
from afofit.words.tongue import N_, _

CONFIRM = N_("erase")


@blueprint.post("/patients/<uuid:patient_id>/export")
@member("administrator")
def export(patient_id: UUID) -> ResponseReturnValue:
    """Everything that is kept about one patient, as a JSON file whose name names nobody."""
    with store().writing(actor()) as desk:
        content = care.export(desk, patient_id)
        append(desk, "patient exported", "patient", patient_id)
    answer = make_response(orjson.dumps(content, option=orjson.OPT_INDENT_2))
    answer.mimetype = "application/json"
    answer.headers["Content-Disposition"] = f'attachment; filename="afofit-export-{patient_id}.json"'
    return answer


@blueprint.get("/patients/<uuid:patient_id>/erase")
@member("administrator")
def asked_to_erase(patient_id: UUID) -> ResponseReturnValue:
    """What would go and what would stay, before anything does."""
    with store().reading(actor()) as desk:
        patient = patients.find(desk, patient_id)
    return render_template("erase.html", patient=patient, confirm=_(CONFIRM))


@blueprint.post("/patients/<uuid:patient_id>/erase")
@member("administrator")
def erase(patient_id: UUID) -> ResponseReturnValue:
    """Erase a patient for good, once the word was typed."""
    with store().writing(actor()) as desk:
        patients.find(desk, patient_id)
        word = _(CONFIRM)
        if request.form.get("confirm", "").strip().lower() not in (CONFIRM, word):
            said = _("Type the word “{word}” to erase this patient for good.").format(word=word)
            raise Refused((Problem(("confirm",), said),))
        care.erase(desk, patient_id)
    return redirect(url_for("kept.people"), SEE_OTHER)


__all__ = ["blueprint"]
