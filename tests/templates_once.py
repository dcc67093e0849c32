"""Templates are compiled once in a test run: each of hundreds of services would compile them anew."""

from typing import Any

from flask import Flask
from flask.templating import Environment
from jinja2.bccache import Bucket, BytecodeCache


class Memory(BytecodeCache):
    """What was compiled, by template; Jinja itself looks whether the source is still the same."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


MEMORY = Memory()


class Remembering(Environment):
    """The environment of Flask, which remembers."""

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)  # type: ignore[no-untyped-call]
        self.bytecode_cache = MEMORY


def install() -> None:
    """Make every service of this process remember."""
    Flask.jinja_environment = Remembering
