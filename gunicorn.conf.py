"""How gunicorn serves: slow clients hold up nobody, and one worker, whichever is first, works on batches as well."""

from typing import Any

worker_class = "afofit.worker.Collecting"
# Longer than any request takes; a worker that hangs is replaced then.
timeout = 60
# What is being answered when the service is stopped is answered; most of it takes less than a second.
graceful_timeout = 30


def post_worker_init(worker: Any) -> None:
    """Begin as soon as the application is there, so that a batch that was broken off goes on after a restart."""
    queue = getattr(worker.wsgi, "extensions", {}).get("afofit_batches")
    if queue is not None:
        queue.start()
