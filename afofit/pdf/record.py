"""A short mark of the content of a fitting: equal marks mean equal measurements, rules and results."""

from datetime import UTC
from hashlib import sha256

from afofit.fitting.result import Fitting, LimbFitting


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
                *_chosen(limb),
            )
            for side, limb in fitting.limbs.items()
        ],
    )
    return sha256(repr(content).encode()).hexdigest()[:16]


def _chosen(limb: LimbFitting) -> list[tuple[object, ...]]:
    """What was chosen instead of computed; empty without, so that such a mark stays the same for good."""
    chosen = ((name, one.computed.magnitude, one.override) for name, one in limb.overridden.items())
    return [
        (name, computed, override.chosen, override.reason, override.by, override.at.astimezone(UTC).isoformat())
        for name, computed, override in chosen
    ]


def grouped(mark: str) -> str:
    """The mark in groups of four, easier to compare by eye."""
    return " ".join(mark[place : place + 4] for place in range(0, len(mark), 4))
