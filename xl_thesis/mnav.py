"""mNAV: what the market pays for a company that holds bitcoin, over what its bitcoin is worth.

Three ratios go by the name, and they differ by tens of percent, so each is given its own. None is net asset value in
the accounting sense: bitcoin NAV is price times count, before debt and preferred stock. The inputs come from filings
of different days; the result names the oldest, which is the usual source of error (shares are issued weekly).
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, fields

from xl_thesis.errors import InputError


@dataclass(frozen=True, slots=True)
class Dated:
    """A number and the day it is true of."""

    value: float
    observed_on: dt.date


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the three ratios need. Amounts in US dollars, shares and bitcoin in units.

    ``basic_shares``: common stock outstanding, all classes. ``diluted_shares``: with every convertible note, option
    and restricted unit converted. ``debt_usd`` is principal and ``preferred_usd`` liquidation preference, not market
    values.
    Raises ``InputError`` for a price, share count or bitcoin count that is not positive, a negative amount, or fewer
    diluted than basic shares.
    """

    share_price_usd: Dated
    basic_shares: Dated
    diluted_shares: Dated
    debt_usd: Dated
    preferred_usd: Dated
    cash_usd: Dated
    bitcoin_price_usd: Dated
    bitcoin: Dated

    def __post_init__(self) -> None:
        for name, item in self.items():
            may_be_zero = name in ("debt_usd", "preferred_usd", "cash_usd")
            if not math.isfinite(item.value) or item.value < 0 or (item.value == 0 and not may_be_zero):
                raise InputError(f"{name} must be {'zero or more' if may_be_zero else 'positive'}, not {item.value}")
        if self.diluted_shares.value < self.basic_shares.value:
            raise InputError("diluted_shares cannot be fewer than basic_shares")

    def items(self) -> tuple[tuple[str, Dated], ...]:
        """Every input with its name."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self))

    def oldest(self) -> tuple[str, dt.date]:
        """Name and day of the input that is true of the earliest day; the first listed of several."""
        name, item = min(self.items(), key=lambda pair: pair[1].observed_on)
        return name, item.observed_on

    @property
    def bitcoin_nav_usd(self) -> float:
        """Bitcoin price times bitcoin count."""
        return self.bitcoin_price_usd.value * self.bitcoin.value

    @property
    def market_cap_usd(self) -> float:
        """Share price times basic shares."""
        return self.share_price_usd.value * self.basic_shares.value

    @property
    def enterprise_value_usd(self) -> float:
        """Market cap + debt + preferred stock - cash. Convertible notes count as debt, so shares are basic."""
        return self.market_cap_usd + self.debt_usd.value + self.preferred_usd.value - self.cash_usd.value


@dataclass(frozen=True, slots=True)
class Mnav:
    """The three ratios (1.0 is no premium), and the input to distrust first."""

    enterprise: float
    basic: float
    diluted: float
    oldest_input: str
    oldest_on: dt.date


def mnav(holdings: Holdings) -> Mnav:
    """mNAV in its three definitions.

    ``enterprise``: enterprise value over bitcoin NAV, the company's own and the one to quote. ``basic``: market cap
    over bitcoin NAV, common in the press. ``diluted``: market cap on diluted shares over bitcoin NAV.
    Source: Strategy Inc, notes to the dashboard on strategy.com, which also say that it is no net asset value.

    >>> shares, filed = dt.date(2025, 9, 30), dt.date(2025, 11, 4)
    >>> ratios = mnav(Holdings(
    ...     share_price_usd=Dated(200.0, filed), basic_shares=Dated(300e6, shares), diluted_shares=Dated(330e6, shares),
    ...     debt_usd=Dated(8e9, filed), preferred_usd=Dated(7e9, filed), cash_usd=Dated(1e9, filed),
    ...     bitcoin_price_usd=Dated(100_000.0, filed), bitcoin=Dated(640_000, filed)))
    >>> round(ratios.enterprise, 4), ratios.basic, ratios.diluted
    (1.1562, 0.9375, 1.03125)
    >>> ratios.oldest_input, str(ratios.oldest_on)
    ('basic_shares', '2025-09-30')
    """
    nav = holdings.bitcoin_nav_usd
    name, day = holdings.oldest()
    return Mnav(
        enterprise=holdings.enterprise_value_usd / nav,
        basic=holdings.market_cap_usd / nav,
        diluted=holdings.share_price_usd.value * holdings.diluted_shares.value / nav,
        oldest_input=name,
        oldest_on=day,
    )
