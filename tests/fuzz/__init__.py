"""Targets for a fuzzer that follows the branches of a parser, and the same targets within the test run."""
