"""Watching the service: an id for each request, one line of log for it, and numbers for Prometheus."""
