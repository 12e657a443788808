"""Worked examples and tables of CME's FedWatch."""

from __future__ import annotations

import datetime as dt

# CME Group, "Fed Funds Futures Probability Tree Calculator", example for the meeting of 17 September 2015; quoted at
# messtone.com/2023/03/25/messtone-llc-managesfomc (16 of 30 days at the old rate: the decision day is the first at
# the new one).
CME_2015 = {
    "futures": {(2015, 8): 99.8675, (2015, 9): 99.805},
    "meetings": [dt.date(2015, 9, 17), dt.date(2015, 10, 28)],
    "start_pct": 0.1325,
    "end_pct": 0.26643,
    "hike": 0.536,
}

# CME Group, "Fedwatch Calculation Examples", settlements of 12 September 2022 (scribd.com, documents 665775550 and
# 665775595, the sheet's day counts: 20 and 10 in September, 1 and 29 in November).
CME_2022 = {
    "futures": {(2022, 9): 97.4475, (2022, 10): 96.9400, (2022, 11): 96.4300},
    "meetings": [dt.date(2022, 9, 21), dt.date(2022, 11, 2)],
    "watch_date": dt.date(2022, 9, 12),
    "september_start_price": 97.7013,
    "september_change_pct": 0.7613,
    "september_hikes": 3.045,
    "november_end_price": 96.4124,
    "november_change_pct": 0.5276,
}

# The same prices with the decision day still at the old rate (21 and 9, 2 and 28 days): numbers of a test in a public
# repository (not named by the index it was read from, text 69882172942) that takes them from CME's example.
SAME_PRICES_DAY_AFTER = {
    "september_change_pct": 0.7250,
    "november_change_pct": 0.546429,
    "november": {225 + 100: 0.081429, 225 + 125: 0.751429, 225 + 150: 0.167143},
}

# Settlements of 18 September 2026 as CME published them: github.com/tjdwls101010/CME-FedWatch,
# tests/fixtures/settlements_20260918.json (2e5fdcfa).
SETTLEMENTS_2026_09_18 = {
    (2026, 9): 96.2525,
    (2026, 10): 96.1050,
    (2026, 11): 95.9750,
    (2026, 12): 95.8350,
    (2027, 1): 95.7700,
    (2027, 2): 95.6800,
    (2027, 3): 95.6000,
    (2027, 4): 95.5100,
    (2027, 5): 95.4400,
    (2027, 6): 95.3850,
    (2027, 7): 95.3550,
    (2027, 8): 95.3350,
    (2027, 9): 95.3250,
    (2027, 10): 95.3200,
    (2027, 11): 95.3300,
}

# Federal Reserve Board, meeting calendars (press releases of 9 August 2024 and 5 September 2025): the decision days.
MEETINGS_2026_09_TO_2027 = [
    dt.date(2026, 9, 16),
    dt.date(2026, 10, 28),
    dt.date(2026, 12, 9),
    dt.date(2027, 1, 27),
    dt.date(2027, 3, 17),
    dt.date(2027, 4, 28),
    dt.date(2027, 6, 9),
    dt.date(2027, 7, 28),
    dt.date(2027, 9, 15),
    dt.date(2027, 10, 27),
]

# What the FedWatch page showed for those settlements (range then 3.75 to 4.00), percent to one decimal, keyed by the
# lower bound in basis points: github.com/zuowood1234/cme-fedwatch-tracker, data/daily/2026-09-19.json (82f80920), read
# from cmegroup.cn/fed-watch. The first two rows were also read by hand: CME-FedWatch, tests/test_calc_against_cme.py.
FEDWATCH_2026_09_18 = {
    dt.date(2026, 10, 28): {375: 42.4, 400: 57.6},
    dt.date(2026, 12, 9): {375: 9.9, 400: 46.0, 425: 44.1},
    dt.date(2027, 1, 27): {375: 5.8, 400: 31.1, 425: 44.9, 450: 18.2},
    dt.date(2027, 3, 17): {375: 2.0, 400: 14.4, 425: 35.8, 450: 35.8, 475: 12.0},
    dt.date(2027, 4, 28): {375: 1.4, 400: 10.7, 425: 29.4, 450: 35.8, 475: 19.2, 500: 3.6},
    dt.date(2027, 6, 9): {375: 0.9, 400: 7.6, 425: 23.2, 450: 33.7, 475: 24.7, 500: 8.8, 525: 1.2},
    dt.date(2027, 7, 28): {375: 0.8, 400: 7.0, 425: 21.8, 450: 32.7, 475: 25.5, 500: 10.2, 525: 1.9, 550: 0.1},
    dt.date(2027, 9, 15): {375: 0.8, 400: 6.6, 425: 20.8, 450: 32.0, 475: 26.0, 500: 11.2, 525: 2.4, 550: 0.2},
    dt.date(2027, 10, 27): {375: 1.1, 400: 7.2, 425: 21.3, 450: 31.7, 475: 25.3, 500: 10.8, 525: 2.3, 550: 0.2},
}
