"""Commands on what is stored: flask database, backup, restore, audit, retention, patient, encryption, clinic, key,
batches.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
import orjson
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import func, select

from afofit.batches.queue import Queue
from afofit.store import audit, backup, care, checks, clinics, keys, migrate, rotate
from afofit.store.accounts import User
from afofit.store.actors import Actor, command, person
from afofit.store.database import Store
from afofit.store.errors import Conflict, Missing
from afofit.store.tables import PatientRow

database = AppGroup("database", help="Bring the database to the version of the program, or back.")
audits = AppGroup("audit", help="Check the audit, and that everything stored is as it was written.")
patient = AppGroup("patient", help="Copy or erase everything about one patient.")
encryption = AppGroup("encryption", help="Change the key that records are encrypted with.")
clinic = AppGroup("clinic", help="Make a further clinic, or let somebody in again who is locked out.")
key = AppGroup("key", help="Make a key for another system.")
batches = AppGroup("batches", help="Work on batches of requests.")


def _store() -> Store:
    opened: Store = current_app.extensions["afofit_store"]()
    opened.unhurried()
    return opened


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except migrate.Stopped as stopped:
        raise click.ClickException(str(stopped)) from None


@database.command("upgrade")
@click.argument("to", default=migrate.LATEST)
def upgrade(to: str) -> None:
    """Take every step up; a database that is there already stays as it is."""
    with _in_words():
        migrate.upgrade(_store(), to)
    click.echo(f"The database is at version {migrate.version(_store())}.")


@database.command("downgrade")
@click.argument("to")
def downgrade(to: str) -> None:
    """Take steps back to a version; what only the later version can hold is lost."""
    with _in_words():
        migrate.downgrade(_store(), to)
    click.echo(f"The database is at version {migrate.version(_store()) or 'none'}.")


@database.command("version")
def version() -> None:
    """Print the version of the database and the one that this program needs."""
    click.echo(f"The database is at version {migrate.version(_store()) or 'none'}; needed is {migrate.latest()}.")


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup_command(file: Path) -> None:
    """Write everything that is stored into FILE while the service works; the keys are not in it: keep them apart."""
    backup.backup(_store(), file)
    click.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--replace", is_flag=True, help="Give up the records that are in the database now; a copy of them is kept."
)
@with_appcontext
def restore_command(file: Path, *, replace: bool) -> None:
    """Put a backup back and check it. Stop the service first; it needs the keys that the records were written with."""
    try:
        aside = backup.restore(_store(), file, replace=replace)
    except backup.NotRestored as error:
        raise click.ClickException(str(error)) from None
    if aside is not None:
        click.echo(f"What was in the database before is kept in {aside}. Delete it when you no longer need it.")
    if migrate.version(_store()) != migrate.latest():
        click.echo("Restored. The backup is of an earlier version: run flask database upgrade.")
        return
    report = checks.check(_store())
    click.echo(f"Restored: {len(report.chains)} clinics, {report.fittings} fittings.")
    _tell(report.faults)


def _tell(faults: list[str]) -> None:
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if faults:
        sys.exit(1)


@audits.command("verify")
def verify() -> None:
    """Walk every clinic's chain; note the heads somewhere else to see later that none was cut."""
    with _store().looking() as session:
        chains = [audit.verify(session, clinic_id) for clinic_id in clinics.ids(session)]
    for chain in chains:
        click.echo(f"{chain.clinic_id}: {chain.rows} rows, head {chain.head}")
    _tell([f"{chain.clinic_id}: {fault}" for chain in chains for fault in chain.faults])


@audits.command("check")
def check() -> None:
    """Verify the chains, open every fitting, and look for the audit row of all that was stored."""
    report = checks.check(_store())
    click.echo(f"{len(report.chains)} clinics, {report.fittings} fittings, {len(report.faults)} faults.")
    _tell(report.faults)


@click.command("retention")
@click.option("--apply", "really", is_flag=True, help="Erase them; otherwise they are only counted.")
@with_appcontext
def retention(*, really: bool) -> None:
    """Count the patients whose records were kept for the years of their clinic, or erase them."""
    today = datetime.now(UTC).date()
    with _store().looking() as session:
        known = clinics.ids(session)
    for clinic_id in known:
        actor = command(clinic_id)
        with _store().reading(actor) as desk:
            due = care.due(desk, today)
        for one in due if really else ():
            with _store().writing(actor) as desk:
                care.erase(desk, one.patient_id)
        click.echo(f"{clinic_id}: {len(due)} patients {'erased' if really else 'due'}")


