"""What was published of the US Dollar Index (DXY, a mark of ICE)."""

from __future__ import annotations

import datetime as dt

# Closes as Yahoo Finance showed them for DX-Y.NYB. 31 December 2024 is 108.481 at goldpriceoz.com as well.
CLOSES = {
    dt.date(2024, 12, 31): 108.49,
    dt.date(2025, 1, 13): 109.96,
    dt.date(2025, 2, 24): 106.60,
    dt.date(2025, 6, 30): 96.88,
    dt.date(2025, 12, 31): 98.28,
    dt.date(2026, 1, 27): 96.22,
    dt.date(2026, 7, 23): 101.487,
}

# ICE Futures U.S., "U.S. Dollar Index contracts: frequently asked questions" (2009, 2012): the factor, and the
# exponents of EURUSD, USDJPY, GBPUSD, USDCAD, USDSEK and USDCHF.
FACTOR = 50.14348112
EXPONENTS = {
    "FRED:DEXUSEU": -0.576,
    "FRED:DEXJPUS": 0.136,
    "FRED:DEXUSUK": -0.119,
    "FRED:DEXCAUS": 0.091,
    "FRED:DEXSDUS": 0.042,
    "FRED:DEXSZUS": 0.036,
}

# Drift t-statistics computed from those closes with other code before this engine was written, by last day and window.
# The rebuilt index is taken at another time of day, so it comes near, not equal.
DRIFT_T = {
    (dt.date(2025, 2, 24), 252): 0.45,
    (dt.date(2025, 6, 30), 252): -1.25,
    (dt.date(2025, 6, 30), 126): -2.00,
    (dt.date(2025, 12, 31), 252): -1.44,
    (dt.date(2026, 7, 23), 252): 0.72,
}

# Move since 24 February 2025 by the same closes and code: percent, anchored z, support of "the dollar falls".
SINCE_PUBLICATION = {dt.date(2025, 12, 31): (-7.8, -1.16, 88), dt.date(2026, 7, 23): (-4.8, -0.55, 71)}
