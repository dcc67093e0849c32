"""Keeping a size chart: typed in on a page, or from a file; nothing of it is kept before all of it is sound."""

from dataclasses import dataclass, field
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from afofit.access import actor, member, store
from afofit.fitting.chart_check import Document
from afofit.fitting.chart_file import BrokenFile, csv_documents, documents_built_in, toml_document
from afofit.store import charts
from afofit.store.charts import Saved
from afofit.store.database import Overtaken
from afofit.store.errors import Conflict, Missing
from afofit.web import size_chart_form
from afofit.web.kept import CONFLICT, SEE_OTHER, UNPROCESSABLE, blueprint
from afofit.web.size_chart_form import SizeChartForm
from afofit.words import charts as words
from afofit.words.tongue import N_, _, ngettext

TEXT = "txt"
"""How the name of a file may end that does not say its kind."""
KINDS = {"toml": N_("TOML: one chart"), "csv": N_("CSV: one row for each size, one chart or several")}
KEPT_ELSEWHERE = N_("Somebody else kept this chart just now. Look at it, and try again.")
BLANK: Document = {"recheck": True}


@blueprint.get("/charts/new")
@member("orthotist", "administrator")
def new_size_chart() -> ResponseReturnValue:
    """The form of a chart; ``from`` names one to start from, an own one or one of the program."""
    start = request.args.get("from")
    return _form(SizeChartForm(_started_from(start) if start else BLANK))


def _started_from(start: str) -> Document:
    if start in documents_built_in():
        return documents_built_in()[start]
    try:
        chart_id = UUID(start)
    except ValueError:
        raise Missing("chart") from None
    with store().reading(actor()) as desk:
        return charts.find(desk, chart_id).document


@blueprint.post("/charts/new")
@member("orthotist", "administrator")
def keep_size_chart() -> ResponseReturnValue:
    """Keep what was typed as the next revision of its product, or show the form again with more rows or all faults."""
    press = request.form.get("press", "")
    form = SizeChartForm(press=press)
    if press:
        return _form(form)
    document = form.read()
    if not form.good:
        return _form(form), UNPROCESSABLE
    try:
        (saved,) = _kept([document])
    except Conflict as error:
        form.faults[""] = error.text
        return _form(form), CONFLICT
    return redirect(url_for("kept.size_chart", chart_id=saved.id), SEE_OTHER)


def _form(form: SizeChartForm) -> str:
    return render_template(
        "size_chart_new.html", form=form, about=size_chart_form, rows=range(form.rows), parts=range(form.parts)
    )


def _kept(documents: list[Document]) -> list[Saved]:
    """Keep sound charts and say what came of it. Raises Conflict."""
    try:
        with store().writing(actor()) as desk:
            saved = charts.save(desk, documents)
    except Overtaken:
        raise Conflict("changed_elsewhere", _(KEPT_ELSEWHERE)) from None
    for one in saved:
        if one.new:
            said = _("Revision {number} of “{name}” is kept and in use.")
        else:
            said = _("“{name}” is in use like this already, as revision {number}: nothing was changed.")
        flash(said.format(number=one.number, name=one.name))
    return saved


@dataclass(slots=True)
class Upload:
    """What was sent as a file or pasted, so that it can be corrected in its place, and what is wrong with it."""

    text: str = ""
    kind: str = ""
    faults: list[str] = field(default_factory=list)
    name: str = ""


@blueprint.get("/charts/upload")
@member("orthotist", "administrator")
def upload_size_charts() -> ResponseReturnValue:
    """The form that takes a file."""
    return _upload_form(Upload())


@blueprint.post("/charts/upload")
@member("orthotist", "administrator")
def keep_size_charts() -> ResponseReturnValue:
    """Keep the charts of a file, all of them or none, or show its text with everything that is wrong with it."""
    sent = _sent()
    documents = [] if sent.faults else _read(sent)
    if sent.faults:
        return _upload_form(sent), UNPROCESSABLE
    try:
        saved = _kept(documents)
    except Conflict as error:
        sent.faults.append(error.text)
        return _upload_form(sent), CONFLICT
    if len(saved) == 1:
        return redirect(url_for("kept.size_chart", chart_id=saved[0].id), SEE_OTHER)
    return redirect(url_for("kept.size_charts"), SEE_OTHER)


def _sent() -> Upload:
    """The file, or else what was pasted; its kind by the name of the file, or else as it was said."""
    kind = request.form.get("kind", "")
    file = request.files.get("file")
    if not file or not file.filename:
        sent = Upload(request.form.get("text", ""), kind)
    else:
        ending = file.filename.rpartition(".")[2].lower()
        sent = Upload(kind=ending if ending in KINDS else kind, name=file.filename)
        if ending not in {*KINDS, TEXT}:
            said = _("{name} is no file of charts: its name ends in .toml, .csv or .txt.")
            sent.faults.append(said.format(name=sent.name))
            return sent
        try:
            sent.text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            said = _("{name} is not UTF-8: byte {place} cannot be read. Save it as UTF-8 and send it again.")
            sent.faults.append(said.format(name=sent.name, place=error.start + 1))
            return sent
    if not sent.text.strip():
        sent.faults.append(_("Choose a file, or paste its text."))
    elif sent.kind not in KINDS:
        sent.faults.append(_("Say whether it is TOML or CSV: the name does not end in .toml or .csv."))
    return sent


def _read(sent: Upload) -> list[Document]:
    try:
        return [toml_document(sent.text)] if sent.kind == "toml" else list(csv_documents(sent.text))
    except BrokenFile as broken:
        sent.faults += [words.fault(one) for one in broken.faults]
        return []


def _upload_form(sent: Upload) -> str:
    heading = ngettext("There is %(num)s problem", "There are %(num)s problems", len(sent.faults))
    return render_template(
        "size_chart_upload.html",
        sent=sent,
        kinds={kind: _(said) for kind, said in KINDS.items()},
        heading=heading % {"num": len(sent.faults)},
        lines=min(max(sent.text.count("\n") + 2, 8), 40),
    )


__all__ = ["blueprint"]
