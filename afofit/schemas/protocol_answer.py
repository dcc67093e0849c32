"""A protocol as the answer of the service: every number with its case, unit, bounds, source and grade."""

import dataclasses
from typing import Any

from afofit.fitting.parameter import Parameter
from afofit.fitting.protocol import Protocol
from afofit.words.protocol import case_words, label, unit

Json = dict[str, Any]


def write(protocol: Protocol) -> Json:
    """Every number of a protocol, in the order of its rules, and the wear plans that no clinic changes."""
    return {
        "name": protocol.name,
        "version": protocol.version,
        "numbers": [_number(parameter, case, key) for key, (parameter, case) in protocol.numbers.items()],
        "wear_plans": {
            name: [_step(dataclasses.asdict(step)) for step in steps] for name, steps in protocol.wear_plans.items()
        },
    }


def _number(parameter: Parameter, case: str, key: str) -> Json:
    source = parameter.source_of(case)
    return {
        "key": key,
        "name": parameter.name,
        "case": case,
        "label": label(parameter),
        "case_label": case_words(parameter, case),
        "unit": unit(parameter),
        "value": parameter.values[case],
        "default": parameter.default(case),
        "bounds": list(parameter.bounds[case]),
        "allowed": list(parameter.allowed),
        "whole": parameter.whole,
        "rule": parameter.clause,
        "evidence": {"grade": source.grade, "basis": source.basis, "source": source.text},
    }


def _step(step: Json) -> Json:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in step.items()}
