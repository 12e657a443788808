"""Where observations come from: one module per provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xl_thesis.sources.protocol import Provider


def providers() -> tuple[Provider, ...]:
    """Every provider, in the order in which a refresh asks them. Opens no connection.

    >>> [provider.name for provider in providers()]
    ['fred', 'yahoo', 'ecb', 'worldbank', 'oecd', 'treasury', 'sec']
    """
    # Here, so that reading embedded data loads nothing that opens connections.
    from xl_thesis.sources.ecb import ECB
    from xl_thesis.sources.fred import Fred
    from xl_thesis.sources.oecd import OECD
    from xl_thesis.sources.sec import SEC
    from xl_thesis.sources.treasury import Treasury
    from xl_thesis.sources.worldbank import WorldBank
    from xl_thesis.sources.yahoo import Yahoo

    return (Fred(), Yahoo(), ECB(), WorldBank(), OECD(), Treasury(), SEC())
