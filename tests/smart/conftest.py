"""The clinics and browsers of the records' tests, for what is exchanged with other systems."""

from tests.records.conftest import app, asked, clinic, found_clinic, other_clinic, store

__all__ = ["app", "asked", "clinic", "found_clinic", "other_clinic", "store"]
