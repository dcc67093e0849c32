"""Measurements of speed: run with make bench. Every figure has its peer in the same run."""
