"""Settings from the environment and from files: what is wrong is said, and a secret is never in what is said."""

from pathlib import Path

import pytest

from afofit.settings import FILE, SECRET, Settings, SettingsRefused, from_environment, variable

PLANTED = "Planted-7731" * 3


@pytest.mark.parametrize("name", sorted(SECRET))
def test_every_secret_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(f"{PLANTED}\n")
    read = from_environment({variable(name) + FILE: str(tmp_path / "secret")})
    assert getattr(read, name) == PLANTED


def test_what_holds_a_secret_is_a_secret() -> None:
    named = {name for name in Settings.__dataclass_fields__ if any(w in name for w in ("key", "token", "code", "url"))}
    assert named - SECRET == {"public_url", "key_rate"}


def test_keys_in_a_file_stand_on_lines_or_between_commas(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("new,\r\n old \n\n")
    assert from_environment({"AFOFIT_ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")}).encryption_keys == "new,old"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"", "is empty"),
        (b" \n", "is empty"),
        (f"{PLANTED}\nsecond\n".encode(), "has 2 lines; it must hold the secret alone"),
        (b"\xff\xfe\x00", "is no text"),
    ],
)
def test_a_file_that_gives_no_secret_is_told_by_name(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsRefused) as told:
        from_environment({"AFOFIT_SECRET_KEY_FILE": str(path)})
    assert f"AFOFIT_SECRET_KEY_FILE: {path} {said}" in str(told.value)
    assert PLANTED not in str(told.value)


def test_a_secret_is_set_once(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(PLANTED)
    both = {"DATABASE_URL": PLANTED, "DATABASE_URL_FILE": str(tmp_path / "secret")}
    with pytest.raises(SettingsRefused, match="DATABASE_URL and DATABASE_URL_FILE are both set") as told:
        from_environment(both)
    assert PLANTED not in str(told.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = {"AFOFIT_PROXIES": "one", "AFOFIT_CALCULATOR": "nein", "AFOFIT_BATCH_ROWS": "-5", "AFOFIT_DATA_FILE": "x"}
    with pytest.raises(SettingsRefused) as told:
        from_environment(wrong)
    for name, text in (("AFOFIT_PROXIES", "'one'"), ("AFOFIT_CALCULATOR", "'nein'"), ("AFOFIT_BATCH_ROWS", "'-5'")):
        assert f"{name}: {text}" in str(told.value)
    assert "AFOFIT_DATA_FILE: this setting is no secret" in str(told.value)
    with pytest.raises(SettingsRefused, match="AFOFIT_LOG: 'xml' is none of json, text"):
        from_environment({"AFOFIT_LOG": "xml"})


def test_a_text_that_signs_is_long_enough_not_to_be_guessed() -> None:
    with pytest.raises(SettingsRefused, match="AFOFIT_SECRET_KEY: shorter than 32 characters") as told:
        from_environment({"AFOFIT_SECRET_KEY": PLANTED[:31]})
    assert PLANTED[:31] not in str(told.value)
    assert from_environment({"AFOFIT_SECRET_KEY": "k" * 32}).secret_key == "k" * 32


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("postgresql://u:p@db.example/afofit", False),
        ("postgres://u:p@10.0.0.5:5432/afofit", False),
        ("postgresql://u:p@db.example/afofit?sslmode=prefer", False),
        ("postgresql://u:p@db.example/afofit?sslmode=allow", False),
        ("postgresql://u:p@/afofit?host=db.example", False),
        ("postgresql://u:p@localhost.evil.example/afofit", False),
        ("postgresql://u:p@db.example/afofit?sslmode=verify-full&sslrootcert=/run/secrets/ca", True),
        ("postgresql://u:p@db.example/afofit?sslmode=require", True),
        ("postgresql://u:p@database/afofit?sslmode=disable", True),
        ("postgresql://u:p@localhost/afofit", True),
        ("postgresql://u:p@127.0.0.1:5433/afofit", True),
        ("postgresql://u@/afofit?host=/run/postgresql", True),
        ("postgresql:///afofit", True),
        ("sqlite:////var/lib/afofit/afofit.db", True),
    ],
)
def test_a_database_elsewhere_is_reached_by_tls_or_it_is_said_that_it_is_not(address: str, fine: bool) -> None:
    if fine:
        assert from_environment({"DATABASE_URL": address}).database_url == address
        return
    with pytest.raises(SettingsRefused, match="sslmode=verify-full") as told:
        from_environment({"DATABASE_URL": address})
    assert "u:p" not in str(told.value)


def test_hosts_are_names_and_nothing_else() -> None:
    given = from_environment({"AFOFIT_PARTNER_HOSTS": "EHR.example, *.north.example"})
    assert given.partners == ("ehr.example", "*.north.example")
    for wrong in ("https://ehr.example", "ehr.example/fhir", "*", "*.", "a.*.example", "ehr.example:443"):
        with pytest.raises(SettingsRefused, match="AFOFIT_PARTNER_HOSTS"):
            from_environment({"AFOFIT_PARTNER_HOSTS": wrong})


@pytest.mark.parametrize(("text", "meant"), [("no", False), ("OFF", False), ("0", False), ("Yes", True), ("1", True)])
def test_yes_and_no_are_read_as_they_are_written(text: str, meant: bool) -> None:
    assert from_environment({"AFOFIT_CALCULATOR": text}).calculator is meant
