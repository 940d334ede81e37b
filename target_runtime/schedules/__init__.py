"""Schedules: when they fire, which entries fall together, what they would skip."""
