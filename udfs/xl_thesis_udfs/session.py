"""What the cell functions share: one open store, one scorer a thesis, and results kept until something they rest on
has changed: the store, the New York day, the file of a thesis, what is frozen, the ledger."""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Callable, Hashable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from xl_thesis import published, settings
from xl_thesis.default_store import open_default_store
from xl_thesis.evaluation import BandResult, Evaluation
from xl_thesis.knowledge import Knowledge
from xl_thesis.pipeline import Scorer
from xl_thesis.thesis import load_thesis
from xl_thesis_udfs.memo import Memo

if TYPE_CHECKING:
    from xl_thesis.attribution import Attribution
    from xl_thesis.dxy import TrendReport
    from xl_thesis.falsifiers import FalsifierState
    from xl_thesis.ledger import Standing
    from xl_thesis.releases import Calendar
    from xl_thesis.sensitivity import Sensitivity
    from xl_thesis_udfs.histories import History

REMEMBERED = 512
"""Results kept: evaluations, bands, calendars and the like."""

State = tuple[Hashable, ...]
_LOOK_EVERY = 1.0
_OPENED = itertools.count()  # no two stores of a process have the same state
_NEW_YORK = ZoneInfo("America/New_York")
_THESIS_FILES = (".yaml", ".yml")
Result = TypeVar("Result")


