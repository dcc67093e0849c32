"""A short mark of the content of a fitting: equal marks mean equal measurements, rules and results."""

from hashlib import sha256

from afofit.fitting.result import Fitting


def content_hash(fitting: Fitting) -> str:
    """Sixteen hexadecimal digits over everything but who the person is."""
    patient = fitting.request.patient
    content = (
        fitting.engine_version,
        fitting.protocol_name,
        fitting.protocol_version,
        (patient.age_years, patient.weight_kg, patient.sex, patient.height_mm),
        [
            (
                side,
                sorted(limb.limb.measurements.items()),
                repr(limb.limb.clinical),
                repr(limb.limb.shoe),
                repr(limb.limb.prescription),
                limb.verdict,
                limb.design.code,
                limb.design.footplate,
                [finding.code for finding in limb.findings],
                [(name, value.magnitude) for name, value in limb.dimensions.items()],
                [(name, value.magnitude) for name, value in limb.shoe.values.items()] if limb.shoe else [],
            )
            for side, limb in fitting.limbs.items()
        ],
    )
    return sha256(repr(content).encode()).hexdigest()[:16]


def grouped(mark: str) -> str:
    """The mark in groups of four, easier to compare by eye."""
    return " ".join(mark[place : place + 4] for place in range(0, len(mark), 4))
