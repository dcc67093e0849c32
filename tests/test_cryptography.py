"""Where the program encrypts, signs, hashes and draws at random: where docs/security.md says, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
AFOFIT = ROOT / "afofit"
MODULES = sorted(AFOFIT.rglob("*.py"))
OF_CRYPTOGRAPHY = {
    *("hashlib", "hmac", "secrets", "ssl", "crypt", "cryptography", "jwt", "itsdangerous", "passlib", "argon2"),
    *("webauthn", "OpenSSL", "nacl", "Crypto"),
}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file takes something from."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def named() -> set[str]:
    """The modules in the last column of the page's table."""
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    part = page.partition("\n## Algorithms\n")[2].partition("\n## ")[0]
    cells = [row.rstrip("|").rpartition("|")[2] for row in part.splitlines() if row.startswith("| ")]
    return {one for cell in cells for one in re.findall(r"`([\w/]+\.py)`", cell)}


def test_cryptography_is_where_the_page_says_and_nowhere_else() -> None:
    found = {
        str(path.relative_to(AFOFIT))
        for path in MODULES
        if {name.partition(".")[0] for name in imports(path)} & OF_CRYPTOGRAPHY
    }
    assert len(found) > 20
    assert found == named()


def test_nothing_is_drawn_from_a_generator_that_can_be_foretold() -> None:
    for path in MODULES:
        taken = set(imports(path))
        assert not {"random", "numpy.random"} & taken, path
        assert "np.random" not in path.read_text("utf-8"), path


def test_sha_1_and_md5_carry_no_security() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("sha1", "md5", "new"):
                said = {one.arg: one.value for one in node.keywords}
                secure = said.get("usedforsecurity")
                if name == "new" and not _of(node, "hashlib"):
                    continue
                assert isinstance(secure, ast.Constant), f"{path.name}:{node.lineno}"
                assert secure.value is False, f"{path.name}:{node.lineno}"


def _of(node: ast.Call, module: str) -> bool:
    return isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == module


@pytest.mark.parametrize("word", ["ECB", "CBC", "PKCS1v15", "MODE_", "DES", "ARC4", "verify=False", "CERT_NONE"])
def test_no_weak_mode_is_named_anywhere(word: str) -> None:
    for path in MODULES:
        assert not re.search(rf"\b{word}\b", path.read_text("utf-8")), path
