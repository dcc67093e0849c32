"""The database of the compose file: reached by TLS alone, with the key of the nodes, by an account of few rights."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pwd import getpwnam
from typing import Any

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from afofit.settings import Settings
from afofit.store import migrate
from afofit.store.database import Away, Store
from afofit.store.secrecy import Vault, new_encryption_key
from tests.deployment.wheel import ROOT, free_port

DEPLOY = ROOT / "deploy"
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
PATIENCE = 30.0


def started_with(folder: Path) -> list[str]:
    """The options with which the compose file starts PostgreSQL, with the files of this test."""
    compose: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    options = compose["services"]["database"]["command"][1:]
    places = {"/run/secrets": str(folder), "/etc/postgresql/pg_hba.conf": str(folder / "pg_hba.conf")}
    for old, new in places.items():
        assert any(old in option for option in options), old
        options = [option.replace(old, new) for option in options]
    return options


def certificate(folder: Path, name: str, host: str = "localhost") -> Path:
    made = folder / f"{name}_certificate"
    # As deploy/README.md says, for another host.
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    subprocess.run([*command, "-keyout", folder / f"{name}_key", "-out", made], check=True, capture_output=True)
    return made


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a PostgreSQL that was started as in the compose file, and the folder of its secrets."""
    if not BINARIES or os.getuid() != 0 or shutil.which("openssl") is None:
        pytest.skip("needs root, openssl and PostgreSQL of the system, which the tests' own lacks TLS")
    binaries, user = BINARIES[-1].parent, getpwnam("postgres").pw_name
    folder = tmp_path_factory.mktemp("database")
    for above in (folder, *folder.parents[:-2]):
        above.chmod(0o755)
    certificate(folder, "database")
    certificate(folder, "node", "afofit")
    shutil.copy(DEPLOY / "pg_hba.conf", folder)
    (folder / "database_admin_password").write_text("the administrator's")
    data = folder / "data"
    data.mkdir()
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, user)
    made = [
        "--pgdata",
        data,
        "--username=postgres",
        f"--pwfile={folder}/database_admin_password",
        "--auth-host=scram-sha-256",
    ]
    subprocess.run([binaries / "initdb", *made], user=user, check=True, capture_output=True, cwd=folder)
    port = free_port()
    options = [f"-cport={port}", f"-cunix_socket_directories={folder}", *started_with(folder)]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, *options], user=user, cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + PATIENCE
        while socket.socket().connect_ex(("127.0.0.1", port)) and time.monotonic() < end:
            time.sleep(0.05)
        where = {"PATH": f"{binaries}:/usr/bin:/bin", "PGHOST": str(folder), "PGPORT": str(port)}
        subprocess.run(
            ["sh", DEPLOY / "database-init.sh"], user=user, check=True, env=where | {"POSTGRES_USER": "postgres"}
        )
        yield port, folder
    finally:
        # Connections that are open are ended.
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE)


def trusting(folder: Path, name: str = "database") -> str:
    return f"sslmode=verify-full&sslrootcert={folder}/{name}_certificate"


def showing(folder: Path, name: str = "node") -> str:
    return f"sslcert={folder}/{name}_certificate&sslkey={folder}/{name}_key"


@contextmanager
def opened(port: int, query: str, host: str = "localhost", *, account: str = "afofit") -> Iterator[Store]:
    address = f"postgresql://{account}@{host}:{port}/afofit?{query}"
    store = Store(Settings(database_url=address).database, Vault([new_encryption_key()]))
    try:
        yield store
    finally:
        store.close()


def told(store: Store, statement: str) -> str:
    """What the database says; raises Away where it is not reached."""
    with store.asking() as connection:
        return str(connection.execute(text(statement)).scalar_one())


def test_the_database_is_reached_by_tls_with_the_certificate_that_is_named(served: tuple[int, Path]) -> None:
    port, folder = served
    with opened(port, f"{trusting(folder)}&{showing(folder)}") as store:
        assert told(store, "SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "TLSv1.3"


def test_the_account_of_the_service_may_do_its_work_and_nothing_else(served: tuple[int, Path]) -> None:
    port, folder = served
    query = f"{trusting(folder)}&{showing(folder)}"
    with opened(port, query) as store:
        migrate.upgrade(store)
        assert migrate.version(store) == migrate.latest()
        rights = "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
        assert told(store, f"SELECT {rights} FROM pg_roles WHERE rolname = current_user") == "False"  # noqa: S608
        for forbidden in ("CREATE ROLE another", "SELECT pg_read_file('PG_VERSION')"):
            with pytest.raises(DBAPIError, match="permission denied"):
                told(store, forbidden)
    for account in ("postgres", "nobody"):
        with pytest.raises(Away), opened(port, query, account=account) as store:
            told(store, "SELECT 1")


def test_nothing_falls_back_to_plain_text_to_another_certificate_or_to_no_key(
    served: tuple[int, Path], caplog: pytest.LogCaptureFixture
) -> None:
    port, folder = served
    certificate(folder, "other", "afofit")
    own = showing(folder)
    for query, host in (
        ("sslmode=disable", "localhost"),
        (f"{trusting(folder, 'other')}&{own}", "localhost"),
        (f"{trusting(folder)}&{own}", "127.0.0.1"),
        (f"{trusting(folder, 'none')}&{own}", "localhost"),
        (trusting(folder), "localhost"),
        (f"{trusting(folder)}&{showing(folder, 'other')}", "localhost"),
    ):
        caplog.clear()
        with pytest.raises(Away), opened(port, query, host) as store:
            told(store, "SELECT 1")
        assert "not reached by TLS as DATABASE_URL asks" in caplog.text, query
