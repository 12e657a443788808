"""The schema of a falsifier that a machine can judge: which number, past which limit, on which days."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from xl_thesis.criteria import Comparison
from xl_thesis.models import Model, Operand, SpanField

LimitMeasure = Literal["value", "score", "level", "change_since", "return_since", "return_over"]
Interval = Literal["period", "month", "quarter", "review_date"]


class Limit(Model):
    """A number of an indicator, and the limit it is held against.

    | measure | what | unit |
    |---|---|---|
    | ``value`` | the transformed value, as it is shown | of the indicator |
    | ``score`` | the score | points of 100 |
    | ``level`` | the series behind it | of the series |
    | ``change_since`` | that level less the one of ``since`` | of the series |
    | ``return_since`` | that level over the one of ``since``, less 1 | percent |
    | ``return_over`` | that level over the one a span (``over``) before, less 1 | percent |

    ``indicator`` names another than its own; ``series`` is measured in place of an indicator's sources; ``less`` is a
    series whose return is subtracted; ``since`` is the base date unless given. A number no further than ``margin`` from
    the limit is near it. For ``value`` and ``score`` the margin is, unless given, what moves the score by 5 points: a
    tenth of the way from neutral to either end.

    >>> Limit(measure="value", compare="at_most", value=0.3).margin is None
    True
    """

    indicator: Annotated[str, Field(min_length=1)] | None = None
    series: Operand | None = None
    less: Operand | None = None
    measure: LimitMeasure
    since: dt.date | None = None
    over: SpanField | None = None
    compare: Comparison
    value: float
    margin: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _check_measure(self) -> Limit:
        own = self.measure in ("value", "score")
        if own and self.series is not None:
            raise ValueError(f"a series has no {self.measure}: it has level, change_since and returns")
        if self.series is not None and self.indicator is not None:
            raise ValueError("give either indicator or series")
        if not own and self.margin is None:
            raise ValueError(f"{self.measure} needs a margin: how far from the limit is near")
        if self.since is not None and not self.measure.endswith("_since"):
            raise ValueError("since belongs to the measures that end in _since")
        if (self.measure == "return_over") != (self.over is not None):
            raise ValueError("over belongs to return_over, and return_over needs it")
        if self.less is not None and not self.measure.startswith("return_"):
            raise ValueError("less belongs to return_since and return_over")
        return self


class WrongWhen(Limit):
    """A falsifier for a machine: met once the number is past the limit ``in_a_row`` times running.

    It is looked at on ``days``; or at the end of ``every`` month or quarter, or on every review date, until
    ``wrong_on``; in both cases as known then. Or it is looked at for ``every`` period of the series, as known on the
    day of the check. What ends on or before ``begins`` (the base date unless given) does not count, and a period that
    has no value is passed over. ``provided`` must hold as well.
    """

    days: Annotated[tuple[dt.date, ...], Field(strict=False)] = ()
    every: Interval | None = None
    in_a_row: Annotated[int, Field(ge=1, le=60)] = 1
    begins: dt.date | None = None
    provided: Limit | None = None

    @model_validator(mode="after")
    def _check_days(self) -> WrongWhen:
        if bool(self.days) == (self.every is not None):
            raise ValueError("give either days or every: when the number is looked at")
        if list(self.days) != sorted(set(self.days)):
            raise ValueError("days must ascend")
        if self.days and self.in_a_row > len(self.days):
            raise ValueError("in_a_row asks for more days than are given")
        if self.every == "period" and (self.provided is not None or self.measure.startswith("return_")):
            raise ValueError("every period goes with value, score, level or change_since, and without provided")
        return self
