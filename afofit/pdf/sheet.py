"""The fitting sheet for orthotist and technician: everything that is needed to make, check and sign a brace."""

from datetime import datetime

from afofit.fitting.drawing import drawable
from afofit.fitting.result import Fitting
from afofit.fitting.values import SIDES
from afofit.pdf.layout import Paper, Sheet
from afofit.pdf.record import content_hash
from afofit.pdf.sheet_brace import alignment, brace_drawing, dimension_table
from afofit.pdf.sheet_changes import changes_block
from afofit.pdf.sheet_delivery import delivery_checks
from afofit.pdf.sheet_findings import findings_block
from afofit.pdf.sheet_head import FOOT, HEAD, Identity, furniture, identity, state_more
from afofit.pdf.sheet_person import brace_summary, clinical_picture, measurement_table
from afofit.pdf.sheet_shoe import shoe_block
from afofit.pdf.sheet_sign import signatures
from afofit.pdf.sheet_stock import stock_block
from afofit.pdf.sheet_working import limits, working_pages


def fitting_sheet(
    fitting: Fitting,
    *,
    paper: Paper,
    approved_by: str | None = None,
    approved_at: datetime | None = None,
    link: str | None = None,
) -> bytes:
    """The fitting sheet of one fitting as a PDF, equal bytes for equal input.

    ``approved_by`` names the orthotist; without it every page says that this is a draft. ``link`` is
    the address of the stored record for the QR code; a preview carries versions and a content hash.
    """
    mark = content_hash(fitting)
    who = identity(fitting, approved_by=approved_by, approved_at=approved_at, link=link, mark=mark)
    sheet = Sheet(
        paper=paper,
        title=_title(who),
        created=fitting.computed_on,
        head=HEAD + state_more(who),
        foot=FOOT,
        furniture=furniture(who),
    )
    findings_block(sheet, fitting)
    brace_summary(sheet, fitting)
    measurement_table(sheet, fitting)
    clinical_picture(sheet, fitting)
    for side in SIDES:
        limb = fitting.limbs.get(side)
        if limb is not None and limb.dimensions:
            with sheet.about(side, fresh=len(fitting.limbs) > 1):
                dimension_table(sheet, limb)
                alignment(sheet, limb)
                changes_block(sheet, limb)
                if drawable(limb):
                    brace_drawing(sheet, limb)
    if len(fitting.limbs) > 1:
        sheet.new_page()
    shoe_block(sheet, fitting)
    stock_block(sheet, fitting)
    delivery_checks(sheet, fitting)
    signatures(sheet, fitting, approved_by=approved_by)
    working_pages(sheet, fitting)
    limits(sheet)
    return sheet.finish()


def _title(who: Identity) -> str:
    return f"Fitting sheet, {who.name}, {who.side_words}"
