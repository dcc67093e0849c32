"""The template at true size: what is cut out for the footplate and the calf strap of each braced leg."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from afofit.fitting.dimensions import BY_NAME
from afofit.fitting.measurements import BY_NAME as MEASUREMENT_BY_NAME
from afofit.fitting.result import Fitting, LimbFitting
from afofit.fitting.values import SIDES, Side, Value
from afofit.pdf.layout import MARGIN, Paper, Sheet
from afofit.pdf.record import content_hash
from afofit.pdf.sheet_head import Identity, identity
from afofit.pdf.template_page import (
    BAND_MM,
    BAND_REACH_MM,
    BORDER_MM,
    COLUMN_MM,
    GAP_MM,
    MM,
    Frame,
    Part,
    Row,
    margin_column,
    page_number,
)
from afofit.pdf.template_pieces import Cut, Window, plate_piece, strip_piece
from afofit.pdf.template_shapes import Plate, Tile, box_of_plate, plate_of, tiles
from afofit.words import changes, choices, numbers

STRIP_GAP_MM = 9.0
"""Room (mm) between the strips of one strap."""
CLEAR_MM = 2.0
"""Room (mm) kept between a heel and the ruler beside it."""
PLATE_ROWS = (
    "footplate_length_medial_mm",
    "footplate_length_lateral_mm",
    "footplate_width_mm",
    "heel_seat_width_mm",
)
STRAP_ROWS = ("calf_strap_length_mm", "calf_strap_width_mm", "calf_opening_mm", "calf_strap_height_mm")
INTERPOLATED = (
    "Lengths and widths are computed; the curve between them is not: hold it against the tracing or the model "
    "before cutting. Cut on the middle of the line, round the corners."
)
JOINING = "Lay the crosses of neighbouring pages on each other (overlap 20 mm), tape them, check the length, then cut."
STRAP_NOTE = "The calf strap at its finished length and width, overlap for the closure included."
INSTEP_NOTE = "The length of the instep strap is taken on the model; it is not computed."


class NothingToCut(ValueError):
    """No leg has a brace whose outline could be drawn: a finding stops it, or no design was chosen."""


def template(
    fitting: Fitting, *, paper: Paper, approved_by: str | None = None, approved_at: datetime | None = None
) -> bytes:
    """The template at true size as a PDF, equal bytes for equal input.

    ``approved_by`` names the orthotist; without it every page and every piece says that this is a
    draft. Raises NothingToCut when no limb has a brace.
    """
    limbs = [limb for side in SIDES if (limb := fitting.limbs.get(side)) is not None and _cuttable(limb)]
    if not limbs:
        raise NothingToCut("no leg has a brace with a footplate or a strap to cut")
    mark = content_hash(fitting)
    who = identity(fitting, approved_by=approved_by, approved_at=approved_at, link=None, mark=mark)
    who = replace(who, sides=tuple(limb.limb.side for limb in limbs))
    border = BORDER_MM * MM
    sheet = Sheet(
        paper=paper,
        title=f"Cutting template 1 : 1, {who.name}, {who.side_words}",
        created=fitting.computed_on,
        head=border - MARGIN,
        foot=border - MARGIN,
        furniture=_furniture,
    )
    pages = [page for limb in limbs for page in _pages(sheet, limb, who)]
    for place, (side, paint) in enumerate(pages):
        if place:
            sheet.new_page()
        sheet.pages[-1].sides = (side,)
        paint()
    return sheet.finish()


def _cuttable(limb: LimbFitting) -> bool:
    return limb.design.code is not None and (plate_of(limb) is not None or _strap_of(limb) is not None)


def _furniture(sheet: Sheet, page: int, pages: int) -> None:
    with sheet.on_page(page):
        page_number(sheet, sheet.pages[page].sides[0], page, pages)


Painter = tuple[Side, Callable[[], None]]


def _pages(sheet: Sheet, limb: LimbFitting, who: Identity) -> list[Painter]:
    """The pages of one leg, each ready to be painted: footplate, then strap."""
    side = limb.limb.side
    frame = Frame.of(sheet, side)
    here = replace(who, sides=(side,))
    plate, strap = plate_of(limb), _strap_of(limb)
    pages: list[Painter] = []
    if plate is not None:
        box = box_of_plate(plate, right=side == "right")
        height, lift = _room(plate, frame)
        for tile in tiles(box, frame.width_mm, height):
            pages.append((side, partial(_plate_page, sheet, limb, plate, tile, lift, here)))
    if strap is not None:
        length, width = strap
        height = frame.height_mm - BAND_MM
        strips = tiles((0.0, 0.0, width, length), frame.width_mm, height)
        each = max(1, int((frame.width_mm + STRIP_GAP_MM) // (width + STRIP_GAP_MM)))
        for first in range(0, len(strips), each):
            pages.append((side, partial(_strap_page, sheet, limb, strips[first : first + each], here)))
    return pages


def _room(plate: Plate, frame: Frame) -> tuple[float, float]:
    """Height (mm) of a tile, and how far (mm) above the border it starts.

    A plate as long as the paper stands beside the level ruler where its heel leaves room; any other
    stays above the ruler.
    """
    above = frame.height_mm - BAND_MM
    if above < plate.length <= frame.height_mm and plate.width <= frame.width_mm:
        rise = min(BAND_MM / plate.heel_station, 1.0)
        heel = plate.heel_width / 2 * math.sqrt(1 - (1 - rise) ** 2)
        if plate.inner_edge + heel + CLEAR_MM <= frame.width_mm + GAP_MM + COLUMN_MM - BAND_REACH_MM:
            return frame.height_mm, 0.0
    return above, BAND_MM


def _strap_of(limb: LimbFitting) -> tuple[float, float] | None:
    """Length and width (mm) of the calf strap."""
    length, width = (limb.dimensions.get(name) for name in STRAP_ROWS[:2])
    return (length.magnitude, width.magnitude) if length and width else None


def _plate_page(sheet: Sheet, limb: LimbFitting, plate: Plate, tile: Tile, lift: float, who: Identity) -> None:
    side = limb.limb.side
    frame = Frame.of(sheet, side)
    measured = ["ball_length_mm", "lateral_ball_length_mm"] if plate.length > plate.inner_ball else []
    measured += [] if "heel_seat_width_mm" in limb.dimensions else ["heel_width_mm"]
    rows = [*_rows(limb, PLATE_ROWS), *_measured_rows(limb, measured)]
    margin_column(
        sheet,
        who,
        Part(
            side=side,
            title=f"{side.upper()} footplate, seen from above",
            place=_place(tile),
            joining=JOINING if tile.rows * tile.columns > 1 else "",
            rows=tuple(rows),
            notes=(INTERPOLATED, *_changed(limb, PLATE_ROWS)),
        ),
        frame,
    )
    wide = tile.box[2] - tile.box[0]
    inner = CLEAR_MM / 2 if lift == 0 else (frame.width_mm - wide) / 2
    start = inner if side == "right" else frame.width_mm - wide - inner
    window = Window(tile, frame.field_left + start * MM, frame.bottom + lift * MM)
    words = f"{choices.label('footplate', limb.design.footplate)} footplate, seen from above"
    alt = (
        f"Outline of the {side.upper()} footplate at true size, seen from above, heel below and toes above, "
        f"inner side on the {'left' if side == 'right' else 'right'}"
    )
    element = sheet.element("Figure", alt=f"{alt}. {_place(tile)}".strip(), attributes=window.bounds)
    sheet.marked(element, *plate_piece(sheet, plate, Cut(side, words, who), window))


def _strap_page(sheet: Sheet, limb: LimbFitting, strips: Sequence[Tile], who: Identity) -> None:
    """The strips of the calf strap side by side."""
    side = limb.limb.side
    frame = Frame.of(sheet, side)
    cut_up = strips[0].rows > 1
    notes = (STRAP_NOTE, *([INSTEP_NOTE] if "instep_strap_angle_deg" in limb.dimensions else []))
    margin_column(
        sheet,
        who,
        Part(
            side=side,
            title=f"{side.upper()} calf strap",
            place=f"Rows {strips[0].row} to {strips[-1].row} of {strips[0].rows}" if cut_up else "",
            joining=JOINING if cut_up else "",
            rows=tuple(_rows(limb, STRAP_ROWS)),
            notes=(*notes, *_changed(limb, STRAP_ROWS)),
        ),
        frame,
    )
    wide = strips[0].box[2] - strips[0].box[0]
    step = wide + STRIP_GAP_MM
    start = max((frame.width_mm - step * len(strips) + STRIP_GAP_MM) / 2, 0.0)
    for place, tile in enumerate(strips):
        x = frame.field_left + (start + place * step) * MM
        window = Window(tile, x, frame.bottom + BAND_MM * MM)
        what = f"Calf strap, row {tile.row} of {tile.rows}" if cut_up else "Calf strap"
        alt = f"{what} of the {side.upper()} leg at true size"
        element = sheet.element("Figure", alt=alt, attributes=window.bounds)
        sheet.marked(element, *strip_piece(sheet, Cut(side, what, who), window))


def _place(tile: Tile) -> str:
    if tile.rows * tile.columns == 1:
        return ""
    return f"Row {tile.row} of {tile.rows}, column {tile.column} of {tile.columns}"


def _rows(limb: LimbFitting, names: tuple[str, ...]) -> list[Row]:
    found = []
    for name in names:
        if (value := limb.dimensions.get(name)) is not None:
            dimension = BY_NAME[name]
            label = f"{dimension.label} (estimated)" if value.estimated else dimension.label
            found.append(_row(dimension.code, label, value))
    return found


def _changed(limb: LimbFitting, names: tuple[str, ...]) -> tuple[str, ...]:
    """The note that names what the orthotist changed among the dimensions of this page."""
    overridden = [limb.overridden[name] for name in names if name in limb.overridden]
    return (f"{changes.HEADING}: {changes.listed(overridden)}.",) if overridden else ()


def _measured_rows(limb: LimbFitting, names: list[str]) -> list[Row]:
    """Measurements that shape the outline beside the dimensions."""
    found = []
    for name in names:
        if (value := limb.measured.get(name)) is not None:
            one = MEASUREMENT_BY_NAME[name.removesuffix("_mm")]
            label = f"{one.label} (estimated)" if value.estimated else one.label
            found.append((one.letter, label, numbers.length(value.magnitude), "", ""))
    return found


def _row(code: str, label: str, value: Value) -> Row:
    tolerance = "" if value.tolerance is None else numbers.plain(value.tolerance, 1)
    return code, label, numbers.length(value.magnitude), tolerance, value.source.grade
