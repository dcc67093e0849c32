"""Every operation of the description, called at length by schemathesis: python -m tests.endurance.fuzz_operations.

REST is called over a real connection with what its description allows and forbids, with every check on. The
service counts what it answered.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, Response

from afofit.app import create_app
from afofit.settings import Settings
from afofit.store.secrecy import new_encryption_key, new_token
from tests import databases
from tests.examples import request_of
from tests.records.conftest import found
from tests.serving import serving

CONFIG = Path(__file__).parents[2] / "schemathesis.toml"
FAULT = 500


@dataclass
class Described:
    """A service whose description is held against it, and a key to it."""

    app: Flask
    key: str
    config: Path = CONFIG
    answers: Counter[int] = field(default_factory=Counter)

    def checked(self, *options: str, seed: int = 1) -> subprocess.CompletedProcess[str]:
        """What schemathesis says of every operation of the service."""
        with serving(self.app) as address:
            return subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(self.config), "run"),
                    *(f"{address}/api/v1/openapi.json", "--header", f"Authorization: {self.key}"),
                    *("--checks", "all", "--seed", str(seed), "--no-color", "--generation-database", "none"),
                    *options,
                ],
                cwd=tempfile.gettempdir(),
                capture_output=True,
                text=True,
                check=False,
            )

    def knowing(self, folder: Path) -> "Described":
        """The same with the id of a fitting that is there: no made-up id would be met."""
        headers = {"Authorization": self.key}
        stored = self.app.test_client().post("/api/v1/fittings", json=request_of("E1"), headers=headers).get_json()
        path = folder / CONFIG.name
        there = {"path.fitting_id": stored["id"], "path.chart_id": "turbomed-xtern-summit"}
        parameters = "".join(f'"{name}" = "{value}"\n' for name, value in there.items())
        path.write_text(f"{CONFIG.read_text('utf-8')}[parameters]\n{parameters}", "utf-8")
        return Described(self.app, self.key, path, self.answers)


@contextmanager
def described(folder: Path) -> Iterator[Described]:
    """A service of one clinic that nothing holds back."""
    url = f"sqlite:///{folder / 'afofit.db'}"
    databases.migrated(url)
    settings = Settings(
        data=str(folder),
        database_url=url,
        encryption_keys=new_encryption_key(),
        secret_key=new_token(),
        key_rate="off",
        address_rate="off",
    )
    app = create_app(settings)
    store = app.extensions["afofit_store"]()
    made = Described(app, found(app, store, "North").key()["Authorization"])

    def count(answer: Response) -> Response:
        made.answers[answer.status_code] += 1
        return answer

    app.after_request(count)
    yield made
    store.close()


def main() -> int:
    """Run, print, and answer 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--examples", type=int, default=100, help="at most so many of each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="afofit-operations-") as name, described(Path(name)) as service:
        said = service.knowing(Path(name)).checked("--max-examples", str(given.examples), seed=given.seed)
    faults = sum(count for status, count in service.answers.items() if status >= FAULT)
    print(said.stdout if said.returncode else said.stdout[-1500:], said.stderr, sep="\n")
    print(*(f"{status}: {count}" for status, count in sorted(service.answers.items())), sep="  ")
    print(f"seed {given.seed}; {service.answers.total()} requests, {faults} 5xx, ", end="")
    print("every check held" if said.returncode == 0 else "a check failed")
    return 1 if said.returncode or faults else 0


if __name__ == "__main__":
    sys.exit(main())
