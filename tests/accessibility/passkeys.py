"""Passkeys that no device holds, so that pages can speak of them."""

from datetime import UTC, datetime

from afofit.store.accounts import User, WebAuthn
from tests.accessibility.world import World


def give_passkey(world: World, email: str, usage: str) -> None:
    """Put a passkey into an account; no device holds it."""
    with world.store.system() as session:
        account = session.query(User).filter_by(email=email).one()
        now = datetime.now(UTC)
        passkey = WebAuthn(
            credential_id=f"{usage} {email}".encode(), public_key=b"x", sign_count=0, backup_state=False,
            device_type="single_device", create_datetime=now, lastuse_datetime=now, name=f"Blue key {usage}",
            usage=usage, user_id=account.id, transports=[],
        )  # fmt: skip
        session.add(passkey)
