"""A fitting that is kept, as a message of HL7 v2 for systems that take results that way."""

from afofit import records
from afofit.hl7.message import Told, oru
from afofit.records import Record
from afofit.schemas.printing import Printing
from afofit.store import clinics, patients
from afofit.store.database import Desk

MEDIA_TYPE = "application/hl7-v2; charset=utf-8"
"""What HL7 over HTTP calls messages in the notation with bars."""


def result(desk: Desk, record: Record, printing: Printing) -> bytes:
    """The fitting as ORU^R01 with its sheet in it. Raises Conflict of one that was withdrawn.

    Who the patient is comes from the patient's page: a message must find its chart after a reference was corrected.
    """
    sheet = records.printed(desk, record, "sheet", printing)
    stored, clinic = record.stored, clinics.clinic(desk)
    identity = patients.find(desk, stored.patient_id).identity
    told = Told(
        standing=records.standing(record),
        created_at=stored.created_at,
        patient_id=stored.patient_id,
        reference=identity.reference,
        name=identity.name,
        birth_date=identity.birth_date,
        clinic_id=clinic.id,
        clinic_name=clinic.name,
        sheet=sheet,
    )
    return oru(record.fitting, told).encode()
