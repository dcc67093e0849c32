"""Settings from the environment, each with its line of documentation."""

import os
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can set. Names in the environment: AFOFIT_ and the field in capitals."""

    data: str = "var"
    """Folder in which the service keeps what it stores."""
    body_limit_bytes: int = 1_000_000
    """Largest request body that is read."""

    @property
    def data_folder(self) -> Path:
        """The data folder as a path."""
        return Path(self.data)


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """The settings of this process; what is not set keeps its default."""
    environment = dict(os.environ) if environment is None else environment
    given = {}
    for field in fields(Settings):
        text = environment.get(f"AFOFIT_{field.name.upper()}")
        if text:
            given[field.name] = int(text) if field.type in (int, "int") else text
    return Settings(**given)  # type: ignore[arg-type]
