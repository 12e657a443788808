"""Days as people give them: words, moments, and a morning that New York has not seen yet."""

from __future__ import annotations

import datetime as dt

import pytest

import xl_thesis
from tests.days import NEW_YORK, stop_at_midnight
from xl_thesis import days
from xl_thesis.errors import InputError


class Taipei(dt.datetime):
    """A moment on a computer in Taipei, where it is eight in the morning while New York has the evening before."""

    def astimezone(self, tz: dt.tzinfo | None = None) -> Taipei:
        return super().astimezone(tz or dt.timezone(dt.timedelta(hours=8)))


def test_today_is_no_future_where_the_day_began_before_new_yorks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "_now", lambda: Taipei(2026, 7, 2, tzinfo=dt.UTC))
    assert days.today() == dt.date(2026, 7, 1)
    days.check_day(dt.date(2026, 7, 2))
    with pytest.raises(InputError, match="2026-07-03 is in the future; the last possible one is 2026-07-02"):
        days.check_day(dt.date(2026, 7, 3))


def test_the_day_of_a_run_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    real = dt.datetime.now(dt.UTC)
    assert abs(stop_at_midnight(real.date() + dt.timedelta(days=1))() - real) < dt.timedelta(minutes=1)
    for day in (dt.date(2026, 3, 8), dt.date(2026, 7, 1), dt.date(2025, 11, 2)):  # on two of them clocks were changed
        assert stop_at_midnight(day)().astimezone(NEW_YORK).date() == day
        monkeypatch.setattr(days, "_now", stop_at_midnight(day))
        assert days.today() == day


def test_a_day_may_be_words_or_a_moment() -> None:
    expected = xl_thesis.score(as_of=dt.date(2026, 6, 30))
    assert xl_thesis.score(as_of="2026-06-30") == expected
    assert xl_thesis.score(as_of=dt.datetime(2026, 6, 30, 12, 30, tzinfo=dt.UTC)) == expected


@pytest.mark.parametrize("wrong", ["30 June", 20260630, 1.5, "2026-13-01"])
def test_what_is_no_day_is_one_sentence(wrong: object) -> None:
    with pytest.raises(InputError, match="is no day; give a date, or text such as '2026-06-30'"):
        xl_thesis.score(as_of=wrong)  # type: ignore[arg-type]
