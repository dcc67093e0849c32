"""A kept fitting as an unsolicited result, ORU^R01 of HL7 2.5.1."""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from afofit.fitting.result import Fitting, LimbFitting
from afofit.hl7.observed import LETTERS, OWN, Observation, of_leg, of_person
from afofit.hl7.segments import COMPONENT, SUBCOMPONENT, Fields, components, moment, segment, text
from afofit.words import sides
from afofit.words.note import FROM_THE_HEEL, STOPPED, Standing
from afofit.words.sheet import DRAFT, GRADES, STARTING_SPECIFICATION
from afofit.words.tongue import DEFAULT, speaking

APPLICATION = "AFOFIT"
CONTROL_ID = 20
"""Most characters of a control id (MSH-10)."""
LONGEST_NAME = 20
"""Most characters of the name of a clinic (HD-1), as it is written; a longer one is left out, never cut."""
SEXES = {"female": "F", "male": "M", "unspecified": "U"}
DISPLAYED, NAMELESS = "D", "S"
"""Kinds of a name (HL7 table 0200): as it is shown, and none given."""
FINAL, PRELIMINARY = "F", "P"
"""Statuses of a result (HL7 tables 0085 and 0123): what was approved is final."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the record tells beside the fitting: whose it is, of which clinic, how it stands, and its sheet as a PDF."""

    standing: Standing
    created_at: datetime
    patient_id: UUID
    reference: str | None
    name: str | None
    birth_date: date | None
    clinic_id: UUID
    clinic_name: str
    sheet: bytes

    @property
    def status(self) -> str:
        """Final where it was approved, else preliminary."""
        return FINAL if self.standing.approved_by else PRELIMINARY

    @property
    def last_at(self) -> datetime:
        """When anything of it was last decided."""
        return self.standing.approved_at or self.created_at


def oru(fitting: Fitting, told: Told) -> str:
    """The message in English, the same for the same record; every segment ends with a carriage return."""
    with speaking(DEFAULT):
        body = "".join(_body(fitting, told))
    # The control id tells one content from another, so that what is sent twice is known to be the same.
    return _head(told, hashlib.sha256(body.encode()).hexdigest()[:CONTROL_ID].upper()) + body


def _head(told: Told, control_id: str) -> str:
    return segment(
        "MSH",
        {
            3: APPLICATION,
            4: _clinic(told, COMPONENT),
            7: moment(told.last_at),
            9: components("ORU", "R01", "ORU_R01"),
            10: control_id,
            11: "P",
            12: "2.5.1",
            18: "UNICODE UTF-8",
        },
    )


def _clinic(told: Told, sign: str) -> str:
    """The clinic as an HD: its name where the standard has room for it, and its id in any case."""
    name = text(told.clinic_name)
    return sign.join((name if len(name) <= LONGEST_NAME else "", str(told.clinic_id), "UUID"))


def _body(fitting: Fitting, told: Told) -> Iterator[str]:
    yield _person(fitting, told)
    sheet = Observation(
        kind="ED",
        what=components("SHEET", "Fitting sheet", OWN),
        value=f"{APPLICATION}^AP^PDF^Base64^{base64.b64encode(told.sheet).decode()}",
    )
    limbs = list(fitting.limbs.values())
    orders = {(one.limb.order.order_number, one.limb.order.practitioner) for one in limbs}
    ordered = orders.pop() if len(orders) == 1 else (None, None)
    whole = {4: components("AFO", "Fit of an ankle-foot orthosis", OWN), 7: moment(fitting.computed_on)}
    yield _request(told, 1, "", whole, ordered)
    yield from _notes(_remarks(fitting, told))
    yield from _observations([*of_person(fitting), sheet], told)
    for place, limb in enumerate(limbs, 2):
        yield from _leg(place, limb, fitting, told)


def _person(fitting: Fitting, told: Told) -> str:
    """The patient by the clinic's reference, or by our id where there is none; a name as it is shown, never split."""
    named = components(told.name, "", "", "", "", "", DISPLAYED) if told.name else components(*[""] * 6, NAMELESS)
    known_as, by = (told.reference, _clinic(told, SUBCOMPONENT)) if told.reference else (told.patient_id, APPLICATION)
    return segment(
        "PID",
        {
            1: "1",
            3: f"{text(str(known_as))}^^^{by}^PI",
            5: named,
            7: moment(told.birth_date),
            8: SEXES[fitting.request.patient.sex],
        },
    )


def _request(told: Told, place: int, part: str, said: Fields, ordered: tuple[str | None, str | None]) -> str:
    number, practitioner = ordered
    approver = told.standing.approved_by
    return segment(
        "OBR",
        {
            1: str(place),
            2: text(number or ""),
            3: components(f"{told.standing.record}{part}", APPLICATION),
            16: components("", practitioner) if practitioner else "",
            22: moment(told.last_at),
            25: told.status,
            32: f"&{text(approver)}" if approver else "",
        }
        | dict(said),
    )


def _leg(place: int, fitted: LimbFitting, fitting: Fitting, told: Told) -> Iterator[str]:
    limb = fitted.limb
    letter, words = LETTERS[limb.side], sides.inside(limb.side)
    said = {
        4: components(f"AFO_{letter}", f"Ankle-foot orthosis, {words}", OWN),
        7: moment(limb.measured_at or fitting.computed_on),
    }
    yield _request(told, place, f"-{letter}", said, (limb.order.order_number, limb.order.practitioner))
    remarks = [FROM_THE_HEEL] if fitted.dimensions else []
    remarks += [STOPPED] if limb.braced and fitted.design.code is None else []
    yield from _notes(remarks)
    yield from _observations(of_leg(fitted, fitting), told)


def _remarks(fitting: Fitting, told: Told) -> Iterator[str]:
    """What must be read with every number."""
    if told.status == PRELIMINARY:
        yield DRAFT
    yield STARTING_SPECIFICATION
    yield (
        f"afofit {fitting.engine_version}, protocol “{fitting.protocol_name}”, version {fitting.protocol_version}; "
        f"record {told.standing.record}, revision {told.standing.revision}."
    )
    used = {value.source.grade for limb in fitting.limbs.values() for value in limb.dimensions.values()}
    for grade, meaning in GRADES.items():
        if grade in used:
            yield f"Evidence {grade}: {meaning}."


def _notes(remarks: Iterable[str]) -> Iterator[str]:
    for place, remark in enumerate(remarks, 1):
        yield segment("NTE", {1: str(place), 2: "L", 3: text(remark)})


def _observations(found: Iterable[Observation], told: Told) -> Iterator[str]:
    for place, one in enumerate(found, 1):
        yield segment(
            "OBX",
            {
                1: str(place),
                2: one.kind,
                3: one.what,
                4: one.sub,
                5: one.value,
                6: one.unit,
                11: told.status,
                14: moment(one.at),
            },
        )
        yield from _notes(one.notes)
