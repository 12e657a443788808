"""What the Federal Reserve said about the run-off of its securities, in billion dollars a month."""

from __future__ import annotations

import datetime as dt

# Caps on Treasury redemptions. Federal Reserve Board, implementation notes and statements: 4 May 2022 (60 from
# September 2022), 1 May 2024 (25 from June 2024), 19 March 2025 (5 from April 2025).
# First day, day after the last, cap.
TREASURY_CAPS = [
    (dt.date(2022, 9, 1), dt.date(2024, 6, 1), 60.0),
    (dt.date(2024, 6, 1), dt.date(2025, 4, 1), 25.0),
    (dt.date(2025, 4, 1), dt.date(2025, 12, 1), 5.0),
]

# Cap on mortgage redemptions from September 2022 on, never reached since prepayments are slow.
MORTGAGE_CAP = 35.0

# FOMC statement of 29 October 2025: the run-off ends on this day; mortgage principal is reinvested in Treasury bills.
RUN_OFF_ENDED_ON = dt.date(2025, 12, 1)
