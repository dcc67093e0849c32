"""The application for a WSGI server: gunicorn -c python:afofit.serving afofit.wsgi:app."""

import gc

from afofit.app import create_app

app = create_app()

# What was loaded stays: collecting it again and again would only cost time, and copies memory in each worker.
gc.collect()
gc.freeze()
