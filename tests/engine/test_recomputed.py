"""The default thesis scored a second time, by METHOD.md: pandas, the YAML files and the rows, nothing of the engine."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from xl_thesis.default_store import seed
from xl_thesis.pipeline import Scorer
from xl_thesis.store import Store
from xl_thesis.thesis import load_thesis

PACKAGE = resources.files("xl_thesis")
THESIS, CATALOGUE = (
    yaml.safe_load(PACKAGE.joinpath(name).read_text("utf-8"))
    for name in ("theses/american_exceptionalism.yaml", "catalogue.yaml")
)
METHOD, RANK = THESIS["method"], ["daily", "weekly", "monthly", "quarterly", "annual"]
CODE = {"monthly": "M", "quarterly": "Q", "annual": "Y"}
MONTHS = {"M": 1, "Q": 3, "Y": 12}
NEXT = {
    "daily": pd.offsets.BDay(1), "weekly": pd.Timedelta(days=7), "monthly": pd.offsets.MonthEnd(1),
    "quarterly": pd.offsets.QuarterEnd(1), "annual": pd.offsets.YearEnd(1),
}  # fmt: skip
EMBEDDED = [  # a quarter end, two shutdowns, a leap day, the base date, the newest, too old
    "2010-03-31", "2013-10-22", "2016-02-29", "2025-02-24", "2025-11-20", "2026-07-22", "2026-09-30",
]  # fmt: skip
INVENTED = ["2025-02-07", "2025-03-26", "2026-08-20"]
Rows = dict[str, pd.DataFrame]
Numbers = dict[str, float | None]


def leaves(source: Any) -> list[str]:
    source = CATALOGUE[source].get("derived", source) if isinstance(source, str) else source
    return [source] if isinstance(source, str) else [leaf for part in source["of"] for leaf in leaves(part)]


def frequency(source: Any) -> str:
    if isinstance(source, str):
        return str(CATALOGUE[source]["frequency"])
    return "monthly" if source["op"] == "monthly_mean" else max(map(frequency, source["of"]), key=RANK.index)


def by_month(series: pd.Series) -> pd.Series:
    months = series.set_axis(series.index.to_period("M"))
    return months.reindex(pd.period_range(months.index[0], months.index[-1], freq="M"))


def by_day(months: pd.Series) -> pd.Series:
    return months.dropna().pipe(lambda kept: kept.set_axis(kept.index.to_timestamp(how="E").normalize()))


def known(rows: Rows, source: Any, on: pd.Timestamp) -> pd.Series:
    """A series, or an expression of several, as known on a day."""
    if isinstance(source, str) and "derived" not in CATALOGUE[source]:
        frame = rows[source][rows[source]["available_at"] <= on].sort_values(["observed_on", "available_at"])
        values = frame.drop_duplicates("observed_on", keep="last").set_index("observed_on")["value"]
        return (values[values != 0] if CATALOGUE[source].get("zero_is_missing") else values).dropna()
    source = CATALOGUE[source]["derived"] if isinstance(source, str) else source
    parts = [known(rows, part, on) for part in source["of"]]
    return _combined(source, parts) * source.get("factor", 1)


def _combined(source: Any, parts: list[pd.Series]) -> pd.Series:
    table = pd.concat(parts, axis=1, join="inner")
    match source["op"]:
        case "monthly_mean":
            last, by = parts[0].index[-1], parts[0].groupby(parts[0].index.to_period("M")).mean()
            complete = [last >= pd.offsets.BDay().rollback(end.normalize()) for end in by.index.to_timestamp(how="E")]
            return by_day(by[complete])
        case "rolling_sum":
            return by_day(by_month(parts[0]).rolling(source["months"]).sum())
        case "ratio":
            return table.iloc[:, 0] / table.iloc[:, 1]
        case "difference":
            return table.iloc[:, 0] - table.iloc[:, 1]
        case "sum":
            return table.sum(axis=1)
        case "product":
            return table.prod(axis=1)
        case "basket":
            return np.exp(np.log(table).mean(axis=1))
        case _:
            return np.exp((np.log(table) * source["exponents"]).sum(axis=1))


def before(series: pd.Series, span: str, often: str) -> pd.Series:
    """For each day the value a span earlier on the calendar."""
    count, unit = int(span[:-1]), span[-1]
    if often in CODE:
        periods = series.set_axis(series.index.to_period(CODE[often]))
        return periods.reindex(periods.index - count * MONTHS[unit] // MONTHS[CODE[often]]).set_axis(series.index)
    back = pd.Timedelta(weeks=count) if unit == "W" else pd.DateOffset(months=count * MONTHS[unit])
    found = series.reindex(series.index - back, method="ffill", tolerance=pd.Timedelta(days=10))
    return found.set_axis(series.index)


def t_statistic(returns: pd.Series, window: int) -> pd.Series:
    """Of the mean of the last returns, with the error of Newey and West."""
    last = returns.iloc[-window:].to_numpy() if len(returns) >= window else np.array([math.nan])
    lags, centred, count = math.floor(4 * (window / 100) ** (2 / 9)), last - last.mean(), len(last)
    products = [(1 - lag / (lags + 1)) * (centred[lag:] @ centred[: count - lag]) for lag in range(lags + 1)]
    error = math.sqrt((2 * sum(products) - products[0]) / count / max(count - 1, 1))
    return pd.Series([last.mean() / error], index=returns.index[-1:]) if error else returns[:0]


def transform(rule: Any, series: pd.Series, often: str, know: Any) -> pd.Series:
    """A history, of a statistic its last value alone; empty where there is none."""
    match rule["kind"]:
        case "level":
            return series
        case "change":
            months = int(rule["span"][:-1]) * 7 / (365.25 / 12) if rule.get("per_month") else 1
            return (series - before(series, rule["span"], often)) / months
        case "log_change":
            return np.log(series / before(series, rule["span"], often))
        case "log10_change":
            return np.log10(series / before(series, rule["span"], often))
        case "yoy":
            return 100 * (series / before(series, "1Y", often) - 1) - rule.get("target", 0)
        case "average":
            months, least = by_month(series), math.ceil(2 * rule["months"] / 3)
            return by_day(months.rolling(rule["months"], min_periods=least).mean().where(months.notna()))
        case "above_low":
            months, excused = by_month(series), rule.get("missing_months_ok", 0)
            mean = months.rolling(3, min_periods=3 - excused).mean()
            low = mean.shift(1).rolling(rule["low_months"], min_periods=rule["low_months"] - excused).min()
            return by_day((mean - low).where(months.notna()))
        case "drift_t":
            return t_statistic(np.log(series).diff().dropna(), rule["window"])
        case "excess_drift_t":
            days = series.index.to_series().diff().dt.days
            cash = know(rule["risk_free"]).reindex(series.index, method="ffill").shift(1) / 100 * days / 360
            return t_statistic((np.log(series).diff() - cash).dropna(), rule["window"])
        case "beta":
            return beta(rule, series, know(rule["benchmark"]))
    return since_base(rule, series)


def since_base(rule: Any, series: pd.Series) -> pd.Series:
    base = pd.Timestamp(rule.get("base_date") or THESIS["base_date"])
    earlier, later = series[series.index <= base], series[series.index > base]
    if not len(earlier) or len(later) < (21 if rule["kind"] == "anchored_z" else 1):
        return series[:0]
    if rule["kind"] == "change_since":
        return later - earlier.iloc[-1]
    start = base - pd.DateOffset(years=rule.get("volatility_years", 3))
    deviation = np.log(earlier[earlier.index >= start]).diff().std()
    moved = math.log(later.iloc[-1] / earlier.iloc[-1])
    return pd.Series([moved / (deviation * math.sqrt(len(later)))], index=later.index[-1:])


def beta(rule: Any, series: pd.Series, benchmark: pd.Series) -> pd.Series:
    last = min(series.index[-1], benchmark.index[-1])
    fridays = pd.date_range("2000-01-07", last, freq="W-FRI")
    closes = [prices.reindex(fridays, method="ffill", tolerance=pd.Timedelta(days=4)) for prices in (series, benchmark)]
    weeks = np.log(pd.concat(closes, axis=1)).diff().iloc[-rule["weeks"] :].dropna().to_numpy()
    if len(weeks) < rule["min_observations"]:
        return series[:0]
    return pd.Series([np.polyfit(weeks[:, 1], weeks[:, 0], 1)[0]], index=[last])


def normalised(rule: Any, history: pd.Series) -> float:
    value, short = history.iloc[-1], METHOD["short_history"]
    if rule["kind"] == "normal_cdf":
        return 50 * math.erfc(-(value - rule.get("neutral", 0)) / rule.get("scale", 1) / math.sqrt(2))
    if rule["kind"] == "goalposts":
        return float(np.interp(value, rule["posts"], [0, 50, 100]))
    equal = (history - value).abs() <= 1e-9 * max(1, abs(value))
    score = 100 * float(((history < value) & ~equal).sum() + equal.sum() / 2) / len(history)
    years = (history.index[-1] - history.index[0]).days / 365.25
    if len(history) >= short["min_observations"] and years >= short["min_years"]:
        return score
    months = history.index.to_period("M").nunique()
    return (months * score + short["shrink_months"] * 50) / (months + short["shrink_months"])


def freshness(often: str, delay: int, seven_days: bool, observed_on: pd.Timestamp, on: pd.Timestamp) -> float:
    following = observed_on + (pd.Timedelta(days=1) if seven_days else NEXT[often])
    patience, overdue = METHOD["staleness"][often], (on - following).days - delay
    return float(np.clip((patience["hard_days"] - overdue) / (patience["hard_days"] - patience["grace_days"]), 0, 1))


def ways(rows: Rows, indicator: Any, on: pd.Timestamp) -> Iterator[tuple[float, pd.Timestamp, float]]:
    """Freshness, day and score by each way to an indicator that has one."""
    rule, know = indicator["transform"], partial(known, rows, on=on)
    others = [rule[name] for name in ("risk_free", "benchmark") if name in rule]
    for source in (indicator["source"], *(item["source"] for item in indicator.get("fallbacks", ()))):
        if any(leaf not in rows or rows[leaf]["available_at"].min() > on for leaf in (*leaves(source), *others)):
            continue
        often, series, metas = frequency(source), know(source), [CATALOGUE[leaf] for leaf in leaves(source)]
        history = transform(rule, series, often, know).dropna() if len(series) else series
        if len(history):
            score, day = normalised(indicator["normalise"], history), history.index[-1]
            seven_days = often == "daily" and all(meta.get("seven_days") for meta in metas)
            fresh = freshness(often, max(meta["lag_days"] for meta in metas), seven_days, day, on)
            yield fresh, day, score if indicator["direction"] > 0 else 100 - score
    given = rows["precomputed"]
    given = given[(given["indicator"] == indicator["id"]) & (given["available_at"] <= on)]
    if len(given):
        day, score = given["observed_on"].iloc[-1], given["score"].iloc[-1]
        yield freshness("monthly", 0, False, day, on), day, score


def recomputed(rows: Rows, on: pd.Timestamp) -> Numbers:
    """Scores of indicators, pillars and the whole, coverage, bounds and contributions, by name."""
    items, pillars, ways_taken = THESIS["indicators"], THESIS["pillars"], {}
    for item in items:
        found = ways(rows, item, on)
        ways_taken[item["id"]] = max(found, key=lambda way: (way[0], on if way[0] else way[1]), default=None)
    numbers: Numbers = {name: way and way[2] for name, way in ways_taken.items()}
    for role in ("outcome", "driver"):
        numbers[role] = combined(ways_taken, items, [item for item in pillars if item["role"] == role])["score"]
    uncontested = [item for item in items if not item.get("contested")]
    numbers["uncontested"] = combined(ways_taken, uncontested, pillars)["score"]
    return numbers | combined(ways_taken, items, pillars)


def combined(ways_taken: Any, items: list[Any], pillars: list[Any]) -> Numbers:
    numbers: Numbers = {}
    published = {}
    for pillar in pillars:
        members = [item for item in items if item["pillar"] == pillar["id"]]
        live = {item["id"]: item["weight"] * ways_taken[item["id"]][0] for item in members if ways_taken[item["id"]]}
        coverage = numbers[f"coverage {pillar['id']}"] = sum(live.values()) / sum(item["weight"] for item in members)
        numbers[pillar["id"]] = None
        if coverage > METHOD["min_pillar_coverage"] - 1e-12:
            shares = {name: weight / sum(live.values()) for name, weight in live.items() if weight}
            numbers[pillar["id"]] = mean = sum(share * ways_taken[name][2] for name, share in shares.items())
            published[pillar["id"]] = (pillar["weight"], coverage, mean, shares)
    everything, weight = sum(item["weight"] for item in pillars), sum(part[0] for part in published.values())
    coverage = numbers["coverage"] = sum(part[0] * part[1] for part in published.values()) / everything
    if coverage < METHOD["withheld_below"] - 1e-12:
        return numbers | {"score": None}
    low = sum(part[0] * part[1] * part[2] for part in published.values()) / everything
    points = {
        f"points {name}": part[0] / weight * share * (ways_taken[name][2] - 50)
        for part in published.values() for name, share in part[3].items()
    }  # fmt: skip
    score = sum(part[0] * part[2] for part in published.values()) / weight
    return numbers | points | {"score": score, "low": low, "high": low + 100 * (1 - coverage)}


def engine(scorer: Scorer, on: pd.Timestamp) -> Numbers:
    result = scorer.evaluate(on.date())
    found = {item.id: item.score for item in (*result.indicators, *result.pillars)}
    found |= {f"coverage {item.id}": item.coverage for item in result.pillars}
    found |= {"coverage": result.coverage.effective, "score": result.score, "outcome": result.outcome_score}
    found |= {"driver": result.driver_score, "uncontested": result.score_without_contested}
    if result.bounds is not None:
        found |= {"low": result.bounds.low, "high": result.bounds.high}
        found |= {f"points {item.id}": item.contribution for item in result.indicators if item.contribution is not None}
    return found


def embedded() -> Rows:
    folders = {"FRED": "fred", "FREDMD": "fredmd", "ECB": "ecb", "WB": "wb"}
    dates, rows = ["observed_on", "available_at"], {}
    for name in CATALOGUE:
        place, _, series = name.partition(":")
        path = PACKAGE.joinpath("data", folders.get(place, place), f"{series}.csv")
        if path.is_file():
            rows[name] = pd.read_csv(str(path), parse_dates=dates)
    rows["precomputed"] = pd.read_csv(str(PACKAGE.joinpath("data", "precomputed_scores.csv")), parse_dates=dates)
    return rows


def invented(rng: np.random.Generator, name: str) -> pd.DataFrame:
    """A random walk with gaps and, unless it is a price, revisions."""
    meta = CATALOGUE[name]
    steps = {"daily": "D" if meta.get("seven_days") else "B", "weekly": "W-WED", "monthly": "ME", "quarterly": "QE"}
    days = pd.date_range("2021-01-01", "2026-08-28", freq=steps.get(meta["frequency"], "YE"))
    values = np.round(50 * np.exp(np.cumsum(rng.standard_t(5, len(days)) * 0.01)), 4)
    seen = days + pd.Timedelta(days=meta["lag_days"])
    rows = pd.DataFrame({"observed_on": days, "value": values, "available_at": seen})[rng.random(len(days)) > 0.03]
    again = rows.iloc[:: 10 if meta.get("point_in_time") != "never_revised" else len(rows)].iloc[1:]
    again = again.assign(value=again["value"] + 1, available_at=again["available_at"] + pd.Timedelta(days=45))
    return pd.concat([rows, again])


def with_invented(rows: Rows) -> Rows:
    """Every series that the package may not have, so that each indicator comes from its own source."""
    rng, needed = np.random.default_rng(7), set()
    for indicator in THESIS["indicators"]:
        sources = (indicator["source"], *(item["source"] for item in indicator.get("fallbacks", ())))
        needed |= {leaf for source in sources for leaf in leaves(source)} | {indicator["transform"].get("benchmark")}
    return {**rows, **{name: invented(rng, name) for name in sorted(needed - {None} - rows.keys())}}


def compare(scorer: Scorer, rows: Rows, days: list[str]) -> None:
    """On each day alone, and all days at once as a history has them."""
    at_once = scorer.score_panel(scorer.panel([pd.Timestamp(day).date() for day in days])).score
    for on, score in zip(map(pd.Timestamp, days), at_once.tolist(), strict=True):
        expected = recomputed(rows, on)
        assert engine(scorer, on) == pytest.approx(expected, abs=1e-9), on
        assert (None if math.isnan(score) else score) == pytest.approx(expected["score"], abs=1e-9), on


def test_every_number_is_the_engine_s() -> None:
    rows = embedded()
    everything = with_invented(rows)
    with Store(":memory:") as store:
        seed(store)
        scorer = Scorer(load_thesis("american_exceptionalism"), store)
        compare(scorer, rows, EMBEDDED)
        for name in everything.keys() - rows.keys():
            told = everything[name].astype({"observed_on": str, "available_at": str})
            store.write([(name, *row) for row in told.itertuples(index=False)], source="invented")
        compare(scorer, everything, INVENTED)
        assert all(item.score is not None for item in scorer.evaluate(pd.Timestamp(INVENTED[-1]).date()).indicators)
