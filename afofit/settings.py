"""Settings from the environment, each with its line of documentation."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

UNPREFIXED = {"database_url": "DATABASE_URL"}
"""Settings whose name in the environment is one that every platform knows."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can set. Names in the environment: AFOFIT_ and the field in capitals."""

    data: str = "var"
    """Folder in which the service keeps what it stores: the database, and the keys where none are set."""
    database_url: str = ""
    """PostgreSQL, as ``postgresql://user:password@host/name``; not set: SQLite in the data folder."""
    secret_key: str = ""
    """Long random text that signs cookies; not set: made once and kept in the data folder."""
    encryption_keys: str = ""
    """Fernet keys, commas between them, that encrypt records; the first writes, all read. Not set: one is made once."""
    public_url: str = ""
    """Address at which patients reach the service, for links and QR codes; with https, cookies go over it only."""
    proxies: int = 0
    """How many proxies stand before the service and say in X-Forwarded-For who called."""
    calculator: bool = True
    """Whether anyone may compute a fitting without an account; nothing of it is stored."""
    setup_code: str = ""
    """Text asked for when the clinic is made on the first visit; not set: whoever comes first makes it."""
    idle_minutes: int = 30
    """After how long without use a sign-in ends."""
    longest_hours: int = 12
    """After how long a sign-in ends in any case."""
    patient_minutes: int = 30
    """How long a patient's sheet stays open after the date of birth was given."""
    body_limit_bytes: int = 1_000_000
    """Largest request body that is read."""
    snomed: bool = True
    """Whether body sites in FHIR carry SNOMED CT codes, whose use needs a licence in some countries."""
    document_type: str = "11506-3"
    """LOINC code under which documents are filed by FHIR; 11506-3 is a progress note."""
    key_rate: str = "60000/minute"
    """How fast a key may call REST, in each process, such as ``100/second``; ``off``: no limit."""
    address_rate: str = "60000/minute"
    """How fast an address may call REST without a key, in each process; ``off``: no limit."""
    batch_limit_bytes: int = 20_000_000
    """Largest body of a batch that is read."""
    batch_rows: int = 10_000
    """The most requests of one batch."""
    batch_days: int = 30
    """After how many days what is kept of a batch that ended is deleted; its fittings stay."""
    batch_work: bool = True
    """Whether the processes of the service work on batches; no: only ``flask batches work`` does."""

    @property
    def data_folder(self) -> Path:
        """The data folder as a path."""
        return Path(self.data)

    @property
    def database(self) -> str:
        """The address of the database as SQLAlchemy writes it."""
        if not self.database_url:
            return f"sqlite:///{self.data_folder.absolute() / 'afofit.db'}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """The settings of this process; what is not set keeps its default."""
    environment = dict(os.environ) if environment is None else environment
    given: dict[str, object] = {}
    for field in fields(Settings):
        text = environment.get(variable(field.name))
        if text:
            given[field.name] = _read(str(field.type), text)
    return Settings(**given)  # type: ignore[arg-type]


def variable(name: str) -> str:
    """The name of a setting in the environment."""
    return UNPREFIXED.get(name, f"AFOFIT_{name.upper()}")


def _read(kind: str, text: str) -> object:
    if "bool" in kind:
        return text.strip().lower() in ("1", "true", "yes", "on")
    return int(text) if "int" in kind else text
