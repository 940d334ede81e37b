"""Patches of tests: what they look up, and where that is after a move."""
