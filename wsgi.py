"""The application for a WSGI server started in this folder: gunicorn wsgi:app."""

from afofit.wsgi import app

__all__ = ["app"]
