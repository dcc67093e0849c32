"""What the database itself refuses: to change or delete what was recorded, unless a patient is being erased."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic import op

OF_FITTING = "(SELECT patient_id FROM fitting WHERE fitting.id = OLD.fitting_id)"


@dataclass(frozen=True, slots=True)
class Guard:
    """How one table is guarded: columns that may still be written, and whose erasure lets its rows go."""

    table: str
    patient: str | None = None
    """An expression for the patient of the row; None: never deleted."""
    fixed: Sequence[str] = ()
    """The columns that never change; empty: none does."""


FITTING = (
    "id clinic_id patient_id series_id revision kind previous_id created_at computed_on made_by made_by_name "
    "engine_version base_digest protocol_id facts digest"
)
PROTOCOL = "id clinic_id name version changes reason base_digest author_id author_name created_at"
DELIVERY = "id clinic_id fitting_id side on outcome reason design measured checks account_id name at"
FIRST = (
    Guard("audit"),
    Guard("base_protocol"),
    Guard("protocol", fixed=PROTOCOL.split()),
    Guard("fitting", patient="OLD.patient_id", fixed=FITTING.split()),
    Guard("approval", patient=OF_FITTING),
    Guard("withdrawal", patient=OF_FITTING, fixed=("fitting_id", "clinic_id", "account_id", "name", "at")),
)
SECOND = (
    Guard(
        "delivery",
        patient=OF_FITTING,
        fixed=DELIVERY.split(),
    ),
)
CHART = "id clinic_id product number document account_id name made_at"
CHARTS = (Guard("size_chart", fixed=CHART.split()),)
SIXTH = (
    Guard(
        "origin",
        patient="(SELECT patient_id FROM fitting WHERE fitting.id = OLD.series_id)",
        fixed=("series_id", "clinic_id", "ehr_id", "at"),
    ),
    Guard("sent", patient=OF_FITTING, fixed=("id", "clinic_id", "fitting_id", "ehr_id", "item")),
)
"""Encrypted columns may be written again, with a new key: the digest and the encryption itself guard what they say."""


def make(guards: Sequence[Guard]) -> None:
    """Put the triggers there."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in guards:
        for statement in _sqlite(guard) if sqlite else _postgresql(guard):
            op.execute(statement)


def drop(guards: Sequence[Guard]) -> None:
    """Take the triggers away."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for guard in guards:
        for deed in ("update", "delete"):
            name = f"{guard.table}_no_{deed}"
            op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {guard.table}")
            if not sqlite:
                op.execute(f"DROP FUNCTION {name}()")


def keep_from_truncate(tables: Sequence[str]) -> None:
    """Let PostgreSQL refuse to empty whole tables, which passes the triggers on rows by; SQLite has no such deed."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in tables:
        name = f"{table}_no_truncate"
        op.execute(_function(name, "true", f"{table}: rows are not deleted", "NULL"))
        op.execute(f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()")


def let_truncate(tables: Sequence[str]) -> None:
    """Take these triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in tables:
        name = f"{table}_no_truncate"
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")


def _erasing(guard: Guard) -> str:
    # The name of a column that is declared above; nothing from outside.
    return f"EXISTS (SELECT 1 FROM patient WHERE patient.id = {guard.patient} AND erasing_at IS NOT NULL)"  # noqa: S608  # nosec


def _sqlite(guard: Guard) -> list[str]:
    changed = " OR ".join(f'NEW."{one}" IS NOT OLD."{one}"' for one in guard.fixed)
    unless = f"WHEN NOT {_erasing(guard)}" if guard.patient else ""
    return [
        f"CREATE TRIGGER {guard.table}_no_update BEFORE UPDATE ON {guard.table} {'WHEN ' + changed if changed else ''} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.table}: rows are written once'); END",
        f"CREATE TRIGGER {guard.table}_no_delete BEFORE DELETE ON {guard.table} {unless} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.table}: rows are not deleted'); END",
    ]


def _postgresql(guard: Guard) -> list[str]:
    # JSON has no equality in PostgreSQL, so every column is compared as text.
    changed = " OR ".join(f'NEW."{one}"::text IS DISTINCT FROM OLD."{one}"::text' for one in guard.fixed) or "true"
    kept = f"NOT {_erasing(guard)}" if guard.patient else "true"
    return [
        _function(f"{guard.table}_no_update", changed, f"{guard.table}: rows are written once", "NEW"),
        _trigger(guard.table, "update"),
        _function(f"{guard.table}_no_delete", kept, f"{guard.table}: rows are not deleted", "OLD"),
        _trigger(guard.table, "delete"),
    ]


def _function(name: str, condition: str, message: str, row: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {row}; END $$"
    )


def _trigger(table: str, deed: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{deed} BEFORE {deed.upper()} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_no_{deed}()"
    )
