"""Writes afofit/components.cdx.json, the list of what the running service is made of: python -m docs.make_components.

CycloneDX 1.6: the pins of requirements/run.txt with their hashes, licences and what needs what, and the fonts. The same
pins give the same bytes: no time, and a serial number made of the content.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageMetadata, metadata
from json import dumps, loads
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from afofit import __version__

ROOT = Path(__file__).parents[1]
FILE = ROOT / "afofit" / "components.cdx.json"
PINS = ROOT / "requirements" / "run.txt"
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")

DEPLOYED = {
    "implementation_name": "cpython",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "python_full_version": "3.12.12",
    "python_version": "3.12",
    "sys_platform": "linux",
}
"""Where the container runs: what is pinned for other systems alone is no part of the service."""

READ = {
    "blinker": "MIT",
    "flask-security": "MIT",
    "flask-wtf": "BSD-3-Clause",
    "huey": "MIT",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "libpass": "BSD-3-Clause",
    "pyasn1-modules": "BSD-2-Clause",
    "pyopenssl": "Apache-2.0",
    "qrcode": "BSD-3-Clause AND MIT",
    "reportlab": "BSD-3-Clause",
    "rl-accel": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
    "wtforms": "BSD-3-Clause",
}
"""Licences that a package names in no word of SPDX, as read in the text of the licence that it carries."""

FONTS = (
    ("Atkinson Hyperlegible", "1.006", "OFL-1.1", ("pdf/fonts/Atkinson*.ttf", "static/fonts/atkinson*.woff2")),
    ("DejaVu Sans (subset)", "2.37", "Bitstream-Vera", ("pdf/fonts/DejaVu*.ttf",)),
)
"""Name, version, licence and files of each."""


@dataclass(frozen=True)
class Pin:
    """A package, its version, where it is installed and what any of its files hashes to."""

    name: str
    version: str
    marker: Marker | None
    hashes: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name in the one form that compares."""
        return canonicalize_name(self.name)

    def holds(self, environment: dict[str, str] | None = None) -> bool:
        """Whether it is installed there; without an environment, here."""
        return self.marker is None or self.marker.evaluate(environment)


def pins(text: str) -> Iterator[Pin]:
    """The pins of a file of requirements. Raises ValueError where a requirement is no pin."""
    for line in re.sub(r"\\\n", " ", text).splitlines():
        said = line.partition(" #")[0].strip()
        if not said or said.startswith(("#", "-")):
            continue
        requirement = Requirement(said.partition(" --hash=")[0])
        found = re.fullmatch(r"==([^*]+)", str(requirement.specifier))
        if found is None:
            raise ValueError(f"{requirement.name} is not pinned")
        yield Pin(requirement.name, found[1], requirement.marker, tuple(sorted(HASH.findall(said))))


def components() -> str:
    """The list, as JSON."""
    own = Component(
        type=ComponentType.APPLICATION,
        name="afofit",
        version=__version__,
        bom_ref=f"afofit@{__version__}",
        licenses=[LicenseFactory().make_with_id("Apache-2.0")],
    )
    deployed = [pin for pin in pins(PINS.read_text("utf-8")) if pin.holds(DEPLOYED)]
    listed = {pin.key: _package(pin) for pin in deployed}
    fonts = [_font(*font) for font in FONTS]
    bom = Bom(
        metadata=BomMetaData(component=own, timestamp=datetime.fromtimestamp(0, UTC)),
        components=[*listed.values(), *fonts],
        serial_number=uuid5(NAMESPACE_URL, ""),
    )
    extras = _extras()
    bom.register_dependency(own, [*(listed[key] for key in extras), *fonts])
    for key, component in listed.items():
        bom.register_dependency(component, [listed[one] for one in _needs(key, extras.get(key, frozenset()))])
    return _reproducible(JsonV1Dot6(bom).output_as_string())


def _reproducible(text: str) -> str:
    """Without the time, and with a serial number that says that the content is the same."""
    document = loads(text)
    del document["metadata"]["timestamp"], document["serialNumber"]
    said = dumps(document, sort_keys=True)
    return dumps(document | {"serialNumber": uuid5(NAMESPACE_URL, said).urn}, indent=1, sort_keys=True) + "\n"


def _package(pin: Pin) -> Component:
    purl = PackageURL("pypi", name=pin.key, version=pin.version)
    said = metadata(pin.name)
    place = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        comment="any of the files that may be installed",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=one) for one in pin.hashes],
    )
    return Component(
        type=ComponentType.LIBRARY,
        name=said["Name"],
        version=pin.version,
        bom_ref=purl.to_string(),
        purl=purl,
        description=said["Summary"],
        licenses=[_license(pin.key, said)],
        external_references=[place],
    )


def _license(key: str, said: PackageMetadata) -> License:
    concluded = READ.get(key)
    named = concluded or said["License-Expression"] or said["License"] or ""
    how = LicenseAcknowledgement.CONCLUDED if concluded else LicenseAcknowledgement.DECLARED
    return LicenseFactory().make_from_string(named, license_acknowledgement=how)


def _font(name: str, version: str, license_of: str, patterns: tuple[str, ...]) -> Component:
    files = sorted(path for pattern in patterns for path in FILE.parent.glob(pattern))
    return Component(
        type=ComponentType.FILE,
        name=name,
        version=version,
        bom_ref=f"font:{name}@{version}",
        licenses=[LicenseFactory().make_from_string(license_of)],
        components=[
            Component(
                type=ComponentType.FILE,
                name=path.relative_to(ROOT).as_posix(),
                bom_ref=path.relative_to(ROOT).as_posix(),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256(path.read_bytes()).hexdigest())],
            )
            for path in files
        ],
    )


def _extras() -> dict[str, frozenset[str]]:
    """What the service itself asks for, by name, with the extras that it asks for."""
    asked = map(Requirement, tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"])
    return {canonicalize_name(one.name): frozenset(one.extras) for one in asked}


def _needs(key: str, extras: frozenset[str]) -> list[str]:
    """What a package needs where the service is deployed."""
    needed = map(Requirement, metadata(key).get_all("Requires-Dist") or ())
    return sorted({canonicalize_name(one.name) for one in needed if _asked(one, extras)})


def _asked(one: Requirement, extras: frozenset[str]) -> bool:
    return one.marker is None or any(one.marker.evaluate(DEPLOYED | {"extra": extra}) for extra in extras | {""})


if __name__ == "__main__":
    FILE.write_text(components(), "utf-8")
