"""Published mNAV figures of Strategy Inc (MSTR)."""

from __future__ import annotations

# CoinDesk, 4 November 2025 (copy at pakinomist.com/?p=132571): bitcoin at about 98,600 dollars; market cap 60 billion,
# enterprise value 75.4 billion; the company's own page showed 1.19. Market cap and enterprise value are rounded there.
NOVEMBER_2025 = {
    "bitcoin": 641_692,
    "bitcoin_price_usd": 98_600.0,
    "bitcoin_nav_usd": 63.2e9,
    "market_cap_usd": 60e9,
    "enterprise_value_usd": 75.4e9,
    "enterprise_mnav": 1.19,
}

# btcormstr.com/learn/what-is-mnav, worked example: 1.5 by market cap; debt and preferred stock make it "higher still".
WORKED_EXAMPLE = {
    "bitcoin": 847_000,
    "bitcoin_price_usd": 100_000.0,
    "market_cap_usd": 127e9,
    "debt_usd": 6.75e9,
    "preferred_usd": 15e9,
    "market_cap_mnav": 1.5,
}
