"""The command ``afofit``: everything that ``flask --app afofit.wsgi`` does, by a name of its own."""

import sys

from flask.cli import FlaskGroup

from afofit.app import create_app
from afofit.settings import SettingsRefused, from_environment


def main() -> None:
    """Run a command; settings that cannot be used are said in one line."""
    try:
        from_environment()
    except SettingsRefused as error:
        sys.exit(f"afofit: {error}")
    FlaskGroup(create_app=create_app, add_version_option=False)()
