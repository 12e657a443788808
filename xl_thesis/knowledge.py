"""What is known on one day: series by id, derived ones included, each read once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from xl_thesis.catalogue import Catalogue, leaves, meta_of
from xl_thesis.errors import MissingData
from xl_thesis.models import Derived, Operand, SeriesMeta
from xl_thesis.observations import TimeSeries
from xl_thesis.operators import derive
from xl_thesis.store import Store


class Knowledge:
    """Every series as known at the end of ``on``, New York time."""

    def __init__(self, store: Store, catalogue: Catalogue, on: dt.date) -> None:
        self.on = on
        self._store = store
        self._catalogue = catalogue
        self._series: dict[str, TimeSeries] = {}
        self._derived: dict[Derived, TimeSeries] = {}
        store.forget_if_changed()

    def series(self, operand: Operand) -> TimeSeries:
        """A series by id or expression. Raises ``MissingData`` naming the first id without an observation."""
        if isinstance(operand, str):
            derived = meta_of(self._catalogue, operand).derived
            if derived is None:
                return self.stored(meta_of(self._catalogue, operand))
            return self.series(derived)
        if operand not in self._derived:
            inputs = {series_id: self.series(series_id) for series_id in operand.series_ids()}
            self._derived[operand] = derive(operand, inputs)
        return self._derived[operand]

    def leaves(self, operand: Operand) -> tuple[SeriesMeta, ...]:
        """Catalogue entries of the stored series behind an operand."""
        return tuple(meta_of(self._catalogue, series_id) for series_id in leaves(operand, self._catalogue))

    def stored(self, meta: SeriesMeta) -> TimeSeries:
        """A stored series. Raises ``MissingData`` where nothing of it is known yet."""
        if meta.id not in self._series:
            vintages = self._store.vintages(meta)
            if vintages is None:
                raise MissingData(f"no data for {meta.id}")
            known = vintages.as_known(self.on)
            if len(known) == 0:
                raise MissingData(f"{meta.id} has no value known on {self.on}")
            self._series[meta.id] = known
        return self._series[meta.id]

    def data_hash(self, series_ids: Iterable[str]) -> str:
        """SHA-256 over ids, days and values of these stored series as known on the day."""
        sha = hashlib.sha256()
        for series_id in sorted(set(series_ids)):
            sha.update(f"{series_id}\n{self._series[series_id].digest()}\n".encode())
        return sha.hexdigest()
