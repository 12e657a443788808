"""Falsifiers for a machine: which indicators were proved wrong by their own rule, and which are close to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from xl_thesis.days import month_end_days
from xl_thesis.definition import Indicator
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.gauges import Gauge, gauge
from xl_thesis.limits import Limit, WrongWhen
from xl_thesis.observations import to_date, to_day
from xl_thesis.pipeline import Scorer
from xl_thesis.wording import named

State = Literal["met", "near", "not met", "not due", "no data"]

_LATE_DAYS = 4
_PRECOMPUTED_DAYS = 10
_UNITS = {"score": "points", "return_since": "%", "return_over": "%"}


@dataclass(frozen=True, slots=True)
class FalsifierState:
    """How the falsifier of an indicator stands on a day.

    | state | what |
    |---|---|
    | ``met`` | the number was past the limit as often in a row as the rule says, at last on ``met_on`` |
    | ``near`` | the number of today is past the limit or near it, and it will be looked at again |
    | ``not met`` | it was looked at and is not near, or can no longer be met |
    | ``not due`` | the first look is to come, and today's number is not near |
    | ``no data`` | there is no number to judge by |

    ``number`` is the one of ``observed_on``; ``run`` of ``in_a_row`` looks held at the end; ``unseen`` are the days of
    looks that had no data; ``deadline`` is the last look; ``imported`` are the files from which values behind it were
    imported.
    """

    indicator: str
    title: str
    state: State
    sentence: str
    falsifier: str
    number: float | None
    limit: float
    observed_on: dt.date | None
    run: int
    in_a_row: int
    met_on: dt.date | None
    unseen: tuple[dt.date, ...]
    deadline: dt.date
    is_proxy: bool
    imported: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        found = asdict(self)
        for name in ("observed_on", "met_on", "deadline"):
            found[name] = None if found[name] is None else str(found[name])
        return {**found, "unseen": [str(day) for day in self.unseen]}


def check(scorer: Scorer, as_of: dt.date | None = None) -> list[FalsifierState]:
    """Every falsifier that a machine can judge, as known on a day, in the order of the indicators.

    Raises ``InputError`` for a day in the future, and for a limit of an unknown indicator or series.

    >>> from xl_thesis.default_store import open_default_store
    >>> from xl_thesis.thesis import load_thesis
    >>> with open_default_store() as store:
    ...     found = check(Scorer(load_thesis("american_exceptionalism"), store), dt.date(2025, 9, 30))
    >>> next(item.state for item in found if item.indicator == "broad_usd")
    'not due'
    """
    as_of = scorer.default_as_of() if as_of is None else as_of
    scorer.check(as_of)
    scorer.store.forget_if_changed()
    return [_Judge(scorer, item, item.wrong_when).judge(as_of) for item in scorer.thesis.indicators if item.wrong_when]


def alerts(states: Sequence[FalsifierState]) -> list[FalsifierState]:
    """Those that are met, then those that are near."""
    return [item for state in ("met", "near") for item in states if item.state == state]


def summary(found: Sequence[FalsifierState]) -> str:
    """One line on the alerts, by indicator, met ones first."""
    groups = [
        f"{words}: {', '.join(item.indicator for item in found if item.state == state)}"
        for state, words in (("met", "PROVED WRONG by its own rule"), ("near", "near to being proved wrong"))
        if any(item.state == state for item in found)
    ]
    if not groups:
        return "No indicator is proved wrong by its own rule, or near to it."
    said = "; ".join(groups)
    return f"{said[0].upper()}{said[1:]} (`xl-thesis alerts`)."


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at a number: whether the rule holds, or is near to it."""

    day: dt.date
    number: float
    observed_on: dt.date
    holds: bool
    is_near: bool
    is_proxy: bool
    imported: tuple[str, ...]


