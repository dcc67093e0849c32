"""What gunicorn does besides serving: one of its workers, whichever is first, works on batches as well."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Begin when the application is there; where the batches are worked on elsewhere, do not."""
    app = worker.wsgi
    if app.config["AFOFIT"].batch_work:
        app.extensions["afofit_batches"].start()
