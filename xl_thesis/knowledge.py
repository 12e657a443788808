"""What is known on one day: series by id, derived ones included, each read once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

import numpy as np

from xl_thesis.catalogue import Catalogue, leaves, meta_of
from xl_thesis.errors import CalculationError, MissingData
from xl_thesis.models import Derived, Operand, SeriesMeta
from xl_thesis.observations import TimeSeries, Vintages, to_day
from xl_thesis.operators import derive, looks_back_only
from xl_thesis.store import Store
from xl_thesis.wording import named

_END_OF_TIME = dt.date.max

Result = TypeVar("Result")


class Archive:
    """All vintages of stored series and, where it can be done once for every day, of derived ones.

    A derived series can be computed once where each input has one value a period, known in order, and the operator
    looks back only: what is known of it on a day is then a head of the whole.

    Days on which the same is known of a series share one ``TimeSeries``, so that whatever was computed from it need not
    be computed again (``once``).
    """

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue
        self._derived: dict[Derived, Vintages | None] = {}
        self._known: dict[Operand, tuple[Vintages, int, TimeSeries]] = {}
        self._results: dict[Hashable, tuple[tuple[object, ...], Any]] = {}
        self._leaves: dict[Operand, tuple[SeriesMeta, ...]] = {}
        self._generation = -1

    def known(self, operand: Operand, vintages: Vintages, on: dt.date) -> TimeSeries:
        """What is known on a day: the very object of the last call, where no more and no less is."""
        count = int(np.count_nonzero(vintages.available <= to_day(on)))
        last = self._known.get(operand)
        if last is None or last[0] is not vintages or last[1] != count:
            last = self._known[operand] = (vintages, count, vintages.as_known(on))
        return last[2]

    def once(self, name: Hashable, inputs: tuple[object, ...], compute: Callable[[], Result]) -> Result:
        """What ``compute`` gives; that of the last call of this name, where the inputs are the same objects."""
        last = self._results.get(name)
        if last is None or len(last[0]) != len(inputs) or any(map(_differ, last[0], inputs)):
            last = self._results[name] = (inputs, compute())
        result: Result = last[1]
        return result

    def leaves(self, operand: Operand) -> tuple[SeriesMeta, ...]:
        """Catalogue entries of the stored series behind an operand."""
        if operand not in self._leaves:
            ids = leaves(operand, self._catalogue)
            self._leaves[operand] = tuple(meta_of(self._catalogue, series_id) for series_id in ids)
        return self._leaves[operand]

    def vintages(self, operand: Operand) -> Vintages | None:
        """None where the store has none, or where a derived series must be computed for each day apart."""
        if isinstance(operand, str):
            meta = meta_of(self._catalogue, operand)
            return self._store.vintages(meta) if meta.derived is None else self.vintages(meta.derived)
        if self._generation != self._store.generation:
            self._derived.clear()
            self._generation = self._store.generation
        if operand not in self._derived:
            self._derived[operand] = self._derive(operand)
        return self._derived[operand]

    def _derive(self, operand: Derived) -> Vintages | None:
        if not looks_back_only(operand):
            return None
        inputs = {}
        for series_id in operand.series_ids():
            vintages = self.vintages(series_id)
            if vintages is None or not vintages.in_order:
                return None
            inputs[series_id] = vintages.as_known(_END_OF_TIME)
        try:
            whole = derive(operand, inputs)
        except CalculationError:
            return None
        return Vintages.of(whole.days, whole.values, whole.available, whole.schedule)


class Knowledge:
    """Every series as known at the end of ``on``, New York time."""

    def __init__(self, store: Store, catalogue: Catalogue, on: dt.date, archive: Archive | None = None) -> None:
        self.on = on
        self._store = store
        self._catalogue = catalogue
        self._archive = archive or Archive(store, catalogue)
        self._series: dict[Operand, TimeSeries] = {}

    def series(self, operand: Operand) -> TimeSeries:
        """A series by id or expression. Raises ``MissingData`` where nothing of it, or of an input, is known yet."""
        if operand not in self._series:
            self._series[operand] = self._find(operand)
        return self._series[operand]

    def leaves(self, operand: Operand) -> tuple[SeriesMeta, ...]:
        """Catalogue entries of the stored series behind an operand."""
        return self._archive.leaves(operand)

    def once(self, name: Hashable, inputs: tuple[object, ...], compute: Callable[[], Result]) -> Result:
        """As ``Archive.once``."""
        return self._archive.once(name, inputs, compute)

    def stored(self, meta: SeriesMeta) -> TimeSeries:
        """A stored series, also one that is not in the catalogue. Raises ``MissingData`` where nothing is known yet."""
        if meta.id not in self._series:
            self._series[meta.id] = self._known(meta.id, self._store.vintages(meta))
        return self._series[meta.id]

    def rests_on_vintages(self, meta: SeriesMeta) -> bool:
        """Whether each value of a stored series that is known on the day came as a real vintage."""
        evidence = self._store.evidence(meta)
        if evidence.since is None or self.on < evidence.since:
            return False
        known = self.stored(meta)
        return self.once(("vouched", meta.id), (known, evidence), lambda: evidence.vouches(known))

    def imported(self, meta: SeriesMeta) -> tuple[str, ...]:
        """Files from which values were imported that are among those known of a stored series."""
        evidence = self._store.evidence(meta)
        if not evidence.imported:
            return ()
        known = self.stored(meta)
        return self.once(("imported", meta.id), (known, evidence), lambda: evidence.files(known))

    def files(self, operand: Operand) -> tuple[str, ...]:
        """As ``imported``, of every stored series behind an operand."""
        return tuple(dict.fromkeys(file for meta in self.leaves(operand) for file in self.imported(meta)))

    def named(self, operand: Operand) -> str:
        """A series by its id or expression, and from where values of it were imported."""
        return named(str(operand), self.files(operand))

    def data_hash(self, metas: Iterable[SeriesMeta]) -> str:
        """SHA-256 over ids, days and values of these stored series as known on the day."""
        sha = hashlib.sha256()
        for meta in sorted(metas, key=lambda meta: meta.id):
            known = self.stored(meta)
            digest = self.once(("digest", meta.id), (known,), known.digest)
            sha.update(f"{meta.id}\n{digest}\n".encode())
        return sha.hexdigest()

    def _find(self, operand: Operand) -> TimeSeries:
        vintages = self._archive.vintages(operand)
        if vintages is not None:
            return self._known(operand, vintages)
        if not isinstance(operand, str):
            inputs = {series_id: self.series(series_id) for series_id in operand.series_ids()}
            return self.once(("derived", operand), tuple(inputs.values()), lambda: derive(operand, inputs))
        derived = meta_of(self._catalogue, operand).derived
        if derived is None:
            raise MissingData(f"no data for {operand}")
        return self.series(derived)

    def _known(self, operand: Operand, vintages: Vintages | None) -> TimeSeries:
        if vintages is None:
            raise MissingData(f"no data for {operand}")
        known = self._archive.known(operand, vintages, self.on)
        if len(known) == 0:
            raise MissingData(f"{operand} has no value known on {self.on}")
        return known


def _differ(left: object, right: object) -> bool:
    return left is not right
