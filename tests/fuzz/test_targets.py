"""The targets of the fuzzer within the test run: their seeds, what was found once, and damaged seeds."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, seeds

FOUND: dict[str, list[bytes]] = {}
"""Bytes with which a parser once failed, by the name of its target."""
EACH = 120


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_damaged_seeds_are_read_or_refused(name: str) -> None:
    chance, whole = random.Random(name), seeds(name)  # noqa: S311
    assert whole
    for seed in (*whole, *FOUND.get(name, ())):
        TARGETS[name](seed)
    for _ in range(EACH):
        bytes_ = bytearray(chance.choice(whole))
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(bytes_) + 1)
            bytes_[place : place + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        TARGETS[name](bytes(bytes_))


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    TARGETS[name](data)
