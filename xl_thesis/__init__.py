"""A written macro thesis, scored as known on a day.

>>> import datetime as dt
>>> import xl_thesis
>>> result = xl_thesis.score(as_of=dt.date(2026, 6, 30))
>>> result.status
'full'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from xl_thesis.version import VERSION as __version__

if TYPE_CHECKING:
    import datetime as dt

    from xl_thesis.evaluation import Evaluation

__all__ = ["__version__", "score"]


def score(thesis: str | None = None, as_of: dt.date | str | None = None) -> Evaluation:
    """A thesis scored as known at the end of a day.

    ``thesis`` is the id of one that comes with the package or the path of a YAML file (default: the setting
    ``XL_THESIS_DEFAULT``); ``as_of``, a date or ISO text, is today, or the reference date of the embedded data
    while nothing newer has been fetched. Reads the user's store, never the network.
    Raises ``InputError`` for an unknown thesis or a date without data, ``DefinitionError`` for a faulty file,
    ``StoreError`` where the store cannot be used.
    """
    from xl_thesis import pipeline, settings
    from xl_thesis.thesis import load_thesis

    return pipeline.evaluate(load_thesis(thesis or settings.default_thesis()), as_of)
