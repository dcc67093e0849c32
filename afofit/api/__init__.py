"""REST: the same engine for other systems, one error shape."""
