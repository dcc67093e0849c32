"""What is wrong with a FHIR resource that was sent, in words: what came, what is allowed, what to do.

Answers to other systems are English, as those of REST; what is wrong with a value itself is said by ``problems``.
"""

from collections.abc import Mapping
from typing import Any

SENTENCES: Mapping[str, str] = {
    "not_a_resource": "{received} came, and it is not {allowed}. Send one of them.",
    "unknown_part": "{where}: {received} is no part of it. Leave it out, or check its name.",
    "unknown_element": "{where}: {received} is no element of {allowed} that is read here. Leave it out.",
    "not_a_list": "{where}: {received} is not a list of {allowed}. Send a list.",
    "not_an_object": "{where}: {received} is not {allowed}. Send one.",
    "too_deep": "{received} lies deeper than anything that is read ({allowed}). Leave it out.",
    "no_name": "{where}: {received} is not a name. Name the part.",
    "no_value": "{where}: no value came, and {allowed} is needed. Send it, or leave the whole out.",
    "several_values": "{where}: {received} came together, and only one value is read. Send one.",
    "wrong_type": "{where}: {received} came, and {allowed} is read here. Send it so.",
    "wrong_json": "{where}: {kind} holds {received}. Send {allowed}.",
    "parts_in_value": "{where}: {received} came, and a value is read here ({allowed}). Send it.",
    "value_in_group": "{where}: it holds {received}, and it is a group of parts. Send parts.",
    "twice": "{where}: it came {received} times, and at most {allowed} counts. Send what counts.",
    "not_one_of": "{where}: {received} is not read. Send {allowed}.",
    "not_a_side": "Leg: {received} is no side. Send {allowed}; of two legs, a limb for each.",
    "side_missing": "Leg: no side came, and none is assumed. Send side as left or right.",
    "quantity_no_value": "{where}: {received} is not a number. Send value as a number.",
    "quantity_no_unit": "{where}: {received} came without a UCUM unit, and none is assumed. Send system "
    "http://unitsofmeasure.org and code {allowed}.",
    "quantity_system": "{where}: the unit is of the system {received}, and only UCUM is read. Send system "
    "http://unitsofmeasure.org.",
    "quantity_code": "{where}: {received} is not a unit that is read here. Send one of {allowed}.",
    "quantity_contradicts": "{where}: unit says {received} and code says {allowed}. Make both the same.",
    "quantity_comparator": "{where}: {received} is not one number. Send what was measured.",
    "foreign_code": "{where}: {received} has no code of the system {allowed}. Send one.",
    "not_alone": "{where}: {received} came together, and {allowed} stands alone. Send it alone, or leave it out.",
    "not_a_reference": "{where}: {received} is not a reference to a patient. Send {allowed}.",
    "not_a_time": "{where}: {received} is not a date or time of FHIR. Write it as {allowed}.",
    "status": "{where}: the status is {received}, and only {allowed} is used. Send what holds.",
    "bundle_type": "The Bundle is of type {received}, and only {allowed} is read. Send one of them.",
    "not_observed": "{received} is not read in a Bundle; {allowed} are. Leave it out.",
    "unknown_observation": "An Observation coded {received} is not read. Leave it out, or code it with {allowed}.",
    "unknown_condition": "A Condition coded {received} is not read. Leave it out, or code it with {allowed}.",
    "side_needed": "{where}: no body site came, and no side is assumed. Send one that says {allowed}.",
    "two_meanings": "{where}: its codes mean {received} at once. Send codes of one meaning.",
    "no_side": "{where}: the body site {received} does not say a side. Send one of {allowed}.",
    "side_of_body": "{where}: its body site says {received}, and it is not of one leg. Leave the body site out.",
    "two_sides": "{where}: its body site says {received} at once. Send {allowed}.",
    "other_patient": "{where}: it is about {received}, and the rest about {allowed}. Send one patient at a time.",
    "two_patients": "{received} patients came in one Bundle, and one fitting is of one patient. Send one.",
    "part_of_date": "Date of birth: {received} is not a whole date. Send a whole one, or the age as age_years.",
    "not_this_questionnaire": "The response is to {received}, and only {allowed} is read. Answer that one.",
    "no_patient": "No patient is named, and a transaction writes into a chart. Send patient.reference as a "
    "reference, such as Patient/123.",
    "query": "{received} is not read in the address. Leave it out, or send {allowed}.",
    "sent_as": "{message} (It came as {received}.)",
}


def sentence(code: str, **facts: Any) -> str:
    """The whole sentence for a code of a problem."""
    return SENTENCES[code].format(**facts)