def _of_patient(patient_id: UUID) -> Actor:
    with _store().looking() as session:
        query = select(PatientRow.clinic_id).where(PatientRow.id == patient_id)
        clinic_id = session.execute(query).scalar_one_or_none()
    if clinic_id is None:
        raise click.ClickException("There is no patient with this id.")
    return command(clinic_id)


@patient.command("export")
@click.argument("patient_id", type=click.UUID)
def export(patient_id: UUID) -> None:
    """Print everything that is kept about one patient as JSON; that it was asked for stands in the audit."""
    with _store().writing(_of_patient(patient_id)) as desk:
        copy = care.export(desk, patient_id)
        audit.append(desk, "patient exported", "patient", patient_id)
    click.echo(orjson.dumps(copy, option=orjson.OPT_INDENT_2).decode())


@patient.command("erase")
@click.argument("patient_id", type=click.UUID)
@click.option("--yes", is_flag=True, required=True, help="Say that this cannot be undone.")
def erase(patient_id: UUID, *, yes: bool) -> None:
    """Delete a patient and all that hangs on them; earlier backups still hold them until they are deleted."""
    assert yes  # noqa: S101
    try:
        with _store().writing(_of_patient(patient_id)) as desk:
            counts = care.erase(desk, patient_id)
    except Missing:
        raise click.ClickException("There is no patient with this id.") from None
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items()) + " erased.")


@encryption.command("rotate")
def rotate_command() -> None:
    """Encrypt every record with the first key; afterwards the others may be taken from the settings."""
    click.echo(f"{rotate.rotate(_store())} rows encrypted with the first key.")


@clinic.command("create")
@click.argument("name")
@click.option("--phone", default="", help="Telephone that patients are told.")
@click.option("--person", "who", required=True, help="Name of the first administrator.")
@click.option("--email", required=True, help="E-mail address that the administrator signs in with.")
def create(name: str, phone: str, who: str, email: str) -> None:
    """Make a clinic and the link by which its first administrator sets a password."""
    try:
        with _store().writing(clinics.new_actor()) as desk:
            clinics.found(desk, name, phone)
            account = clinics.add(desk, email=email, name=who, roles=("orthotist", "administrator"))
            token = clinics.invite(desk, account, "join")
    except Conflict as error:
        raise click.ClickException(error.text) from None
    click.echo(f"/join/{token}")


@clinic.command("invite")
@click.argument("email")
@click.option("--second-factor", is_flag=True, help="Take authenticator, recovery codes and passkeys away as well.")
def invite(email: str, *, second_factor: bool) -> None:
    """Make the link by which somebody sets a new password, where no administrator can sign in to make it."""
    who = _account(email)
    account_id = who.account_id or 0
    with _store().writing(command(who.clinic_id)) as desk:
        if second_factor:
            clinics.forget_second_factor(desk, account_id)
        token = clinics.invite(desk, account_id, "reset")
    click.echo(f"/join/{token}")


@key.command("create")
@click.argument("email")
@click.option("--name", required=True, help="Which system the key is for.")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(list(keys.SCOPES)))
@click.option("--days", default=90, show_default=True)
def make_key(email: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a key in the name of an account; it is shown this once."""
    try:
        with _store().writing(_account(email)) as desk:
            click.echo(keys.make(desk, name, scopes, days))
    except Conflict as error:
        raise click.ClickException(error.text) from None


def _account(email: str) -> Actor:
    with _store().looking() as session:
        row = session.execute(select(User).where(func.lower(User.email) == email.lower())).scalars().unique().first()
        if row is None or not row.active:
            raise click.ClickException("There is no open account with this e-mail address.")
        roles = {"orthotist": row.is_a("orthotist"), "administrator": row.is_a("administrator")}
        return person(row.clinic_id, row.id, row.name, **roles)


@batches.command("work")
def work() -> None:
    """Work on batches until stopped, for a service whose own processes do not (AFOFIT_BATCH_WORK=no)."""
    queue: Queue = current_app.extensions["afofit_batches"]
    signal.signal(signal.SIGTERM, lambda *_: queue.leave())
    click.echo("Working on batches (stop with Ctrl-C).")
    try:
        queue.serve()
    except KeyboardInterrupt:
        queue.leave()


def register(app: Flask) -> None:
    """Give the application its commands."""
    for group in (database, audits, patient, encryption, clinic, key, batches):
        app.cli.add_command(group)
    for single in (backup_command, restore_command, retention):
        app.cli.add_command(single)
