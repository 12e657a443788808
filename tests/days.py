"""A run of the tests has one day, whenever it begins and however long it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")


def stop_at_midnight(day: dt.date) -> Callable[[], dt.datetime]:
    """A clock that goes as clocks do until a day ends in New York, and there stands still."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), NEW_YORK).astimezone(dt.UTC)

    def now() -> dt.datetime:
        return min(dt.datetime.now(dt.UTC), end - dt.timedelta(seconds=1))

    return now
