"""afofit computes the fit of an ankle-foot orthosis from leg and foot measurements."""

__version__ = "0.1.0"
