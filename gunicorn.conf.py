"""What gunicorn started in this folder reads by itself: the same as ``-c python:afofit.serving``."""

from afofit.serving import *  # noqa: F403
