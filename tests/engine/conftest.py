"""What several tests of the engine read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

from .drawn import ROWS


@pytest.fixture(scope="module")
def default() -> Iterator[Scorer]:
    """The default thesis over the embedded data."""
    with Store(":memory:") as store:
        seed(store)
        yield Scorer(load_thesis("american_exceptionalism"), store)


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """The drawn data of the mini thesis."""
    with Store(":memory:") as opened:
        opened.write(ROWS, source="test")
        yield opened