class _Judge:
    """One falsifier over a scorer's data."""

    def __init__(self, scorer: Scorer, indicator: Indicator, rule: WrongWhen) -> None:
        self._scorer = scorer
        self._indicator = indicator
        self._rule = rule
        self._begins = rule.begins or scorer.thesis.base_date or scorer.thesis.published
        self._deadline = max(rule.days, default=indicator.wrong_on or dt.date.max)

    def judge(self, as_of: dt.date) -> FalsifierState:
        """How it stands on a day."""
        last = min(as_of, self._deadline)
        looks, to_come = self._looks(last)
        shown, reason = self._look_now(last)
        state, met_by = self._state(looks, to_come, shown)
        shown = met_by or shown
        run = next((row for row, (_, look) in enumerate(reversed(looks)) if not (look and look.holds)), len(looks))
        unseen = tuple(day for day, look in looks if look is None)
        return FalsifierState(
            indicator=self._indicator.id,
            title=self._indicator.title.en,
            state=state,
            sentence=self._sentence(state, shown, run, unseen, reason),
            falsifier=self._indicator.falsifier,
            number=None if shown is None else shown.number,
            limit=self._rule.value,
            observed_on=None if shown is None else shown.observed_on,
            run=run,
            in_a_row=self._rule.in_a_row,
            met_on=None if met_by is None else met_by.day,
            unseen=unseen,
            deadline=self._deadline,
            is_proxy=shown is not None and shown.is_proxy,
            imported=() if shown is None else shown.imported,
        )

    def _state(
        self, looks: Sequence[tuple[dt.date, _Look | None]], to_come: int, now: _Look | None
    ) -> tuple[State, _Look | None]:
        """The state, and the look that met the rule; ``to_come`` looks are after the day."""
        needed = self._rule.in_a_row
        met = _first_run([look is not None and look.holds for _, look in looks], needed)
        if met is not None:
            return "met", looks[met][1]
        best_case = [look is None or look.holds for _, look in looks] + [True] * min(to_come, needed)
        if looks and _first_run(best_case, needed) is None:
            return "not met", None
        if now is None or not to_come:
            return "no data", None
        if now.holds or now.is_near:
            return "near", None
        return ("not met" if looks else "not due"), None

    def _look_now(self, day: dt.date) -> tuple[_Look | None, str]:
        try:
            return self._look(day, strict=False), ""
        except (MissingData, CalculationError) as error:
            return None, str(error)

    def _looks(self, last: dt.date) -> tuple[list[tuple[dt.date, _Look | None]], int]:
        """Every look until a day, None where there was no data, and how many are to come."""
        if self._rule.every == "period":
            found = [(look.day, look) for look in self._periods(last)]
            return [*found], self._rule.in_a_row if last < self._deadline else 0
        days = self._days()
        looks: list[tuple[dt.date, _Look | None]] = []
        for day in days:
            if day <= last:
                try:
                    looks.append((day, self._look(day, strict=True)))
                except (MissingData, CalculationError):
                    looks.append((day, None))
        return looks, len(days) - len(looks)

    def _days(self) -> list[dt.date]:
        """The days on which the number is looked at."""
        rule = self._rule
        if rule.days:
            return list(rule.days)
        if rule.every == "review_date":
            days = sorted(self._scorer.thesis.review_dates)
        else:
            ends = month_end_days(self._begins, self._deadline + dt.timedelta(days=1))[:-1]
            days = [day for day in ends if rule.every == "month" or day.month % 3 == 0]
        return [day for day in days if self._begins < day <= self._deadline]

    def _periods(self, last: dt.date) -> Iterator[_Look]:
        """A look at each period known on a day."""
        try:
            found = self._gauge(self._rule, last)
        except (MissingData, CalculationError):
            return
        for row in np.flatnonzero(found.history.days > to_day(self._begins)).tolist():
            head = found.history.at(np.arange(row + 1))
            try:
                number = found.of(head)
            except CalculationError:
                continue
            day = to_date(head.days[-1])
            yield _Look(day, number, day, *found.compare(number, self._rule), found.is_proxy, found.imported)

    def _look(self, day: dt.date, *, strict: bool) -> _Look:
        """The number as known at the end of a day; ``strict``: only if no newer one could be known.

        Raises ``MissingData`` or ``CalculationError`` where there is none.
        """
        gauges = [(limit, self._gauge(limit, day)) for limit in (self._rule, self._rule.provided) if limit is not None]
        compared = [found.compare(found.number, limit) for limit, found in gauges]
        for _, found in gauges:
            _require_current(found, day, strict=strict)
        first = gauges[0][1]
        return _Look(
            day=day,
            number=first.number,
            observed_on=first.observed_on,
            holds=all(past for past, _ in compared),
            is_near=all(past or near for past, near in compared),
            is_proxy=any(found.is_proxy for _, found in gauges),
            imported=tuple(dict.fromkeys(file for _, found in gauges for file in found.imported)),
        )

    def _gauge(self, limit: Limit, day: dt.date) -> Gauge:
        knowledge = self._scorer.knowledge(day)
        return gauge(limit, self._indicator, self._scorer.thesis, knowledge, self._scorer.meta_of)

    def _sentence(self, state: State, look: _Look | None, run: int, unseen: Sequence[dt.date], reason: str) -> str:
        """What was seen, what it is held against and when, and how often it held."""
        rule = self._rule
        unit = _UNITS.get(rule.measure, self._indicator.unit if rule.measure == "value" else "")
        seen = "no number"
        if look is not None:
            number = f"{rule.measure.replace('_', ' ')} {look.number:.4g} {unit}".rstrip()
            when = f"{look.observed_on}{', by proxy' if look.is_proxy else ''}"
            seen = f"{number} ({named(when, look.imported)})"
        parts = [seen, f"wrong if {_words(rule)} {self._when()}"]
        if state == "met" and look is not None:
            parts.append(f"met on {look.day}")
        elif rule.in_a_row > 1 and state != "no data":
            parts.append(f"{run} of {rule.in_a_row} so far")
        if unseen and state != "met":
            parts.append(f"no data on {', '.join(map(str, unseen))}")
        if state == "no data" and reason:
            parts.append(reason)
        return "; ".join(parts) + "."

    def _when(self) -> str:
        rule = self._rule
        if rule.days:
            joint = " and " if rule.in_a_row == len(rule.days) else " or "
            often = f"{rule.in_a_row} times in a row " if 1 < rule.in_a_row < len(rule.days) else ""
            return f"{often}on {joint.join(map(str, rule.days))}"
        names = {"period": "in {} period", "month": "at {} month-end", "quarter": "at {} quarter-end",
                 "review_date": "on {} review date"}  # fmt: skip
        often = names[rule.every or "period"]
        often = often.format(rule.in_a_row) + "s in a row" if rule.in_a_row > 1 else often.format("a")
        return f"{often} by {self._deadline}"


def _require_current(found: Gauge, day: dt.date, *, strict: bool) -> None:
    """Raise ``MissingData`` for a number that is too old to judge by."""
    overdue = found.history.schedule.days_overdue(found.observed_on, day)
    age = (day - found.observed_on).days
    too_old = overdue > _LATE_DAYS or (found.is_precomputed and age > _PRECOMPUTED_DAYS)
    if found.freshness <= 0 or (strict and too_old):
        raise MissingData(f"the last number known on {day} is of {found.observed_on}")


def _words(rule: WrongWhen) -> str:
    """A rule's limits in words."""
    words = f"{rule.compare.replace('_', ' ')} {rule.value:g}"
    other = rule.provided
    if other is None:
        return words
    measure, relation = other.measure.replace("_", " "), other.compare.replace("_", " ")
    return f"{words} while {other.indicator or other.series or 'its'} {measure} is {relation} {other.value:g}"


def _first_run(holds: Sequence[bool], needed: int) -> int | None:
    """The row at which as many in a row hold as are needed, None where they never do."""
    run = 0
    for row, held in enumerate(holds):
        run = run + 1 if held else 0
        if run == needed:
            return row
    return None
