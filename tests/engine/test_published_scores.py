"""The engine as another index: scores that COINr published for the ASEM Sustainable Connectivity index.

COINr's own steps before normalisation (denominators, group means for gaps, outliers) are done here with pandas and
scipy; normalisation and every level of aggregation are the engine's. Min-max is goalposts at the least, middle and
largest value.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from xl_thesis.definition import Method, Patience
from xl_thesis.models import Frequency
from xl_thesis.normalise import directed, goalposts
from xl_thesis.observations import Values
from xl_thesis.scoring import Part, aggregate

FOLDER = Path(__file__).resolve().parent.parent / "reference" / "asem"
FREQUENCIES: tuple[Frequency, ...] = ("daily", "weekly", "monthly", "quarterly", "annual")
METHOD = Method(staleness=dict.fromkeys(FREQUENCIES, Patience(grace_days=1, hard_days=2)))

# COINr 1.1.14, docs/articles/results.html (commit b968203), two decimals.
PUBLISHED = {
    ("CHE", "Index"): 68.38, ("CHE", "Conn"): 62.79, ("CHE", "Sust"): 73.98, ("NLD", "Index"): 64.82,
    ("DNK", "Index"): 64.80, ("NOR", "Index"): 64.47, ("BEL", "Index"): 63.54, ("SWE", "Index"): 63.00,
    ("IND", "Index"): 39.79, ("IND", "Physical"): 18.78, ("IND", "ConEcFin"): 6.38, ("IND", "SusEcFin"): 54.88,
}  # fmt: skip


def is_ordinary(values: Values) -> bool:
    skew, kurtosis = scipy.stats.skew(values, bias=False), scipy.stats.kurtosis(values, bias=False)
    return not (abs(skew) >= 2 and kurtosis >= 3.5)


def without_outliers(values: Values) -> Values:
    """COINr's default: winsorise up to five points, one at a time, else take logarithms."""
    if is_ordinary(values):
        return values
    ordered, treated, low, high = np.sort(values), values, 0, 0
    for _ in range(5):
        high, low = (high + 1, low) if scipy.stats.skew(treated, bias=False) > 0 else (high, low + 1)
        treated = np.clip(values, ordered[low], ordered[len(values) - 1 - high])
        if is_ordinary(treated):
            return treated
    return np.asarray(np.log(values - values.min() + 0.01 * (values.max() - values.min())))


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """Every level's scores by country, aggregated by the engine."""
    data = pd.read_csv(FOLDER / "data.csv").set_index("uCode")
    meta = pd.read_csv(FOLDER / "meta.csv").set_index("iCode")
    indicators = meta[meta.Type == "Indicator"]
    values = data[indicators.index].astype(float)
    for name, denominator in indicators.Denominator.dropna().items():
        values[name] /= data[denominator]
    values = values.fillna(values.groupby(data.EurAsia_group).transform("mean"))
    table = pd.DataFrame(index=data.index)
    for name in indicators.index:
        column = without_outliers(values[name].to_numpy())
        posts = (column.min(), (column.min() + column.max()) / 2, column.max())
        table[name] = [directed(goalposts(value, posts), int(indicators.Direction[name])) for value in column]
    for level in (2, 3, 4):
        for parent in meta.index[(meta.Level == level) & (meta.Type == "Aggregate")]:
            children = meta[meta.Parent == parent]
            table[parent] = [mean(row, children.Weight) for _, row in table[children.index].iterrows()]
    return table


def mean(row: pd.Series, weights: pd.Series) -> float:
    """Children as the indicators of one pillar."""
    parts = [Part(str(name), "P", float(weights[name]), float(value), 1.0) for name, value in row.items()]
    result = aggregate(parts, {"P": 1.0}, METHOD).score
    assert result is not None
    return result


@pytest.mark.parametrize(("country", "level"), sorted(PUBLISHED))
def test_published_score(scores: pd.DataFrame, country: str, level: str) -> None:
    assert scores.loc[country, level] == pytest.approx(PUBLISHED[country, level], abs=0.005)


def test_two_levels_at_once_are_the_same(scores: pd.DataFrame) -> None:
    """Indicators within pillars within a sub-index, in one call of the engine."""
    meta = pd.read_csv(FOLDER / "meta.csv").set_index("iCode")
    pillars = meta.index[meta.Parent == "Conn"]
    parts = [
        Part(str(name), str(pillar), 1.0, float(scores.loc["CHE", name]), 1.0)
        for pillar in pillars
        for name in meta.index[meta.Parent == pillar]
    ]
    assert aggregate(parts, dict.fromkeys(map(str, pillars), 1.0), METHOD).score == pytest.approx(62.79, abs=0.005)
