"""Many fittings asked for at once: what is done with their rows, and the queue that gives them to a worker."""
