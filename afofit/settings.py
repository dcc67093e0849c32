"""Settings from the environment, each with its line of documentation."""

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?")
"""An address of a server alone, as a frame's policy names it."""
HOST = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
"""The name of a host, or of all below one."""
UNPREFIXED = {"database_url": "DATABASE_URL"}
"""Settings whose name in the environment is one that every platform knows."""
SECRET = frozenset({"database_url", "secret_key", "encryption_keys", "setup_code", "metrics_token"})
"""Settings that may stand in a file instead, named by the same variable with _FILE: what is in the environment of a
process can be read in more places than a file that only its owner opens."""
FILE = "_FILE"
ENCRYPTED_OR_SAID = ("verify-full", "verify-ca", "require", "disable")
"""Ways of PostgreSQL to be reached that do not fall back, without a word, to a connection that anybody can read."""
HERE = ("localhost", "127.0.0.1", "::1")
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")
LOGS = ("json", "text")
LEAST_SECRET = 32
"""How long the text must be that signs cookies and from which other keys are derived."""


class SettingsRefused(ValueError):
    """Settings that cannot be used: every one of them, with what is wrong. Never the content of a secret."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an installation can set. Names in the environment: AFOFIT_ and the field in capitals."""

    data: str = "var"
    """Folder in which the service keeps what it stores: the database, and the keys where none are set."""
    database_url: str = ""
    """PostgreSQL, as ``postgresql://user:password@host/name?sslmode=verify-full``; not set: SQLite in its folder."""
    secret_key: str = ""
    """Random text of at least 32 characters that signs cookies; not set: made once and kept in the data folder."""
    encryption_keys: str = ""
    """Fernet keys, commas between, that lock records (AES-256-GCM); the first writes, all read. Unset: one is made."""
    public_url: str = ""
    """Address at which patients reach the service, for links and QR codes; with https, cookies go over it only."""
    proxies: int = 0
    """How many proxies stand before the service and say in X-Forwarded-For who called."""
    frame_ancestors: str = ""
    """Addresses of EHRs, blanks between them, in whose windows pages of launches may stand (``https://ehr.example``)."""
    partner_hosts: str = ""
    """Hosts, blanks between, that may be sent requests (``ehr.example``, ``*.ehr.example``); none: all registered."""
    calculator: bool = True
    """Whether anyone may compute a fitting without an account; nothing of it is stored."""
    setup_code: str = ""
    """Text asked for when the clinic is made on the first visit; not set: whoever comes first makes it."""
    idle_minutes: int = 30
    """After how long without use a sign-in ends."""
    longest_hours: int = 12
    """After how long a sign-in ends in any case."""
    second_factor: bool = False
    """Whether everybody who signs in with a password must have a second step; who has none sets it up on the way in."""
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
    cds_clients: str = ""
    """EHRs that may call CDS Hooks: a JSON list of ``{"iss": …, "jku": …}``, or ``jwks`` or ``jwks_file``."""
    batch_limit_bytes: int = 20_000_000
    """Largest body of a batch that is read."""
    batch_rows: int = 10_000
    """The most requests of one batch."""
    batch_days: int = 30
    """After how many days what is kept of a batch that ended is deleted; its fittings stay."""
    batch_work: bool = True
    """Whether the processes of the service work on batches; no: only ``flask batches work`` does."""
    migrate: bool = True
    """Whether the service brings the database to its version at its start; no: only ``flask database upgrade`` does."""
    metrics_token: str = ""
    """What asks for ``/metrics`` (``Authorization: Bearer …``); not set: only this machine may ask, and by no proxy."""
    log: str = "json"
    """How each request is logged: ``json``, a line for machines, or ``text``, for people."""

    def __post_init__(self) -> None:
        # What is wrong is said at the start, not at the first page.
        _ = self.ancestors, self.partners
        if self.log not in LOGS:
            raise ValueError(f"AFOFIT_LOG: {self.log!r} is none of {', '.join(LOGS)}")
        if not self._reached_as_said():
            raise ValueError(
                "DATABASE_URL: the database is on another machine: say sslmode=verify-full (and sslrootcert=FILE), or "
                "sslmode=disable where the way to it is nobody else's"
            )
        if 0 < len(self.secret_key) < LEAST_SECRET:
            raise ValueError(f"AFOFIT_SECRET_KEY: shorter than {LEAST_SECRET} characters: make it random")

    def _reached_as_said(self) -> bool:
        """Whether a database on another machine is reached by TLS, or it is said that it is not."""
        try:
            parts = urlsplit(self.database_url)
            asked = parse_qs(parts.query)
            host = asked.get("host", [parts.hostname or ""])[-1]
        except ValueError:
            # What is no address is told by the database's own driver, which knows more forms of it.
            return True
        there = bool(host) and not host.startswith("/") and host not in HERE
        return not there or asked.get("sslmode", [""])[-1] in ENCRYPTED_OR_SAID

    @property
    def data_folder(self) -> Path:
        """The data folder as a path."""
        return Path(self.data)

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Who may frame pages of launches. Raises ValueError for what is no address of a server."""
        given = tuple(self.frame_ancestors.replace(",", " ").split())
        wrong = [one for one in given if not ORIGIN.fullmatch(one)]
        if wrong:
            raise ValueError(f"AFOFIT_FRAME_ANCESTORS: {wrong[0]!r} is no address like https://ehr.example")
        return given

    @property
    def partners(self) -> tuple[str, ...]:
        """The hosts that may be sent requests. Raises ValueError for what is no name of a host."""
        given = tuple(self.partner_hosts.lower().replace(",", " ").split())
        wrong = [one for one in given if not HOST.fullmatch(one)]
        if wrong:
            raise ValueError(f"AFOFIT_PARTNER_HOSTS: {wrong[0]!r} is no host like ehr.example or *.ehr.example")
        return given

    @property
    def framed(self) -> bool:
        """Whether cookies must work in the frame of another site; browsers allow that over https only."""
        return bool(self.ancestors) and self.public_url.startswith("https")

    @property
    def database(self) -> str:
        """The address of the database as SQLAlchemy writes it."""
        if not self.database_url:
            return f"sqlite:///{self.data_folder.absolute() / 'afofit.db'}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url


def from_environment(environment: dict[str, str] | None = None) -> Settings:
    """The settings of this process; what is not set keeps its default. Raises SettingsRefused with every fault."""
    environment = dict(os.environ) if environment is None else environment
    given: dict[str, object] = {}
    wrong: list[str] = []
    for field in fields(Settings):
        try:
            text = _text(field.name, environment)
            if text:
                given[field.name] = _read(variable(field.name), str(field.type), text)
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise SettingsRefused("; ".join(wrong))
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValueError as error:
        raise SettingsRefused(str(error)) from None


def variable(name: str) -> str:
    """The name of a setting in the environment."""
    return UNPREFIXED.get(name, f"AFOFIT_{name.upper()}")


def _text(name: str, environment: dict[str, str]) -> str:
    """What is set for a setting, by its variable or in the file that a second one names; empty where nothing is."""
    own = variable(name)
    text, path = environment.get(own, ""), environment.get(own + FILE, "")
    if not path:
        return text
    if name not in SECRET:
        raise ValueError(f"{own}{FILE}: this setting is no secret and is not read from a file; set {own}")
    if text:
        raise ValueError(f"{own} and {own}{FILE} are both set; set one of them")
    try:
        lines = Path(path).read_text("utf-8").split("\n")
    except OSError as error:
        raise ValueError(f"{own}{FILE}: {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{own}{FILE}: {path} is no text") from None
    found = [line.strip(", \t\r") for line in lines if line.strip(", \t\r")]
    if not found:
        raise ValueError(f"{own}{FILE}: {path} is empty")
    if len(found) > 1 and name != "encryption_keys":
        raise ValueError(f"{own}{FILE}: {path} has {len(found)} lines; it must hold the secret alone")
    return ",".join(found)


def _read(name: str, kind: str, text: str) -> object:
    said = text.strip().lower()
    if "bool" in kind:
        if said not in YES + NO:
            raise ValueError(f"{name}: {text!r} is neither yes nor no")
        return said in YES
    if "int" not in kind:
        return text
    if not said.isascii() or not said.isdigit():
        raise ValueError(f"{name}: {text!r} is no whole number of at least 0")
    return int(said)
