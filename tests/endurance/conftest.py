"""The service and the clinic of the records' tests, for faults in process."""

from tests.records.conftest import app, asked, clinic, found_clinic, store

__all__ = ["app", "asked", "clinic", "found_clinic", "store"]
