"""FHIR R4 (4.0.1) as plain dicts: what an EMR sends is read, what it gets is written. Pure; no FHIR library."""
