"""One open store and one scorer a thesis for as long as the host runs; evaluations are kept until the store changes."""

from __future__ import annotations

import datetime as dt
from functools import cache

from xl_thesis import settings
from xl_thesis.evaluation import Evaluation
from xl_thesis.pipeline import Scorer, open_default_store
from xl_thesis.thesis import load_thesis


class Session:
    """What the cell functions share."""

    def __init__(self) -> None:
        self._store = open_default_store()
        self._scorers: dict[str, Scorer] = {}
        self._evaluations: dict[tuple[str, dt.date | None], Evaluation] = {}
        self._generation = self._store.generation

    def scorer(self, thesis: str | None) -> Scorer:
        """The scorer of a thesis, the default one where none is named."""
        name = thesis or settings.default_thesis()
        if name not in self._scorers:
            self._scorers[name] = Scorer(load_thesis(name), self._store)
        return self._scorers[name]

    def evaluate(self, as_of: dt.date | None, thesis: str | None) -> Evaluation:
        """As ``Scorer.evaluate``, remembered until the store has changed or, without a date, the day has."""
        self._store.forget_if_changed()
        if self._generation != self._store.generation:
            self._evaluations.clear()
            self._generation = self._store.generation
        scorer = self.scorer(thesis)
        day = scorer.default_as_of() if as_of is None else as_of
        key = (scorer.thesis.id, day)
        if key not in self._evaluations:
            self._evaluations[key] = scorer.evaluate(day)
        return self._evaluations[key]


@cache
def session() -> Session:
    """The process's session, opened at the first call."""
    return Session()