class Session:
    """An open store with all that was computed from it."""

    def __init__(self) -> None:
        self._default = settings.default_thesis()
        self._scorers: dict[str, tuple[Hashable, Scorer]] = {}
        self._results: Memo[Any] = Memo(REMEMBERED)
        self._day, self._day_began, self._day_ends = 0, 0.0, 0.0
        self._look_again = 0.0
        self._frozen = 0
        self._files: set[str] = set()
        self._open()

    def close(self) -> None:
        """Let go of the store's file."""
        self._store.close()

    def state(self, thesis: str | None) -> State:
        """What a value rests on apart from its arguments; equal states mean equal values.

        Asks the store itself whether any process has written since, so it is right at once; another default thesis,
        a definition that was frozen, or a store whose file was replaced, is seen within a second.
        """
        now = time.time()
        if not self._look_again - _LOOK_EVERY <= now < self._look_again:
            self._default = settings.default_thesis()
            self._frozen = hash(published.freezes())
            self._look_at_file(now)
        self._store.forget_if_changed()
        if not self._day_began <= now < self._day_ends:
            self._turn_day(now)
        name, stamp = thesis or self._default, None
        if name.endswith(_THESIS_FILES):
            stamp = _stamp(name)
            self._files.add(name)
        return self._opened, self._store.generation, self._frozen, self._day, name, stamp

    def token(self) -> str:
        """What every value that was asked for rests on: the state, and each file of a thesis that a cell has named."""
        state = self.state(None)
        return "-".join(map(str, (*state, *(_stamp(name) for name in sorted(self._files)))))

    def scorer(self, thesis: str | None) -> Scorer:
        """The scorer of a thesis, the default one where none is named; read anew once its file has changed."""
        name = thesis or self._default
        stamp = _stamp(name) if name.endswith(_THESIS_FILES) else None
        if name not in self._scorers or self._scorers[name][0] != stamp:
            self._scorers[name] = stamp, Scorer(load_thesis(name), self._store)
        return self._scorers[name][1]

    def day(self, as_of: dt.date | None) -> dt.date:
        """The day itself, else the default one. Raises ``InputError`` for a day in the future."""
        scorer = self.scorer(None)
        chosen = scorer.default_as_of() if as_of is None else as_of
        scorer.check(chosen)
        return chosen

    def knowledge(self, as_of: dt.date | None, thesis: str | None = None) -> Knowledge:
        """What the store knows on a day, a thesis's own series included, each read once."""
        day = self.day(as_of)
        return self._kept("knowledge", thesis, day, lambda scorer: scorer.knowledge(day))

    def evaluate(self, as_of: dt.date | None, thesis: str | None) -> Evaluation:
        """As ``Scorer.evaluate``."""
        return self._kept("evaluation", thesis, as_of, lambda scorer: scorer.evaluate(as_of))

    def band(self, as_of: dt.date | None, thesis: str | None) -> BandResult | None:
        """The robustness band; None where the score is withheld."""
        return self._kept("band", thesis, as_of, lambda scorer: scorer.evaluate(as_of, with_band=True)).band

    def sensitivity(self, as_of: dt.date | None, thesis: str | None) -> Sensitivity:
        """As ``sensitivity.analyse``."""
        from xl_thesis import sensitivity

        return self._kept("sensitivity", thesis, as_of, lambda scorer: sensitivity.analyse(scorer, as_of))

    def change(self, since: dt.date, as_of: dt.date | None, thesis: str | None) -> Attribution:
        """As ``explain_change``."""
        from xl_thesis.attribution import explain_change

        key = (since, as_of)
        return self._kept("change", thesis, key, lambda scorer: explain_change(scorer, since, as_of))

    def calendar(self, as_of: dt.date | None, thesis: str | None) -> Calendar:
        """As ``releases.calendar``."""
        from xl_thesis import releases

        return self._kept("calendar", thesis, as_of, lambda scorer: releases.calendar(scorer, as_of))

    def falsifiers(self, as_of: dt.date | None, thesis: str | None) -> list[FalsifierState]:
        """As ``falsifiers.check``."""
        from xl_thesis import falsifiers

        return self._kept("falsifiers", thesis, as_of, lambda scorer: falsifiers.check(scorer, as_of))

    def standings(self, as_of: dt.date | None, thesis: str | None) -> list[Standing]:
        """Every question of a thesis as it stands on a day."""
        from xl_thesis import ledger

        day = self.day(as_of)
        log = ledger.open_log()

        def compute(scorer: Scorer) -> list[Standing]:
            return ledger.Ledger(scorer.thesis, log).standings(lambda on: self.knowledge(on, thesis), day)

        return self._kept("standings", thesis, (day, _stamp(log.path)), compute)

    def trend(self, window: int, as_of: dt.date | None) -> TrendReport:
        """As ``dxy.dxy_trend``."""
        from xl_thesis.dxy import dxy_trend

        return self._kept("trend", None, (window, as_of), lambda scorer: dxy_trend(scorer, window, as_of))

    def history(self, start: dt.date | None, finish: dt.date | None, frequency: str, thesis: str | None) -> History:
        """As ``histories.history``."""
        from xl_thesis_udfs import histories

        key = (start, finish, frequency)
        return self._kept("history", thesis, key, lambda scorer: histories.history(scorer, start, finish, frequency))

    def _kept(self, what: str, thesis: str | None, key: Hashable, compute: Callable[[Scorer], Result]) -> Result:
        state = self.state(thesis)
        kept: Result = self._results.get((what, state, key), lambda: compute(self.scorer(thesis)))
        return kept

    def _open(self) -> None:
        store = open_default_store()  # where this fails, all stays as it was
        self._store = store
        self._scorers.clear()
        self._file = _identity(settings.store_location())
        self._opened = next(_OPENED)

    def _look_at_file(self, now: float) -> None:
        """Open the store anew where its file is no longer the one that is open; until that succeeds, at every call."""
        if _identity(settings.store_location()) != self._file:
            old, self._file, self._look_again = self._store, object(), 0.0
            self._open()
            old.close()
        self._look_again = now + _LOOK_EVERY

    def _turn_day(self, now: float) -> None:
        """Remember when the New York day began and when it ends."""
        today = dt.datetime.fromtimestamp(now, _NEW_YORK).date()
        tomorrow = today + dt.timedelta(days=1)
        self._day_began, self._day_ends = (
            dt.datetime(day.year, day.month, day.day, tzinfo=_NEW_YORK).timestamp() for day in (today, tomorrow)
        )
        self._day = today.toordinal()


def _identity(path: str | Path) -> Hashable:
    """Which file it is; None for what is none."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _stamp(path: str | Path) -> Hashable:
    """What changes whenever a file does; None where there is none."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@cache
def session() -> Session:
    """The process's session, opened at the first call."""
    return Session()
