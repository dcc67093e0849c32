"""axe-core, which reads a page for barriers: fetched once from the npm registry, checked, and kept out of the product.

``python -m tests.accessibility.axe`` fetches it; ``make tools`` does so.
"""

import base64
import hashlib
import io
import os
import sys
import tarfile
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

VERSION = "4.14.1"
INTEGRITY = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""SHA-512 of the package of this version, as the registry and package locks write it."""
ADDRESS = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"
PLACE = Path(__file__).parent.parent.parent / ".venv" / f"axe-{VERSION}.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """tags => axe.run(document, {runOnly: tags, resultTypes: ["violations"]}).then(found => found.violations.map(
    one => `${one.id} (${one.help}): ${one.nodes.map(node => node.target.join(" ")).slice(0, 4).join("; ")}`))"""


def fetch() -> Path:
    """The script, fetched where it is not there yet."""
    if PLACE.exists():
        return PLACE
    with urllib.request.urlopen(ADDRESS, timeout=60) as answer:
        package = answer.read()
    if hashlib.sha512(package).digest() != base64.b64decode(INTEGRITY):
        raise SystemExit(f"{ADDRESS} is not the package that was pinned.")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        script = archive.extractfile("package/axe.min.js")
        assert script is not None
        PLACE.parent.mkdir(parents=True, exist_ok=True)
        PLACE.write_bytes(script.read())
    return PLACE


def script() -> str:
    """The text of the script; without it the test fails in CI and says so elsewhere."""
    if PLACE.exists():
        return PLACE.read_text("utf-8")
    if os.environ.get("CI") == "true":
        pytest.fail("axe-core is missing: it must run in CI. Run make tools.")
    pytest.skip("NO AXE-CORE: the pages are NOT read for barriers. Run make tools.")


def read(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it is shown."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    found: list[Any] = page.evaluate(RUN, TAGS)
    return [str(one) for one in found]


if __name__ == "__main__":
    sys.stdout.write(f"axe-core {VERSION}: {fetch()}\n")
