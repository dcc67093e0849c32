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
SLOW = ["color-contrast", "target-size"]
"""Rules that look at how each element is painted: they take two thirds of the time."""
RUN = """async ([tags, slow, known]) => {
  // What sticks to the window covers something at every moment; what has the focus is never under it (test_keyboard).
  const level = new CSSStyleSheet();
  level.replaceSync(".dock, .drawing, #draft-said {position: static !important}");
  document.adoptedStyleSheets = [level];
  const seen = new Set(known), again = [], fresh = [];
  const number = text => {
    let low = 0xdeadbeef, high = 0x41c6ce57;
    for (let place = 0; place < text.length; place++) {
      const sign = text.charCodeAt(place);
      low = Math.imul(low ^ sign, 2654435761);
      high = Math.imul(high ^ sign, 1597334677);
    }
    return (high >>> 0).toString(36) + (low >>> 0).toString(36);
  };
  const walk = (one, around) => {
    const box = one.getBoundingClientRect(), look = getComputedStyle(one);
    const paint = [box.width, box.height, look.color, look.backgroundColor, look.fontSize, look.fontWeight].join();
    const print = number(`${around}|${paint}|${one.outerHTML}`);
    if (seen.has(print)) return again.push(one);
    fresh.push(print);
    const here = `${around}>${one.localName}.${one.className}`;
    if (one.localName !== "svg") for (const child of one.children) walk(child, here);
  };
  walk(document.body, "");
  const rules = Object.fromEntries(slow.map(name => [name, {enabled: false}]));
  const all = await axe.run(document, {runOnly: tags, rules, resultTypes: ["violations"]});
  const painted = await axe.run({include: [document], exclude: again}, {runOnly: {type: "rule", values: slow},
    resultTypes: ["violations"]});
  const found = [...all.violations, ...painted.violations].map(one =>
    `${one.id} (${one.help}): ${one.nodes.map(node => node.target.join(" ")).slice(0, 4).join("; ")}`);
  return {found, fresh};
}"""
"""All rules over the whole page; the slow ones leave out what was painted before: the same markup inside the same
elements, as large, with the same colours."""


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


def read(page: Page, painted: set[str] | None = None) -> list[str]:
    """What axe-core finds wrong with a page as it is shown; ``painted`` remembers what was clean on pages before."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    told: dict[str, Any] = page.evaluate(RUN, [TAGS, SLOW, sorted(painted or ())])
    found = [str(one) for one in told["found"]]
    if painted is not None and not found:
        painted.update(told["fresh"])
    return found


if __name__ == "__main__":
    sys.stdout.write(f"axe-core {VERSION}: {fetch()}\n")
