"""The summary of a fitting for the note of a chart, as an answer: plain text or RTF."""

from typing import Literal

from flask import Response

from afofit.api.negotiation import RTF, TEXT
from afofit.fitting.result import Fitting
from afofit.summary import as_rtf, as_text
from afofit.words.note import Standing

Ending = Literal["txt", "rtf"]
FORMS: dict[Ending, str] = {"txt": TEXT, "rtf": RTF}
"""The form behind each ending of an address."""


def summary(fitting: Fitting, form: str, standing: Standing | None = None) -> Response:
    """The summary in a form other than JSON, named without a word of the patient."""
    plain = form == TEXT
    content = as_text(fitting, standing).encode() if plain else as_rtf(fitting, standing)
    response = Response(content, content_type=f"{TEXT}; charset=utf-8" if plain else form)
    response.headers["Content-Disposition"] = f'inline; filename="afofit-summary.{"txt" if plain else "rtf"}"'
    return response
