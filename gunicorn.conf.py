"""What gunicorn does besides serving: one of its workers, whichever is first, works on batches as well."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Begin as soon as the application is there, so that a batch that was broken off goes on after a restart."""
    queue = getattr(worker.wsgi, "extensions", {}).get("afofit_batches")
    if queue is not None:
        queue.start()
