"""Lengths of time, in seconds."""

from typing import Final

SECONDS_IN_MINUTE: Final = 60
SECONDS_IN_HOUR: Final = 60 * SECONDS_IN_MINUTE
SECONDS_IN_DAY: Final = 24 * SECONDS_IN_HOUR
SECONDS_IN_WEEK: Final = 7 * SECONDS_IN_DAY
MINUTES_IN_HOUR: Final = 60
HOURS_IN_DAY: Final = 24
DAYS_IN_WEEK: Final = 7
